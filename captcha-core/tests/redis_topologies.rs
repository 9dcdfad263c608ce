//! The Redis store over TLS, behind Sentinels, in a cluster, and over a line that loses answers.
#![cfg(all(unix, feature = "redis-tls", feature = "testing"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]

#[path = "redis/cluster.rs"]
mod cluster;
#[path = "redis/lossy.rs"]
mod lossy;
#[expect(dead_code, reason = "shared with other tests")]
#[path = "redis/server.rs"]
mod server;

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Command,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use captcha_core::{
    Captcha, ErrorKind, RedisStore, SecretKey, Store,
    store::{Id, Link},
    testing::{self, block_on},
};
use server::{Server, free_port};

const LIFE: Duration = Duration::from_secs(60);
const DEADLINE: Duration = Duration::from_secs(2);

fn engine(store: RedisStore) -> Captcha {
    Captcha::builder()
        .key(SecretKey::new("b9YtX2mVq0rL5sZc8nEw1uJd4hGk7pAf3oTi6yRe").unwrap())
        .privacy(testing::privacy())
        .store(Arc::new(store))
        .build()
        .unwrap()
}

fn issue(captcha: &Captcha) -> Result<String, ErrorKind> {
    let token = block_on(captcha.token_for_tests(None));
    token
        .map(|token| token.as_str().to_owned())
        .map_err(|error| error.kind())
}

fn redeem(captcha: &Captcha, token: &str) -> Result<(), ErrorKind> {
    let proof = block_on(captcha.redeem(token, None));
    proof.map(drop).map_err(|error| error.kind())
}

/// Asks until it is settled, at most so long.
fn settled<T>(longest: Duration, ask: impl Fn() -> Result<T, ErrorKind>) -> Result<T, ErrorKind> {
    let start = Instant::now();
    loop {
        match ask() {
            Err(ErrorKind::Unavailable) if start.elapsed() < longest => {
                std::thread::sleep(Duration::from_millis(20));
            }
            other => return other,
        }
    }
}

/// Says what a step of a test did, with how long it took.
fn recovers(captcha: &Captcha, longest: Duration) {
    let start = Instant::now();
    let token = settled(longest, || issue(captcha)).unwrap();
    assert_eq!(settled(longest, || redeem(captcha, &token)), Ok(()));
    assert!(start.elapsed() < longest, "{:?}", start.elapsed());
}

fn openssl(folder: &Path, words: &str) {
    let output = Command::new("openssl")
        .args(words.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("openssl runs: is it installed?");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// An authority, and a certificate of it for `localhost`.
fn certificates(folder: &Path) {
    openssl(
        folder,
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=authority",
    );
    openssl(
        folder,
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout redis.key -out redis.csr -subj /CN=localhost",
    );
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    openssl(
        folder,
        "x509 -req -in redis.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out redis.crt -days 2 -extfile names",
    );
}

#[test]
fn over_tls_the_server_is_verified_and_what_travels_is_encrypted() {
    let tls_port = free_port();
    let server = Server::start_with(|_, folder| {
        certificates(folder);
        let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        let mut words: Vec<String> = [
            "--tls-port",
            &tls_port.to_string(),
            "--tls-cert-file",
            &file("redis.crt"),
        ]
        .map(str::to_owned)
        .to_vec();
        for (word, name) in [
            ("--tls-key-file", "redis.key"),
            ("--tls-ca-cert-file", "ca.crt"),
        ] {
            words.extend([word.to_owned(), file(name)]);
        }
        words.extend(["--tls-auth-clients", "no"].map(str::to_owned));
        words
    });
    let authority = fs::read(server.folder().join("ca.crt")).unwrap();
    let of =
        |host: &str| RedisStore::builder(&format!("rediss://{host}:{tls_port}")).deadline(DEADLINE);
    let store = of("localhost")
        .root_certificates(authority.clone())
        .connect()
        .unwrap();
    assert_eq!(store.link(), Link::Encrypted);
    let store: Arc<dyn Store> = Arc::new(store);
    testing::store_contract(&store, 16).unwrap();
    // Whom nobody vouches for, and whose certificate is for another name, is not talked to.
    for stranger in [
        of("localhost"),
        of("127.0.0.1").root_certificates(authority),
    ] {
        let error = stranger.connect().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error:?}");
        assert!(error.to_string().contains("certificate"), "{error}");
    }
    let error = of("localhost")
        .root_certificates("no PEM")
        .connect()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error:?}");
}

