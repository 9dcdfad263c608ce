//! Processes that share a store agree on the salts, and so count together.

use std::collections::HashMap;

use super::*;
use crate::KeyRing;

const NOW: Generation = Generation {
    configured: 1,
    store: 1,
};

/// Keeps what is shared first, as several processes see it.
#[derive(Clone, Default)]
struct Table(Arc<Mutex<HashMap<Id, Vec<u8>>>>);

impl Store for Table {
    fn spend<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, bool> {
        Box::pin(async { Ok(true) })
    }

    fn hit<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, u64> {
        Box::pin(async { Ok(1) })
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn share<'a>(
        &'a self,
        name: &'a Id,
        value: &'a [u8],
        _: Duration,
        _: Precedence,
    ) -> StoreFuture<'a, Vec<u8>> {
        let mut table = self.0.lock().unwrap();
        let kept = table.entry(*name).or_insert_with(|| value.to_vec()).clone();
        Box::pin(async { Ok(kept) })
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(async { Ok(NOW.store) })
    }
}

/// What a process names a visitor at a moment, after it agreed with the others.
struct Process(Limiter, Ledger, Sealer);

impl Process {
    fn new(table: &Table, secret: &SecretKey) -> Self {
        let sealer = Sealer::new(&KeyRing::new(secret.clone()), SITE).unwrap();
        let lives = Lives {
            challenge: Duration::from_secs(120),
            token: Duration::from_secs(300),
            statistics: Duration::ZERO,
        };
        let limiter = Limiter::new(Limits::default(), Arc::new(SystemRandom));
        Self(limiter, Ledger::new(Arc::new(table.clone()), lives), sealer)
    }

    fn name(&self, generation: Generation, now: u64) -> Id {
        block_on(self.0.agree(&self.1, &self.2, generation, now)).unwrap();
        let names = self.0.pseudonyms(Call::Answer, peer("192.0.2.1"), now);
        names.unwrap().own
    }
}

/// A call that had agreed in one epoch counts in the next, or while the store gets another generation.
#[test]
fn a_call_that_had_to_make_a_salt_parts_the_processes_for_itself_alone() {
    let (table, secret) = (Table::default(), SecretKey::generate().unwrap());
    let [one, other] = [(); 2].map(|()| Process::new(&table, &secret));
    assert_eq!(one.name(NOW, 0), other.name(NOW, 0));
    let alone = one
        .0
        .pseudonyms(Call::Answer, peer("192.0.2.1"), EPOCH_MILLIS);
    let together = other.name(NOW, EPOCH_MILLIS);
    assert_ne!(alone.unwrap().own, together);
    assert_eq!(one.name(NOW, EPOCH_MILLIS), together);
    // The same between the question which salt is missing and the answer.
    let later = Generation { store: 2, ..NOW };
    let missing = one.0.salts.missing(EPOCH_MILLIS, later.store).unwrap();
    let alone = one
        .0
        .pseudonyms(Call::Answer, peer("192.0.2.1"), EPOCH_MILLIS);
    one.0.salts.adopt(missing, later.store, &[7; 32]);
    let together = one
        .0
        .pseudonyms(Call::Answer, peer("192.0.2.1"), EPOCH_MILLIS);
    assert_ne!(alone.unwrap().own, together.unwrap().own);
}

#[test]
fn processes_name_a_visitor_alike_in_every_epoch_and_generation() {
    let (table, secret) = (Table::default(), SecretKey::generate().unwrap());
    let [one, other] = [(); 2].map(|()| Process::new(&table, &secret));
    let mut names = HashSet::new();
    let later = Generation { store: 2, ..NOW };
    let raised = Generation {
        configured: 2,
        store: 3,
    };
    for (generation, now) in [
        (NOW, 0),
        (NOW, EPOCH_MILLIS),
        (later, EPOCH_MILLIS),
        (raised, EPOCH_MILLIS),
    ] {
        let name = one.name(generation, now);
        assert_eq!(other.name(generation, now), name);
        assert_eq!(one.name(generation, now + 1), name);
        assert!(names.insert(name), "another salt each time");
    }
    assert_eq!(table.0.lock().unwrap().len(), 4);
    // A revocation destroys those of this epoch and the one before by their names.
    for (generation, now, before) in [(NOW, EPOCH_MILLIS, true), (raised, EPOCH_MILLIS, false)] {
        let [own, last] = salt_names(now + 7, generation);
        assert!(table.0.lock().unwrap().contains_key(&own));
        assert_eq!(table.0.lock().unwrap().contains_key(&last), before);
    }
    // The salts are there for nobody without the key, who counts alone.
    let stranger = Process::new(&table, &SecretKey::generate().unwrap());
    assert!(!names.contains(&stranger.name(raised, EPOCH_MILLIS)));
}
