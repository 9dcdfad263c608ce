//! Where single use is remembered.

mod memory;
#[cfg(feature = "redis")]
mod redis;
mod sharded;

pub use memory::MemoryStore;
#[cfg(feature = "redis")]
pub use redis::{RedisStore, RedisStoreBuilder};
pub use sharded::ShardedStore;

use std::{error::Error, fmt, future::Future, pin::Pin, time::Duration};

/// The length of an id in bytes.
pub const ID_BYTES: usize = 16;

/// The id of a challenge or token: 16 random bytes.
pub type Id = [u8; ID_BYTES];

/// What a store answers with: a boxed future, so that the trait is object-safe.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// How what a store is handed gets to where it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Link {
    /// It does not say.
    #[default]
    Unstated,
    /// It stays in this process or on this machine.
    Local,
    /// It travels encrypted, to a host whose name was verified.
    Encrypted,
    /// It travels in the open to another host.
    Plain,
}

/// What [`Store::spend_for`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Spending {
    /// Nobody had spent the id.
    First,
    /// The same caller had: whoever did not get to see the answer asks again.
    Again,
    /// Somebody else had.
    Late,
}

/// Which of two values stands that are shared under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Precedence {
    /// What was there before.
    First,
    /// The greater one, byte by byte as slices compare: of processes that write at once, the slower one
    /// overwrites nothing.
    Greatest,
    /// What comes now.
    Last,
}

