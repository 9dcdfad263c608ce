use std::{sync::Arc, time::Duration};

use super::block_on;
use crate::{
    random,
    store::{Precedence, Spending, Store},
};

/// What every store has to keep to. Says what it found, or `Ok` when there is nothing.
///
/// # Errors
/// The first clause that the store breaks, in words.
pub fn store_contract(store: &Arc<dyn Store>, racers: usize) -> Result<(), String> {
    let life = Duration::from_secs(60);
    let fresh = || random::array::<16>(&crate::SystemRandom).map_err(|error| error.to_string());
    let spend = |id: [u8; 16]| block_on(store.spend(&id, life)).map_err(|error| error.to_string());
    let generation = || block_on(store.generation()).map_err(|error| error.to_string());

    let id = fresh()?;
    let before = generation()?;
    if !spend(id)? {
        return Err("the first to spend an id is told that it is spent".into());
    }
    if spend(id)? {
        return Err("the second to spend an id is told that it is the first".into());
    }
    if !spend(fresh()?)? {
        return Err("spending one id spends another".into());
    }
    if generation()? != before {
        return Err("the generation changes while no mark is lost".into());
    }
    let id = fresh()?;
    let barrier = std::sync::Barrier::new(racers);
    let firsts: usize = std::thread::scope(|scope| {
        let racing: Vec<_> = (0..racers)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    usize::from(spend(id).unwrap_or(false))
                })
            })
            .collect();
        racing
            .into_iter()
            .map(|racer| racer.join().unwrap_or(0))
            .sum()
    });
    if firsts != 1 {
        return Err(format!(
            "of {racers} who raced for one id, {firsts} were the first"
        ));
    }
    let hit = |key: [u8; 16]| block_on(store.hit(&key, life)).map_err(|error| error.to_string());
    let key = fresh()?;
    if (hit(key)?, hit(key)?, hit(fresh()?)?) != (1, 2, 1) {
        return Err("hits are not counted one by one, each key on its own".into());
    }
    let hits = |key: [u8; 16]| block_on(store.hits(&key)).map_err(|error| error.to_string());
    if ![0, 2].contains(&hits(key)?) || hits(key)? != hits(key)? || hits(fresh()?)? != 0 {
        return Err("a count is not read as it is".into());
    }
    names_contract(store, fresh()?, [fresh()?, fresh()?], life)?;
    match store.is_shared() {
        true => sharing_contract(store, &fresh()?, life),
        false => Ok(()),
    }
}

/// Callers with names.
fn names_contract(
    store: &Arc<dyn Store>,
    id: [u8; 16],
    [caller, other]: [[u8; 16]; 2],
    life: Duration,
) -> Result<(), String> {
    let spend = |caller: &[u8; 16]| {
        block_on(store.spend_for(&id, caller, life)).map_err(|error| error.to_string())
    };
    if spend(&caller)? != Spending::First {
        return Err("the first to spend an id under a name is told that it is spent".into());
    }
    if spend(&caller)? == Spending::First || spend(&other)? != Spending::Late {
        return Err("a second caller with a name is not told what is so".into());
    }
    match block_on(store.spend(&id, life)) {
        Ok(false) => Ok(()),
        _ => Err("what was spent under a name can be spent without one".into()),
    }
}

/// What several processes see of one value.
fn sharing_contract(store: &Arc<dyn Store>, name: &[u8; 16], life: Duration) -> Result<(), String> {
    let share = |value: &[u8], precedence| {
        let shared = block_on(store.share(name, value, life, precedence));
        shared.map_err(|error| error.to_string())
    };
    let shared = || block_on(store.shared(name)).map_err(|error| error.to_string());
    if shared()?.is_some() {
        return Err("something is shared that nobody shared".into());
    }
    let (first, greatest, last) = (Precedence::First, Precedence::Greatest, Precedence::Last);
    let offered = (share(b"one", first)?, share(b"two", first)?, shared()?);
    if offered != (b"one".to_vec(), b"one".to_vec(), Some(b"one".to_vec())) {
        return Err("what was shared first does not stand".into());
    }
    if share(b"two", last)? != b"two" || shared()? != Some(b"two".to_vec()) {
        return Err("what is shared cannot be replaced".into());
    }
    // Zeros, letters that languages sort elsewhere, and a prefix.
    for pair in [
        [&b"a\0\x01"[..], b"a\0\x02"],
        [b"Z", b"a"],
        [b"\x7f", b"\xc3"],
        [b"a", b"a\0"],
    ] {
        let [less, greater] = pair;
        share(less, last)?;
        let raised = share(greater, greatest)?;
        if raised != greater || share(less, greatest)? != greater || shared()? != Some(raised) {
            return Err("of two values that are shared, the greater one does not stand".into());
        }
    }
    Ok(())
}
