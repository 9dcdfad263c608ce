use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    hash::BuildHasher,
    sync::Arc,
    time::Duration,
};

use super::{Id, Link, Spending, Store, StoreError, StoreFuture};
use crate::{
    clock::{Clock, SystemClock, Timeline, millis},
    error::CaptchaError,
    random::{self, SystemRandom},
    sync::{
        Mutex, MutexGuard, PoisonError, Spread,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

// Few where schedules are tried: each lock is one more step to order.
const SHARDS: usize = if cfg!(all(test, shuttle)) { 2 } else { 64 };
/// A shard looks for expired entries when it has grown by this many since the last look.
const SWEEP_EVERY: usize = 1_024;
/// A shard that is used looks for them at least this often, however little it grows.
const SWEEP_PAUSE_MILLIS: u64 = 60_000;
/// Least time between two sweeps of every shard.
const SWEEP_ALL_PAUSE_MILLIS: u64 = 100;
/// Entries that a shard keeps for counting; later keys share one count.
const MAX_COUNTS_PER_SHARD: usize = 4_096;
/// What these share. Keys are hashes, and none of them is this.
const SHARED_COUNT: Id = [0; super::ID_BYTES];
/// Statistics have a fixed set of cells, far fewer than these.
const MAX_CELLS_PER_DAY: usize = 512;
/// Sealed texts that are kept at once; for one more, one that would end first makes room.
const MAX_TEXTS: usize = 1_000;

/// Marks in the memory of this process.
///
/// Single use is atomic, an unexpired mark is never forgotten, and at the limit the store refuses
/// ([`StoreError::Full`]). Its generation is random per store, so that what was issued before a
/// restart is refused after it. A mark takes at most 64 bytes, and 76 more where an idempotency key was
/// given.
pub struct MemoryStore {
    shards: Vec<Mutex<Shard>>,
    hasher: Spread,
    marks: AtomicUsize,
    max_marks: usize,
    swept_at: AtomicU64,
    generation: AtomicU64,
    timeline: Timeline,
    days: Mutex<Days>,
    texts: Mutex<Texts>,
}

/// Sealed texts.
#[derive(Default)]
struct Texts {
    /// Each with the millisecond at which it may go.
    kept: BTreeMap<Id, (u64, Vec<u8>)>,
    /// Whether it was said that texts make room for others.
    told: bool,
}

impl Texts {
    /// Drops a text that would end first when there is no room, so that whoever fills the store
    /// shuts nobody out for weeks. `true` when that is news.
    fn make_room(&mut self) -> bool {
        if self.kept.len() < MAX_TEXTS {
            self.told = false;
            return false;
        }
        let oldest = (self.kept.iter()).min_by_key(|(_, (until, _))| *until);
        if let Some(id) = oldest.map(|(id, _)| *id) {
            self.kept.remove(&id);
        }
        !std::mem::replace(&mut self.told, true)
    }
}

/// Daily counters, with the millisecond at which a day may go.
type Days = BTreeMap<u32, (u64, HashMap<String, u64>)>;

#[derive(Default)]
struct Shard {
    /// Id to the millisecond at which the mark may go.
    marks: HashMap<Id, u64>,
    /// Who spent an id, of those that have a name.
    callers: HashMap<Id, Id>,
    /// Key to the end of its window and the count so far.
    counts: HashMap<Id, (u64, u64)>,
    sweep_marks_at: usize,
    swept_at: u64,
}

impl Shard {
    /// What a later caller is told of a mark.
    fn told(&self, id: &Id, caller: Option<&Id>) -> Spending {
        match caller.is_some() && self.callers.get(id) == caller {
            true => Spending::Again,
            false => Spending::Late,
        }
    }

    /// Remembers who spent an id; `None` has no name.
    fn name(&mut self, id: &Id, caller: Option<&Id>) {
        match caller {
            Some(caller) => drop(self.callers.insert(*id, *caller)),
            None => drop(self.callers.remove(id)),
        }
    }

    /// When every place is taken, newcomers share one count: limits grow stricter, never laxer.
    fn counted_as<'a>(&self, key: &'a Id) -> &'a Id {
        match self.counts.len() >= MAX_COUNTS_PER_SHARD && !self.counts.contains_key(key) {
            true => &SHARED_COUNT,
            false => key,
        }
    }

    fn is_due(&self, now: u64) -> bool {
        now >= self.swept_at.saturating_add(SWEEP_PAUSE_MILLIS)
    }
}

/// Gives the room back when what is left needs a quarter of it.
fn shrink<V>(entries: &mut HashMap<Id, V>) {
    if entries.capacity() > 4 * entries.len().max(SWEEP_EVERY) {
        entries.shrink_to(2 * entries.len());
    }
}

impl MemoryStore {
    /// How many unexpired marks a store holds unless told otherwise: about 60 MiB when full, and twice
    /// that where every redemption has an idempotency key.
    pub const DEFAULT_MAX_MARKS: usize = 1_000_000;

