//! The session cookie: a random id and when it began, sealed. Limits count it where the peer's
//! address is not known.

use crate::{
    captcha::Engine,
    cookie::{self, Cookie},
    error::CaptchaError,
    random,
    seal::{Purpose, Reader},
    store::Id,
};

const MINUTE: u64 = 60_000;
const IDLE_MINUTES: u64 = 30;
const LONGEST_MINUTES: u64 = 8 * 60;

/// A visitor's session. Times are whole minutes since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) id: Id,
    started: u64,
    seen: u64,
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
        let Ok(opened) = self.sealer.open(Purpose::Session, value) else {
            return Ok(None);
        };
        if opened.generation != self.current_generation().await? {
            return Ok(None);
        }
        let now = self.timeline.now() / MINUTE;
        Ok(read(&opened.content).ok().filter(|session| {
            now.saturating_sub(session.seen) < IDLE_MINUTES
                && now.saturating_sub(session.started) < LONGEST_MINUTES
        }))
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
        let value = (self.sealer).seal(Purpose::Session, generation, nonce, &content)?;
        Ok(Some(self.cookies.set(Cookie::Session, &value, None)))
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
