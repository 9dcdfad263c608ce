//! Guards can only fail with a status; these catchers turn it back into the refusal.

use rocket::{
    Build, Catcher, Request, Rocket, async_trait, catcher,
    fairing::{self, Fairing, Info, Kind},
    http::Status,
};

use crate::{convert, rejection::CaptchaRejection};

/// Every status that a guard may fail with.
const CODES: [u16; 7] = [400, 403, 413, 415, 422, 500, 503];

/// Registers the catchers. Attached while [`CaptchaFairing`](crate::CaptchaFairing) ignites, so that
/// it ignites after all fairings that the host attached, and sees their catchers too.
pub(crate) struct Catchers;

#[async_trait]
impl Fairing for Catchers {
    fn info(&self) -> Info {
        Info {
            name: "Captcha refusals",
            kind: Kind::Ignite | Kind::Singleton,
        }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        let at_root = || {
            rocket
                .catchers()
                .filter(|catcher| catcher.base.path() == "/")
        };
        let fallback = (at_root().find(|catcher| catcher.code.is_none()))
            .map_or_else(Catcher::default, Clone::clone)
            .handler;
        let free = CODES
            .iter()
            .filter(|code| at_root().all(|other| other.code != Some(**code)));
        let catchers: Vec<_> = (free.copied())
            .map(|code| {
                let mut catcher = Catcher::new(code, Refusals(fallback.clone()));
                catcher.name = Some("captcha refusal".into());
                catcher
            })
            .collect();
        Ok(rocket.register("/", catchers))
    }
}

/// A catcher cannot decline, so what is not about the captcha goes to the one that would have been
/// called without us: the host's default catcher, or else Rocket's.
#[derive(Clone)]
struct Refusals(Box<dyn catcher::Handler>);

#[async_trait]
impl catcher::Handler for Refusals {
    async fn handle<'r>(&self, status: Status, request: &'r Request<'_>) -> catcher::Result<'r> {
        match CaptchaRejection::of(request) {
            Some(rejection) if rejection.status() == status => {
                let answer = captcha_core::endpoint::problem(rejection.problem());
                Ok(convert::respond(request, answer))
            }
            _ => self.0.handle(status, request).await,
        }
    }
}
