//! Several processes over one Redis: what they count together, and what the notice says of it.

use std::{sync::Arc, time::Instant};

use captcha_core::{Captcha, Limits, MemoryStore, testing::block_on};

use super::{
    node::{self, LIMITS, closed, key, node, node_with, redis, token},
    server::Server,
};

/// The status of a call of somebody at this address.
fn call(captcha: &Captcha, path: &str, body: &str, peer: &str) -> (u16, serde_json::Value) {
    let json = [("content-type", "application/json")];
    let response = node::call(captcha, ("POST", path), &json, body, Some(peer));
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
    assert!(!names_a_peer(&keys), "{keys}");
    // The control: each way in which a key could have named one of the visitors above.
    for named in ["v:192.0.2.1", "v:c0000202", "v:C0000203", "v:wAACAQ"] {
        assert!(names_a_peer(&format!("{keys}\n{named}")), "{named}");
    }
}

/// Whether an address of the test's three visitors is in these keys: written out, in hexadecimal
/// or in base64. Looked for as a whole: a pseudonym is random, and holds any three digits by chance.
fn names_a_peer(keys: &str) -> bool {
    let lower = keys.to_ascii_lowercase();
    (1..=3).any(|last| {
        lower.contains(&format!("192.0.2.{last}")) || lower.contains(&format!("c00002{last:02x}"))
    }) || ["wAACAQ", "wAACAg", "wAACAw"]
        .iter()
        .any(|written| keys.contains(written))
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

/// How often the server was asked this from outside its scripts.
fn asked(server: &Server, command: &str) -> usize {
    let stats = server.cli(&["INFO", "commandstats"]);
    let prefix = format!("cmdstat_{command}:calls=");
    let line = stats.lines().find_map(|line| line.strip_prefix(&prefix));
    let calls = line.and_then(|rest| rest.split(',').next());
    calls.map_or(0, |calls| calls.parse().unwrap())
}

#[test]
fn a_redemption_is_one_round_trip_and_a_look_at_the_fence_every_so_often() {
    let server = Server::start(&[]);
    let node = node_with(redis(&server), key(1), Limits::UNLIMITED);
    let tokens: Vec<_> = (0..200).map(|_| token(&node)).collect();
    let before = [asked(&server, "evalsha"), asked(&server, "info")];
    let began = Instant::now();
    for token in &tokens {
        assert_eq!(closed(&node, token), Ok(()));
    }
    let looks = 2 + began.elapsed().as_millis() as usize / 400;
    let after = [asked(&server, "evalsha"), asked(&server, "info")];
    assert_eq!(after[0] - before[0], tokens.len());
    // Our own questions are among them.
    let looked = after[1] - before[1] - 2;
    assert!(looked <= looks, "{looked} looks, {looks} expected");
}

#[test]
fn who_asks_for_the_generation_again_is_told_what_was_found_a_moment_ago() {
    let server = Server::start(&[]);
    let store = redis(&server);
    let before = asked(&server, "info");
    for _ in 0..200 {
        block_on(store.generation()).unwrap();
    }
    let looks = asked(&server, "info") - before;
    // Every 400 ms; a busy machine may take a second or two for all of them. The test itself asks as well.
    assert!(looks < 20, "{looks}");
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
        let json = [("accept", "application/json")];
        let told = node::call(captcha, ("GET", "/privacy"), &json, "", None);
        String::from_utf8(told.body.into()).unwrap()
    };
    let alone = node_with(Arc::new(MemoryStore::new().unwrap()), key(1), LIMITS);
    assert!(notice(&alone).contains("in memory alone. A new one"));
    let shared = notice(&node(&server));
    assert!(shared.contains("in the store that they share"));
    assert!(!shared.contains("in memory alone. A new one"));
}
