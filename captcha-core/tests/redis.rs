//! The Redis store against a real server: started here on a free port, killed, restored, emptied,
//! paused and filled up.
#![cfg(all(unix, feature = "redis", feature = "testing"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what fails here fails the test"
)]

#[expect(dead_code, reason = "shared with other tests")]
#[path = "redis/server.rs"]
mod server;

use std::{
    sync::{Arc, Barrier},
    time::{Duration, Instant},
};

use captcha_core::{
    Captcha, CaptchaError, ErrorKind, RedisStore, SecretKey, Store,
    store::{Id, Link, Precedence, Spending, StoreError, StoreFuture},
    testing::{self, block_on},
};
use server::Server;

const LIFE: Duration = Duration::from_secs(60);

/// With a deadline that a busy machine keeps as well.
fn store(server: &Server) -> Arc<dyn Store> {
    let store = RedisStore::builder(&server.url()).deadline(Duration::from_secs(2));
    Arc::new(store.connect().unwrap())
}

/// With the usual deadline, where that is what is tested.
fn hasty(server: &Server) -> Arc<dyn Store> {
    Arc::new(RedisStore::connect(&server.url()).unwrap())
}

fn engine(store: Arc<dyn Store>) -> Captcha {
    Captcha::builder()
        .key(SecretKey::new("b9YtX2mVq0rL5sZc8nEw1uJd4hGk7pAf3oTi6yRe").unwrap())
        .privacy(testing::privacy())
        .store(store)
        .build()
        .unwrap()
}

fn issue(captcha: &Captcha) -> Result<String, CaptchaError> {
    block_on(captcha.token_for_tests(None)).map(|token| token.as_str().to_owned())
}

fn token(captcha: &Captcha) -> String {
    issue(captcha).unwrap()
}

/// What redeeming says: `Ok` once, and a kind of refusal.
fn redeem(captcha: &Captcha, token: &str) -> Result<(), ErrorKind> {
    let proof = block_on(captcha.redeem(token, None));
    proof.map(drop).map_err(|error| error.kind())
}

