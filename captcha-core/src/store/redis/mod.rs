//! Marks in Redis (or Valkey), shared by every process that is given the same address.
//!
//! The connection lives on a thread of its own, so that a host may run any runtime or none. Every
//! script runs on one hash slot and gives each key an expiry.

mod connect;
mod scripts;
mod worker;

use std::time::Duration;

use ::redis::{ConnectionAddr, IntoConnectionInfo};
use futures_channel::oneshot;

use self::worker::{Call, Job, Settings};
use super::{Id, Link, Store, StoreError, StoreFuture};
use crate::error::CaptchaError;
#[cfg(doc)]
use crate::error::ErrorKind;

/// Most calls that wait for the connection; more are refused at once.
const QUEUE: usize = 10_000;
/// Longest that [`RedisStoreBuilder::connect`] waits for the first answer.
const START: Duration = Duration::from_secs(5);

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
    jobs: tokio::sync::mpsc::Sender<Job>,
    link: Link,
}

/// A [`RedisStore`] in the making.
#[derive(Clone, Debug)]
#[must_use]
pub struct RedisStoreBuilder {
    url: String,
    prefix: String,
    deadline: Duration,
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
        RedisStoreBuilder {
            url: url.to_owned(),
            prefix: "captcha".to_owned(),
            deadline: Duration::from_millis(250),
        }
    }
}

impl RedisStoreBuilder {
    /// What every key begins with: 1 to 40 of a to z, 0 to 9, `.`, `_` and `-`. Sites that share a server
    /// need one each.
    pub fn prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// How long a call may take. What is not answered by then is refused.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Connects and looks whether the server can be relied on. This thread waits for it, at most five
    /// seconds: call it before the server starts, not within a request.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] says what to change: an address that is none, a password that is
    /// refused, a server that may drop marks under memory pressure, a replica, or one that is too
    /// old. [`ErrorKind::Unavailable`] when nobody answers.
    pub fn connect(self) -> Result<RedisStore, CaptchaError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        if !(1..=40).contains(&self.prefix.len()) || !self.prefix.chars().all(plain) {
            return Err(CaptchaError::configuration(format!(
                "{:?} is no prefix for keys: use 1 to 40 of a to z, 0 to 9, '.', '_' and '-'",
                self.prefix
            )));
        }
        if self.url.starts_with("rediss:") {
            return Err(CaptchaError::configuration(
                "RedisStore does not speak TLS yet: use a tunnel on this machine, or a Unix socket",
            ));
        }
        let unreadable = |error| {
            // Without the address: it may hold a password.
            CaptchaError::configuration("this is no address of a Redis server").caused_by(error)
        };
        let info = self
            .url
            .as_str()
            .into_connection_info()
            .map_err(unreadable)?;
        let link = link(info.addr());
        let client = ::redis::Client::open(info).map_err(unreadable)?;
        let (jobs, waiting) = tokio::sync::mpsc::channel(QUEUE);
        let (ready, first) = std::sync::mpsc::channel();
        let settings = Settings {
            client,
            prefix: self.prefix,
            deadline: self.deadline,
        };
        let unavailable = |error: Box<_>| CaptchaError::from(connect::Trouble::Unavailable(error));
        std::thread::Builder::new()
            .name("captcha-redis".into())
            .spawn(move || worker::run(settings, waiting, &ready))
            .map_err(|error| unavailable(error.into()))?;
        match first.recv_timeout(START) {
            Ok(Ok(())) => Ok(RedisStore { jobs, link }),
            Ok(Err(error)) => Err(error),
            Err(error) => Err(unavailable(error.into())),
        }
    }
}

/// How calls travel.
fn link(address: &ConnectionAddr) -> Link {
    match address {
        ConnectionAddr::Unix(_) => Link::Local,
        ConnectionAddr::Tcp(host, _) if is_loopback(host) => Link::Local,
        _ => Link::Plain,
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address = address.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

impl RedisStore {
    /// Hands a call to the thread of the connection and waits for what it says.
    fn ask<T: Send + 'static>(
        &self,
        call: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Call,
    ) -> StoreFuture<'_, T> {
        let (answer, answered) = oneshot::channel();
        let sent = self.jobs.try_send(Job::new(call(answer)));
        Box::pin(async move {
            sent.map_err(|_| busy())?;
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
        self.ask(|answer| Call::Spend(*id, ttl, answer))
    }

    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.ask(|answer| Call::Hit(*key, window, answer))
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        self.ask(Call::Generation)
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
