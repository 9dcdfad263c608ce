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
            self.hold(&mut held, epoch, bytes, left);
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

    /// The epoch at `now` and how long its salt is kept, where there is none of it yet. What was made
    /// under another generation of the store is destroyed.
    pub(super) fn missing(&self, now: u64, generation: u64) -> Option<(u64, Duration)> {
        let mut held = lock(&self.held);
        held.latest = held.latest.max(now);
        if held.generation != generation {
            held.kept.clear();
            held.generation = generation;
        }
        let epoch = held.latest / EPOCH_MILLIS;
        let is_missing = !held.kept.iter().any(|salt| salt.epoch == epoch);
        let left = end(epoch).saturating_sub(held.latest);
        is_missing.then(|| (epoch, Duration::from_millis(left)))
    }

    /// Takes a salt for an epoch, unless there is one by now or another generation of the store.
    pub(super) fn adopt(&self, (epoch, left): (u64, Duration), generation: u64, salt: &[u8; 32]) {
        let mut held = lock(&self.held);
        let is_missing = !held.kept.iter().any(|salt| salt.epoch == epoch);
        if held.generation == generation && is_missing {
            self.hold(&mut held, epoch, Box::new(Zeroizing::new(*salt)), left);
        }
    }

    fn hold(&self, held: &mut Held, epoch: u64, bytes: Box<Zeroizing<[u8; 32]>>, left: Duration) {
        let due = Instant::now() + left;
        held.kept.push(Salt { epoch, bytes, due });
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

    fn watch(&self, held: &mut Held) {
        if held.watch.is_none() {
            let watched = Arc::downgrade(&self.held);
            let thread = thread::Builder::new().name("captcha-salts".to_owned());
            held.watch = (thread.stack_size(64 * 1_024))
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
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    fn salts() -> Salts {
        Salts::new(Arc::new(SystemRandom))
    }

    fn at(salts: &Salts, now: u64) -> Current<[u8; 32]> {
        salts.at(now, |salt| Ok(*salt)).unwrap()
    }

    #[test]
    fn a_salt_serves_its_epoch_and_a_minute_and_is_gone() {
        let salts = salts();
        let first = at(&salts, 0);
        assert!(first.before.is_none());
        assert_eq!(at(&salts, EPOCH_MILLIS - 1).own, first.own);
        let second = at(&salts, EPOCH_MILLIS);
        assert_ne!(second.own, first.own);
        assert_eq!(second.before, Some((first.own, OVERLAP)));
        let last = at(&salts, EPOCH_MILLIS + OVERLAP_MILLIS - 1);
        assert_eq!(last.before, Some((first.own, Duration::from_millis(1))));
        let later = at(&salts, EPOCH_MILLIS + OVERLAP_MILLIS);
        assert_eq!((later.own, later.before), (second.own, None));
        assert_eq!(salts.dump(), [second.own]);
        // A clock that goes back brings none of them back, and begins no epoch again.
        assert_eq!(at(&salts, 0).own, second.own);
    }

    #[test]
    fn a_salt_of_others_is_taken_once_and_goes_with_the_generation_of_the_store() {
        let salts = salts();
        let missing = salts.missing(0, 7).unwrap();
        assert_eq!(
            missing,
            (0, Duration::from_millis(EPOCH_MILLIS + OVERLAP_MILLIS))
        );
        salts.adopt(missing, 7, &[1; 32]);
        salts.adopt(missing, 7, &[2; 32]);
        assert_eq!(at(&salts, 5).own, [1; 32]);
        assert_eq!(salts.missing(EPOCH_MILLIS - 1, 7), None);
        let next = salts.missing(EPOCH_MILLIS, 7).unwrap();
        salts.adopt(next, 7, &[3; 32]);
        let current = at(&salts, EPOCH_MILLIS);
        assert_eq!(
            (current.own, current.before),
            ([3; 32], Some(([1; 32], OVERLAP)))
        );
        assert!(salts.missing(EPOCH_MILLIS, 8).is_some());
        assert!(salts.dump().is_empty(), "another generation destroys all");
        salts.adopt(next, 7, &[3; 32]);
        assert!(
            salts.dump().is_empty(),
            "whoever comes late brings nothing back"
        );
    }

    #[test]
    fn two_epochs_without_a_call_leave_neither_salt_to_the_next() {
        let salts = salts();
        let first = at(&salts, 0).own;
        let second = at(&salts, EPOCH_MILLIS).own;
        let next = at(&salts, 2 * EPOCH_MILLIS + OVERLAP_MILLIS);
        assert!(next.before.is_none() && ![first, second].contains(&next.own));
        assert_eq!(salts.dump(), [next.own]);
    }

    #[test]
    fn where_nobody_calls_the_watch_destroys_what_is_due() {
        let salts = salts();
        let begun = Instant::now();
        at(&salts, EPOCH_MILLIS - 1);
        at(&salts, EPOCH_MILLIS);
        assert_eq!(salts.dump().len(), 2);
        let after = |millis| destroy_due(&salts.held, begun + Duration::from_millis(millis));
        let wait = after(0).unwrap();
        assert!((OVERLAP..OVERLAP * 2).contains(&wait), "{wait:?}");
        assert_eq!(salts.dump().len(), 2);
        assert!(after(2 * OVERLAP_MILLIS).is_some());
        assert_eq!(salts.dump().len(), 1);
        assert!(lock(&salts.held).watch.is_some());
        assert_eq!(after(2 * EPOCH_MILLIS), None);
        assert!(salts.dump().is_empty() && lock(&salts.held).watch.is_none());
    }

    /// It hangs where the thread outlives its salts.
    #[test]
    fn the_watch_ends_when_nothing_is_left() {
        let salts = salts();
        assert_eq!(Arc::weak_count(&salts.held), 0, "no salt, no thread");
        at(&salts, 0);
        assert_eq!(Arc::weak_count(&salts.held), 1);
        salts.forget();
        assert!(salts.dump().is_empty());
        while Arc::weak_count(&salts.held) > 0 {
            thread::yield_now();
        }
    }

    #[test]
    fn a_source_that_fails_leaves_no_salt_of_zeros() {
        struct Broken;
        impl RandomSource for Broken {
            fn fill(&self, _: &mut [u8]) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
                Err("no entropy".into())
            }
        }
        let salts = Salts::new(Arc::new(Broken));
        assert!(salts.at(0, |_| Ok(())).is_err());
        assert!(salts.dump().is_empty());
    }
}