/// Asks until it is answered, and says how long that took.
fn recovery<T, E: std::fmt::Debug>(ask: impl Fn() -> Result<T, E>) -> (T, Duration) {
    let start = Instant::now();
    loop {
        match ask() {
            Ok(value) => return (value, start.elapsed()),
            Err(error) if start.elapsed() > Duration::from_secs(10) => panic!("{error:?}"),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

#[test]
fn it_keeps_to_what_every_store_keeps_to() {
    let server = Server::start(&[]);
    testing::store_contract(&store(&server), 64).unwrap();
    assert_eq!(store(&server).link(), Link::Local);
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
    let nodes = [engine(store(&server)), engine(store(&server))];
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
                        (0..10).filter(|_| redeem(node, token).is_ok()).count()
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
    let store = store(&server);
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
    let (one, other) = (store(&server), store(&server));
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
    let (one, other) = (store(&server), store(&server));
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
    let (one, other) = (store(&server), store(&server));
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
    let store = store(&server);
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
    let store = store(&server);
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

/// What a server may lose: everything, or what came after its last snapshot.
fn lose(server: &mut Server, how: &str) {
    match how {
        "emptied" => drop(server.cli(&["FLUSHALL"])),
        "restarted from a snapshot" => server.restart(),
        "restarted empty" => {
            server.forget();
            server.restart();
        }
        other => panic!("{other}"),
    }
}

const LOSSES: [&str; 3] = ["emptied", "restarted from a snapshot", "restarted empty"];

#[test]
fn what_a_server_forgot_is_refused_and_not_taken_twice() {
    for how in LOSSES {
        let mut server = Server::start(&[]);
        let node = engine(store(&server));
        let other = engine(store(&server));
        let (used, unused) = (token(&node), token(&node));
        server.cli(&["SAVE"]);
        redeem(&node, &used).unwrap();
        assert_eq!(redeem(&node, &used), Err(ErrorKind::Spent));
        lose(&mut server, how);
        // From the first moment on, and by a process that was not there before as well.
        for node in [
            &node,
            &other,
            &engine(Arc::new(recovery(|| RedisStore::connect(&server.url())).0)),
        ] {
            for token in [&used, &unused] {
                let (refused, took) = recovery(|| match redeem(node, token) {
                    Err(ErrorKind::Unavailable) => Err("not yet"),
                    settled => Ok(settled),
                });
                // Spent, where another process has tried it under the new fence.
                let kinds = [Err(ErrorKind::Expired), Err(ErrorKind::Spent)];
                assert!(kinds.contains(&refused), "{how}: {refused:?}");
                assert!(took < Duration::from_secs(3), "{how}: {took:?}");
            }
        }
        let fresh = token(&other);
        assert_eq!(redeem(&node, &fresh), Ok(()), "{how}");
        assert_eq!(redeem(&other, &fresh), Err(ErrorKind::Spent), "{how}");
    }
}

/// The control: marks in the same Redis, without a fence.
struct Unfenced(RedisStore);

impl Store for Unfenced {
    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        self.0.spend(id, ttl)
    }
    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.0.hit(key, window)
    }
    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(std::future::ready(Ok(1)))
    }
}

#[test]
fn without_a_fence_it_would_be_taken_twice() {
    for how in LOSSES {
        let mut server = Server::start(&[]);
        let node = engine(Arc::new(Unfenced(
            RedisStore::connect(&server.url()).unwrap(),
        )));
        let used = token(&node);
        server.cli(&["SAVE"]);
        redeem(&node, &used).unwrap();
        lose(&mut server, how);
        let (again, _) = recovery(|| match redeem(&node, &used) {
            Err(ErrorKind::Unavailable) => Err("not yet"),
            settled => Ok(settled),
        });
        assert_eq!(again, Ok(()), "{how}");
    }
}

#[test]
fn killed_ten_times_under_load_it_takes_nothing_twice() {
    let rounds = if std::env::var_os("CAPTCHA_LONG").is_some() {
        100
    } else {
        10
    };
    let mut server = Server::start(&["--appendonly", "yes"]);
    let nodes = [engine(hasty(&server)), engine(hasty(&server))];
    for round in 0..rounds {
        let tokens: Vec<String> = (0..60).map(|_| recovery(|| issue(&nodes[0])).0).collect();
        let (taken, slowest) = std::thread::scope(|scope| {
            let load: Vec<_> = (0..4)
                .map(|worker| {
                    let (nodes, tokens) = (&nodes, &tokens);
                    scope.spawn(move || {
                        let mut slowest = Duration::ZERO;
                        let mut taken = vec![0; tokens.len()];
                        for pass in 0..4 {
                            for (token, taken) in tokens.iter().zip(&mut taken) {
                                let start = Instant::now();
                                *taken +=
                                    usize::from(redeem(&nodes[(worker + pass) % 2], token).is_ok());
                                slowest = slowest.max(start.elapsed());
                            }
                        }
                        (taken, slowest)
                    })
                })
                .collect();
            std::thread::sleep(Duration::from_millis(5));
            server.restart();
            let mut sums = vec![0; tokens.len()];
            let mut slowest = Duration::ZERO;
            for worker in load {
                let (taken, slow) = worker.join().unwrap();
                sums.iter_mut()
                    .zip(taken)
                    .for_each(|(sum, taken)| *sum += taken);
                slowest = slowest.max(slow);
            }
            (sums, slowest)
        });
        assert!(
            taken.iter().all(|times| *times <= 1),
            "round {round}: {taken:?}"
        );
        assert!(
            slowest < Duration::from_secs(2),
            "round {round}: {slowest:?}"
        );
        let (_, took) = recovery(|| redeem(&nodes[1], &recovery(|| issue(&nodes[0])).0));
        assert!(took < Duration::from_secs(3), "round {round}: {took:?}");
    }
}

#[test]
fn revoking_holds_for_every_process_within_a_second() {
    let server = Server::start(&[]);
    let (node, other) = (engine(store(&server)), engine(store(&server)));
    let before = token(&other);
    block_on(node.revoke_all()).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(redeem(&other, &before), Err(ErrorKind::Expired));
    let after = token(&other);
    assert_eq!(redeem(&other, &after), Ok(()));
}

#[test]
fn a_server_that_hangs_is_an_answer_in_time_and_then_forgotten() {
    let server = Server::start(&[]);
    let store = hasty(&server);
    server.cli(&["CLIENT", "PAUSE", "1500", "ALL"]);
    let start = Instant::now();
    assert!(block_on(store.spend(&[1; 16], LIFE)).is_err());
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
    let (_, took) = recovery(|| block_on(store.spend(&[2; 16], LIFE)));
    assert!(took < Duration::from_secs(4), "{took:?}");
}

#[test]
fn a_full_server_refuses_and_forgets_nothing() {
    let server = Server::start(&["--maxmemory", "3mb", "--maxmemory-policy", "noeviction"]);
    let store = store(&server);
    let full = (0..200_000u32).find(|number| {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        match block_on(store.spend(&id, LIFE)) {
            Ok(first) => {
                assert!(first);
                false
            }
            Err(StoreError::Full) => true,
            Err(error) => panic!("{error:?}"),
        }
    });
    assert!(full.is_some_and(|number| number > 1_000), "{full:?}");
    assert!(
        !block_on(store.spend(&[0; 16], LIFE)).unwrap_or(false),
        "still spent"
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

#[test]
fn two_prefixes_on_one_server_know_nothing_of_each_other() {
    let server = Server::start(&[]);
    let of = |prefix: &str| {
        RedisStore::builder(&server.url())
            .prefix(prefix)
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
