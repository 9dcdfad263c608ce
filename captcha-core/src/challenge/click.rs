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
const COLUMNS: usize = 5;
const ROWS: usize = 2;

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
