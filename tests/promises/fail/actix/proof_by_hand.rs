//! A proof comes from a redeemed token and from nowhere else.

use captcha_actix::VerifiedCaptcha;

fn from_the_core(inner: captcha_actix::captcha_core::VerifiedCaptcha) -> VerifiedCaptcha {
    VerifiedCaptcha(inner)
}

fn by_default() -> VerifiedCaptcha {
    VerifiedCaptcha::default()
}

fn by_conversion(inner: captcha_actix::captcha_core::VerifiedCaptcha) -> VerifiedCaptcha {
    inner.into()
}

fn main() {}
