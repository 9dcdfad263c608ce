//! What has to hold of the engine itself, whatever stands in front of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test: a panic is a failure"
)]

use std::{sync::Arc, thread};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use captcha_core::{
    Answer, Captcha, ErrorKind, MemoryStore, RandomSource, Store,
    testing::{BENDING, HandClock, SeededRandom, bent, block_on, store_contract},
};
use contract::{
    engine::{Config, Engine, START},
    held::resident,
    race::{self, Outcome},
    stores::{ForgetsByTheClock, LookThenWrite, Switch},
};

const RACERS: usize = 10_000;

fn over(store: Arc<dyn Store>) -> Captcha {
    Engine::over(store).captcha
}

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new().unwrap())
}

fn token(captcha: &Captcha) -> String {
    block_on(captcha.token_for_tests(None))
        .unwrap()
        .as_str()
        .to_owned()
}

fn challenge(captcha: &Captcha) -> String {
    block_on(captcha.issue(None, None)).unwrap().challenge
}

/// Several rounds of many redemptions of one token each: the rounds in which not exactly one passed.
fn bad_rounds_of_redemptions(captcha: &Captcha, rounds: usize) -> Vec<Outcome> {
    (0..rounds)
        .map(|_| race::redemptions(captcha, &token(captcha), RACERS))
        .filter(|outcome| {
            *outcome
                != Outcome {
                    first: 1,
                    spent: RACERS - 1,
                    other: 0,
                }
        })
        .collect()
}

fn bad_rounds_of_guesses(captcha: &Captcha, rounds: usize) -> Vec<Outcome> {
    (0..rounds)
        .map(|_| race::guesses(captcha, &challenge(captcha), RACERS))
        .filter(|outcome| {
            *outcome
                != Outcome {
                    first: 1,
                    spent: RACERS - 1,
                    other: 0,
                }
        })
        .collect()
}

/// Rounds of each race; many more in the long run.
fn rounds(usual: usize, long: usize) -> usize {
    if std::env::var_os("CAPTCHA_LONG").is_some() {
        long
    } else {
        usual
    }
}

#[test]
fn of_ten_thousand_redemptions_of_one_token_one_passes() {
    let bad = bad_rounds_of_redemptions(&over(memory()), rounds(1_000, 100_000));
    assert!(bad.is_empty(), "{bad:?}");
}

#[test]
fn of_ten_thousand_guesses_at_one_challenge_one_is_judged() {
    let bad = bad_rounds_of_guesses(&over(memory()), rounds(100, 10_000));
    assert!(bad.is_empty(), "{bad:?}");
}

#[test]
fn a_store_that_looks_and_then_writes_is_caught_by_both() {
    let captcha = over(Arc::new(LookThenWrite::default()));
    assert_eq!(bad_rounds_of_redemptions(&captcha, 1).len(), 1);
    assert_eq!(bad_rounds_of_guesses(&captcha, 1).len(), 1);
}

#[test]
fn the_contract_of_stores_holds_for_memory_and_not_for_the_control() {
    for store in [memory(), Arc::new(Switch::new())] {
        assert_eq!(store_contract(&store, 64), Ok(()));
    }
    // It gets away with a round now and then; ten are no luck.
    let caught = (0..10).filter(|_| {
        let control: Arc<dyn Store> = Arc::new(LookThenWrite::default());
        store_contract(&control, 64).is_err()
    });
    assert!(caught.count() > 0, "the control passes for a store");
}

