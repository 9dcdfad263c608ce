//! When something leaked: everything that was issued becomes worthless at once.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    captcha::Captcha,
    clock::day_of,
    error::CaptchaError,
    language::Language,
    privacy::{
        audit::Action,
        incident::{Incident, Known, Revoked},
        issued::Artefacts,
    },
    random,
    seal::Sealer,
};

/// What was revoked here and is not yet everywhere: the store has to renew its generation. A call
/// that comes meanwhile, or again after a failure, takes over what the one before had to report.
#[derive(Default)]
pub(crate) struct Revoking(Mutex<Option<Pending>>);

#[derive(Clone)]
struct Pending {
    /// How many calls it is of.
    calls: usize,
    at: u64,
    keys: Vec<String>,
    artefacts: Artefacts,
}

impl Revoking {
    fn begin(&self, keys: Vec<String>, artefacts: Artefacts, at: u64) -> Pending {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let merged = match pending.take() {
            None => Pending {
                calls: 1,
                at,
                keys,
                artefacts,
            },
            Some(before) => Pending {
                calls: before.calls + 1,
                keys: [before.keys, keys].concat(),
                artefacts: before.artefacts + artefacts,
                ..before
            },
        };
        pending.insert(merged).clone()
    }

    /// All that is to be reported; what a later call added stays until that one is done.
    fn end(&self, own: Pending) -> Pending {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all = pending.clone().unwrap_or_else(|| own.clone());
        if all.calls <= own.calls {
            *pending = None;
        }
        all
    }
}

fn active(sealer: &Sealer) -> String {
    sealer.key_ids().into_iter().next().unwrap_or_default()
}

impl Captcha {
    /// Makes everything worthless in this process that was issued before: tokens, challenges, sessions,
    /// and the cookies of selections and decisions. It gets a new key out of nothing, the store gets
    /// another generation, and the salts behind the limits' pseudonyms are destroyed. The audit log
    /// gets a line. Visitors solve once more; a call that is being answered at this moment may still
    /// pass.
    ///
    /// The configured secret comes into force again with the next start. If it was the secret that
    /// leaked, replace it **before** the next start: whoever holds it could make tokens for it.
    /// Decisions about statistics are forgotten with their cookies, which counts as no consent.
    ///
    /// Other processes that share the store refuse the tokens, challenges and sessions of before by its
    /// generation, but **keep their keys**: for a leaked secret, tokens can still be made that they
    /// take, and the cookies of selections and decisions stay good there. Give all of them a new secret
    /// and restart them; until then they and this one refuse each other's tokens.
    ///
    /// # Errors
    /// `Unavailable` without randomness, and then nothing has changed; or when the store could not
    /// renew its generation: this process refuses everything issued before all the same, others may
    /// not yet. Call again: the answer then covers both calls, from the first on.
    pub async fn revoke_all(&self) -> Result<Revoked, CaptchaError> {
        let engine = self.engine();
        let secret = random::array(engine.random.as_ref())?;
        let (old, new, now) = {
            let mut sealer = (engine.sealer.write()).unwrap_or_else(PoisonError::into_inner);
            let now = engine.timeline.now();
            let renewed = Arc::new(sealer.renewed(&secret, day_of(now))?);
            let new = Arc::clone(&renewed);
            (std::mem::replace(&mut *sealer, renewed), new, now)
        };
        engine.limiter.forget();
        // After the swap: what is issued from now on is not among it, and nothing of before is missed.
        let artefacts = engine.issued.take(engine.ledger.lives(), now);
        let keys = old.key_ids();
        // What leaked is dead in this process; a full disk does not keep the others from it.
        let detail = format!("keys {} replaced by {}", keys.join(" "), active(&new));
        let own = engine.revoking.begin(keys, artefacts, now);
        if let Err(error) = engine.audit.record(Action::Revoke, detail, now) {
            tracing::error!(?error, "captcha: the revocation is not in the audit log");
        }
        let generation = engine.ledger.renew_generation().await?;
        let done = engine.revoking.end(own);
        let (keys, new_key) = (done.keys, active(&engine.sealer()));
        tracing::warn!(?keys, %new_key, "captcha: everything issued so far was revoked");
        Ok(Revoked {
            at_unix_millis: done.at,
            keys,
            new_key,
            generation,
            artefacts: done.artefacts,
        })
    }

    /// The record of an incident that ended with [`Captcha::revoke_all`], with what a notification
    /// under GDPR Art. 33 needs, from the running configuration. `what` says what happened.
    pub fn incident(&self, revoked: &Revoked, what: impl Into<String>) -> Incident {
        let engine = self.engine();
        let privacy = engine.notices.privacy();
        let notice = engine
            .notices
            .current(Language::ENGLISH, revoked.at_unix_millis);
        let (data, not_kept) = notice.kept();
        Incident::new(Known {
            what: what.into(),
            site: engine.sealer().site().to_owned(),
            revoked: revoked.clone(),
            data,
            not_kept,
            controller: privacy.controller.clone(),
            contact: privacy.contact.clone(),
            officer: privacy.officer.clone(),
            notice_version: notice.version,
        })
    }

    /// The record of administrative actions so far, for
    /// [`AuditLog::verify`](crate::AuditLog::verify).
    #[must_use]
    pub fn audit_log(&self) -> String {
        self.engine().audit.text()
    }
}

#[cfg(test)]
mod tests;
