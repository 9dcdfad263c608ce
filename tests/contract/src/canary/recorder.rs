//! A store that keeps everything it is handed.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use captcha_core::{
    Store,
    store::{Id, Precedence, Spending, StoreFuture},
};

use super::Sink;

/// What the store was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Does {
    /// To mark an id used.
    Spend,
    /// To count a call under a key.
    Hit,
    /// To add to a daily counter.
    Count,
    /// To keep a sealed text.
    Keep,
    /// To give every process a sealed salt, or what a revocation changes.
    Share,
}

/// One operation of the store.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The request that led to it, as `METHOD path`.
    pub during: String,
    /// What it was.
    pub does: Does,
    /// The id or key; the cell of a counter; the id of a text and the text.
    pub key: Vec<u8>,
    /// The life or window.
    pub life: Duration,
}

impl Operation {
    /// Where it is searched.
    #[must_use]
    pub fn sink(&self) -> Sink {
        match self.does {
            Does::Keep | Does::Share => Sink::Sealed,
            Does::Spend | Does::Hit | Does::Count => Sink::Store,
        }
    }

    /// Every byte of it, the key behind a colon.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{:?}:", self.does).into_bytes();
        bytes.extend_from_slice(&self.key);
        bytes.extend_from_slice(format!(":{:?}", self.life).as_bytes());
        bytes
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} for {:?} in {}", self.does, self.life, self.during)
    }
}

/// Any store, and a record of what it was handed.
pub struct Recorder {
    inner: Arc<dyn Store>,
    operations: Mutex<Vec<Operation>>,
    during: Mutex<String>,
}

impl Recorder {
    /// Records what `inner` is handed.
    #[must_use]
    pub fn over(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            operations: Mutex::default(),
            during: Mutex::default(),
        })
    }

    /// Says which request is sent next.
    pub fn during(&self, request: &str) {
        request.clone_into(&mut self.during.lock().unwrap());
    }

    /// What was recorded; the record is empty afterwards.
    #[must_use]
    pub fn take(&self) -> Vec<Operation> {
        std::mem::take(&mut self.operations.lock().unwrap())
    }

    fn note(&self, does: Does, key: &[u8], life: Duration) {
        self.operations.lock().unwrap().push(Operation {
            during: self.during.lock().unwrap().clone(),
            does,
            key: key.to_vec(),
            life,
        });
    }
}

impl Store for Recorder {
    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        self.note(Does::Spend, id, ttl);
        self.inner.spend(id, ttl)
    }

    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.note(Does::Hit, key, window);
        self.inner.hit(key, window)
    }

    fn spend_for<'a>(
        &'a self,
        id: &'a Id,
        caller: &'a Id,
        ttl: Duration,
    ) -> StoreFuture<'a, Spending> {
        self.note(Does::Spend, &[*id, *caller].concat(), ttl);
        self.inner.spend_for(id, caller, ttl)
    }

    fn hits<'a>(&'a self, key: &'a Id) -> StoreFuture<'a, u64> {
        self.inner.hits(key)
    }

    fn is_shared(&self) -> bool {
        self.inner.is_shared()
    }

    fn share<'a>(
        &'a self,
        name: &'a Id,
        value: &'a [u8],
        ttl: Duration,
        precedence: Precedence,
    ) -> StoreFuture<'a, Vec<u8>> {
        self.note(Does::Share, &[name, value].concat(), ttl);
        self.inner.share(name, value, ttl, precedence)
    }

    fn shared<'a>(&'a self, name: &'a Id) -> StoreFuture<'a, Option<Vec<u8>>> {
        self.inner.shared(name)
    }

    fn count<'a>(&'a self, day: u32, cell: &'a str, ttl: Duration) -> StoreFuture<'a, ()> {
        self.note(Does::Count, cell.as_bytes(), ttl);
        self.inner.count(day, cell, ttl)
    }

    fn keep<'a>(&'a self, id: &'a Id, sealed: &'a [u8], ttl: Duration) -> StoreFuture<'a, ()> {
        self.note(Does::Keep, &[id, sealed].concat(), ttl);
        self.inner.keep(id, sealed, ttl)
    }

    fn drop_kept<'a>(&'a self, id: &'a Id) -> StoreFuture<'a, ()> {
        self.inner.drop_kept(id)
    }

    // These are handed nothing.
    fn counts(&self, day: u32) -> StoreFuture<'_, Vec<(String, u64)>> {
        self.inner.counts(day)
    }

    fn forget_counts(&self) -> StoreFuture<'_, ()> {
        self.inner.forget_counts()
    }

    fn kept(&self) -> StoreFuture<'_, Vec<(Id, Vec<u8>)>> {
        self.inner.kept()
    }

    fn renew_generation(&self) -> StoreFuture<'_, u64> {
        self.inner.renew_generation()
    }

    fn link(&self) -> captcha_core::store::Link {
        self.inner.link()
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        self.inner.generation()
    }
}
