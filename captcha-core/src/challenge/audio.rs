//! Audio: type the digits that are read out.

use rand::RngExt;
use subtle::ConstantTimeEq;

use super::{Difficulty, Generator, Prompt, Verdict};
use crate::render::{recital, voice::Language};

/// Digits in a clip.
const fn digits(difficulty: Difficulty) -> usize {
    match difficulty {
        Difficulty::Easy => 4,
        Difficulty::Normal => 5,
        Difficulty::Hard => 6,
    }
}

/// Chance of a blind guess: any digit is as likely as any other.
pub(crate) fn blind_guess(difficulty: Difficulty) -> f64 {
    0.1f64.powi(digits(difficulty) as i32)
}

/// What is read out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Solution {
    /// From 0 to 9.
    pub(crate) digits: Vec<u8>,
    /// The language that they are spoken in, for a sound that is drawn again.
    pub(crate) language: Language,
}

/// What was heard.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// Digits of any script that the spoken languages are written in. White space is ignored.
    pub(crate) text: String,
}

impl Solution {
    /// Right if it is the same digits.
    pub(crate) fn judge(&self, answer: &Answer) -> Verdict {
        let heard: Option<Vec<u8>> = (answer.text.chars())
            .filter(|character| !character.is_whitespace())
            .map(value)
            .collect();
        Verdict::of(heard.is_some_and(|heard| heard.ct_eq(&self.digits).into()))
    }

    /// The digits as they are typed.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn text(&self) -> String {
        self.digits
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect()
    }
}

/// The value of a digit as keyboards type it: European, Arabic, Persian, or full-width.
fn value(character: char) -> Option<u8> {
    let number = u32::from(character);
    let zero = [0x30, 0x660, 0x6F0, 0xFF10]
        .into_iter()
        .find(|zero| (*zero..*zero + 10).contains(&number))?;
    u8::try_from(number - zero).ok()
}

/// Draws a challenge.
pub(crate) fn generate(
    difficulty: Difficulty,
    language: Language,
    rng: &mut Generator,
) -> (Prompt, Solution) {
    let digits: Vec<u8> = (0..digits(difficulty))
        .map(|_| rng.random_range(0..10))
        .collect();
    let audio = recital::recite(&digits, language, rng);
    (
        Prompt {
            audio: Some(audio),
            ..Prompt::default()
        },
        Solution { digits, language },
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand::SeedableRng;

    use super::*;
    use crate::render::sound::tests::chunks;

    const ALL: [Difficulty; 3] = [Difficulty::Easy, Difficulty::Normal, Difficulty::Hard];

    fn judge(digits: &[u8], heard: &str) -> Verdict {
        let answer = Answer {
            text: heard.to_owned(),
        };
        Solution {
            digits: digits.to_vec(),
            language: Language::English,
        }
        .judge(&answer)
    }

    fn draw(difficulty: Difficulty, language: Language, seed: u64) -> (Vec<u8>, Solution) {
        let mut rng = Generator::seed_from_u64(seed);
        let (prompt, solution) = generate(difficulty, language, &mut rng);
        assert!(prompt.image.is_none() && prompt.piece.is_none());
        (prompt.audio.unwrap().bytes, solution)
    }

    #[test]
    fn digits_count_in_any_script_and_spacing() {
        for heard in [
            "70419",
            " 7 0 4\t19\n",
            "704\u{a0}19",
            "７０４１９",
            "\u{667}\u{660}\u{664}\u{661}\u{669}",
            "\u{6f7}\u{6f0}\u{6f4}\u{6f1}\u{6f9}",
            "7\u{660}４\u{6f1}9",
        ] {
            assert_eq!(judge(&[7, 0, 4, 1, 9], heard), Verdict::Right, "{heard:?}");
        }
        for heard in [
            "",
            " ",
            "7041",
            "704199",
            "70491",
            "70418",
            "7041९",
            "7041a",
            "7-0-4-1-9",
            "seven",
            "70419\0",
            "+70419",
            "7041⁹",
        ] {
            assert_eq!(judge(&[7, 0, 4, 1, 9], heard), Verdict::Wrong, "{heard:?}");
        }
        assert_eq!(judge(&[0, 0, 0, 0, 0], ""), Verdict::Wrong);
    }

    #[test]
    fn one_digit_more_makes_a_guess_ten_times_as_unlikely() {
        let chances = ALL.map(blind_guess);
        for (chance, zeros) in chances.into_iter().zip([1e4, 1e5, 1e6]) {
            assert!((chance * zeros - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_and_another_does_not() {
        for language in Language::ALL {
            let once = draw(Difficulty::Normal, language, 1);
            assert_eq!(once, draw(Difficulty::Normal, language, 1));
            assert_ne!(once.0, draw(Difficulty::Normal, language, 2).0);
        }
    }

    #[test]
    fn the_digits_do_not_depend_on_the_language_and_the_sound_does() {
        let (sounds, digits): (HashSet<_>, HashSet<_>) = Language::ALL
            .map(|language| draw(Difficulty::Normal, language, 5))
            .into_iter()
            .map(|(sound, solution)| (sound, solution.digits))
            .unzip();
        assert_eq!((sounds.len(), digits.len()), (12, 1));
    }

    #[test]
    fn files_tell_nothing_but_samples() {
        for (number, difficulty) in ALL.into_iter().enumerate() {
            let lengths: HashSet<usize> = (Language::ALL.iter().zip(0..))
                .map(|(language, seed)| {
                    let (bytes, solution) = draw(difficulty, *language, seed);
                    assert_eq!(chunks(&bytes), ["fmt ", "data"]);
                    assert_eq!(solution.digits.len(), 4 + number);
                    bytes.len()
                })
                .collect();
            // Nothing is packed, and a slow voice is not a longer clip.
            assert_eq!(lengths.len(), 1);
        }
        assert!(draw(Difficulty::Normal, Language::English, 1).0.len() <= 60 * 1024);
    }

    /// Clips share no stretch of samples either, so that there is nothing to look up.
    #[test]
    fn no_two_clips_share_samples() {
        let mut seen = HashSet::new();
        for seed in 0..300 {
            let (bytes, _) = draw(Difficulty::Normal, Language::English, seed);
            for (number, part) in bytes[44..].chunks_exact(800).enumerate() {
                assert!(seen.insert(part.to_vec()), "part {number} of {seed}");
            }
        }
        // The control: a clip drawn twice is found.
        let (again, _) = draw(Difficulty::Normal, Language::English, 7);
        assert!(!seen.insert(again[44..844].to_vec()));
    }

    #[test]
    fn every_digit_is_as_likely_at_every_place() {
        let mut counts = [[0u32; 10]; 5];
        let mut rng = Generator::seed_from_u64(1);
        for _ in 0..500 {
            let (_, solution) = generate(Difficulty::Normal, Language::English, &mut rng);
            for (place, digit) in counts.iter_mut().zip(&solution.digits) {
                place[usize::from(*digit)] += 1;
            }
        }
        // 50 expected; five standard deviations are 34.
        let counts = counts.as_flattened();
        assert!(
            counts.iter().all(|count| (16..=84).contains(count)),
            "{counts:?}"
        );
    }
}
