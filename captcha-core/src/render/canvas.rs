//! A picture in memory, its colours, and the brushes that everything is drawn with.

use rand::RngExt;

use super::encode::Indexed;
use super::quantize::quantize;
use super::raster::{Point, Raster, Room, ellipse, swing};
use super::{Generator, Picture};

/// Red, green and blue.
pub(crate) type Colour = [u8; 3];

/// `a` where `t` is 0, `b` where it is 1.
pub(crate) fn mix(a: Colour, b: Colour, t: f32) -> Colour {
    let t = (t * 256.0) as i32;
    let channel = |a: u8, b: u8| (i32::from(a) + (((i32::from(b) - i32::from(a)) * t) >> 8)) as u8;
    let ([ar, ag, ab], [br, bg, bb]) = (a, b);
    [channel(ar, br), channel(ag, bg), channel(ab, bb)]
}

/// A colour by hue (turns), saturation and lightness (0 to 1).
pub(crate) fn hsl(hue: f32, saturation: f32, lightness: f32) -> Colour {
    let spread = saturation.clamp(0.0, 1.0) * lightness.min(1.0 - lightness).max(0.0);
    [0.0f32, 8.0, 4.0].map(|offset| {
        let k = (offset + hue * 12.0).rem_euclid(12.0);
        let value = lightness - spread * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        (value * 255.0) as u8
    })
}

/// Brightness times `gain` plus `lift`.
pub(crate) fn relit(colour: Colour, gain: f32, lift: f32) -> Colour {
    colour.map(|channel| (f32::from(channel) * gain + lift) as u8)
}

/// A picture in memory.
#[derive(Clone)]
pub(crate) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
    /// Room for the next polygon.
    room: Room,
    /// Most bytes of its file, and colours to begin with.
    most: (usize, usize),
}