/// How many of 42 tokens and challenges that are spent, burnt or expired an engine takes after each of two jumps.
fn taken_after(jumps: [u64; 2], mut engine: Engine, jump: impl Fn(Engine, u64) -> Engine) -> usize {
    let captcha = &engine.captcha;
    let spent: Vec<String> = (0..20).map(|_| token(captcha)).collect();
    for token in &spent {
        block_on(captcha.redeem(token, None)).unwrap();
    }
    let burnt = challenge(captcha);
    let right = block_on(captcha.solve(&burnt)).unwrap();
    assert!(block_on(captcha.answer(&burnt, &Answer::from_json("{\"x\":0}"), 0)).is_err());
    // Time goes on until the unspent ones have expired as well.
    let old: Vec<String> = (0..20).map(|_| token(captcha)).collect();
    let late = challenge(captcha);
    let late_right = block_on(captcha.solve(&late)).unwrap();
    engine.wait(400);
    assert_eq!(
        block_on(captcha.redeem(&old[0], None)).unwrap_err().kind(),
        ErrorKind::Expired
    );
    let mut taken = 0;
    for at in jumps {
        engine = jump(engine, at);
        let captcha = &engine.captcha;
        for token in spent.iter().chain(&old) {
            match block_on(captcha.redeem(token, None)) {
                Ok(_) => taken += 1,
                Err(error) => assert!(
                    [ErrorKind::Expired, ErrorKind::Spent].contains(&error.kind()),
                    "{error:?}"
                ),
            }
        }
        for (challenge, right) in [(&burnt, &right), (&late, &late_right)] {
            let judged = block_on(captcha.answer(challenge, &right.answer, right.work));
            taken += usize::from(judged.is_ok());
        }
        // And what is issued then is good for its life, and once.
        let fresh = token(captcha);
        block_on(captcha.redeem(&fresh, None)).unwrap();
        assert_eq!(
            block_on(captcha.redeem(&fresh, None)).unwrap_err().kind(),
            ErrorKind::Spent
        );
    }
    taken
}

const DAY_MILLIS: u64 = 24 * 60 * 60 * 1_000;

#[test]
fn clock_jumps_of_a_day_let_nothing_through_that_is_not_alive() {
    for jumps in [
        [START + DAY_MILLIS, START],
        [START - DAY_MILLIS, START],
        [START - DAY_MILLIS, START + DAY_MILLIS],
        [START + DAY_MILLIS, START - DAY_MILLIS],
    ] {
        let taken = taken_after(jumps, Engine::build(Config::default()), |engine, at| {
            engine.clock.set(at);
            engine
        });
        assert_eq!(taken, 0, "{jumps:?}");
    }
}

/// The control: a process that forgets what time it has seen, over marks that end by the machine's clock.
#[test]
fn a_process_that_goes_back_with_the_clock_is_caught() {
    let hands = HandClock::at(START);
    let store = Arc::new(ForgetsByTheClock::new(hands.clone()));
    let started = |seed, at| {
        let config = Config {
            seed,
            ..Config::default()
        };
        let engine = Engine::build_on(Some(Arc::clone(&store) as Arc<dyn Store>), config);
        engine.clock.set(at);
        engine
    };
    let jumps = [START + DAY_MILLIS, START];
    let taken = taken_after(jumps, started(7, START), |_, at| {
        hands.set(at);
        started(if at == START { 9 } else { 8 }, at)
    });
    // All but the challenge that expired unanswered and the one that was burnt are tokens.
    assert_eq!(taken, 42);
}

#[test]
fn a_token_from_the_future_is_refused_beyond_half_a_minute() {
    let ahead = Engine::build(Config::default());
    let behind = Engine::build(Config::default());
    for (seconds, good) in [(29, true), (30, true), (31, false), (24 * 60 * 60, false)] {
        ahead.clock.set(START + seconds * 1_000);
        let early = Engine::build(Config::default());
        early.clock.set(START + seconds * 1_000);
        // Both have seed 7, so the store's generation is the same: two nodes of one site.
        let token = block_on(early.captcha.token_for_tests(None)).unwrap();
        let redeemed = block_on(behind.captcha.redeem(token.as_str(), None));
        match redeemed {
            Ok(_) => assert!(good, "{seconds} s ahead"),
            // The same seed gives the same id, which was redeemed before.
            Err(error) if good => assert_eq!(error.kind(), ErrorKind::Spent, "{seconds} s ahead"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Expired, "{seconds} s ahead"),
        }
    }
}

