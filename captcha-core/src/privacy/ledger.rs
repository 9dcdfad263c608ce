//! The only way to the store: what is written names its entry in the registry, and lives no longer
//! than that says.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::registry::{Count, Lives, MARK_MARGIN, Mark, Record};
use crate::{
    error::CaptchaError,
    store::{Id, Store},
};

pub(crate) struct Ledger {
    store: Arc<dyn Store>,
    lives: Lives,
}

impl Ledger {
    pub(crate) fn new(store: Arc<dyn Store>, lives: Lives) -> Self {
        Self { store, lives }
    }

    pub(crate) const fn lives(&self) -> &Lives {
        &self.lives
    }

    /// Marks `id` used while what it stands for would be alive, for `left`. `true` the first time.
    pub(crate) async fn spend(
        &self,
        mark: Mark,
        id: &Id,
        left: Duration,
    ) -> Result<bool, CaptchaError> {
        let longest = mark.record().entry().life.longest(&self.lives);
        let life = longest.unwrap_or_default().min(left + MARK_MARGIN);
        Ok(self.store.spend(id, life).await?)
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
        Ok(self.store.hit(key, window).await?)
    }

    /// Adds one to a daily counter.
    pub(crate) async fn count(&self, day: u32, cell: &str) -> Result<(), CaptchaError> {
        let life = Record::DailyCounters.entry().life.longest(&self.lives);
        Ok(self
            .store
            .count(day, cell, life.unwrap_or_default())
            .await?)
    }

    /// Keeps a sealed feedback for `left`, which is no longer than the entry says.
    pub(crate) async fn keep(
        &self,
        id: &Id,
        sealed: &[u8],
        left: Duration,
    ) -> Result<(), CaptchaError> {
        let life = Record::Feedback.entry().life.longest_fixed().min(left);
        Ok(self.store.keep(id, sealed, life).await?)
    }

    /// Every sealed feedback.
    pub(crate) async fn kept(&self) -> Result<Vec<(Id, Vec<u8>)>, CaptchaError> {
        Ok(self.store.kept().await?)
    }

    pub(crate) async fn drop_kept(&self, id: &Id) -> Result<(), CaptchaError> {
        Ok(self.store.drop_kept(id).await?)
    }

    /// The counters of a day.
    pub(crate) async fn counts(&self, day: u32) -> Result<BTreeMap<String, u64>, CaptchaError> {
        Ok(self.store.counts(day).await?.into_iter().collect())
    }

    pub(crate) async fn forget_counts(&self) -> Result<(), CaptchaError> {
        Ok(self.store.forget_counts().await?)
    }

    pub(crate) async fn renew_generation(&self) -> Result<u64, CaptchaError> {
        Ok(self.store.renew_generation().await?)
    }

    pub(crate) async fn generation(&self) -> Result<u64, CaptchaError> {
        Ok(self.store.generation().await?)
    }
}
