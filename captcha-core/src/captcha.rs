//! The engine: issue a challenge, judge its answer once, redeem its token once.

mod engine;
mod redeem;

pub(crate) use redeem::Degraded;
pub use redeem::{Redemption, StoreFailure, VerifiedCaptcha};

use std::{
    fmt,
    sync::{Arc, Weak},
    time::Duration,
};

use serde::Serialize;

use crate::{
    arrival::Arrivals,
    builder::CaptchaBuilder,
    challenge::{
        Kind,
        work::{self},
    },
    clock::Timeline,
    cookie::CookieConfig,
    cost::Cost,
    error::{CaptchaError, ErrorKind},
    keychain::Keychain,
    limit::Limiter,
    observe,
    privacy::{
        audit::AuditLog, issued::Issued, ledger::Ledger, notice::Notices, statistics::Statistics,
    },
    prompt::Prompt,
    random::RandomSource,
    render::voice::Language,
    revoke::Revoking,
    seal::{Generation, Purpose},
    stock::Stock,
    store::{Id, Link, StoreError},
};

/// The engine. Cheap to clone; all clones are one.
///
/// ```
/// use captcha_core::{Captcha, ErrorKind, SecretKey};
///
/// # let privacy = captcha_core::Privacy::new("Example Ltd", "privacy@example.org").legitimate_interest("keeping bots out");
/// let captcha = Captcha::builder().key(SecretKey::generate()?).privacy(privacy).action("signup").build()?;
/// # futures_channel::oneshot::channel::<()>();
/// # let refused = std::pin::pin!(captcha.redeem("made up", None));
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # let std::task::Poll::Ready(refused) = std::future::Future::poll(refused, &mut context) else { panic!() };
/// // let refused = captcha.redeem("made up", None).await;
/// assert_eq!(refused.unwrap_err().kind(), ErrorKind::Malformed);
/// # Ok::<(), captcha_core::CaptchaError>(())
/// ```
#[derive(Clone)]
pub struct Captcha(Arc<Engine>);

pub(crate) struct Engine {
    pub(crate) keys: Keychain,
    pub(crate) stock: Stock,
    pub(crate) limiter: Limiter,
    pub(crate) arrivals: Arrivals,
    pub(crate) timeline: Timeline,
    pub(crate) ledger: Ledger,
    pub(crate) link: Link,
    pub(crate) random: Arc<dyn RandomSource>,
    pub(crate) action: String,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) cookies: CookieConfig,
    /// One of each kind on offer.
    pub(crate) costs: Vec<Cost>,
    /// Pictures of the host's own.
    pub(crate) backgrounds: usize,
    pub(crate) rotation: Rotation,
    pub(crate) generation: u32,
    pub(crate) degraded: Degraded,
    pub(crate) frame: bool,
    /// Whether pictures of text show sums.
    pub(crate) arithmetic: bool,
    pub(crate) notices: Notices,
    pub(crate) statistics: Option<Statistics>,
    pub(crate) issued: Issued,
    pub(crate) revoking: Revoking,
    pub(crate) audit: AuditLog,
}

/// Which kind a visitor meets who did not choose one. Either way the visitor may choose any kind on
/// offer, and so may a bot: this is a matter of taste, and no defence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rotation {
    /// The first of the kinds on offer: a visitor meets what they know.
    #[default]
    First,
    /// Any of the puzzles on offer, each as likely as any other. Kinds that stand in for a puzzle
    /// (`work`) come only when they are chosen, or are all there is.
    Random,
}

/// A challenge on its way to the client: the `200` of `POST challenge`.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Challenge {
    /// Its whole state, sealed.
    pub challenge: String,
    /// The name of its kind.
    pub kind: &'static str,
    /// What to show.
    pub prompt: Prompt,
    /// The stamp to compute meanwhile.
    pub work: Work,
    /// Seconds in which it may be answered.
    pub expires_in: u64,
    /// The names of the other kinds on offer.
    pub alternatives: Vec<&'static str>,
}

/// The stamp that a challenge asks for.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Work {
    /// `sha256`.
    pub algorithm: &'static str,
    /// The salt in base64url without padding.
    pub salt: String,
    /// Zero bits with which SHA-256(salt ‖ nonce) has to begin.
    pub bits: u8,
}

/// A client's answer: the JSON object of the protocol.
#[derive(Clone, Debug)]
pub struct Answer(pub(crate) String);

impl Answer {
    /// The JSON of an answer as it came in, such as `{"x":123}`. Its shape is judged later.
    #[must_use]
    pub fn from_json(json: impl Into<String>) -> Self {
        Self(json.into())
    }

