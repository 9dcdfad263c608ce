//! What a server may lose, and a server that hangs, is full or is killed: what was taken is not taken again.

use std::{
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use captcha_core::{
    Captcha, ErrorKind, Limits, RedisStore, Store,
    store::{Precedence, StoreError},
    testing::block_on,
};

use super::{
    node::{Unfenced, closed, key, node_with, recovery, redis, settled, token, void, wait_for},
    server::Server,
};

const LIFE: Duration = Duration::from_secs(60);

/// With the usual deadline, where that is what is tested.
fn hasty(server: &Server) -> Arc<dyn Store> {
    Arc::new(RedisStore::connect(&server.url()).unwrap())
}

fn engine(store: Arc<dyn Store>) -> Captcha {
    node_with(store, key(1), Limits::UNLIMITED)
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
        let node = engine(redis(&server));
        let other = engine(redis(&server));
        let (used, unused) = (token(&node), token(&node));
        server.cli(&["SAVE"]);
        closed(&node, &used).unwrap();
        assert_eq!(closed(&node, &used), Err(ErrorKind::Spent));
        lose(&mut server, how);
        // From the first moment on, and by a process that was not there before as well.
        for node in [
            &node,
            &other,
            &engine(Arc::new(recovery(|| RedisStore::connect(&server.url())).0)),
        ] {
            for token in [&used, &unused] {
                let took = void(node, token, how);
                assert!(took < Duration::from_secs(3), "{how}: {took:?}");
            }
        }
        let fresh = token(&other);
        assert_eq!(closed(&node, &fresh), Ok(()), "{how}");
        assert_eq!(closed(&other, &fresh), Err(ErrorKind::Spent), "{how}");
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
        closed(&node, &used).unwrap();
        lose(&mut server, how);
        assert_eq!(settled(&node, &used).0, Ok(()), "{how}");
    }
}

#[test]
fn a_server_that_hangs_is_an_answer_in_time_and_then_forgotten() {
    let server = Server::start(&[]);
    let store = hasty(&server);
    server.cli(&["CLIENT", "PAUSE", "1500", "ALL"]);
    let start = Instant::now();
    assert!(block_on(store.spend(&[1; 16], LIFE)).is_err());
    // 250 ms, unless told otherwise.
    let took = start.elapsed();
    assert!((240..1_000).contains(&took.as_millis()), "{took:?}");
    let (_, took) = recovery(|| block_on(store.spend(&[2; 16], LIFE)));
    assert!(took < Duration::from_secs(4), "{took:?}");
}

#[test]
fn whoever_comes_after_the_server_closed_an_idle_connection_is_served() {
    let server = Server::start(&["--timeout", "1"]);
    type Call = fn(&dyn Store) -> Result<(), StoreError>;
    let calls: [(&str, Call); 7] = [
        ("spend", |store| {
            block_on(store.spend(&[1; 16], LIFE)).map(drop)
        }),
        ("generation", |store| block_on(store.generation()).map(drop)),
        ("hit", |store| block_on(store.hit(&[2; 16], LIFE)).map(drop)),
        ("hits", |store| block_on(store.hits(&[2; 16])).map(drop)),
        ("share", |store| {
            block_on(store.share(&[3; 16], b"", LIFE, Precedence::First)).map(drop)
        }),
        ("shared", |store| block_on(store.shared(&[3; 16])).map(drop)),
        ("counts", |store| block_on(store.counts(1)).map(drop)),
    ];
    let stores: Vec<_> = calls.iter().map(|_| redis(&server)).collect();
    let node = engine(redis(&server));
    let token = token(&node);
    wait_for(
        || server.cli(&["CLIENT", "LIST"]).lines().count() == 1,
        "the server closes what nobody uses",
    );
    for ((name, call), store) in calls.iter().zip(&stores) {
        assert!(call(&**store).is_ok(), "{name}");
    }
    assert_eq!(closed(&node, &token), Ok(()));
}

#[test]
fn a_full_server_refuses_and_forgets_nothing() {
    let server = Server::start(&["--maxmemory", "3mb", "--maxmemory-policy", "noeviction"]);
    let store = redis(&server);
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
fn revoking_holds_for_every_process_within_a_second() {
    let server = Server::start(&[]);
    let (node, other) = (engine(redis(&server)), engine(redis(&server)));
    let before = token(&other);
    block_on(node.revoke_all()).unwrap();
    thread::sleep(Duration::from_millis(500));
    assert_eq!(closed(&other, &before), Err(ErrorKind::Expired));
    let after = token(&other);
    assert_eq!(closed(&other, &after), Ok(()));
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
        drop(TcpStream::connect(("127.0.0.1", server.port())));
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

/// A connection that an error came over is a good one: asking again, or over another one, only adds to what a server that
/// is full already has to do.
#[test]
fn a_server_that_is_full_is_asked_once() {
    let server = Server::start(&[]);
    let store = redis(&server);
    assert!(block_on(store.spend(&[1; 16], LIFE)).unwrap());
    let failed = || {
        let stats = server.cli(&["INFO", "commandstats"]);
        let line = stats
            .lines()
            .find(|line| line.starts_with("cmdstat_evalsha:"));
        let (_, failed) = line.unwrap().split_once("failed_calls=").unwrap();
        let (_, rejected) = line.unwrap().split_once("rejected_calls=").unwrap();
        let rejected = rejected.split(',').next().unwrap();
        failed.trim().parse::<u32>().unwrap() + rejected.parse::<u32>().unwrap()
    };
    let before = failed();
    server.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    let full = block_on(store.spend(&[2; 16], LIFE));
    assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
    assert_eq!(failed() - before, 1);
}
