//! The thread of the connection: takes calls, keeps deadlines, opens a new connection after a failure.

use std::{cell::RefCell, rc::Rc, time::Duration};

use ::redis::RedisError;
use futures_channel::oneshot;
use tokio::{
    sync::{Mutex, mpsc},
    time::{Instant, timeout_at},
};

use super::{
    connect::{self, Live, Trouble},
    scripts::{self, FENCE_MILLIS, Keys},
};
use crate::{
    clock::millis,
    error::CaptchaError,
    random::{self, SystemRandom},
    store::{Id, StoreError},
};

/// How old what is known of the fence may be where nothing is spent: another process may have put up
/// a new one.
const FENCE_AGE: Duration = Duration::from_millis(400);
/// First and longest pause after a connection that could not be opened.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

pub(super) struct Settings {
    pub(super) client: ::redis::Client,
    pub(super) prefix: String,
    pub(super) deadline: Duration,
}

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What is asked of Redis, and where the answer goes.
pub(super) enum Call {
    Spend(Id, Duration, Answer<bool>),
    Hit(Id, Duration, Answer<u64>),
    Generation(Answer<u64>),
    Renew(Answer<u64>),
    Count(u32, String, Duration, Answer<()>),
    Counts(u32, Answer<Vec<(String, u64)>>),
    ForgetCounts(Answer<()>),
    Keep(Id, Vec<u8>, Duration, Answer<()>),
    Kept(Answer<Vec<(Id, Vec<u8>)>>),
    DropKept(Id, Answer<()>),
}

/// A call and when it was made.
pub(super) struct Job {
    call: Call,
    since: Instant,
}

impl Job {
    pub(super) fn new(call: Call) -> Self {
        Self {
            call,
            since: Instant::now(),
        }
    }
}

/// Answers calls until the store is dropped; says first whether there is a connection.
pub(super) fn run(
    settings: Settings,
    mut waiting: mpsc::Receiver<Job>,
    ready: &std::sync::mpsc::Sender<Result<(), CaptchaError>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            // Whoever asked for it waits.
            let _ = ready.send(Err(Trouble::Unavailable(error.into()).into()));
            return;
        }
    };
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        let line = Rc::new(Line::new(settings));
        let first = line.live().await.map(drop);
        let failed = first.is_err();
        if ready.send(first.map_err(CaptchaError::from)).is_err() || failed {
            return;
        }
        while let Some(job) = waiting.recv().await {
            tokio::task::spawn_local(Rc::clone(&line).answer(job));
        }
    });
}

/// Since when what is known of the fence is known.
struct Known {
    live: Live,
    since: Instant,
}

/// Attempts that failed in a row, and when the next one may be made.
#[derive(Default)]
struct Pause {
    failures: u32,
    until: Option<Instant>,
}

struct Line {
    settings: Settings,
    keys: Keys,
    known: RefCell<Option<Known>>,
    /// Held by whoever opens a connection: there is one at a time.
    pause: Mutex<Pause>,
}

impl Line {
    fn new(settings: Settings) -> Self {
        Self {
            keys: Keys::new(&settings.prefix),
            settings,
            known: RefCell::default(),
            pause: Mutex::default(),
        }
    }

    /// The connection; a new one where there is none, unless one has just failed.
    async fn live(&self) -> Result<Live, Trouble> {
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
        let live = connect::open(&self.settings, &self.keys).await;
        match &live {
            Ok(live) => {
                if pause.failures > 1 {
                    tracing::info!("captcha: Redis answers again");
                }
                *pause = Pause::default();
                self.learn(live.clone());
            }
            Err(trouble) if pause.failures == 1 => {
                tracing::warn!("captcha: no connection to Redis: {trouble:?}");
            }
            Err(_) => {}
        }
        live
    }

    fn known(&self) -> Option<Live> {
        self.known.borrow().as_ref().map(|known| known.live.clone())
    }

    fn learn(&self, live: Live) {
        let since = Instant::now();
        *self.known.borrow_mut() = Some(Known { live, since });
    }

    /// Gives the connection up: the next call opens another one.
    fn lose(&self) {
        self.known.borrow_mut().take();
    }

    /// Looks which fence stands on a connection, after another one was found than was known.
    async fn look_again(&self, live: Live) -> Result<Live, Trouble> {
        let live = connect::fenced(live.connection, &self.keys).await?;
        self.learn(live.clone());
        Ok(live)
    }

    async fn answer(self: Rc<Self>, Job { call, since }: Job) {
        let end = since + self.settings.deadline;
        let line = &*self;
        match call {
            Call::Spend(id, ttl, to) => line.within(end, to, line.spend(&id, ttl)).await,
            Call::Hit(key, window, to) => line.within(end, to, line.hit(&key, window)).await,
            Call::Generation(to) => line.within(end, to, line.generation()).await,
            Call::Renew(to) => line.within(end, to, line.renew()).await,
            Call::Count(day, cell, ttl, to) => {
                line.within(end, to, line.count(day, &cell, ttl)).await;
            }
            Call::Counts(day, to) => line.within(end, to, line.counts(day)).await,
            Call::ForgetCounts(to) => line.within(end, to, line.forget_counts()).await,
            Call::Keep(id, sealed, ttl, to) => {
                line.within(end, to, line.keep(&id, &sealed, ttl)).await;
            }
            Call::Kept(to) => line.within(end, to, line.kept()).await,
            Call::DropKept(id, to) => line.within(end, to, line.drop_kept(&id)).await,
        }
    }

