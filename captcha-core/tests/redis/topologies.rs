//! The Redis store over TLS, in a cluster, and over a line that loses answers.

use std::{fs, path::Path, process::Command, sync::Arc, time::Duration};

use captcha_core::{
    Captcha, ErrorKind, Limits, RedisStore, Store,
    store::{Id, Link},
    testing::{self, block_on},
};

use super::{
    cluster,
    lossy::{Line, Mode},
    node::{closed, key, node_with, recovers, settled, token},
    server::{Server, free_port},
};

const LIFE: Duration = Duration::from_secs(60);
const DEADLINE: Duration = Duration::from_secs(2);

fn engine(store: RedisStore) -> Captcha {
    node_with(Arc::new(store), key(1), Limits::default())
}

#[cfg(feature = "redis-tls")]
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

#[cfg(feature = "redis-tls")]
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

#[cfg(feature = "redis-tls")]
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
    let used = token(&node);
    assert_eq!(closed(&node, &used), Ok(()));
    cluster.stop_owner_of("{captcha}:fence");
    let (again, _) = settled(&node, &used);
    assert!(
        matches!(again, Err(ErrorKind::Expired | ErrorKind::Spent)),
        "{again:?}"
    );
    recovers(&node, Duration::from_secs(3));
}

/// Found with Valkey 9.1.2.
#[test]
fn a_server_alone_may_know_the_slots_of_keys() {
    let server = Server::start(&[]);
    let line = Line::to(server.port());
    line.set(Mode::KnowsSlots);
    let node = engine(RedisStore::connect(&line.url()).unwrap());
    let token = token(&node);
    assert_eq!(closed(&node, &token), Ok(()));
    assert_eq!(closed(&node, &token), Err(ErrorKind::Spent));
}

#[test]
fn an_answer_that_is_lost_on_the_way_is_asked_for_again_and_is_still_the_first() {
    let server = Server::start(&[]);
    let line = Line::to(server.port());
    let store = RedisStore::builder(&line.url())
        .deadline(DEADLINE)
        .connect()
        .unwrap();
    let caller: Id = [8; 16];
    for round in 0..20u8 {
        let id = [round; 16];
        line.set(Mode::Loses);
        let first = block_on(store.spend(&id, LIFE));
        assert!(first.unwrap(), "round {round}: the mark is its own");
        assert!(!block_on(store.spend(&id, LIFE)).unwrap());
        let id = [100 + round; 16];
        line.set(Mode::Loses);
        let first = block_on(store.spend_for(&id, &caller, LIFE)).unwrap();
        assert_eq!(first, captcha_core::store::Spending::First);
    }
    assert_eq!(line.lost(), 40, "each time an answer was lost");
}
