//! Text: read a few characters.

use rand::RngExt;
use rand::seq::IndexedRandom;
use subtle::ConstantTimeEq;

use super::{Difficulty, Generator, Prompt, Verdict};
use crate::render::lettering::{self, Style};

/// The characters in use. None of them looks like another once bent: of E F only E, of C G only C, of
/// A R 4 only A, of H M N only H, of K X Y only X, of 3 9 only 3, of 1 I L only L, of T 7 only T, and
/// none of 0 D O Q, 2 Z, 5 S, 8 B and U V.
pub(crate) const ALPHABET: &str = "ACEHJLPTWX36";

/// Fewest and most characters in a picture.
const fn lengths(difficulty: Difficulty) -> (usize, usize) {
    match difficulty {
        Difficulty::Easy => (4, 4),
        Difficulty::Normal => (4, 5),
        Difficulty::Hard => (5, 6),
    }
}

/// Chance of the best blind guess: that there are as few characters as can be, and which.
pub(crate) fn blind_guess(difficulty: Difficulty) -> f64 {
    let (fewest, most) = lengths(difficulty);
    let texts = (ALPHABET.len() as f64).powi(fewest as i32);
    1.0 / (texts * (most - fewest + 1) as f64)
}

/// What the picture says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Solution {
    /// Characters of the alphabet.
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
pub(crate) fn generate(
    difficulty: Difficulty,
    style: Option<Style>,
    rng: &mut Generator,
) -> (Prompt, Solution) {
    let (fewest, most) = lengths(difficulty);
    let count = rng.random_range(fewest..=most);
    let text: String = (0..count)
        .filter_map(|_| ALPHABET.as_bytes().choose(rng).copied())
        .map(char::from)
        .collect();
    let image = lettering::draw(&text, style, rng);
    (
        Prompt {
            image: Some(image),
            ..Prompt::default()
        },
        Solution { text },
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand::SeedableRng;

    use super::*;
    use crate::render::encode::tests::chunks;

    fn judge(text: &str, read: &str) -> Verdict {
        let answer = Answer {
            text: read.to_owned(),
        };
        Solution {
            text: text.to_owned(),
        }
        .judge(&answer)
    }

    #[test]
    fn case_and_white_space_do_not_matter() {
        for read in ["ACD36", "acd36", "AcD36", "  acd36\n"] {
            assert_eq!(judge("ACD36", read), Verdict::Right, "{read:?}");
        }
        for read in [
            "", " ", "ACD3", "ACD366", "ACD63", "AC D36", "ÁCD36", "ACD36\0",
        ] {
            assert_eq!(judge("ACD36", read), Verdict::Wrong, "{read:?}");
        }
    }

    #[test]
    fn the_alphabet_has_no_look_alikes() {
        let unique: HashSet<char> = ALPHABET.chars().collect();
        assert_eq!(unique.len(), ALPHABET.len());
        for alike in [
            "0DOQ", "1IL", "7T", "2Z7", "5S", "6G", "8B", "UV", "EF", "4AR", "CG", "39D", "KXY",
            "HMN",
        ] {
            let kept = alike.chars().filter(|character| unique.contains(character));
            assert!(kept.count() <= 1, "{alike}");
        }
        assert!(
            ALPHABET
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        );
    }

    #[test]
    fn a_blind_guess_names_one_of_the_shorter_texts() {
        let texts = (ALPHABET.len() as f64).powi(4);
        assert!((blind_guess(Difficulty::Normal) * 2.0 * texts - 1.0).abs() < 1e-9);
    }

    #[test]
    fn texts_are_four_or_five_characters_of_the_alphabet() {
        let mut rng = Generator::seed_from_u64(3);
        let mut seen = HashSet::new();
        for _ in 0..300 {
            let (prompt, Solution { text }) = generate(Difficulty::Normal, None, &mut rng);
            assert!(matches!(text.len(), 4 | 5), "{text}");
            assert!(text.chars().all(|character| ALPHABET.contains(character)));
            assert!(seen.insert(prompt.image.unwrap().bytes));
        }
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        for seed in 0..20 {
            let draw = || {
                let (prompt, solution) = generate(
                    Difficulty::Normal,
                    None,
                    &mut Generator::seed_from_u64(seed),
                );
                (prompt.image.unwrap().bytes, solution)
            };
            assert_eq!(draw(), draw());
        }
    }

    #[test]
    fn files_tell_nothing_but_pixels() {
        for seed in 0..60 {
            let (prompt, _) = generate(
                Difficulty::Normal,
                None,
                &mut Generator::seed_from_u64(seed),
            );
            let picture = prompt.image.unwrap();
            assert_eq!(
                (picture.width, picture.height),
                (lettering::WIDTH as u32, lettering::HEIGHT as u32)
            );
            // Nothing is packed, so that the length tells nothing of the text.
            assert_eq!(picture.bytes.len(), 12_184);
            assert_eq!(chunks(&picture.bytes), ["IHDR", "PLTE", "IDAT", "IEND"]);
            assert!(prompt.piece.is_none());
        }
    }
}
