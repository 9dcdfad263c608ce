//! One token, ten thousand redemptions, on connections that stay open: at each adapter, and at three nodes
//! with one Redis between them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test: a panic is a failure"
)]

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use captcha_core::Store;
use contract::{
    apps::Adapter,
    engine::{Config, Engine},
    own_redis,
    pipe::{Pipe, redeeming},
    race::{self, Outcome},
    runner::Client,
    stores::LookThenWrite,
};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::{sync::Barrier, task::JoinSet};

const RACERS: usize = 10_000;
/// Files of this process that are no connections.
const OTHER_FILES: u64 = 500;

/// Connections that redeem at the same moment: one for each redemption, or as many as this process may have, both ends of
/// each being here.
fn connections() -> usize {
    let mut files = getrlimit(Resource::Nofile);
    let most = files.maximum.unwrap_or(u64::MAX).min(65_536);
    files.current = Some(most.max(files.current.unwrap_or(0)));
    let _ = setrlimit(Resource::Nofile, files);
    let files = getrlimit(Resource::Nofile).current.unwrap_or(most);
    RACERS.min((files.saturating_sub(OTHER_FILES) / 2) as usize)
}

fn rounds(usual: usize, long: usize) -> usize {
    if std::env::var_os("CAPTCHA_LONG").is_some() {
        long
    } else {
        usual
    }
}

/// Open connections to these nodes, in turns.
async fn pipes(nodes: &[SocketAddr]) -> Vec<Pipe> {
    const CALLERS: usize = 16;
    let count = connections();
    assert!(
        count > RACERS / 40,
        "{count} connections: raise the limit of open files (ulimit -n)"
    );
    let nodes: Arc<[SocketAddr]> = nodes.into();
    let mut calling = JoinSet::new();
    for caller in 0..CALLERS {
        let nodes = Arc::clone(&nodes);
        calling.spawn(async move {
            let mut pipes = Vec::new();
            for at in (caller..count).step_by(CALLERS) {
                pipes.push(Pipe::to(nodes[at % nodes.len()]).await);
            }
            pipes
        });
    }
    calling.join_all().await.into_iter().flatten().collect()
}

/// How often each status came for one token that all connections redeem at once.
async fn race_for(token: &str, pipes: &mut Vec<Pipe>) -> BTreeMap<u16, usize> {
    let count = pipes.len();
    let (request, ready) = (redeeming(token), Arc::new(Barrier::new(count)));
    let request: Arc<str> = request.into();
    let mut racing = JoinSet::new();
    for (at, mut pipe) in pipes.drain(..).enumerate() {
        let (request, ready) = (Arc::clone(&request), Arc::clone(&ready));
        racing.spawn(async move {
            ready.wait().await;
            let mut statuses = Vec::new();
            // Where there are fewer connections than redemptions, some of them redeem more than once.
            for _ in (at..RACERS).step_by(count) {
                statuses.push(pipe.send(&request).await.0);
            }
            (pipe, statuses)
        });
    }
    let mut all = BTreeMap::new();
    for (pipe, statuses) in racing.join_all().await {
        pipes.push(pipe);
        for status in statuses {
            *all.entry(status).or_default() += 1;
        }
    }
    all
}

fn one_of_ten_thousand() -> BTreeMap<u16, usize> {
    BTreeMap::from([(200, 1), (403, RACERS - 1)])
}

fn rounds_at(adapter: Adapter, rounds: usize) {
    let client = Client::start(adapter, Config::default());
    client.block_on(async {
        let mut pipes = pipes(&[client.addr()]).await;
        for round in 0..rounds {
            let token = client.token().await;
            let statuses = race_for(&token, &mut pipes).await;
            assert_eq!(
                statuses,
                one_of_ten_thousand(),
                "{adapter:?}, round {round}"
            );
        }
    });
}

#[test]
fn of_ten_thousand_redemptions_over_http_one_passes_axum() {
    rounds_at(Adapter::Axum, rounds(20, 100));
}

#[test]
fn of_ten_thousand_redemptions_over_http_one_passes_actix() {
    rounds_at(Adapter::Actix, rounds(20, 100));
}

#[test]
fn of_ten_thousand_redemptions_over_http_one_passes_rocket() {
    rounds_at(Adapter::Rocket, rounds(20, 100));
}

/// A node of each framework, over one store.
fn nodes(store: &Arc<dyn Store>) -> Vec<Client> {
    let node = |adapter| Client::serve(adapter, Engine::over(Arc::clone(store)));
    Adapter::ALL.map(node).into()
}

#[test]
fn of_ten_thousand_redemptions_at_three_nodes_one_passes() {
    let store = own_redis::start();
    let nodes = nodes(&store);
    let addresses: Vec<_> = nodes.iter().map(Client::addr).collect();
    nodes[0].block_on(async {
        let mut pipes = pipes(&addresses).await;
        for round in 0..rounds(20, 100) {
            // Issued at one, redeemed at all.
            let token = nodes[round % 3].token().await;
            let statuses = race_for(&token, &mut pipes).await;
            assert_eq!(statuses, one_of_ten_thousand(), "round {round}");
        }
    });
}

/// The control: nodes whose store looks and then writes.
#[test]
fn three_nodes_over_a_store_that_is_not_atomic_are_caught() {
    let store: Arc<dyn Store> = Arc::new(LookThenWrite::default());
    let nodes = nodes(&store);
    let addresses: Vec<_> = nodes.iter().map(Client::addr).collect();
    let caught = nodes[0].block_on(async {
        let mut pipes = pipes(&addresses).await;
        for _ in 0..5 {
            let token = nodes[0].token().await;
            if race_for(&token, &mut pipes).await != one_of_ten_thousand() {
                return true;
            }
        }
        false
    });
    assert!(caught);
}

#[test]
fn of_ten_thousand_redemptions_on_redis_one_passes() {
    let store = own_redis::start();
    let captcha = Engine::over(Arc::clone(&store)).captcha;
    for round in 0..rounds(20, 100) {
        let token = captcha_core::testing::block_on(captcha.token_for_tests(None)).unwrap();
        let outcome = race::redemptions(&captcha, token.as_str(), RACERS);
        let expected = Outcome {
            first: 1,
            spent: RACERS - 1,
            other: 0,
        };
        assert_eq!(outcome, expected, "round {round}");
    }
}
