use captcha_axum::{VerifiedCaptcha, captcha_core};

fn forge() -> VerifiedCaptcha {
    VerifiedCaptcha(captcha_core::VerifiedCaptcha {
        action: String::new(),
        solved_at: 0,
        degraded: false,
        repeat: false,
    })
}

fn main() {
    let _ = forge();
}
