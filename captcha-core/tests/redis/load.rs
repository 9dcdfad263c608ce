//! More than five hundred redemptions a second at two nodes, most of them of tokens that were used.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use captcha_core::{Captcha, Limits, RedisStore, Store, testing::block_on};

use super::node::{Unfenced, issue, key, node_with};

const WORKERS: usize = 6;
/// Of each worker, and five redemptions in it.
const TURN: Duration = Duration::from_millis(50);

pub(crate) enum Fence {
    There,
    /// The control.
    Missing,
}

/// What came of a load.
#[derive(Debug)]
#[expect(dead_code, reason = "all of it is printed")]
pub(crate) struct Report {
    pub(crate) taken_twice: usize,
    pub(crate) redeemed: usize,
    pub(crate) unavailable: usize,
    /// Redemptions that were tried, a second.
    pub(crate) a_second: f64,
    /// The longest that a call took.
    pub(crate) slowest: Duration,
    /// From the end of the last fault until a fresh token was issued and redeemed.
    pub(crate) recovery: Duration,
}

#[derive(Default)]
struct Seen {
    /// How often each token was taken.
    taken: HashMap<String, usize>,
    tried: usize,
    unavailable: usize,
    slowest: Duration,
}

pub(crate) struct Load {
    began: Instant,
    nodes: Arc<[Captcha; 2]>,
    ends: Arc<AtomicBool>,
    seen: Arc<Mutex<Seen>>,
    workers: Vec<JoinHandle<()>>,
}

impl Load {
    pub(crate) fn start(url: &str, fence: Fence) -> Self {
        Self::over(|| RedisStore::connect(url).unwrap(), fence)
    }

    /// Of two nodes, each with a store of its own.
    pub(crate) fn over(store: impl Fn() -> RedisStore, fence: Fence) -> Self {
        let node = || {
            let store = store();
            let store: Arc<dyn Store> = match fence {
                Fence::There => Arc::new(store),
                Fence::Missing => Arc::new(Unfenced(store)),
            };
            node_with(store, key(1), Limits::UNLIMITED)
        };
        let mut load = Self {
            began: Instant::now(),
            nodes: Arc::new([node(), node()]),
            ends: Arc::default(),
            seen: Arc::default(),
            workers: Vec::new(),
        };
        for number in 0..WORKERS {
            let (nodes, ends) = (Arc::clone(&load.nodes), Arc::clone(&load.ends));
            let seen = Arc::clone(&load.seen);
            load.workers
                .push(thread::spawn(move || work(number, &nodes, &ends, &seen)));
        }
        load
    }

    /// Until more was redeemed, and used tokens are there to be tried again.
    pub(crate) fn settle(&self) {
        let start = Instant::now();
        let taken = || self.seen.lock().unwrap().taken.len();
        let before = taken();
        while taken() < before + 40 {
            assert!(start.elapsed() < Duration::from_secs(20));
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The fault is over: how long until a fresh token is issued and redeemed.
    pub(crate) fn recovery(&self) -> Duration {
        let healed = Instant::now();
        loop {
            let redeemed = issue(&self.nodes[0])
                .and_then(|token| block_on(self.nodes[1].redeem(&token, None)).map(drop));
            if redeemed.is_ok() || healed.elapsed() > Duration::from_secs(10) {
                return healed.elapsed();
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The last fault is over.
    pub(crate) fn finish(self) -> Report {
        let recovery = self.recovery();
        // A while longer, in which what was used is tried again.
        thread::sleep(Duration::from_millis(500));
        self.ends.store(true, Ordering::SeqCst);
        for worker in self.workers {
            worker.join().unwrap();
        }
        let mut seen = self.seen.lock().unwrap();
        let a_second = seen.tried as f64 / self.began.elapsed().as_secs_f64();
        // Each once more, at each node, in peace.
        for token in seen.taken.keys().cloned().collect::<Vec<_>>() {
            for node in self.nodes.iter() {
                if block_on(node.redeem(&token, None)).is_ok() {
                    *seen.taken.entry(token.clone()).or_default() += 1;
                }
            }
        }
        Report {
            taken_twice: seen.taken.values().filter(|times| **times > 1).count(),
            redeemed: seen.taken.len(),
            unavailable: seen.unavailable,
            a_second,
            slowest: seen.slowest,
            recovery,
        }
    }
}

fn work(number: usize, nodes: &[Captcha; 2], ends: &AtomicBool, seen: &Mutex<Seen>) {
    let mut used: Vec<String> = Vec::new();
    let mut turn = number;
    while !ends.load(Ordering::SeqCst) {
        let start = Instant::now();
        turn += 1;
        let redeem = |token: &String, node: &Captcha| {
            let taken = timed(seen, || block_on(node.redeem(token, None)).is_ok());
            let mut seen = seen.lock().unwrap();
            seen.tried += 1;
            if taken {
                *seen.taken.entry(token.clone()).or_default() += 1;
            }
        };
        match timed(seen, || issue(&nodes[turn % 2])) {
            Ok(token) => {
                redeem(&token, &nodes[(turn + 1) % 2]);
                redeem(&token, &nodes[turn % 2]);
                used.push(token);
            }
            Err(_) => seen.lock().unwrap().unavailable += 1,
        }
        for back in [1, 3, used.len() / 2] {
            if let Some(at) = used.len().checked_sub(back + 1) {
                redeem(&used[at], &nodes[back % 2]);
            }
        }
        thread::sleep(TURN.saturating_sub(start.elapsed()));
    }
}

fn timed<T>(seen: &Mutex<Seen>, what: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = what();
    let took = start.elapsed();
    let mut seen = seen.lock().unwrap();
    seen.slowest = seen.slowest.max(took);
    done
}
