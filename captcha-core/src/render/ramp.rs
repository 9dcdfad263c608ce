//! Ramps of colours from paper to ink.

use rand::RngExt;

use super::Generator;
use super::canvas::{hsl, mix};

/// `levels` colours, light on dark or dark on light, in any hue.
pub(crate) fn draw(levels: usize, rng: &mut Generator) -> Vec<[u8; 4]> {
    let hue: f32 = rng.random();
    let turn = rng.random_range(-0.25f32..0.25);
    let light = hsl(
        hue,
        rng.random_range(0.25..0.7),
        rng.random_range(0.86..0.95),
    );
    let dark = hsl(
        hue + turn,
        rng.random_range(0.35..0.75),
        rng.random_range(0.16..0.28),
    );
    let (paper, ink) = if rng.random_bool(0.3) {
        (dark, light)
    } else {
        (light, dark)
    };
    (0..levels)
        .map(|level| {
            let [red, green, blue] = mix(paper, ink, level as f32 / (levels - 1) as f32);
            [red, green, blue, 255]
        })
        .collect()
}