    async fn within<T>(
        &self,
        end: Instant,
        to: Answer<T>,
        work: impl Future<Output = Result<T, Trouble>>,
    ) {
        let done = match timeout_at(end, work).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(Trouble::Unavailable(error))) => Err(self.failed(error)),
            Ok(Err(settings)) => {
                self.lose();
                Err(settings.into())
            }
            Err(late) => {
                // The connection may be half open, which nothing else would tell.
                self.lose();
                Err(StoreError::Unavailable(late.into()))
            }
        };
        // Nobody waits any more where the request is gone.
        let _ = to.send(done);
    }

    fn failed(&self, error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
        let code = (error.downcast_ref::<RedisError>()).and_then(RedisError::code);
        if code == Some("OOM") {
            return StoreError::Full;
        }
        self.lose();
        StoreError::Unavailable(error)
    }

    async fn spend(&self, id: &Id, ttl: Duration) -> Result<bool, Trouble> {
        let mut live = self.live().await?;
        for _ in 0..2 {
            let spent = scripts::SPEND
                .key(self.keys.fence())
                .key(self.keys.mark(id))
                .arg(&*live.fence)
                .arg(millis(ttl).max(1))
                .arg(FENCE_MILLIS)
                .invoke_async::<i64>(&mut live.connection)
                .await?;
            match spent {
                1 => return Ok(true),
                0 => return Ok(false),
                _ => live = self.look_again(live).await?,
            }
        }
        Err(Trouble::Unavailable(
            "the fence in Redis does not stand still".into(),
        ))
    }

    async fn hit(&self, key: &Id, window: Duration) -> Result<u64, Trouble> {
        let mut live = self.live().await?;
        let mut script = scripts::HIT.key(self.keys.hits(key));
        script.arg(millis(window).max(1));
        Ok(script.invoke_async(&mut live.connection).await?)
    }

    async fn generation(&self) -> Result<u64, Trouble> {
        let mut live = self.live().await?;
        let since = self.known.borrow().as_ref().map(|known| known.since);
        if since.is_none_or(|since| since.elapsed() >= FENCE_AGE) {
            let fence = ::redis::cmd("GET")
                .arg(self.keys.fence())
                .query_async::<Option<String>>(&mut live.connection)
                .await?;
            if fence.as_deref() == Some(&*live.fence) {
                self.learn(live.clone());
            } else {
                live = self.look_again(live).await?;
            }
        }
        Ok(live.generation())
    }

    async fn renew(&self) -> Result<u64, Trouble> {
        let mut live = self.live().await?;
        let fence = scripts::RENEW
            .key(self.keys.fence())
            .arg(&*live.run)
            .arg(connect::number()?)
            .arg(FENCE_MILLIS)
            .invoke_async::<String>(&mut live.connection)
            .await?;
        live.fence = fence.into();
        self.learn(live.clone());
        Ok(live.generation())
    }

    async fn count(&self, day: u32, cell: &str, ttl: Duration) -> Result<(), Trouble> {
        let mut live = self.live().await?;
        let mut script = scripts::COUNT.key(self.keys.day(day));
        script
            .key(self.keys.days())
            .arg(cell)
            .arg(millis(ttl).max(1))
            .arg(day);
        Ok(script.invoke_async::<()>(&mut live.connection).await?)
    }

    async fn counts(&self, day: u32) -> Result<Vec<(String, u64)>, Trouble> {
        let mut live = self.live().await?;
        let mut command = ::redis::cmd("HGETALL");
        command.arg(self.keys.day(day));
        Ok(command.query_async(&mut live.connection).await?)
    }

    async fn forget_counts(&self) -> Result<(), Trouble> {
        let mut live = self.live().await?;
        let mut days = ::redis::cmd("SMEMBERS");
        days.arg(self.keys.days());
        let days: Vec<u32> = days.query_async(&mut live.connection).await?;
        let mut command = ::redis::cmd("DEL");
        command.arg(self.keys.days());
        for day in days {
            command.arg(self.keys.day(day));
        }
        Ok(command.query_async::<()>(&mut live.connection).await?)
    }

    async fn keep(&self, id: &Id, sealed: &[u8], ttl: Duration) -> Result<(), Trouble> {
        let mut live = self.live().await?;
        let (name, text) = (scripts::hex(id), self.keys.text(id));
        let mut script = scripts::KEEP.key(&text);
        script
            .key(self.keys.texts())
            .arg(&name)
            .arg(sealed)
            .arg(millis(ttl).max(1))
            .arg(text.trim_end_matches(&name));
        Ok(script.invoke_async::<()>(&mut live.connection).await?)
    }

    async fn kept(&self) -> Result<Vec<(Id, Vec<u8>)>, Trouble> {
        let mut live = self.live().await?;
        let mut command = ::redis::cmd("ZRANGE");
        command.arg(self.keys.texts()).arg(0).arg(-1);
        let names: Vec<String> = command.query_async(&mut live.connection).await?;
        let mut texts = Vec::with_capacity(names.len());
        for id in names.iter().filter_map(|name| scripts::id(name)) {
            let mut command = ::redis::cmd("GET");
            command.arg(self.keys.text(&id));
            let text: Option<Vec<u8>> = command.query_async(&mut live.connection).await?;
            texts.extend(text.map(|text| (id, text)));
        }
        Ok(texts)
    }

    async fn drop_kept(&self, id: &Id) -> Result<(), Trouble> {
        let mut live = self.live().await?;
        let mut command = ::redis::cmd("ZREM");
        command.arg(self.keys.texts()).arg(scripts::hex(id));
        command.query_async::<()>(&mut live.connection).await?;
        let mut command = ::redis::cmd("DEL");
        command.arg(self.keys.text(id));
        Ok(command.query_async::<()>(&mut live.connection).await?)
    }
}
