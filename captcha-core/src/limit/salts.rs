//! The salts behind the limits' pseudonyms: random, in memory, and destroyed in time. Processes that share
//! a store share them as well.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use crate::{
    error::CaptchaError,
    random::{self, RandomSource},
};

/// How long one salt gives pseudonyms.
pub(super) const EPOCH_MILLIS: u64 = 10 * 60 * 1_000;
/// How much longer it is kept, for windows that began in its epoch. A salt is therefore gone well
/// before a second epoch is over.
pub(super) const OVERLAP: Duration = Duration::from_secs(60);

/// Bytes of the watch's stack.
const STACK: usize = 65_536;

const OVERLAP_MILLIS: u64 = OVERLAP.as_secs() * 1_000;

/// At most two salts: the epoch's own and, at its beginning, the one before.
///
/// Every call destroys what is due, whoever makes it. Where nobody calls, a thread does: it exists
/// only while there is a salt and sleeps until that is due. Should the operating system give no
/// thread, the next call has to do.
pub(super) struct Salts {
    random: Arc<dyn RandomSource>,
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    kept: Vec<Salt>,
    /// The store's generation that they belong to, where they are shared.
    generation: u64,
    /// Time as it was last told: it does not go back, or a destroyed epoch would begin again.
    latest: u64,
    watch: Option<JoinHandle<()>>,
}

/// Boxed, so that no copy is left behind where it is moved from.
struct Salt {
    epoch: u64,
    bytes: Box<Zeroizing<[u8; 32]>>,
    due: Instant,
    /// Whether it is that of all processes that share a store. One that a call had to make for itself, since the epoch
    /// or the generation changed under it, serves until they have agreed.
    agreed: bool,
}

impl Held {
    fn has_agreed(&self, epoch: u64) -> bool {
        (self.kept.iter()).any(|salt| salt.epoch == epoch && salt.agreed)
    }
}

/// The salts of one moment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Current<T> {
    pub(super) own: T,
    /// Of the epoch before, with the time for which it is still looked at.
    pub(super) before: Option<(T, Duration)>,
}

impl Salts {
    pub(super) fn new(random: Arc<dyn RandomSource>) -> Self {
        Self {
            random,
            held: Arc::default(),
        }
    }

    /// Lets `read` make something of each salt at `now`, milliseconds since 1970.
    pub(super) fn at<T>(
        &self,
        now: u64,
        read: impl Fn(&[u8; 32]) -> Result<T, CaptchaError>,
    ) -> Result<Current<T>, CaptchaError> {
        let mut held = lock(&self.held);
        held.latest = held.latest.max(now);
        let now = held.latest;
        let epoch = now / EPOCH_MILLIS;
        held.kept.retain(|salt| end(salt.epoch) > now);
        if !held.kept.iter().any(|salt| salt.epoch == epoch) {
            let mut bytes = Box::new(Zeroizing::new([0; 32]));
            random::fill(self.random.as_ref(), bytes.as_mut_slice())?;
            let left = Duration::from_millis(end(epoch).saturating_sub(now));
            self.hold(&mut held, epoch, bytes, left, false);
        }
        let (mut own, mut before) = (None, None);
        for salt in &held.kept {
            let read = read(&salt.bytes)?;
            if salt.epoch == epoch {
                own = Some(read);
            } else {
                let left = Duration::from_millis(end(salt.epoch).saturating_sub(now));
                before = Some((read, left));
            }
        }
        let own = own.ok_or_else(|| CaptchaError::unavailable("the salts were destroyed"))?;
        Ok(Current { own, before })
    }

    /// The epoch at `now` and how long its salt is kept, where none was agreed on yet. What was made
    /// under another generation of the store is destroyed.
    pub(super) fn missing(&self, now: u64, generation: u64) -> Option<(u64, Duration)> {
        let mut held = lock(&self.held);
        held.latest = held.latest.max(now);
        if held.generation != generation {
            held.kept.clear();
            held.generation = generation;
        }
        let epoch = held.latest / EPOCH_MILLIS;
        let is_missing = !held.has_agreed(epoch);
        let left = end(epoch).saturating_sub(held.latest);
        is_missing.then(|| (epoch, Duration::from_millis(left)))
    }

    /// Takes a salt for an epoch, unless one was agreed on by now or there is another generation of the store.
    pub(super) fn adopt(&self, (epoch, left): (u64, Duration), generation: u64, salt: &[u8; 32]) {
        let mut held = lock(&self.held);
        if held.generation == generation && !held.has_agreed(epoch) {
            held.kept.retain(|salt| salt.epoch != epoch);
            let salt = Box::new(Zeroizing::new(*salt));
            self.hold(&mut held, epoch, salt, left, true);
        }
    }

    fn hold(
        &self,
        held: &mut Held,
        epoch: u64,
        bytes: Box<Zeroizing<[u8; 32]>>,
        left: Duration,
        agreed: bool,
    ) {
        held.kept.push(Salt {
            epoch,
            bytes,
            due: Instant::now() + left,
            agreed,
        });
        self.watch(held);
    }

    /// Destroys all salts at once: what was counted cannot be traced, and counting begins anew.
    pub(super) fn forget(&self) {
        let mut held = lock(&self.held);
        held.kept.clear();
        // It finds nothing to wait for, and ends.
        if let Some(watch) = &held.watch {
            watch.thread().unpark();
        }
    }

    /// Everything that is held, as someone who reads the memory would find it.
    #[cfg(test)]
    pub(super) fn dump(&self) -> Vec<[u8; 32]> {
        let held = lock(&self.held);
        held.kept.iter().map(|salt| **salt.bytes).collect()
    }

    /// Another hold of the same salts, which outlives this one.
    #[cfg(test)]
    pub(super) fn twin(&self) -> Self {
        Self {
            random: Arc::clone(&self.random),
            held: Arc::clone(&self.held),
        }
    }

    fn watch(&self, held: &mut Held) {
        if held.watch.is_none() {
            let watched = Arc::downgrade(&self.held);
            let thread = thread::Builder::new().name("captcha-salts".to_owned());
            held.watch = (thread.stack_size(STACK))
                .spawn(move || watch(&watched))
                .ok();
        }
    }
}

impl fmt::Debug for Salts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salts(..)")
    }
}

/// When the salt of an epoch has to be gone, milliseconds since 1970.
fn end(epoch: u64) -> u64 {
    (epoch.saturating_add(1))
        .saturating_mul(EPOCH_MILLIS)
        .saturating_add(OVERLAP_MILLIS)
}

fn lock(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    // What is held is whole after every statement.
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watch(held: &Weak<Mutex<Held>>) {
    while let Some(held) = held.upgrade() {
        let Some(wait) = destroy_due(&held, Instant::now()) else {
            return;
        };
        drop(held);
        thread::park_timeout(wait);
    }
}

/// Destroys what is due; the time until there is more, `None` when nothing is left. The watch then
/// ends, and the next salt begins another.
fn destroy_due(held: &Mutex<Held>, now: Instant) -> Option<Duration> {
    let mut held = lock(held);
    held.kept.retain(|salt| salt.due > now);
    let next = held.kept.iter().map(|salt| salt.due).min();
    if next.is_none() {
        held.watch = None;
    }
    next.map(|due| due.saturating_duration_since(now))
}

#[cfg(test)]
mod tests;
