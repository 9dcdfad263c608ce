//! Races and floods over HTTP, on each adapter.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test: a panic is a failure"
)]

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use captcha_core::{
    Store,
    store::{Id, StoreFuture},
};

use contract::{
    apps::Adapter,
    client::{Call, form, get, json},
    engine::{Config, Engine},
    runner::{Client, answering},
    stores::LookThenWrite,
};
use tokio::task::JoinSet;

const ROUNDS: usize = 20;
const RACERS: usize = 64;

/// How often each status came when `call` was sent by many at once.
async fn at_once(client: &Arc<Client>, call: Call) -> BTreeMap<u16, usize> {
    let call = Arc::new(call);
    let mut racing = JoinSet::new();
    for _ in 0..RACERS {
        let (client, call) = (Arc::clone(client), Arc::clone(&call));
        racing.spawn(async move { client.send_unrecorded(&call).await.status });
    }
    let mut statuses = BTreeMap::new();
    while let Some(status) = racing.join_next().await {
        *statuses.entry(status.unwrap()).or_default() += 1;
    }
    statuses
}

fn exactly_one(refused: u16) -> BTreeMap<u16, usize> {
    BTreeMap::from([(200, 1), (refused, RACERS - 1)])
}

fn redeemed_once(adapter: Adapter) {
    let client = Arc::new(Client::start(adapter, Config::default()));
    Client::block_on(&client, async {
        for round in 0..ROUNDS {
            let token = client.token().await;
            let call = match round % 3 {
                0 => get("/members").header("x-captcha-token", &token),
                1 => get("/members").cookie("__Host-captcha-token", &token),
                _ => form("/signup", format!("name=a&email=b&captcha-token={token}")),
            };
            assert_eq!(
                at_once(&client, call).await,
                exactly_one(403),
                "round {round}"
            );
        }
    });
}

