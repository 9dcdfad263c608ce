//! Patterns of light and dark whose parts are about as wide as a stroke.

use std::f32::consts::TAU;

use rand::RngExt;

use super::Generator;
use super::raster::{Point, swing};

/// Width and height in pixels that a pattern is made for.
pub(super) const SIZE: (usize, usize) = (280, 150);

/// The pattern that characters exchange light and dark with. Its parts are about as wide as the
/// characters' own strokes, so that neither edges nor scales nor directions are theirs alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Stripes cut across, every other piece out of step.
    Bricks,
    /// Stripes that fold to and fro.
    Chevrons,
    /// Rays from a point beyond the left or right edge.
    Fans,
    /// Stripes that others in another direction swell and narrow.
    Plaid,
    /// Ovals around a point above or below the picture.
    Rings,
    /// One or two arms that wind around a point near the left or right edge.
    Spirals,
    /// Wavy stripes.
    Waves,
}

impl Style {
    pub(crate) const ALL: [Self; 7] = [
        Self::Bricks,
        Self::Chevrons,
        Self::Fans,
        Self::Plaid,
        Self::Rings,
        Self::Spirals,
        Self::Waves,
    ];

    /// What it is called in the gallery.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Bricks => "bricks",
            Self::Chevrons => "chevrons",
            Self::Fans => "fans",
            Self::Plaid => "plaid",
            Self::Rings => "rings",
            Self::Spirals => "spirals",
            Self::Waves => "waves",
        }
    }
}

/// Light and dark in turns, between -1 and 1.
pub(super) struct Texture {
    style: Style,
    /// Turns of light and dark for a pixel.
    pace: f32,
    phase: f32,
    other_phase: f32,
    /// Sine and cosine of where stripes run, and of a second direction.
    run: Point,
    other_run: Point,
    /// What winds or spreads does so around this point.
    middle: Point,
    /// How long a fold, a wave or a piece is, in pixels.
    length: f32,
    /// What it is to its style: how far folds go, in pixels, and waves, in turns; how much wider than high rings
    /// are; how many arms a spiral has, and to which side.
    sway: f32,
    sharp: f32,
}

impl Texture {
    pub(super) fn new(style: Style, rng: &mut Generator) -> Self {
        let part = match style {
            Style::Chevrons => rng.random_range(9.0..13.0f32),
            _ => rng.random_range(7.5..13.0),
        };
        // Stripes that stand upright hide upright strokes.
        let angle = rng.random_range(-0.8..0.8f32);
        let other = angle + rng.random_range(0.7..1.4);
        let (length, sway) = match style {
            Style::Bricks => (rng.random_range(32.0..70.0), 0.0),
            Style::Chevrons => {
                let length = rng.random_range(45.0..90.0f32);
                (length, rng.random_range(0.1..0.28f32) * length)
            }
            Style::Waves => (rng.random_range(80.0..220.0), rng.random_range(0.06..0.7)),
            Style::Rings => (1.0, rng.random_range(0.6..1.4)),
            Style::Spirals => (1.0, if rng.random() { 1.0 } else { -2.0 }),
            Style::Fans | Style::Plaid => (1.0, 0.0),
        };
        // Around a middle, and in upright rays, nothing can be read: it lies beyond an edge, or near one.
        let far = rng.random();
        let away = |edge: f32, way: f32| if far { edge + way } else { -way };
        let [width, height] = [SIZE.0 as f32, SIZE.1 as f32];
        let middle = match style {
            Style::Rings => [
                rng.random_range(0.0..width),
                away(height, rng.random_range(22.0..120.0)),
            ],
            _ => {
                let way = match style {
                    Style::Spirals => rng.random_range(-22.0..10.0),
                    _ => rng.random_range(70.0..140.0),
                };
                [away(width, way), rng.random_range(0.0..height)]
            }
        };
        Self {
            style,
            pace: 0.5 / part,
            phase: rng.random(),
            other_phase: rng.random(),
            run: angle.sin_cos().into(),
            other_run: other.sin_cos().into(),
            middle,
            length,
            sway,
            sharp: rng.random_range(1.5..3.0),
        }
    }

