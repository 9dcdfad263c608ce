//! A line of characters, bent and jittered, in one of several styles of drawing. A picture has one
//! ramp of sixteen colours from paper to ink, so that colour tells nothing apart.

use std::f32::consts::TAU;

use rand::RngExt;

use super::canvas::{hsl, mix, quad};
use super::encode::Indexed;
use super::raster::{Point, Raster, ellipse, swing};
use super::{Generator, Picture, glyph};

/// Size of the picture in pixels.
pub(crate) const WIDTH: usize = 280;
pub(crate) const HEIGHT: usize = 90;

/// Steps from paper to ink: as many as fit half a byte.
const LEVELS: usize = 16;

/// How characters are told from their ground.
#[derive(Clone, Copy)]
enum Style {
    Outlines,
    Stripes,
    Strokes,
}

/// Draws the characters; those without a glyph leave a space.
pub(crate) fn draw(text: &str, rng: &mut Generator) -> Picture {
    let (style, weight) = match rng.random_range(0..4) {
        0 => (Style::Outlines, rng.random_range(8.5..9.6)),
        1 => (Style::Stripes, rng.random_range(8.8..9.8)),
        _ => (Style::Strokes, rng.random_range(5.8..7.2)),
    };
    let lines = bent(layout(text, weight, rng), rng);
    let ink = match style {
        Style::Outlines => outlines(&lines, weight, rng),
        Style::Stripes => stripes(&lines, weight, rng),
        Style::Strokes => strokes(&lines, weight, rng),
    };
    let indices: Vec<u8> = ink
        .iter()
        .map(|ink| (ink.clamp(0.0, 1.0) * (LEVELS - 1) as f32 + 0.5) as u8)
        .collect();
    Indexed {
        width: WIDTH,
        indices: &indices,
        palette: &ramp(rng),
    }
    .encode()
}

/// The strokes of all characters, in pixels. Strokes of `weight` from neighbours touch now and
/// then, and do not lie over each other.
fn layout(text: &str, weight: f32, rng: &mut Generator) -> Vec<Vec<Point>> {
    let count = text.chars().count().max(1) as f32;
    let slot = ((WIDTH as f32 - 16.0) / count).min(48.0);
    let mut middle = (WIDTH as f32 - slot * (count - 1.0)) * 0.5 + rng.random_range(-4.0..4.0);
    let mut lines = Vec::with_capacity(16);
    for character in text.chars() {
        let tall = rng.random_range(43.0..54.0f32);
        let wide = ((slot - weight) * rng.random_range(0.84..0.98)).min(34.0);
        let (sin, cos) = rng.random_range(-0.22..0.22f32).sin_cos();
        let slant = rng.random_range(-0.14..0.14f32);
        let centre = [
            middle + rng.random_range(-1.5..1.5f32),
            HEIGHT as f32 * 0.5 + rng.random_range(-7.0..7.0f32),
        ];
        for stroke in glyph::strokes(character) {
            let placed = stroke.into_iter().map(|[x, y]| {
                let (y, x) = (
                    (y - 0.5) * tall,
                    (x - 0.5) * wide - (y - 0.5) * tall * slant,
                );
                [centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos]
            });
            lines.push(placed.collect());
        }
        middle += slot;
    }
    lines
}

/// Everything shaken by two slow waves.
fn bent(mut lines: Vec<Vec<Point>>, rng: &mut Generator) -> Vec<Vec<Point>> {
    let mut wave = |length: f32, height: f32| {
        (
            TAU / length * rng.random_range(0.8..1.2f32),
            rng.random_range(0.0..TAU),
            height,
        )
    };
    let (across, down) = (wave(52.0, 2.6), wave(95.0, 5.0));
    for [x, y] in lines.iter_mut().flatten() {
        let push = (*y * across.0 + across.1).sin() * across.2;
        *y += (*x * down.0 + down.1).sin() * down.2;
        *x += push;
    }
    lines
}

/// Sixteen colours from paper to ink, light on dark or dark on light.
fn ramp(rng: &mut Generator) -> Vec<[u8; 4]> {
    let hue: f32 = rng.random();
    let turn = rng.random_range(-0.25f32..0.25);
    let light = hsl(
        hue,
        rng.random_range(0.25..0.7),
        rng.random_range(0.88..0.95),
    );
    let dark = hsl(
        hue + turn,
        rng.random_range(0.35..0.75),
        rng.random_range(0.16..0.26),
    );
    let (paper, ink) = if rng.random_bool(0.3) {
        (dark, light)
    } else {
        (light, dark)
    };
    (0..LEVELS)
        .map(|level| {
            let [red, green, blue] = mix(paper, ink, level as f32 / (LEVELS - 1) as f32);
            [red, green, blue, 255]
        })
        .collect()
}

/// Coverage of the picture by lines of some thickness.
fn mask(lines: &[Vec<Point>], thickness: f32) -> Vec<f32> {
    let mut raster = Raster::new(0, 0, WIDTH, HEIGHT);
    for line in lines {
        for (from, to) in line.iter().zip(line.iter().skip(1)) {
            raster.polygon(&quad(*from, *to, thickness));
        }
        // Round joints, which thin curves can do without.
        if thickness > 3.0 {
            for point in line {
                raster.polygon(&ellipse(*point, [thickness * 0.5; 2], 0.0));
            }
        }
    }
    let mut mask = vec![0.0; WIDTH * HEIGHT];
    raster.paint(|x, y, coverage| {
        if let Some(cell) = mask.get_mut(y * WIDTH + x) {
            *cell = coverage;
        }
    });
    mask
}

