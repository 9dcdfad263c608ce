//! Where the characters of a line stand: neighbours come as near as their strokes allow and overlap
//! now and then, and no character has its place.

use rand::RngExt;

use super::Generator;
use super::raster::{Point, swing};
use super::texture::SIZE;

/// The box of one character.
pub(super) struct Place {
    pub(super) character: char,
    centre: Point,
    wide: f32,
    tall: f32,
    turn: (f32, f32),
    slant: f32,
}

impl Place {
    /// A point of a box of size one, in pixels.
    pub(super) fn at(&self, [x, y]: Point) -> Point {
        let (sin, cos) = self.turn;
        let y = (y - 0.5) * self.tall;
        let x = (x - 0.5) * self.wide - y * self.slant;
        [
            self.centre[0] + x * cos - y * sin,
            self.centre[1] + x * sin + y * cos,
        ]
    }
}

/// Boxes for all characters, whose strokes are `weight` thick. `aspect` is the width of a character
/// whose height is 1.
pub(super) fn places(
    text: &str,
    weight: f32,
    aspect: impl Fn(char, &mut Generator) -> f32,
    rng: &mut Generator,
) -> Vec<Place> {
    let mut boxes: Vec<(char, f32, f32, f32)> = text
        .chars()
        .map(|character| {
            let tall = rng.random_range(52.0..64.0f32);
            let wide = tall * aspect(character, rng);
            let gap = weight + rng.random_range(1.5..7.0f32);
            (character, tall, wide, gap)
        })
        .collect();
    let (width, height) = (SIZE.0 as f32, SIZE.1 as f32);
    let total: f32 = boxes.iter().map(|(_, _, wide, gap)| wide + gap).sum();
    let room = width - 14.0;
    let squeeze = (room / total).min(1.0);
    for (_, _, wide, gap) in &mut boxes {
        *wide = (*wide + *gap) * squeeze - gap.max(weight);
    }
    let total: f32 = boxes.iter().map(|(_, _, wide, gap)| wide + gap).sum();
    let mut left = 7.0 + weight * 0.5 + rng.random_range(0.0..1.0f32) * (room - total).max(0.0);
    let places = boxes.into_iter().map(|(character, tall, wide, gap)| {
        // A plus that is turned is a cross.
        let tilt: f32 = if character.is_alphanumeric() {
            0.17
        } else {
            0.08
        };
        let spare = (height - tall - weight) * 0.5 - 4.0;
        let place = Place {
            character,
            turn: rng.random_range(-tilt..tilt).sin_cos(),
            slant: rng.random_range(-0.13..0.13f32),
            centre: [
                left + wide * 0.5,
                height * 0.5 + rng.random_range(-1.0..1.0f32) * spare.clamp(0.0, 9.0),
            ],
            wide,
            tall,
        };
        left += wide + gap;
        place
    });
    places.collect()
}

/// Two slow waves that shake everything.
pub(super) struct Bend([[f32; 3]; 2]);

impl Bend {
    pub(super) fn new(rng: &mut Generator) -> Self {
        let mut wave = |length: f32, height: f32| {
            [
                rng.random_range(0.8..1.25) / length,
                rng.random(),
                height * rng.random_range(0.5..1.2),
            ]
        };
        Self([wave(55.0, 2.0), wave(95.0, 4.2)])
    }

    pub(super) fn apply(&self, [x, y]: &mut Point) {
        let [[across, phase, push], [down, start, lift]] = self.0;
        let shift = swing(*y * across + phase) * push;
        *y += swing(*x * down + start) * lift;
        *x += shift;
    }
}
