//! A line of characters told from their ground by texture alone: inside a character the same light
//! and dark run on, but out of step, in another direction or bent. A picture has one ramp of sixteen
//! colours, so that colour tells nothing apart, and all its files are of one length.
//!
//! No two styles yield to the same filter. Characters of ink on paper, solid or hollow, among like
//! strokes, were read by public solvers in two of three tries and are not drawn any more
//! (`docs/resistance.md`). Sizes, places, overlaps and every number of a style are drawn anew.

use rand::RngExt;

use super::encode::Indexed;
use super::near::Near;
use super::raster::{Point, swing};
use super::{Generator, Picture, glyph, ramp};

/// Size of the picture in pixels.
pub(crate) const WIDTH: usize = 272;
pub(crate) const HEIGHT: usize = 88;

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
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chevrons => "chevrons",
            Self::Rings => "rings",
            Self::Ripples => "ripples",
            Self::Stripes => "stripes",
        }
    }
}

/// Whether there is a glyph for it.
pub(crate) fn draws(character: char) -> bool {
    character.is_ascii_alphanumeric() && !glyph::strokes(character).is_empty()
}

/// Draws the characters; those without a glyph leave a space. Any style unless one is given.
pub(crate) fn draw(text: &str, style: Option<Style>, rng: &mut Generator) -> Picture {
    let any = Style::ALL
        .get(rng.random_range(0..Style::ALL.len()))
        .copied();
    let style = style.or(any).unwrap_or(Style::Stripes);
    let weight = weight(text.chars().count(), rng);
    let mut letters = Near::new(WIDTH, HEIGHT);
    let bend = Bend::new(rng);
    for mut line in layout(text, weight, rng) {
        line.iter_mut().for_each(|point| bend.apply(point));
        letters.line(&line, weight);
    }
    stray(&mut letters, weight * 0.6, rng);
    let texture = Texture::new(style, weight, rng);
    // Lighter inside, and darker further on: it helps the eye along. Whoever blurs the pattern away
    // for it loses the edges.
    let lift = match style {
        Style::Stripes => rng.random_range(0.58..0.68f32),
        Style::Chevrons | Style::Rings | Style::Ripples => rng.random_range(0.6..0.7),
    };
    let (lift_phase, lift_step): (f32, f32) = (rng.random(), rng.random_range(0.006..0.011));
    let mut indices = Vec::with_capacity(WIDTH * HEIGHT);
    let (mut line, mut lifts) = ([0.0; WIDTH], [0.0; WIDTH]);
    for (x, lifted) in (0i32..).zip(&mut lifts) {
        *lifted = (swing(x as f32 * lift_step + lift_phase) * 16.0).clamp(-1.0, 1.0) * lift;
    }
    for (y, near) in letters.cells().chunks_exact(WIDTH).enumerate() {
        texture.row(y as f32, &mut line);
        let row = near.iter().zip(&line).zip(&lifts);
        indices.extend(row.map(|((near, value), lifted)| {
            let inside = cover(near.sqrt(), weight * 0.5);
            level(0.5 + value * (0.5 - inside) + inside * lifted)
        }));
    }
    Indexed {
        width: WIDTH,
        indices: &indices,
        palette: &ramp::draw(rng),
    }
    .encode_stored()
}

/// Thickness of strokes in pixels: more characters have less room each.
fn weight(count: usize, rng: &mut Generator) -> f32 {
    rng.random_range(8.6..10.2f32) * (5.6 / count.max(1) as f32).clamp(0.7, 1.0)
}

/// The strokes of all characters, in pixels. Neighbours come as near as their strokes allow and
/// overlap now and then, and no character has its place.
fn layout(text: &str, weight: f32, rng: &mut Generator) -> Vec<Vec<Point>> {
    let count = text.chars().count().max(1);
    let mut boxes: Vec<(char, f32, f32, f32)> = text
        .chars()
        .map(|character| {
            let tall = rng.random_range(46.0..62.0f32);
            let wide = tall * rng.random_range(0.52..0.7) * aspect(character);
            let gap = weight + rng.random_range(1.0..7.0f32);
            (character, tall, wide, gap)
        })
        .collect();
    let total: f32 = boxes.iter().map(|(_, _, wide, gap)| wide + gap).sum();
    let room = WIDTH as f32 - 14.0;
    let squeeze = (room / total).min(1.0);
    for (_, _, wide, gap) in &mut boxes {
        *wide = (*wide + *gap) * squeeze - gap.max(weight * 1.0);
    }
    let total: f32 = boxes.iter().map(|(_, _, wide, gap)| wide + gap).sum();
    let mut left = 7.0 + weight * 0.5 + rng.random_range(0.0..1.0f32) * (room - total).max(0.0);
    let mut lines = Vec::with_capacity(count * 3);
    for (character, tall, wide, gap) in boxes {
        let tilt: f32 = if character.is_alphanumeric() {
            0.24
        } else {
            0.1
        };
        let (sin, cos) = rng.random_range(-tilt..tilt).sin_cos();
        let slant = rng.random_range(-0.2..0.2f32);
        let spare = (HEIGHT as f32 - tall - weight) * 0.5 - 4.0;
        let centre = [
            left + wide * 0.5,
            HEIGHT as f32 * 0.5 + rng.random_range(-1.0..1.0f32) * spare.clamp(0.0, 9.0),
        ];
        for stroke in glyph::strokes(character) {
            let placed = stroke.into_iter().map(|[x, y]| {
                let y = (y - 0.5) * tall;
                let x = (x - 0.5) * wide - y * slant;
                [centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos]
            });
            lines.push(placed.collect());
        }
        left += wide + gap;
    }
    lines
}

