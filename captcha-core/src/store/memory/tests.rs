mod moments;
mod sweeps;

use super::*;

#[derive(Clone, Default)]
struct Hand(Arc<AtomicU64>);
impl Clock for Hand {
    fn unix_millis(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

fn store(max: usize) -> (MemoryStore, Hand) {
    let hand = Hand::default();
    let store = MemoryStore::assemble(max, 1, Arc::new(hand.clone()));
    (store, hand)
}

fn id(n: u32) -> Id {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&n.to_be_bytes());
    id
}

const LIFE: Duration = Duration::from_secs(10);

#[test]
fn a_full_store_refuses_and_forgets_nothing() {
    let (store, hand) = store(1_000);
    for n in 0..1_000 {
        assert!(store.mark(&id(n), LIFE).unwrap());
    }
    assert!(matches!(
        store.mark(&id(5_000), LIFE),
        Err(StoreError::Full)
    ));
    for n in 0..1_000 {
        assert!(!store.mark(&id(n), LIFE).unwrap(), "mark {n} is remembered");
    }
    hand.0.store(10_001, Ordering::Relaxed);
    for n in 0..1_000 {
        assert!(
            store.mark(&id(n + 10_000), LIFE).unwrap(),
            "expired marks make room"
        );
    }
}

#[test]
fn expired_marks_give_their_memory_back() {
    let (store, hand) = store(usize::MAX);
    for round in 0..50u32 {
        for n in 0..20_000 {
            assert!(store.mark(&id(round * 20_000 + n), LIFE).unwrap());
        }
        hand.0.fetch_add(10_001, Ordering::Relaxed);
    }
    let held: usize = (store.shards.iter())
        .map(|shard| shard.lock().unwrap().marks.len())
        .sum();
    assert_eq!(held, store.marks.load(Ordering::Relaxed));
    assert!(held < 200_000, "{held} marks for 20,000 alive");
}

#[test]
fn after_the_longest_life_nothing_is_left_of_what_came_before() {
    let (store, hand) = store(usize::MAX);
    let all = || -> usize {
        (store.shards.iter())
            .map(|shard| shard.lock().unwrap())
            .map(|shard| shard.marks.len() + shard.counts.len())
            .sum()
    };
    for n in 0..20_000 {
        store.mark(&id(n), LIFE).unwrap();
        store.tally(&id(n), LIFE).unwrap();
    }
    store.add(1, "solved.kind.work", LIFE).unwrap();
    store.add_text(&id(1), b"sealed", LIFE);
    assert!(all() >= 40_000);
    hand.0.fetch_add(SWEEP_PAUSE_MILLIS, Ordering::Relaxed);
    // Some traffic, which is all that is left afterwards.
    for n in 0..1_000 {
        store.tally(&id(50_000 + n), LIFE).unwrap();
    }
    assert_eq!(all(), 1_000);
    assert!(store.days().is_empty() && store.texts().kept.is_empty());
}

#[test]
fn a_text_too_many_replaces_one_that_would_end_first_and_that_is_said_once() {
    let (store, hand) = store(10);
    let texts = MAX_TEXTS as u32;
    assert!(!store.add_text(&id(9), b"oldest", LIFE));
    hand.0.fetch_add(1, Ordering::Relaxed);
    for n in 0..texts - 1 {
        assert!(!store.add_text(&id(10 + n), b"sealed", LIFE));
    }
    let kept = |n| store.texts().kept.contains_key(&id(n));
    assert!(kept(9));
    for n in 0..3 {
        let news = store.add_text(&id(texts + 100 + n), b"new", 2 * LIFE);
        assert_eq!(news, n == 0);
    }
    assert!(!kept(9) && (0..3).all(|n| kept(texts + 100 + n)));
    assert_eq!(store.texts().kept.len(), MAX_TEXTS);
    hand.0.fetch_add(10_001, Ordering::Relaxed);
    assert!(!store.add_text(&id(1), b"later", LIFE));
    assert_eq!(store.texts().kept.len(), 4);
    for n in 0..texts {
        let news = store.add_text(&id(10_000 + n), b"again", LIFE);
        assert_eq!(
            news,
            n == texts - 4,
            "what filled up once more is said once more"
        );
    }
}

#[test]
fn a_mark_takes_at_most_64_bytes() {
    let (store, _) = store(usize::MAX);
    let marks = 300_000;
    for n in 0..marks {
        store.mark(&id(n), LIFE).unwrap();
    }
    // A hash table keeps 8/7 of its capacity in slots, each a key, a value and a control byte.
    let slot = size_of::<(Id, u64)>() + 1;
    let bytes: usize = (store.shards.iter())
        .map(|shard| shard.lock().unwrap().marks.capacity() * 8 / 7 * slot)
        .sum();
    assert!(
        bytes <= 64 * marks as usize,
        "{} bytes a mark",
        bytes / marks as usize
    );
}

#[test]
fn a_name_takes_at_most_76_bytes_and_its_room_is_given_back() {
    let (store, hand) = store(usize::MAX);
    let room = || -> usize {
        let slot = size_of::<(Id, Id)>() + 1;
        let shards = store.shards.iter().map(|shard| shard.lock().unwrap());
        shards
            .map(|shard| shard.callers.capacity() * 8 / 7 * slot)
            .sum()
    };
    for marks in [100_000, 150_000, 300_000] {
        for n in 0..marks {
            store.mark_for(&id(n), Some(&id(7)), LIFE).unwrap();
        }
        assert!(room() <= 76 * marks as usize, "{}", room() / marks as usize);
    }
    hand.0.fetch_add(10_001, Ordering::Relaxed);
    assert!(store.sweep_all());
    assert!(room() < 10_000, "{} bytes", room());
}

#[test]
fn counts_start_again_with_their_window_and_are_bounded() {
    let (store, hand) = store(10);
    assert_eq!(store.tally(&id(1), LIFE).unwrap(), 1);
    assert_eq!(store.tally(&id(1), LIFE).unwrap(), 2);
    hand.0.store(10_000, Ordering::Relaxed);
    assert_eq!(store.tally(&id(1), LIFE).unwrap(), 1);
    for n in 0..(SHARDS * MAX_COUNTS_PER_SHARD) as u32 * 2 {
        store.tally(&id(n), LIFE).unwrap();
    }
    for shard in &store.shards {
        assert!(shard.lock().unwrap().counts.len() <= MAX_COUNTS_PER_SHARD + 1);
    }
    let shared = store.tally(&id(u32::MAX), LIFE).unwrap();
    assert!(shared > 1, "newcomers share a count");
    // Or work would not grow with the wrong answers of whoever came too late for a place.
    assert_eq!(store.tallied(&id(u32::MAX)).unwrap(), shared);
}

#[test]
fn who_asks_again_under_a_name_is_told_so_and_nobody_else_is() {
    let (store, hand) = store(10);
    let spend = |n, caller: Option<u32>| {
        let caller = caller.map(id);
        store.mark_for(&id(n), caller.as_ref(), LIFE).unwrap()
    };
    assert_eq!(spend(1, Some(7)), Spending::First);
    assert_eq!(spend(1, Some(7)), Spending::Again);
    assert_eq!(spend(1, Some(8)), Spending::Late);
    assert_eq!(spend(1, None), Spending::Late);
    assert_eq!(
        spend(1, Some(7)),
        Spending::Again,
        "nobody takes the name's place"
    );
    assert_eq!(spend(2, None), Spending::First);
    assert_eq!(spend(2, Some(7)), Spending::Late);
    // A mark that ended takes its name along.
    hand.0.store(10_001, Ordering::Relaxed);
    assert_eq!(spend(1, Some(8)), Spending::First);
    assert_eq!(spend(1, Some(7)), Spending::Late);
    hand.0.store(20_002, Ordering::Relaxed);
    assert!(store.sweep_all());
    let named = |shard: &Mutex<Shard>| shard.lock().unwrap().callers.len();
    assert_eq!(store.shards.iter().map(named).sum::<usize>(), 0);
}

#[test]
fn a_count_is_read_without_counting() {
    let (store, hand) = store(10);
    assert_eq!(store.tallied(&id(1)).unwrap(), 0);
    store.tally(&id(1), LIFE).unwrap();
    store.tally(&id(1), LIFE).unwrap();
    assert_eq!(
        (
            store.tallied(&id(1)).unwrap(),
            store.tallied(&id(1)).unwrap()
        ),
        (2, 2)
    );
    hand.0.store(10_000, Ordering::Relaxed);
    assert_eq!(store.tallied(&id(1)).unwrap(), 0);
}
