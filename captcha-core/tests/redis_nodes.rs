//! Several processes over one Redis: what they share, and what a route does while it is away.
#![cfg(all(unix, feature = "redis", feature = "testing"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]

#[expect(dead_code, reason = "shared with other tests")]
#[path = "redis/server.rs"]
mod server;

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use captcha_core::{
    Captcha, ErrorKind, KeyRing, Kind, Limits, MemoryStore, Redemption, RedisStore, SecretKey,
    Store, StoreFailure, VerifiedCaptcha,
    endpoint::{Headers, Request},
    testing::{self, block_on},
};
use server::Server;

fn key(number: u32) -> SecretKey {
    SecretKey::new(format!("b9YtX2mVq0rL5sZc8nEw1uJd4hGk7pAf{number:08x}")).unwrap()
}

fn redis(server: &Server) -> Arc<dyn Store> {
    let store = RedisStore::builder(&server.url()).deadline(Duration::from_secs(2));
    Arc::new(store.connect().unwrap())
}

fn node_with(store: Arc<dyn Store>, keys: impl Into<KeyRing>, limits: Limits) -> Captcha {
    Captcha::builder()
        .key(keys)
        .privacy(testing::privacy())
        .kinds([Kind::Work])
        .work_bits(1, 2)
        .limits(limits)
        .store(store)
        .build()
        .unwrap()
}

fn node(server: &Server) -> Captcha {
    node_with(redis(server), key(1), Limits::default())
}

fn token(captcha: &Captcha) -> String {
    let token = block_on(captcha.token_for_tests(None)).unwrap();
    token.as_str().to_owned()
}

fn redeem(
    captcha: &Captcha,
    token: &str,
    terms: Redemption<'_>,
) -> Result<VerifiedCaptcha, ErrorKind> {
    block_on(captcha.redeem(token, terms)).map_err(|error| error.kind())
}

fn closed(captcha: &Captcha, token: &str) -> Result<(), ErrorKind> {
    redeem(captcha, token, Redemption::new()).map(drop)
}

/// The status of a call of somebody at this address.
fn call(captcha: &Captcha, path: &str, body: &str, peer: &str) -> (u16, serde_json::Value) {
    let headers: [(&str, &[u8]); 1] = [("content-type", b"application/json")];
    let request = Request {
        method: "POST",
        path,
        query: None,
        headers: headers.into_iter().collect::<Headers<'_>>(),
        body: body.as_bytes(),
        peer: Some(peer.parse::<IpAddr>().unwrap()),
    };
    let response = block_on(captcha.handle(&request));
    if matches!(response.status, 429 | 503) {
        let retry = response
            .headers
            .iter()
            .any(|(name, _)| *name == "retry-after");
        assert!(retry, "{path} says when to come again");
    }
    (
        response.status,
        serde_json::from_slice(&response.body).unwrap(),
    )
}

