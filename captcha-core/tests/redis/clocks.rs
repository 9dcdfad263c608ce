//! Processes whose clocks are not the server's, by which marks end.

use std::{
    sync::Arc,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use captcha_core::{
    Captcha, ErrorKind, Limits, Store,
    store::{Id, StoreFuture},
    testing::{HandClock, block_on},
};

use super::{
    node::{builder, closed, issue, key, recovery, redis, token, void},
    server::Server,
};

fn real() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_millis() as i64
}

/// A process that is so many seconds ahead.
fn ahead(store: Arc<dyn Store>, seconds: i64) -> (Captcha, HandClock) {
    let clock = HandClock::at((real() + 1_000 * seconds) as u64);
    let node = builder(store, key(1), Limits::UNLIMITED).clock(Arc::new(clock.clone()));
    (node.build().unwrap(), clock)
}

/// The control: as `RedisStore`, and does not tell the time.
struct Timeless(Arc<dyn Store>);

impl Store for Timeless {
    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        self.0.spend(id, ttl)
    }
    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.0.hit(key, window)
    }
    fn generation(&self) -> StoreFuture<'_, u64> {
        self.0.generation()
    }
}

/// As time does: marks go by the server's clock.
fn all_marks_end(server: &Server) {
    let keys = server.cli(&["KEYS", "*:mark:*"]);
    assert_ne!(keys.lines().count(), 0);
    for key in keys.lines() {
        server.cli(&["DEL", key]);
    }
}

#[test]
fn a_process_that_was_held_still_takes_nothing_whose_mark_has_ended() {
    let server = Server::start(&[]);
    let (node, _) = ahead(redis(&server), 0);
    let used = token(&node);
    assert_eq!(closed(&node, &used), Ok(()));
    all_marks_end(&server);
    let (timeless, _) = ahead(Arc::new(Timeless(redis(&server))), -340);
    let (late, clock) = ahead(redis(&server), -340);
    assert_eq!(closed(&late, &used), Err(ErrorKind::Unavailable));
    assert_eq!(
        issue(&late).map_err(|error| error.kind()),
        Err(ErrorKind::Unavailable)
    );
    // Seen from there it was issued in the future; a minute later the control takes it.
    assert_eq!(closed(&timeless, &used), Err(ErrorKind::Expired));
    let (timeless, _) = ahead(Arc::new(Timeless(redis(&server))), -20);
    assert_eq!(closed(&timeless, &used), Ok(()), "the control");
    // Set right, it goes on, and what was issued before is void: marks may have ended early.
    let before = token(&node);
    clock.set(real() as u64);
    let after = token(&late);
    assert_eq!(closed(&late, &before), Err(ErrorKind::Expired));
    assert_eq!(closed(&late, &after), Ok(()));
}

#[test]
fn a_process_whose_time_was_wrong_for_a_while_goes_on_without_a_restart() {
    let server = Server::start(&[]);
    let (other, _) = ahead(redis(&server), 0);
    for seconds in [17, 3_600, 86_400] {
        let (node, clock) = ahead(redis(&server), 0);
        let (used, unused) = (token(&node), token(&node));
        assert_eq!(closed(&node, &used), Ok(()));
        clock.set((real() + 1_000 * seconds) as u64);
        let refused = || issue(&node).map_err(|error| error.kind());
        assert_eq!(refused(), Err(ErrorKind::Unavailable), "{seconds}");
        // Still wrong, however often it is asked.
        assert_eq!(refused(), Err(ErrorKind::Unavailable), "{seconds}");
        clock.set(real() as u64);
        let (fresh, took) = recovery(|| issue(&node));
        assert!(took < Duration::from_secs(3), "{seconds}: {took:?}");
        // Here and elsewhere: what was issued before is void, and what is issued now is good once.
        for node in [&node, &other] {
            for token in [&used, &unused] {
                void(node, token, &seconds.to_string());
            }
        }
        assert_eq!(closed(&node, &fresh), Ok(()), "{seconds}");
        assert_eq!(closed(&other, &fresh), Err(ErrorKind::Spent), "{seconds}");
    }
}

#[test]
fn clocks_may_be_a_little_apart() {
    let server = Server::start(&[]);
    for seconds in [-13, -5, 0, 5, 13] {
        let (node, _) = ahead(redis(&server), seconds);
        let token = token(&node);
        assert_eq!(closed(&node, &token), Ok(()), "{seconds}");
        assert_eq!(closed(&node, &token), Err(ErrorKind::Spent), "{seconds}");
    }
    for seconds in [-3_600, -17, 17, 3_600, 86_400] {
        let (node, _) = ahead(redis(&server), seconds);
        let refused = issue(&node).map_err(|error| error.kind());
        assert_eq!(refused, Err(ErrorKind::Unavailable), "{seconds}");
    }
}

#[test]
fn a_mark_tells_the_time_as_well() {
    let server = Server::start(&[]);
    let store = redis(&server);
    let now = real() as u64;
    assert!(store.clock_gap(now) < Duration::from_secs(3));
    assert!(store.clock_gap(now + 100_000) > Duration::from_secs(95));
    assert!(block_on(store.spend(&[1; 16], Duration::from_secs(60))).unwrap());
    assert!(store.clock_gap(real() as u64) < Duration::from_secs(3));
}

/// Also from what was heard a while ago.
#[test]
fn the_distance_from_the_servers_clock_is_told_for_any_moment() {
    let server = Server::start(&[]);
    let store = redis(&server);
    for _ in 0..5 {
        block_on(store.generation()).unwrap();
        // Longer than what is known of the fence is good for, so that it is asked for again: within each second at
        // another moment.
        thread::sleep(Duration::from_millis(730));
        let gap = store.clock_gap(real() as u64);
        assert!(gap < Duration::from_millis(400), "{gap:?}");
    }
    let ahead = store.clock_gap(real() as u64 + 60_000);
    assert!(ahead.as_secs().abs_diff(60) <= 1, "{ahead:?}");
}
