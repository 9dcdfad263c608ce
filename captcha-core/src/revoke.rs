//! When something leaked: everything that was issued becomes worthless at once.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use sha2::{Digest, Sha256};

use crate::{
    captcha::{Captcha, Engine},
    error::CaptchaError,
    keychain::{Changed, Share},
    language::Language,
    limit, observe,
    privacy::{
        audit::Action,
        incident::{Incident, Known, Revoked},
        issued::Artefacts,
    },
    random,
    seal::Sealer,
    store::Id,
};

/// What was revoked here and is not yet everywhere: the store has to renew its generation. A call
/// that comes meanwhile, or again after a failure, takes over what the one before had to report.
#[derive(Default)]
pub(crate) struct Revoking {
    pending: Mutex<Option<Pending>>,
    /// Whether the other processes were not told: the call failed, or was dropped with the request that made it.
    unfinished: AtomicBool,
}

/// Until it is forgotten, a revocation of which the other processes do not know.
struct Unfinished<'a>(&'a AtomicBool);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

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
        let mut pending = self.lock();
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
        let mut pending = self.lock();
        let all = pending.clone().unwrap_or_else(|| own.clone());
        if all.calls <= own.calls {
            *pending = None;
        }
        all
    }

    fn lock(&self) -> MutexGuard<'_, Option<Pending>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is something to finish; whoever is told so does.
    pub(crate) fn take_unfinished(&self) -> bool {
        self.unfinished.load(Ordering::Acquire) && self.unfinished.swap(false, Ordering::AcqRel)
    }
}

fn active(sealer: &Sealer) -> String {
    sealer.key_ids().into_iter().next().unwrap_or_default()
}

impl Captcha {
    /// Makes everything worthless that was issued before: tokens, challenges, sessions, and the cookies of
    /// selections and decisions. The keys are replaced by ones that whoever holds the secret cannot
    /// compute, the store gets another generation, and the salts behind the limits' pseudonyms are
    /// destroyed. The audit log gets a line. Visitors solve once more; a call that is being answered
    /// at this moment may still pass.
    ///
    /// Processes that share a store (such as a `RedisStore`) follow within a second, and find the same new keys there;
    /// one that is started later as well. Where this call fails or is dropped before they could know, the next call that
    /// this process answers lets them know. They forget it when the store is emptied while none of them
    /// runs, and a single process with a store of its own forgets it with its end: the configured
    /// secret alone comes into force again. If it was the secret that leaked, replace it **before** that:
    /// whoever holds it could make tokens for it. Decisions about statistics are forgotten with
    /// their cookies, which counts as no consent.
    ///
    /// # Errors
    /// `Unavailable` without randomness, and then nothing has changed; or when the store could not
    /// renew its generation: this process refuses everything issued before all the same, others may
    /// not yet. Call again: the answer then covers both calls, from the first on.
    pub async fn revoke_all(&self) -> Result<Revoked, CaptchaError> {
        let engine = self.engine();
        let now = engine.timeline.now();
        let (share, Changed { old, new }) = loop {
            let number = random::array(engine.random.as_ref())?;
            // Later than whatever is in force, so that it counts everywhere.
            let made = (engine.keys.share()).map_or(now, |own| now.max(own.made + 1));
            let share = Share::new(made, number);
            // Of calls at once, one may be a moment late.
            if let Some(changed) = engine.keys.mix(share.clone())? {
                break (share, changed);
            }
        };
        let unfinished = Unfinished(&engine.revoking.unfinished);
        observe::count(&observe::ROTATIONS, "cause", "revoked");
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
        let generation = match engine.ledger.is_shared() {
            true => engine.revoke_for_all(&share, now).await?,
            false => engine.ledger.renew_generation().await?,
        };
        std::mem::forget(unfinished);
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
            shared: engine.ledger.is_shared(),
        })
    }

    /// The record of administrative actions so far, for
    /// [`AuditLog::verify`](crate::AuditLog::verify).
    #[must_use]
    pub fn audit_log(&self) -> String {
        self.engine().audit.text()
    }
}

impl Engine {
    /// Before this process reads cookies that outlast restarts, for which the store is not asked: takes over the
    /// keys of a revocation that it has not heard of. Whoever needs the store asks again, and says so
    /// where it does not answer.
    pub(crate) async fn join(&self) {
        if self.ledger.is_shared() {
            let _ = self.current_generation().await;
        }
    }

    /// Lets the others know of a revocation of which they were not told; the generation that stands then, if they
    /// could be.
    pub(crate) async fn finish_revocation(&self) -> Option<u64> {
        let share = self.keys.share()?;
        let unfinished = Unfinished(&self.revoking.unfinished);
        let told = self.revoke_for_all(&share, self.timeline.now()).await;
        let generation = told.ok()?;
        std::mem::forget(unfinished);
        Some(generation)
    }

    /// Lets every process that shares the store know; the generation that stands then.
    async fn revoke_for_all(&self, share: &Share, now: u64) -> Result<u64, CaptchaError> {
        // Before the generation, which makes the others look for it.
        self.ledger
            .share_revocation(&share_name(self), share)
            .await?;
        if let Some(generation) = self.degraded.known() {
            for name in limit::salt_names(now, generation) {
                self.ledger.destroy_salt(&name).await?;
            }
        }
        let generation = self.ledger.renew_generation().await?;
        // Another process may have revoked at the same moment.
        self.follow_revocation(generation).await
    }

    /// Looks, under a generation of the store that is news here, whether another process revoked what this
    /// one still takes. Gives the generation that stands then.
    pub(crate) async fn follow_revocation(&self, generation: u64) -> Result<u64, CaptchaError> {
        let name = share_name(self);
        let mut generation = generation;
        let (theirs, ours) = (
            self.ledger.shared_revocation(&name).await?,
            self.keys.share(),
        );
        if theirs > ours {
            if let Some(Changed { old, new }) =
                theirs.map_or(Ok(None), |share| self.keys.mix(share))?
            {
                self.limiter.forget();
                observe::count(&observe::ROTATIONS, "cause", "revoked");
                let (keys, new_key) = (old.key_ids(), active(&new));
                tracing::warn!(?keys, %new_key, "captcha: another process revoked everything issued so far");
            }
        } else if let Some(own) = ours.filter(|own| theirs.as_ref() != Some(own)) {
            // The store was emptied, or restored from before. A revocation is not undone by that; who looked
            // meanwhile looks again.
            self.ledger.share_revocation(&name, &own).await?;
            generation = self.ledger.renew_generation().await?;
        }
        self.keys.saw(generation);
        Ok(generation)
    }
}

/// Under which name the processes of a site find what a revocation mixes into their keys.
fn share_name(engine: &Engine) -> Id {
    let mut hash = Sha256::new();
    hash.update(b"captcha revocation");
    hash.update(engine.sealer().site());
    let digest = hash.finalize();
    std::array::from_fn(|i| digest.get(i).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests;
