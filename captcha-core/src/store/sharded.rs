use std::{fmt, future, sync::Arc, task::Poll, time::Duration};

use sha2::{Digest, Sha256};

use super::{Id, Link, Precedence, Spending, Store, StoreError, StoreFuture};
use crate::error::CaptchaError;

/// Several stores as one, for a site that has outgrown the largest: every id has its place in one of them.
///
/// All processes give the same stores in the same order. If one of them loses its marks, everything issued before
/// is refused, as with one store: its generation is made of all of theirs. While one does not answer,
/// nothing is let through.
///
/// ```no_run
/// # #[cfg(feature = "redis")]
/// # fn main() -> Result<(), captcha_core::CaptchaError> {
/// use captcha_core::{RedisStore, ShardedStore};
/// use std::sync::Arc;
///
/// let shard = |number| {
///     let store = RedisStore::connect(&format!("rediss://redis-{number}.internal:6380"));
///     store.map(Arc::new)
/// };
/// let store = ShardedStore::new([shard(1)?, shard(2)?, shard(3)?])?;
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "redis"))]
/// # fn main() {}
/// ```
///
/// In a Redis cluster, give each shard a prefix of its own: it decides the node.
pub struct ShardedStore {
    shards: Vec<Arc<dyn Store>>,
    /// What is one for all is here.
    first: Arc<dyn Store>,
}

impl ShardedStore {
    /// The stores as one.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) where there is none.
    pub fn new<S: Store>(shards: impl IntoIterator<Item = Arc<S>>) -> Result<Self, CaptchaError> {
        let shards: Vec<Arc<dyn Store>> = shards.into_iter().map(|shard| shard as _).collect();
        let first = shards.first().cloned().ok_or_else(|| {
            CaptchaError::configuration("a ShardedStore needs at least one store")
        })?;
        Ok(Self { shards, first })
    }

    /// The store that has the place of an id. Ids and keys are random, or hashes.
    fn of(&self, id: &Id) -> &Arc<dyn Store> {
        let [a, b, c, d, ..] = *id;
        let number = u32::from_be_bytes([a, b, c, d]) as usize;
        self.shards
            .get(number % self.shards.len())
            .unwrap_or(&self.first)
    }
}

