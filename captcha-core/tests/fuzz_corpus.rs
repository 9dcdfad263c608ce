//! The fuzz targets without a fuzzer: over their corpus, their seeds, and mutations of both that are
//! the same in every run. `CAPTCHA_CORPUS=write cargo test -p captcha-core --test fuzz_corpus` writes
//! the seeds into `fuzz/corpus`; what a fuzzer found goes there by hand.
#![cfg(feature = "testing")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    reason = "what fails here fails the test"
)]

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::{
    fs,
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
};

use captcha_core::{RandomSource, testing::SeededRandom};
use targets::{TARGETS, Target};

/// Pieces that parsers stumble over.
const PIECES: [&[u8]; 16] = [
    b"\0",
    b"\"",
    b"\\",
    b"\\u0000",
    b"%00",
    b"%",
    b"&",
    b"=",
    b";",
    b",",
    b"\n",
    b"{}",
    b"null",
    b"1e999",
    b"\xff",
    b"captcha-token",
];

fn folder(target: &Target) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target.name)
}

/// The committed inputs, then the seeds of this build, whose tokens its engine accepts.
fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let seeds = (target.seeds)();
    if std::env::var_os("CAPTCHA_CORPUS").is_some_and(|how| how == "write") {
        fs::create_dir_all(folder(target)).unwrap();
        for (number, seed) in seeds.iter().enumerate() {
            fs::write(folder(target).join(format!("seed-{number:02}")), seed).unwrap();
        }
    }
    let mut files: Vec<_> = fs::read_dir(folder(target))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no corpus", target.name);
    let files = files.iter().map(|file| fs::read(file).unwrap());
    files.chain(seeds).collect()
}

/// Random numbers that are the same in every run.
struct Dice(SeededRandom);

impl Dice {
    fn below(&self, limit: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes).unwrap();
        (u64::from_be_bytes(bytes) % limit.max(1) as u64) as usize
    }

    /// One of the inputs with up to four changes.
    fn mutated(&self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut input = corpus[self.below(corpus.len())].clone();
        for _ in 0..=self.below(4) {
            self.change(&mut input, corpus);
        }
        input
    }

    fn change(&self, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        let end = (at + self.below(24)).min(input.len());
        match (self.below(8), input.get_mut(at)) {
            (0, Some(byte)) => *byte ^= 1 << self.below(8),
            (1, Some(byte)) => *byte = self.below(256) as u8,
            (2, _) => input.truncate(at),
            (3, _) => drop(input.drain(at..end)),
            (4, _) => {
                let twice = input[at..end].to_vec();
                input.splice(at..at, twice);
            }
            (5, _) => {
                let other = &corpus[self.below(corpus.len())];
                let from = self.below(other.len() + 1);
                input.splice(at..end, other[from..].iter().copied());
            }
            (6, _) => input.insert(at, self.below(256) as u8),
            _ => drop(input.splice(at..at, PIECES[self.below(PIECES.len())].iter().copied())),
        }
    }
}

#[test]
fn no_input_breaks_a_promise() {
    let long = std::env::var_os("CAPTCHA_LONG").is_some();
    let times = if long { 100 } else { 1 };
    for (number, target) in TARGETS.iter().enumerate() {
        let (corpus, count) = (corpus(target), target.mutations * times);
        let dice = Dice(SeededRandom::new(number as u8));
        let mutations = (0..count).map(|_| dice.mutated(&corpus));
        let started = std::time::Instant::now();
        for input in corpus.iter().cloned().chain(mutations) {
            let run = panic::catch_unwind(|| (target.run)(&input));
            assert!(
                run.is_ok(),
                "{}: b\"{}\"",
                target.name,
                input.escape_ascii()
            );
        }
        let (inputs, took) = (corpus.len() + count, started.elapsed());
        eprintln!("{}: {inputs} inputs in {took:.1?}", target.name);
    }
}

#[test]
fn an_outcome_that_must_not_be_is_caught() {
    for target in &TARGETS {
        // Set up before, so that a control fails for its own reason.
        (target.run)(&(target.seeds)()[0]);
        assert!(target.controls.len() > 1, "{}", target.name);
        for (number, control) in target.controls.iter().enumerate() {
            let caught = panic::catch_unwind(AssertUnwindSafe(control)).is_err();
            assert!(caught, "{}: control {number}", target.name);
        }
    }
}
