//! Revocations that meet idle processes, each other, and a store that was restored from before.

use std::{
    sync::Arc,
    task::{Context, Waker},
    thread::sleep,
    time::{Duration, Instant},
};

use captcha_core::{Captcha, ErrorKind, Kind, Limits, RedisStore, testing::block_on};

use super::{
    lossy::{Line, Mode},
    node::{Same, call, closed, key, node, node_with, redis},
    server::Server,
};

/// Until every process has looked at the fence again.
const LOOK: Duration = Duration::from_millis(600);

/// A token; whoever asks while the keys or the connection change is told to solve once more, and does.
fn token(captcha: &Captcha) -> String {
    let start = Instant::now();
    loop {
        match block_on(captcha.token_for_tests(None)) {
            Ok(token) => return token.as_str().to_owned(),
            Err(error) if start.elapsed() > Duration::from_secs(5) => panic!("{error:?}"),
            Err(_) => sleep(Duration::from_millis(50)),
        }
    }
}

/// Whoever stole the secret, and read the generation off a token.
fn thief(server: &Server) -> Captcha {
    let generation = block_on(redis(server).generation()).unwrap();
    node_with(Arc::new(Same(generation)), key(1), Limits::UNLIMITED)
}

#[test]
fn the_first_call_at_a_process_that_slept_through_a_revocation_is_no_way_in() {
    let server = Server::start(&[]);
    let idle: Vec<_> = (0..3).map(|_| node(&server)).collect();
    let node = node(&server);
    for idle in &idle {
        assert_eq!(closed(idle, &token(idle)), Ok(()));
    }
    block_on(node.revoke_all()).unwrap();
    sleep(LOOK);
    let thief = thief(&server);
    assert_eq!(closed(&idle[0], &token(&thief)), Err(ErrorKind::Malformed));
    let forged = block_on(thief.issue(Some(Kind::Work), None))
        .unwrap()
        .challenge;
    let solved = block_on(thief.solve(&forged)).unwrap();
    let answered = block_on(idle[1].answer(&forged, &solved.answer, solved.work));
    assert_eq!(answered.unwrap_err().kind(), ErrorKind::Malformed);
    assert!(block_on(idle[2].solve(&forged)).is_err());
    // They go on with the others.
    for idle in &idle {
        assert_eq!(closed(idle, &token(&node)), Ok(()));
    }
    // The control: the thief's tokens are good where nobody revoked.
    assert_eq!(closed(&thief, &token(&thief)), Ok(()));
}

/// Cookies that outlast restarts are read without the store.
#[test]
fn no_cookie_that_outlasts_restarts_is_a_way_in_at_a_process_that_slept_through_a_revocation() {
    let server = Server::start(&[]);
    let (node, idle) = (node(&server), node(&server));
    let data = "/privacy/data";
    let json = [("content-type", "application/json")];
    let dark = r#"{"theme":"dark"}"#;
    let set = call(&thief(&server), ("PATCH", data), &json, dark, None);
    let cookie = set.headers.iter().find_map(|(name, value)| {
        let pair = value.split_once(';')?.0;
        (*name == "set-cookie" && !pair.ends_with('=')).then(|| pair.to_owned())
    });
    let cookie = cookie.expect("a cookie with the selection");
    let knows = || {
        let told = call(&idle, ("GET", data), &[("cookie", &cookie)], "", None);
        String::from_utf8(told.body.into()).unwrap()
    };
    // The control: before the revocation it says what was selected.
    assert!(knows().contains("dark"), "{}", knows());
    sleep(LOOK);
    block_on(node.revoke_all()).unwrap();
    sleep(LOOK);
    assert!(!knows().contains("dark"));
}

#[test]
fn revocations_at_once_end_with_one_set_of_keys() {
    let server = Server::start(&[]);
    let nodes: Vec<_> = (0..3).map(|_| node(&server)).collect();
    for round in 0..10 {
        std::thread::scope(|scope| {
            for node in &nodes {
                scope.spawn(|| block_on(node.revoke_all()).unwrap());
            }
        });
        // Nothing is asked meanwhile: what stands in the store has to be right already.
        sleep(LOOK);
        for by in &nodes {
            for at in &nodes {
                assert_eq!(closed(at, &token(by)), Ok(()), "round {round}");
            }
        }
    }
}

#[test]
fn of_revocations_at_once_the_later_stands_where_the_earlier_is_written_last() {
    let server = Server::start(&[]);
    let line = Line::to(server.port());
    let late = RedisStore::builder(&line.url()).deadline(Duration::from_secs(2));
    let late = node_with(Arc::new(late.connect().unwrap()), key(1), Limits::default());
    let quick = node(&server);
    line.set(Mode::Late);
    std::thread::scope(|scope| {
        scope.spawn(|| block_on(late.revoke_all()).unwrap());
        sleep(Duration::from_millis(100));
        block_on(quick.revoke_all()).unwrap();
    });
    line.set(Mode::Works);
    sleep(LOOK);
    for (by, at) in [(&late, &quick), (&quick, &late)] {
        assert_eq!(closed(at, &token(by)), Ok(()));
    }
}

/// Whoever asks for it goes away while the store is asked.
#[test]
fn a_revocation_that_is_dropped_on_the_way_is_finished_by_the_next_call() {
    let server = Server::start(&[]);
    let (node, other) = (node(&server), node(&server));
    let [before, still] = [0; 2].map(|_| token(&other));
    server.hold(|| {
        let mut revoking = Box::pin(node.revoke_all());
        let mut context = Context::from_waker(Waker::noop());
        assert!(revoking.as_mut().poll(&mut context).is_pending());
    });
    sleep(LOOK);
    // The control: nobody has told it.
    assert_eq!(closed(&other, &before), Ok(()));
    let after = token(&node);
    sleep(LOOK);
    let refused = closed(&other, &still);
    assert!(
        matches!(refused, Err(ErrorKind::Expired | ErrorKind::Malformed)),
        "{refused:?}"
    );
    assert_eq!(closed(&other, &after), Ok(()));
}

