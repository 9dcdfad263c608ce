//! The session cookie: a random id and when it began, sealed. Limits count it where the peer's
//! address is not known.

use std::time::Duration;

use crate::{
    captcha::Engine,
    clock::millis,
    cookie,
    error::CaptchaError,
    privacy::{
        issued::Artefact,
        registry::{Cookie, Life},
    },
    random,
    seal::{Purpose, Reader, Sealer},
    store::Id,
};

const MINUTE: u64 = 60_000;

/// A visitor's session. Times are whole minutes since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) id: Id,
    started: u64,
    seen: u64,
}

impl Session {
    /// When it began and when it was last seen, in minutes since the Unix epoch.
    pub(crate) const fn minutes(&self) -> [u64; 2] {
        [self.started, self.seen]
    }
}

impl Engine {
    /// The session that a request carries, if it is alive.
    pub(crate) async fn session<'a>(
        &self,
        cookie_headers: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Option<Session>, CaptchaError> {
        let Some(value) = cookie::find(cookie_headers, self.cookies.name(Cookie::Session)) else {
            return Ok(None);
        };
        let open = |sealer: &Sealer| sealer.open(Purpose::Session, value);
        let Ok((sealer, opened)) = self.read_with_keys(open).await else {
            return Ok(None);
        };
        if opened.generation != self.current_generation().await? || !self.is_in_force(&sealer) {
            return Ok(None);
        }
        let Life::Visit { idle, longest } = Cookie::Session.entry().life else {
            return Ok(None);
        };
        let now = self.timeline.now() / MINUTE;
        let within = |since: u64, life: Duration| {
            now.saturating_sub(since).saturating_mul(MINUTE) < millis(life)
        };
        Ok(read(&opened.content)
            .ok()
            .filter(|session| within(session.seen, idle) && within(session.started, longest)))
    }

    /// The `Set-Cookie` value that begins a session or keeps one alive; `None` while the visitor's
    /// own says the same.
    pub(crate) async fn refresh_session(
        &self,
        session: Option<Session>,
    ) -> Result<Option<String>, CaptchaError> {
        let now = self.timeline.now() / MINUTE;
        let refreshed = match session {
            Some(session) if session.seen == now => return Ok(None),
            Some(session) => Session {
                seen: now,
                ..session
            },
            None => Session {
                id: random::array(self.random.as_ref())?,
                started: now,
                seen: now,
            },
        };
        let mut content = refreshed.id.to_vec();
        content.extend_from_slice(&refreshed.started.to_be_bytes());
        content.extend_from_slice(&refreshed.seen.to_be_bytes());
        let nonce = random::array(self.random.as_ref())?;
        let generation = self.current_generation().await?;
        self.issued.add(Artefact::Session, self.timeline.now());
        let value = (self.sealer()).seal(Purpose::Session, generation, nonce, &content)?;
        Ok(Some(self.set_cookie(Cookie::Session, &value)))
    }
}

fn read(content: &[u8]) -> Result<Session, CaptchaError> {
    let mut reader = Reader(content);
    let session = Session {
        id: reader.array()?,
        started: u64::from_be_bytes(reader.array()?),
        seen: u64::from_be_bytes(reader.array()?),
    };
    reader.finish()?;
    Ok(session)
}
