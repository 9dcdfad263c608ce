//! Drawing leaves no memory behind. In a process of its own, which nothing else grows.
#![cfg(all(target_os = "linux", feature = "testing"))]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use captcha_core::{Difficulty, Kind, testing};

/// Resident bytes of this process.
fn resident() -> i64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: i64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * rustix::param::page_size() as i64
}

/// How many bytes more are resident after `count` challenges, of every kind in turn.
fn grown(count: u64, mut keep: impl FnMut()) -> i64 {
    let before = resident();
    for (seed, kind) in (0..count).zip(Kind::ALL.into_iter().cycle()) {
        std::hint::black_box(testing::draw(kind, Difficulty::Normal, None, seed));
        keep();
    }
    resident() - before
}

#[test]
fn challenges_in_a_row_leave_the_resident_size_flat() {
    let long = std::env::var_os("CAPTCHA_LONG").is_some();
    let count = if long { 10_000 } else { 2_000 };
    // Whatever is allocated once is there afterwards.
    grown(300, || ());
    // Half of what a leak of 1 KiB a challenge comes to.
    let bound = count as i64 * 512;
    let flat = grown(count, || ());
    assert!(flat < bound, "{flat} bytes more after {count} challenges");
    // The control.
    let mut kept = Vec::new();
    let leaking = grown(count, || kept.push(vec![1u8; 1024]));
    assert!(leaking > bound, "{leaking}");
}
