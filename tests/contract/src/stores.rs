//! Stores to break the engine with.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
    time::Duration,
};

use captcha_core::{
    Clock, MemoryStore, Store,
    store::{Id, StoreError, StoreFuture},
    testing::HandClock,
};

/// What [`Mode::Panics`] panics with.
pub const BUG: &str = "a bug in the store";

/// How a [`Switch`] behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing is answered.
    Fails,
    /// The code of the store is wrong.
    Panics,
    /// Only marks cannot be written.
    SpendFails,
    /// All is well.
    Works,
}

/// A [`MemoryStore`] that can be broken and mended while a server runs.
pub struct Switch {
    inner: MemoryStore,
    mode: Mutex<Mode>,
}

impl Switch {
    /// One that works.
    #[must_use]
    pub fn new() -> Self {
        Self::with_max_marks(MemoryStore::DEFAULT_MAX_MARKS)
    }

    /// One that works until so many marks are in it.
    #[must_use]
    pub fn with_max_marks(marks: usize) -> Self {
        Self {
            inner: MemoryStore::with_max_marks(marks).unwrap(),
            mode: Mutex::new(Mode::Works),
        }
    }

    /// Breaks or mends it.
    pub fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }

    fn check(&self, spending: bool) -> Result<(), StoreError> {
        let mode = *self.mode.lock().unwrap();
        match mode {
            Mode::Works => Ok(()),
            Mode::SpendFails if !spending => Ok(()),
            Mode::Fails | Mode::SpendFails => Err(StoreError::Unavailable(
                "connection refused: db7.internal:6379".into(),
            )),
            Mode::Panics => panic!("{BUG}"),
        }
    }
}

impl Default for Switch {
    fn default() -> Self {
        Self::new()
    }
}

impl Store for Switch {
    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            self.check(true)?;
            self.inner.spend(id, ttl).await
        })
    }

    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        Box::pin(async move {
            self.check(false)?;
            self.inner.hit(key, window).await
        })
    }

    // The number itself is always the same one: it is part of what is sealed.
    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(async move {
            self.check(false)?;
            Ok(1)
        })
    }
}

/// The control: it looks, hesitates, and then writes. Every test of single use has to catch it.
#[derive(Default)]
pub struct LookThenWrite(Mutex<HashSet<Id>>);

impl Store for LookThenWrite {
    fn spend<'a>(&'a self, id: &'a Id, _: Duration) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let seen = self.0.lock().unwrap().contains(id);
            std::thread::yield_now();
            // As a store over a network would: others run while the answer is on its way.
            crate::race::hesitate().await;
            self.0.lock().unwrap().insert(*id);
            Ok(!seen)
        })
    }

    fn hit<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, u64> {
        Box::pin(std::future::ready(Ok(1)))
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(std::future::ready(Ok(1)))
    }
}

/// A control: marks that end by a clock that may be set, and are gone for good once they ended.
pub struct ForgetsByTheClock {
    marks: Mutex<HashMap<Id, u64>>,
    clock: HandClock,
}

impl ForgetsByTheClock {
    /// An empty one.
    #[must_use]
    pub fn new(clock: HandClock) -> Self {
        Self {
            marks: Mutex::default(),
            clock,
        }
    }
}

impl Store for ForgetsByTheClock {
    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        let now = self.clock.unix_millis();
        let mut marks = self.marks.lock().unwrap();
        marks.retain(|_, ends| *ends > now);
        let ends = now + u64::try_from(ttl.as_millis()).unwrap();
        let first = marks.insert(*id, ends).is_none();
        Box::pin(std::future::ready(Ok(first)))
    }

    fn hit<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, u64> {
        Box::pin(std::future::ready(Ok(1)))
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(std::future::ready(Ok(1)))
    }
}