/// Remembers what was used, and counts.
///
/// An implementation is right when [`Store::spend`] is atomic (of any number of concurrent calls
/// with one id, one is told `true`), keeps a mark for at least its `ttl`, and says an error rather
/// than guess. The engine refuses whenever a store errs.
pub trait Store: Send + Sync + 'static {
    /// How what it is handed gets to where it is kept. A [`Link::Plain`] one is refused by the builder
    /// unless visitors come over plain HTTP as well, or cookies are for development.
    fn link(&self) -> Link {
        Link::Unstated
    }

    /// Marks `id` used for `ttl`. `true` for the first caller, `false` for every later one.
    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool>;

    /// As [`Store::spend`], for a caller that has a name and may ask again: of one whose answer was
    /// lost. Of any number of concurrent calls with one id, one is told [`Spending::First`]; of the
    /// others, those with its name [`Spending::Again`]. The name is kept no longer than the mark.
    ///
    /// A store that keeps no names tells everybody else that they are late, as this does.
    fn spend_for<'a>(
        &'a self,
        id: &'a Id,
        _caller: &'a Id,
        ttl: Duration,
    ) -> StoreFuture<'a, Spending> {
        Box::pin(async move {
            Ok(match self.spend(id, ttl).await? {
                true => Spending::First,
                false => Spending::Late,
            })
        })
    }

    /// Counts one call under `key` and gives the count within the current window, this call
    /// included. A window begins with the first call.
    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64>;

    /// The count that [`Store::hit`] last gave under `key`, without counting; 0 where its window is
    /// over, and in a store that cannot tell, as this: work then does not rise with wrong answers.
    fn hits<'a>(&'a self, _key: &'a Id) -> StoreFuture<'a, u64> {
        Box::pin(std::future::ready(Ok(0)))
    }

    /// Whether several processes see one state, and [`Store::share`] and [`Store::shared`] work.
    fn is_shared(&self) -> bool {
        false
    }

    /// Keeps `value` under `name` for `ttl`, for every process, unless another one is there that takes
    /// `precedence`, in one step; gives what is kept there now. What was there keeps its time.
    ///
    /// Asked for only where [`Store::is_shared`]; a store that cannot errs, as this does.
    fn share<'a>(
        &'a self,
        _name: &'a Id,
        _value: &'a [u8],
        _ttl: Duration,
        _precedence: Precedence,
    ) -> StoreFuture<'a, Vec<u8>> {
        Box::pin(std::future::ready(Err(shares_nothing())))
    }

    /// What [`Store::share`] keeps under `name`, if anything.
    fn shared<'a>(&'a self, _name: &'a Id) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(std::future::ready(Err(shares_nothing())))
    }

    /// A number that changes whenever marks may have been lost: what was issued under another
    /// number is refused instead of being accepted twice.
    fn generation(&self) -> StoreFuture<'_, u64>;

    /// How far `now`, in milliseconds since 1970, is from the time by which marks end here, as the store last heard it. Zero for one
    /// that has no clock of its own. The engine neither issues nor takes anything by clocks that are far
    /// apart: a mark would end before what it guards does.
    fn clock_gap(&self, _now: u64) -> Duration {
        Duration::ZERO
    }

    /// Gives the store another generation and answers with it: everything that was issued before is
    /// refused from then on, by every process that shares the store.
    ///
    /// Asked for only by [`Captcha::revoke_all`](crate::Captcha::revoke_all); a store that cannot
    /// errs, as this does.
    fn renew_generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(std::future::ready(Err(StoreError::Unavailable(
            "this store cannot renew its generation".into(),
        ))))
    }

    /// Adds one to a daily counter and keeps it for `ttl`. Days are counted from 1970-01-01, cells
    /// have short fixed names such as `solved.kind.slide`.
    ///
    /// Asked for only where statistics are on; a store without counters errs, as this does.
    fn count<'a>(&'a self, _day: u32, _cell: &'a str, _ttl: Duration) -> StoreFuture<'a, ()> {
        Box::pin(std::future::ready(Err(StoreError::Unavailable(
            "this store keeps no statistics".into(),
        ))))
    }

    /// Forgets every daily counter. Asked for only by
    /// [`Captcha::purge_statistics`](crate::Captcha::purge_statistics) and `DELETE stats`.
    fn forget_counts(&self) -> StoreFuture<'_, ()> {
        Box::pin(std::future::ready(Err(StoreError::Unavailable(
            "this store keeps no statistics".into(),
        ))))
    }

    /// Every counter of a day that is not zero.
    fn counts(&self, _day: u32) -> StoreFuture<'_, Vec<(String, u64)>> {
        Box::pin(std::future::ready(Err(StoreError::Unavailable(
            "this store keeps no statistics".into(),
        ))))
    }

    /// Keeps a sealed text for `ttl`. Asked for only where the feedback form is on; a store that
    /// cannot errs, as this does. One without room drops a text that would end first: refused for
    /// weeks, the form would be anybody's to close.
    fn keep<'a>(&'a self, _id: &'a Id, _sealed: &'a [u8], _ttl: Duration) -> StoreFuture<'a, ()> {
        Box::pin(std::future::ready(Err(keeps_no_texts())))
    }

    /// Every text that [`Store::keep`] was handed and that is not over its time.
    fn kept(&self) -> StoreFuture<'_, Vec<(Id, Vec<u8>)>> {
        Box::pin(std::future::ready(Err(keeps_no_texts())))
    }

    /// Forgets one of them, if it is there.
    fn drop_kept<'a>(&'a self, _id: &'a Id) -> StoreFuture<'a, ()> {
        Box::pin(std::future::ready(Err(keeps_no_texts())))
    }
}

fn shares_nothing() -> StoreError {
    StoreError::Unavailable("this store shares nothing between processes".into())
}

fn keeps_no_texts() -> StoreError {
    StoreError::Unavailable("this store keeps no texts".into())
}

/// Why a store could not answer.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// No room for another mark; forgetting one would let it be used twice.
    Full,
    /// The store did not answer, or not in time.
    Unavailable(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the store has no room for another mark",
            Self::Unavailable(_) => "the store did not answer",
        })
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Full => None,
            Self::Unavailable(source) => Some(source.as_ref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_a_store_says_what_is_wrong_and_why() {
        let away = StoreError::Unavailable("connection refused".into());
        assert_eq!(away.to_string(), "the store did not answer");
        let cause = away.source().map(ToString::to_string);
        assert_eq!(cause.as_deref(), Some("connection refused"));
        assert!(StoreError::Full.to_string().contains("no room"));
        assert!(StoreError::Full.source().is_none());
    }
}
