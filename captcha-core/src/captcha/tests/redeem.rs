//! What a redemption says, and what becomes of one while the store does not answer.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::store::{Id, Spending, StoreError, StoreFuture};

/// A store that can be switched off: as a whole, or only where it marks.
struct Switch {
    inner: MemoryStore,
    off: AtomicBool,
    marks_off: AtomicBool,
}

impl Switch {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryStore::new().unwrap(),
            off: false.into(),
            marks_off: false.into(),
        })
    }

    fn turn(&self, on: bool) {
        self.off.store(!on, Ordering::SeqCst);
    }

    fn turn_marks(&self, on: bool) {
        self.marks_off.store(!on, Ordering::SeqCst);
    }

    fn ask<'a, T: Send + 'a>(
        &'a self,
        marks: bool,
        inner: impl FnOnce() -> StoreFuture<'a, T>,
    ) -> StoreFuture<'a, T> {
        let off = |switch: &AtomicBool| switch.load(Ordering::SeqCst);
        match off(&self.off) || (marks && off(&self.marks_off)) {
            true => Box::pin(async { Err(StoreError::Unavailable("switched off".into())) }),
            false => inner(),
        }
    }
}

impl Store for Switch {
    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        self.ask(true, || self.inner.spend(id, ttl))
    }

    fn spend_for<'a>(
        &'a self,
        id: &'a Id,
        caller: &'a Id,
        ttl: Duration,
    ) -> StoreFuture<'a, Spending> {
        self.ask(true, || self.inner.spend_for(id, caller, ttl))
    }

    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.ask(false, || self.inner.hit(key, window))
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        self.ask(false, || self.inner.generation())
    }

    fn renew_generation(&self) -> StoreFuture<'_, u64> {
        self.ask(false, || self.inner.renew_generation())
    }
}

struct Bench {
    captcha: Captcha,
    store: Arc<Switch>,
}

/// Whether it was let through without the store, and whether once more.
type Outcome = Result<(bool, bool), ErrorKind>;

const VERIFIED: Outcome = Ok((false, false));
const REPEAT: Outcome = Ok((false, true));
const DEGRADED: Outcome = Ok((true, false));
const DEGRADED_REPEAT: Outcome = Ok((true, true));
const SPENT: Outcome = Err(ErrorKind::Spent);
const CLOSED: Outcome = Err(ErrorKind::Unavailable);

impl Bench {
    fn new() -> Self {
        let store = Switch::new();
        let built = engine(&HandClock::at(START))
            .kinds([Kind::Work])
            .store(Arc::clone(&store) as Arc<dyn Store>);
        Self {
            captcha: built.build().unwrap(),
            store,
        }
    }

    fn token(&self) -> Token {
        block_on(self.captcha.token_for_tests(None)).unwrap()
    }

    fn redeem(&self, token: &Token, terms: Redemption<'_>) -> Outcome {
        let proof = block_on(self.captcha.redeem(token.as_str(), terms));
        let proof = proof.map_err(|error| error.kind())?;
        let (degraded, repeat) = (proof.is_degraded(), proof.is_repeat());
        let verdict = match (degraded, repeat) {
            (true, _) => "degraded",
            (_, true) => "repeat",
            _ => "verified",
        };
        assert_eq!(proof.verdict(), verdict);
        Ok((degraded, repeat))
    }
}

fn closed() -> Redemption<'static> {
    Redemption::new()
}

fn open() -> Redemption<'static> {
    Redemption::new().on_store_failure(StoreFailure::Degraded)
}

#[test]
fn who_asks_again_under_the_same_name_gets_the_same_verdict() {
    let bench = Bench::new();
    // Once a route stays open, this process keeps marks of its own beside the store's.
    for terms in [closed(), open(), closed()] {
        let token = bench.token();
        let named = |key| bench.redeem(&token, terms.idempotency_key(key));
        assert_eq!(named("order 1"), VERIFIED);
        assert_eq!(named("order 1"), REPEAT);
        assert_eq!(named("order 2"), SPENT);
        assert_eq!(bench.redeem(&token, terms), SPENT);
    }
}

#[test]
fn a_token_that_was_made_worthless_is_so_while_the_store_is_away() {
    let bench = Bench::new();
    let [other, void, kept] = [(); 3].map(|()| bench.token());
    assert_eq!(bench.redeem(&other, open()), VERIFIED);
    let engine = bench.captcha.engine();
    block_on(engine.void_token(&engine.read_token(void.as_str()).unwrap())).unwrap();
    bench.store.turn(false);
    assert_eq!(bench.redeem(&void, open()), SPENT);
    assert_eq!(bench.redeem(&kept, open()), DEGRADED);
}

