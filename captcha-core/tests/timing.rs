//! What a forger could learn from how long a refusal takes: Welch's t over a million samples, with a leak as the
//! control. In a process of its own; where a busy machine disturbs both classes alike, t stays small.
#![cfg(feature = "testing")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "what fails here fails the test"
)]

use std::{hint::black_box, time::Instant};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use captcha_core::{
    Captcha, Kind, RandomSource, SecretKey,
    testing::{self, SeededRandom, block_on},
};

/// Welch's t of two classes of durations in nanoseconds, without the slowest hundredth of all: interruptions.
fn welch(mut classes: [Vec<u64>; 2]) -> f64 {
    let mut all = classes.concat();
    all.sort_unstable();
    let longest = all[all.len() * 99 / 100];
    let of = |class: &mut Vec<u64>| {
        class.retain(|nanos| *nanos <= longest);
        let n = class.len() as f64;
        let mean = class.iter().sum::<u64>() as f64 / n;
        let squares = class.iter().map(|nanos| (*nanos as f64 - mean).powi(2));
        (mean, squares.sum::<f64>() / (n - 1.0) / n)
    };
    let [(mean_a, var_a), (mean_b, var_b)] = classes.each_mut().map(of);
    (mean_a - mean_b) / (var_a + var_b).sqrt()
}

/// The median of three runs: a busy machine spoils one now and then, and a leak is in all of them.
fn measure(samples: usize, mut run: impl FnMut(usize)) -> f64 {
    let mut runs = [(); 3].map(|()| measure_once(samples, &mut run));
    runs.sort_by(f64::total_cmp);
    runs[1]
}

/// Times `run` with one of two inputs, each time either, as chance has it.
fn measure_once(samples: usize, mut run: impl FnMut(usize)) -> f64 {
    let random = SeededRandom::new(5);
    let mut classes = [Vec::with_capacity(samples), Vec::with_capacity(samples)];
    let mut bits = [0; 8];
    for at in 0..samples {
        if at % 64 == 0 {
            random.fill(&mut bits).unwrap();
        }
        let class = usize::from(bits[at % 64 / 8] >> (at % 8) & 1);
        let start = Instant::now();
        run(class);
        classes[class].push(start.elapsed().as_nanos() as u64);
    }
    welch(classes).abs()
}

/// The token with one byte of it changed.
fn flipped(token: &str, at: impl Fn(usize) -> usize) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
    let at = at(bytes.len());
    bytes[at] ^= 1;
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A comparison that ends with the first byte that differs.
fn hasty(one: &[u8], other: &[u8]) -> bool {
    one.iter()
        .zip(other)
        .all(|(one, other)| black_box(one) == black_box(other))
}

#[test]
fn how_long_a_refusal_takes_tells_nothing_of_the_tag_or_the_key() {
    let samples = if std::env::var_os("CAPTCHA_LONG").is_some() {
        10_000_000
    } else {
        1_000_000
    };
    let captcha = Captcha::builder()
        .key(SecretKey::generate().unwrap())
        .privacy(testing::privacy())
        .kinds([Kind::Work])
        .work_bits(1, 1)
        .draw_in_order()
        .build()
        .unwrap();
    let token = block_on(captcha.token_for_tests(None)).unwrap();
    let token = token.as_str();
    let refuse = |token: &str| assert!(block_on(captcha.redeem(token, None)).is_err());
    let first = flipped(token, |length| length - 32);
    let last = flipped(token, |length| length - 1);
    let tags = [first.as_str(), last.as_str()];
    let of_tags = measure(samples, |class| refuse(tags[class]));
    // An id of no key, and a wrong tag under the right id.
    let unknown = flipped(token, |_| 1);
    let keys = [unknown.as_str(), last.as_str()];
    let of_keys = measure(samples, |class| refuse(keys[class]));
    // The control: the same, and then a comparison that leaks.
    let right = URL_SAFE_NO_PAD.decode(token).unwrap();
    let wrong = tags.map(|tag| URL_SAFE_NO_PAD.decode(tag).unwrap());
    let tag = right.len() - 32;
    let of_leak = measure(samples, |class| {
        refuse(tags[class]);
        assert!(!hasty(&right[tag..], &wrong[class][tag..]));
    });
    println!("t: tags {of_tags:.2}, keys {of_keys:.2}, leak {of_leak:.2}");
    assert!(of_tags < 4.5, "tags: t is {of_tags:.2}");
    assert!(of_keys < 4.5, "keys: t is {of_keys:.2}");
    assert!(of_leak > 10.0, "the leak is not seen: t is {of_leak:.2}");
}
