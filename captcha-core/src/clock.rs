//! Time comes in from outside, so that tests can hold it still and jumps cannot be used.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::sync::atomic::{AtomicU64, Ordering};

/// Tells the time in milliseconds since 1970-01-01T00:00:00Z.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since the Unix epoch.
    fn unix_millis(&self) -> u64;
}

/// The system's clock, read once and then advanced by the monotonic clock: setting the machine's
/// time while the process runs neither revives what expired nor expires what is alive.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
    started_millis: u64,
}

impl SystemClock {
    /// Reads the system's time now.
    #[must_use]
    pub fn new() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            started: Instant::now(),
            started_millis: millis(since),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn unix_millis(&self) -> u64 {
        self.started_millis
            .saturating_add(millis(self.started.elapsed()))
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
    }

    #[test]
    fn the_system_clock_is_this_decade_and_moves() {
        let clock = SystemClock::new();
        let first = clock.unix_millis();
        assert!(first > 1_700_000_000_000);
        std::thread::sleep(Duration::from_millis(5));
        assert!(clock.unix_millis() > first);
    }
}
