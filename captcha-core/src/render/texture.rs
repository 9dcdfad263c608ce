//! Patterns of light and dark whose parts are about as wide as a stroke.

use rand::RngExt;

use super::Generator;
use super::raster::swing;

/// Width and height in pixels that a pattern is made for.
pub(super) const SIZE: (usize, usize) = (272, 88);

/// The pattern that characters exchange light and dark with. Its parts are about as wide as the
/// characters' own strokes, so that neither edges nor scales nor directions are theirs alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Stripes that bend to and fro.
    Chevrons,
    /// Rings around a point far off.
    Rings,
    /// Rings around two points, which meet in wide curves.
    Ripples,
    /// Wavy stripes.
    Stripes,
}

impl Style {
    pub(crate) const ALL: [Self; 4] = [Self::Chevrons, Self::Rings, Self::Ripples, Self::Stripes];

    /// What it is called in the gallery.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chevrons => "chevrons",
            Self::Rings => "rings",
            Self::Ripples => "ripples",
            Self::Stripes => "stripes",
        }
    }
}

/// Light and dark in turns, between -1 and 1.
pub(super) struct Texture {
    style: Style,
    across: f32,
    down: f32,
    phase: f32,
    sway: [f32; 4],
    period: f32,
    sharp: f32,
}

impl Texture {
    pub(super) fn new(style: Style, weight: f32, rng: &mut Generator) -> Self {
        let period = weight * rng.random_range(0.75..1.15f32);
        // Stripes that stand upright hide upright strokes.
        let (sin, cos) = rng.random_range(-0.7..0.7f32).sin_cos();
        let middle = [-50.0, SIZE.1 as f32 + 50.0];
        let (across, down) = match style {
            // The middle of the rings, far enough above or below for rings to lie flat.
            Style::Rings | Style::Ripples => (
                rng.random_range(0.0..SIZE.0 as f32),
                *middle
                    .get(usize::from(rng.random_bool(0.5)))
                    .unwrap_or(&-50.0),
            ),
            _ => (-sin / period, cos / period),
        };
        let swing = match style {
            Style::Chevrons => rng.random_range(0.25..0.45),
            Style::Rings | Style::Ripples | Style::Stripes => rng.random_range(0.15..0.4),
        };
        Self {
            style,
            across,
            down,
            phase: rng.random(),
            period,
            sway: [
                rng.random_range(0.007..0.015),
                rng.random_range(-0.015..0.015),
                rng.random(),
                match style {
                    Style::Rings => swing * period,
                    // How far the other middle is, to the side.
                    Style::Ripples => rng.random_range(130.0..300.0),
                    Style::Chevrons | Style::Stripes => swing,
                },
            ],
            sharp: rng.random_range(1.5..3.0),
        }
    }

    /// One row of pixels.
    pub(super) fn row(&self, y: f32, line: &mut [f32]) {
        let [bend_x, bend_y, bend, sway] = self.sway;
        let bend = bend + y * bend_y;
        let swayed = |x: f32| swing(x * bend_x + bend) * sway;
        let start = y * self.down + self.phase;
        match self.style {
            Style::Rings => {
                let (step, dy) = (1.0 / self.period, y - self.down);
                fill(line, self.sharp, |x| {
                    let dx = x - self.across;
                    swing(((dx * dx + dy * dy).sqrt() + swayed(x)) * step + self.phase)
                });
            }
            Style::Ripples => {
                let (step, dy) = (0.6 / self.period, y - self.down);
                let other = self.across
                    + if self.across < SIZE.0 as f32 * 0.5 {
                        sway
                    } else {
                        -sway
                    };
                fill(line, self.sharp, |x| {
                    let (near, far) = (x - self.across, x - other);
                    let way = (near * near + dy * dy).sqrt() + (far * far + dy * dy).sqrt();
                    swing(way * step + self.phase)
                });
            }
            Style::Chevrons => fill(line, self.sharp, |x| {
                let fold = x * bend_x * 1.6 + bend + 8.0;
                let fold = fold_in(fold) * sway * 2.4;
                swing(x * self.across + start + fold)
            }),
            Style::Stripes => fill(line, self.sharp, |x| {
                swing(x * self.across + start + swayed(x))
            }),
        }
    }
}

/// The way to the nearest whole number.
fn fold_in(value: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    (value - ((value + ROUND) - ROUND)).abs()
}

fn fill(line: &mut [f32], sharp: f32, value: impl Fn(f32) -> f32) {
    for (x, cell) in (0i32..).zip(line) {
        let value = value(x as f32) * sharp;
        let value = if value > 1.0 { 1.0 } else { value };
        *cell = if value < -1.0 { -1.0 } else { value };
    }
}