/// How wide a character is, compared with others.
fn aspect(character: char) -> f32 {
    match character {
        'M' | 'W' => 1.2,
        '1' | 'I' | 'J' | '+' | '-' | '=' => 0.8,
        _ => 1.0,
    }
}

/// Two slow waves that shake everything.
struct Bend([[f32; 3]; 2]);

impl Bend {
    fn new(rng: &mut Generator) -> Self {
        let mut wave = |length: f32, height: f32| {
            [
                rng.random_range(0.8..1.25) / length,
                rng.random(),
                height * rng.random_range(0.5..1.2),
            ]
        };
        Self([wave(50.0, 2.6), wave(95.0, 5.0)])
    }

    fn apply(&self, [x, y]: &mut Point) {
        let [[across, phase, push], [down, start, lift]] = self.0;
        let shift = swing(*y * across + phase) * push;
        *y += swing(*x * down + start) * lift;
        *x += shift;
    }
}

/// How much of a pixel lies within a line whose edge is at 1: half a pixel of softness to each side.
fn cover(near: f32, half: f32) -> f32 {
    let cover = (1.0 - near) * half + 0.5;
    let cover = if cover < 0.0 { 0.0 } else { cover };
    if cover > 1.0 { 1.0 } else { cover }
}

/// Adds short strokes of no character.
fn stray(letters: &mut Near, thickness: f32, rng: &mut Generator) {
    for _ in 0..rng.random_range(2..6) {
        let from = [
            rng.random_range(0.0..WIDTH as f32),
            rng.random_range(0.0..HEIGHT as f32),
        ];
        let (sin, cos) = rng.random_range(0.0..std::f32::consts::TAU).sin_cos();
        let length = rng.random_range(4.0..13.0f32);
        letters.line(
            &[from, [from[0] + cos * length, from[1] + sin * length]],
            thickness,
        );
    }
}

fn level(ink: f32) -> u8 {
    /// So large that a number added to it is rounded, and stands in its lowest bits.
    const UNITS: f32 = 8_388_608.0;
    let ink = if ink < 0.0 { 0.0 } else { ink };
    let ink = if ink > 1.0 { 1.0 } else { ink };
    (ink * (ramp::LEVELS - 1) as f32 + UNITS).to_bits() as u8
}

/// Light and dark in turns, between -1 and 1.
struct Texture {
    style: Style,
    across: f32,
    down: f32,
    phase: f32,
    sway: [f32; 4],
    period: f32,
    sharp: f32,
}

impl Texture {
    fn new(style: Style, weight: f32, rng: &mut Generator) -> Self {
        let period = weight * rng.random_range(0.85..1.3f32);
        // Stripes that stand upright hide upright strokes.
        let (sin, cos) = rng.random_range(-0.7..0.7f32).sin_cos();
        let middle = [-50.0, HEIGHT as f32 + 50.0];
        let (across, down) = match style {
            // The middle of the rings, far enough above or below for rings to lie flat.
            Style::Rings | Style::Ripples => (
                rng.random_range(0.0..WIDTH as f32),
                *middle
                    .get(usize::from(rng.random_bool(0.5)))
                    .unwrap_or(&-50.0),
            ),
            _ => (-sin / period, cos / period),
        };
        let swing = match style {
            Style::Chevrons => rng.random_range(0.3..0.6),
            Style::Rings | Style::Ripples | Style::Stripes => rng.random_range(0.2..0.5),
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
    fn row(&self, y: f32, line: &mut [f32]) {
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
                    + if self.across < WIDTH as f32 * 0.5 {
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
