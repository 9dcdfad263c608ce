//! The control: marks that no other node sees, under a generation that all of them share. It does
//! what `RedisStore` must not do, so that the count of double spends has something to find.

use std::{
    collections::HashSet,
    future::ready,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use captcha_core::{
    Store,
    store::{Id, StoreFuture},
};

#[derive(Default)]
pub(super) struct LocalMarks(Mutex<HashSet<Id>>);

impl Store for LocalMarks {
    fn spend<'a>(&'a self, id: &'a Id, _ttl: Duration) -> StoreFuture<'a, bool> {
        let first = (self.0.lock().unwrap_or_else(PoisonError::into_inner)).insert(*id);
        Box::pin(ready(Ok(first)))
    }

    fn hit<'a>(&'a self, _key: &'a Id, _window: Duration) -> StoreFuture<'a, u64> {
        Box::pin(ready(Ok(1)))
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(ready(Ok(1)))
    }
}