    /// A store for [`Self::DEFAULT_MAX_MARKS`] marks.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) when the operating system gives
    /// no randomness for the generation.
    pub fn new() -> Result<Self, CaptchaError> {
        Self::with_max_marks(Self::DEFAULT_MAX_MARKS)
    }

    /// A store for `max_marks` unexpired marks.
    ///
    /// # Errors
    /// As [`MemoryStore::new`].
    pub fn with_max_marks(max_marks: usize) -> Result<Self, CaptchaError> {
        let generation = u64::from_be_bytes(random::array(&SystemRandom)?);
        Ok(Self::assemble(
            max_marks,
            generation,
            Arc::new(SystemClock::new()),
        ))
    }

    pub(crate) fn assemble(max_marks: usize, generation: u64, clock: Arc<dyn Clock>) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: Spread::default(),
            marks: AtomicUsize::new(0),
            max_marks,
            swept_at: AtomicU64::new(0),
            generation: AtomicU64::new(generation),
            timeline: Timeline::new(clock),
            days: Mutex::default(),
            texts: Mutex::default(),
        }
    }

    /// The counters of days that are not over their time.
    fn days(&self) -> MutexGuard<'_, Days> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.timeline.now();
        days.retain(|_, (until, _)| *until > now);
        days
    }

    /// The texts that are not over their time.
    fn texts(&self) -> MutexGuard<'_, Texts> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.timeline.now();
        texts.kept.retain(|_, (until, _)| *until > now);
        texts
    }

    /// Keeps a text; `true` when it is news that another one had to make room.
    fn add_text(&self, id: &Id, sealed: &[u8], ttl: Duration) -> bool {
        let mut texts = self.texts();
        let news = texts.make_room();
        let until = self.timeline.now().saturating_add(millis(ttl));
        texts.kept.insert(*id, (until, sealed.to_vec()));
        news
    }

    fn add(&self, day: u32, cell: &str, ttl: Duration) -> Result<(), StoreError> {
        let mut days = self.days();
        let until = self.timeline.now().saturating_add(millis(ttl));
        let (_, cells) = days.entry(day).or_insert_with(|| (until, HashMap::new()));
        if cells.len() >= MAX_CELLS_PER_DAY && !cells.contains_key(cell) {
            return Err(StoreError::Full);
        }
        *cells.entry(cell.to_owned()).or_default() += 1;
        Ok(())
    }

    fn shard(&self, id: &Id) -> Option<MutexGuard<'_, Shard>> {
        let index = self.hasher.hash_one(id) as usize % SHARDS;
        // A shard is consistent after every statement, so a panic elsewhere cannot spoil it.
        self.shards
            .get(index)
            .map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What whoever comes now is told, if they are not the first; marks nothing.
    pub(crate) fn marked_for(&self, id: &Id, caller: Option<&Id>) -> Option<Spending> {
        let now = self.timeline.now();
        let shard = self.shard(id)?;
        shard.marks.get(id).filter(|until| **until > now)?;
        Some(shard.told(id, caller))
    }

    fn mark(&self, id: &Id, ttl: Duration) -> Result<bool, StoreError> {
        Ok(self.mark_for(id, None, ttl)? == Spending::First)
    }

    pub(crate) fn mark_for(
        &self,
        id: &Id,
        caller: Option<&Id>,
        ttl: Duration,
    ) -> Result<Spending, StoreError> {
        match self.try_mark(id, caller, ttl) {
            Err(StoreError::Full) if self.sweep_all() => self.try_mark(id, caller, ttl),
            settled => settled,
        }
    }

    fn try_mark(
        &self,
        id: &Id,
        caller: Option<&Id>,
        ttl: Duration,
    ) -> Result<Spending, StoreError> {
        let mut shard = self.shard(id).ok_or(StoreError::Full)?;
        let now = self.timeline.now();
        let expires = now.saturating_add(millis(ttl).max(1));
        if let Some(until) = shard.marks.get_mut(id) {
            if *until <= now {
                *until = expires;
                shard.name(id, caller);
                return Ok(Spending::First);
            }
            return Ok(shard.told(id, caller));
        }
        if shard.marks.len() >= shard.sweep_marks_at || shard.is_due(now) {
            self.sweep(&mut shard, now);
        }
        if self.marks.fetch_add(1, Ordering::Relaxed) >= self.max_marks {
            self.marks.fetch_sub(1, Ordering::Relaxed);
            return Err(StoreError::Full);
        }
        shard.marks.insert(*id, expires);
        shard.name(id, caller);
        Ok(Spending::First)
    }

    /// Sweeps every shard, unless that was just done: a full store is not slowed down further.
    fn sweep_all(&self) -> bool {
        let now = self.timeline.now();
        let last = self.swept_at.load(Ordering::Relaxed);
        let due = now >= last.saturating_add(SWEEP_ALL_PAUSE_MILLIS)
            && (self.swept_at)
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if due {
            for shard in &self.shards {
                self.sweep(
                    &mut shard.lock().unwrap_or_else(PoisonError::into_inner),
                    now,
                );
            }
        }
        due
    }

    /// Drops what has expired, and the room it took when that is most of it.
    fn sweep(&self, shard: &mut Shard, now: u64) {
        let Shard {
            marks,
            callers,
            counts,
            ..
        } = shard;
        let before = marks.len();
        marks.retain(|_, until| *until > now);
        callers.retain(|id, _| marks.contains_key(id));
        counts.retain(|_, (end, _)| *end > now);
        let left = marks.len();
        self.marks.fetch_sub(before - left, Ordering::Relaxed);
        shrink(marks);
        shrink(callers);
        shrink(counts);
        shard.swept_at = now;
        shard.sweep_marks_at = left + SWEEP_EVERY.max(left / 4);
    }

    fn tallied(&self, key: &Id) -> Result<u64, StoreError> {
        let shard = self.shard(key).ok_or(StoreError::Full)?;
        let now = self.timeline.now();
        let count = shard.counts.get(shard.counted_as(key));
        let count = count.filter(|(end, _)| *end > now);
        Ok(count.map_or(0, |(_, count)| *count))
    }

    fn tally(&self, key: &Id, window: Duration) -> Result<u64, StoreError> {
        let mut shard = self.shard(key).ok_or(StoreError::Full)?;
        let now = self.timeline.now();
        if shard.is_due(now) {
            self.sweep(&mut shard, now);
        }
        if shard.counted_as(key) == &SHARED_COUNT {
            shard.counts.retain(|_, (end, _)| *end > now);
        }
        let key = *shard.counted_as(key);
        let (end, count) = shard.counts.entry(key).or_insert((0, 0));
        if *end <= now {
            *end = now.saturating_add(millis(window));
            *count = 0;
        }
        *count += 1;
        Ok(*count)
    }
}

