//! A round picture whose inner disc is turned. Ring and disc are parted by an empty band, and the
//! disc is shown in other colours, so that what meets across the band is shape and not colour.

use rand::RngExt;

use super::canvas::{Canvas, Colour};
use super::encode::Indexed;
use super::host::Host;
use super::quantize::quantize;
use super::{Generator, Picture, scene};

/// Width and height of the picture.
pub(crate) const SIZE: usize = 220;
/// Width and height of the disc's picture.
pub(crate) const DISC: usize = 124;
/// Free pixels between disc and ring.
const BAND: f32 = 18.0;
/// Colours of the picture, and of the disc.
const COLOURS: usize = 56;
/// Bytes of a file for each of its rows: 20 KiB for both.
const LARGE: usize = 60;
/// Random places within a pixel at which the scene is looked at. Without them the regular pattern
/// of repeated pixels would tell by how much each part was turned.
const SHIFTS: usize = 512;

/// Draws the ring, and the disc that has to be turned clockwise by `angle` degrees to fit.
pub(crate) fn draw(angle: f32, host: Option<&Host>, rng: &mut Generator) -> (Picture, Picture) {
    let mut canvas = Canvas::new(SIZE, SIZE);
    scene::paint_upright(&mut canvas, host, rng);
    let tilt = rng.random_range(0.0..360.0f32);
    let shifts = [(); SHIFTS].map(|()| rng.random_range(-0.5..0.5f32));
    let hole = DISC as f32 * 0.5 + BAND;
    let ring = part(&canvas, SIZE, tilt, hole, &shifts, |colour| colour);
    let dye = Dye::new(rng);
    let disc = part(&canvas, DISC, tilt - angle, 0.0, &shifts, |colour| {
        dye.of(colour)
    });
    (ring, disc)
}

/// The round middle of the canvas that fits into `size`, turned clockwise by `degrees`, without what
/// is nearer than `hole` to its centre.
fn part(
    canvas: &Canvas,
    size: usize,
    degrees: f32,
    hole: f32,
    shifts: &[f32],
    dye: impl Fn(Colour) -> Colour,
) -> Picture {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let middle = size as f32 * 0.5;
    let centre = SIZE as f32 * 0.5;
    let (outer, inner) = ((middle - 0.5).powi(2), hole.powi(2));
    let mut shift = shifts.iter().cycle();
    let mut inside = Vec::with_capacity(size * size);
    let mut shown = Vec::with_capacity(size * size);
    for y in 0..size {
        let dy = y as f32 + 0.5 - middle;
        for x in 0..size {
            let dx = x as f32 + 0.5 - middle;
            let square = dx * dx + dy * dy;
            let within = square < outer && square >= inner;
            shown.push(within);
            if within {
                let (across, down) = (
                    shift.next().copied().unwrap_or(0.0),
                    shift.next().copied().unwrap_or(0.0),
                );
                let (u, v) = (dx + across, dy + down);
                let at_x = centre + u * cos + v * sin;
                let at_y = centre - u * sin + v * cos;
                inside.push(dye(canvas.at(at_x as i32, at_y as i32)));
            }
        }
    }
    let (indices, colours) = quantize(&inside, COLOURS);
    // Entry 0 is nothing at all.
    let mut palette = vec![[0; 4]];
    palette.extend(colours.iter().map(|[r, g, b]| [*r, *g, *b, 255]));
    let mut indices = indices.into_iter();
    let indices: Vec<u8> = shown
        .into_iter()
        .map(|shown| {
            if shown {
                indices.next().unwrap_or(0) + 1
            } else {
                0
            }
        })
        .collect();
    Indexed {
        width: size,
        indices: &indices,
        palette: &palette,
    }
    .encode_within(size * LARGE)
}

/// Other colours for the same things: channels change places, and what was in the middle of one
/// stands out while its ends come together, so that neither brightness nor its opposite stays.
struct Dye {
    shift: usize,
    curves: [[u8; 256]; 3],
}

impl Dye {
    fn new(rng: &mut Generator) -> Self {
        Self {
            shift: rng.random_range(1..3),
            curves: [(); 3].map(|()| curve(rng)),
        }
    }

    fn of(&self, colour: Colour) -> Colour {
        [0, 1, 2].map(|to: usize| {
            let from = colour.get((to + self.shift) % 3).copied().unwrap_or(0);
            let curve = self.curves.get(to);
            curve
                .and_then(|curve| curve.get(usize::from(from)))
                .copied()
                .unwrap_or(0)
        })
    }
}

/// A valley or a hill somewhere in the middle.
fn curve(rng: &mut Generator) -> [u8; 256] {
    let turn = rng.random_range(0.35..0.65f32);
    let hill = rng.random_bool(0.5);
    std::array::from_fn(|value| {
        let value = value as f32 / 255.0;
        let away = if value < turn {
            (turn - value) / turn
        } else {
            (value - turn) / (1.0 - turn)
        };
        let height = if hill { 1.0 - away } else { away };
        (30.0 + height * 200.0) as u8
    })
}