fn issue(captcha: &Captcha, peer: &str) -> (u16, serde_json::Value) {
    call(captcha, "/challenge", r#"{"kind":"work"}"#, peer)
}

fn answer_wrong(captcha: &Captcha, peer: &str) {
    let (_, challenge) = issue(captcha, peer);
    let sealed = challenge["challenge"].as_str().unwrap();
    let right = block_on(captcha.solve(sealed)).unwrap().work;
    let body = serde_json::json!({ "challenge": sealed, "answer": {}, "work": right + 1 });
    // One nonce in four is right as well.
    let (status, _) = call(captcha, "/answer", &body.to_string(), peer);
    if status != 422 {
        answer_wrong(captcha, peer);
    }
}

const LIMITS: Limits = Limits {
    per_visitor: 60,
    per_site: 100,
};

#[test]
fn limits_are_counted_by_all_processes_together() {
    let server = Server::start(&[]);
    let served = |nodes: &[Captcha], calls: usize, peer: &str| {
        let statuses = (0..calls).map(|at| issue(&nodes[at % nodes.len()], peer).0);
        statuses.filter(|status| *status == 200).count()
    };
    let shared: Vec<_> = (0..3)
        .map(|_| node_with(redis(&server), key(1), LIMITS))
        .collect();
    assert_eq!(served(&shared, 90, "192.0.2.1"), 60, "one visitor");
    assert_eq!(served(&shared, 90, "192.0.2.2"), 40, "the whole site");
    assert_eq!(served(&shared, 9, "192.0.2.3"), 0);
    // The control: processes that share nothing.
    let memory = || Arc::new(MemoryStore::new().unwrap());
    let alone: Vec<_> = (0..3)
        .map(|_| node_with(memory(), key(1), LIMITS))
        .collect();
    assert_eq!(served(&alone, 90, "192.0.2.1"), 90);
    // What lies in Redis names nobody, and the salt is sealed.
    let keys = server.cli(&["KEYS", "*"]);
    let salts: Vec<_> = keys
        .lines()
        .filter(|key| key.contains(":shared:"))
        .collect();
    assert_eq!(salts.len(), 1, "{keys}");
    let salt = server.cli(&["GET", salts[0]]);
    assert!(salt.trim().len() > 100, "{salt}");
    assert!(!keys.contains("192"));
}

#[test]
fn work_grows_with_wrong_answers_at_any_process_and_for_nobody_else() {
    let server = Server::start(&[]);
    let nodes = [
        node_with(
            redis(&server),
            key(1),
            Limits {
                per_visitor: 60,
                per_site: 1_000_000,
            },
        ),
        node_with(
            redis(&server),
            key(1),
            Limits {
                per_visitor: 60,
                per_site: 1_000_000,
            },
        ),
    ];
    let bits = |node: &Captcha, peer| issue(node, peer).1["work"]["bits"].as_u64().unwrap();
    let calm = bits(&nodes[0], "192.0.2.1");
    for (wrong, more) in [(1, 1), (1, 2), (2, 3)] {
        (0..wrong).for_each(|at| answer_wrong(&nodes[at % 2], "192.0.2.1"));
        for node in &nodes {
            assert_eq!(bits(node, "192.0.2.1"), calm + more);
        }
    }
    assert_eq!(bits(&nodes[1], "192.0.2.2"), calm);
}

#[test]
fn a_rush_at_one_process_is_one_at_all() {
    let server = Server::start(&[]);
    let limits = Limits {
        per_visitor: 1_000_000,
        per_site: 100,
    };
    let nodes = [0, 1].map(|_| node_with(redis(&server), key(1), limits));
    let bits = |node: &Captcha| issue(node, "192.0.2.1").1["work"]["bits"].as_u64().unwrap();
    let calm = bits(&nodes[1]);
    (0..24).for_each(|_| drop(issue(&nodes[0], "192.0.2.1")));
    assert_eq!(bits(&nodes[1]), calm + 2);
}

#[test]
fn the_notice_says_that_the_salt_is_shared() {
    let server = Server::start(&[]);
    let notice = |captcha: &Captcha| {
        let headers: [(&str, &[u8]); 1] = [("accept", b"application/json")];
        let request = Request {
            method: "GET",
            path: "/privacy",
            query: None,
            headers: headers.into_iter().collect::<Headers<'_>>(),
            body: b"",
            peer: None,
        };
        String::from_utf8(block_on(captcha.handle(&request)).body.into()).unwrap()
    };
    let alone = node_with(Arc::new(MemoryStore::new().unwrap()), key(1), LIMITS);
    assert!(notice(&alone).contains("in memory alone. A new one"));
    let shared = notice(&node(&server));
    assert!(shared.contains("in the store that they share"));
    assert!(!shared.contains("in memory alone. A new one"));
}

#[test]
fn a_revocation_is_everybodys_and_outlives_whoever_made_it() {
    let server = Server::start(&[]);
    let (node_a, node_b) = (node(&server), node(&server));
    let old = [token(&node_a), token(&node_b)];
    // Whoever stole the secret has no way to the store's contents, but learns its generation.
    let generation = block_on(redis(&server).generation()).unwrap();
    block_on(node_a.revoke_all()).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let node_c = node(&server);
    for at in [&node_a, &node_b, &node_c] {
        for token in &old {
            assert!(closed(at, token).is_err());
        }
        // They take each other's tokens.
        for by in [&node_a, &node_b, &node_c] {
            assert_eq!(closed(at, &token(by)), Ok(()));
        }
    }
    assert_ne!(block_on(redis(&server).generation()).unwrap(), generation);
    // The thief's own engine, with the secret, at a Redis that says the same generation.
    let thief = node_with(
        Arc::new(Same(block_on(redis(&server).generation()).unwrap())),
        key(1),
        LIMITS,
    );
    for at in [&node_a, &node_b, &node_c] {
        assert_eq!(closed(at, &token(&thief)), Err(ErrorKind::Malformed));
    }
    // An emptied Redis does not bring the secret back while one of them runs.
    server.cli(&["FLUSHALL"]);
    std::thread::sleep(Duration::from_millis(500));
    let fresh = token(&node_b);
    std::thread::sleep(Duration::from_millis(500));
    let node_d = node(&server);
    for at in [&node_a, &node_c, &node_d] {
        assert_eq!(closed(at, &token(&node_b)), Ok(()));
        assert!(matches!(
            closed(at, &fresh),
            Ok(()) | Err(ErrorKind::Spent | ErrorKind::Expired)
        ));
    }
    let thief = node_with(
        Arc::new(Same(block_on(redis(&server).generation()).unwrap())),
        key(1),
        LIMITS,
    );
    for at in [&node_a, &node_b, &node_c, &node_d] {
        assert_eq!(closed(at, &token(&thief)), Err(ErrorKind::Malformed));
    }
}

/// A store that only says a generation.
struct Same(u64);

impl Store for Same {
    fn spend<'a>(
        &'a self,
        _: &'a [u8; 16],
        _: Duration,
    ) -> captcha_core::store::StoreFuture<'a, bool> {
        Box::pin(std::future::ready(Ok(true)))
    }
    fn hit<'a>(
        &'a self,
        _: &'a [u8; 16],
        _: Duration,
    ) -> captcha_core::store::StoreFuture<'a, u64> {
        Box::pin(std::future::ready(Ok(1)))
    }
    fn generation(&self) -> captcha_core::store::StoreFuture<'_, u64> {
        Box::pin(std::future::ready(Ok(self.0)))
    }
}

