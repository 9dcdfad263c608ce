//! Rotate: turn the inner disc until the picture fits.

use rand::RngExt;

use super::{Difficulty, Generator, Prompt, Verdict};
use crate::render::turn;

/// Degrees that an answer may be off, to either side.
const fn tolerance(difficulty: Difficulty) -> u8 {
    match difficulty {
        Difficulty::Easy => 12,
        Difficulty::Normal => 8,
        Difficulty::Hard => 6,
    }
}

/// Least turn in degrees: a disc that hardly has to be turned would look solved.
pub(super) const LEAST: u16 = 25;

/// Chance of a blind guess: the angles within the tolerance, among those that occur.
pub(crate) fn blind_guess(difficulty: Difficulty) -> f64 {
    f64::from(2 * u16::from(tolerance(difficulty)) + 1) / f64::from(360 - 2 * LEAST + 1)
}

/// How far the disc has to be turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Solution {
    /// Degrees clockwise, below 360.
    pub(crate) angle: u16,
    /// Degrees that an answer may be off, to either side.
    pub(crate) tolerance: u8,
}

/// How far it was turned.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// Degrees clockwise.
    pub(crate) angle: f64,
}

impl Solution {
    /// Right within the tolerance, the short way round. What is no angle from -360 to 360 is wrong.
    pub(crate) fn judge(self, answer: &Answer) -> Verdict {
        let off = (answer.angle - f64::from(self.angle)).rem_euclid(360.0);
        let off = off.min(360.0 - off);
        let angle = (-360.0..=360.0).contains(&answer.angle);
        Verdict::of(angle && off <= f64::from(self.tolerance))
    }
}

/// Draws a challenge.
pub(crate) fn generate(difficulty: Difficulty, rng: &mut Generator) -> (Prompt, Solution) {
    let angle = rng.random_range(LEAST..=360 - LEAST);
    let (image, disc) = turn::draw(f32::from(angle), rng);
    (
        Prompt {
            image: Some(image),
            disc: Some(disc),
            ..Prompt::default()
        },
        Solution {
            angle,
            tolerance: tolerance(difficulty),
        },
    )
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::render::encode::tests::chunks;

    fn judge(angle: u16, answer: f64) -> Verdict {
        let solution = Solution {
            angle,
            tolerance: 8,
        };
        solution.judge(&Answer { angle: answer })
    }

    #[test]
    fn right_within_the_tolerance_the_short_way_round() {
        for answer in [90.0, 82.0, 98.0, -270.0] {
            assert_eq!(judge(90, answer), Verdict::Right, "{answer}");
        }
        for answer in [81.9, 98.1, 270.0, -90.0, 450.0, f64::NAN, f64::INFINITY] {
            assert_eq!(judge(90, answer), Verdict::Wrong, "{answer}");
        }
        assert_eq!(judge(358, 5.0), Verdict::Right);
        assert_eq!(judge(358, 7.0), Verdict::Wrong);
    }

    #[test]
    fn blind_guesses_are_as_rare_as_stated() {
        let mut rng = Generator::seed_from_u64(1);
        let tries = 100_000;
        let mut right = 0;
        for _ in 0..tries {
            let home = rng.random_range(LEAST..=360 - LEAST);
            let guess = rng.random_range(LEAST + 8..=360 - LEAST - 8);
            right += u32::from(judge(home, f64::from(guess)) == Verdict::Right);
        }
        let chance = blind_guess(Difficulty::Normal);
        let deviation = (f64::from(tries) * chance * (1.0 - chance)).sqrt();
        let off = f64::from(right) - chance * f64::from(tries);
        assert!(off.abs() < 3.0 * deviation, "{right}");
    }

    #[test]
    fn files_tell_nothing_but_pixels() {
        for seed in 0..30 {
            let rng = || Generator::seed_from_u64(seed);
            let (prompt, solution) = generate(Difficulty::Normal, &mut rng());
            let (again, same) = generate(Difficulty::Normal, &mut rng());
            let (image, disc) = (prompt.image.unwrap(), prompt.disc.unwrap());
            assert_eq!(
                (image.bytes.clone(), solution),
                (again.image.unwrap().bytes, same)
            );
            assert!(image.bytes.len() + disc.bytes.len() <= 24 * 1024);
            for picture in [image, disc] {
                let names = chunks(&picture.bytes);
                assert_eq!(names, ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
                let pixels = image::load_from_memory(&picture.bytes).unwrap().to_rgba8();
                let clear = pixels.pixels().filter(|pixel| pixel.0[3] == 0);
                assert!(clear.into_iter().all(|pixel| pixel.0 == [0; 4]));
            }
        }
    }
}
