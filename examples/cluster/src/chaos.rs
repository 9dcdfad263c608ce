//! What happens to the cluster while visitors come.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::{
    task::JoinSet,
    time::{sleep, sleep_until},
};

use crate::{
    Fallible,
    cluster::{Cluster, Token},
    figures::Step,
    options::Options,
    say, seconds,
};

/// How long what was killed stays away.
const AWAY: Duration = Duration::from_millis(400);
/// What `CLIENT PAUSE` is told.
const PAUSE: Duration = Duration::from_millis(1_000);
/// One round of events for so much of the run, each with another node.
const ROUND: Duration = Duration::from_secs(15);

#[derive(Clone, Copy)]
enum Event {
    EmptyRedis,
    FlushRedis,
    KillNode(u64),
    KillRedis,
    PauseRedis,
}

/// An event that is over.
#[derive(Debug, Serialize)]
pub(crate) struct Past {
    pub(crate) event: String,
    /// When, counted from the start of the load.
    pub(crate) at_ms: u64,
    /// How long what was killed or paused was away.
    pub(crate) away_ms: u64,
    /// From then on, until each node redeemed a token again; `None` where that was not seen in time.
    pub(crate) recovered_ms: [Option<u64>; 3],
    pub(crate) failed: Option<String>,
}

/// Every event at its time, and each only once the cluster is over the one before.
pub(crate) async fn run(cluster: &Arc<Cluster>, options: &Options) -> Vec<Past> {
    let rounds = (options.seconds.as_secs() / ROUND.as_secs()).max(1);
    let events: Vec<_> = (0..rounds)
        .flat_map(|round| {
            [
                Event::KillNode(round),
                Event::KillRedis,
                Event::PauseRedis,
                Event::EmptyRedis,
                Event::FlushRedis,
            ]
        })
        .collect();
    let apart = options.seconds / (events.len() as u32 + 1);
    let mut past = Vec::with_capacity(events.len());
    for (number, event) in (1..).zip(events) {
        sleep_until((cluster.began + apart * number).into()).await;
        past.push(happen(cluster, options, event).await);
    }
    past
}

async fn happen(cluster: &Arc<Cluster>, options: &Options, event: Event) -> Past {
    let name = match event {
        Event::EmptyRedis => "redis-server: kill -9, started EMPTY".to_owned(),
        Event::FlushRedis => "redis-server: FLUSHALL".to_owned(),
        Event::KillNode(node) => format!(
            "{}: kill -9, started again",
            cluster.fleet.pick(node).name()
        ),
        Event::KillRedis => "redis-server: kill -9, started from its file".to_owned(),
        Event::PauseRedis => format!("redis-server: CLIENT PAUSE {}", PAUSE.as_millis()),
    };
    let at = cluster.began.elapsed();
    say(&format!("[{:>7}] ** {name}", seconds(at)));
    // Taken before: after it, nobody may know any more that they were used.
    let used = cluster.lately();
    let began = Instant::now();
    let mut healed = None;
    let failed = bring_about(cluster, event, &mut healed).await.err();
    let healed = healed.unwrap_or_else(Instant::now);
    cluster.figures.watch(healed);
    replay(cluster, &used).await;
    let patience = options.recovery + Duration::from_secs(1);
    while cluster.figures.seen().contains(&None) && healed.elapsed() < patience {
        sleep(Duration::from_millis(5)).await;
    }
    replay(cluster, &used).await;
    let recovered = cluster.figures.seen();
    let longest = recovered.iter().flatten().max().copied();
    let now = seconds(cluster.began.elapsed());
    say(&match longest.filter(|_| !recovered.contains(&None)) {
        Some(longest) => format!(
            "[{now:>7}] -- every node redeems again, {} ms after it was back",
            longest.as_millis()
        ),
        None => format!("[{now:>7}] -- not every node redeems again"),
    });
    Past {
        event: name,
        at_ms: millis(at),
        away_ms: millis(healed.saturating_duration_since(began)),
        recovered_ms: recovered.map(|time| time.map(millis)),
        failed: failed.map(|error| error.to_string()),
    }
}

/// Does it, and says from when on there is nothing in the way of the next token.
async fn bring_about(
    cluster: &Cluster,
    event: Event,
    healed: &mut Option<Instant>,
) -> Fallible<()> {
    let mut redis = cluster.redis.lock().await;
    match event {
        Event::EmptyRedis => {
            redis.kill().await;
            redis.forget()?;
            sleep(AWAY).await;
            redis.start_again().await?;
        }
        Event::FlushRedis => redis.order("FLUSHALL").await?,
        Event::KillNode(number) => {
            let node = cluster.fleet.pick(number);
            cluster.fleet.kill(node).await?;
            sleep(AWAY).await;
            // How long a node takes to start is part of its recovery.
            *healed = Some(Instant::now());
            cluster.fleet.start_again(node).await?;
        }
        Event::KillRedis => {
            redis.kill().await;
            sleep(AWAY).await;
            redis.start_again().await?;
        }
        Event::PauseRedis => {
            let paused = Instant::now();
            redis
                .order(&format!("CLIENT PAUSE {}", PAUSE.as_millis()))
                .await?;
            sleep((paused + PAUSE).saturating_duration_since(Instant::now())).await;
        }
    }
    Ok(())
}

/// Tries used tokens again, each at all nodes at the same moment: whatever was forgotten, none may be
/// taken.
async fn replay(cluster: &Arc<Cluster>, used: &[Arc<Token>]) {
    let mut tries = JoinSet::new();
    for token in used {
        let (cluster, token) = (Arc::clone(cluster), Arc::clone(token));
        tries.spawn(async move { cluster.redeem_everywhere(Step::Replay, &token).await });
    }
    tries.join_all().await;
}

fn millis(time: Duration) -> u64 {
    time.as_millis() as u64
}
