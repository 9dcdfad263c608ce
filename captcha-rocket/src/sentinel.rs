//! A route that asks for a proof where no captcha is attached aborts the launch.

use rocket::{Ignite, Rocket, Sentinel};

use crate::{
    fairing::Installed,
    form::CaptchaForm,
    guard::{OptionalCaptcha, VerifiedCaptcha},
    json::CaptchaJson,
};

fn is_missing(rocket: &Rocket<Ignite>, guard: &str) -> bool {
    let missing = rocket.state::<Installed>().is_none();
    if missing {
        tracing::error!(
            "a route takes `{guard}` but no captcha is attached: \
             add `rocket::build().attach(CaptchaFairing::new(captcha))`"
        );
    }
    missing
}

impl Sentinel for VerifiedCaptcha {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_missing(rocket, "VerifiedCaptcha")
    }
}

impl Sentinel for OptionalCaptcha {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_missing(rocket, "OptionalCaptcha")
    }
}

impl<T> Sentinel for CaptchaForm<T> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_missing(rocket, "CaptchaForm")
    }
}

impl<T> Sentinel for CaptchaJson<T> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_missing(rocket, "CaptchaJson")
    }
}
