//! Text: read a few characters.

use std::ops::RangeInclusive;
use std::sync::Arc;

use rand::RngExt;
use rand::seq::IndexedRandom;
use subtle::ConstantTimeEq;

use super::{Difficulty, Generator, Prompt, Verdict, sum};
use crate::render::host::Host;
use crate::render::lettering::{self, Style};

/// The characters in use unless others are set. None of them looks like another one in some typeface: of E F
/// only E, of K X only K, of M N W only M, of 1 I L only L, of 3 8 9 only 3, of 4 A R only A, of 7 T only T, and
/// none of 0 C D G O Q 6, 2 Z, 5 S and U V.
pub(crate) const ALPHABET: &str = "AEHJKLMPTY3";

/// Fewest and most characters that can be asked for.
pub(crate) const LENGTHS: (usize, usize) = (4, 8);

/// Fewest characters of an alphabet: a guess among all texts is then right once in 1,296 at best.
const FEWEST: usize = 6;

/// What pictures of kind `text` say: characters to read, or a sum to work out.
///
/// ```
/// use captcha_core::TextOptions;
///
/// let digits = TextOptions::new().alphabet("0123456789").lengths(6..=8);
/// let sums = TextOptions::arithmetic();
/// # assert_ne!(digits, sums);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct TextOptions {
    alphabet: Option<Arc<str>>,
    lengths: Option<(usize, usize)>,
    arithmetic: bool,
}

impl TextOptions {
    /// Eleven letters and digits without look-alikes, as many as the difficulty says: 4 at Easy, 4 or 5 at
    /// Normal, 5 or 6 at Hard.
    pub fn new() -> Self {
        Self::default()
    }

    /// A sum of two numbers, such as `47+8=`; what is typed is the result. There are far fewer
    /// results than texts, so that a blind guess is right about once in 70: the ledger counts that.
    pub fn arithmetic() -> Self {
        Self {
            arithmetic: true,
            ..Self::default()
        }
    }

    /// Other characters: 6 or more of A to Z and 0 to 9, in any case. Letters whose small form cannot be taken
    /// for another character are drawn in both, and answers may be in any case. Look-alikes (0 and O, 1 and I,
    /// 5 and S) are for you to leave out.
    pub fn alphabet(mut self, alphabet: &str) -> Self {
        self.alphabet = Some(alphabet.to_uppercase().into());
        self
    }

    /// Fewest and most characters, between 4 and 8, instead of the difficulty's. More characters are
    /// smaller, and harder for machines and people alike.
    pub fn lengths(mut self, lengths: RangeInclusive<usize>) -> Self {
        self.lengths = Some((*lengths.start(), *lengths.end()));
        self
    }

    /// Whether these can be drawn, or what is to be changed.
    pub(crate) fn check(&self) -> Result<(), String> {
        if let Some((fewest, most)) = self.lengths
            && (fewest > most || fewest < LENGTHS.0 || most > LENGTHS.1)
        {
            return Err(format!(
                "text of {fewest} to {most} characters: choose lengths within {} to {}, such as \
                 `.lengths(5..=6)`",
                LENGTHS.0, LENGTHS.1
            ));
        }
        let Some(alphabet) = &self.alphabet else {
            return Ok(());
        };
        let unknown: String = alphabet.chars().filter(|c| !lettering::draws(*c)).collect();
        if !unknown.is_empty() {
            return Err(format!(
                "the alphabet of text has {unknown:?}, which cannot be drawn: use A to Z and 0 to 9"
            ));
        }
        let twice = (alphabet.char_indices())
            .find(|(at, c)| alphabet.chars().take(*at).any(|before| before == *c));
        if let Some((_, character)) = twice {
            return Err(format!("the alphabet of text has {character:?} twice"));
        }
        if alphabet.chars().count() < FEWEST {
            return Err(format!(
                "the alphabet of text {alphabet:?} is too short to be hard to guess: use {FEWEST} \
                 characters or more"
            ));
        }
        Ok(())
    }

    /// Whether a result is asked for, and not what stands there.
    pub(crate) fn is_arithmetic(&self) -> bool {
        self.arithmetic
    }

    /// Every character that can be drawn for these.
    pub(crate) fn characters(&self) -> &str {
        if self.arithmetic {
            return sum::CHARACTERS;
        }
        self.alphabet.as_deref().unwrap_or(ALPHABET)
    }

    fn range(&self, difficulty: Difficulty) -> (usize, usize) {
        self.lengths.unwrap_or(match difficulty {
            Difficulty::Easy => (4, 4),
            Difficulty::Normal => (4, 5),
            Difficulty::Hard => (5, 6),
        })
    }

    /// Chance of the best blind guess: that there are as few characters as can be, and which; or the
    /// likeliest result.
    pub(crate) fn blind_guess(&self, difficulty: Difficulty) -> f64 {
        if self.arithmetic {
            return sum::blind_guess(difficulty);
        }
        let (fewest, most) = self.range(difficulty);
        let texts = (self.characters().chars().count() as f64).powi(fewest as i32);
        1.0 / (texts * (most - fewest + 1) as f64)
    }

