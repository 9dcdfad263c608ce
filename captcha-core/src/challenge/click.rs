//! Click: tap the shown things in the shown order, among others.

use std::fmt;

use rand::RngExt;
use rand::seq::SliceRandom;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Difficulty, Generator, Prompt, Verdict};
use crate::render::icon;
use crate::render::tapestry::{self, HEIGHT, Placed, WIDTH};

/// Most points that an answer can hold; more are not even read as one.
pub(crate) const MOST: usize = 4;
/// Pixels that a tap may be off the middle of its shape.
const TOLERANCE: u8 = 24;

/// Columns and rows that shapes stand in, each somewhere in its cell.
pub(super) const COLUMNS: usize = 5;
pub(super) const ROWS: usize = 2;

/// Things to tap, and things shown.
const fn counts(difficulty: Difficulty) -> (usize, usize) {
    match difficulty {
        Difficulty::Easy => (2, 6),
        Difficulty::Normal => (3, 8),
        Difficulty::Hard => (4, 10),
    }
}

/// Chance of the best blind guess: for each tap the share of places within the tolerance, with the
/// tap in the middle of a cell, which reaches all of it. Whoever finds the shapes, but cannot tell
/// them apart, is right once in 336 (Easy: 30, Hard: 5,040).
pub(crate) fn blind_guess(difficulty: Difficulty) -> f64 {
    let (asked, _) = counts(difficulty);
    let cells = (COLUMNS * ROWS) as f64;
    (0..asked)
        .map(|taken| 1.0 / (cells - taken as f64))
        .product()
}

/// Where to tap, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Solution {
    /// Middles of the shapes, in picture pixels.
    pub(crate) points: Vec<(u16, u16)>,
    /// Pixels that a tap may be off.
    pub(crate) tolerance: u8,
}

/// Where was tapped, in order.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// In picture pixels.
    #[serde(deserialize_with = "taps")]
    pub(crate) points: Vec<Tap>,
}

/// A tap.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tap {
    /// Pixels from the left.
    pub(crate) x: f64,
    /// Pixels from the top.
    pub(crate) y: f64,
}

/// Reads objects with x and y, and not more of them than any challenge asks for.
fn taps<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Tap>, D::Error> {
    struct Few;
    impl<'de> Visitor<'de> for Few {
        type Value = Vec<Tap>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "at most {MOST} points")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Tap>, A::Error> {
            let mut taps = Vec::with_capacity(MOST);
            while let Some(Object(tap)) = list.next_element()? {
                if taps.len() == MOST {
                    return Err(de::Error::invalid_length(MOST + 1, &self));
                }
                taps.push(tap);
            }
            Ok(taps)
        }
    }
    deserializer.deserialize_seq(Few)
}

/// A tap that is an object: what serde derives for a struct would take an array as well.
struct Object(Tap);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = Object;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with x and y")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object, A::Error> {
                Tap::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(Map)
    }
}

impl Solution {
    /// Right if there are as many taps as things, each near its own.
    pub(crate) fn judge(&self, answer: &Answer) -> Verdict {
        let tolerance = f64::from(self.tolerance);
        let near = |(point, (x, y)): (&Tap, &(u16, u16))| {
            (point.x - f64::from(*x)).hypot(point.y - f64::from(*y)) <= tolerance
        };
        // Every tap is looked at, so that the time tells nothing of the first wrong one.
        let hits = (answer.points.iter().zip(&self.points))
            .map(near)
            .filter(|hit| *hit);
        Verdict::of(hits.count() == self.points.len() && answer.points.len() == self.points.len())
    }
}