/// A curve across the picture, or a short one somewhere in it.
fn squiggle(long: bool, rng: &mut Generator) -> Vec<Point> {
    let length = if long {
        WIDTH as f32 * 1.1
    } else {
        rng.random_range(14.0..40.0)
    };
    let angle = if long {
        rng.random_range(-0.2..0.2f32)
    } else {
        rng.random_range(0.0..TAU)
    };
    let start = if long {
        [-10.0, rng.random_range(8.0..HEIGHT as f32 - 8.0)]
    } else {
        [
            rng.random_range(0.0..WIDTH as f32),
            rng.random_range(0.0..HEIGHT as f32),
        ]
    };
    let (swing, waves, phase) = (
        length.min(60.0) * rng.random_range(0.1..0.25),
        rng.random_range(0.8..1.6) * (length / 90.0).max(1.0),
        rng.random_range(0.0..TAU),
    );
    let parts = (length / 8.0).ceil();
    let (sin, cos) = angle.sin_cos();
    (0..=parts as usize)
        .map(|part| {
            let t = part as f32 / parts;
            let (u, v) = (t * length, (t * waves * TAU * 0.5 + phase).sin() * swing);
            [start[0] + u * cos - v * sin, start[1] + u * sin + v * cos]
        })
        .collect()
}

/// Solid characters under and over curves of ink and of paper.
fn strokes(lines: &[Vec<Point>], weight: f32, rng: &mut Generator) -> Vec<f32> {
    let letters = mask(lines, weight);
    let curves: Vec<_> = (0..16).map(|index| squiggle(index < 4, rng)).collect();
    let cuts: Vec<_> = (0..2).map(|_| squiggle(true, rng)).collect();
    let (over, cut) = (mask(&curves, 2.2), mask(&cuts, 1.5));
    letters
        .iter()
        .zip(over)
        .zip(cut)
        .zip(clouds(rng))
        .map(|(((letter, over), cut), ground)| {
            let ink = letter * (1.0 - 0.85 * cut);
            (ground * 0.4)
                .max(ink * (0.8 + ground * 0.2))
                .max(over * 0.85)
        })
        .collect()
}

/// Hollow characters among hollow curves of the same line.
fn outlines(lines: &[Vec<Point>], weight: f32, rng: &mut Generator) -> Vec<f32> {
    let worms: Vec<_> = (0..16).map(|index| squiggle(index < 1, rng)).collect();
    let hollow =
        |lines: &[Vec<Point>], weight: f32| (mask(lines, weight), mask(lines, weight - 4.4));
    let (outer, inner) = hollow(lines, weight);
    let (worm_outer, worm_inner) = hollow(&worms, weight * 0.7);
    outer
        .iter()
        .zip(inner)
        .zip(worm_outer.iter().zip(worm_inner))
        .zip(clouds(rng))
        .map(|(((outer, inner), (worm_outer, worm_inner)), ground)| {
            let worm = worm_outer * (1.0 - worm_inner) * 0.85;
            // The inside hides what lies below, so that the characters stay whole.
            let under = (ground * 0.3).max(worm) * (1.0 - outer) + outer * 0.06;
            under.max(outer * (1.0 - inner))
        })
        .collect()
}

/// Wavy stripes that swap ink and paper inside the characters.
fn stripes(lines: &[Vec<Point>], weight: f32, rng: &mut Generator) -> Vec<f32> {
    let letters = mask(lines, weight);
    let period = rng.random_range(4.6..5.4f32);
    let slope = rng.random_range(0.1..0.5f32) * if rng.random_bool(0.5) { 1.0 } else { -1.0 };
    let (bend, phase) = (rng.random_range(0.006..0.012f32), rng.random::<f32>());
    let ground = field(|x, y| {
        let across = x * slope + y + swing((x - y * slope) * bend + phase) * 4.0;
        swing(across / period)
    });
    letters
        .iter()
        .zip(ground)
        .map(|(letter, ground)| 0.5 + ground * (0.5 - letter) + (letter - 0.5) * 0.55)
        .collect()
}

/// Soft blotches between 0 and 1.
fn clouds(rng: &mut Generator) -> Vec<f32> {
    let waves = [(); 3].map(|()| {
        [
            rng.random_range(-0.02..0.02f32),
            rng.random_range(-0.026..0.026f32),
            rng.random(),
        ]
    });
    field(|x, y| {
        let [a, b, c] = waves.map(|[across, down, phase]| swing(x * across + y * down + phase));
        (a + b + c) / 6.0 + 0.5
    })
}

/// A value for every pixel of the picture.
fn field(value: impl Fn(f32, f32) -> f32) -> Vec<f32> {
    let mut values = Vec::with_capacity(WIDTH * HEIGHT);
    for y in 0..HEIGHT {
        values.extend((0..WIDTH).map(|x| value(x as f32, y as f32)));
    }
    values
}