#[test]
fn a_failover_that_lost_the_last_write_lets_nothing_in_twice() {
    let mut master = Server::start(&[]);
    let replica = Server::start(&["--replicaof", "127.0.0.1", &master.port().to_string()]);
    let sentinel = Server::start_with(|port, folder| {
        let file = folder.join("sentinel.conf");
        let settings = format!(
            "port {port}\nsentinel monitor captcha-master 127.0.0.1 {} 1\n\
             sentinel down-after-milliseconds captcha-master 300\n\
             sentinel failover-timeout captcha-master 2000\n",
            master.port()
        );
        fs::write(&file, settings).unwrap();
        vec![file.to_str().unwrap().to_owned(), "--sentinel".to_owned()]
    });
    let store = || {
        // One that is down comes first.
        RedisStore::builder("redis://127.0.0.1:1")
            .or_at(&sentinel.url())
            .sentinel("captcha-master")
            .connect()
    };
    let wrong = RedisStore::builder(&sentinel.url())
        .sentinel("nobody")
        .connect()
        .unwrap_err();
    assert!(wrong.to_string().contains("sentinel monitor"), "{wrong}");
    let nodes = [engine(store().unwrap()), engine(store().unwrap())];
    let [used, unused] = [issue(&nodes[0]).unwrap(), issue(&nodes[0]).unwrap()];
    let knows = || sentinel.cli(&["SENTINEL", "REPLICAS", "captcha-master"]);
    wait_for(
        || knows().contains(&replica.port().to_string()),
        "the Sentinel knows the replica",
    );
    wait_for(
        || {
            replica
                .cli(&["INFO", "replication"])
                .contains("master_link_status:up")
        },
        "replication",
    );

    // The replica does not get to hear of what is spent now.
    let pid = replica.pid();
    signal("STOP", &pid);
    assert_eq!(redeem(&nodes[1], &used), Ok(()));
    assert_eq!(redeem(&nodes[0], &used), Err(ErrorKind::Spent));
    master.stop();
    signal("CONT", &pid);
    wait_for(
        || replica.cli(&["ROLE"]).starts_with("master"),
        "the Sentinel promotes the replica",
    );
    for token in [&used, &unused] {
        for node in &nodes {
            let again = settled(Duration::from_secs(3), || redeem(node, token));
            assert!(
                matches!(again, Err(ErrorKind::Expired | ErrorKind::Spent)),
                "{again:?}"
            );
        }
    }
    recovers(&nodes[0], Duration::from_secs(3));
}

#[test]
fn in_a_cluster_it_finds_the_node_of_its_keys_and_follows_it() {
    let mut cluster = cluster::start();
    // Any node is as good as any other to begin with.
    for url in cluster.urls() {
        let store = RedisStore::builder(&url)
            .deadline(DEADLINE)
            .connect()
            .unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        testing::store_contract(&store, 16).unwrap();
    }
    // Each prefix has a slot of its own, and all its keys are there.
    for prefix in ["one", "two", "three", "four"] {
        let store = RedisStore::builder(&cluster.urls()[0])
            .prefix(prefix)
            .deadline(DEADLINE);
        let store = store.connect().unwrap();
        let id: Id = [7; 16];
        assert!(block_on(store.spend(&id, LIFE)).unwrap());
        block_on(store.count(3, "issued", LIFE)).unwrap();
        block_on(store.forget_counts()).unwrap();
        block_on(store.keep(&id, b"sealed", LIFE)).unwrap();
        assert_eq!(block_on(store.kept()).unwrap().len(), 1);
    }
    let node = engine(RedisStore::builder(&cluster.urls()[0]).connect().unwrap());
    let used = issue(&node).unwrap();
    assert_eq!(redeem(&node, &used), Ok(()));
    cluster.stop_owner_of("{captcha}:fence");
    let again = settled(Duration::from_secs(15), || redeem(&node, &used));
    assert!(
        matches!(again, Err(ErrorKind::Expired | ErrorKind::Spent)),
        "{again:?}"
    );
    recovers(&node, Duration::from_secs(3));
}

/// A way to a server that answers `CLUSTER KEYSLOT` as Valkey 9 does, which is in no cluster either.
fn knows_slots(server: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // These threads end with the connections, or with the test.
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
            let (mut to, mut from) = (server.try_clone().unwrap(), server);
            let (mut asks, mut hears) = (client.try_clone().unwrap(), client);
            thread::spawn(move || std::io::copy(&mut from, &mut hears));
            thread::spawn(move || {
                let mut bytes = [0; 4_096];
                while let Ok(read @ 1..) = asks.read(&mut bytes) {
                    if bytes[..read].windows(7).any(|word| word == b"KEYSLOT") {
                        asks.write_all(b":16287\r\n").unwrap();
                    } else {
                        to.write_all(&bytes[..read]).unwrap();
                    }
                }
            });
        }
    });
    port
}

/// Found with Valkey 9.1.2.
#[test]
fn a_server_alone_may_know_the_slots_of_keys() {
    let server = Server::start(&[]);
    let port = knows_slots(server.port());
    let node = engine(RedisStore::connect(&format!("redis://127.0.0.1:{port}")).unwrap());
    let token = issue(&node).unwrap();
    assert_eq!(redeem(&node, &token), Ok(()));
    assert_eq!(redeem(&node, &token), Err(ErrorKind::Spent));
}

#[test]
fn an_answer_that_is_lost_on_the_way_is_asked_for_again_and_is_still_the_first() {
    let server = Server::start(&[]);
    let line = lossy::Line::to(server.port());
    let store = RedisStore::builder(&line.url())
        .deadline(DEADLINE)
        .connect()
        .unwrap();
    let caller: Id = [8; 16];
    for round in 0..20u8 {
        let id = [round; 16];
        line.set(lossy::Mode::Loses);
        let first = block_on(store.spend(&id, LIFE));
        assert!(first.unwrap(), "round {round}: the mark is its own");
        assert!(!block_on(store.spend(&id, LIFE)).unwrap());
        let id = [100 + round; 16];
        line.set(lossy::Mode::Loses);
        let first = block_on(store.spend_for(&id, &caller, LIFE)).unwrap();
        assert_eq!(first, captcha_core::store::Spending::First);
    }
    assert_eq!(line.lost(), 40, "each time an answer was lost");
}

fn signal(name: &str, pid: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), pid])
        .status();
    assert!(sent.unwrap().success());
}

fn wait_for(is_so: impl Fn() -> bool, what: &str) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(20), "not yet: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