/// Draws a challenge.
pub(crate) fn generate(difficulty: Difficulty, rng: &mut Generator) -> (Prompt, Solution) {
    let (asked, shown) = counts(difficulty);
    let mut cells: Vec<usize> = (0..COLUMNS * ROWS).collect();
    let mut icons: Vec<usize> = (0..icon::COUNT).collect();
    cells.shuffle(rng);
    icons.shuffle(rng);
    let shapes: Vec<Placed> = cells
        .iter()
        .zip(&icons)
        .take(shown)
        .map(|(cell, icon)| {
            let (wide, tall) = (WIDTH as f32 / COLUMNS as f32, HEIGHT as f32 / ROWS as f32);
            let radius = rng.random_range(23.0..27.0f32);
            let (free_x, free_y) = (wide * 0.5 - radius - 2.0, tall * 0.5 - radius - 2.0);
            let middle = |index: usize, step: f32| (index as f32 + 0.5) * step;
            let at = [
                middle(cell % COLUMNS, wide) + rng.random_range(-free_x..=free_x),
                middle(cell / COLUMNS, tall) + rng.random_range(-free_y..=free_y),
            ];
            Placed {
                icon: *icon,
                at: at.map(f32::round),
                radius,
            }
        })
        .collect();
    let image = tapestry::draw(&shapes, rng);
    let wanted: Vec<usize> = shapes.iter().take(asked).map(|shape| shape.icon).collect();
    let order = tapestry::order(&wanted, rng);
    let points = (shapes.iter().take(asked))
        .map(|Placed { at: [x, y], .. }| (*x as u16, *y as u16))
        .collect();
    (
        Prompt {
            image: Some(image),
            order: Some((order, asked)),
            ..Prompt::default()
        },
        Solution {
            points,
            tolerance: TOLERANCE,
        },
    )
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::render::encode::tests::chunks;

    fn judge(points: &[(f64, f64)]) -> Verdict {
        let solution = Solution {
            points: vec![(50, 50), (150, 100), (250, 40)],
            tolerance: TOLERANCE,
        };
        let points = points.iter().map(|(x, y)| Tap { x: *x, y: *y }).collect();
        solution.judge(&Answer { points })
    }

    #[test]
    fn each_tap_counts_in_its_order() {
        let right = [(50.0, 50.0), (150.0, 100.0), (250.0, 40.0)];
        assert_eq!(judge(&right), Verdict::Right);
        let mut edge = right;
        edge[1] = (150.0, 124.0);
        assert_eq!(judge(&edge), Verdict::Right);
        edge[1] = (150.0, 124.1);
        assert_eq!(judge(&edge), Verdict::Wrong);
        let [a, b, c] = right;
        for wrong in [
            &[b, a, c][..],
            &[a, b],
            &[a, b, c, c],
            &[],
            &[a, b, (f64::NAN, 40.0)],
        ] {
            assert_eq!(judge(wrong), Verdict::Wrong, "{wrong:?}");
        }
    }

    #[test]
    fn answers_of_another_shape_are_none() {
        let read = |json: &str| serde_json::from_str::<Answer>(json);
        assert_eq!(
            read(r#"{"points":[{"x":1,"y":2}]}"#).unwrap().points.len(),
            1
        );
        let many = format!(
            r#"{{"points":[{}]}}"#,
            vec![r#"{"x":1,"y":2}"#; 100_000].join(",")
        );
        for json in [
            r#"{"points":[[1,2]]}"#,
            r#"{"points":[{"x":1}]}"#,
            r#"{"points":[{"x":"1","y":2}]}"#,
            r#"{"points":[{"x":NaN,"y":2}]}"#,
            r#"{"points":{}}"#,
            many.as_str(),
        ] {
            assert!(read(json).is_err());
        }
    }

    #[test]
    fn shapes_are_apart_and_differ_and_a_cell_is_the_best_guess() {
        let mut right = [0u32; 3];
        let tries = 3_000;
        for seed in 0..tries {
            let mut rng = Generator::seed_from_u64(seed);
            let (_, solution) = generate(Difficulty::Normal, &mut rng);
            assert_eq!(solution.points.len(), 3);
            for (index, (x, y)) in solution.points.iter().enumerate() {
                for (u, v) in solution.points.iter().skip(index + 1) {
                    let (dx, dy) = (f64::from(*x) - f64::from(*u), f64::from(*y) - f64::from(*v));
                    assert!(
                        dx.hypot(dy) > f64::from(TOLERANCE) * 2.0,
                        "{:?}",
                        solution.points
                    );
                }
            }
            // The first three cells, tapped in their middles.
            let guess = [(32.0, 40.0), (96.0, 40.0), (160.0, 40.0)];
            for (hits, (guess, (x, y))) in right.iter_mut().zip(guess.iter().zip(&solution.points))
            {
                let off = (guess.0 - f64::from(*x)).hypot(guess.1 - f64::from(*y));
                *hits += u32::from(off <= f64::from(TOLERANCE));
            }
        }
        // One in ten each, give or take 4.5 standard deviations.
        for hits in right {
            assert!(hits.abs_diff(tries as u32 / 10) < 75, "{right:?}");
        }
        assert!((blind_guess(Difficulty::Normal) * 720.0 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn files_tell_nothing_but_pixels() {
        for seed in 0..30 {
            let rng = || Generator::seed_from_u64(seed);
            let (prompt, solution) = generate(Difficulty::Normal, &mut rng());
            let (again, same) = generate(Difficulty::Normal, &mut rng());
            let (image, (order, count)) = (prompt.image.unwrap(), prompt.order.unwrap());
            assert_eq!(
                (image.bytes.clone(), solution),
                (again.image.unwrap().bytes, same)
            );
            assert!(image.bytes.len() <= 20 * 1024, "{}", image.bytes.len());
            assert_eq!((count, order.width, order.height), (3, 144, 48));
            for picture in [image, order] {
                assert_eq!(chunks(&picture.bytes), ["IHDR", "PLTE", "IDAT", "IEND"]);
            }
        }
    }
}
