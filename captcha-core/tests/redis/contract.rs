//! What the store keeps and answers, against a real server, and what it says at the start.

use std::{
    sync::{Arc, Barrier},
    time::Duration,
};

use captcha_core::{
    ErrorKind, Limits, RedisStore, Store,
    store::{Id, Link, Precedence, Spending},
    testing::{self, block_on},
};

use super::{
    node::{closed, key, node_with, redis, token},
    server::Server,
};

const LIFE: Duration = Duration::from_secs(60);

#[test]
fn it_keeps_to_what_every_store_keeps_to() {
    let server = Server::start(&[]);
    testing::store_contract(&redis(&server), 64).unwrap();
    assert_eq!(redis(&server).link(), Link::Local);
}

#[test]
fn it_is_reached_by_a_socket_in_the_file_system() {
    let name = format!("captcha-redis-{}.sock", std::process::id());
    let path = std::env::temp_dir().join(name);
    let path = path.to_str().unwrap();
    let _server = Server::start(&["--unixsocket", path]);
    let store = RedisStore::connect(&format!("redis+unix://{path}")).unwrap();
    assert_eq!(store.link(), Link::Local);
    assert!(block_on(store.spend(&[1; 16], LIFE)).unwrap());
}

#[test]
fn of_a_thousand_who_redeem_one_token_by_two_stores_one_is_the_first() {
    let server = Server::start(&[]);
    let nodes = [0; 2].map(|_| node_with(redis(&server), key(1), Limits::UNLIMITED));
    for _ in 0..3 {
        let token = token(&nodes[0]);
        let barrier = Barrier::new(100);
        let first: usize = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..100)
                .map(|racer| {
                    let (nodes, barrier, token) = (&nodes, &barrier, &token);
                    scope.spawn(move || {
                        barrier.wait();
                        let node = &nodes[racer % 2];
                        (0..10).filter(|_| closed(node, token).is_ok()).count()
                    })
                })
                .collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).sum()
        });
        assert_eq!(first, 1);
    }
}

#[test]
fn nothing_is_kept_without_an_end() {
    let server = Server::start(&[]);
    let store = redis(&server);
    let id: Id = [9; 16];
    block_on(store.spend(&id, LIFE)).unwrap();
    block_on(store.hit(&id, LIFE)).unwrap();
    block_on(store.count(20_000, "solved.kind.slide", LIFE)).unwrap();
    block_on(store.keep(&id, b"sealed", LIFE)).unwrap();
    block_on(store.share(&id, b"value", LIFE, Precedence::First)).unwrap();
    block_on(store.renew_generation()).unwrap();
    let keys = server.cli(&["KEYS", "*"]);
    assert_eq!(keys.lines().count(), 8, "{keys}");
    for key in keys.lines() {
        assert!(key.starts_with("{captcha}:"), "{key}");
        let left: i64 = server.cli(&["PTTL", key]).trim().parse().unwrap();
        assert!(left > 0, "{key} has no end");
        // A key is random, and so is what a mark holds: the number of the call that made it.
        if key.contains(":mark:") {
            let mark = server.cli(&["GET", key]);
            let number = mark.trim().strip_prefix(':').unwrap();
            assert!(
                number.len() == 16 && u64::from_str_radix(number, 16).is_ok(),
                "{mark}"
            );
        }
    }
}

#[test]
fn who_asks_again_under_a_name_is_told_so_by_every_process() {
    let server = Server::start(&[]);
    let (one, other) = (redis(&server), redis(&server));
    let [id, caller, stranger]: [Id; 3] = [[1; 16], [2; 16], [3; 16]];
    let spend = |store: &Arc<dyn Store>, by| block_on(store.spend_for(&id, by, LIFE)).unwrap();
    assert_eq!(spend(&one, &caller), Spending::First);
    assert_eq!(spend(&other, &caller), Spending::Again);
    assert_eq!(spend(&other, &stranger), Spending::Late);
    assert!(!block_on(other.spend(&id, LIFE)).unwrap());
    assert!(block_on(one.spend(&[9; 16], LIFE)).unwrap());
    assert_eq!(
        block_on(one.spend_for(&[9; 16], &caller, LIFE)).unwrap(),
        Spending::Late
    );
}

#[test]
fn what_is_shared_is_the_first_that_was_offered_until_it_is_replaced() {
    let server = Server::start(&[]);
    let (one, other) = (redis(&server), redis(&server));
    assert!(one.is_shared());
    let name: Id = [4; 16];
    assert_eq!(block_on(one.shared(&name)).unwrap(), None);
    let share = |store: &Arc<dyn Store>, value: &[u8], precedence| {
        block_on(store.share(&name, value, LIFE, precedence)).unwrap()
    };
    assert_eq!(share(&one, &[0, 255, 10], Precedence::First), [0, 255, 10]);
    assert_eq!(share(&other, b"late", Precedence::First), [0, 255, 10]);
    assert_eq!(share(&other, b"new", Precedence::Last), b"new");
    assert_eq!(block_on(one.shared(&name)).unwrap().unwrap(), b"new");
}

#[test]
fn a_count_is_read_without_counting() {
    let server = Server::start(&[]);
    let (one, other) = (redis(&server), redis(&server));
    let key: Id = [5; 16];
    assert_eq!(block_on(one.hits(&key)).unwrap(), 0);
    block_on(one.hit(&key, LIFE)).unwrap();
    block_on(one.hit(&key, LIFE)).unwrap();
    assert_eq!(block_on(other.hits(&key)).unwrap(), 2);
    assert_eq!(block_on(other.hits(&key)).unwrap(), 2);
}

