//! To the millisecond: what is there until its end, and not at it.

use super::*;
use crate::testing::block_on;

const END: u64 = 10_000;

fn at(hand: &Hand, now: u64) {
    hand.0.store(now, Ordering::Relaxed);
}

#[test]
fn a_mark_ends_at_its_end_and_not_before() {
    let (store, hand) = store(10);
    assert!(store.marked_for(&id(1), None).is_none());
    assert!(store.mark(&id(1), LIFE).unwrap());
    at(&hand, END - 1);
    assert!(store.marked_for(&id(1), None).is_some() && !store.mark(&id(1), LIFE).unwrap());
    at(&hand, END);
    assert!(store.marked_for(&id(1), None).is_none() && store.mark(&id(1), LIFE).unwrap());
    // One without a life has a millisecond, so that two calls at once are not both the first.
    assert!(store.mark(&id(2), Duration::ZERO).unwrap());
    assert!(!store.mark(&id(2), Duration::ZERO).unwrap());
}

#[test]
fn a_sweep_takes_what_ends_now_and_leaves_what_has_a_millisecond() {
    let (store, hand) = store(10);
    store.mark_for(&id(1), Some(&id(7)), LIFE).unwrap();
    store.tally(&id(1), LIFE).unwrap();
    let held = || {
        let shard = store.shard(&id(1)).unwrap();
        (shard.marks.len(), shard.callers.len(), shard.counts.len())
    };
    for (now, left) in [(END - 1, (1, 1, 1)), (END, (0, 0, 0))] {
        at(&hand, now);
        store.sweep(&mut store.shard(&id(1)).unwrap(), now);
        assert_eq!(held(), left);
        assert_eq!(store.marks.load(Ordering::Relaxed), left.0);
    }
}

#[test]
fn a_window_ends_at_its_end_and_not_before() {
    let (store, hand) = store(10);
    assert_eq!(store.tally(&id(1), LIFE).unwrap(), 1);
    at(&hand, END - 1);
    assert_eq!(store.tallied(&id(1)).unwrap(), 1);
    assert_eq!(store.tally(&id(1), LIFE).unwrap(), 2);
    assert_eq!(store.tally(&id(1), LIFE).unwrap(), 3);
    at(&hand, END);
    assert_eq!(store.tallied(&id(1)).unwrap(), 0);
    assert_eq!(store.tally(&id(1), LIFE).unwrap(), 1);
}

#[test]
fn days_and_texts_end_at_their_end_and_not_before() {
    let (store, hand) = store(10);
    store.add(1, "cell", LIFE).unwrap();
    store.add_text(&id(1), b"sealed", LIFE);
    let held = || {
        let texts = block_on(store.kept()).unwrap();
        (block_on(store.counts(1)).unwrap(), texts)
    };
    at(&hand, END - 1);
    let there = (vec![("cell".into(), 1)], vec![(id(1), b"sealed".to_vec())]);
    assert_eq!(held(), there);
    at(&hand, END);
    assert_eq!(held(), (vec![], vec![]));
}

#[test]
fn a_day_has_room_for_so_many_cells_and_counts_on_in_those() {
    let (store, _) = store(10);
    let add = |n: usize| store.add(1, &n.to_string(), LIFE);
    for n in 0..MAX_CELLS_PER_DAY {
        add(n).unwrap();
    }
    assert!(matches!(add(MAX_CELLS_PER_DAY), Err(StoreError::Full)));
    add(0).unwrap();
    add(0).unwrap();
    let counts: HashMap<_, _> = block_on(store.counts(1)).unwrap().into_iter().collect();
    assert_eq!((counts["0"], counts["1"]), (3, 1));
    assert_eq!(counts.len(), MAX_CELLS_PER_DAY);
    // Another day has room of its own, until all are forgotten.
    store.add(2, "0", LIFE).unwrap();
    block_on(store.forget_counts()).unwrap();
    assert!(store.days().is_empty());
}

#[test]
fn one_text_is_dropped_and_no_other() {
    let (store, _) = store(10);
    for n in 0..3 {
        block_on(store.keep(&id(n), b"sealed", LIFE)).unwrap();
    }
    block_on(store.drop_kept(&id(1))).unwrap();
    let kept = block_on(store.kept()).unwrap();
    assert_eq!(
        Vec::from_iter(kept.iter().map(|(id, _)| *id)),
        [id(0), id(2)]
    );
    assert_eq!(store.link(), Link::Local);
}