    /// The JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

/// Given for a right answer; the host application redeems it once.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    text: String,
    life: u64,
}

impl Token {
    /// The string to send along with the form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How long it may be redeemed.
    #[must_use]
    pub const fn expires_in(&self) -> Duration {
        Duration::from_millis(self.life)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl Captcha {
    /// Begins to set up an engine.
    pub fn builder() -> CaptchaBuilder {
        CaptchaBuilder::new()
    }

    pub(crate) fn assemble(engine: Engine) -> Self {
        Self(Arc::new(engine))
    }

    pub(crate) fn downgrade(&self) -> Weak<Engine> {
        Arc::downgrade(&self.0)
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0
    }

    /// The action that is expected where no other is named.
    #[must_use]
    pub fn default_action(&self) -> &str {
        &self.0.action
    }

    /// What each kind on offer costs a bot, in the order of [`CaptchaBuilder::kinds`]. It takes the
    /// cheapest, so that all of them should cost about the same.
    #[must_use]
    pub fn ledger(&self) -> &[Cost] {
        &self.0.costs
    }

    /// A fresh challenge, of the default action and a kind by [`CaptchaBuilder::rotation`] unless
    /// told otherwise. What is spoken is English; `POST challenge` goes by the visitor's language.
    ///
    /// # Errors
    /// `Malformed` for a kind that is not on offer or an action of another shape, `Busy` when more
    /// is asked for than can be drawn, `Unavailable` when the store does not answer.
    pub async fn issue(
        &self,
        kind: Option<Kind>,
        action: Option<&str>,
    ) -> Result<Challenge, CaptchaError> {
        self.issue_in(Language::English, kind, action, 0).await
    }

    /// As [`Captcha::issue`], for a visitor of whom so many answers were wrong.
    pub(crate) async fn issue_in(
        &self,
        language: Language,
        kind: Option<Kind>,
        action: Option<&str>,
        wrong: u64,
    ) -> Result<Challenge, CaptchaError> {
        let span = tracing::debug_span!("captcha.issue", verdict = tracing::field::Empty);
        let issue = self.issue_unobserved(language, kind, action, wrong);
        observe::step(span, &observe::CHALLENGES, issue, |_| "issued").await
    }

    async fn issue_unobserved(
        &self,
        language: Language,
        kind: Option<Kind>,
        action: Option<&str>,
        wrong: u64,
    ) -> Result<Challenge, CaptchaError> {
        let engine = self.engine();
        let kind = match kind {
            Some(kind) if engine.kinds.contains(&kind) => kind,
            Some(_) => {
                return Err(CaptchaError::new(
                    ErrorKind::Malformed,
                    "this kind of challenge is not on offer",
                ));
            }
            None => engine.next_kind()?,
        };
        let action = engine.action_or_default(action)?;
        let bits = engine.bits(kind, wrong);
        let drawn = engine.stock.take(kind, language).await?;
        let (pending, prompt) = engine.pend(drawn, action, bits)?;
        Ok(Challenge {
            challenge: engine.seal(Purpose::Challenge, &pending).await?,
            kind: kind.name(),
            prompt,
            work: Work {
                algorithm: work::ALGORITHM,
                salt: crate::seal::to_text(&pending.stamp.salt),
                bits,
            },
            expires_in: engine.ledger.lives().challenge.as_secs(),
            alternatives: (engine.kinds.iter())
                .filter(|other| **other != kind)
                .map(|other| other.name())
                .collect(),
        })
    }

    /// Judges an answer, once: the challenge is spent before the answer is looked at.
    ///
    /// # Errors
    /// `Malformed` for what this site did not seal or an answer of another shape, `Expired`,
    /// `Spent`, `WrongAnswer`, and `Unavailable` when the store cannot remember.
    pub async fn answer(
        &self,
        challenge: &str,
        answer: &Answer,
        work: u64,
    ) -> Result<Token, CaptchaError> {
        self.engine()
            .judge(Purpose::Challenge, challenge, answer, work)
            .await
    }
}

/// What a token says, once its tag is verified. It may have expired.
pub(crate) struct TokenContent {
    /// The id of the key that tagged it.
    key: [u8; 4],
    generation: Generation,
    id: Id,
    pub(crate) action: String,
    pub(crate) issued: u64,
    pub(crate) expires: u64,
}

impl fmt::Debug for Captcha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captcha")
            .field("action", &self.0.action)
            .field("kinds", &self.0.kinds)
            .finish_non_exhaustive()
    }
}

impl From<StoreError> for CaptchaError {
    fn from(cause: StoreError) -> Self {
        Self::unavailable("the store could not answer").caused_by(cause)
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