#[test]
fn an_action_is_a_term_and_part_of_the_proof() {
    let bench = Bench::new();
    let token = block_on(bench.captcha.token_for_tests(Some("vote"))).unwrap();
    let redeem = |terms: Redemption<'static>| {
        let proof = block_on(bench.captcha.redeem(token.as_str(), terms));
        proof.map_err(|error| error.kind())
    };
    for terms in [
        closed(),
        closed().action("other"),
        closed().action("not one!"),
    ] {
        assert_eq!(redeem(terms).err(), Some(ErrorKind::WrongAction));
    }
    let another = block_on(bench.captcha.token_for_tests(Some("vote"))).unwrap();
    assert_eq!(bench.redeem(&another, closed().action("vote")), VERIFIED);
    let proof = redeem(Some("vote").into()).unwrap();
    let told = (proof.action(), proof.solved_at_unix_millis());
    assert_eq!(told, ("vote", START));
    assert_eq!(VerifiedCaptcha::for_tests("made").action(), "made");
}

#[test]
fn while_the_store_is_away_only_routes_that_stay_open_let_through_and_once() {
    let bench = Bench::new();
    let [one, two, named, late] = [(); 4].map(|()| bench.token());
    assert_eq!(bench.redeem(&late, open()), VERIFIED);
    bench.store.turn(false);
    assert_eq!(bench.redeem(&one, closed()), CLOSED);
    assert_eq!(bench.redeem(&one, open()), DEGRADED);
    assert_eq!(bench.redeem(&one, open()), SPENT);
    assert_eq!(bench.redeem(&late, open()), SPENT, "redeemed here before");
    let order = open().idempotency_key("order");
    assert_eq!(bench.redeem(&named, order), DEGRADED);
    assert_eq!(bench.redeem(&named, order), DEGRADED_REPEAT);
    bench.store.turn(true);
    // The store knows nothing of it, and this process does.
    assert_eq!(bench.redeem(&one, closed()), SPENT);
    assert_eq!(bench.redeem(&one, open()), SPENT);
    assert_eq!(bench.redeem(&named, order), REPEAT);
    assert_eq!(bench.redeem(&two, closed()), VERIFIED);
    assert_eq!(bench.redeem(&two, closed()), SPENT);
}

#[test]
fn what_a_closed_route_redeemed_before_an_outage_is_used_on_an_open_one() {
    let bench = Bench::new();
    let [first, token] = [(); 2].map(|()| bench.token());
    // From now on this process remembers.
    assert_eq!(bench.redeem(&first, open()), VERIFIED);
    assert_eq!(bench.redeem(&token, closed()), VERIFIED);
    bench.store.turn(false);
    assert_eq!(bench.redeem(&token, open()), SPENT);
}

#[test]
fn a_store_that_goes_away_between_two_answers_is_away() {
    let bench = Bench::new();
    let [one, two] = [(); 2].map(|()| bench.token());
    bench.store.turn_marks(false);
    assert_eq!(bench.redeem(&one, closed()), CLOSED);
    assert_eq!(bench.redeem(&one, open()), DEGRADED);
    assert_eq!(bench.redeem(&one, open()), SPENT);
    bench.store.turn_marks(true);
    assert_eq!(bench.redeem(&two, open()), VERIFIED);
    assert_eq!(bench.redeem(&two, open()), SPENT);
}

#[test]
fn a_refusal_of_the_store_is_no_outage() {
    let bench = Bench::new();
    let [token, marked] = [(); 2].map(|()| bench.token());
    assert_eq!(bench.redeem(&marked, closed()), VERIFIED);
    assert_eq!(bench.redeem(&marked, open()), SPENT);
    block_on(bench.store.renew_generation()).unwrap();
    assert_eq!(bench.redeem(&token, open()), Err(ErrorKind::Expired));
    // This process learned of it, and knows it while the store is away.
    bench.store.turn(false);
    assert_eq!(bench.redeem(&token, open()), Err(ErrorKind::Expired));
}

#[test]
fn a_process_that_never_heard_from_its_store_lets_nothing_through() {
    let token = Bench::new().token();
    let deaf = Bench::new();
    deaf.store.turn(false);
    assert_eq!(deaf.redeem(&token, open()), CLOSED);
}
