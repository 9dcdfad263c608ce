//! Other keys without a restart.

use std::{fmt, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use crate::{
    captcha::{Captcha, Engine},
    clock::day_of,
    error::CaptchaError,
    key::KeyRing,
    keychain::Changed,
    observe,
    privacy::audit::Action,
};

/// Shortest pause between two looks at a source.
const SHORTEST: Duration = Duration::from_secs(1);

type Source = dyn Fn() -> Result<KeyRing, CaptchaError> + Send + Sync;

/// Where the secrets come from, and how often it is asked.
pub(crate) struct KeySource {
    every: Duration,
    source: Arc<Source>,
}

impl KeySource {
    pub(crate) fn new(
        every: Duration,
        source: impl Fn() -> Result<KeyRing, CaptchaError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            every: every.max(SHORTEST),
            source: Arc::new(source),
        }
    }

    pub(crate) fn ask(&self) -> Result<KeyRing, CaptchaError> {
        (self.source)()
    }

    /// Asks again and again, until the engine is gone.
    pub(crate) fn watch(self, captcha: &Captcha) -> Result<(), CaptchaError> {
        let engine = captcha.downgrade();
        let watch = move || {
            let mut fails = false;
            loop {
                std::thread::sleep(self.every);
                if engine.strong_count() == 0 {
                    return;
                }
                // Asked while the engine is not held: a source may wait for long.
                let rotated = std::panic::catch_unwind(AssertUnwindSafe(|| self.ask()));
                let rotated = rotated
                    .unwrap_or_else(|_| Err(CaptchaError::unavailable("the key source panicked")));
                let Some(engine) = engine.upgrade() else {
                    return;
                };
                let rotated = rotated.and_then(|ring| engine.rotate(ring));
                if let Err(error) = &rotated
                    && !fails
                {
                    tracing::error!(
                        ?error,
                        "captcha: the keys were not rotated, or that is not in the audit log"
                    );
                }
                fails = rotated.is_err();
            }
        };
        let thread = std::thread::Builder::new().name("captcha-keys".into());
        thread.spawn(watch).map(drop).map_err(|cause| {
            CaptchaError::unavailable("the operating system gives no thread").caused_by(cause)
        })
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySource")
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}

impl Captcha {
    /// Puts another ring of keys in force, here and now: what its first key seals is new, what its other keys
    /// made is still taken, and what was made by a key that is not in it is dead. The
    /// same ring again changes nothing.
    ///
    /// Name the former key with [`KeyRing::verify_also`] for as long as a token lives, or visitors solve once
    /// more. With several servers, let all of them verify the new key before the first one
    /// seals with it. The audit log gets a line.
    ///
    /// # Errors
    /// `Unavailable` when the audit log cannot be written; the keys are in force all the same.
    pub fn rotate_keys(&self, keys: impl Into<KeyRing>) -> Result<(), CaptchaError> {
        self.engine().rotate(keys.into())
    }
}

impl Engine {
    fn rotate(&self, ring: KeyRing) -> Result<(), CaptchaError> {
        let now = self.timeline.now();
        let Some(Changed { old, new }) = self.keys.rotate(ring, day_of(now))? else {
            return Ok(());
        };
        observe::count(&observe::ROTATIONS, "cause", "rotated");
        let (old, new) = (old.key_ids().join(" "), new.key_ids().join(" "));
        tracing::info!(%old, %new, "captcha: the keys were rotated");
        let detail = format!("keys {old} replaced by {new}");
        self.audit.record(Action::Rotate, detail, now)
    }
}

#[cfg(test)]
mod tests;
