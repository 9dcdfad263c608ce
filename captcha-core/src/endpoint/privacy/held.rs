//! What this library's cookies hold of the visitor who sends them. The server has nothing else that
//! it could find for a visitor, so this is all there is to show, correct and delete.

use crate::{
    captcha::{Captcha, Engine},
    cookie,
    endpoint::Headers,
    error::CaptchaError,
    privacy::{
        consent::{Decisions, Moment, version_of},
        registry::Cookie,
        selections::Selections,
    },
    seal::{Generation, Purpose},
};

const DAY_MILLIS: u64 = 86_400_000;

/// What the lasting cookies of a visitor say. One that cannot be read says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Held {
    pub(crate) selections: Selections,
    pub(crate) decisions: Decisions,
}

impl Captcha {
    pub(crate) fn held(&self, headers: &Headers<'_>) -> Held {
        let engine = self.engine();
        let read = |cookie, purpose| engine.read_alike(headers, cookie, purpose);
        let selections = read(Cookie::Preferences, Purpose::Preferences)
            .and_then(|bytes| Selections::from_bytes(&bytes).ok());
        let decisions = read(Cookie::Consent, Purpose::Consent)
            .and_then(|bytes| Decisions::from_bytes(&bytes).ok());
        Held {
            selections: selections.unwrap_or_default(),
            decisions: decisions.unwrap_or_default(),
        }
    }

    /// The present, as far as consent goes.
    pub(in crate::endpoint) fn moment(&self, global_privacy_control: bool) -> Moment {
        let engine = self.engine();
        Moment {
            version: version_of(engine.notices.version()).unwrap_or_default(),
            day: u32::try_from(engine.timeline.now() / DAY_MILLIS).unwrap_or(u32::MAX),
            global_privacy_control,
        }
    }
}

impl Engine {
    /// The `Set-Cookie` value that keeps selections, or forgets that there were any.
    pub(super) fn keep_selections(&self, selections: Selections) -> Result<String, CaptchaError> {
        if selections == Selections::default() {
            return Ok(self.cookies.expire(Cookie::Preferences));
        }
        let bytes = selections.to_bytes();
        self.write_alike(Cookie::Preferences, Purpose::Preferences, &bytes)
    }

    /// The `Set-Cookie` values that keep decisions; statistics end where they may not go on.
    pub(super) fn keep_decisions(
        &self,
        decisions: Decisions,
        moment: &Moment,
    ) -> Result<Vec<String>, CaptchaError> {
        let mut cookies = vec![if decisions == Decisions::default() {
            self.cookies.expire(Cookie::Consent)
        } else {
            self.write_alike(Cookie::Consent, Purpose::Consent, &decisions.to_bytes())?
        }];
        if !decisions.may_be_counted(moment) {
            cookies.push(self.cookies.expire(Cookie::Statistics));
        }
        Ok(cookies)
    }

    pub(in crate::endpoint) fn write_alike(
        &self,
        cookie: Cookie,
        purpose: Purpose,
        content: &[u8],
    ) -> Result<String, CaptchaError> {
        let sealed = (self.sealer()).seal_alike(purpose, self.lasting(), content)?;
        Ok(self.set_cookie(cookie, &sealed))
    }

    pub(in crate::endpoint) fn read_alike(
        &self,
        headers: &Headers<'_>,
        cookie: Cookie,
        purpose: Purpose,
    ) -> Option<Vec<u8>> {
        let value = cookie::find(headers.all("cookie"), self.cookies.name(cookie))?;
        let opened = self.sealer().open(purpose, value).ok()?;
        (opened.generation == self.lasting()).then(|| opened.content.to_vec())
    }

    /// Decisions outlive a restart, so they are not bound to the store's generation.
    fn lasting(&self) -> Generation {
        Generation {
            configured: self.generation,
            store: 0,
        }
    }
}
