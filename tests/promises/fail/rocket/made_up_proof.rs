use captcha_rocket::{VerifiedCaptcha, captcha_core};

fn from_the_core(inner: captcha_core::VerifiedCaptcha) -> VerifiedCaptcha {
    VerifiedCaptcha { 0: inner }
}

fn in_the_core() -> captcha_core::VerifiedCaptcha {
    captcha_core::VerifiedCaptcha {
        action: "signup".to_owned(),
        solved_at: 0,
        degraded: false,
        repeat: false,
    }
}

fn main() {}
