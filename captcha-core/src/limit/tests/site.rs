//! The site as a whole, its load, and what is left of a limiter.

use super::*;

#[test]
fn the_site_is_limited_as_a_whole_and_the_restricted_to_a_tenth_of_it() {
    let limits = Limits {
        per_visitor: 1_000,
        per_site: 50,
    };
    let served = |visitor: &dyn Fn(u32) -> Visitor| {
        let mut bench = Bench::random();
        bench.limiter = Limiter::new(limits, Arc::new(SystemRandom));
        let served: u32 = (0..60).map(|n| bench.served(1, visitor(n), 0)).sum();
        assert_eq!(bench.limiter.limits(), limits);
        (served, bench.limiter.load(0))
    };
    let everybody = |n: u32| Visitor::Peer(IpAddr::V4(Ipv4Addr::from_bits(n << 8)));
    assert_eq!(served(&everybody), (50, 60));
    assert_eq!(served(&|n| Visitor::Session([n as u8; 16])), (50, 60));
    assert_eq!(served(&|_| Visitor::Unknown), (50, 60));
    // The refused among them are not counted for the site.
    assert_eq!(served(&|_| Visitor::Restricted), (5, 5));
}

#[test]
fn the_restricted_have_a_limit_wherever_visitors_have_one() {
    for (per_visitor, per_site, together) in [
        (600, 30_000, 3_000),
        (600, 5, 1),
        (600, u32::MAX, 3_000),
        (u32::MAX, 30_000, 3_000),
        (u32::MAX, u32::MAX, u32::MAX),
    ] {
        let limits = Limits {
            per_visitor,
            per_site,
        };
        assert_eq!(limits.restricted(), together, "{limits:?}");
    }
}

#[test]
fn only_challenges_of_the_site_are_its_load() {
    let bench = Bench::random();
    let admit = |call| block_on((bench.limiter).admit(&bench.ledger, call, peer("192.0.2.1"), 0));
    for call in [Call::Answer, Call::Feedback, Call::Wrong] {
        admit(call).unwrap();
    }
    assert_eq!(bench.limiter.load(0), 0);
    admit(Call::Challenge).unwrap();
    admit(Call::Challenge).unwrap();
    assert_eq!(bench.limiter.load(0), 2);
}

#[test]
fn a_limiter_that_is_dropped_leaves_no_salt() {
    let bench = Bench::random();
    bench.served(1, peer("192.0.2.1"), 0);
    let salts = bench.limiter.salts.twin();
    assert_eq!(salts.dump().len(), 1);
    drop(bench);
    assert!(salts.dump().is_empty());
}
