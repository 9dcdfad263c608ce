//! Redeeming a token: once, and on the terms of the route that asks.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::{Captcha, Engine, TokenContent, engine::Alive};
use crate::{
    builder::is_action,
    clock::Clock,
    error::{CaptchaError, ErrorKind},
    observe,
    privacy::{ledger::Ledger, registry::Mark},
    seal::{Generation, Sealer},
    store::{MemoryStore, Spending},
};

/// What a route does while the store does not answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreFailure {
    /// Nobody is let through: 503.
    #[default]
    Closed,
    /// Whoever holds a token that this site made, that has not expired and that **this process** has not
    /// seen is let through, and [`VerifiedCaptcha::is_degraded`] says so. Every other process may let the same
    /// token through once as well, and one that was redeemed before the outage elsewhere; what
    /// another process revoked meanwhile is not known here. A store without room for another mark, or with a clock
    /// far from this process's, counts as one that does not answer. For routes where being closed costs more than a few uses of one token.
    Degraded,
}

/// On which terms a token is redeemed. `Some("action")` and `None` are terms as well.
///
/// ```
/// use captcha_core::{Redemption, StoreFailure};
///
/// let terms = Redemption::new()
///     .action("newsletter")
///     .on_store_failure(StoreFailure::Degraded);
/// # let _ = terms;
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[must_use]
pub struct Redemption<'a> {
    action: Option<&'a str>,
    on_store_failure: StoreFailure,
    idempotency_key: Option<&'a str>,
}

impl<'a> Redemption<'a> {
    /// The engine's default action, closed while the store fails.
    pub const fn new() -> Self {
        Self {
            action: None,
            on_store_failure: StoreFailure::Closed,
            idempotency_key: None,
        }
    }

    /// Expects a token for `action`.
    pub const fn action(mut self, action: &'a str) -> Self {
        self.action = Some(action);
        self
    }

    /// What to do while the store does not answer.
    pub const fn on_store_failure(mut self, policy: StoreFailure) -> Self {
        self.on_store_failure = policy;
        self
    }

    /// The name of what the token is redeemed for, such as the number of an order: whoever redeems
    /// the same token under the same name again, because the answer was lost, gets the same verdict, and
    /// [`VerifiedCaptcha::is_repeat`] says that it is the same one. The store gets a keyed hash of
    /// it.
    ///
    /// Take it from your own records, never from the request: a client that names its own keys could
    /// have one token accepted as often as it likes.
    pub const fn idempotency_key(mut self, key: &'a str) -> Self {
        self.idempotency_key = Some(key);
        self
    }
}

impl<'a> From<Option<&'a str>> for Redemption<'a> {
    fn from(action: Option<&'a str>) -> Self {
        Self {
            action,
            ..Self::new()
        }
    }
}

/// The proof that a captcha was solved for this request. Only [`Captcha::redeem`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedCaptcha {
    action: String,
    solved_at: u64,
    degraded: bool,
    repeat: bool,
}

impl VerifiedCaptcha {
    /// What was protected, such as `signup`.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }

    /// When the answer was given, in milliseconds since the Unix epoch.
    #[must_use]
    pub const fn solved_at_unix_millis(&self) -> u64 {
        self.solved_at
    }

    /// Whether the store did not answer, and single use was checked in this process alone. Only where
    /// [`StoreFailure::Degraded`] was asked for.
    #[must_use]
    pub const fn is_degraded(&self) -> bool {
        self.degraded
    }

    /// Whether the token had been redeemed before, under the same
    /// [idempotency key](Redemption::idempotency_key).
    #[must_use]
    pub const fn is_repeat(&self) -> bool {
        self.repeat
    }

    pub(super) fn verdict(&self) -> &'static str {
        match (self.degraded, self.repeat) {
            (true, _) => "degraded",
            (_, true) => "repeat",
            _ => "verified",
        }
    }

    /// A proof out of nothing, for tests of handlers.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn for_tests(action: &str) -> Self {
        Self {
            action: action.to_owned(),
            solved_at: 0,
            degraded: false,
            repeat: false,
        }
    }
}

/// What this process knows by itself, for routes that stay open while the store fails.
pub(crate) struct Degraded {
    clock: Arc<dyn Clock>,
    /// What such routes redeemed here; there is none before the first of them is asked.
    marks: OnceLock<MemoryStore>,
    /// The store's generation when it last answered.
    generation: RwLock<Option<Generation>>,
}

impl Degraded {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            marks: OnceLock::new(),
            generation: RwLock::default(),
        }
    }

    pub(super) fn learn(&self, generation: Generation) {
        if self.known() != Some(generation) {
            let mut known = (self.generation.write()).unwrap_or_else(PoisonError::into_inner);
            *known = Some(generation);
        }
    }

    pub(crate) fn known(&self) -> Option<Generation> {
        *(self.generation.read()).unwrap_or_else(PoisonError::into_inner)
    }

    fn marks(&self) -> &MemoryStore {
        self.marks.get_or_init(|| {
            MemoryStore::assemble(MemoryStore::DEFAULT_MAX_MARKS, 0, Arc::clone(&self.clock))
        })
    }
}

