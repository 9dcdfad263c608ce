//! Slide: a piece is missing from a picture that also has decoy gaps on the same row; slide the
//! piece home.

use std::ops::Range;

use rand::RngExt;
use rand::seq::IndexedRandom;

use super::{Difficulty, Generator, Piece, Prompt, Verdict};
use crate::render::Picture;
use crate::render::canvas::Canvas;
use crate::render::cutout::{Cutout, GapStyle};
use crate::render::host::Host;
use crate::render::landmark::{self, Landmark, Place};
use crate::render::outline::Outline;
use crate::render::scene;

/// Width of the picture in pixels.
pub(crate) const WIDTH: u32 = 320;
/// Height of the picture in pixels.
pub(crate) const HEIGHT: u32 = 160;

/// Size of a piece's picture: the same for every piece.
pub(crate) const PIECE_WIDTH: usize = 44;
pub(crate) const PIECE_HEIGHT: usize = 54;

/// Colours of the picture.
pub(super) const COLOURS: usize = 36;

/// Least x of a gap: clear of where the piece starts.
pub(super) const FIRST: u16 = 48;
/// Number of places that a gap can have, each as likely as any other.
pub(super) const PLACES: u16 = WIDTH as u16 - PIECE_WIDTH as u16 - 4 - FIRST + 1;
/// Least distance between the left edges of two gaps: no two touch.
const APART: u16 = 43;

/// Shapes that the gaps of a picture have.
const SHAPES: usize = 3;
/// Rows that a gap's picture can begin at: landmarks have room above and below.
const ROWS: std::ops::RangeInclusive<usize> = 22..=84;

/// How wide and high the thing on the piece is, beside that in the picture: so squat that all of it
/// is seen. With the proportions of the picture its parts would meet the border where they meet the
/// gap's, and comparing colours along both finds 31 of 100 gaps instead of 25.
const SCALE: [Range<f32>; 2] = [0.8..1.1, 0.45..0.6];

/// Pixels that an answer may be off, to either side.
const fn tolerance(difficulty: Difficulty) -> u8 {
    match difficulty {
        Difficulty::Easy => 7,
        Difficulty::Normal => 5,
        Difficulty::Hard => 4,
    }
}

/// Gaps in a picture: the piece's own and the decoys.
const fn gaps(difficulty: Difficulty) -> usize {
    match difficulty {
        Difficulty::Easy => 4,
        Difficulty::Normal | Difficulty::Hard => 5,
    }
}

/// Chance of a blind guess: the places within the tolerance, among all. Whoever can tell gaps from
/// scenery, but not the gaps from each other, is right once in five (Easy: four).
pub(crate) fn blind_guess(difficulty: Difficulty) -> f64 {
    f64::from(2 * u16::from(tolerance(difficulty)) + 1) / f64::from(PLACES)
}

/// Where the piece belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Solution {
    /// Left edge of the piece's picture when home, in picture pixels.
    pub(crate) x: u16,
    /// Pixels that an answer may be off, to either side.
    pub(crate) tolerance: u8,
}

/// Where the piece was left.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// Left edge of the piece's picture, in picture pixels.
    pub(crate) x: f64,
}

