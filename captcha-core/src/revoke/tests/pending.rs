//! Calls that fail, are repeated, or come at once.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::store::{Id, StoreError, StoreFuture};

/// A store that can be cut off while its generation is renewed.
struct Broken {
    inner: MemoryStore,
    broken: AtomicBool,
}

impl Store for Broken {
    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        self.inner.spend(id, ttl)
    }

    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.inner.hit(key, window)
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        self.inner.generation()
    }

    fn renew_generation(&self) -> StoreFuture<'_, u64> {
        if self.broken.load(Ordering::SeqCst) {
            return Box::pin(std::future::ready(Err(StoreError::Full)));
        }
        self.inner.renew_generation()
    }
}

#[test]
fn a_call_after_a_failed_one_reports_both() {
    let clock = HandClock::at(1_800_000_000_000);
    let store = Arc::new(Broken {
        inner: MemoryStore::new().unwrap(),
        broken: true.into(),
    });
    let captcha = Captcha::builder()
        .key(SecretKey::new(SECRET).unwrap())
        .privacy(privacy())
        .clock(Arc::new(clock.clone()))
        .work_bits(0, 1)
        .kinds([Kind::Work])
        .store(Arc::clone(&store) as Arc<dyn Store>)
        .draw_in_order()
        .build()
        .unwrap();
    let ids = || captcha.engine().sealer().key_ids();
    let leaked = ids();
    issue(&captcha, 3);
    assert!(block_on(captcha.revoke_all()).is_err());
    let between = ids();
    clock.advance(Duration::from_secs(30));
    issue(&captcha, 2);
    store.broken.store(false, Ordering::SeqCst);
    let revoked = block_on(captcha.revoke_all()).unwrap();
    assert_eq!(revoked.at_unix_millis, 1_800_000_000_000);
    assert_eq!(revoked.keys, [leaked, between].concat());
    assert_eq!(revoked.new_key, ids()[0]);
    assert_eq!(revoked.artefacts.tokens, 5);
    // What was reported once is not reported again.
    clock.advance(Duration::from_secs(30));
    let next = block_on(captcha.revoke_all()).unwrap();
    assert_eq!(next.keys, [revoked.new_key]);
    assert_eq!(next.at_unix_millis, 1_800_000_060_000);
    assert_eq!(next.artefacts, Artefacts::default());
}

#[test]
fn of_calls_at_once_none_loses_a_key() {
    let captcha = engine(&Arc::new(MemoryStore::new().unwrap()));
    let mut known = captcha.engine().sealer().key_ids();
    issue(&captcha, 10);
    let revoked: Vec<Revoked> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| block_on(captcha.revoke_all()).unwrap()))
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let now = captcha.engine().sealer().key_ids();
    for one in &revoked {
        assert!(!one.keys.contains(&now[0]), "the key in force");
        known.extend(one.keys.iter().cloned());
    }
    known.sort_unstable();
    known.dedup();
    assert_eq!(known.len(), 8, "each key that was in force once");
    assert!(revoked.iter().any(|one| one.artefacts.tokens == 10));
    assert!(captcha.engine().revoking.lock().is_none());
}

#[test]
fn a_call_that_ends_first_leaves_the_other_its_part() {
    let revoking = Revoking::default();
    let begin = |key: &str, at| revoking.begin(vec![key.to_owned()], Artefacts::default(), at);
    let (first, second) = (begin("a", 1), begin("b", 2));
    assert_eq!(revoking.end(first).keys, ["a", "b"]);
    // The second failed, and is called again.
    let third = begin("c", 3);
    let all = revoking.end(third);
    assert_eq!((all.at, all.keys.len()), (1, 3));
    assert_eq!(revoking.end(second).keys, ["a", "b"], "or came late");
    assert!(revoking.lock().is_none());
}

#[test]
fn of_revocations_within_a_millisecond_each_is_later_than_the_last() {
    let captcha = Captcha::builder()
        .key(SecretKey::new(SECRET).unwrap())
        .privacy(privacy())
        .clock(Arc::new(HandClock::at(1_800_000_000_000)))
        .kinds([Kind::Work])
        .draw_in_order()
        .build()
        .unwrap();
    let made = [(); 5].map(|()| {
        block_on(captcha.revoke_all()).unwrap();
        captcha.engine().keys.share().unwrap().made
    });
    assert!(made.is_sorted_by(|one, next| one < next), "{made:?}");
}

#[test]
fn sites_that_share_a_store_revoke_each_for_itself() {
    let engine = |site: &str| {
        let captcha = Captcha::builder()
            .key(SecretKey::new(SECRET).unwrap())
            .site(site)
            .privacy(privacy())
            .kinds([Kind::Work])
            .draw_in_order()
            .build();
        captcha.unwrap()
    };
    let [name, same, other] = ["one.example", "one.example", "other.example"]
        .map(|site| share_name(engine(site).engine()));
    assert_eq!(name, same);
    assert_ne!(name, other);
}
