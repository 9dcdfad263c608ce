//! What a route does while Redis is away, and whoever asks again since an answer was lost.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use captcha_core::{
    ErrorKind, MemoryStore, Redemption, RedisStore, Store, StoreFailure, testing::block_on,
};

use super::{
    node::{LIMITS, closed, key, node, node_with, redeem, token},
    server::Server,
};

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
