//! Text: read five or six characters.

use rand::RngExt;
use rand::seq::IndexedRandom;
use subtle::ConstantTimeEq;

use super::{Generator, Prompt, Verdict};
use crate::render::lettering;

/// Width of the picture in pixels.
pub(crate) const WIDTH: u32 = lettering::WIDTH as u32;
/// Height of the picture in pixels.
pub(crate) const HEIGHT: u32 = lettering::HEIGHT as u32;

/// The characters in use. None of them looks like another once bent: of O, 0, D and Q only D, of E
/// and F only E, and none of 1 I L, 5 S, 2 Z, 8 B, U V, 6 G.
pub(crate) const ALPHABET: &str = "ACDEHJKMNPRTWXY34679";

/// Chance of the best blind guess: that there are five characters, and which.
pub(crate) const BLIND_GUESS: f64 = 0.5
    / (ALPHABET.len() as f64
        * ALPHABET.len() as f64
        * ALPHABET.len() as f64
        * ALPHABET.len() as f64
        * ALPHABET.len() as f64);

/// What the picture says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Solution {
    /// Five or six characters of the alphabet.
    pub(crate) text: String,
}

/// What was read.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// In any case; white space around it is ignored.
    pub(crate) text: String,
}

impl Solution {
    /// Right if it is the same text but for case and surrounding white space.
    pub(crate) fn judge(&self, answer: &Answer) -> Verdict {
        let read = answer.text.trim().to_ascii_uppercase();
        Verdict::of(read.as_bytes().ct_eq(self.text.as_bytes()).into())
    }
}

/// Draws a challenge.
pub(crate) fn generate(rng: &mut Generator) -> (Prompt, Solution) {
    let count = rng.random_range(5..=6);
    let text: String = (0..count)
        .filter_map(|_| ALPHABET.as_bytes().choose(rng).copied())
        .map(char::from)
        .collect();
    let image = lettering::draw(&text, rng);
    (
        Prompt {
            image: Some(image),
            piece: None,
        },
        Solution { text },
    )
}
