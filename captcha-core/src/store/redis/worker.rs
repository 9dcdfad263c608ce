//! The thread of the connection: takes calls, keeps deadlines, opens a new connection after a failure.

use std::{
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_channel::oneshot;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

use super::{connect::Trouble, known::Shown, line::Line, locate::Place};
use crate::{
    error::CaptchaError,
    store::{Id, Precedence, Spending, StoreError},
};

/// Most calls that wait for Redis at a time; more are refused at once.
const MOST: usize = 10_000;
/// As [`MOST`], for calls that count: whoever spends something, as everybody does who comes with a token, is
/// served first.
const MOST_UNPAID: usize = MOST / 2;

pub(super) struct Settings {
    pub(super) place: Place,
    pub(super) prefix: String,
    pub(super) deadline: Duration,
}

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What is asked of Redis, and where the answer goes.
pub(super) enum Call {
    Spend(Id, Option<Id>, Duration, Answer<Spending>),
    Hit(Id, Duration, Answer<u64>),
    Hits(Id, Answer<u64>),
    Share(Id, Vec<u8>, Duration, Precedence, Answer<Vec<u8>>),
    Shared(Id, Answer<Option<Vec<u8>>>),
    Generation(Answer<u64>),
    Renew(Answer<u64>),
    Count(u32, String, Duration, Answer<()>),
    Counts(u32, Answer<Vec<(String, u64)>>),
    ForgetCounts(Answer<()>),
    Keep(Id, Vec<u8>, Duration, Answer<()>),
    Kept(Answer<Vec<(Id, Vec<u8>)>>),
    DropKept(Id, Answer<()>),
}

impl Call {
    /// Most calls that may wait besides this one.
    fn room(&self) -> usize {
        match self {
            // Among them those that a revocation needs, which may be why so many wait.
            Self::Spend(..)
            | Self::Generation(_)
            | Self::Renew(_)
            | Self::Share(..)
            | Self::Shared(..) => MOST,
            _ => MOST_UNPAID,
        }
    }
}

/// How many calls wait.
#[derive(Clone, Default)]
pub(super) struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    /// A call, unless too many wait.
    pub(super) fn admit(&self, call: Call) -> Option<Job> {
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        let place = InLine(Self(Arc::clone(&self.0)));
        (before < call.room()).then(|| Job {
            call,
            since: Instant::now(),
            place,
        })
    }
}

/// A place among those who wait, given back when it goes.
struct InLine(Waiting);

impl Drop for InLine {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A call and when it was made.
pub(super) struct Job {
    call: Call,
    since: Instant,
    place: InLine,
}

/// Answers calls until the store is dropped; says first whether there is a connection.
pub(super) fn run(
    settings: Settings,
    shown: Shown,
    mut waiting: mpsc::UnboundedReceiver<Job>,
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
        let line = Rc::new(Line::new(settings, shown));
        let first = line.live().await.map(drop);
        let failed = first.is_err();
        if ready.send(first.map_err(CaptchaError::from)).is_err() || failed {
            return;
        }
        while let Some(job) = waiting.recv().await {
            tokio::task::spawn_local(answer(Rc::clone(&line), job));
        }
    });
}

async fn answer(line: Rc<Line>, job: Job) {
    let Job { call, since, place } = job;
    let line = &line;
    let asked = Asked { line, since, place };
    match call {
        Call::Spend(id, caller, ttl, to) => {
            asked
                .answer(to, line.spend(&id, caller.as_ref(), ttl))
                .await;
        }
        Call::Hit(key, window, to) => asked.answer(to, line.hit(&key, window)).await,
        Call::Hits(key, to) => asked.answer(to, line.hits(&key)).await,
        Call::Share(name, value, ttl, precedence, to) => {
            asked
                .answer(to, line.share(&name, &value, ttl, precedence))
                .await;
        }
        Call::Shared(name, to) => asked.answer(to, line.shared(&name)).await,
        Call::Generation(to) => asked.answer(to, line.generation()).await,
        Call::Renew(to) => asked.answer(to, line.renew()).await,
        Call::Count(day, cell, ttl, to) => asked.answer(to, line.count(day, &cell, ttl)).await,
        Call::Counts(day, to) => asked.answer(to, line.counts(day)).await,
        Call::ForgetCounts(to) => asked.answer(to, line.forget_counts()).await,
        Call::Keep(id, sealed, ttl, to) => asked.answer(to, line.keep(&id, &sealed, ttl)).await,
        Call::Kept(to) => asked.answer(to, line.kept()).await,
        Call::DropKept(id, to) => asked.answer(to, line.drop_kept(&id)).await,
    }
}

/// A call that is being answered.
struct Asked<'a> {
    line: &'a Rc<Line>,
    since: Instant,
    place: InLine,
}

impl Asked<'_> {
    async fn answer<T>(self, to: Answer<T>, work: impl Future<Output = Result<T, Trouble>>) {
        let Self { line, since, place } = self;
        let done = match timeout_at(since + line.deadline(), work).await {
            Ok(done) => done.map_err(|trouble| line.failed(trouble, since)),
            Err(late) => {
                // The connection may be half open, which nothing else would tell.
                line.known.lose(since);
                Err(StoreError::Unavailable(late.into()))
            }
        };
        // First, so that whoever hears the answer finds room for the next call.
        drop(place);
        // Nobody waits any more where the request is gone.
        let _ = to.send(done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_with_a_token_finds_room_where_others_do_not() {
        let waiting = Waiting::default();
        let generation = || Call::Generation(oneshot::channel().0);
        let hit = || Call::Hit([1; 16], Duration::ZERO, oneshot::channel().0);
        let unpaid: Vec<_> = std::iter::from_fn(|| waiting.admit(hit())).collect();
        assert_eq!(unpaid.len(), MOST_UNPAID);
        let paid: Vec<_> = std::iter::from_fn(|| waiting.admit(generation())).collect();
        assert_eq!(paid.len(), MOST - MOST_UNPAID);
        drop(paid);
        assert!(waiting.admit(hit()).is_none());
        drop(unpaid);
        assert!(waiting.admit(hit()).is_some(), "places are given back");
    }
}
