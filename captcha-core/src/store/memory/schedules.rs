//! A model check of what a memory store promises to threads: many orders of their steps, at random
//! and by PCT, which finds every fault that hangs on few of them with a known chance. Each
//! run tries the same ones.
//!
//! `RUSTFLAGS="--cfg shuttle" cargo test -p captcha-core --features testing --lib schedules`

use std::panic::{AssertUnwindSafe, catch_unwind};

use shuttle::{
    Config, FailurePersistence, Runner,
    scheduler::{PctScheduler, RandomScheduler},
    thread,
};

use super::*;

const SCHEDULES: usize = 10_000;
/// How many steps have to fall just so for PCT to look for it.
const DEPTH: usize = 3;
const SEED: u64 = 7;

const LIFE: Duration = Duration::from_secs(10);
/// The first millisecond at which a mark of time 0 has ended.
const END: u64 = 10_000;

#[derive(Clone, Default)]
struct Hand(Arc<AtomicU64>);

impl Clock for Hand {
    fn unix_millis(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Hand {
    fn set(&self, now: u64) {
        self.0.store(now, Ordering::SeqCst);
    }
}

fn store(max: usize) -> (Arc<MemoryStore>, Hand) {
    let hand = Hand::default();
    let store = MemoryStore::assemble(max, 1, Arc::new(hand.clone()));
    (Arc::new(store), hand)
}

fn id(n: u8) -> Id {
    [n; super::super::ID_BYTES]
}

/// Two numbers from `n` on whose ids are in shards of their own: no lock orders their threads.
fn apart(store: &MemoryStore, n: u8) -> [u8; 2] {
    let shard = |n: u8| store.hasher.hash_one(id(n)) as usize % SHARDS;
    let other = (n..).find(|other| shard(*other) != shard(n));
    [n, other.unwrap()]
}

/// Holds in every schedule that is tried, or panics.
fn check(holds: impl Fn() + Send + Sync + 'static) {
    let holds = Arc::new(holds);
    let again = Arc::clone(&holds);
    let config = || {
        let mut config = Config::new();
        // It says how to repeat a schedule that fails.
        config.failure_persistence = FailurePersistence::Print;
        config
    };
    let random = RandomScheduler::new_from_seed(SEED, SCHEDULES);
    Runner::new(random, config()).run(move || holds());
    let pct = PctScheduler::new_from_seed(SEED, DEPTH, SCHEDULES);
    Runner::new(pct, config()).run(move || again());
}

/// What each of the threads saw, in their order.
fn all<T: Send + 'static>(threads: Vec<Box<dyn FnOnce() -> T + Send>>) -> Vec<T> {
    let running: Vec<_> = threads.into_iter().map(thread::spawn).collect();
    (running.into_iter())
        .map(|thread| thread.join().unwrap())
        .collect()
}

/// One thread a caller, all of which spend the same id.
fn spend<S: Send + Sync + 'static>(
    store: &Arc<S>,
    callers: &[Option<u8>],
    how: fn(&S, Option<&Id>) -> Spending,
) -> Vec<Spending> {
    let spender = |caller: &Option<u8>| -> Box<dyn FnOnce() -> Spending + Send> {
        let (store, caller) = (Arc::clone(store), caller.map(id));
        Box::new(move || how(&store, caller.as_ref()))
    };
    all(callers.iter().map(spender).collect())
}

fn mark(store: &MemoryStore, caller: Option<&Id>) -> Spending {
    store.mark_for(&id(1), caller, LIFE).unwrap()
}

fn firsts(seen: &[Spending]) -> usize {
    seen.iter().filter(|one| **one == Spending::First).count()
}

/// The counter is what is held, and that is within the limit.
fn is_whole(store: &MemoryStore) {
    let held: usize = (store.shards.iter())
        .map(|shard| shard.lock().unwrap().marks.len())
        .sum();
    assert_eq!(store.marks.load(Ordering::SeqCst), held);
    assert!(held <= store.max_marks);
}

#[test]
fn of_three_threads_with_one_id_one_is_first() {
    check(|| {
        let (store, _) = store(10);
        let seen = spend(&store, &[None; 3], mark);
        assert_eq!(firsts(&seen), 1);
        assert!(!seen.contains(&Spending::Again), "{seen:?}");
        is_whole(&store);
    });
}

