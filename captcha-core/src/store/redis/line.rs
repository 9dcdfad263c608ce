//! The upkeep of the connection: opened when it is needed, given up when it fails, opened again after a
//! pause.

use std::{cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use ::redis::RedisError;
use tokio::{sync::Mutex, time::Instant};

use super::{
    connect::{self, Heard, Live, Trouble},
    scripts::Keys,
    worker::Settings,
};
use crate::{
    clock::millis,
    random::{self, SystemRandom},
    store::StoreError,
};

/// How old what is known of the fence may be where nothing is spent: another process may have put up
/// a new one.
const FENCE_AGE: Duration = Duration::from_millis(400);
/// Longest that a connection may take to open.
const LONGEST_OPENING: Duration = Duration::from_secs(4);
/// First and longest pause after a connection that could not be opened.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

/// What is known of the server, for callers on other threads: most of what they ask needs no more.
#[derive(Clone, Default)]
pub(super) struct Shown(Arc<std::sync::Mutex<Facts>>);

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

    fn set(&self, generation: Option<(u64, Instant)>) {
        self.lock().generation = generation;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Facts> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// When what is known of the fence was asked for.
struct Known {
    live: Live,
    asked: Instant,
}

/// Attempts that failed in a row, and when the next one may be made.
#[derive(Default)]
struct Pause {
    failures: u32,
    until: Option<Instant>,
}

pub(super) struct Line {
    settings: Settings,
    pub(super) keys: Keys,
    known: RefCell<Option<Known>>,
    shown: Shown,
    /// Held by whoever opens a connection, until it is there or the call is over.
    pause: Mutex<Pause>,
}

impl Line {
    pub(super) fn new(settings: Settings, shown: Shown) -> Self {
        Self {
            shown,
            keys: Keys::new(&settings.prefix),
            settings,
            known: RefCell::default(),
            pause: Mutex::default(),
        }
    }

    pub(super) fn deadline(&self) -> Duration {
        self.settings.deadline
    }

    /// The connection; a new one where there is none, unless one has just failed.
    pub(super) async fn live(self: &Rc<Self>) -> Result<Live, Trouble> {
        if let Some(live) = self.known() {
            return Ok(live);
        }
        let mut pause = self.pause.lock().await;
        if let Some(live) = self.known() {
            return Ok(live);
        }
        if pause.until.is_some_and(|until| Instant::now() < until) {
            return Err(Trouble::Unavailable(
                "Redis did not answer a moment ago".into(),
            ));
        }
        // Taken for failed until it is not: a deadline may end this in between.
        pause.failures += 1;
        let [first, longest] = PAUSES;
        let wait = (first * 2u32.saturating_pow(pause.failures.min(8) - 1)).min(longest);
        // All processes lose Redis at the same moment, and are not to come back at one.
        let [share] = random::array(&SystemRandom).unwrap_or([0]);
        let share = 0.5 + f64::from(share) / 512.0;
        pause.until = Some(Instant::now() + wait.mul_f64(share));
        let live = self.open().await;
        match &live {
            Ok(_) => {
                if pause.failures > 1 {
                    tracing::info!("captcha: Redis answers again");
                }
                *pause = Pause::default();
            }
            Err(trouble) if pause.failures == 1 => {
                tracing::warn!("captcha: no connection to Redis: {trouble:?}");
            }
            Err(_) => {}
        }
        live
    }

    /// Opens a connection, which may take longer than the call that asks for it: the next call finds it.
    async fn open(self: &Rc<Self>) -> Result<Live, Trouble> {
        let line = Rc::clone(self);
        let opening = tokio::task::spawn_local(async move {
            let asked = Instant::now();
            let opening = connect::open(&line.settings.place, &line.keys);
            let opened = tokio::time::timeout(LONGEST_OPENING, opening).await;
            let (live, heard) =
                opened.unwrap_or_else(|late| Err(Trouble::Unavailable(late.into())))?;
            line.hear(heard);
            line.learn(live.clone(), asked);
            Ok(live)
        });
        opening
            .await
            .unwrap_or_else(|gone| Err(Trouble::Unavailable(gone.into())))
    }

    fn known(&self) -> Option<Live> {
        self.known.borrow().as_ref().map(|known| known.live.clone())
    }

    /// Takes what stands on a connection, by an answer to what was asked then.
    pub(super) fn learn(&self, live: Live, asked: Instant) {
        self.shown.set(Some((live.generation(), asked)));
        *self.known.borrow_mut() = Some(Known { live, asked });
    }

    /// What is known stands still, by an answer to what was asked then. One that came late, after another
    /// connection or fence took its place, says nothing.
    pub(super) fn confirm(&self, live: &Live, asked: Instant) {
        let mut known = self.known.borrow_mut();
        let same =
            |known: &&mut Known| known.live.opened == live.opened && known.live.fence == live.fence;
        if let Some(known) = known.as_mut().filter(same) {
            known.asked = asked;
            self.shown.set(Some((live.generation(), asked)));
        }
    }

    /// Takes note of the server's time.
    pub(super) fn hear(&self, heard: Heard) {
        self.shown.lock().heard = Some(heard);
    }

    /// Whether the fence was looked at a moment ago.
    pub(super) fn is_fresh(&self) -> bool {
        let known = self.known.borrow();
        known
            .as_ref()
            .is_some_and(|known| known.asked.elapsed() < FENCE_AGE)
    }

    /// Gives the connection up that was open at `then`: the next call opens another one. One that was opened
    /// later is not to blame.
    pub(super) fn lose(&self, then: Instant) {
        let mut known = self.known.borrow_mut();
        if known
            .as_ref()
            .is_some_and(|known| known.live.opened <= then)
        {
            known.take();
            self.shown.set(None);
        }
    }

    /// What to say of a call that failed, and whether the connection is to blame.
    pub(super) fn failed(&self, trouble: Trouble, since: Instant) -> StoreError {
        if let Trouble::Unavailable(error) = &trouble {
            let redis = error.downcast_ref::<RedisError>();
            if redis.and_then(RedisError::code) == Some("OOM") {
                return StoreError::Full;
            }
        }
        self.lose(since);
        trouble.into()
    }

    /// Looks which fence stands on a connection, after another one was found than was known.
    pub(super) async fn look_again(&self, live: Live) -> Result<Live, Trouble> {
        let asked = Instant::now();
        let (live, heard) = connect::fenced(live.connection, &self.keys).await?;
        self.hear(heard);
        self.learn(live.clone(), asked);
        Ok(live)
    }
}
