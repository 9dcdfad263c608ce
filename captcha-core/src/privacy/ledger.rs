//! The only way to the store: what is written names its entry in the registry, and lives no longer
//! than that says.

use std::{sync::Arc, time::Duration};

use super::registry::{Count, Lives, MARK_MARGIN, Mark};
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

    /// Counts one call under `key`; the count so far within the entry's window.
    pub(crate) async fn hit(&self, count: Count, key: &Id) -> Result<u64, CaptchaError> {
        let window = count.record().entry().life.longest(&self.lives);
        Ok(self.store.hit(key, window.unwrap_or_default()).await?)
    }

    pub(crate) async fn generation(&self) -> Result<u64, CaptchaError> {
        Ok(self.store.generation().await?)
    }
}