impl Canvas {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: vec![[0; 3]; width * height],
            room: Room::default(),
            most: (usize::MAX, usize::MAX),
        }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// Holds the file to so many bytes, at the price of colours: for pictures that were not made to
    /// be small. It begins with at most `colours`; with 8, the fewest, a pixel takes at most three bits.
    pub(crate) fn keep_to(&mut self, bytes: usize, colours: usize) {
        self.most = (bytes, colours);
    }

    /// The encoded picture, in at most `colours`.
    pub(crate) fn encode(&self, colours: usize) -> Picture {
        let (bytes, most) = self.most;
        let mut colours = colours.min(most);
        loop {
            let picture = self.encode_in(colours);
            if picture.bytes.len() <= bytes || colours <= 8 {
                return picture;
            }
            colours = (colours * 2 / 3).max(8);
        }
    }

    fn encode_in(&self, colours: usize) -> Picture {
        let (indices, colours) = quantize(&self.pixels, colours);
        let palette: Vec<[u8; 4]> = colours.iter().map(|[r, g, b]| [*r, *g, *b, 255]).collect();
        Indexed {
            width: self.width,
            indices: &indices,
            palette: &palette,
        }
        .encode()
    }

    #[cfg(all(test, feature = "assets"))]
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[Colour]> {
        self.pixels.chunks_exact(self.width)
    }

    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [Colour]> {
        self.pixels.chunks_exact_mut(self.width)
    }

    /// The colour at a place, or at the nearest place inside.
    pub(crate) fn at(&self, x: i32, y: i32) -> Colour {
        let x = x.clamp(0, self.width as i32 - 1) as usize;
        let y = y.clamp(0, self.height as i32 - 1) as usize;
        self.pixels
            .get(y * self.width + x)
            .copied()
            .unwrap_or_default()
    }

    /// Blurs the pixels of a row from `x` on: each becomes the mean of five around its place. What
    /// is less than five pixels from the edge is left as it is.
    pub(crate) fn blur_row(&self, x: usize, y: usize, row: &mut [Colour]) {
        const AROUND: [(isize, isize); 5] = [(0, -5), (-4, 1), (1, 0), (4, -2), (-1, 5)];
        let lines = AROUND.map(|(across, down)| {
            let start = y.checked_add_signed(down)? * self.width + x.checked_add_signed(across)?;
            Some(self.pixels.get(start..start + row.len())?.as_flattened())
        });
        let [Some(a), Some(b), Some(c), Some(d), Some(e)] = lines else {
            return;
        };
        let lines = a.iter().zip(b).zip(c.iter().zip(d)).zip(e);
        for (channel, (((a, b), (c, d)), e)) in row.as_flattened_mut().iter_mut().zip(lines) {
            let sum = [a, b, c, d, e].map(|value| u16::from(*value));
            *channel = (sum.iter().sum::<u16>() / 5) as u8;
        }
    }

    /// Mixes a colour into a pixel; outside the picture it does nothing.
    pub(crate) fn blend(&mut self, x: usize, y: usize, colour: Colour, opacity: f32) {
        if x < self.width
            && let Some(pixel) = self.pixels.get_mut(y * self.width + x)
        {
            *pixel = if opacity > 0.996 {
                colour
            } else {
                mix(*pixel, colour, opacity)
            };
        }
    }

    /// Fills everything from top to bottom with a run of colours.
    pub(crate) fn gradient(&mut self, stops: &[Colour]) {
        let height = self.height as f32;
        let last = stops.len().saturating_sub(1) as f32;
        for (y, row) in self.rows_mut().enumerate() {
            let place = y as f32 / height * last;
            let stop = |index: usize| stops.get(index).copied().unwrap_or_default();
            let index = place as usize;
            row.fill(mix(stop(index), stop(index + 1), place.fract()));
        }
    }

    /// Fills a polygon.
    pub(crate) fn fill(&mut self, points: &[Point], colour: Colour, opacity: f32) {
        let room = std::mem::take(&mut self.room);
        let mut raster = Raster::reusing(room, points, self.width, self.height);
        raster.polygon(points);
        let inside = [colour; 8];
        for (y, left, cells) in raster.lines() {
            let row = y * self.width;
            let Some(pixels) = (self.pixels).get_mut(row + left..row + left + cells.len()) else {
                break;
            };
            let (eights, rest) = pixels.as_chunks_mut::<8>();
            let (steps, last) = cells.as_chunks::<8>();
            let mut sum = 0.0f32;
            for (pixels, cells) in eights.iter_mut().zip(steps) {
                // Where no edge is, eight pixels are alike: all inside, or none.
                if cells.iter().fold(0, |any, cell| any | cell.to_bits()) == 0 {
                    let cover = sum.abs() * opacity;
                    if cover > 0.996 {
                        *pixels = inside;
                    } else if cover > 0.004 {
                        pixels
                            .iter_mut()
                            .for_each(|pixel| *pixel = mix(*pixel, colour, cover));
                    }
                } else {
                    sum = cover(pixels, cells, sum, colour, opacity);
                }
            }
            cover(rest, last, sum, colour, opacity);
        }
        self.room = raster.into_room();
    }

    /// Fills an ellipse, turned by `angle` radians.
    pub(crate) fn ellipse(&mut self, centre: Point, radii: Point, angle: f32, colour: Colour) {
        self.fill(&ellipse(centre, radii, angle), colour, 1.0);
    }

    /// Draws a line that is `thickness` wide.
    pub(crate) fn line(&mut self, from: Point, to: Point, thickness: f32, colour: Colour) {
        self.fill(&quad(from, to, thickness), colour, 1.0);
    }

    /// Fills each column from `heights` down; colours run from `crest` to `foot` within `depth`.
    pub(crate) fn below(&mut self, heights: &[f32], crest: Colour, foot: Colour, depth: f32) {
        let top = heights.iter().copied().fold(f32::MAX, f32::min).max(0.0) as usize;
        // As many colours as `mix` tells apart.
        let colours: [Colour; 257] =
            std::array::from_fn(|step| mix(crest, foot, step as f32 / 256.0));
        let scale = 256.0 / depth;
        for (y, row) in self.rows_mut().enumerate().skip(top) {
            for (pixel, height) in row.iter_mut().zip(heights) {
                let inside = y as f32 + 1.0 - height;
                if inside > 0.0 {
                    let step = (inside * scale) as i32 as usize;
                    let colour = colours.get(step).copied().unwrap_or(foot);
                    *pixel = if inside < 1.0 {
                        mix(*pixel, colour, inside)
                    } else {
                        colour
                    };
                }
            }
        }
    }

    /// A disc with a halo that fades out.
    pub(crate) fn glow(&mut self, centre: Point, radius: f32, colour: Colour) {
        let reach = radius * 2.6;
        let (left, right) = (centre[0] - reach, centre[0] + reach);
        let top = (centre[1] - reach).max(0.0) as usize;
        for y in top..((centre[1] + reach).max(0.0) as usize).min(self.height) {
            for x in left.max(0.0) as usize..(right.max(0.0) as usize).min(self.width) {
                let distance = (x as f32 - centre[0]).hypot(y as f32 - centre[1]);
                if distance < radius {
                    self.blend(x, y, colour, (radius - distance).min(1.0));
                } else if distance < reach {
                    let fade = 1.0 - (distance - radius) / (reach - radius);
                    self.blend(x, y, colour, 0.4 * fade * fade);
                }
            }
        }
    }
}

/// Mixes a colour into pixels by the steps of their coverage, from `sum` on, which it gives back.
fn cover(pixels: &mut [Colour], steps: &[f32], mut sum: f32, colour: Colour, opacity: f32) -> f32 {
    for (pixel, step) in pixels.iter_mut().zip(steps) {
        sum += step;
        let cover = sum.abs() * opacity;
        if cover > 0.996 {
            *pixel = colour;
        } else if cover > 0.004 {
            *pixel = mix(*pixel, colour, cover);
        }
    }
    sum
}

/// The four corners of a thick line.
pub(crate) fn quad(from: Point, to: Point, thickness: f32) -> [Point; 4] {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let scale = thickness * 0.5 / dx.hypot(dy).max(0.01);
    let (nx, ny) = (-dy * scale, dx * scale);
    [
        [from[0] + nx, from[1] + ny],
        [to[0] + nx, to[1] + ny],
        [to[0] - nx, to[1] - ny],
        [from[0] - nx, from[1] - ny],
    ]
}

/// A smooth random curve over `count` columns: `level` give or take `height`, with waves of about
/// `length` pixels and shorter.
pub(crate) fn wave(
    count: usize,
    level: f32,
    height: f32,
    length: f32,
    rng: &mut Generator,
) -> Vec<f32> {
    let waves = [1.0f32, 0.53, 0.23, 0.11].map(|share| {
        let frequency = 1.0 / (length * share * rng.random_range(0.8..1.25));
        (frequency, rng.random_range(0.0..1.0), height * share)
    });
    (0..count)
        .map(|x| {
            let sum: f32 = waves
                .iter()
                .map(|(frequency, phase, height)| swing(x as f32 * frequency + phase) * height)
                .sum();
            level + sum
        })
        .collect()
}
