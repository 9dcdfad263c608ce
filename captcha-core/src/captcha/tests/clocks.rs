//! Processes whose clocks are apart, over one store that has a clock of its own.

use super::*;
use crate::{
    privacy::registry::CLOCK_TOLERANCE,
    store::{Id, StoreFuture},
};

/// A store that keeps marks for so much less than it is told.
struct Short(MemoryStore, Duration);

impl Store for Short {
    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        self.0.spend(id, ttl - self.1)
    }
    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.0.hit(key, window)
    }
    fn generation(&self) -> StoreFuture<'_, u64> {
        self.0.generation()
    }
}

/// How many tokens are taken twice: issued, redeemed and tried again by processes whose clocks are off by so many
/// seconds, at every hour of a token's life.
fn taken_twice(short: Duration) -> usize {
    const OFF: [i64; 3] = [-14, 0, 15];
    let clocks = OFF.map(|_| HandClock::at(START));
    let real = HandClock::at(START);
    let store = MemoryStore::assemble(100_000, 1, Arc::new(real.clone()));
    let store: Arc<dyn Store> = Arc::new(Short(store, short));
    let node = |clock: &HandClock| {
        let engine = engine(clock).store(Arc::clone(&store));
        engine.kinds([Kind::Work]).build().unwrap()
    };
    let nodes = clocks.each_ref().map(node);
    let set = |now: i64| {
        real.set(now as u64);
        for (clock, off) in clocks.iter().zip(OFF) {
            clock.set((now + 1_000 * off) as u64);
        }
    };
    let mut twice = 0;
    let mut now = START as i64;
    for issuer in &nodes {
        for redeemer in &nodes {
            for wait in [0, 250, 280, 295, 310] {
                now += 1_000_000;
                set(now);
                let token = block_on(issuer.token_for_tests(None)).unwrap();
                let mut taken = 0;
                for second in (wait..wait + 400).step_by(3) {
                    set(now + 1_000 * second);
                    let first = (second == wait).then_some(redeemer);
                    for node in first.into_iter().chain(&nodes) {
                        taken += usize::from(block_on(node.redeem(token.as_str(), None)).is_ok());
                    }
                }
                twice += usize::from(taken > 1);
            }
        }
    }
    twice
}

#[test]
fn clocks_that_are_apart_take_nothing_twice() {
    assert_eq!(taken_twice(Duration::ZERO), 0);
    // The control: marks that end when the token does by one of the clocks.
    assert!(taken_twice(CLOCK_TOLERANCE) > 0);
}
