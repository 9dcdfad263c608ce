//! When what has ended is dropped, and the memory that goes with it.

use super::*;

/// Marks that are held, ended or not.
fn held(store: &MemoryStore) -> usize {
    (store.shards.iter())
        .map(|shard| shard.lock().unwrap().marks.len())
        .sum()
}

fn mark(store: &MemoryStore, ids: std::ops::Range<u32>) {
    for n in ids {
        assert!(store.mark(&id(n), LIFE).unwrap());
    }
}

#[test]
fn marks_alone_sweep_a_shard_that_grew_or_waited_and_no_other() {
    let few = SHARDS as u32 * 100;
    let (waits, hand) = store(usize::MAX);
    mark(&waits, 0..few);
    hand.0.store(SWEEP_PAUSE_MILLIS - 1, Ordering::Relaxed);
    mark(&waits, few..2 * few);
    assert_eq!(held(&waits), 2 * few as usize, "neither grew nor waited");
    hand.0.store(SWEEP_PAUSE_MILLIS, Ordering::Relaxed);
    mark(&waits, 2 * few..3 * few);
    assert_eq!(held(&waits), 2 * few as usize, "those of the pause's end");

    let (grows, hand) = store(usize::MAX);
    mark(&grows, 0..few);
    hand.0.store(10_000, Ordering::Relaxed);
    let many = (SHARDS * SWEEP_EVERY) as u32 * 2;
    mark(&grows, few..few + many);
    assert_eq!(held(&grows), many as usize);
}

#[test]
fn every_shard_is_swept_at_most_once_in_a_while() {
    let (store, hand) = store(10);
    let mut swept = |now| {
        hand.0.store(now, Ordering::Relaxed);
        store.sweep_all()
    };
    let moments = [99, 100, 101, 199, 200, 300].map(&mut swept);
    assert_eq!(moments, [false, true, false, false, true, true]);
}

/// A shard with so many marks, of which so many outlive the sweep that follows.
fn swept(marks: u32, left: u32) -> (Shard, usize) {
    let (store, _) = store(usize::MAX);
    let mut shard = Shard::default();
    for n in 0..marks {
        shard.marks.insert(id(n), u64::from(n < left) * 2);
    }
    let before = shard.marks.capacity();
    store.marks.store(marks as usize, Ordering::Relaxed);
    store.sweep(&mut shard, 1);
    assert_eq!(shard.marks.len(), left as usize);
    assert_eq!(store.marks.load(Ordering::Relaxed), left as usize);
    assert_eq!(shard.swept_at, 1);
    (shard, before)
}

#[test]
fn the_next_sweep_is_due_after_a_quarter_more_or_a_thousand() {
    for (left, more) in [(0, SWEEP_EVERY), (4_000, SWEEP_EVERY), (8_001, 2_000)] {
        let (shard, _) = swept(left + 5, left);
        assert_eq!(shard.sweep_marks_at, left as usize + more);
    }
}

#[test]
fn a_table_gives_memory_back_when_most_of_it_is_empty_and_keeps_room_to_grow() {
    // What was taken out may lower a table's capacity without giving memory back.
    let (small, before) = swept(2_000, 0);
    assert!(
        small.marks.capacity() > before / 2,
        "a thousand are nothing"
    );
    let (large, before) = swept(20_000, 0);
    assert!(large.marks.capacity() < before / 4);
    let (most, before) = swept(20_000, 3_000);
    let after = most.marks.capacity();
    assert!(after < before / 2 && after >= 6_000, "{after} of {before}");
}

/// Keys that share a shard of this store.
fn neighbours(store: &MemoryStore) -> impl Iterator<Item = Id> {
    let shard = |id: &Id| store.hasher.hash_one(id) as usize % SHARDS;
    let first = shard(&[0; 16]);
    (0..).map(id).filter(move |id| shard(id) == first)
}

#[test]
fn a_full_shard_counts_on_and_makes_room_with_what_has_ended() {
    let (store, hand) = store(10);
    let mut keys = neighbours(&store).skip(1);
    let known: Vec<Id> = keys.by_ref().take(MAX_COUNTS_PER_SHARD).collect();
    for key in &known {
        assert_eq!(store.tally(key, LIFE).unwrap(), 1);
    }
    for n in 1..=3 {
        let newcomer = keys.next().unwrap();
        assert_eq!(store.tally(&newcomer, LIFE).unwrap(), n, "they share one");
    }
    assert_eq!(store.tally(&known[0], LIFE).unwrap(), 2, "its own count");
    let held = || store.shard(&known[0]).unwrap().counts.len();
    assert_eq!(held(), MAX_COUNTS_PER_SHARD + 1);
    hand.0.store(9_999, Ordering::Relaxed);
    assert_eq!(store.tally(&keys.next().unwrap(), LIFE).unwrap(), 4);
    // Before the next sweep is due, whoever is known goes on and drops nothing.
    hand.0.store(10_000, Ordering::Relaxed);
    assert_eq!(store.tally(&known[0], LIFE).unwrap(), 1);
    assert_eq!(held(), MAX_COUNTS_PER_SHARD + 1);
    assert_eq!(store.tally(&keys.next().unwrap(), LIFE).unwrap(), 1);
    assert_eq!(held(), 2);
    // With room for it, a newcomer drops nothing either.
    hand.0.store(20_000, Ordering::Relaxed);
    assert_eq!(store.tally(&keys.next().unwrap(), LIFE).unwrap(), 1);
    assert_eq!(held(), 3);
}