#[test]
fn a_route_that_stays_open_takes_each_token_once_in_a_process_and_says_so() {
    let mut server = Server::start(&[]);
    let store = || Arc::new(RedisStore::connect(&server.url()).unwrap()) as Arc<dyn Store>;
    let (one, other) = (
        node_with(store(), key(1), LIMITS),
        node_with(store(), key(1), LIMITS),
    );
    let open = Redemption::new().on_store_failure(StoreFailure::Degraded);
    let [used, a, b, c] = [0; 4].map(|_| token(&one));
    let proof = redeem(&one, &used, open).unwrap();
    assert!(!proof.is_degraded(), "while the store answers it is asked");
    closed(&other, &c).unwrap();
    server.stop();

    assert_eq!(
        closed(&one, &a),
        Err(ErrorKind::Unavailable),
        "closed unless asked for"
    );
    assert!(redeem(&one, &a, open).unwrap().is_degraded());
    for _ in 0..2 {
        assert_eq!(redeem(&one, &a, open).unwrap_err(), ErrorKind::Spent);
        assert_eq!(
            redeem(&one, &used, open).unwrap_err(),
            ErrorKind::Spent,
            "redeemed before"
        );
    }
    // The seal, the action and the age are looked at as ever.
    assert_eq!(
        redeem(&one, &b, open.action("other")).unwrap_err(),
        ErrorKind::WrongAction
    );
    let mut forged = b.clone();
    forged.replace_range(40..41, if &b[40..41] == "A" { "B" } else { "A" });
    assert_eq!(
        redeem(&one, &forged, open).unwrap_err(),
        ErrorKind::Malformed
    );
    // What it costs, as documented: each process takes it once, and knows nothing of the other's.
    assert!(redeem(&other, &a, open).unwrap().is_degraded());
    assert!(redeem(&one, &c, open).unwrap().is_degraded());

    server.restart();
    let start = Instant::now();
    let fresh = loop {
        match block_on(one.token_for_tests(None)) {
            Ok(token) => break token.as_str().to_owned(),
            Err(_) => assert!(start.elapsed() < Duration::from_secs(3)),
        }
    };
    // What was let through without the store is not let through again with it.
    for token in [&a, &used] {
        assert!(closed(&one, token).is_err());
        assert!(redeem(&one, token, open).is_err());
    }
    assert!(!redeem(&one, &fresh, open).unwrap().is_degraded());
}