/// One number of those of all shards: another one when any of them is.
fn together(generations: &[u64]) -> u64 {
    let mut hash = Sha256::new();
    for generation in generations {
        hash.update(generation.to_be_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// What all of them say, in their order. Asked at once: where each takes its time, dozens would take too long one after
/// the other. The first that fails fails for all.
async fn all<T>(calls: impl Iterator<Item = StoreFuture<'_, T>>) -> Result<Vec<T>, StoreError> {
    let mut calls: Vec<_> = calls.map(|call| (call, None)).collect();
    future::poll_fn(|context| {
        let mut waits = false;
        for (call, told) in calls.iter_mut().filter(|(_, told)| told.is_none()) {
            match call.as_mut().poll(context) {
                Poll::Ready(Ok(value)) => *told = Some(value),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => waits = true,
            }
        }
        match waits {
            true => Poll::Pending,
            false => Poll::Ready(Ok(())),
        }
    })
    .await?;
    Ok(calls.into_iter().filter_map(|(_, told)| told).collect())
}

impl Store for ShardedStore {
    /// That of the shard whose way protects least.
    fn link(&self) -> Link {
        let rank = |link: &Link| match link {
            Link::Local => 0,
            Link::Encrypted => 1,
            Link::Unstated => 2,
            Link::Plain => 3,
        };
        let links = self.shards.iter().map(|shard| shard.link());
        links.max_by_key(rank).unwrap_or_default()
    }

    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        self.of(id).spend(id, ttl)
    }

    fn spend_for<'a>(
        &'a self,
        id: &'a Id,
        caller: &'a Id,
        ttl: Duration,
    ) -> StoreFuture<'a, Spending> {
        self.of(id).spend_for(id, caller, ttl)
    }

    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.of(key).hit(key, window)
    }

    fn hits<'a>(&'a self, key: &'a Id) -> StoreFuture<'a, u64> {
        self.of(key).hits(key)
    }

    fn is_shared(&self) -> bool {
        self.shards.iter().all(|shard| shard.is_shared())
    }

    fn share<'a>(
        &'a self,
        name: &'a Id,
        value: &'a [u8],
        ttl: Duration,
        precedence: Precedence,
    ) -> StoreFuture<'a, Vec<u8>> {
        self.first.share(name, value, ttl, precedence)
    }

    fn shared<'a>(&'a self, name: &'a Id) -> StoreFuture<'a, Option<Vec<u8>>> {
        self.first.shared(name)
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(async move {
            let generations = all(self.shards.iter().map(|shard| shard.generation())).await?;
            Ok(together(&generations))
        })
    }

    /// That of the shard whose clock is farthest away.
    fn clock_gap(&self, now: u64) -> Duration {
        let gaps = self.shards.iter().map(|shard| shard.clock_gap(now));
        gaps.max().unwrap_or_default()
    }

    fn renew_generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(async move {
            // One is enough for all to be refused; the others make it hold where that one is lost.
            let renewed = self.shards.iter().map(|shard| shard.renew_generation());
            Ok(together(&all(renewed).await?))
        })
    }

    fn count<'a>(&'a self, day: u32, cell: &'a str, ttl: Duration) -> StoreFuture<'a, ()> {
        self.first.count(day, cell, ttl)
    }

    fn forget_counts(&self) -> StoreFuture<'_, ()> {
        self.first.forget_counts()
    }

    fn counts(&self, day: u32) -> StoreFuture<'_, Vec<(String, u64)>> {
        self.first.counts(day)
    }

    fn keep<'a>(&'a self, id: &'a Id, sealed: &'a [u8], ttl: Duration) -> StoreFuture<'a, ()> {
        self.first.keep(id, sealed, ttl)
    }

    fn kept(&self) -> StoreFuture<'_, Vec<(Id, Vec<u8>)>> {
        self.first.kept()
    }

    fn drop_kept<'a>(&'a self, id: &'a Id) -> StoreFuture<'a, ()> {
        self.first.drop_kept(id)
    }
}