impl Store for MemoryStore {
    fn link(&self) -> Link {
        Link::Local
    }

    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        Box::pin(std::future::ready(self.mark(id, ttl)))
    }

    fn spend_for<'a>(
        &'a self,
        id: &'a Id,
        caller: &'a Id,
        ttl: Duration,
    ) -> StoreFuture<'a, Spending> {
        Box::pin(std::future::ready(self.mark_for(id, Some(caller), ttl)))
    }

    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        Box::pin(std::future::ready(self.tally(key, window)))
    }

    fn hits<'a>(&'a self, key: &'a Id) -> StoreFuture<'a, u64> {
        Box::pin(std::future::ready(self.tallied(key)))
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(std::future::ready(Ok(self
            .generation
            .load(Ordering::SeqCst))))
    }

    fn renew_generation(&self) -> StoreFuture<'_, u64> {
        let renewed = random::array(&SystemRandom)
            .map(u64::from_be_bytes)
            .map_err(|error| StoreError::Unavailable(error.into()));
        if let Ok(generation) = renewed {
            self.generation.store(generation, Ordering::SeqCst);
        }
        Box::pin(std::future::ready(renewed))
    }

    fn count<'a>(&'a self, day: u32, cell: &'a str, ttl: Duration) -> StoreFuture<'a, ()> {
        Box::pin(std::future::ready(self.add(day, cell, ttl)))
    }

    fn forget_counts(&self) -> StoreFuture<'_, ()> {
        self.days().clear();
        Box::pin(std::future::ready(Ok(())))
    }

    fn keep<'a>(&'a self, id: &'a Id, sealed: &'a [u8], ttl: Duration) -> StoreFuture<'a, ()> {
        if self.add_text(id, sealed, ttl) {
            tracing::warn!(
                "captcha: {MAX_TEXTS} feedback texts are kept; from now on each new one replaces one \
                 of the oldest day"
            );
        }
        Box::pin(std::future::ready(Ok(())))
    }

    fn kept(&self) -> StoreFuture<'_, Vec<(Id, Vec<u8>)>> {
        let texts = (self.texts().kept.iter())
            .map(|(id, (_, sealed))| (*id, sealed.clone()))
            .collect();
        Box::pin(std::future::ready(Ok(texts)))
    }

    fn drop_kept<'a>(&'a self, id: &'a Id) -> StoreFuture<'a, ()> {
        self.texts().kept.remove(id);
        Box::pin(std::future::ready(Ok(())))
    }

    fn counts(&self, day: u32) -> StoreFuture<'_, Vec<(String, u64)>> {
        let days = self.days();
        let counts = days.get(&day).map_or_else(Vec::new, |(_, cells)| {
            cells
                .iter()
                .map(|(cell, count)| (cell.clone(), *count))
                .collect()
        });
        Box::pin(std::future::ready(Ok(counts)))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("marks", &self.marks.load(Ordering::Relaxed))
            .field("max_marks", &self.max_marks)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, shuttle))]
mod schedules;
#[cfg(test)]
mod tests;
