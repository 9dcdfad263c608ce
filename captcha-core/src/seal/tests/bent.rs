//! Many bent strings of every purpose, the cookies among them. Those of tokens and challenges also go through the whole
//! engine, by the ten million, in the contract crate.

use super::*;
use crate::{
    random::{self, RandomSource},
    testing::{self, BENDING, SeededRandom},
};

/// How many of so many bent strings of each purpose `accepts` takes.
fn accepted(each: usize, accepts: impl Fn(&Sealer, Purpose, &str, &[String; 2]) -> bool) -> usize {
    let (sealer, _) = sealer("site");
    let random = SeededRandom::new(3);
    let make = |purpose, content: &[u8]| match purpose {
        Purpose::Token => sealer.tag(purpose, NOW, content),
        _ => {
            let nonce = random::array(&random).unwrap();
            sealer.seal(purpose, NOW, nonce, content).unwrap()
        }
    };
    let (mut bytes, mut taken) = ([0; BENDING], 0);
    for purpose in SEALED.into_iter().chain([Purpose::Token]) {
        // Two of this purpose, and a session to splice with.
        let content = [7; 32];
        let samples = [make(purpose, &content), make(purpose, &content[1..])];
        let foreign = make(Purpose::Session, &content);
        for at in 0..each {
            random.fill(&mut bytes).unwrap();
            let other = if at % 3 == 0 {
                &foreign
            } else {
                &samples[(at + 1) % 2]
            };
            let text = testing::bent(&samples[at % 2], other, &bytes);
            let made = text == foreign || samples.contains(&text);
            if !made && accepts(&sealer, purpose, &text, &samples) {
                taken += 1;
            }
        }
        // Untouched, each is good.
        let good = |sample| accepts(&sealer, purpose, sample, &samples);
        assert!(samples.iter().all(|sample| good(sample)));
    }
    taken
}

fn opens(sealer: &Sealer, purpose: Purpose, text: &str, _: &[String; 2]) -> bool {
    match purpose {
        Purpose::Token => sealer.verify(purpose, text).is_ok(),
        _ => sealer.open(purpose, text).is_ok(),
    }
}

#[test]
fn of_many_bent_strings_of_every_purpose_none_opens() {
    let long = std::env::var_os("CAPTCHA_LONG").is_some();
    assert_eq!(accepted(if long { 10_000_000 } else { 100_000 }, opens), 0);
}

/// The control: who compares all but the end of the tag takes some of them.
#[test]
fn a_reader_that_leaves_the_end_of_the_tag_alone_is_caught() {
    const LEFT_ALONE: usize = 16;
    let front = |text: &str| {
        let wire = URL_SAFE_NO_PAD.decode(text).ok()?;
        let length = wire.len().checked_sub(LEFT_ALONE)?;
        Some((wire.len(), wire[..length].to_vec()))
    };
    let careless = |_: &Sealer, _, text: &str, samples: &[String; 2]| {
        front(text).is_some_and(|read| {
            samples
                .iter()
                .any(|made| front(made).as_ref() == Some(&read))
        })
    };
    assert!(accepted(1_000, careless) > 0);
}
