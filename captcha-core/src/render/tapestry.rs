//! Shapes woven into a ground of wavy stripes: what tells them from the ground is how the stripes
//! run and where they are light, hardly how light they are on the whole.

use rand::RngExt;

use super::encode::Indexed;
use super::field::Field;
use super::host::Host;
use super::raster::{Point, Raster, swing};
use super::{Generator, Picture, icon, ramp};

/// Size of the picture in pixels.
pub(crate) const WIDTH: usize = 320;
pub(crate) const HEIGHT: usize = 160;
/// Colours: as many as fit half a byte.
const LEVELS: usize = 16;
/// Size of one shape in the picture of the order.
const CELL: usize = 48;

/// A shape and where it stands.
pub(crate) struct Placed {
    /// Number of the thing.
    pub(crate) icon: usize,
    /// Its middle.
    pub(crate) at: Point,
    /// Half its size.
    pub(crate) radius: f32,
}

/// Draws the shapes.
pub(crate) fn draw(shapes: &[Placed], host: Option<&Host>, rng: &mut Generator) -> Picture {
    let [ground, other] = [Weave::new(rng), Weave::new(rng)];
    let mut light = Field::empty();
    for y in 0..HEIGHT {
        light.extend((0..WIDTH).map(|x| ground.at(x as f32, y as f32)));
    }
    let mut ink = Field::empty();
    ink.extend_from_slice(&light);
    for shape in shapes {
        let turn = rng.random_range(-0.6..0.6);
        let contours = placed(shape, turn, host, rng);
        weave(&mut ink, &light, &other, &contours, rng);
    }
    encode(&ink, WIDTH, &ramp::draw(LEVELS, rng))
}

/// Draws the things to tap, in their order, each as another drawing of the same thing.
pub(crate) fn order(icons: &[usize], host: Option<&Host>, rng: &mut Generator) -> Picture {
    let width = CELL * icons.len();
    let mut ink = Field::of(0.08, width * CELL);
    let solid = rng.random_range(0.8..1.0);
    for (index, icon) in icons.iter().enumerate() {
        let at = [(index as f32 + 0.5) * CELL as f32, CELL as f32 * 0.5];
        let shape = Placed {
            icon: *icon,
            at,
            radius: 18.0,
        };
        let contours = placed(&shape, rng.random_range(-0.15..0.15), host, rng);
        let mut raster = Raster::new(index * CELL, 0, CELL, CELL);
        raster.shape(&contours);
        raster.paint(|x, y, coverage| {
            if let Some(value) = ink.get_mut(y * width + x) {
                *value += (solid - *value) * coverage;
            }
        });
    }
    encode(&ink, width, &ramp::draw(LEVELS, rng))
}

/// Wavy stripes.
struct Weave {
    across: f32,
    down: f32,
    bend: [f32; 2],
    phase: [f32; 2],
    sway: f32,
}

impl Weave {
    fn new(rng: &mut Generator) -> Self {
        let (sin, cos) = rng.random_range(0.0..std::f32::consts::TAU).sin_cos();
        let period = rng.random_range(5.0..7.5f32);
        Self {
            across: cos / period,
            down: sin / period,
            bend: [
                rng.random_range(0.006..0.014),
                rng.random_range(-0.014..0.014),
            ],
            phase: [rng.random(), rng.random()],
            sway: rng.random_range(0.3..0.7),
        }
    }

    /// From 0 to 1.
    fn at(&self, x: f32, y: f32) -> f32 {
        let [bend_x, bend_y] = self.bend;
        let [phase, bend_phase] = self.phase;
        let sway = swing(x * bend_x + y * bend_y + bend_phase) * self.sway;
        // Crests are flat, so that stripes have two tones and soft edges.
        (swing(x * self.across + y * self.down + phase + sway) * 0.9 + 0.5).clamp(0.0, 1.0)
    }
}

/// Weaves one shape into the ground, in one of several ways.
fn weave(
    ink: &mut [f32],
    ground: &[f32],
    other: &Weave,
    contours: &[Vec<Point>],
    rng: &mut Generator,
) {
    let style = rng.random_range(0..4);
    let shade = rng.random_range(0.3..0.45f32) * if rng.random_bool(0.5) { 1.0 } else { -1.0 };
    let all: Vec<Point> = contours.iter().flatten().copied().collect();
    let mut raster = Raster::around(&all, WIDTH, HEIGHT);
    raster.shape(contours);
    raster.paint(|x, y, coverage| {
        let Some((value, ground)) = ink
            .get_mut(y * WIDTH + x)
            .zip(ground.get(y * WIDTH + x).copied())
        else {
            return;
        };
        let inside = match style {
            // Light and dark change places.
            0 | 1 => 1.0 - ground,
            // The stripes run elsewhere.
            2 => other.at(x as f32, y as f32),
            // The stripes fade.
            _ => 0.5 + (ground - 0.5) * 0.2 + shade * 0.5,
        };
        *value += (inside + shade * 0.5 - *value) * coverage;
    });
}

/// A drawing of a thing, turned and stretched.
fn placed(shape: &Placed, turn: f32, host: Option<&Host>, rng: &mut Generator) -> Vec<Vec<Point>> {
    let Placed { icon, at, radius } = *shape;
    let (sin, cos) = turn.sin_cos();
    let wide = radius * rng.random_range(0.85..1.08);
    let tall = radius * rng.random_range(0.85..1.08);
    let slant = rng.random_range(-0.15..0.15f32);
    let mirrored = if rng.random_bool(0.5) { -1.0 } else { 1.0 };
    let mut shape = icon::draw(icon, host, rng);
    for [x, y] in shape.iter_mut().flatten() {
        let (u, v) = ((*x * mirrored + *y * slant) * wide, *y * tall);
        *x = at[0] + u * cos - v * sin;
        *y = at[1] + u * sin + v * cos;
    }
    shape
}

fn encode(ink: &[f32], width: usize, ramp: &[[u8; 4]]) -> Picture {
    let indices: Vec<u8> = ink
        .iter()
        .map(|ink| (ink.clamp(0.0, 1.0) * (LEVELS - 1) as f32 + 0.5) as u8)
        .collect();
    Indexed {
        width,
        indices: &indices,
        palette: ramp,
    }
    .encode()
}
