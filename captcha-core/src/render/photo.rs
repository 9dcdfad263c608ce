//! A picture of the host's own, and how it is painted: never twice the same part of it, at the same
//! size, in the same light or without things strewn over it.

use image::RgbImage;
#[cfg(feature = "assets")]
use image::imageops::thumbnail;
#[cfg(feature = "assets")]
use imageproc::filter::median_filter;
use rand::{RngExt, SeedableRng};

use super::canvas::{Canvas, Colour, hsl, pixel as as_pixel};
use super::raster::swing;
use super::{Generator, objects};

/// Most pixels that are kept of a picture, of three bytes each: 352 KiB.
pub(crate) const AREA: u32 = 120_000;
/// Most bytes of an encoded picture of the usual size: what is left of 20 KiB beside a piece.
const FILE: usize = 17 * 1024;
/// Colours with which it is to keep to that. With fewer it has bands.
const COLOURS: usize = 24;
/// Radii of the median filter that are tried on a picture of too much detail, one after another.
const MOST_PASSES: usize = 3;

/// Pixels from one thing that is strewn to the next, about those of a piece.
const CELL: usize = 46;
/// Steps of brightness within which a cell counts as plain.
const PLAIN: u16 = 45;

/// A picture in the size that drawing needs.
#[derive(Clone, PartialEq)]
pub(crate) struct Photo {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
}

impl Photo {
    /// Scales a picture down, and takes as much fine detail out of it as its files have no room for.
    #[cfg(feature = "assets")]
    pub(crate) fn new(picture: &RgbImage) -> Self {
        let (width, height) = picture.dimensions();
        let scale = (f64::from(AREA) / (f64::from(width) * f64::from(height)))
            .sqrt()
            .min(1.0);
        let [width, height] = [width, height].map(|side| ((f64::from(side) * scale) as u32).max(1));
        let mut small = thumbnail(picture, width, height);
        for pass in 1..=MOST_PASSES {
            let radius = pass as u32;
            small = median_filter(&small, radius, radius);
            if Self::of(&small).fits() {
                break;
            }
        }
        Self::of(&small)
    }

    fn of(picture: &RgbImage) -> Self {
        Self {
            width: picture.width() as usize,
            height: picture.height() as usize,
            pixels: picture.pixels().map(|pixel| pixel.0).collect(),
        }
    }

    /// Whether paintings of it keep to the size of a file.
    fn fits(&self) -> bool {
        (0..3).all(|seed| {
            let mut canvas = Canvas::new(320, 160);
            self.paint(&mut canvas, &mut Generator::seed_from_u64(seed));
            canvas.encode(COLOURS).bytes.len() <= FILE
        })
    }

    /// Bytes that it keeps.
    pub(crate) fn bytes(&self) -> usize {
        self.pixels.len() * size_of::<Colour>()
    }

    /// Paints a part of it over the whole canvas.
    pub(crate) fn paint(&self, canvas: &mut Canvas, rng: &mut Generator) {
        let light = Light::new(rng);
        let view = View::new(self, canvas, rng);
        let [wide, tall] = [canvas.width() as f32, canvas.height() as f32];
        for (y, row) in canvas.rows_mut().enumerate() {
            let v = y as f32 + 0.5;
            for (x, pixel) in row.iter_mut().enumerate() {
                let u = x as f32 + 0.5;
                *pixel = as_pixel(light.of(self.sample(view.of(u, v)), u / wide, v / tall));
            }
        }
        strew(canvas, rng);
        canvas.keep_to(FILE, COLOURS);
    }

    /// The colour between four pixels.
    fn sample(&self, [x, y]: [f32; 2]) -> [i32; 3] {
        let x = (x * 256.0) as i32 - 128;
        let y = (y * 256.0) as i32 - 128;
        let column = (x >> 8).clamp(0, self.width as i32 - 2) as usize;
        let row = (y >> 8).clamp(0, self.height as i32 - 2) as usize;
        let [right, down] = [
            (x - ((column as i32) << 8)).clamp(0, 256),
            (y - ((row as i32) << 8)).clamp(0, 256),
        ];
        // Written out, channel by channel: this runs for every pixel.
        let line = |row: usize| {
            let start = row * self.width + column;
            let Some([[ar, ag, ab], [br, bg, bb]]) = self.pixels.get(start..start + 2) else {
                return [0; 3];
            };
            let between =
                |a: u8, b: u8| (i32::from(a) << 8) + (i32::from(b) - i32::from(a)) * right;
            [between(*ar, *br), between(*ag, *bg), between(*ab, *bb)]
        };
        let ([a, b, c], [d, e, f]) = (line(row), line(row + 1));
        let between = |upper: i32, lower: i32| ((upper << 8) + (lower - upper) * down) >> 16;
        [between(a, d), between(b, e), between(c, f)]
    }
}

impl std::fmt::Debug for Photo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Photo({} x {})", self.width, self.height)
    }
}

/// Where the pixels of a canvas come from: a part of the picture, turned a little, mirrored or not,
/// and shaken by two slow waves so that nothing that is laid over it matches throughout.
struct View {
    centre: [f32; 2],
    across: [f32; 2],
    down: [f32; 2],
    middle: [f32; 2],
    waves: [[f32; 3]; 2],
}