impl Solution {
    /// Right within the tolerance. What is no place in the picture, or no number, is wrong.
    pub(crate) fn judge(self, answer: &Answer) -> Verdict {
        let reachable = 0.0..=f64::from(WIDTH) - PIECE_WIDTH as f64;
        let distance = (answer.x - f64::from(self.x)).abs();
        Verdict::of(reachable.contains(&answer.x) && distance <= f64::from(self.tolerance))
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
    let (places, y) = (places(gaps(difficulty), rng), rng.random_range(ROWS));
    let homes: Vec<_> = places.iter().map(|x| (usize::from(*x), y)).collect();
    // One behind each gap, before anything says which gap is the piece's own.
    let landmarks: Vec<_> = homes.iter().map(|home| landmark(*home, rng)).collect();
    let landmarks = landmark::draw(&mut canvas, &landmarks, rng);
    let piece = cut(
        &mut canvas,
        (PIECE_WIDTH, PIECE_HEIGHT),
        &homes,
        &landmarks,
        &SCALE,
        rng,
    );
    let piece = Piece {
        picture: piece,
        x: 0,
        y: y as u32,
    };
    (
        Prompt {
            image: Some(canvas.encode(COLOURS)),
            piece: Some(piece),
            ..Prompt::default()
        },
        Solution {
            x: places.first().copied().unwrap_or(FIRST),
            tolerance: tolerance(difficulty),
        },
    )
}

/// Leaves gaps of `size` at all of the places, and gives a piece that shows the landmark of the
/// first, drawn anew so wide and high beside that in the picture.
///
/// The gaps are of near shapes, and the piece's own is as far from it as any other: who compares
/// outlines learns nothing, who sees what the landmarks are does.
pub(super) fn cut(
    canvas: &mut Canvas,
    size: (usize, usize),
    places: &[(usize, usize)],
    landmarks: &[Landmark],
    scale: &[Range<f32>; 2],
    rng: &mut Generator,
) -> Picture {
    let outline = Outline::new(rng);
    let style = GapStyle::new(rng);
    // Several gaps may have one shape: none has the piece's.
    let shapes = [(); SHAPES].map(|()| Cutout::new(&outline.near(rng), size));
    for place in places {
        if let Some(shape) = shapes.choose(rng) {
            shape.gap(canvas, *place, &style, rng);
        }
    }
    let home = places.first().copied().unwrap_or_default();
    let content = match landmarks.first() {
        Some(landmark) => landmark.again(home, size, scale, rng),
        None => Canvas::new(size.0, size.1),
    };
    Cutout::new(&outline, size).piece(&content)
}

/// Where the landmark of a gap stands.
fn landmark(home: (usize, usize), rng: &mut Generator) -> Place {
    let size = (PIECE_WIDTH, PIECE_HEIGHT);
    Place::behind(home, size, [3.0, 7.0], [(25.0, 2.0), (50.0, 4.0)], rng)
}

/// Left edges of the gaps, the piece's own first.
///
/// They lie as on a ring, turned by any angle, so that each place is as likely as any other; and the
/// piece's own is any one of them, so that how they lie says nothing of which it is.
fn places(count: usize, rng: &mut Generator) -> Vec<u16> {
    let slack = PLACES - APART * count as u16;
    let mut shifts: Vec<u16> = (0..count).map(|_| rng.random_range(0..=slack)).collect();
    shifts.sort_unstable();
    let turn = rng.random_range(0..PLACES);
    let mut offset = 0;
    let mut places: Vec<u16> = shifts
        .into_iter()
        .map(|shift| {
            let place = FIRST + (offset + shift + turn) % PLACES;
            offset += APART;
            place
        })
        .collect();
    places.rotate_left(rng.random_range(0..count));
    places
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand::SeedableRng;

    use super::*;
    use crate::render::encode::tests::chunks;

    const GAPS: usize = 5;
    const TOLERANCE: u8 = 5;
    const SIZE: (usize, usize) = (PIECE_WIDTH, PIECE_HEIGHT);

    fn judge(home: u16, x: f64) -> Verdict {
        Solution {
            x: home,
            tolerance: TOLERANCE,
        }
        .judge(&Answer { x })
    }

    fn draw(seed: u64) -> (Vec<u8>, Piece, Solution) {
        let (prompt, solution) = generate(
            Difficulty::Normal,
            None,
            &mut Generator::seed_from_u64(seed),
        );
        (prompt.image.unwrap().bytes, prompt.piece.unwrap(), solution)
    }

    #[test]
    fn right_within_the_tolerance() {
        for x in [100.0, 95.0, 105.0, 97.25] {
            assert_eq!(judge(100, x), Verdict::Right, "{x}");
        }
        for x in [94.99, 105.01, 94.0, 106.0, 0.0, 319.0] {
            assert_eq!(judge(100, x), Verdict::Wrong, "{x}");
        }
    }

    #[test]
    fn no_place_in_the_picture_is_wrong() {
        let last = WIDTH as u16 - PIECE_WIDTH as u16;
        for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -100.0] {
            assert_eq!(judge(100, x), Verdict::Wrong, "{x}");
        }
        assert_eq!(judge(2, -0.5), Verdict::Wrong);
        assert_eq!(judge(last, f64::from(last)), Verdict::Right);
        assert_eq!(judge(last, f64::from(last) + 1.0), Verdict::Wrong);
    }

    #[test]
    fn the_same_seed_draws_the_same_and_others_do_not() {
        let mut seen = HashSet::new();
        for seed in 0..40 {
            let (image, piece, solution) = draw(seed);
            let again = draw(seed);
            assert_eq!((&image, solution), (&again.0, again.2));
            assert_eq!(piece.picture.bytes, again.1.picture.bytes);
            assert!(seen.insert(image));
            assert!(seen.insert(piece.picture.bytes));
        }
    }

