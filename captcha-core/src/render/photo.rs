//! A picture of the host's own, and how it is painted: never twice the same part of it, at the same
//! size, in the same light or without things strewn over it.

use image::RgbImage;
#[cfg(feature = "assets")]
use image::imageops::thumbnail;
#[cfg(feature = "assets")]
use imageproc::filter::median_filter;
use rand::{RngExt, SeedableRng};

use super::canvas::{Canvas, Colour, Pixel, hsl, pixel as as_pixel};
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
        let [width, height] = [canvas.width(), canvas.height()];
        let lifts = view.lifts(width);
        let mut places = vec![[0; 2]; width];
        let mut samples = vec![[0.0; 3]; width];
        // Step by step along a row: several pixels at a time, wherever that is possible.
        for (y, row) in canvas.rows_mut().enumerate() {
            view.row(y, &lifts, &mut places);
            for (sample, place) in samples.iter_mut().zip(&places) {
                *sample = self.sample(*place);
            }
            light.row(&samples, (y as f32 + 0.5) / height as f32, row);
        }
        strew(canvas, rng);
        canvas.keep_to(FILE, COLOURS);
    }

    /// The colour between four pixels, at a place in 1/256.
    fn sample(&self, [x, y]: [i32; 2]) -> [f32; 3] {
        /// A channel of eight bits in each sixteen.
        const CHANNELS: u64 = 0x00ff_00ff_00ff;
        let column = (x >> 8).clamp(0, self.width as i32 - 2) as usize;
        let row = (y >> 8).clamp(0, self.height as i32 - 2) as usize;
        let [right, down] = [
            (x - ((column as i32) << 8)).clamp(0, 256) as u64,
            (y - ((row as i32) << 8)).clamp(0, 256) as u64,
        ];
        let spread = |[red, green, blue]: Colour| {
            u64::from(red) | u64::from(green) << 16 | u64::from(blue) << 32
        };
        let between = |a: u64, b: u64, share: u64| (a * (256 - share) + b * share) >> 8 & CHANNELS;
        let line = |row: usize| {
            let start = row * self.width + column;
            match self.pixels.get(start..start + 2) {
                Some([a, b]) => between(spread(*a), spread(*b), right),
                _ => 0,
            }
        };
        let mixed = between(line(row), line(row + 1), down);
        [mixed, mixed >> 16, mixed >> 32].map(|channel| f32::from(channel as u8))
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

    /// By how much each column is lifted.
    fn lifts(&self, width: usize) -> Vec<f32> {
        let [_, [down, start, lift]] = self.waves;
        (0..width)
            .map(|x| swing((x as f32 + 0.5) * down + start) * lift)
            .collect()
    }

    /// Where the pixels of a row come from, in 1/256 from the middle of the first pixel of the picture.
    fn row(&self, y: usize, lifts: &[f32], places: &mut [[i32; 2]]) {
        let [[across, phase, push], _] = self.waves;
        let ([centre_x, centre_y], [right, along], [below, down]) =
            (self.centre, self.across, self.down);
        let y = y as f32 + 0.5;
        let first = swing(y * across + phase) * push + 0.5 - self.middle[0];
        let level = y - self.middle[1];
        // In 32 bits, or the loop is not done several pixels at a time.
        for ((x, lift), place) in (0i32..).zip(lifts).zip(places) {
            let (u, v) = (x as f32 + first, level + lift);
            let x = centre_x + u * right + v * below;
            let y = centre_y + u * along + v * down;
            *place = [x, y].map(|at| (at * 256.0) as i32 - 128);
        }
    }
}

/// Another light: hues turned, colours stronger or weaker, brighter on one side.
struct Light {
    mix: [[f32; 3]; 3],
    gain: f32,
    slope: [f32; 2],
    lift: f32,
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
            third + around
        };
        Self {
            mix: [0, 1, 2].map(|row| [0, 1, 2].map(|column| entry(row, column))),
            gain: rng.random_range(0.8..1.15),
            slope: [
                rng.random_range(-0.18..0.18f32),
                rng.random_range(-0.18..0.18),
            ],
            lift: rng.random_range(-10..16) as f32,
        }
    }

    /// The colours of a row, `y` down from 0 to 1.
    fn row(&self, colours: &[[f32; 3]], y: f32, row: &mut [Pixel]) {
        let [across, down] = self.slope;
        let step = across / row.len().max(1) as f32;
        let gain = self.gain + (y - 0.5) * down - 0.5 * across + 0.5 * step;
        for ((x, [red, green, blue]), pixel) in (0i32..).zip(colours).zip(row) {
            let gain = gain + x as f32 * step;
            *pixel = as_pixel(self.mix.map(|[a, b, c]| {
                let value = (a * red + b * green + c * blue) * gain + self.lift;
                value as u8
            }));
        }
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
