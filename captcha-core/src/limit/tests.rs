mod shared;
mod site;
mod wrong;

use std::{
    collections::HashSet,
    error::Error,
    net::Ipv4Addr,
    sync::{Mutex, atomic::AtomicBool, atomic::Ordering},
    time::Duration,
};

use super::{
    salts::{EPOCH_MILLIS, OVERLAP},
    *,
};
use crate::{
    Clock, MemoryStore, SecretKey, Store, SystemRandom,
    key::derive,
    privacy::registry::{Life, Lives},
    store::{Precedence, StoreFuture},
    testing::{HandClock, block_on},
};

const SITE: &str = "shop.example";
const LIMIT: u32 = 5;

fn peer(text: &str) -> Visitor {
    Visitor::Peer(text.parse().unwrap())
}

/// A limiter over a memory store, and the pseudonyms that it wrote there.
struct Bench {
    limiter: Limiter,
    store: Arc<Recorder>,
    ledger: Ledger,
    clock: HandClock,
}

struct Recorder {
    inner: MemoryStore,
    seen: Mutex<HashSet<Id>>,
}

impl Store for Recorder {
    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        self.inner.spend(id, ttl)
    }

    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.seen.lock().unwrap().insert(*key);
        self.inner.hit(key, window)
    }

    fn hits<'a>(&'a self, key: &'a Id) -> StoreFuture<'a, u64> {
        self.inner.hits(key)
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        self.inner.generation()
    }
}

impl Bench {
    fn new(random: Arc<dyn RandomSource>, clock: HandClock) -> Self {
        let limits = Limits {
            per_visitor: LIMIT,
            per_site: 10_000,
        };
        let store = Arc::new(Recorder {
            inner: MemoryStore::assemble(10, 1, Arc::new(clock.clone())),
            seen: Mutex::default(),
        });
        let lives = Lives {
            challenge: Duration::from_secs(120),
            token: Duration::from_secs(300),
            statistics: Duration::ZERO,
        };
        Self {
            limiter: Limiter::new(limits, random),
            ledger: Ledger::new(Arc::clone(&store) as Arc<dyn Store>, lives),
            store,
            clock,
        }
    }

    fn random() -> Self {
        Self::new(Arc::new(SystemRandom), HandClock::at(0))
    }

    /// How many of so many calls at a time are served.
    fn served(&self, calls: u32, visitor: Visitor, now: u64) -> u32 {
        self.clock.set(now);
        let call = || (self.limiter).admit(&self.ledger, Call::Challenge, visitor, now);
        (0..calls)
            .map(|_| u32::from(block_on(call()).is_ok()))
            .sum()
    }
}

