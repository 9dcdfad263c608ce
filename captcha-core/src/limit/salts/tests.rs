use super::*;
use crate::random::SystemRandom;

fn salts() -> Salts {
    Salts::new(Arc::new(SystemRandom))
}

fn at(salts: &Salts, now: u64) -> Current<[u8; 32]> {
    salts.at(now, |salt| Ok(*salt)).unwrap()
}

#[test]
fn a_salt_serves_its_epoch_and_a_minute_and_is_gone() {
    let salts = salts();
    let first = at(&salts, 0);
    assert!(first.before.is_none());
    assert_eq!(at(&salts, EPOCH_MILLIS - 1).own, first.own);
    let second = at(&salts, EPOCH_MILLIS);
    assert_ne!(second.own, first.own);
    assert_eq!(second.before, Some((first.own, OVERLAP)));
    let last = at(&salts, EPOCH_MILLIS + OVERLAP_MILLIS - 1);
    assert_eq!(last.before, Some((first.own, Duration::from_millis(1))));
    let later = at(&salts, EPOCH_MILLIS + OVERLAP_MILLIS);
    assert_eq!((later.own, later.before), (second.own, None));
    assert_eq!(salts.dump(), [second.own]);
    // A clock that goes back brings none of them back, and begins no epoch again.
    assert_eq!(at(&salts, 0).own, second.own);
}

#[test]
fn a_salt_of_others_is_taken_once_and_goes_with_the_generation_of_the_store() {
    let salts = salts();
    let missing = salts.missing(0, 7).unwrap();
    assert_eq!(
        missing,
        (0, Duration::from_millis(EPOCH_MILLIS + OVERLAP_MILLIS))
    );
    salts.adopt(missing, 7, &[1; 32]);
    salts.adopt(missing, 7, &[2; 32]);
    assert_eq!(at(&salts, 5).own, [1; 32]);
    assert_eq!(salts.missing(EPOCH_MILLIS - 1, 7), None);
    let next = salts.missing(EPOCH_MILLIS, 7).unwrap();
    salts.adopt(next, 7, &[3; 32]);
    let current = at(&salts, EPOCH_MILLIS);
    assert_eq!(
        (current.own, current.before),
        ([3; 32], Some(([1; 32], OVERLAP)))
    );
    assert!(salts.missing(EPOCH_MILLIS, 8).is_some());
    assert!(salts.dump().is_empty(), "another generation destroys all");
    salts.adopt(next, 7, &[3; 32]);
    assert!(
        salts.dump().is_empty(),
        "whoever comes late brings nothing back"
    );
}

#[test]
fn two_epochs_without_a_call_leave_neither_salt_to_the_next() {
    let salts = salts();
    let first = at(&salts, 0).own;
    let second = at(&salts, EPOCH_MILLIS).own;
    let next = at(&salts, 2 * EPOCH_MILLIS + OVERLAP_MILLIS);
    assert!(next.before.is_none() && ![first, second].contains(&next.own));
    assert_eq!(salts.dump(), [next.own]);
}

#[test]
fn where_nobody_calls_the_watch_destroys_what_is_due() {
    let salts = salts();
    let begun = Instant::now();
    at(&salts, EPOCH_MILLIS - 1);
    at(&salts, EPOCH_MILLIS);
    assert_eq!(salts.dump().len(), 2);
    let after = |millis| destroy_due(&salts.held, begun + Duration::from_millis(millis));
    let wait = after(0).unwrap();
    assert!((OVERLAP..OVERLAP * 2).contains(&wait), "{wait:?}");
    assert_eq!(salts.dump().len(), 2);
    assert!(after(2 * OVERLAP_MILLIS).is_some());
    assert_eq!(salts.dump().len(), 1);
    assert!(lock(&salts.held).watch.is_some());
    assert_eq!(after(2 * EPOCH_MILLIS), None);
    assert!(salts.dump().is_empty() && lock(&salts.held).watch.is_none());
}

/// It hangs where the watch does nothing.
#[test]
fn the_watch_destroys_without_a_call() {
    let salts = salts();
    salts.adopt((3, Duration::from_millis(20)), 0, &[1; 32]);
    assert_eq!(salts.dump().len(), 1);
    while !salts.dump().is_empty() {
        thread::yield_now();
    }
}

#[test]
fn a_salt_is_destroyed_at_the_moment_it_is_due() {
    let salts = salts();
    at(&salts, 0);
    let due = lock(&salts.held).kept[0].due;
    let before = due - Duration::from_millis(1);
    assert_eq!(destroy_due(&salts.held, before), Some(due - before));
    assert_eq!(destroy_due(&salts.held, due), None);
}

#[test]
fn only_a_salt_that_is_missing_and_of_this_generation_is_taken() {
    let salts = salts();
    salts.adopt((0, OVERLAP), 5, &[1; 32]);
    assert!(salts.dump().is_empty(), "of another generation");
    salts.missing(0, 5).unwrap();
    salts.adopt((0, OVERLAP), 5, &[1; 32]);
    salts.adopt((0, OVERLAP), 6, &[2; 32]);
    salts.adopt((0, OVERLAP), 5, &[3; 32]);
    assert_eq!(salts.dump(), [[1; 32]]);
    // The same generation again destroys nothing.
    assert_eq!(salts.missing(1, 5), None);
    assert_eq!(salts.dump(), [[1; 32]]);
}

/// It hangs where the thread outlives its salts.
#[test]
fn the_watch_ends_when_nothing_is_left() {
    let salts = salts();
    assert_eq!(Arc::weak_count(&salts.held), 0, "no salt, no thread");
    at(&salts, 0);
    assert_eq!(Arc::weak_count(&salts.held), 1);
    salts.forget();
    assert!(salts.dump().is_empty());
    while Arc::weak_count(&salts.held) > 0 {
        thread::yield_now();
    }
}

#[test]
fn a_source_that_fails_leaves_no_salt_of_zeros() {
    struct Broken;
    impl RandomSource for Broken {
        fn fill(&self, _: &mut [u8]) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            Err("no entropy".into())
        }
    }
    let salts = Salts::new(Arc::new(Broken));
    assert!(salts.at(0, |_| Ok(())).is_err());
    assert!(salts.dump().is_empty());
}
