//! Drag: a piece is missing from a picture that has decoy gaps all over; put it where it belongs,
//! free in both directions.

use std::ops::Range;

use rand::RngExt;
use rand::seq::SliceRandom;

use super::slide::{COLOURS, HEIGHT, WIDTH, cut};
use super::{Difficulty, Generator, Piece, Prompt, Verdict};
use crate::render::canvas::Canvas;
use crate::render::host::Host;
use crate::render::landmark::{self, Place};
use crate::render::scene;

/// Size of a piece's picture: the same for every piece.
pub(crate) const PIECE_WIDTH: usize = 44;
pub(crate) const PIECE_HEIGHT: usize = 46;

/// Rows of gaps, and the pixels from one to the next.
pub(super) const ROWS: usize = 3;
pub(super) const ROW_STEP: usize = 51;
/// Pixels that a gap may lie off its row, downwards.
const ROW_SLACK: usize = 5;
/// Least distance of the picture's edge.
pub(super) const EDGE: usize = 4;

/// How wide and high the thing on the piece is, beside that in the picture: nearly all of it is seen.
const SCALE: [Range<f32>; 2] = [0.65..0.85, 0.6..0.8];

/// Gaps in a picture: the piece's own and the decoys. As many on each row, or the first would touch
/// the last.
const fn gaps(difficulty: Difficulty) -> usize {
    match difficulty {
        Difficulty::Easy => 6,
        Difficulty::Normal => 9,
        Difficulty::Hard => 12,
    }
}

/// Pixels that an answer may be off, in each direction.
const fn tolerance(difficulty: Difficulty) -> u8 {
    match difficulty {
        Difficulty::Easy => 7,
        Difficulty::Normal => 6,
        Difficulty::Hard => 4,
    }
}

/// Chance of the best blind guess: a row, and the places along it within the tolerance. Whoever
/// finds the gaps, but cannot tell them apart, is right once in nine (Easy: six, Hard: twelve).
pub(crate) fn blind_guess(difficulty: Difficulty) -> f64 {
    let window = 2.0 * f64::from(tolerance(difficulty)) + 1.0;
    let across = window / (f64::from(WIDTH) - (PIECE_WIDTH + 2 * EDGE) as f64 + 1.0);
    across / ROWS as f64 * (window / (ROW_SLACK + 1) as f64).min(1.0)
}

/// Where the piece belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Solution {
    /// Left edge of the piece's picture when home, in picture pixels.
    pub(crate) x: u16,
    /// Top edge.
    pub(crate) y: u16,
    /// Pixels that an answer may be off, in each direction.
    pub(crate) tolerance: u8,
}

/// Where the piece was left.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// Left edge of the piece's picture, in picture pixels.
    pub(crate) x: f64,
    /// Top edge.
    pub(crate) y: f64,
}

impl Solution {
    /// Right within the tolerance in both directions. What is no place in the picture, or no
    /// number, is wrong.
    pub(crate) fn judge(self, answer: &Answer) -> Verdict {
        let near = |at: f64, home: u16, last: f64| {
            (0.0..=last).contains(&at) && (at - f64::from(home)).abs() <= f64::from(self.tolerance)
        };
        let across = near(answer.x, self.x, f64::from(WIDTH) - PIECE_WIDTH as f64);
        let down = near(answer.y, self.y, f64::from(HEIGHT) - PIECE_HEIGHT as f64);
        Verdict::of(across & down)
    }
}

/// Draws a challenge.
pub(crate) fn generate(
    difficulty: Difficulty,
    host: Option<&Host>,
    rng: &mut Generator,
) -> (Prompt, Solution) {
    let mut canvas = Canvas::new(WIDTH as usize, HEIGHT as usize);
    scene::paint(&mut canvas, host, rng);
    let places = places(gaps(difficulty), rng);
    let landmarks: Vec<_> = places.iter().map(|home| landmark(*home, rng)).collect();
    let landmarks = landmark::draw(&mut canvas, &landmarks, rng);
    let size = (PIECE_WIDTH, PIECE_HEIGHT);
    let picture = cut(&mut canvas, size, &places, &landmarks, &SCALE, rng);
    let (x, y) = places.first().copied().unwrap_or_default();
    let piece = Piece {
        picture,
        x: (WIDTH - PIECE_WIDTH as u32) / 2,
        y: HEIGHT - PIECE_HEIGHT as u32,
    };
    (
        Prompt {
            image: Some(canvas.encode(COLOURS)),
            piece: Some(piece),
            ..Prompt::default()
        },
        Solution {
            x: x as u16,
            y: y as u16,
            tolerance: tolerance(difficulty),
        },
    )
}

/// Where the landmark of a gap stands.
fn landmark(home: (usize, usize), rng: &mut Generator) -> Place {
    let size = (PIECE_WIDTH, PIECE_HEIGHT);
    Place::behind(home, size, [3.0, 3.0], [(28.0, 2.0), (34.0, 2.0)], rng)
}