    #[test]
    fn gaps_are_apart_and_any_of_them_is_home() {
        let mut rng = Generator::seed_from_u64(1);
        let (mut ranks, mut homes) = ([0u32; GAPS], vec![0u32; usize::from(PLACES)]);
        for _ in 0..40_000 {
            let mut sorted = places(GAPS, &mut rng);
            let home = sorted[0];
            sorted.sort_unstable();
            for pair in sorted.windows(2) {
                assert!(pair[1] - pair[0] >= APART && APART > 2 * u16::from(TOLERANCE));
            }
            assert!(sorted[0] >= FIRST && sorted[GAPS - 1] < FIRST + PLACES);
            ranks[sorted.iter().position(|place| *place == home).unwrap()] += 1;
            homes[usize::from(home - FIRST)] += 1;
        }
        for rank in ranks {
            // 8,000 expected; 4.5 standard deviations.
            assert!(rank.abs_diff(8_000) < 360, "{ranks:?}");
        }
        let expected = 40_000.0 / f64::from(PLACES);
        let chi: f64 = homes
            .iter()
            .map(|n| (f64::from(*n) - expected).powi(2) / expected)
            .sum();
        let freedom = f64::from(PLACES) - 1.0;
        assert!(
            (chi - freedom).abs() < 4.5 * (2.0 * freedom).sqrt(),
            "{chi}"
        );
    }

    #[test]
    fn blind_guesses_are_as_rare_as_stated() {
        let mut rng = Generator::seed_from_u64(2);
        let tries = 100_000;
        let mut right = 0;
        for _ in 0..tries {
            let home = places(GAPS, &mut rng)[0];
            // Nearer the ends fewer places lie within the tolerance.
            let guess = rng
                .random_range(FIRST + u16::from(TOLERANCE)..FIRST + PLACES - u16::from(TOLERANCE));
            right += u32::from(judge(home, f64::from(guess)) == Verdict::Right);
        }
        let expected = blind_guess(Difficulty::Normal) * f64::from(tries);
        let deviation = (expected * (1.0 - blind_guess(Difficulty::Normal))).sqrt();
        assert!(
            (f64::from(right) - expected).abs() < 3.0 * deviation,
            "{right}"
        );
    }

    #[test]
    fn no_gap_is_nearer_to_the_piece_than_another() {
        let mut rng = Generator::seed_from_u64(4);
        let mut own_is_nearest = 0;
        for _ in 0..1_000 {
            let outline = Outline::new(&mut rng);
            let piece = Cutout::new(&outline, SIZE);
            let gaps: Vec<f32> = (0..GAPS)
                .map(|_| Cutout::new(&outline.near(&mut rng), SIZE).difference(&piece))
                .collect();
            assert!(gaps.iter().all(|gap| (0.0..0.4).contains(gap)), "{gaps:?}");
            let least = gaps.iter().copied().fold(f32::MAX, f32::min);
            own_is_nearest += u32::from(gaps[0] == least && least > 0.0);
        }
        // 200 expected; 4.5 standard deviations.
        assert!(own_is_nearest.abs_diff(200) < 58, "{own_is_nearest}");
    }

    /// Where a machine would put `content` of these places: where colours along the border, their mean
    /// and strength aside, are most like those around the gap.
    fn seam(canvas: &Canvas, content: &Canvas, homes: &[(usize, usize)]) -> usize {
        let ring = |canvas: &Canvas, left: i32, top: i32, inset: i32| -> Vec<f32> {
            let (wide, tall) = (
                PIECE_WIDTH as i32 - 2 * inset,
                PIECE_HEIGHT as i32 - 2 * inset,
            );
            let sides = (0..16).flat_map(|step| {
                let (x, y) = (wide * step / 15, tall * step / 15);
                [(x, 0), (x, tall), (0, y), (wide, y)]
            });
            let colours = sides.map(|(x, y)| canvas.at(left + inset + x, top + inset + y));
            colours.flatten().map(f32::from).collect()
        };
        let inside = ring(content, 0, 0, 6);
        let like = |outside: &[f32]| {
            let mean = |values: &[f32], channel: usize| {
                let own = values.iter().skip(channel).step_by(3);
                own.sum::<f32>() / (values.len() / 3) as f32
            };
            let means = [0, 1, 2].map(|channel| (mean(&inside, channel), mean(outside, channel)));
            let mut sums = [0.0f32; 3];
            for (at, (a, b)) in inside.iter().zip(outside).enumerate() {
                let (a, b) = (a - means[at % 3].0, b - means[at % 3].1);
                sums = [sums[0] + a * b, sums[1] + a * a, sums[2] + b * b];
            }
            (sums[0] / (sums[1] * sums[2] + 1.0).sqrt()).abs()
        };
        let scores = homes
            .iter()
            .map(|(x, y)| like(&ring(canvas, *x as i32, *y as i32, 0)));
        let best = scores.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
        best.map_or(0, |(index, _)| index)
    }

