//! The upkeep of the connection: opened when it is needed, given up when it fails, opened again after a
//! pause.

use std::{rc::Rc, time::Duration};

use ::redis::RedisError;
use tokio::{sync::Mutex, time::Instant};

use super::{
    connect::{self, Live, Trouble},
    known::{Known, Shown},
    scripts::Keys,
    worker::Settings,
};
use crate::{
    random::{self, SystemRandom},
    store::StoreError,
};

/// Longest that a connection may take to open.
const LONGEST_OPENING: Duration = Duration::from_secs(4);
/// First and longest pause after a connection that could not be opened.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

/// Attempts that failed in a row, and when the next one may be made.
#[derive(Default)]
struct Pause {
    failures: u32,
    until: Option<Instant>,
}

impl Pause {
    /// How long to wait after one more failure: twice as long each time, of which at least half. All processes
    /// lose Redis at the same moment, and are not to come back at one, so that `share` of 256 is each one's own.
    fn failed(&mut self, share: u8) -> Duration {
        self.failures += 1;
        let [first, longest] = PAUSES;
        let wait = (first * 2u32.saturating_pow(self.failures.min(8) - 1)).min(longest);
        wait.mul_f64(0.5 + f64::from(share) / 512.0)
    }
}

pub(super) struct Line {
    settings: Settings,
    pub(super) keys: Keys,
    pub(super) known: Known,
    /// Held by whoever opens a connection, until it is there or the call is over.
    pause: Mutex<Pause>,
}

impl Line {
    pub(super) fn new(settings: Settings, shown: Shown) -> Self {
        Self {
            keys: Keys::new(&settings.prefix),
            settings,
            known: Known::new(shown),
            pause: Mutex::default(),
        }
    }

    pub(super) fn deadline(&self) -> Duration {
        self.settings.deadline
    }

    /// The connection; a new one where there is none, unless one has just failed.
    pub(super) async fn live(self: &Rc<Self>) -> Result<Live, Trouble> {
        if let Some(live) = self.known.live() {
            return Ok(live);
        }
        let mut pause = self.pause.lock().await;
        if let Some(live) = self.known.live() {
            return Ok(live);
        }
        if pause.until.is_some_and(|until| Instant::now() < until) {
            return Err(Trouble::Unavailable(
                "Redis did not answer a moment ago".into(),
            ));
        }
        // Taken for failed until it is not: a deadline may end this in between.
        let [share] = random::array(&SystemRandom).unwrap_or([0]);
        let wait = pause.failed(share);
        pause.until = Some(Instant::now() + wait);
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
            line.known.shown.hear(heard);
            line.known.learn(live.clone(), asked);
            Ok(live)
        });
        opening
            .await
            .unwrap_or_else(|gone| Err(Trouble::Unavailable(gone.into())))
    }

    /// What to say of a call that failed, and whether the connection is to blame.
    pub(super) fn failed(&self, trouble: Trouble, since: Instant) -> StoreError {
        if let Trouble::Unavailable(error) = &trouble {
            let redis = error.downcast_ref::<RedisError>();
            if redis.and_then(RedisError::code) == Some("OOM") {
                return StoreError::Full;
            }
        }
        self.known.lose(since);
        trouble.into()
    }

    /// Looks which fence stands on a connection, after another one was found than was known.
    pub(super) async fn look_again(&self, live: Live) -> Result<Live, Trouble> {
        let asked = Instant::now();
        let (live, heard) = connect::fenced(live.connection, &self.keys).await?;
        self.known.shown.hear(heard);
        self.known.learn(live.clone(), asked);
        Ok(live)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_second_and_differ_between_processes() {
        let mut pauses = [Pause::default(), Pause::default(), Pause::default()];
        for full in [50, 100, 200, 400, 800, 1_000, 1_000, 1_000, 1_000, 1_000] {
            let [least, middle, most] = &mut pauses;
            let full = Duration::from_millis(full);
            assert_eq!(least.failed(0), full / 2);
            assert_eq!(middle.failed(128), full * 3 / 4);
            let most = most.failed(255);
            assert!(
                most < full && full - most < full / 100,
                "{most:?} of {full:?}"
            );
        }
    }
}