#[test]
fn a_store_that_comes_back_with_its_marks_takes_nothing_that_was_taken_here() {
    let server = Server::start(&[]);
    let store = Arc::new(RedisStore::connect(&server.url()).unwrap());
    let one = node_with(store, key(1), LIMITS);
    let open = Redemption::new().on_store_failure(StoreFailure::Degraded);
    let [a, b] = [token(&one), token(&one)];
    server.cli(&["CLIENT", "PAUSE", "700", "ALL"]);
    assert!(
        redeem(&one, &a, open.idempotency_key("order 1"))
            .unwrap()
            .is_degraded()
    );
    let start = Instant::now();
    let proof = loop {
        match redeem(&one, &b, Redemption::new()) {
            Ok(proof) => break proof,
            Err(ErrorKind::Unavailable) => assert!(start.elapsed() < Duration::from_secs(5)),
            Err(other) => panic!("{other:?}"),
        }
    };
    assert!(!proof.is_degraded());
    assert_eq!(redeem(&one, &a, open).unwrap_err(), ErrorKind::Spent);
    assert_eq!(closed(&one, &a), Err(ErrorKind::Spent));
    let again = redeem(&one, &a, open.idempotency_key("order 1")).unwrap();
    assert!(again.is_repeat() && !again.is_degraded());
}

#[test]
fn whoever_asks_again_for_the_same_order_gets_the_same_verdict_at_any_process() {
    let server = Server::start(&[]);
    for nodes in [[node(&server), node(&server)], {
        let alone = node_with(Arc::new(MemoryStore::new().unwrap()), key(1), LIMITS);
        [alone.clone(), alone]
    }] {
        let token = token(&nodes[0]);
        let order = Redemption::new().idempotency_key("order 17");
        let first = redeem(&nodes[0], &token, order).unwrap();
        assert!(!first.is_repeat());
        for node in &nodes {
            let again = redeem(node, &token, order).unwrap();
            assert!(again.is_repeat());
            assert_eq!(again.solved_at_unix_millis(), first.solved_at_unix_millis());
            let other = Redemption::new().idempotency_key("order 18");
            assert_eq!(redeem(node, &token, other).unwrap_err(), ErrorKind::Spent);
            assert_eq!(closed(node, &token), Err(ErrorKind::Spent));
        }
    }
    // Of many at once under one name, one is the first.
    let node = node(&server);
    let token = token(&node);
    let order = Redemption::new().idempotency_key("order 19");
    let firsts: usize = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..50)
            .map(|_| {
                scope.spawn(|| usize::from(!redeem(&node, &token, order).unwrap().is_repeat()))
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).sum()
    });
    assert_eq!(firsts, 1);
}

#[test]
fn an_idempotency_key_lies_nowhere_in_the_store() {
    let server = Server::start(&[]);
    let node = node(&server);
    let token = token(&node);
    redeem(
        &node,
        &token,
        Redemption::new().idempotency_key("anna.smith@example.org"),
    )
    .unwrap();
    let keys = server.cli(&["KEYS", "*"]);
    let stored: String = (keys.lines())
        .map(|key| format!("{key} {}", server.cli(&["GET", key])))
        .collect();
    assert!(stored.contains(":mark:"));
    assert!(
        !stored.contains("anna") && !stored.contains("616e6e61"),
        "{stored}"
    );
}