#[test]
fn a_store_that_is_restored_from_before_undoes_no_revocation() {
    let mut server = Server::start(&[]);
    let nodes = [node(&server), node(&server)];
    block_on(nodes[0].revoke_all()).unwrap();
    sleep(LOOK);
    let first = token(&nodes[1]);
    server.cli(&["SAVE"]);
    block_on(nodes[1].revoke_all()).unwrap();
    sleep(LOOK);
    assert!(closed(&nodes[0], &first).is_err());
    server.restart();
    // Whoever looks first puts the later one back.
    for node in &nodes {
        token(node);
    }
    sleep(LOOK);
    let started = node(&server);
    for (by, at) in [
        (&nodes[0], &nodes[1]),
        (&started, &nodes[0]),
        (&nodes[1], &started),
    ] {
        let _ = closed(at, &token(by));
        assert_eq!(closed(at, &token(by)), Ok(()));
    }
    assert!(closed(&nodes[0], &first).is_err());
    assert_eq!(
        closed(&started, &token(&thief(&server))),
        Err(ErrorKind::Malformed)
    );
}

#[test]
fn a_master_that_was_a_replica_in_between_is_another_run() {
    let server = Server::start(&[]);
    let other = Server::start(&[]);
    let node = node(&server);
    let used = token(&node);
    assert_eq!(closed(&node, &used), Ok(()));
    let port = other.port().to_string();
    server.cli(&["REPLICAOF", "127.0.0.1", &port]);
    let start = Instant::now();
    while !server
        .cli(&["INFO", "replication"])
        .contains("master_link_status:up")
    {
        assert!(start.elapsed() < Duration::from_secs(20));
        sleep(Duration::from_millis(50));
    }
    server.cli(&["REPLICAOF", "NO", "ONE"]);
    server.cli(&["CLIENT", "KILL", "TYPE", "normal"]);
    sleep(LOOK);
    // What it was told as a replica took everything away, the marks among it.
    let again = (0..50).find_map(|_| match closed(&node, &used) {
        Err(ErrorKind::Unavailable) => {
            sleep(Duration::from_millis(50));
            None
        }
        settled => Some(settled),
    });
    assert_eq!(again, Some(Err(ErrorKind::Expired)));
}

#[test]
fn a_revocation_is_everybodys_and_outlives_whoever_made_it() {
    let server = Server::start(&[]);
    let (node_a, node_b) = (node(&server), node(&server));
    let old = [token(&node_a), token(&node_b)];
    // Whoever stole the secret has no way to the store's contents, but learns its generation.
    let generation = block_on(redis(&server).generation()).unwrap();
    block_on(node_a.revoke_all()).unwrap();
    sleep(Duration::from_millis(500));
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
    let thieving = thief(&server);
    for at in [&node_a, &node_b, &node_c] {
        assert_eq!(closed(at, &token(&thieving)), Err(ErrorKind::Malformed));
    }
    // An emptied Redis does not bring the secret back while one of them runs.
    server.cli(&["FLUSHALL"]);
    sleep(Duration::from_millis(500));
    let fresh = token(&node_b);
    sleep(Duration::from_millis(500));
    let node_d = node(&server);
    for at in [&node_a, &node_c, &node_d] {
        assert_eq!(closed(at, &token(&node_b)), Ok(()));
        assert!(matches!(
            closed(at, &fresh),
            Ok(()) | Err(ErrorKind::Spent | ErrorKind::Expired)
        ));
    }
    let thieving = thief(&server);
    for at in [&node_a, &node_b, &node_c, &node_d] {
        assert_eq!(closed(at, &token(&thieving)), Err(ErrorKind::Malformed));
    }
}

#[test]
fn of_thousands_of_tokens_none_outlives_a_revocation_by_a_second_at_any_of_three() {
    let server = Server::start(&[]);
    let nodes = [0; 3].map(|_| node_with(redis(&server), key(1), Limits::UNLIMITED));
    let number = match std::env::var_os("CAPTCHA_LONG") {
        Some(_) => 100_000,
        None => 10_000,
    };
    let tokens: Vec<Vec<String>> = std::thread::scope(|scope| {
        let issuing: Vec<_> = (nodes.iter())
            .map(|node| scope.spawn(|| (0..number / 3).map(|_| token(node)).collect()))
            .collect();
        issuing
            .into_iter()
            .map(|issuing| issuing.join().unwrap())
            .collect()
    });
    for (at, tokens) in tokens.iter().enumerate() {
        assert_eq!(
            closed(&nodes[(at + 1) % 3], &tokens[0]),
            Ok(()),
            "the control"
        );
    }
    block_on(nodes[0].revoke_all()).unwrap();
    sleep(Duration::from_secs(1));
    let passed: usize = std::thread::scope(|scope| {
        let asking: Vec<_> = (nodes.iter().enumerate())
            .map(|(at, node)| {
                let tokens = &tokens[(at + 2) % 3];
                scope.spawn(move || {
                    let passes = |token: &&String| closed(node, token).is_ok();
                    tokens.iter().filter(passes).count()
                })
            })
            .collect();
        asking
            .into_iter()
            .map(|asking| asking.join().unwrap())
            .sum()
    });
    assert_eq!(passed, 0);
}
