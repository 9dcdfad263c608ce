//! Characters told from their ground by texture alone: inside a character the same light and dark run
//! on, but out of step. A picture has one ramp of four colours, so that colour tells nothing apart, and all
//! its files are of one length.
//!
//! No two styles yield to the same filter. Characters of ink on paper, solid or hollow, among like
//! strokes, were read by public solvers in two of three tries and are not drawn any more. What a network
//! of an attacker's own learns slowest are many forms of each character on many patterns, and no place
//! for the third: so each is of another typeface, a capital or small, leans, and is wide or narrow
//! (`docs/resistance.md`).

use rand::RngExt;

use super::encode::Indexed;
use super::field::Field;
use super::font::Outline;
use super::host::Host;
use super::placing::{Bend, Block, Place, places};
use super::raster::{Raster, Room};
pub(crate) use super::texture::Style;
use super::texture::{SIZE, Texture};
use super::{Generator, Picture, faces, ramp, sheet};

/// Size of the picture in pixels.
pub(crate) const WIDTH: usize = SIZE.0;
pub(crate) const HEIGHT: usize = SIZE.1;

/// Colours: as many as fit a quarter of a byte, so that the file, which is not packed, stays small.
const LEVELS: usize = 4;

/// Farthest that two points of an outline lie apart, in heights, so that it can be bent.
const STRETCH: f32 = 0.2;

/// Whether there is a glyph for it.
pub(crate) fn draws(character: char) -> bool {
    character.is_ascii_alphanumeric() && faces::have(character)
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
    let style = style.or(any).unwrap_or(Style::Waves);
    let texture = Texture::new(style, rng);
    let letters = Letters::set(text, host, rng);
    let mut indices = Vec::with_capacity(WIDTH * HEIGHT);
    let mut line = [0.0; WIDTH];
    let rows = (letters.inside.chunks_exact(WIDTH)).zip(letters.lift.chunks_exact(WIDTH));
    for (y, (inside, lift)) in rows.enumerate() {
        texture.row(y as f32, &mut line);
        let row = inside.iter().zip(lift).zip(&line);
        indices
            .extend(row.map(|((inside, lift), value)| level(0.5 + value * (0.5 - inside) + lift)));
    }
    Indexed {
        width: WIDTH,
        indices: &indices,
        palette: &ramp::draw(LEVELS, rng),
    }
    .encode_stored()
}

/// All characters of a picture.
struct Letters {
    /// How much of each pixel lies inside one.
    inside: Field,
    /// How much lighter or darker than the pattern it is there: some characters are lighter and others darker,
    /// which helps the eye along. Whoever blurs the pattern away for it loses the edges.
    lift: Field,
}

impl Letters {
    fn set(text: &str, host: Option<&Host>, rng: &mut Generator) -> Self {
        let bend = Bend::new(rng);
        // A sum is read along a line, and few characters have room on one.
        let sum = !text.chars().all(char::is_alphanumeric);
        let one_row = sum || text.chars().count() <= 4 && rng.random_ratio(1, 3);
        let outlines: Vec<(Block, Option<Outline>)> =
            text.chars().map(|c| block(c, host, rng)).collect();
        let blocks: Vec<Block> = outlines.iter().map(|(block, _)| *block).collect();
        let mut letters = Self {
            inside: Field::of(0.0, WIDTH * HEIGHT),
            lift: Field::of(0.0, WIDTH * HEIGHT),
        };
        let (pixels, mut room) = sheet::take();
        let strength = rng.random_range(0.6..0.75f32);
        for (place, (_, outline)) in places(&blocks, one_row, rng).iter().zip(outlines) {
            let lift = if rng.random() { strength } else { -strength };
            if let Some(outline) = outline {
                room = letters.add(&outline, place, &bend, lift, room);
            }
        }
        sheet::give((pixels, room));
        letters
    }

    /// Adds one, and gives back the room that it was drawn in.
    fn add(
        &mut self,
        outline: &Outline,
        place: &Place,
        bend: &Bend,
        lift: f32,
        room: Room,
    ) -> Room {
        let shape: Vec<_> = (outline.contours.iter())
            .map(|contour| parted(contour, outline.aspect))
            .map(|mut contour| {
                for point in &mut contour {
                    *point = place.at(*point);
                    bend.apply(point);
                }
                contour
            })
            .collect();
        let mut raster = Raster::reusing(room, &shape.concat(), WIDTH, HEIGHT);
        raster.shape(&shape);
        raster.paint(|x, y, share| {
            let at = y * WIDTH + x;
            if let (Some(inside), Some(lifted)) = (self.inside.get_mut(at), self.lift.get_mut(at))
                && share > *inside
            {
                (*inside, *lifted) = (share, share * lift);
            }
        });
        raster.into_room()
    }
}

/// A character's outline in a face of the host where it is its turn, or in any of our own, and then as a
/// capital or small; none for what has no glyph.
fn block(character: char, host: Option<&Host>, rng: &mut Generator) -> (Block, Option<Outline>) {
    let own = host.and_then(|host| host.face(rng));
    let small = character.to_ascii_lowercase();
    let outline = match own {
        Some(face) => face.outline(character).cloned(),
        None => {
            let face = rng.random_range(0..faces::COUNT);
            let shown = if faces::have(small) && rng.random() {
                small
            } else {
                character
            };
            faces::outline(face, shown)
        }
    };
    let aspect = outline.as_ref().map_or(0.6, |outline| outline.aspect);
    let block = Block {
        aspect: aspect.clamp(0.3, 1.0),
        // A plus that is turned is a cross.
        tilt: if character.is_alphanumeric() {
            0.33
        } else {
            0.06
        },
    };
    (block, outline)
}

/// The contour with points between those that lie far apart.
fn parted(contour: &[[f32; 2]], aspect: f32) -> Vec<[f32; 2]> {
    let mut points = Vec::with_capacity(contour.len() * 2);
    let Some(mut last) = contour.last().copied() else {
        return points;
    };
    for [x, y] in contour.iter().copied() {
        let [dx, dy] = [x - last[0], y - last[1]];
        let parts = ((dx * aspect).hypot(dy) / STRETCH).ceil().max(1.0);
        for part in 1..=parts as usize {
            let share = part as f32 / parts;
            points.push([last[0] + dx * share, last[1] + dy * share]);
        }
        last = [x, y];
    }
    points
}

fn level(ink: f32) -> u8 {
    /// So large that a number added to it is rounded, and stands in its lowest bits.
    const UNITS: f32 = 8_388_608.0;
    let ink = if ink < 0.0 { 0.0 } else { ink };
    let ink = if ink > 1.0 { 1.0 } else { ink };
    (ink * (LEVELS - 1) as f32 + UNITS).to_bits() as u8
}