#[test]
fn of_three_threads_with_one_name_one_is_first_and_the_others_are_told_again() {
    check(|| {
        let (store, _) = store(10);
        let seen = spend(&store, &[Some(7); 3], mark);
        assert_eq!(firsts(&seen), 1);
        assert!(!seen.contains(&Spending::Late), "{seen:?}");
        is_whole(&store);
    });
}

#[test]
fn only_who_has_the_name_of_the_first_is_told_again() {
    check(|| {
        let (store, _) = store(10);
        let callers = [Some(7), Some(7), Some(8)];
        let seen = spend(&store, &callers, mark);
        assert_eq!(firsts(&seen), 1);
        let first = seen.iter().position(|one| *one == Spending::First).unwrap();
        for (n, one) in seen.iter().enumerate().filter(|(n, _)| *n != first) {
            let same = callers[n] == callers[first];
            assert_eq!(*one == Spending::Again, same, "{seen:?}");
        }
    });
}

#[test]
fn a_mark_is_spent_again_once_when_it_has_ended_and_never_before() {
    check(|| {
        let (store, hand) = store(10);
        assert_eq!(mark(&store, Some(&id(7))), Spending::First);
        let spender = |caller: Option<u8>| -> Box<dyn FnOnce() -> bool + Send> {
            let (store, hand) = (Arc::clone(&store), hand.clone());
            Box::new(move || {
                let first = mark(&store, caller.map(id).as_ref()) == Spending::First;
                assert!(!first || hand.unix_millis() >= END, "before its end");
                first
            })
        };
        let (swept, hand) = (Arc::clone(&store), hand.clone());
        let sweeper = Box::new(move || {
            hand.set(END);
            swept.sweep_all();
            false
        });
        let seen = all(vec![spender(None), spender(Some(8)), sweeper]);
        let after = mark(&store, None) == Spending::First;
        let firsts = seen.into_iter().chain([after]).filter(|first| *first);
        assert_eq!(firsts.count(), 1);
        is_whole(&store);
    });
}

#[test]
fn a_full_store_forgets_no_mark_that_lives_whatever_is_swept() {
    check(|| {
        let (store, hand) = store(2);
        assert!(store.mark(&id(1), 6 * LIFE).unwrap());
        assert!(store.mark(&id(2), LIFE).unwrap());
        let spender = |n: u8| -> Box<dyn FnOnce() -> bool + Send> {
            let (store, hand) = (Arc::clone(&store), hand.clone());
            Box::new(move || {
                hand.set(END);
                store.mark(&id(n), LIFE).is_ok_and(|first| first)
            })
        };
        let [one, other] = apart(&store, 3);
        let seen = all(vec![spender(1), spender(one), spender(other)]);
        assert!(!seen[0], "it lives");
        assert!(!(seen[1] && seen[2]), "there was room for one");
        for (n, first) in [(1, true), (one, seen[1]), (other, seen[2])] {
            assert!(!first || !store.mark(&id(n), LIFE).unwrap(), "{n} is gone");
        }
        is_whole(&store);
    });
}

#[test]
fn hits_of_three_threads_are_counted_one_by_one() {
    check(|| {
        let (store, _) = store(10);
        let hit = |_| -> Box<dyn FnOnce() -> u64 + Send> {
            let store = Arc::clone(&store);
            Box::new(move || store.tally(&id(1), LIFE).unwrap())
        };
        let mut seen = all((0..3).map(hit).collect());
        seen.sort_unstable();
        assert_eq!(seen, [1, 2, 3]);
        assert_eq!(store.tallied(&id(1)).unwrap(), 3);
    });
}

/// The control: a store that looks and then writes.
#[derive(Default)]
struct Careless(Mutex<HashMap<Id, Option<Id>>>);

impl Careless {
    fn mark(&self, caller: Option<&Id>) -> Spending {
        let known = self.0.lock().unwrap().get(&id(1)).copied();
        match known {
            None => {
                self.0.lock().unwrap().insert(id(1), caller.copied());
                Spending::First
            }
            Some(by) if by.is_some() && by.as_ref() == caller => Spending::Again,
            Some(_) => Spending::Late,
        }
    }
}

#[test]
fn a_store_that_looks_and_then_writes_is_caught() {
    let caught = catch_unwind(AssertUnwindSafe(|| {
        check(|| {
            let store = Arc::new(Careless::default());
            assert_eq!(firsts(&spend(&store, &[None; 3], Careless::mark)), 1);
        });
    }));
    assert!(caught.is_err());
}