    #[test]
    fn colours_across_the_border_tell_nothing() {
        let (mut drawn_anew, mut cut_out) = (0, 0);
        for seed in 0..400 {
            let mut rng = Generator::seed_from_u64(seed);
            let mut canvas = Canvas::new(WIDTH as usize, HEIGHT as usize);
            scene::paint(&mut canvas, None, &mut rng);
            let y = rng.random_range(ROWS);
            let homes: Vec<_> = (places(GAPS, &mut rng).iter())
                .map(|x| (usize::from(*x), y))
                .collect();
            let stands: Vec<_> = homes.iter().map(|home| landmark(*home, &mut rng)).collect();
            let landmarks = landmark::draw(&mut canvas, &stands, &mut rng);
            let content = landmarks[0].again(homes[0], SIZE, &SCALE, &mut rng);
            drawn_anew += u32::from(seam(&canvas, &content, &homes) == 0);
            // The control: a piece that is cut out of the picture gives itself away.
            let mut own = Canvas::new(PIECE_WIDTH, PIECE_HEIGHT);
            for (x, y) in (0..PIECE_WIDTH).flat_map(|x| (0..PIECE_HEIGHT).map(move |y| (x, y))) {
                let place = [homes[0].0 + x, homes[0].1 + y].map(|value| value as i32);
                own.blend(x, y, canvas.at(place[0], place[1]), 1.0);
            }
            cut_out += u32::from(seam(&canvas, &own, &homes) == 0);
        }
        // 80 expected of a guess.
        assert!(drawn_anew < 120, "{drawn_anew} of 400");
        assert!(cut_out > 200, "{cut_out} of 400");
    }

    #[test]
    fn every_gap_is_drawn() {
        for seed in 0..20 {
            let mut rng = Generator::seed_from_u64(seed);
            let mut canvas = Canvas::new(WIDTH as usize, HEIGHT as usize);
            scene::paint(&mut canvas, None, &mut rng);
            let whole = canvas.clone();
            let style = GapStyle::new(&mut rng);
            let cutout = Cutout::new(&Outline::new(&mut rng), SIZE);
            for x in places(GAPS, &mut rng) {
                cutout.gap(&mut canvas, (usize::from(x), 50), &style, &mut rng);
                let middle = i32::from(x) + PIECE_WIDTH as i32 / 2;
                let changed = (-8..8).filter(|dx| {
                    let y = 50 + PIECE_HEIGHT as i32 / 2;
                    canvas.at(middle + dx, y) != whole.at(middle + dx, y)
                });
                assert!(changed.count() > 8);
            }
        }
    }

    #[test]
    fn files_tell_nothing_but_pixels() {
        for seed in 0..60 {
            let (image, piece, _) = draw(seed);
            let length = image.len() + piece.picture.bytes.len();
            assert!(length <= 20 * 1024, "{length}");
            assert_eq!(chunks(&image), ["IHDR", "PLTE", "IDAT", "IEND"]);
            assert_eq!(
                chunks(&piece.picture.bytes),
                ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]
            );
            assert_eq!(piece.x, 0);
            assert_eq!(piece.picture.width as usize, PIECE_WIDTH);
            assert_eq!(piece.picture.height as usize, PIECE_HEIGHT);
            assert!(piece.y + piece.picture.height <= HEIGHT);
            let pixels = image::load_from_memory(&piece.picture.bytes)
                .unwrap()
                .to_rgba8();
            let clear = pixels.pixels().filter(|pixel| pixel.0[3] == 0);
            assert!(clear.clone().count() > 100);
            assert!(clear.into_iter().all(|pixel| pixel.0 == [0; 4]));
        }
    }
}
