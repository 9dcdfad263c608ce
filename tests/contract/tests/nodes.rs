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
use tokio::task::JoinSet;

const RACERS: usize = 10_000;
/// Connections that redeem at a time.
const AT_ONCE: usize = 250;

fn rounds(usual: usize, long: usize) -> usize {
    if std::env::var_os("CAPTCHA_LONG").is_some() {
        long
    } else {
        usual
    }
}

/// Redeems a token over and over on one connection, and counts the statuses.
async fn redeem(addr: SocketAddr, token: String, times: usize) -> BTreeMap<u16, usize> {
    let mut pipe = Pipe::to(addr).await;
    let request = redeeming(&token);
    let mut statuses = BTreeMap::new();
    for _ in 0..times {
        let (status, _) = pipe.send(&request).await;
        *statuses.entry(status).or_default() += 1;
    }
    statuses
}

/// How often each status came for one token at these nodes.
async fn race_for(token: &str, nodes: &[SocketAddr]) -> BTreeMap<u16, usize> {
    let mut racing = JoinSet::new();
    for at in 0..AT_ONCE {
        racing.spawn(redeem(
            nodes[at % nodes.len()],
            token.to_owned(),
            RACERS / AT_ONCE,
        ));
    }
    let mut all = BTreeMap::new();
    while let Some(statuses) = racing.join_next().await {
        for (status, count) in statuses.unwrap() {
            *all.entry(status).or_default() += count;
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
        for round in 0..rounds {
            let token = client.token().await;
            let statuses = race_for(&token, &[client.addr()]).await;
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
        for round in 0..rounds(20, 100) {
            // Issued at one, redeemed at all.
            let token = nodes[round % 3].token().await;
            let statuses = race_for(&token, &addresses).await;
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
        for _ in 0..5 {
            let token = nodes[0].token().await;
            if race_for(&token, &addresses).await != one_of_ten_thousand() {
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