/// Left and top edges of the gaps, the piece's own first.
///
/// Each has its own stretch of columns, so that no two share an x, and neighbouring stretches lie on
/// different rows, so that no two touch. All stretches are turned by any distance around the picture.
fn places(count: usize, rng: &mut Generator) -> Vec<(usize, usize)> {
    let reach = WIDTH as usize - PIECE_WIDTH - 2 * EDGE + 1;
    let step = reach / count;
    let turn = rng.random_range(0..reach);
    let mut rows = [0, 1, 2];
    rows.shuffle(rng);
    let top =
        rng.random_range(0..=HEIGHT as usize - (ROWS - 1) * ROW_STEP - PIECE_HEIGHT - ROW_SLACK);
    let mut places: Vec<_> = (0..count)
        .map(|index| {
            // Half a step of freedom: same rows stay more than a piece apart.
            let x = (index * step + rng.random_range(0..step / 2) + turn) % reach + EDGE;
            let row = rows.get(index % ROWS).copied().unwrap_or(0);
            (x, top + row * ROW_STEP + rng.random_range(0..=ROW_SLACK))
        })
        .collect();
    places.rotate_left(rng.random_range(0..count));
    places
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::render::encode::tests::chunks;

    const GAPS: usize = gaps(Difficulty::Normal);
    const _: () = assert!(GAPS.is_multiple_of(ROWS) && gaps(Difficulty::Hard).is_multiple_of(ROWS));

    fn judge((x, y): (u16, u16), answer: (f64, f64)) -> Verdict {
        let solution = Solution { x, y, tolerance: 6 };
        solution.judge(&Answer {
            x: answer.0,
            y: answer.1,
        })
    }

    #[test]
    fn both_directions_count() {
        for answer in [(100.0, 50.0), (94.0, 56.0), (106.0, 44.0)] {
            assert_eq!(judge((100, 50), answer), Verdict::Right, "{answer:?}");
        }
        for answer in [
            (93.9, 50.0),
            (100.0, 56.1),
            (f64::NAN, 50.0),
            (100.0, f64::INFINITY),
            (-1.0, 50.0),
        ] {
            assert_eq!(judge((100, 50), answer), Verdict::Wrong, "{answer:?}");
        }
        assert_eq!(judge((3, 2), (-0.5, 2.0)), Verdict::Wrong);
    }

    #[test]
    fn gaps_lie_inside_apart_and_never_in_one_column() {
        let mut rng = Generator::seed_from_u64(1);
        let mut ranks = [0u32; GAPS];
        for _ in 0..20_000 {
            let places = places(GAPS, &mut rng);
            let mut columns: Vec<usize> = places.iter().map(|(x, _)| *x).collect();
            let home = columns[0];
            columns.sort_unstable();
            ranks[columns.iter().position(|x| *x == home).unwrap()] += 1;
            for (index, (x, y)) in places.iter().enumerate() {
                assert!(*x >= EDGE && x + PIECE_WIDTH + EDGE <= WIDTH as usize);
                assert!(y + PIECE_HEIGHT <= HEIGHT as usize);
                for (other_x, other_y) in places.iter().skip(index + 1) {
                    let (across, down) = (x.abs_diff(*other_x), y.abs_diff(*other_y));
                    assert!(across > 6, "no two share a column: {places:?}");
                    assert!(across >= PIECE_WIDTH || down >= PIECE_HEIGHT, "{places:?}");
                }
            }
        }
        for rank in ranks {
            // 2,222 expected; 4.5 standard deviations.
            assert!(rank.abs_diff(2_222) < 200, "{ranks:?}");
        }
    }

    #[test]
    fn blind_guesses_are_at_most_as_good_as_stated() {
        let mut rng = Generator::seed_from_u64(2);
        let tries = 200_000;
        let mut right = 0;
        for _ in 0..tries {
            let (x, y) = places(GAPS, &mut rng)[0];
            // Whoever knows how places are drawn guesses in the middle of a row.
            let guess = places(GAPS, &mut rng)[0];
            let answer = (guess.0 as f64, guess.1 as f64);
            right += u32::from(judge((x as u16, y as u16), answer) == Verdict::Right);
        }
        let chance = blind_guess(Difficulty::Normal);
        let deviation = (f64::from(tries) * chance).sqrt();
        assert!(
            f64::from(right) < chance * f64::from(tries) + 3.0 * deviation,
            "{right}"
        );
    }

    #[test]
    fn files_tell_nothing_but_pixels() {
        for seed in 0..30 {
            let rng = || Generator::seed_from_u64(seed);
            let (prompt, solution) = generate(Difficulty::Normal, None, &mut rng());
            let (again, same) = generate(Difficulty::Normal, None, &mut rng());
            let (image, piece) = (prompt.image.unwrap(), prompt.piece.unwrap());
            assert_eq!(
                (image.bytes.clone(), solution),
                (again.image.unwrap().bytes, same)
            );
            let length = image.bytes.len() + piece.picture.bytes.len();
            assert!(length <= 20 * 1024, "{length}");
            assert_eq!(chunks(&image.bytes), ["IHDR", "PLTE", "IDAT", "IEND"]);
            assert_eq!((piece.x, piece.y), (138, 114), "the start tells nothing");
        }
    }
}
