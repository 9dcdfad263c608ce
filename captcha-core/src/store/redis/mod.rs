//! Marks in Redis (or Valkey), shared by every process that is given the same address.
//!
//! The connection lives on a thread of its own, so that a host may run any runtime or none. Every
//! script runs on one hash slot and gives each key an expiry.

mod builder;
mod calls;
mod connect;
mod known;
mod line;
mod locate;
mod scripts;
#[cfg(feature = "redis-tls")]
mod tls;
mod worker;

pub use builder::RedisStoreBuilder;

use std::time::Duration;

use futures_channel::oneshot;
use tokio::sync::mpsc;

use self::{
    known::Shown,
    worker::{Call, Job, Waiting},
};
use super::{Id, Link, Precedence, Spending, Store, StoreError, StoreFuture};
use crate::error::CaptchaError;

/// Marks in Redis 7 or Valkey, shared by every process that is given the same address.
///
/// One multiplexed connection on a thread of its own, a deadline for each call, and a new connection
/// after a failure, with growing pauses of at most a second. While Redis does not answer, nothing is
/// let through.
///
/// **It never accepts twice what Redis forgot.** A fence stands beside the marks: a random number
/// that is bound to the run of the server. Where the server was restarted (from whatever file),
/// emptied, replaced or failed over, the fence is missing or of another run, a new one is put up, and
/// what was issued under the old one is refused. A machine that is set back as a whole while it runs
/// (a snapshot of its memory) cannot be told from one that was not.
///
/// ```no_run
/// use captcha_core::RedisStore;
///
/// let store = RedisStore::connect("redis://127.0.0.1:6379")?;
/// # Ok::<(), captcha_core::CaptchaError>(())
/// ```
pub struct RedisStore {
    jobs: mpsc::UnboundedSender<Job>,
    waiting: Waiting,
    shown: Shown,
    link: Link,
}

impl RedisStore {
    /// A store at an address such as `redis://:password@redis.internal:6379/0` or
    /// `redis+unix:///run/redis.sock`, with the prefix `captcha` and a deadline of 250 ms.
    ///
    /// # Errors
    /// As [`RedisStoreBuilder::connect`].
    pub fn connect(url: &str) -> Result<Self, CaptchaError> {
        Self::builder(url).connect()
    }

    /// A store at an address, to be set up.
    pub fn builder(url: &str) -> RedisStoreBuilder {
        RedisStoreBuilder::new(url)
    }

    fn over(jobs: mpsc::UnboundedSender<Job>, shown: Shown, link: Link) -> Self {
        Self {
            jobs,
            shown,
            waiting: Waiting::default(),
            link,
        }
    }
}

impl RedisStore {
    /// Hands a call to the thread of the connection and waits for what it says.
    fn ask<T: Send + 'static>(
        &self,
        call: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Call,
    ) -> StoreFuture<'_, T> {
        let (answer, answered) = oneshot::channel();
        let job = self.waiting.admit(call(answer));
        let sent = job.is_some_and(|job| self.jobs.send(job).is_ok());
        Box::pin(async move {
            if !sent {
                return Err(busy());
            }
            answered.await.map_err(|_| busy())?
        })
    }
}

fn busy() -> StoreError {
    StoreError::Unavailable("too many calls wait for Redis".into())
}

impl Store for RedisStore {
    fn link(&self) -> Link {
        self.link
    }

    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        let spending = self.ask(|answer| Call::Spend(*id, None, ttl, answer));
        Box::pin(async move { Ok(spending.await? == Spending::First) })
    }

    fn spend_for<'a>(
        &'a self,
        id: &'a Id,
        caller: &'a Id,
        ttl: Duration,
    ) -> StoreFuture<'a, Spending> {
        self.ask(|answer| Call::Spend(*id, Some(*caller), ttl, answer))
    }

    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.ask(|answer| Call::Hit(*key, window, answer))
    }

    fn hits<'a>(&'a self, key: &'a Id) -> StoreFuture<'a, u64> {
        self.ask(|answer| Call::Hits(*key, answer))
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn share<'a>(
        &'a self,
        name: &'a Id,
        value: &'a [u8],
        ttl: Duration,
        precedence: Precedence,
    ) -> StoreFuture<'a, Vec<u8>> {
        self.ask(|answer| Call::Share(*name, value.to_vec(), ttl, precedence, answer))
    }

    fn shared<'a>(&'a self, name: &'a Id) -> StoreFuture<'a, Option<Vec<u8>>> {
        self.ask(|answer| Call::Shared(*name, answer))
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        if let Some(generation) = self.shown.generation() {
            return Box::pin(std::future::ready(Ok(generation)));
        }
        self.ask(Call::Generation)
    }

    fn clock_gap(&self, now: u64) -> Duration {
        self.shown.clock_gap(now)
    }

    fn renew_generation(&self) -> StoreFuture<'_, u64> {
        self.ask(Call::Renew)
    }

    fn count<'a>(&'a self, day: u32, cell: &'a str, ttl: Duration) -> StoreFuture<'a, ()> {
        self.ask(|answer| Call::Count(day, cell.to_owned(), ttl, answer))
    }

    fn forget_counts(&self) -> StoreFuture<'_, ()> {
        self.ask(Call::ForgetCounts)
    }

    fn counts(&self, day: u32) -> StoreFuture<'_, Vec<(String, u64)>> {
        self.ask(|answer| Call::Counts(day, answer))
    }

    fn keep<'a>(&'a self, id: &'a Id, sealed: &'a [u8], ttl: Duration) -> StoreFuture<'a, ()> {
        self.ask(|answer| Call::Keep(*id, sealed.to_vec(), ttl, answer))
    }

    fn kept(&self) -> StoreFuture<'_, Vec<(Id, Vec<u8>)>> {
        self.ask(Call::Kept)
    }

    fn drop_kept<'a>(&'a self, id: &'a Id) -> StoreFuture<'a, ()> {
        self.ask(|answer| Call::DropKept(*id, answer))
    }
}

impl std::fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisStore")
            .field("link", &self.link)
            .finish_non_exhaustive()
    }
}
