//! The only way to the store: what is written names its entry in the registry, and lives no longer
//! than that says.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::registry::{Count, Lives, Mark, Record, STORE_CLOCK_TOLERANCE};
use crate::{
    clock::Timeline,
    error::CaptchaError,
    keychain::Share,
    observe::stored,
    store::{Id, Precedence, Spending, Store},
};

pub(crate) struct Ledger {
    store: Arc<dyn Store>,
    lives: Lives,
    /// Whether the clocks of this process and of the store were too far apart when they were last compared.
    out_of_step: AtomicBool,
}

impl Ledger {
    pub(crate) fn new(store: Arc<dyn Store>, lives: Lives) -> Self {
        Self {
            store,
            lives,
            out_of_step: AtomicBool::new(false),
        }
    }

    pub(crate) const fn lives(&self) -> &Lives {
        &self.lives
    }

    /// Marks `id` used for longer than what it stands for can be alive anywhere. A caller with a name is known
    /// again.
    pub(crate) async fn spend(
        &self,
        mark: Mark,
        id: &Id,
        caller: Option<&Id>,
    ) -> Result<Spending, CaptchaError> {
        let life = Self::mark_life(mark, &self.lives);
        Ok(match caller {
            Some(caller) => stored("spend", self.store.spend_for(id, caller, life)).await?,
            None if stored("spend", self.store.spend(id, life)).await? => Spending::First,
            None => Spending::Late,
        })
    }

    /// How long a mark is kept: whatever is left by this clock, another process may see more.
    pub(crate) fn mark_life(mark: Mark, lives: &Lives) -> Duration {
        mark.record()
            .entry()
            .life
            .longest(lives)
            .unwrap_or_default()
    }

    /// Counts one call under `key`; the count so far within `window`, which is no longer than the
    /// entry says.
    pub(crate) async fn hit(
        &self,
        count: Count,
        key: &Id,
        window: Duration,
    ) -> Result<u64, CaptchaError> {
        let longest = count.record().entry().life.longest(&self.lives);
        let window = longest.unwrap_or_default().min(window);
        Ok(stored("hit", self.store.hit(key, window)).await?)
    }

    /// The count so far under `key`, without counting.
    pub(crate) async fn hits(&self, key: &Id) -> Result<u64, CaptchaError> {
        Ok(stored("hits", self.store.hits(key)).await?)
    }

    /// Whether several processes see one state.
    pub(crate) fn is_shared(&self) -> bool {
        self.store.is_shared()
    }

    /// Offers a sealed salt to all processes, for `left`, which is no longer than the entry says; gives the
    /// one that stands.
    pub(crate) async fn share_salt(
        &self,
        name: &Id,
        sealed: &str,
        left: Duration,
    ) -> Result<Vec<u8>, CaptchaError> {
        let life = Record::CallSalt.entry().life.longest_fixed().min(left);
        Ok(stored(
            "share",
            self.store
                .share(name, sealed.as_bytes(), life, Precedence::First),
        )
        .await?)
    }

    /// Shares what a revocation mixes into the keys: no more than a random number, and none that stands for
    /// anybody.
    pub(crate) async fn share_revocation(
        &self,
        name: &Id,
        share: &Share,
    ) -> Result<(), CaptchaError> {
        let bytes = share.to_bytes();
        // Of revocations at once the later one stands, whoever of them writes last.
        let (life, later) = (
            Record::Generation.entry().life.longest_fixed(),
            Precedence::Greatest,
        );
        let shared = self.store.share(name, bytes.as_slice(), life, later);
        stored("share", shared).await?;
        Ok(())
    }

    /// Destroys a salt that was shared under `name`.
    pub(crate) async fn destroy_salt(&self, name: &Id) -> Result<(), CaptchaError> {
        let nothing = (self.store).share(name, b"", Duration::from_millis(1), Precedence::Last);
        stored("share", nothing).await?;
        Ok(())
    }

    /// What another process shared.
    pub(crate) async fn shared_revocation(&self, name: &Id) -> Result<Option<Share>, CaptchaError> {
        Ok(self
            .store
            .shared(name)
            .await?
            .and_then(|kept| Share::from_bytes(&kept)))
    }

    /// Adds one to a daily counter.
    pub(crate) async fn count(&self, day: u32, cell: &str) -> Result<(), CaptchaError> {
        let life = Record::DailyCounters.entry().life.longest(&self.lives);
        let count = self.store.count(day, cell, life.unwrap_or_default());
        Ok(stored("count", count).await?)
    }

    /// Keeps a sealed feedback for `left`, which is no longer than the entry says.
    pub(crate) async fn keep(
        &self,
        id: &Id,
        sealed: &[u8],
        left: Duration,
    ) -> Result<(), CaptchaError> {
        let life = Record::Feedback.entry().life.longest_fixed().min(left);
        Ok(stored("keep", self.store.keep(id, sealed, life)).await?)
    }

    /// Every sealed feedback.
    pub(crate) async fn kept(&self) -> Result<Vec<(Id, Vec<u8>)>, CaptchaError> {
        Ok(stored("kept", self.store.kept()).await?)
    }

    pub(crate) async fn drop_kept(&self, id: &Id) -> Result<(), CaptchaError> {
        Ok(stored("drop-kept", self.store.drop_kept(id)).await?)
    }

    /// The counters of a day.
    pub(crate) async fn counts(&self, day: u32) -> Result<BTreeMap<String, u64>, CaptchaError> {
        Ok(stored("counts", self.store.counts(day))
            .await?
            .into_iter()
            .collect())
    }

    pub(crate) async fn forget_counts(&self) -> Result<(), CaptchaError> {
        Ok(stored("forget-counts", self.store.forget_counts()).await?)
    }

    pub(crate) async fn renew_generation(&self) -> Result<u64, CaptchaError> {
        Ok(stored("renew-generation", self.store.renew_generation()).await?)
    }

    pub(crate) async fn generation(&self) -> Result<u64, CaptchaError> {
        Ok(stored("generation", self.store.generation()).await?)
    }

    /// Refuses by a clock that is too far from the store's: marks would end before what they guard does. Once the clocks have
    /// come together, marks may have ended early all the same, and the store gets another generation, which is
    /// given.
    pub(crate) async fn keep_in_step(
        &self,
        timeline: &Timeline,
    ) -> Result<Option<u64>, CaptchaError> {
        let gap = self.store.clock_gap(timeline.now());
        let apart = gap > STORE_CLOCK_TOLERANCE;
        // The machine may be right again, and this process still hold on to the time that was wrong.
        if apart && self.store.clock_gap(timeline.fresh()) > STORE_CLOCK_TOLERANCE {
            if !self.out_of_step.swap(true, Ordering::AcqRel) {
                tracing::error!(
                    seconds = gap.as_secs(),
                    "captcha: the clocks of this process and of its store are apart. Nothing is issued or taken until they \
                     are set right, as NTP does; everything issued before is void then"
                );
            }
            return Err(CaptchaError::unavailable(
                "the clocks of this process and of its store are apart",
            ));
        }
        if !apart && !self.out_of_step.load(Ordering::Acquire) {
            return Ok(None);
        }
        let generation = self.renew_generation().await?;
        if apart {
            timeline.settle();
        }
        if self.out_of_step.swap(false, Ordering::AcqRel) || apart {
            tracing::warn!(
                "captcha: the clocks of this process and of its store are together again"
            );
        }
        // This call may have looked at the clock before.
        match apart {
            true => Err(CaptchaError::unavailable("the clock was set back just now")),
            false => Ok(Some(generation)),
        }
    }
}
