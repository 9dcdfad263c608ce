//! A Redis store with a server of its own, which ends with it.

use std::{sync::Arc, time::Duration};

use captcha_core::{
    RedisStore, Store,
    store::{Id, Link, Precedence, Spending, StoreFuture},
};

#[allow(
    dead_code,
    reason = "shared with the store's own tests, which restart it"
)]
#[path = "../../../captcha-core/tests/redis/server.rs"]
mod server;

struct OwnRedis {
    store: RedisStore,
    _server: server::Server,
}

/// An empty one.
#[must_use]
pub fn start() -> Arc<dyn Store> {
    let server = server::Server::start(&[]);
    // A busy machine keeps this deadline as well.
    let store = RedisStore::builder(&server.url()).deadline(Duration::from_secs(10));
    Arc::new(OwnRedis {
        store: store.connect().unwrap(),
        _server: server,
    })
}

/// Without the server's clock: engines of these tests have one that stands still.
impl Store for OwnRedis {
    fn link(&self) -> Link {
        self.store.link()
    }

    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        self.store.spend(id, ttl)
    }

    fn spend_for<'a>(
        &'a self,
        id: &'a Id,
        caller: &'a Id,
        ttl: Duration,
    ) -> StoreFuture<'a, Spending> {
        self.store.spend_for(id, caller, ttl)
    }

    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.store.hit(key, window)
    }

    fn hits<'a>(&'a self, key: &'a Id) -> StoreFuture<'a, u64> {
        self.store.hits(key)
    }

    fn is_shared(&self) -> bool {
        self.store.is_shared()
    }

    fn share<'a>(
        &'a self,
        name: &'a Id,
        value: &'a [u8],
        ttl: Duration,
        precedence: Precedence,
    ) -> StoreFuture<'a, Vec<u8>> {
        self.store.share(name, value, ttl, precedence)
    }

    fn shared<'a>(&'a self, name: &'a Id) -> StoreFuture<'a, Option<Vec<u8>>> {
        self.store.shared(name)
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        self.store.generation()
    }

    fn renew_generation(&self) -> StoreFuture<'_, u64> {
        self.store.renew_generation()
    }

    fn count<'a>(&'a self, day: u32, cell: &'a str, ttl: Duration) -> StoreFuture<'a, ()> {
        self.store.count(day, cell, ttl)
    }

    fn forget_counts(&self) -> StoreFuture<'_, ()> {
        self.store.forget_counts()
    }

    fn counts(&self, day: u32) -> StoreFuture<'_, Vec<(String, u64)>> {
        self.store.counts(day)
    }

    fn keep<'a>(&'a self, id: &'a Id, sealed: &'a [u8], ttl: Duration) -> StoreFuture<'a, ()> {
        self.store.keep(id, sealed, ttl)
    }

    fn kept(&self) -> StoreFuture<'_, Vec<(Id, Vec<u8>)>> {
        self.store.kept()
    }

    fn drop_kept<'a>(&'a self, id: &'a Id) -> StoreFuture<'a, ()> {
        self.store.drop_kept(id)
    }
}

/// A server that goes away and comes back.
pub struct Outage(server::Server);

impl Outage {
    /// One that is there.
    #[must_use]
    pub fn start() -> Self {
        Self(server::Server::start(&[]))
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.url()
    }

    /// It is gone.
    pub fn begin(&mut self) {
        self.0.stop();
    }

    /// It is back.
    pub fn end(&mut self) {
        self.0.restart();
    }
}
