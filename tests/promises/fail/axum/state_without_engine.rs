use captcha_axum::VerifiedCaptcha;

#[derive(Clone)]
struct AppState;

#[axum::debug_handler(state = AppState)]
async fn signup(_: VerifiedCaptcha) {}

fn main() {
    let _ = signup;
}