impl View {
    fn new(photo: &Photo, canvas: &Canvas, rng: &mut Generator) -> Self {
        let size = [canvas.width() as f32, canvas.height() as f32];
        let own = [photo.width as f32, photo.height as f32];
        let (sin, cos) = rng.random_range(-0.07..0.07f32).sin_cos();
        // What the turned canvas and the waves reach to.
        let reach = [
            size[0] * cos + size[1] * sin.abs() + 6.0,
            size[1] * cos + size[0] * sin.abs() + 6.0,
        ];
        let largest = (own[0] / reach[0]).min(own[1] / reach[1]);
        let scale = largest * rng.random_range(0.62..1.0f32);
        let centre = [0, 1].map(|axis: usize| {
            let (own, reach) = (
                own.get(axis).copied().unwrap_or(0.0),
                reach.get(axis).copied().unwrap_or(0.0),
            );
            let free = (own - reach * scale).max(0.0);
            own * 0.5 + (rng.random::<f32>() - 0.5) * free
        });
        let side = if rng.random_bool(0.5) { -1.0 } else { 1.0 };
        let mut wave = || {
            [
                1.0 / rng.random_range(70.0..150.0f32),
                rng.random(),
                rng.random_range(1.0..2.6f32),
            ]
        };
        Self {
            centre,
            across: [side * scale * cos, scale * sin],
            down: [-side * scale * sin, scale * cos],
            middle: size.map(|side| side * 0.5),
            waves: [wave(), wave()],
        }
    }

    fn of(&self, x: f32, y: f32) -> [f32; 2] {
        let [[across, phase, push], [down, start, lift]] = self.waves;
        let u = x - self.middle[0] + swing(y * across + phase) * push;
        let v = y - self.middle[1] + swing(x * down + start) * lift;
        [
            self.centre[0] + u * self.across[0] + v * self.down[0],
            self.centre[1] + u * self.across[1] + v * self.down[1],
        ]
    }
}

/// Another light: hues turned, colours stronger or weaker, brighter on one side.
struct Light {
    /// In 1/256.
    mix: [[i32; 3]; 3],
    gain: f32,
    slope: [f32; 2],
    lift: i32,
}

impl Light {
    fn new(rng: &mut Generator) -> Self {
        // Turning about the grey axis leaves greys grey.
        let (sin, cos) = rng.random_range(-0.45..0.45f32).sin_cos();
        let rich = rng.random_range(0.75..1.25f32);
        let third = 1.0 / 3.0;
        let (keep, turn) = (cos * rich, sin * rich / 3f32.sqrt());
        let entry = |row: usize, column: usize| {
            let around = match (3 + column - row) % 3 {
                0 => keep * 2.0 * third,
                1 => -keep * third - turn,
                _ => -keep * third + turn,
            };
            ((third + around) * 256.0) as i32
        };
        Self {
            mix: [0, 1, 2].map(|row| [0, 1, 2].map(|column| entry(row, column))),
            gain: rng.random_range(0.8..1.15),
            slope: [
                rng.random_range(-0.18..0.18f32),
                rng.random_range(-0.18..0.18),
            ],
            lift: rng.random_range(-10..16),
        }
    }

    fn of(&self, colour: [i32; 3], x: f32, y: f32) -> Colour {
        let gain = self.gain + (x - 0.5) * self.slope[0] + (y - 0.5) * self.slope[1];
        let gain = (gain * 256.0) as i32;
        let [red, green, blue] = colour;
        self.mix.map(|[a, b, c]| {
            let value = (a * red + b * green + c * blue) >> 8;
            (((value * gain) >> 8) + self.lift).clamp(0, 255) as u8
        })
    }
}

/// Whether a cell of the picture is of one brightness.
fn is_plain(canvas: &Canvas, [column, row]: [usize; 2], [wide, tall]: [f32; 2]) -> bool {
    let (mut low, mut high) = (u16::MAX, 0);
    for step in 0..25 {
        let place = |cell: usize, part: usize, side: f32| {
            ((cell as f32 + (part as f32 + 0.5) / 5.0) * side) as i32
        };
        let [red, green, blue] =
            canvas.at(place(column, step % 5, wide), place(row, step / 5, tall));
        let sum = u16::from(red) + 2 * u16::from(green) + u16::from(blue);
        (low, high) = (low.min(sum), high.max(sum));
    }
    high - low < 4 * PLAIN
}

/// Things all over the picture, as in the procedural scenes: plain parts get something to go by, and
/// the picture alone does not tell what is under a gap.
fn strew(canvas: &mut Canvas, rng: &mut Generator) {
    let hue: f32 = rng.random();
    let [columns, rows] = [canvas.width() / CELL + 1, canvas.height() / CELL + 1];
    let [wide, tall] = [
        canvas.width() as f32 / columns as f32,
        canvas.height() as f32 / rows as f32,
    ];
    let plain: Vec<bool> = (0..columns * rows)
        .map(|cell| is_plain(canvas, [cell % columns, cell / columns], [wide, tall]))
        .collect();
    for (cell, plain) in plain.into_iter().enumerate() {
        // Where nothing goes on, nearly every piece gets something to go by.
        if !rng.random_bool(if plain { 0.95 } else { 0.4 }) {
            continue;
        }
        let at = [
            ((cell % columns) as f32 + rng.random_range(0.1..0.9f32)) * wide,
            ((cell / columns) as f32 + rng.random_range(0.1..0.9f32)) * tall,
        ];
        let size = rng.random_range(10.0..17.0f32);
        let hue = hue + rng.random_range(0.0..0.6f32);
        let colour = hsl(hue, 0.65, rng.random_range(0.45..0.7));
        match rng.random_range(0..6) {
            0 | 1 => objects::balloon(canvas, at, size, hue),
            2 => objects::leaf(canvas, at, size * 1.8, rng.random_range(0.0..6.3), colour),
            3 => objects::flower(canvas, at, size * 0.8, colour, rng.random_range(5..8)),
            4 => objects::bird(canvas, at, size * 0.9, [244, 244, 240]),
            _ => objects::star(canvas, at, size * 0.9, 5, colour),
        }
    }
}
