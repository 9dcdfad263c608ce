//! What the guards, catchers and the fairing remember of one request.

use std::{
    borrow::Cow,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rocket::{Request, tokio};

use crate::{guard::VerifiedCaptcha, rejection::CaptchaRejection};

/// Lives in the request's local cache, which sets a type once and for all: hence the locks.
#[derive(Default)]
pub(crate) struct Visit {
    /// The proof of a redeemed token. Held while redeeming, so that two guards that run at the same
    /// time redeem once. Refusals are not kept here: another guard may find a token elsewhere.
    pub(crate) proof: tokio::sync::Mutex<Option<VerifiedCaptcha>>,
    notes: Mutex<Notes>,
}

#[derive(Default)]
pub(crate) struct Notes {
    /// The `Set-Cookie` value that would make the browser forget the token that was redeemed.
    pub(crate) redeemed_cookie: Option<String>,
    /// The same, once it is owed to the browser.
    pub(crate) forget: Option<String>,
    /// The last refusal, for a catcher.
    pub(crate) rejection: Option<CaptchaRejection>,
    /// Headers that are set after `Shield` has run.
    pub(crate) late: Vec<(&'static str, Cow<'static, str>)>,
}

impl Visit {
    pub(crate) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::default)
    }

    pub(crate) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