impl fmt::Debug for ShardedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShardedStore")
            .field("shards", &self.shards.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        task::{Context, Waker},
    };

    use super::*;
    use crate::{
        MemoryStore,
        testing::{block_on, store_contract},
    };

    fn shards(number: usize) -> (Vec<Arc<MemoryStore>>, Arc<ShardedStore>) {
        let shards: Vec<_> = (0..number)
            .map(|_| Arc::new(MemoryStore::new().unwrap()))
            .collect();
        let store = ShardedStore::new(shards.iter().cloned()).unwrap();
        (shards, Arc::new(store))
    }

    #[test]
    fn it_is_a_store_whatever_the_number_of_shards() {
        for number in [1, 2, 5] {
            let (_, store) = shards(number);
            assert_eq!(store_contract(&(store as Arc<dyn Store>), 16), Ok(()));
        }
        assert!(ShardedStore::new(Vec::<Arc<MemoryStore>>::new()).is_err());
    }

    #[test]
    fn ids_are_spread_and_each_is_looked_for_where_it_was_put() {
        let (shards, store) = shards(4);
        let life = Duration::from_secs(60);
        let mut held = [0; 4];
        for _ in 0..1_000 {
            let id = crate::random::array::<16>(&crate::SystemRandom).unwrap();
            assert!(block_on(store.spend(&id, life)).unwrap());
            let places = shards
                .iter()
                .enumerate()
                .filter(|(_, shard)| shard.marked_for(&id, None).is_some());
            let places: Vec<_> = places.map(|(place, _)| place).collect();
            assert_eq!(places.len(), 1);
            held[places[0]] += 1;
            assert!(!block_on(store.spend(&id, life)).unwrap());
        }
        assert!(
            held.iter().all(|marks| (150..350).contains(marks)),
            "{held:?}"
        );
    }

    #[test]
    fn a_loss_in_one_shard_is_a_loss_for_all() {
        let (shards, store) = shards(3);
        let mut seen = vec![block_on(store.generation()).unwrap()];
        for shard in &shards {
            block_on(shard.renew_generation()).unwrap();
            seen.push(block_on(store.generation()).unwrap());
        }
        let renewed = block_on(store.renew_generation()).unwrap();
        assert_eq!(block_on(store.generation()).unwrap(), renewed);
        seen.push(renewed);
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 5);
        assert_ne!(together(&[1, 2]), together(&[2, 1]));
    }

    /// Answers once so many others were asked as well.
    struct Patient {
        asked: Arc<AtomicUsize>,
        together: usize,
    }

    impl Patient {
        fn answer(&self) -> StoreFuture<'_, u64> {
            let mut asked = false;
            Box::pin(future::poll_fn(move |_| {
                if !std::mem::replace(&mut asked, true) {
                    self.asked.fetch_add(1, Ordering::SeqCst);
                }
                match self.asked.load(Ordering::SeqCst) >= self.together {
                    true => Poll::Ready(Ok(7)),
                    false => Poll::Pending,
                }
            }))
        }
    }

    impl Store for Patient {
        fn spend<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, bool> {
            Box::pin(future::ready(Ok(true)))
        }
        fn hit<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, u64> {
            Box::pin(future::ready(Ok(1)))
        }
        fn generation(&self) -> StoreFuture<'_, u64> {
            self.answer()
        }
        fn renew_generation(&self) -> StoreFuture<'_, u64> {
            self.answer()
        }
    }

    #[test]
    fn all_shards_are_asked_at_once() {
        let asked = Arc::new(AtomicUsize::new(0));
        let shards = (0..60).map(|_| Patient {
            asked: Arc::clone(&asked),
            together: 60,
        });
        let store = ShardedStore::new(shards.map(Arc::new)).unwrap();
        for renews in [false, true] {
            asked.store(0, Ordering::SeqCst);
            let mut call = match renews {
                true => store.renew_generation(),
                false => store.generation(),
            };
            let mut context = Context::from_waker(Waker::noop());
            assert!(call.as_mut().poll(&mut context).is_pending());
            assert_eq!(asked.load(Ordering::SeqCst), 60);
            let told = call.as_mut().poll(&mut context);
            assert!(matches!(told, Poll::Ready(Ok(_))), "{told:?}");
        }
    }

    #[test]
    fn what_is_true_of_it_is_what_is_true_of_its_worst_shard() {
        struct Linked(Link);
        impl Store for Linked {
            fn link(&self) -> Link {
                self.0
            }
            fn is_shared(&self) -> bool {
                self.0 != Link::Local
            }
            fn clock_gap(&self, _: u64) -> Duration {
                Duration::from_secs(u64::from(self.0 == Link::Plain))
            }
            fn spend<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, bool> {
                Box::pin(std::future::ready(Ok(true)))
            }
            fn hit<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, u64> {
                Box::pin(std::future::ready(Ok(1)))
            }
            fn generation(&self) -> StoreFuture<'_, u64> {
                Box::pin(std::future::ready(Ok(0)))
            }
        }
        let sharded = |links: &[Link]| {
            let shards = links.iter().map(|link| Arc::new(Linked(*link)));
            ShardedStore::new(shards).unwrap()
        };
        for (links, shared, gap) in [
            (
                &[Link::Encrypted, Link::Plain, Link::Encrypted][..],
                true,
                1,
            ),
            (&[Link::Encrypted, Link::Local], false, 0),
        ] {
            let store = sharded(links);
            assert_eq!(store.is_shared(), shared, "{links:?}");
            assert_eq!(store.clock_gap(0), Duration::from_secs(gap), "{links:?}");
        }
        let of = |links: &[Link]| sharded(links).link();
        assert_eq!(
            of(&[Link::Local, Link::Encrypted, Link::Local]),
            Link::Encrypted
        );
        assert_eq!(
            of(&[Link::Encrypted, Link::Plain, Link::Local]),
            Link::Plain
        );
        assert_eq!(of(&[Link::Local]), Link::Local);
    }
}