#[test]
fn counters_and_texts_come_back_and_go() {
    let server = Server::start(&[]);
    let store = redis(&server);
    for (cell, times) in [("issued", 3), ("solved", 1)] {
        (0..times).for_each(|_| block_on(store.count(7, cell, LIFE)).unwrap());
    }
    let mut counts = block_on(store.counts(7)).unwrap();
    counts.sort();
    assert_eq!(counts, [("issued".to_owned(), 3), ("solved".to_owned(), 1)]);
    assert!(block_on(store.counts(8)).unwrap().is_empty());
    block_on(store.forget_counts()).unwrap();
    assert!(block_on(store.counts(7)).unwrap().is_empty());

    let texts = [([1; 16], b"one".to_vec()), ([2; 16], vec![0, 255, 10])];
    for (id, sealed) in &texts {
        block_on(store.keep(id, sealed, LIFE)).unwrap();
    }
    let mut kept = block_on(store.kept()).unwrap();
    kept.sort();
    assert_eq!(kept, texts);
    block_on(store.drop_kept(&[1; 16])).unwrap();
    assert_eq!(block_on(store.kept()).unwrap(), texts[1..]);
}

#[test]
fn texts_over_their_number_make_room_for_others() {
    let server = Server::start(&[]);
    let store = redis(&server);
    for number in 0..1_003u32 {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        let life = LIFE + Duration::from_secs(u64::from(number));
        block_on(store.keep(&id, b"sealed", life)).unwrap();
    }
    let kept = block_on(store.kept()).unwrap();
    assert_eq!(kept.len(), 1_000);
    assert!(
        kept.iter().all(|(id, _)| id[..4] >= [0, 0, 0, 3][..]),
        "the oldest went"
    );
}

#[test]
fn what_is_wrong_at_the_start_is_said_with_what_to_change() {
    let refused = |url: &str| RedisStore::connect(url).unwrap_err();
    let evicting = Server::start(&["--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru"]);
    let guarded = Server::start(&["--requirepass", "secret"]);
    for (url, says) in [
        (evicting.url(), "maxmemory-policy noeviction"),
        (guarded.url(), "user or the password"),
        (
            guarded.url().replace("redis://", "redis://:wrong@"),
            "user or the password",
        ),
        #[cfg(not(feature = "redis-tls"))]
        ("rediss://127.0.0.1:1".to_owned(), "redis-tls"),
        ("rediss://127.0.0.1:1/#insecure".to_owned(), "TLS"),
        ("http://127.0.0.1".to_owned(), "no address"),
    ] {
        let error = refused(&url);
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(
            !format!("{error:?}").contains("wrong@"),
            "the password is not told: {error:?}"
        );
    }
    let error = refused("redis://127.0.0.1:1");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let error = RedisStore::builder("redis://127.0.0.1")
        .prefix("a b")
        .connect();
    assert!(error.unwrap_err().to_string().contains("no prefix"));
    let right = guarded.url().replace("redis://", "redis://:secret@");
    assert!(RedisStore::connect(&right).is_ok());
}

/// The permissions that the documentation names.
fn documented() -> Vec<&'static str> {
    let scaling = include_str!("../../../docs/scaling.md");
    let list = scaling.split("```").find(|block| block.contains("+info"));
    list.expect("a list of permissions")
        .split_whitespace()
        .collect()
}

#[test]
fn a_user_with_the_documented_permissions_does_and_one_with_fewer_is_told_which() {
    let server = Server::start(&[]);
    let all = documented();
    let url = server.url().replace("redis://", "redis://app:secret@");
    let allow = |rules: &[&str]| {
        server.cli(&["ACL", "DELUSER", "app"]);
        // A server that was just started knows no script.
        server.cli(&["SCRIPT", "FLUSH"]);
        let words = ["ACL", "SETUSER", "app", "on", ">secret"];
        let set = server.cli(&[&words, rules].concat());
        assert_eq!(set.trim(), "OK", "{rules:?}");
    };
    allow(&all);
    let store = RedisStore::builder(&url).deadline(Duration::from_secs(2));
    let store: Arc<dyn Store> = Arc::new(store.connect().unwrap());
    testing::store_contract(&store, 16).unwrap();
    assert_eq!(
        server.cli(&["KEYS", "*tried*"]).trim(),
        "",
        "tried, and gone"
    );
    for missing in &all {
        // Asked where the address names a database, and of a cluster.
        if missing.starts_with("+cluster") || *missing == "+select" {
            continue;
        }
        let fewer: Vec<_> = all.iter().copied().filter(|one| one != missing).collect();
        allow(&fewer);
        let error = RedisStore::connect(&url).expect_err(missing);
        assert_eq!(error.kind(), ErrorKind::Configuration, "{missing}: {error}");
        assert!(error.to_string().contains(missing), "{missing}: {error}");
    }
}

#[test]
fn two_prefixes_on_one_server_know_nothing_of_each_other() {
    let server = Server::start(&[]);
    let of = |prefix: &str| {
        RedisStore::builder(&server.url())
            .prefix(prefix)
            .deadline(Duration::from_secs(2))
            .connect()
            .unwrap()
    };
    let (one, two) = (of("one"), of("two"));
    assert!(block_on(one.spend(&[1; 16], LIFE)).unwrap());
    assert!(block_on(two.spend(&[1; 16], LIFE)).unwrap());
    let before = block_on(two.generation()).unwrap();
    block_on(one.renew_generation()).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(block_on(two.generation()).unwrap(), before);
}
