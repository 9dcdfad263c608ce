//! Several servers as one store: what holds for one of them holds for all, and so does what one of them loses.

use std::{sync::Arc, thread, time::Duration};

use captcha_core::{
    Captcha, ErrorKind, Limits, RedisStore, ShardedStore, Store,
    testing::{self, block_on},
};

use super::{
    node::{closed, key, node_with, recovery, settled, token, void},
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
                void(node, token, &format!("shard {lost}"));
            }
        }
        let fresh = recovery(|| block_on(nodes[0].token_for_tests(None))).0;
        assert_eq!(settled(&nodes[1], fresh.as_str()).0, Ok(()));
    }
}
