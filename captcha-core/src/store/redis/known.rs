//! What is known of the server, by which answer, and for how long that holds.

use std::{
    cell::RefCell,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ::redis::aio::MultiplexedConnection;
use tokio::time::Instant;

use super::connect::{Heard, Live};
use crate::clock::millis;

/// How old what is known of the fence may be where nothing is spent: another process may have put up
/// a new one.
const FENCE_AGE: Duration = Duration::from_millis(400);

/// What is known of the server, for callers on other threads: most of what they ask needs no more.
#[derive(Clone, Default)]
pub(super) struct Shown(Arc<Mutex<Facts>>);

#[derive(Default)]
struct Facts {
    /// The generation, and when it was asked for.
    generation: Option<(u64, Instant)>,
    /// The time, which goes on while there is no connection.
    heard: Option<Heard>,
}

impl Shown {
    /// The generation, if it was asked for a moment ago.
    pub(super) fn generation(&self) -> Option<u64> {
        let shown = self.lock().generation;
        shown
            .filter(|(_, asked)| asked.elapsed() < FENCE_AGE)
            .map(|(generation, _)| generation)
    }

    /// How far `now` is from the server's time.
    pub(super) fn clock_gap(&self, now: u64) -> Duration {
        let heard = self.lock().heard;
        let gap = heard.map(|heard| now.abs_diff(heard.time + millis(heard.at.elapsed())));
        Duration::from_millis(gap.unwrap_or_default())
    }

    /// Takes note of the server's time.
    pub(super) fn hear(&self, heard: Heard) {
        self.lock().heard = Some(heard);
    }

    fn set(&self, generation: Option<(u64, Instant)>) {
        self.lock().generation = generation;
    }

    fn lock(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The open connection and the fence that stands on it.
pub(super) struct Known<C = MultiplexedConnection> {
    /// With when the fence was asked for.
    live: RefCell<Option<(Live<C>, Instant)>>,
    pub(super) shown: Shown,
}

impl<C: Clone> Known<C> {
    pub(super) fn new(shown: Shown) -> Self {
        Self {
            live: RefCell::default(),
            shown,
        }
    }

    pub(super) fn live(&self) -> Option<Live<C>> {
        self.live.borrow().as_ref().map(|(live, _)| live.clone())
    }

    /// Whether the fence was looked at a moment ago.
    pub(super) fn is_fresh(&self) -> bool {
        let live = self.live.borrow();
        live.as_ref()
            .is_some_and(|(_, asked)| asked.elapsed() < FENCE_AGE)
    }

    /// Takes what stands on a connection, by an answer to what was asked then.
    pub(super) fn learn(&self, live: Live<C>, asked: Instant) {
        self.shown.set(Some((live.generation(), asked)));
        self.live.replace(Some((live, asked)));
    }

    /// What is known stands still, by an answer to what was asked then. One that came late, after another
    /// connection or fence took its place, says nothing.
    pub(super) fn confirm(&self, live: &Live<C>, asked: Instant) {
        if let Some((known, since)) = self.live.borrow_mut().as_mut()
            && known.opened == live.opened
            && known.fence == live.fence
        {
            *since = asked;
            self.shown.set(Some((live.generation(), asked)));
        }
    }

    /// Gives the connection up that was open at `then`. One that was opened later is not to blame.
    pub(super) fn lose(&self, then: Instant) {
        let lost = self
            .live
            .borrow_mut()
            .take_if(|(live, _)| live.opened <= then);
        if lost.is_some() {
            self.shown.set(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Duration = Duration::from_millis(1);

    /// A connection that was opened then, with the fence of this number.
    fn live(opened: Instant, number: u64) -> Live<()> {
        Live {
            connection: (),
            opened,
            run: "run".into(),
            fence: format!("run:{number:016x}").into(),
        }
    }

    fn known() -> Known<()> {
        Known::new(Shown::default())
    }

    /// What was asked for so long ago that it says nothing any more.
    fn long_ago() -> Instant {
        Instant::now() - 2 * FENCE_AGE
    }

    #[test]
    fn what_was_asked_for_long_ago_is_asked_for_again() {
        let (known, now) = (known(), Instant::now());
        assert!(!known.is_fresh() && known.live().is_none());
        known.learn(live(now, 7), now);
        assert!(known.is_fresh());
        assert_eq!(known.shown.generation(), Some(7));
        known.learn(live(now, 7), long_ago());
        assert!(!known.is_fresh(), "the fence is looked at again");
        assert_eq!(known.shown.generation(), None);
        assert!(known.live().is_some(), "over the same connection");
    }

    #[test]
    fn an_answer_confirms_what_it_was_asked_about() {
        let (known, now) = (known(), Instant::now());
        known.learn(live(now, 7), long_ago());
        known.confirm(&live(now, 7), now);
        assert!(known.is_fresh());
        assert_eq!(known.shown.generation(), Some(7));
    }

    /// As after a `FLUSHALL` between two answers: the older one would let in for a moment what the new fence
    /// keeps out.
    #[test]
    fn a_late_answer_confirms_neither_another_fence_nor_another_connection() {
        for late in [
            live(Instant::now(), 7),
            live(Instant::now() - MOMENT, 8),
            live(Instant::now() - MOMENT, 7),
        ] {
            let (known, opened) = (known(), late.opened);
            let stands = match late.generation() {
                7 => live(opened, 8),
                _ => live(opened + MOMENT, 8),
            };
            known.learn(stands, long_ago());
            known.confirm(&late, Instant::now());
            assert!(!known.is_fresh());
            assert_eq!(known.shown.generation(), None);
        }
        let (known, now) = (known(), Instant::now());
        known.confirm(&live(now, 7), now);
        assert!(
            known.live().is_none(),
            "nothing is confirmed once it is lost"
        );
        assert_eq!(known.shown.generation(), None);
    }

    #[test]
    fn a_failure_takes_the_connection_that_it_was_seen_on_and_no_later_one() {
        let (known, opened) = (known(), Instant::now());
        known.learn(live(opened, 7), opened);
        known.lose(opened - MOMENT);
        assert!(known.live().is_some() && known.shown.generation() == Some(7));
        known.lose(opened);
        assert!(known.live().is_none() && !known.is_fresh());
        assert_eq!(known.shown.generation(), None);
    }

    #[test]
    fn the_time_of_the_server_goes_on_without_a_connection() {
        let shown = Shown::default();
        assert_eq!(
            shown.clock_gap(1_000),
            Duration::ZERO,
            "nothing is known yet"
        );
        shown.hear(Heard {
            time: 10_000,
            at: Instant::now() - Duration::from_secs(5),
        });
        for now in [12_000, 18_000] {
            let gap = shown.clock_gap(now);
            let said = Duration::from_secs(3);
            assert!(gap.abs_diff(said) < Duration::from_millis(500), "{gap:?}");
        }
    }
}