#[test]
fn a_pseudonym_is_whole_for_ipv4_and_a_64_for_ipv6() {
    let salt = [7; 32];
    let of = |text| pseudonym(&salt, Call::Challenge, peer(text)).unwrap();
    assert_eq!(of("192.0.2.1"), of("192.0.2.1"));
    assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
    // As a translator between the two writes it (RFC 6052).
    assert_eq!(of("192.0.2.1"), of("64:ff9b::192.0.2.1"));
    assert_ne!(of("64:ff9b::192.0.2.1"), of("64:ff9b::192.0.2.2"));
    assert_eq!(of("64:ff9b::1:0:1"), of("64:ff9b::2:0:1"));
    assert_eq!(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff::9"));
    assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
    let answers = pseudonym(&salt, Call::Answer, peer("192.0.2.1")).unwrap();
    assert_ne!(of("192.0.2.1"), answers);
}

#[test]
fn mapped_addresses_are_equal_and_networks_are_told_apart_at_bit_64() {
    let random = crate::testing::SeededRandom::new(3);
    let of = |salt: &[u8; 32], address: IpAddr| {
        pseudonym(salt, Call::Challenge, Visitor::Peer(address)).unwrap()
    };
    for _ in 0..10_000 {
        let salt = crate::random::array(&random).unwrap();
        let v4 = Ipv4Addr::from(crate::random::array::<4>(&random).unwrap());
        assert_eq!(of(&salt, v4.into()), of(&salt, v4.to_ipv6_mapped().into()));
        let bits = u128::from_be_bytes(crate::random::array(&random).unwrap());
        let other = u64::from_be_bytes(crate::random::array(&random).unwrap());
        let bit = other % 64;
        let v6 = |bits: u128| of(&salt, IpAddr::V6(bits.into()));
        assert_eq!(v6(bits), v6(bits ^ u128::from(other)));
        assert_ne!(
            v6(bits),
            v6(bits ^ (1 << (64 + bit))),
            "bit {bit} of the network"
        );
        let flipped = Ipv4Addr::from(v4.to_bits() ^ (1 << (bit % 32)));
        assert_ne!(of(&salt, v4.into()), of(&salt, flipped.into()));
    }
}

#[test]
fn a_burst_over_an_epochs_end_is_not_served_twice() {
    let (before, after) = (EPOCH_MILLIS - 1_000, EPOCH_MILLIS + 1_000);
    let late = EPOCH_MILLIS + 59_500;
    for (first, second) in [
        (before, after),
        (before, EPOCH_MILLIS),
        (late, late + 1_000),
    ] {
        let bench = Bench::random();
        assert_eq!(bench.served(1, peer("192.0.2.2"), 0), 1);
        assert_eq!(bench.served(LIMIT, peer("192.0.2.1"), first), LIMIT);
        assert_eq!(bench.served(LIMIT, peer("192.0.2.1"), second), 0);
        // The control: one whose salt goes with its epoch begins to count again.
        let control = Bench::random();
        assert_eq!(control.served(LIMIT, peer("192.0.2.1"), first), LIMIT);
        control.limiter.forget();
        assert_eq!(control.served(LIMIT, peer("192.0.2.1"), second), LIMIT);
    }
}

#[test]
fn a_window_ends_after_its_minute_whatever_epoch_it_began_in() {
    let bench = Bench::random();
    let begun = EPOCH_MILLIS - 1_000;
    assert_eq!(bench.served(LIMIT + 3, peer("192.0.2.1"), begun), LIMIT);
    assert_eq!(bench.served(3, peer("192.0.2.1"), begun + 59_999), 0);
    assert_eq!(
        bench.served(LIMIT + 3, peer("192.0.2.1"), begun + 60_000),
        LIMIT
    );
    assert_eq!(bench.served(1, peer("192.0.2.1"), begun + 119_999), 0);
    assert_eq!(bench.served(1, peer("192.0.2.1"), begun + 120_000), 1);
}

#[test]
fn a_refused_visitor_is_refused_for_a_minute_and_no_longer() {
    // Nobody who waits out the minute is refused, wherever in the epochs it lies.
    for start in (EPOCH_MILLIS - 130_000..EPOCH_MILLIS + 130_000).step_by(500) {
        let bench = Bench::random();
        bench.served(1, peer("192.0.2.2"), EPOCH_MILLIS - 200_000);
        assert_eq!(bench.served(LIMIT + 1, peer("192.0.2.1"), start), LIMIT);
        let again = start + 60_000;
        assert_eq!(
            bench.served(LIMIT, peer("192.0.2.1"), again),
            LIMIT,
            "{start}"
        );
    }
}

/// Whom someone finds who has these keys and what was recorded, and tries every address of a /16.
fn search(recorded: &HashSet<Id>, keys: &[[u8; 32]]) -> Vec<IpAddr> {
    let candidates = (0..=u16::MAX).map(|low| {
        let [third, fourth] = low.to_be_bytes();
        IpAddr::from([192, 0, third, fourth])
    });
    candidates
        .filter(|address| {
            keys.iter().any(|key| {
                let found = pseudonym(key, Call::Challenge, Visitor::Peer(*address)).unwrap();
                recorded.contains(&found)
            })
        })
        .collect()
}

fn derived(master: &SecretKey, epoch: u64) -> [u8; 32] {
    *derive(master, &format!("limit epoch {epoch}"), SITE).unwrap()
}

/// All that can be derived from the secret, for every epoch in question, and the limiter's memory.
fn loot(master: &SecretKey, bench: &Bench) -> Vec<[u8; 32]> {
    let purposes = ["challenge", "frame-challenge", "session", "token", "limit"];
    let mut keys: Vec<_> = (0..4).map(|epoch| derived(master, epoch)).collect();
    keys.extend(purposes.map(|purpose| *derive::<32>(master, purpose, SITE).unwrap()));
    keys.extend(bench.limiter.salts.dump());
    keys
}

/// The control's salt: from the master key by HKDF and the epoch's number.
struct FromMasterKey(SecretKey, HandClock);

impl RandomSource for FromMasterKey {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
        let epoch = self.1.unix_millis() / EPOCH_MILLIS;
        bytes.copy_from_slice(&derived(&self.0, epoch));
        Ok(())
    }
}

