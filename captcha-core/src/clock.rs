//! Time comes in from outside, so that tests can hold it still and jumps cannot be used.

use std::{
    sync::{
        Arc,
        atomic::{self, AtomicI64},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::sync::atomic::{AtomicU64, Ordering};

/// Tells the time in milliseconds since 1970-01-01T00:00:00Z.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since the Unix epoch.
    fn unix_millis(&self) -> u64;

    /// What it would tell if it were started now; that is less than [`Self::unix_millis`] where the machine was set back
    /// meanwhile.
    fn fresh_millis(&self) -> u64 {
        self.unix_millis()
    }

    /// From now on tells what [`Self::fresh_millis`] says. Called only where a store that several processes share has the
    /// same time, and after everything that was issued before has become void: a time that is set back revives nothing then.
    fn settle(&self) {}
}

/// The system's clock, read at the start and then advanced by the monotonic clock: setting the machine's time back while the
/// process runs revives nothing that expired. Where the system's time is set forward, or went on while the whole machine
/// was held still, this follows, and what was issued before ends so much earlier. It goes back where the store knows better alone
/// ([`Clock::settle`]).
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
    started_millis: u64,
    /// How far it was followed.
    ahead: AtomicI64,
}

/// How far the system's time has to be ahead to be followed; less is corrected by the system within minutes.
const STEP_MILLIS: i64 = 1_000;

impl SystemClock {
    /// Reads the system's time now.
    #[must_use]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            started_millis: system_millis(),
            ahead: AtomicI64::new(0),
        }
    }

    fn follow(&self, system: u64, elapsed: u64) -> u64 {
        let own = self.started_millis.saturating_add(elapsed);
        let ahead = difference(system, own);
        let followed = self.ahead.load(atomic::Ordering::Acquire);
        let followed = match ahead > followed.saturating_add(STEP_MILLIS) {
            true => (self.ahead.fetch_max(ahead, atomic::Ordering::AcqRel)).max(ahead),
            false => followed,
        };
        own.saturating_add_signed(followed)
    }

    fn settle_at(&self, system: u64, elapsed: u64) {
        let own = self.started_millis.saturating_add(elapsed);
        self.ahead
            .store(difference(system, own), atomic::Ordering::Release);
    }
}

fn difference(one: u64, other: u64) -> i64 {
    let [one, other] = [one, other].map(|millis| i64::try_from(millis).unwrap_or(i64::MAX));
    one.saturating_sub(other)
}

fn system_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    millis(since.unwrap_or_default())
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn unix_millis(&self) -> u64 {
        self.follow(system_millis(), millis(self.started.elapsed()))
    }

    fn fresh_millis(&self) -> u64 {
        system_millis()
    }

    fn settle(&self) {
        self.settle_at(system_millis(), millis(self.started.elapsed()));
    }
}

pub(crate) const DAY_MILLIS: u64 = 86_400_000;

/// The day in UTC of a time in milliseconds since the Unix epoch.
pub(crate) fn day_of(millis: u64) -> u32 {
    u32::try_from(millis / DAY_MILLIS).unwrap_or(u32::MAX)
}

/// A duration in whole milliseconds, at most `u64::MAX`.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A time in milliseconds since the Unix epoch, as RFC 3339 in UTC with whole seconds.
pub(crate) fn rfc3339(millis: u64) -> String {
    i64::try_from(millis / 1_000)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// A clock that never goes back, whatever the one inside does: a spent mark that expired would
/// otherwise be forgotten while its token came to life again.
pub(crate) struct Timeline {
    clock: Arc<dyn Clock>,
    latest: AtomicU64,
}

impl Timeline {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            latest: AtomicU64::new(0),
        }
    }

    pub(crate) fn now(&self) -> u64 {
        let now = self.clock.unix_millis();
        self.latest.fetch_max(now, Ordering::AcqRel).max(now)
    }

    /// The time without what it was held at.
    pub(crate) fn fresh(&self) -> u64 {
        self.clock.fresh_millis()
    }

    /// Goes back to that. Whoever is in the middle of telling the time may hold it where it was, once more.
    pub(crate) fn settle(&self) {
        self.clock.settle();
        self.latest
            .store(self.clock.unix_millis(), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Settable(Arc<AtomicU64>);
    impl Clock for Settable {
        fn unix_millis(&self) -> u64 {
            self.0.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn a_timeline_never_goes_back() {
        let hand = Arc::new(AtomicU64::new(1_000));
        let timeline = Timeline::new(Arc::new(Settable(Arc::clone(&hand))));
        assert_eq!(timeline.now(), 1_000);
        hand.store(90_000_000, Ordering::Relaxed);
        assert_eq!(timeline.now(), 90_000_000);
        hand.store(2_000, Ordering::Relaxed);
        assert_eq!(timeline.now(), 90_000_000);
        assert_eq!(timeline.fresh(), 2_000);
        timeline.settle();
        assert_eq!(timeline.now(), 2_000);
    }

    #[test]
    fn the_system_clock_is_this_decade_and_moves() {
        let clock = SystemClock::new();
        let first = clock.unix_millis();
        assert!(first > 1_700_000_000_000);
        std::thread::sleep(Duration::from_millis(5));
        assert!(clock.unix_millis() > first);
    }

    #[test]
    fn the_system_clock_settles_at_the_time_of_the_system() {
        const HOUR: i64 = 3_600_000;
        let clock = SystemClock {
            ahead: AtomicI64::new(HOUR),
            ..SystemClock::new()
        };
        let ahead = || clock.unix_millis().abs_diff(clock.fresh_millis());
        assert!(ahead() > 3_000_000);
        clock.settle();
        assert!(ahead() < 60_000, "{}", ahead());
    }

    #[test]
    fn the_system_clock_follows_forward_and_never_back() {
        let clock = SystemClock {
            started_millis: 100_000,
            ..SystemClock::new()
        };
        // (the system's time, milliseconds since the start, what is told)
        for (system, elapsed, told) in [
            (100_000, 0, 100_000),
            (100_900, 500, 100_500),
            (101_500, 500, 100_500),
            // Held still for an hour, and set right afterwards.
            (3_701_000, 1_000, 3_701_000),
            (3_702_000, 2_000, 3_702_000),
            // Set back by a day.
            (0, 3_000, 3_703_000),
            (90_000_000, 4_000, 90_000_000),
            (3_705_000, 5_000, 90_001_000),
        ] {
            assert_eq!(clock.follow(system, elapsed), told);
        }
        // Back to the system's time, and forward with it again.
        clock.settle_at(0, 6_000);
        for (system, elapsed, told) in [
            (0, 6_000, 0),
            (500, 6_500, 500),
            (60_000, 7_000, 60_000),
            (3_000, 8_000, 61_000),
        ] {
            assert_eq!(clock.follow(system, elapsed), told);
        }
    }
}
