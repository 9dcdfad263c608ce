//! Wrong answers: counted by visitor, where that is somebody, and never refused.

use super::*;

fn wrong(bench: &Bench, visitor: Visitor, now: u64) {
    bench.clock.set(now);
    block_on(bench.limiter.wrong(&bench.ledger, visitor, now)).unwrap();
}

fn so_far(bench: &Bench, visitor: Visitor, now: u64) -> u64 {
    bench.clock.set(now);
    block_on(bench.limiter.wrong_so_far(&bench.ledger, visitor, now)).unwrap()
}

#[test]
fn wrong_answers_are_counted_of_each_visitor_alone_for_a_minute() {
    let bench = Bench::random();
    let (one, session) = (peer("192.0.2.1"), Visitor::Session([7; 16]));
    for (visitor, begun) in [(one, 0), (session, 100_000)] {
        for _ in 0..2 * LIMIT {
            wrong(&bench, visitor, begun);
        }
        assert_eq!(so_far(&bench, peer("192.0.2.2"), begun), 0);
        let end = begun + 60_000;
        assert_eq!(so_far(&bench, visitor, end - 1), u64::from(2 * LIMIT));
        // What was wrong is no call.
        assert_eq!(bench.served(LIMIT, visitor, end - 1), LIMIT);
        assert_eq!(so_far(&bench, visitor, end), 0);
    }
}

#[test]
fn a_new_epoch_does_not_forget_them() {
    let bench = Bench::random();
    let one = peer("192.0.2.1");
    for _ in 0..3 {
        wrong(&bench, one, EPOCH_MILLIS - 1_000);
    }
    assert_eq!(so_far(&bench, one, EPOCH_MILLIS + 1_000), 3);
    wrong(&bench, one, EPOCH_MILLIS + 1_000);
    assert_eq!(so_far(&bench, one, EPOCH_MILLIS + 1_000), 4);
}

/// Whoever restricts processing is one of many who are counted together, and no way around the work: as
/// many of them as a tenth of the site's calls have room for answer for one another.
#[test]
fn whoever_is_not_told_apart_is_counted_with_all_others() {
    let mut bench = Bench::random();
    let limits = Limits {
        per_visitor: 600,
        per_site: 30_000,
    };
    bench.limiter = Limiter::new(limits, Arc::new(SystemRandom));
    for number in 1..=50 {
        wrong(&bench, Visitor::Restricted, 0);
        assert_eq!(so_far(&bench, Visitor::Restricted, 0), number / 5);
    }
    assert_eq!(so_far(&bench, peer("192.0.2.1"), 0), 0);
    assert_eq!(so_far(&bench, Visitor::Restricted, 60_000), 0);
}

#[test]
fn nobody_answers_for_others_and_nothing_is_counted_where_nothing_is_limited() {
    let bench = Bench::random();
    wrong(&bench, Visitor::Unknown, 0);
    assert_eq!(so_far(&bench, Visitor::Unknown, 0), 0);
    let mut open = Bench::random();
    open.limiter = Limiter::new(Limits::UNLIMITED, Arc::new(SystemRandom));
    wrong(&open, peer("192.0.2.1"), 0);
    assert_eq!(so_far(&open, peer("192.0.2.1"), 0), 0);
    for bench in [bench, open] {
        assert!(bench.store.seen.lock().unwrap().is_empty());
    }
}