/// Runs `part` on every core, each with its own number.
fn on_all_cores(part: impl Fn(usize, usize) -> usize + Sync) -> usize {
    let cores = thread::available_parallelism()
        .map_or(2, usize::from)
        .min(8);
    thread::scope(|scope| {
        let running: Vec<_> = (0..cores)
            .map(|core| {
                let part = &part;
                scope.spawn(move || part(core, cores))
            })
            .collect();
        running.into_iter().map(|part| part.join().unwrap()).sum()
    })
}

#[test]
fn of_a_thousand_tokens_every_flipped_bit_and_every_truncation_is_refused() {
    let engine = Engine::build(Config {
        kinds: vec![captcha_core::Kind::Work],
        work_bits: Some((0, 1)),
        ..Config::default()
    });
    let tokens: Vec<String> = (0..1_000).map(|_| token(&engine.captcha)).collect();
    let tried = on_all_cores(|core, cores| {
        let mut tried = 0;
        let mut refuse = |text: &str| {
            let error = block_on(engine.captcha.redeem(text, None)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Malformed, "{text}");
            tried += 1;
        };
        for token in tokens.iter().skip(core).step_by(cores) {
            let wire = BASE64.decode(token).unwrap();
            for bit in 0..wire.len() * 8 {
                let mut flipped = wire.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                refuse(&BASE64.encode(&flipped));
            }
            for length in 0..wire.len() {
                refuse(&BASE64.encode(&wire[..length]));
            }
            for length in 0..token.len() {
                refuse(&token[..length]);
            }
            // Bits that carry nothing in the last character are part of the encoding, too.
            let last = char::from(token.as_bytes()[token.len() - 1]);
            for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars()
            {
                if other != last {
                    refuse(&format!("{}{other}", &token[..token.len() - 1]));
                }
            }
        }
        tried
    });
    assert!(tried > 900_000, "{tried} strings");
    // The control: untouched, each is good.
    for token in &tokens {
        block_on(engine.captcha.redeem(token, None)).unwrap();
    }
}

#[test]
fn of_millions_of_random_mutations_none_is_accepted() {
    let engine = Engine::build(Config::default());
    let captcha = &engine.captcha;
    let samples = [token(captcha), token(captcha), challenge(captcha)];
    let before = cfg!(target_os = "linux").then(resident);
    let mutations = rounds(10_000_000, 1_000_000_000);
    let tried = on_all_cores(|core, cores| {
        let random = SeededRandom::new(u8::try_from(core).unwrap());
        let mut bytes = [0; BENDING];
        let mut tried = 0;
        for at in 0.. {
            if tried > mutations / cores {
                break;
            }
            random.fill(&mut bytes).unwrap();
            let mutated = bent(&samples[at % 3], &samples[(at + 1) % 3], &bytes);
            if samples.contains(&mutated) {
                continue;
            }
            let error = block_on(captcha.redeem(&mutated, None)).expect_err(&mutated);
            assert_eq!(error.kind(), ErrorKind::Malformed, "{mutated}");
            // Wherever it came from, it is no challenge either.
            if at % 3 == 2 || at % 8 == 0 {
                let error = block_on(captcha.answer(&mutated, &Answer::from_json("{\"x\":1}"), 0));
                assert_eq!(
                    error.expect_err(&mutated).kind(),
                    ErrorKind::Malformed,
                    "{mutated}"
                );
            }
            tried += 1;
        }
        tried
    });
    assert!(tried >= mutations, "{tried} of {mutations}");
    if let Some(before) = before {
        let grown = resident().saturating_sub(before);
        println!("{tried} strings, {grown} KiB more");
        assert!(grown < 4_096, "{grown} KiB more");
    }
    block_on(captcha.redeem(&samples[0], None)).unwrap();
}
