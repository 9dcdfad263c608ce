//! Several servers as one store: what holds for one of them holds for all, and so does what one of them loses.

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use captcha_core::{
    Captcha, ErrorKind, Limits, RedisStore, ShardedStore, Store,
    testing::{self, block_on},
};

use super::{
    node::{closed, key, node_with, recovery, settled, token},
    server::Server,
};

fn over(servers: &[Server]) -> Arc<dyn Store> {
    let shards = servers.iter().map(|server| {
        let store = RedisStore::builder(&server.url()).deadline(Duration::from_secs(2));
        Arc::new(store.connect().unwrap())
    });
    Arc::new(ShardedStore::new(shards).unwrap())
}

fn engine(servers: &[Server]) -> Captcha {
    node_with(over(servers), key(1), Limits::UNLIMITED)
}

fn three() -> Vec<Server> {
    (0..3).map(|_| Server::start(&[])).collect()
}

#[test]
fn three_servers_keep_to_what_every_store_keeps_to_and_share_the_marks() {
    let servers = three();
    testing::store_contract(&over(&servers), 64).unwrap();
    let nodes = [engine(&servers), engine(&servers)];
    for _ in 0..60 {
        let token = token(&nodes[0]);
        assert_eq!(closed(&nodes[1], &token), Ok(()));
        assert_eq!(closed(&nodes[0], &token), Err(ErrorKind::Spent));
    }
    for server in &servers {
        let marks = server.cli(&["KEYS", "*:mark:*"]);
        assert!(marks.lines().count() > 5, "{marks}");
    }
}

#[test]
fn what_one_of_them_loses_is_void_at_all_and_none_is_done_without() {
    let mut servers = three();
    let nodes = [engine(&servers), engine(&servers)];
    for (lost, server) in servers.iter_mut().enumerate() {
        let (used, unused) = (token(&nodes[0]), token(&nodes[0]));
        assert_eq!(closed(&nodes[0], &used), Ok(()));
        server.stop();
        // Whichever has its mark: without one of them, nobody knows for longer than a moment what is in force.
        thread::sleep(Duration::from_millis(600));
        assert_eq!(closed(&nodes[1], &unused), Err(ErrorKind::Unavailable));
        server.forget();
        server.restart();
        for node in &nodes {
            for token in [&used, &unused] {
                let refused = settled(node, token).0;
                let kinds = [Err(ErrorKind::Expired), Err(ErrorKind::Spent)];
                assert!(kinds.contains(&refused), "{lost}: {refused:?}");
            }
        }
        let fresh = recovery(|| block_on(nodes[0].token_for_tests(None))).0;
        assert_eq!(settled(&nodes[1], fresh.as_str()).0, Ok(()));
    }
}

#[test]
fn a_server_that_is_away_is_asked_again_after_growing_pauses_and_not_by_every_call() {
    let mut server = Server::start(&[]);
    let store = RedisStore::connect(&server.url()).unwrap();
    block_on(store.generation()).unwrap();
    server.stop();
    // In its place, somebody who hangs up, and counts who came.
    let came = AtomicU32::new(0);
    let ends = AtomicBool::new(false);
    let listener = TcpListener::bind(("127.0.0.1", server.port())).unwrap();
    let calls = thread::scope(|scope| {
        scope.spawn(|| {
            for _ in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                came.fetch_add(1, Ordering::SeqCst);
            }
        });
        let (start, mut calls) = (Instant::now(), 0);
        while start.elapsed() < Duration::from_secs(4) {
            calls += u32::from(block_on(store.generation()).is_err());
            thread::sleep(Duration::from_millis(2));
        }
        ends.store(true, Ordering::SeqCst);
        drop(std::net::TcpStream::connect(("127.0.0.1", server.port())));
        calls
    });
    let came = came.into_inner();
    println!("{calls} calls, {came} connections");
    // 50, 100, 200, 400, 800 ms and then a second, each times 0.5 to 1.5.
    assert!((3..=16).contains(&came), "{came} connections");
    assert!(calls > 10 * came, "{calls} calls");
    drop(listener);
    server.restart();
    let (_, took) = recovery(|| block_on(store.generation()));
    assert!(took < Duration::from_secs(3), "{took:?}");
}
