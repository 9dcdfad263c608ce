//! Scenes: each call paints another picture, with enough going on everywhere that a person can see
//! where a piece of it belongs.

use rand::RngExt;
use rand::seq::IndexedRandom;

use super::canvas::{Canvas, Colour, hsl, mix, relit};
use super::host::Host;
use super::{Generator, land, objects, pattern, water};

/// Paints a scene, or a picture of the host, over the whole canvas.
pub(crate) fn paint(canvas: &mut Canvas, host: Option<&Host>, rng: &mut Generator) {
    if let Some(photo) = host.and_then(|host| host.photo(rng)) {
        return photo.paint(canvas, rng);
    }
    match rng.random_range(0..10) {
        0..3 => land::hills(canvas, rng),
        3 | 4 => water::coast(canvas, rng),
        5 => land::town(canvas, rng),
        6 => land::mountains(canvas, rng),
        7 => water::reef(canvas, rng),
        8 => pattern::quilt(canvas, rng),
        _ => pattern::facets(canvas, rng),
    }
}

/// Paints a scene of which everybody sees where the sky is, or a picture of the host.
pub(crate) fn paint_upright(canvas: &mut Canvas, host: Option<&Host>, rng: &mut Generator) {
    if let Some(photo) = host.and_then(|host| host.photo(rng)) {
        return photo.paint(canvas, rng);
    }
    match rng.random_range(0..6) {
        0 | 1 => land::hills(canvas, rng),
        2 | 3 => water::coast(canvas, rng),
        4 => land::town(canvas, rng),
        _ => land::mountains(canvas, rng),
    }
}

/// The colours of a picture.
pub(crate) struct Theme {
    pub(crate) sky: [Colour; 3],
    /// Hue of the ground, and of what grows on it.
    pub(crate) ground: f32,
    pub(crate) accent: f32,
    pub(crate) night: bool,
    pub(crate) rich: f32,
}

impl Theme {
    pub(crate) fn new(rng: &mut Generator) -> Self {
        let hue = *[0.52, 0.58, 0.62, 0.72, 0.83, 0.95, 0.04, 0.09, 0.45]
            .choose(rng)
            .unwrap_or(&0.58)
            + rng.random_range(-0.03f32..0.03);
        let night = rng.random_bool(0.25);
        let turn = rng.random_range(-0.16f32..0.16);
        let rich = rng.random_range(0.35f32..0.7);
        let light = if night {
            [0.14, 0.24, 0.42]
        } else {
            [0.58, 0.72, 0.87]
        };
        let mut part = 0.0;
        let sky = light.map(|lightness| {
            let colour = hsl(hue + turn * part, rich, lightness);
            part += 0.5;
            colour
        });
        Self {
            sky,
            ground: *[0.22, 0.3, 0.38, 0.12, 0.06, 0.47, 0.75]
                .choose(rng)
                .unwrap_or(&0.3)
                + rng.random_range(-0.03f32..0.03),
            accent: rng.random(),
            night,
            rich,
        }
    }

    /// A colour of the ground: 0 is far away, 1 is close.
    pub(crate) fn land(&self, near: f32, rng: &mut Generator) -> Colour {
        let [_, _, haze] = self.sky;
        let lightness = if self.night {
            0.3 - near * 0.16
        } else {
            0.58 - near * 0.27
        };
        let own = hsl(
            self.ground + rng.random_range(-0.03f32..0.03),
            self.rich,
            lightness + rng.random_range(-0.03f32..0.03),
        );
        mix(haze, own, 0.35 + near * 0.65)
    }

    pub(crate) fn accent(&self, rng: &mut Generator) -> Colour {
        let hue = self.accent + *[0.0, 0.12, 0.45, 0.6].choose(rng).unwrap_or(&0.0);
        hsl(hue, 0.7, if self.night { 0.62 } else { 0.55 })
    }
}

/// Sky with a sun or moon, clouds or stars, birds and balloons, down to row `floor`.
pub(crate) fn sky(canvas: &mut Canvas, theme: &Theme, floor: f32, rng: &mut Generator) {
    canvas.gradient(&theme.sky);
    let width = canvas.width() as f32;
    let [_, middle, low] = theme.sky;
    // Bands of thin cloud give the plain sky a texture of its own.
    for _ in 0..4 {
        let level = rng.random_range(0.0..floor);
        let long = rng.random_range(30.0..90.0);
        let centre = [rng.random_range(0.0..width), level];
        let colour = mix(
            middle,
            [255, 255, 255],
            if theme.night { 0.12 } else { 0.35 },
        );
        canvas.ellipse(
            centre,
            [long, rng.random_range(1.5..5.0)],
            rng.random_range(-0.1..0.1),
            colour,
        );
    }
    let orb = [
        rng.random_range(0.0..width),
        rng.random_range(10.0..floor * 0.7),
    ];
    let colour = if theme.night {
        [240, 236, 214]
    } else {
        hsl(0.12 + theme.rich * 0.03, 0.9, 0.78)
    };
    canvas.glow(orb, rng.random_range(10.0..20.0), colour);
    if theme.night {
        for _ in 0..24 {
            let at = [rng.random_range(0.0..width), rng.random_range(0.0..floor)];
            let size = rng.random_range(1.2..4.5);
            objects::star(canvas, at, size, 4, mix([255, 250, 225], low, 0.15));
        }
    }
    let light = if theme.night {
        mix(low, [255, 255, 255], 0.25)
    } else {
        mix(low, [255, 255, 255], 0.8)
    };
    let mut x = rng.random_range(-20.0..30.0f32);
    while x < width {
        let at = [x, rng.random_range(floor * 0.15..floor * 0.95)];
        objects::cloud(canvas, at, rng.random_range(16.0..32.0), light, rng);
        x += rng.random_range(48.0..96.0);
    }
    for _ in 0..rng.random_range(0..3) {
        let at = [
            rng.random_range(10.0..width - 10.0),
            rng.random_range(14.0..floor * 0.75),
        ];
        objects::balloon(
            canvas,
            at,
            rng.random_range(9.0..16.0),
            theme.accent + rng.random_range(0.0..0.5f32),
        );
    }
    for _ in 0..rng.random_range(3..8) {
        let at = [rng.random_range(0.0..width), rng.random_range(6.0..floor)];
        objects::bird(
            canvas,
            at,
            rng.random_range(4.0..8.0),
            relit(theme.sky[0], 0.35, 10.0),
        );
    }
}