    /// One row of pixels.
    pub(super) fn row(&self, y: f32, line: &mut [f32]) {
        let (pace, phase, other_phase, sway) = (self.pace, self.phase, self.other_phase, self.sway);
        let ([sin, cos], [other_sin, other_cos]) = (self.run, self.other_run);
        let per_length = 1.0 / self.length;
        let [middle_x, middle_y] = self.middle;
        let dy = y - middle_y;
        let along = |x: f32| x * cos + y * sin;
        let across = |x: f32| y * cos - x * sin;
        match self.style {
            Style::Bricks => fill(line, self.sharp, |x| {
                let piece = sharpened(swing(along(x) * per_length * 0.5 + other_phase), 9.0);
                swing(across(x) * pace + phase) * piece
            }),
            Style::Chevrons => fill(line, self.sharp, |x| {
                let fold = fold_in(along(x) * per_length + other_phase) * 4.0 - 1.0;
                swing((across(x) + fold * sway) * pace + phase)
            }),
            Style::Fans => {
                // As wide in the middle of the picture as the parts of other patterns.
                let rays = (TAU * pace * (SIZE.0 as f32 * 0.5 - middle_x).abs()).round();
                fill(line, self.sharp, |x| {
                    swing(turns(x - middle_x, dy) * rays + phase)
                });
            }
            Style::Plaid => fill(line, self.sharp, |x| {
                let other = y * other_cos - x * other_sin;
                swing(across(x) * pace + phase) + 0.6 * swing(other * pace * 0.6 + other_phase)
            }),
            Style::Rings => {
                let pace = pace / sway.max(1.0).sqrt();
                fill(line, self.sharp, |x| {
                    let dx = (x - middle_x) * sway;
                    swing((dx * dx + dy * dy).sqrt() * pace + phase)
                });
            }
            Style::Spirals => fill(line, self.sharp, |x| {
                let dx = x - middle_x;
                swing((dx * dx + dy * dy).sqrt() * pace + sway * turns(dx, dy) + phase)
            }),
            Style::Waves => fill(line, self.sharp, |x| {
                let wave = swing(along(x) * per_length + other_phase) * sway;
                swing(across(x) * pace + phase + wave)
            }),
        }
    }
}

/// The way to the nearest whole number.
fn fold_in(value: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    (value - ((value + ROUND) - ROUND)).abs()
}

/// The direction of a point, in turns: within a two hundredth, which the eye does not see in a pattern, and
/// several at a time.
fn turns(x: f32, y: f32) -> f32 {
    let (wide, tall) = (x.abs(), y.abs());
    let steep = tall > wide;
    let (near, far) = if steep { (wide, tall) } else { (tall, wide) };
    let slope = near / (far + 1e-6);
    let turn = slope * (0.168_45 - 0.043_45 * slope);
    let turn = if steep { 0.25 - turn } else { turn };
    let turn = if x < 0.0 { 0.5 - turn } else { turn };
    if y < 0.0 { -turn } else { turn }
}

fn sharpened(value: f32, sharp: f32) -> f32 {
    let value = value * sharp;
    let value = if value > 1.0 { 1.0 } else { value };
    if value < -1.0 { -1.0 } else { value }
}

fn fill(line: &mut [f32], sharp: f32, value: impl Fn(f32) -> f32) {
    for (x, cell) in (0i32..).zip(line) {
        *cell = sharpened(value(x as f32), sharp);
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn turns_are_nearly_those_of_the_angle() {
        for step in 0..1_000 {
            let angle = (step as f32 - 500.0) / 1_000.0 * TAU;
            let (sin, cos) = angle.sin_cos();
            let off = (turns(cos * 30.0, sin * 30.0) - angle / TAU).abs();
            assert!(off.min(1.0 - off) < 0.005, "{angle}: {off}");
        }
        assert!(turns(0.0, 0.0).abs() < 0.6);
    }

    #[test]
    fn light_and_dark_are_about_as_much_in_every_style() {
        for style in Style::ALL {
            let (mut light, mut plain) = (0.0, 0.0);
            for seed in 0..20 {
                let texture = Texture::new(style, &mut Generator::seed_from_u64(seed));
                let mut line = [0.0f32; SIZE.0];
                for y in 0..SIZE.1 {
                    texture.row(y as f32, &mut line);
                    assert!(line.iter().all(|value| (-1.0..=1.0).contains(value)));
                    light += line.iter().sum::<f32>();
                    plain += line.iter().filter(|value| value.abs() > 0.99).count() as f32;
                }
            }
            let pixels = (20 * SIZE.0 * SIZE.1) as f32;
            assert!(
                (light / pixels).abs() < 0.08,
                "{style:?}: {}",
                light / pixels
            );
            assert!(plain / pixels > 0.35, "{style:?}: {}", plain / pixels);
        }
    }
}