    /// What is drawn, and what it stands for.
    fn choose(&self, difficulty: Difficulty, rng: &mut Generator) -> (String, String) {
        if self.arithmetic {
            return sum::choose(difficulty, rng);
        }
        let (fewest, most) = self.range(difficulty);
        let characters: Vec<char> = self.characters().chars().collect();
        let count = rng.random_range(fewest..=most);
        let text: String = (0..count)
            .filter_map(|_| characters.choose(rng).copied())
            .collect();
        (text.clone(), text)
    }
}

/// What the picture says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Solution {
    /// Characters of the alphabet, or the digits of a result.
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
        let read = answer.text.trim().to_uppercase();
        Verdict::of(read.as_bytes().ct_eq(self.text.as_bytes()).into())
    }
}

/// Draws a challenge.
pub(crate) fn generate(
    options: &TextOptions,
    difficulty: Difficulty,
    style: Option<Style>,
    host: Option<&Host>,
    rng: &mut Generator,
) -> (Prompt, Solution) {
    let (shown, text) = options.choose(difficulty, rng);
    let image = lettering::draw(&shown, style, host, rng);
    (
        Prompt {
            image: Some(image),
            arithmetic: options.arithmetic,
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
            "0CDGOQ6", "1IL", "2Z", "5S", "7T", "38B", "UV", "EF", "4AR", "39", "KX", "MNW",
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
        let guess = TextOptions::new().blind_guess(Difficulty::Normal);
        assert!((guess * 2.0 * texts - 1.0).abs() < 1e-9);
        let guess = (TextOptions::new().alphabet("0123456789").lengths(4..=4))
            .blind_guess(Difficulty::Normal);
        assert!((guess * 10_000.0 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn texts_are_four_or_five_characters_of_the_alphabet() {
        let mut rng = Generator::seed_from_u64(3);
        let mut seen = HashSet::new();
        for _ in 0..300 {
            let (prompt, Solution { text }) = generate(
                &TextOptions::new(),
                Difficulty::Normal,
                None,
                None,
                &mut rng,
            );
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
                    &TextOptions::new(),
                    Difficulty::Normal,
                    None,
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
                &TextOptions::new(),
                Difficulty::Normal,
                None,
                None,
                &mut Generator::seed_from_u64(seed),
            );
            let picture = prompt.image.unwrap();
            assert_eq!(
                (picture.width, picture.height),
                (lettering::WIDTH as u32, lettering::HEIGHT as u32)
            );
            // Nothing is packed, so that the length tells nothing of the text.
            assert_eq!(picture.bytes.len(), 10_742);
            assert_eq!(chunks(&picture.bytes), ["IHDR", "PLTE", "IDAT", "IEND"]);
            assert!(prompt.piece.is_none());
        }
    }

    #[test]
    fn any_alphabet_and_lengths_within_bounds_are_kept_to() {
        let mut rng = Generator::seed_from_u64(8);
        let every: Vec<char> = ('A'..='Z').chain('0'..='9').collect();
        for _ in 0..60 {
            let size = rng.random_range(FEWEST..=every.len());
            let alphabet: String = every.sample(&mut rng, size).collect();
            let fewest = rng.random_range(LENGTHS.0..=LENGTHS.1);
            let most = rng.random_range(fewest..=LENGTHS.1);
            let options =
                (TextOptions::new().alphabet(&alphabet.to_lowercase())).lengths(fewest..=most);
            options.check().unwrap();
            for difficulty in [Difficulty::Easy, Difficulty::Normal, Difficulty::Hard] {
                let (prompt, Solution { text }) =
                    generate(&options, difficulty, None, None, &mut rng);
                assert!((fewest..=most).contains(&text.len()), "{text}");
                assert!(text.chars().all(|c| alphabet.contains(c)), "{text}");
                assert_eq!(prompt.image.unwrap().bytes.len(), 10_742);
            }
        }
    }

    #[test]
    fn what_cannot_be_drawn_or_is_easily_guessed_is_refused_with_the_fix() {
        let refused = |options: TextOptions| options.check().unwrap_err();
        for (options, said) in [
            (TextOptions::new().lengths(3..=5), "4 to 8"),
            (TextOptions::new().lengths(4..=9), "4 to 8"),
            (TextOptions::new().alphabet("ABCDE"), "6 characters"),
            (TextOptions::new().alphabet("ABCDEFa"), "'A' twice"),
            (TextOptions::new().alphabet("ABCDEF\u{416}?"), "\u{416}?"),
            (TextOptions::new().alphabet(""), "6 characters"),
        ] {
            let message = refused(options);
            assert!(message.contains(said), "{message}");
        }
    }
}
