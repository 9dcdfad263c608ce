//! The core's proof has no public fields either.

use captcha_actix::captcha_core::VerifiedCaptcha;

fn main() {
    let _ = VerifiedCaptcha {
        action: "signup".to_owned(),
        solved_at: 0,
        degraded: false,
        repeat: false,
    };
}
