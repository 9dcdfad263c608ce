//! What a host's log says of trouble that lasts: that it began and that it ended, and not once for every call or try.
//! One test, since the log is the process's.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test: a panic is a failure"
)]

use std::{
    sync::{Arc, Mutex},
    thread::sleep,
    time::{Duration, Instant},
};

use captcha_core::{
    Captcha, KeyRing, Kind, RedisStore, SecretKey, Store,
    testing::{block_on, privacy},
};
use contract::{canary::log, own_redis::Outage};

/// How many lines with these words came since the last look.
fn lines(words: &str) -> usize {
    let log = String::from_utf8(log::take()).unwrap();
    log.lines().filter(|line| line.contains(words)).count()
}

fn within(limit: Duration, what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < limit, "{what}");
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn trouble_is_told_when_it_begins_and_when_it_ends() {
    log::keep();
    an_outage_of_redis();
    a_source_of_keys_that_fails();
}

fn an_outage_of_redis() {
    let mut server = Outage::start();
    let store = RedisStore::connect(&server.url()).unwrap();
    let works = || block_on(store.spend(&[1; 16], Duration::from_secs(9))).is_ok();
    assert!(works());
    assert_eq!(lines("Redis answers again"), 0, "it was not away");
    for _ in 0..2 {
        server.begin();
        // Several pauses, and a try after each of them.
        let away = Instant::now();
        within(Duration::from_secs(9), "time goes on", || {
            assert!(!works());
            away.elapsed() > Duration::from_millis(900)
        });
        assert_eq!(lines("no connection to Redis"), 1);
        server.end();
        within(Duration::from_secs(9), "it comes back", works);
        assert_eq!(lines("Redis answers again"), 1);
    }
}

fn a_source_of_keys_that_fails() {
    let ring = || KeyRing::new(SecretKey::generate().unwrap());
    let current = Arc::new(Mutex::new(Some(ring())));
    let source = Arc::clone(&current);
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let ask = move || {
        *count.lock().unwrap() += 1;
        let ring = source.lock().unwrap().clone();
        ring.map_or_else(|| KeyRing::from_file("no such file"), Ok)
    };
    let _captcha = Captcha::builder()
        .keys_from(Duration::ZERO, ask)
        .privacy(privacy())
        .kinds([Kind::Work])
        .build()
        .unwrap();
    let times = |more: usize| {
        let before = *asked.lock().unwrap();
        within(Duration::from_secs(30), "it is asked again", || {
            *asked.lock().unwrap() >= before + more
        });
        // What comes of it is logged by then.
        sleep(Duration::from_millis(200));
    };
    for _ in 0..2 {
        *current.lock().unwrap() = None;
        times(3);
        assert_eq!(lines("the keys were not rotated"), 1);
        *current.lock().unwrap() = Some(ring());
        times(1);
    }
}