impl Captcha {
    /// Redeems a token, once, for an action (the default one unless named): `Some("signup")`, `None`,
    /// or a [`Redemption`].
    ///
    /// A token that is refused for its action or its age is not spent by that.
    ///
    /// # Errors
    /// `Malformed`, `Expired`, `WrongAction`, `Spent`, and `Unavailable` when the store cannot
    /// remember: the engine fails closed, unless the terms say otherwise.
    pub async fn redeem<'a>(
        &self,
        token: &str,
        terms: impl Into<Redemption<'a>>,
    ) -> Result<VerifiedCaptcha, CaptchaError> {
        let span = tracing::debug_span!("captcha.redeem", verdict = tracing::field::Empty);
        let redeem = self.engine().redeem(token, terms.into());
        observe::step(
            span,
            &observe::REDEMPTIONS,
            redeem,
            VerifiedCaptcha::verdict,
        )
        .await
    }
}

impl Engine {
    async fn redeem(
        &self,
        token: &str,
        terms: Redemption<'_>,
    ) -> Result<VerifiedCaptcha, CaptchaError> {
        let stays_open = terms.on_store_failure == StoreFailure::Degraded;
        let (token, alive, mut degraded) = loop {
            let read = |sealer: &Sealer| Self::read_token_with(sealer, token);
            let (sealer, read) = self.read_with_keys(read).await?;
            let (alive, degraded) = self.is_alive(&read, stays_open).await?;
            if self.is_in_force(&sealer) {
                break (read, alive, degraded);
            }
        };
        let expected = terms.action.unwrap_or(&self.action);
        if token.action != expected {
            return Err(wrong_action(expected));
        }
        let caller =
            (terms.idempotency_key).map(|key| self.sealer().caller(token.key, &token.id, key));
        let local = match stays_open {
            true => self.mark_here(&token, caller.as_ref())?,
            false => match self.seen_here(&token, caller.as_ref()) {
                Some(Spending::Late) => return Err(super::engine::spent()),
                seen => seen,
            },
        };
        let mut spending = Spending::First;
        if !degraded {
            match self
                .spend_for(Mark::Token, &token.id, caller.as_ref(), alive)
                .await
            {
                Err(error) if stays_open && error.kind() == ErrorKind::Unavailable => {
                    degraded = true
                }
                settled => spending = settled?,
            }
        }
        if degraded {
            tracing::warn!(
                action = expected,
                "captcha: a token was redeemed without the store"
            );
            spending = local.ok_or_else(|| {
                CaptchaError::unavailable(
                    "the store does not answer, and this process has no room for marks",
                )
            })?;
        }
        // Redeemed here during an outage of which the store knows nothing.
        if local == Some(Spending::Again) && spending == Spending::First {
            spending = Spending::Again;
        }
        if spending == Spending::Late {
            return Err(super::engine::spent());
        }
        if !stays_open && self.degraded.marks.get().is_some() {
            // For routes that stay open: this process has seen it.
            let _ = self.mark_here(&token, caller.as_ref());
        }
        Ok(VerifiedCaptcha {
            action: token.action,
            solved_at: token.issued,
            degraded,
            repeat: spending == Spending::Again,
        })
    }

    /// Whether a token may still be used, and whether the store was not there to say so.
    async fn is_alive(
        &self,
        token: &TokenContent,
        stays_open: bool,
    ) -> Result<(Alive, bool), CaptchaError> {
        match self.token_alive(token).await {
            Err(error) if stays_open && error.kind() == ErrorKind::Unavailable => {
                match self.alive_as_last_known(token) {
                    Ok(alive) => Ok((alive, true)),
                    Err(Some(dead)) => Err(dead),
                    Err(None) => Err(error),
                }
            }
            settled => settled.map(|alive| (alive, false)),
        }
    }

    /// Marks a token in this process. Before the store is asked, so that what was redeemed here during an
    /// outage is not redeemed after it. `None` where there is no room, which matters only while the store
    /// is away.
    fn mark_here(
        &self,
        token: &TokenContent,
        caller: Option<&[u8; 16]>,
    ) -> Result<Option<Spending>, CaptchaError> {
        let life = Ledger::mark_life(Mark::Token, self.ledger.lives());
        match self.degraded.marks().mark_for(&token.id, caller, life) {
            Ok(Spending::Late) => Err(super::engine::spent()),
            Ok(spending) => Ok(Some(spending)),
            Err(_) => Ok(None),
        }
    }

    fn seen_here(&self, token: &TokenContent, caller: Option<&[u8; 16]>) -> Option<Spending> {
        (self.degraded.marks.get()?).marked_for(&token.id, caller)
    }

    /// Makes a token worthless without redeeming it, for routes that stay open as well.
    pub(crate) async fn void_token(&self, token: &TokenContent) -> Result<(), CaptchaError> {
        if self.degraded.marks.get().is_some() {
            self.mark_here(token, None)?;
        }
        let alive = self.token_alive(token).await?;
        self.spend(Mark::Token, &token.id, alive).await
    }
}

fn wrong_action(expected: &str) -> CaptchaError {
    if !is_action(expected) {
        tracing::error!(
            expected,
            "no token can be for this action: an action is 1 to 64 of A-Z a-z 0-9 _ -"
        );
    }
    CaptchaError::new(
        ErrorKind::WrongAction,
        format!("the token is for another action than {expected:?}, which is expected here"),
    )
}
