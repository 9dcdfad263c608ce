//! Revocations that meet idle processes, each other, and a store that was restored from before.
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

use std::{sync::Arc, thread::sleep, time::Duration};

use captcha_core::{
    Captcha, ErrorKind, Kind, Limits, RedisStore, SecretKey, Store,
    store::{Id, StoreFuture},
    testing::{self, block_on},
};
use server::Server;

/// Until every process has looked at the fence again.
const LOOK: Duration = Duration::from_millis(600);

fn engine(store: Arc<dyn Store>) -> Captcha {
    Captcha::builder()
        .key(SecretKey::new("b9YtX2mVq0rL5sZc8nEw1uJd4hGk7pAf3oTi6yRe").unwrap())
        .privacy(testing::privacy())
        .kinds([Kind::Work])
        .work_bits(1, 1)
        .limits(Limits::UNLIMITED)
        .store(store)
        .build()
        .unwrap()
}

fn redis(server: &Server) -> Arc<dyn Store> {
    let store = RedisStore::builder(&server.url()).deadline(Duration::from_secs(2));
    Arc::new(store.connect().unwrap())
}

/// A token; whoever asks while the keys or the connection change is told to solve once more, and does.
fn token(captcha: &Captcha) -> String {
    let start = std::time::Instant::now();
    loop {
        match block_on(captcha.token_for_tests(None)) {
            Ok(token) => return token.as_str().to_owned(),
            Err(error) if start.elapsed() > Duration::from_secs(5) => panic!("{error:?}"),
            Err(_) => sleep(Duration::from_millis(50)),
        }
    }
}

fn redeem(captcha: &Captcha, token: &str) -> Result<(), ErrorKind> {
    let proof = block_on(captcha.redeem(token, None));
    proof.map(drop).map_err(|error| error.kind())
}

/// A store of whoever stole the secret, and read the generation off a token.
struct Same(u64);

impl Store for Same {
    fn spend<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, bool> {
        Box::pin(std::future::ready(Ok(true)))
    }
    fn hit<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, u64> {
        Box::pin(std::future::ready(Ok(1)))
    }
    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(std::future::ready(Ok(self.0)))
    }
}

fn thief(server: &Server) -> Captcha {
    engine(Arc::new(Same(
        block_on(redis(server).generation()).unwrap(),
    )))
}

#[test]
fn the_first_call_at_a_process_that_slept_through_a_revocation_is_no_way_in() {
    let server = Server::start(&[]);
    let node = engine(redis(&server));
    let idle: Vec<_> = (0..3).map(|_| engine(redis(&server))).collect();
    for idle in &idle {
        assert_eq!(redeem(idle, &token(idle)), Ok(()));
    }
    block_on(node.revoke_all()).unwrap();
    sleep(LOOK);
    let thief = thief(&server);
    assert_eq!(redeem(&idle[0], &token(&thief)), Err(ErrorKind::Malformed));
    let forged = block_on(thief.issue(Some(Kind::Work), None))
        .unwrap()
        .challenge;
    let solved = block_on(thief.solve(&forged)).unwrap();
    let answered = block_on(idle[1].answer(&forged, &solved.answer, solved.work));
    assert_eq!(answered.unwrap_err().kind(), ErrorKind::Malformed);
    assert!(block_on(idle[2].solve(&forged)).is_err());
    // They go on with the others.
    for idle in &idle {
        assert_eq!(redeem(idle, &token(&node)), Ok(()));
    }
    // The control: the thief's tokens are good where nobody revoked.
    assert_eq!(redeem(&thief, &token(&thief)), Ok(()));
}

#[test]
fn revocations_at_once_end_with_one_set_of_keys() {
    let server = Server::start(&[]);
    let nodes: Vec<_> = (0..3).map(|_| engine(redis(&server))).collect();
    for round in 0..5 {
        std::thread::scope(|scope| {
            for node in &nodes {
                scope.spawn(|| block_on(node.revoke_all()).unwrap());
            }
        });
        sleep(2 * LOOK);
        for by in &nodes {
            for at in &nodes {
                // The first may be of a moment before.
                let _ = redeem(at, &token(by));
                assert_eq!(redeem(at, &token(by)), Ok(()), "round {round}");
            }
        }
    }
}

#[test]
fn a_store_that_is_restored_from_before_undoes_no_revocation() {
    let mut server = Server::start(&[]);
    let nodes = [engine(redis(&server)), engine(redis(&server))];
    block_on(nodes[0].revoke_all()).unwrap();
    sleep(LOOK);
    let first = token(&nodes[1]);
    server.cli(&["SAVE"]);
    block_on(nodes[1].revoke_all()).unwrap();
    sleep(LOOK);
    assert!(redeem(&nodes[0], &first).is_err());
    server.restart();
    // Whoever looks first puts the later one back.
    for node in &nodes {
        token(node);
    }
    sleep(LOOK);
    let started = engine(redis(&server));
    for (by, at) in [
        (&nodes[0], &nodes[1]),
        (&started, &nodes[0]),
        (&nodes[1], &started),
    ] {
        let _ = redeem(at, &token(by));
        assert_eq!(redeem(at, &token(by)), Ok(()));
    }
    assert!(redeem(&nodes[0], &first).is_err());
    assert_eq!(
        redeem(&started, &token(&thief(&server))),
        Err(ErrorKind::Malformed)
    );
}

#[test]
fn a_master_that_was_a_replica_in_between_is_another_run() {
    let server = Server::start(&[]);
    let other = Server::start(&[]);
    let node = engine(redis(&server));
    let used = token(&node);
    assert_eq!(redeem(&node, &used), Ok(()));
    let port = other.port().to_string();
    server.cli(&["REPLICAOF", "127.0.0.1", &port]);
    let start = std::time::Instant::now();
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
    let again = (0..50).find_map(|_| match redeem(&node, &used) {
        Err(ErrorKind::Unavailable) => {
            sleep(Duration::from_millis(50));
            None
        }
        settled => Some(settled),
    });
    assert_eq!(again, Some(Err(ErrorKind::Expired)));
}