#[test]
fn with_every_key_in_hand_a_search_finds_nobody_after_two_epochs() {
    let master = SecretKey::generate().unwrap();
    let (visitor, other) = (peer("192.0.2.77"), peer("198.51.100.9"));
    let nobody: Vec<IpAddr> = Vec::new();
    let found = |visitor: &str| vec![visitor.parse::<IpAddr>().unwrap()];
    let recorded = |bench: &Bench| bench.store.seen.lock().unwrap().clone();

    let bench = Bench::random();
    assert_eq!(bench.served(2, visitor, EPOCH_MILLIS - 1_000), 2);
    assert_eq!(bench.served(1, visitor, EPOCH_MILLIS + 1_000), 1);
    let seen = recorded(&bench);
    assert!(
        seen.len() >= 4,
        "two pseudonyms of the visitor, two of the site"
    );
    // While the salts are there, the search works.
    assert_eq!(search(&seen, &loot(&master, &bench)), found("192.0.2.77"));
    // Anybody's call past the time destroys them.
    assert_eq!(bench.served(1, other, 2 * EPOCH_MILLIS + 60_000), 1);
    assert_eq!(search(&seen, &loot(&master, &bench)), nobody);
    assert_eq!(bench.limiter.salts.dump().len(), 1);

    let clock = HandClock::at(0);
    let weak = FromMasterKey(master.clone(), clock.clone());
    let control = Bench::new(Arc::new(weak), clock);
    assert_eq!(control.served(2, visitor, EPOCH_MILLIS - 1_000), 2);
    assert_eq!(control.served(1, other, 2 * EPOCH_MILLIS + 60_000), 1);
    let seen = recorded(&control);
    assert_eq!(search(&seen, &loot(&master, &control)), found("192.0.2.77"));
}

#[test]
fn feedback_is_limited_where_nothing_else_is() {
    let bench = Bench::random();
    let open = Limiter::new(Limits::UNLIMITED, Arc::new(SystemRandom));
    let served = |call, visitor: &dyn Fn(u32) -> Visitor| {
        let admitted =
            (0..60).filter(|n| block_on(open.admit(&bench.ledger, call, visitor(*n), 0)).is_ok());
        admitted.count() as u32
    };
    let everybody = |n: u32| Visitor::Peer(IpAddr::V4(Ipv4Addr::from_bits(n << 8)));
    assert_eq!(served(Call::Feedback, &|_| peer("192.0.2.1")), 5);
    assert_eq!(served(Call::Feedback, &everybody), 30 - 5);
    // The control: what has no limits of its own is served.
    assert_eq!(served(Call::Challenge, &everybody), 60);
}

#[test]
fn forgetting_destroys_at_once_and_counts_anew() {
    let bench = Bench::random();
    assert_eq!(bench.served(LIMIT + 1, peer("192.0.2.1"), 0), LIMIT);
    let before = bench.limiter.salts.dump();
    bench.limiter.forget();
    assert!(bench.limiter.salts.dump().is_empty());
    assert_eq!(bench.served(1, peer("192.0.2.1"), 0), 1);
    assert_ne!(bench.limiter.salts.dump(), before);
}

#[test]
fn without_randomness_a_new_epoch_refuses_rather_than_count_under_the_old_salt() {
    struct Once(AtomicBool);
    impl RandomSource for Once {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
            if self.0.swap(true, Ordering::SeqCst) {
                return Err("no entropy".into());
            }
            SystemRandom.fill(bytes)
        }
    }
    let bench = Bench::new(Arc::new(Once(false.into())), HandClock::at(0));
    assert_eq!(bench.served(2, peer("192.0.2.1"), 0), 2);
    assert_eq!(bench.served(2, peer("192.0.2.1"), EPOCH_MILLIS), 0);
    bench.served(1, peer("192.0.2.1"), EPOCH_MILLIS + 60_000);
    assert_eq!(Count::Visitor.record().entry().life, Life::Fixed(OVERLAP));
    assert!(bench.limiter.salts.dump().is_empty());
}