fn judged_once(adapter: Adapter) {
    let client = Arc::new(Client::start(adapter, Config::default()));
    Client::block_on(&client, async {
        for round in 0..ROUNDS {
            let challenge = client.challenge("slide").await;
            let right = client.right(&challenge).await;
            if round % 2 == 0 {
                assert_eq!(
                    at_once(&client, right).await,
                    exactly_one(409),
                    "round {round}"
                );
                continue;
            }
            let wrong = answering(&challenge, r#"{"x":1}"#, "0");
            let expected = BTreeMap::from([(422, 1), (409, RACERS - 1)]);
            assert_eq!(at_once(&client, wrong).await, expected, "round {round}");
            client.send(right).await.refused(409, "spent");
        }
    });
}

/// As many addresses as calls, all of them made up: the limiter has to see one visitor.
fn ten_thousand_addresses_are_one_visitor(adapter: Adapter) {
    let config = Config::with_limits(LIMIT as u32, u32::MAX);
    assert_eq!(served_of_flood(adapter, config, 10_000), LIMIT);
}

/// The same where proxies are trusted, and the client is none of them.
fn ten_thousand_addresses_from_no_proxy_are_one_visitor(adapter: Adapter) {
    let config = Config::behind(&["203.0.113.1", "127.0.0.2"], LIMIT as u32);
    assert_eq!(served_of_flood(adapter, config, 10_000), LIMIT);
}

const LIMIT: usize = 100;

/// How many of so many calls are served, each with another address in its headers.
fn served_of_flood(adapter: Adapter, config: Config, calls: usize) -> usize {
    const SENDERS: usize = 16;
    let client = Arc::new(Client::start(adapter, config));
    Client::block_on(&client, async {
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            let client = Arc::clone(&client);
            senders.spawn(async move {
                let mut served = 0;
                for at in (sender..calls).step_by(SENDERS) {
                    let address =
                        format!("198.{}.{}.{}", 18 + at / 65_536, at / 256 % 256, at % 256);
                    let call = json("/captcha/challenge", r#"{"kind":"work"}"#)
                        .header("x-forwarded-for", &address)
                        .header("forwarded", format!("for={address}"))
                        .header("x-real-ip", &address);
                    match client.send_unrecorded(&call).await.status {
                        200 => served += 1,
                        429 => {}
                        other => panic!("status {other}"),
                    }
                }
                served
            });
        }
        let mut all = 0;
        while let Some(served) = senders.join_next().await {
            all += served.unwrap();
        }
        all
    })
}

/// The control: a limiter that believes the headers of this client serves every call.
#[test]
fn the_flood_is_served_where_its_headers_are_believed() {
    for adapter in Adapter::ALL {
        let config = Config::behind(&["127.0.0.1"], LIMIT as u32);
        assert_eq!(
            served_of_flood(adapter, config, 1_000),
            1_000,
            "{adapter:?}"
        );
    }
}

/// How many redemptions of one token succeed that were sent after its deletion was answered, and
/// how many were sent after it: a hundred race it, some earlier and some later.
async fn redeemed_after_deletion(client: &Arc<Client>) -> (usize, usize) {
    let token = client.token().await;
    let deleted = Arc::new(AtomicBool::new(false));
    let mut racing = JoinSet::new();
    for racer in 0..100_u64 {
        let (client, deleted, token) = (Arc::clone(client), Arc::clone(&deleted), token.clone());
        racing.spawn(async move {
            tokio::time::sleep(Duration::from_micros(racer * 200)).await;
            if racer == 30 {
                let delete = Call::new("DELETE", "/captcha/privacy/data")
                    .cookie("__Host-captcha-token", &token);
                assert_eq!(client.send_unrecorded(&delete).await.status, 204);
                deleted.store(true, Ordering::SeqCst);
                return (0, 0);
            }
            let late = deleted.load(Ordering::SeqCst);
            let call = get("/members").header("x-captcha-token", &token);
            let passed = client.send_unrecorded(&call).await.status == 200;
            (usize::from(late && passed), usize::from(late))
        });
    }
    let mut all = (0, 0);
    while let Some(one) = racing.join_next().await {
        let (passed, late) = one.unwrap();
        all = (all.0 + passed, all.1 + late);
    }
    all
}

fn none_is_redeemed_after_its_deletion(adapter: Adapter) {
    let client = Arc::new(Client::start(adapter, Config::default()));
    let all_late = Client::block_on(&client, async {
        let mut all_late = 0;
        for _ in 0..ROUNDS {
            let (passed, late) = redeemed_after_deletion(&client).await;
            assert_eq!(passed, 0, "of {late} that came after the 204");
            all_late += late;
        }
        all_late
    });
    assert!(all_late > 0, "every redemption came before its deletion");
}

/// A store whose marks count only after a while.
#[derive(Default)]
struct WritesLate(Mutex<HashMap<Id, Instant>>);

impl Store for WritesLate {
    fn spend<'a>(&'a self, id: &'a Id, _: Duration) -> StoreFuture<'a, bool> {
        let mut marks = self.0.lock().unwrap();
        let written = marks.entry(*id).or_insert_with(Instant::now).elapsed();
        Box::pin(std::future::ready(Ok(written < Duration::from_millis(50))))
    }

    fn hit<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, u64> {
        Box::pin(std::future::ready(Ok(1)))
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(std::future::ready(Ok(1)))
    }
}

/// The control: over a store whose marks come late, redemptions after the 204 are seen.
#[test]
fn a_deletion_that_takes_effect_late_is_caught() {
    let engine = Engine::over(Arc::new(WritesLate::default()));
    let client = Arc::new(Client::serve(Adapter::Axum, engine));
    // A matter of chance, and on a busy machine a rare one.
    let caught = Client::block_on(&client, async {
        for _ in 0..10 * ROUNDS {
            if redeemed_after_deletion(&client).await.0 > 0 {
                return true;
            }
        }
        false
    });
    assert!(caught);
}

/// The control: over a store that looks and then writes, the same race lets several through.
fn a_store_that_is_not_atomic_is_caught(adapter: Adapter) {
    let engine = Engine::over(Arc::new(LookThenWrite::default()));
    let client = Arc::new(Client::serve(adapter, engine));
    let caught = Client::block_on(&client, async {
        for _ in 0..ROUNDS {
            let token = client.token().await;
            let call = get("/members").header("x-captcha-token", &token);
            if at_once(&client, call).await != exactly_one(403) {
                return true;
            }
        }
        false
    });
    assert!(
        caught,
        "{ROUNDS} rounds over a store without atomic marks, and none let two through"
    );
}

macro_rules! on_each_adapter {
    ($($test:ident)*) => {
        $(
            mod $test {
                use contract::apps::Adapter;

                #[test]
                fn axum() {
                    super::$test(Adapter::Axum);
                }
                #[test]
                fn actix() {
                    super::$test(Adapter::Actix);
                }
                #[test]
                fn rocket() {
                    super::$test(Adapter::Rocket);
                }
            }
        )*
    };
}

on_each_adapter! {
    redeemed_once
    a_store_that_is_not_atomic_is_caught
    judged_once
    none_is_redeemed_after_its_deletion
    ten_thousand_addresses_are_one_visitor
    ten_thousand_addresses_from_no_proxy_are_one_visitor
}
