//! Rotate: turn the inner disc until the picture fits.

use rand::RngExt;

use super::{Difficulty, Generator, Prompt, Verdict};
use crate::render::turn;

/// Degrees that an answer may be off, to either side.
const fn tolerance(difficulty: Difficulty) -> u8 {
    match difficulty {
        Difficulty::Easy => 12,
        Difficulty::Normal => 9,
        Difficulty::Hard => 6,
    }
}

/// Least turn in degrees: a disc that hardly has to be turned would look solved.
const LEAST: u16 = 25;

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
