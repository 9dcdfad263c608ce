use std::sync::{
    Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use super::*;
use crate::{ErrorKind, Kind, Limits, MemoryStore, SecretKey, Store, testing::block_on};

fn ring(active: u32, verify: &[u32]) -> KeyRing {
    let key = |number: u32| {
        SecretKey::new(format!("b9YtX2mVq0rL5sZc8nEw1uJd4hGk7pAf{number:08x}")).unwrap()
    };
    (verify.iter()).fold(KeyRing::new(key(active)), |ring, &number| {
        ring.verify_also(key(number))
    })
}

fn engine(store: &Arc<MemoryStore>, keys: KeyRing) -> Captcha {
    Captcha::builder()
        .key(keys)
        .privacy(crate::testing::privacy())
        .limits(Limits::UNLIMITED)
        .kinds([Kind::Work])
        .work_bits(0, 1)
        .store(Arc::clone(store) as Arc<dyn Store>)
        .draw_in_order()
        .build()
        .unwrap()
}

fn token(captcha: &Captcha) -> String {
    block_on(captcha.token_for_tests(None))
        .unwrap()
        .as_str()
        .to_owned()
}

fn redeem(captcha: &Captcha, token: &str) -> Result<(), ErrorKind> {
    let proof = block_on(captcha.redeem(token, None));
    proof.map(drop).map_err(|error| error.kind())
}

#[test]
fn a_ring_takes_the_place_of_another_and_says_what_is_still_taken() {
    let captcha = engine(&Arc::new(MemoryStore::new().unwrap()), ring(1, &[]));
    let [first, second] = [token(&captcha), token(&captcha)];
    captcha.rotate_keys(ring(2, &[1])).unwrap();
    assert_eq!(redeem(&captcha, &first), Ok(()));
    assert_eq!(redeem(&captcha, &first), Err(ErrorKind::Spent));
    let third = token(&captcha);
    captcha.rotate_keys(ring(2, &[])).unwrap();
    assert_eq!(redeem(&captcha, &second), Err(ErrorKind::Malformed));
    assert_eq!(redeem(&captcha, &third), Ok(()));
    let before = captcha.audit_log();
    captcha.rotate_keys(ring(2, &[])).unwrap();
    assert_eq!(captcha.audit_log(), before, "the same ring is no rotation");
    assert_eq!(before.matches("\"rotate\"").count(), 2);
    assert_eq!(crate::AuditLog::verify(&before, None), Ok(2));
}

#[test]
fn a_rotation_undoes_no_revocation() {
    let captcha = engine(&Arc::new(MemoryStore::new().unwrap()), ring(1, &[]));
    let old = token(&captcha);
    block_on(captcha.revoke_all()).unwrap();
    captcha.rotate_keys(ring(2, &[1])).unwrap();
    captcha.rotate_keys(ring(1, &[])).unwrap();
    assert!(redeem(&captcha, &old).is_err());
    // Nor does whoever holds the secret make anything for it.
    let thief = engine(&Arc::new(MemoryStore::new().unwrap()), ring(1, &[2]));
    assert_eq!(redeem(&captcha, &token(&thief)), Err(ErrorKind::Malformed));
    let fresh = token(&captcha);
    assert_eq!(redeem(&captcha, &fresh), Ok(()));
}

/// Two processes that rotate one after the other, while others ask: refusals that should not be.
fn refusals(rotations: u32, phases: fn(u32) -> Vec<KeyRing>) -> usize {
    let store = Arc::new(MemoryStore::new().unwrap());
    let nodes = [engine(&store, ring(0, &[])), engine(&store, ring(0, &[]))];
    let (done, refused) = (AtomicBool::new(false), AtomicUsize::new(0));
    let turns: [AtomicUsize; 4] = Default::default();
    std::thread::scope(|scope| {
        for at in 0..4 {
            let (nodes, done, refused, turns) = (&nodes, &done, &refused, &turns[at]);
            scope.spawn(move || {
                while !done.load(Ordering::SeqCst) {
                    let solve = block_on(nodes[at % 2].token_for_tests(None));
                    let outcome = solve.map_err(|error| error.kind()).and_then(|token| {
                        std::thread::yield_now();
                        redeem(&nodes[(at + 1) % 2], token.as_str())
                    });
                    refused.fetch_add(usize::from(outcome.is_err()), Ordering::SeqCst);
                    turns.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        for rotation in 1..=rotations {
            for keys in phases(rotation) {
                for node in &nodes {
                    node.rotate_keys(keys.clone()).unwrap();
                    // Everybody has a whole turn with one node ahead of the other, which is to them what a
                    // token's life is to visitors.
                    for turns in &turns {
                        let before = turns.load(Ordering::SeqCst);
                        while turns.load(Ordering::SeqCst) < before + 2 {
                            std::thread::yield_now();
                        }
                    }
                }
            }
        }
        done.store(true, Ordering::SeqCst);
    });
    refused.into_inner()
}

#[test]
fn fifty_rotations_under_load_refuse_nobody() {
    let in_phases = |rotation: u32| {
        vec![
            ring(rotation - 1, &[rotation]),
            ring(rotation, &[rotation - 1]),
        ]
    };
    assert_eq!(refusals(50, in_phases), 0);
    // The controls: without the first phase, or without an overlap, some are.
    assert!(refusals(50, |rotation| vec![ring(rotation, &[rotation - 1])]) > 0);
    assert!(refusals(50, |rotation| vec![ring(rotation, &[])]) > 0);
}

#[test]
fn a_source_is_asked_again_and_one_that_fails_changes_nothing() {
    let current = Arc::new(Mutex::new(Some(ring(1, &[]))));
    let source = Arc::clone(&current);
    let ask = move || {
        let ring = source.lock().unwrap().clone();
        ring.ok_or_else(|| CaptchaError::unavailable("the vault is sealed"))
    };
    let captcha = Captcha::builder()
        .keys_from(Duration::ZERO, ask)
        .privacy(crate::testing::privacy())
        .kinds([Kind::Work])
        .work_bits(0, 1)
        .draw_in_order()
        .build()
        .unwrap();
    let ids = || captcha.engine().sealer().key_ids();
    let first = ids();
    let old = token(&captcha);
    *current.lock().unwrap() = None;
    std::thread::sleep(2 * SHORTEST);
    assert_eq!(ids(), first);
    *current.lock().unwrap() = Some(ring(2, &[1]));
    let start = std::time::Instant::now();
    while ids() == first {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "never asked again"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(redeem(&captcha, &old), Ok(()));
    // At the start, a source that fails is an error.
    let error = Captcha::builder()
        .keys_from(SHORTEST, || {
            Err(CaptchaError::unavailable("the vault is sealed"))
        })
        .privacy(crate::testing::privacy())
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("sealed"), "{error}");
}
