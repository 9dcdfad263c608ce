//! A line of characters told from their ground by texture alone: inside a character the same light
//! and dark run on, but out of step, in another direction or bent. A picture has one ramp of sixteen
//! colours, so that colour tells nothing apart, and all its files are of one length.
//!
//! No two styles yield to the same filter. Characters of ink on paper, solid or hollow, among like
//! strokes, were read by public solvers in two of three tries and are not drawn any more
//! (`docs/resistance.md`). Sizes, places, overlaps and every number of a style are drawn anew.

use rand::RngExt;

use super::encode::Indexed;
use super::font::{self, Face};
use super::host::Host;
use super::near::Near;
use super::placing::{Bend, places};
use super::raster::swing;
pub(crate) use super::texture::Style;
use super::texture::{SIZE, Texture};
use super::{Generator, Picture, glyph, ramp};

/// Size of the picture in pixels.
pub(crate) const WIDTH: usize = SIZE.0;
pub(crate) const HEIGHT: usize = SIZE.1;

/// Whether there is a glyph for it.
pub(crate) fn draws(character: char) -> bool {
    character.is_ascii_alphanumeric() && !glyph::strokes(character).is_empty()
}

/// Draws the characters; those without a glyph leave a space. Any style unless one is given.
pub(crate) fn draw(
    text: &str,
    style: Option<Style>,
    host: Option<&Host>,
    rng: &mut Generator,
) -> Picture {
    let any = Style::ALL
        .get(rng.random_range(0..Style::ALL.len()))
        .copied();
    let style = style.or(any).unwrap_or(Style::Stripes);
    let weight = weight(text.chars().count(), rng);
    let face = host.and_then(|host| host.face(rng));
    let inside = match face {
        Some(face) => set(text, face, weight, rng),
        None => written(text, weight, rng),
    };
    let texture = Texture::new(style, weight, rng);
    // Lighter inside, and darker further on: it helps the eye along. Whoever blurs the pattern away
    // for it loses the edges.
    let lift = rng.random_range(0.54..0.68f32);
    let (lift_phase, lift_step): (f32, f32) = (rng.random(), rng.random_range(0.006..0.011));
    let mut indices = Vec::with_capacity(WIDTH * HEIGHT);
    let (mut line, mut lifts) = ([0.0; WIDTH], [0.0; WIDTH]);
    for (x, lifted) in (0i32..).zip(&mut lifts) {
        *lifted = (swing(x as f32 * lift_step + lift_phase) * 16.0).clamp(-1.0, 1.0) * lift;
    }
    for (y, inside) in inside.chunks_exact(WIDTH).enumerate() {
        texture.row(y as f32, &mut line);
        let row = inside.iter().zip(&line).zip(&lifts);
        indices.extend(row.map(|((inside, value), lifted)| {
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
    rng.random_range(9.4..11.2f32) * (5.2 / count.max(1) as f32).clamp(0.62, 1.0)
}

/// Characters of our own strokes: how much of each pixel lies inside.
fn written(text: &str, weight: f32, rng: &mut Generator) -> Vec<f32> {
    let mut letters = Near::new(WIDTH, HEIGHT);
    let bend = Bend::new(rng);
    let aspect = |character, rng: &mut Generator| rng.random_range(0.6..0.76) * breadth(character);
    for place in places(text, weight, aspect, rng) {
        for mut line in glyph::strokes(place.character) {
            for point in &mut line {
                *point = place.at(*point);
                bend.apply(point);
            }
            letters.line(&line, weight);
        }
    }
    inside(&letters, weight)
}

/// Characters of a font of the host: how much of each pixel lies inside.
fn set(text: &str, face: &Face, weight: f32, rng: &mut Generator) -> Vec<f32> {
    let bend = Bend::new(rng);
    let aspect = |character, rng: &mut Generator| {
        let own = face
            .outline(character)
            .map_or(0.6, |outline| outline.aspect);
        (own * rng.random_range(0.85..1.05)).clamp(0.25, 0.9)
    };
    let mut shapes = Vec::with_capacity(text.len());
    for place in places(text, weight * 0.3, aspect, rng) {
        let Some(outline) = face.outline(place.character) else {
            continue;
        };
        let mut shape = outline.contours.clone();
        for point in shape.iter_mut().flatten() {
            *point = place.at(*point);
            bend.apply(point);
        }
        shapes.push(shape);
    }
    font::coverage(&shapes, WIDTH, HEIGHT)
}

fn inside(letters: &Near, weight: f32) -> Vec<f32> {
    let cells = letters.cells().iter();
    cells.map(|near| cover(near.sqrt(), weight * 0.5)).collect()
}

/// How wide our own strokes of a character are, compared with others.
fn breadth(character: char) -> f32 {
    match character {
        'M' | 'W' => 1.2,
        '1' | 'I' | 'J' | '+' | '-' | '=' => 0.8,
        _ => 1.0,
    }
}

/// How much of a pixel lies within a line whose edge is at 1: half a pixel of softness to each side.
fn cover(near: f32, half: f32) -> f32 {
    let cover = (1.0 - near) * half + 0.5;
    let cover = if cover < 0.0 { 0.0 } else { cover };
    if cover > 1.0 { 1.0 } else { cover }
}

fn level(ink: f32) -> u8 {
    /// So large that a number added to it is rounded, and stands in its lowest bits.
    const UNITS: f32 = 8_388_608.0;
    let ink = if ink < 0.0 { 0.0 } else { ink };
    let ink = if ink > 1.0 { 1.0 } else { ink };
    (ink * (ramp::LEVELS - 1) as f32 + UNITS).to_bits() as u8
}
