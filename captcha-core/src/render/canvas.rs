//! A picture in memory, its colours, and the brushes that everything is drawn with.

use rand::RngExt;

use super::encode::Indexed;
use super::quantize::quantize;
use super::raster::{Point, Raster, Room, ellipse, swing};
use super::{Generator, Picture, sheet};

/// Red, green and blue.
pub(crate) type Colour = [u8; 3];

/// A colour as a canvas keeps it: with a byte more, so that a pixel is one number.
pub(crate) type Pixel = [u8; 4];

/// A colour as a pixel.
pub(crate) fn pixel([red, green, blue]: Colour) -> Pixel {
    [red, green, blue, 0]
}

/// `a` where `t` is 0, `b` where it is 256, two channels at a time.
pub(crate) fn mixed(a: Pixel, b: Pixel, t: u32) -> Pixel {
    const EVEN: u32 = 0x00ff_00ff;
    let (a, b, rest) = (u32::from_le_bytes(a), u32::from_le_bytes(b), 256 - t);
    let even = ((a & EVEN) * rest + (b & EVEN) * t) >> 8 & EVEN;
    let odd = ((a >> 8 & EVEN) * rest + (b >> 8 & EVEN) * t) & !EVEN;
    (even | odd).to_le_bytes()
}

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
pub(crate) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Pixel>,
    /// Room for the next polygon.
    room: Room,
    /// Most bytes of its file, and colours to begin with.
    most: (usize, usize),
}

impl Canvas {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        let (mut pixels, room) = sheet::take();
        pixels.resize(width * height, [0; 4]);
        Self {
            width,
            height,
            pixels,
            room,
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
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[Pixel]> {
        self.pixels.chunks_exact(self.width)
    }

    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [Pixel]> {
        self.pixels.chunks_exact_mut(self.width)
    }

    /// The rows from one on.
    pub(crate) fn rows_from(&mut self, first: usize) -> impl Iterator<Item = &mut [Pixel]> {
        let pixels = self.pixels.get_mut(first * self.width..);
        pixels.unwrap_or_default().chunks_exact_mut(self.width)
    }

    /// The colour at a place, or at the nearest place inside.
    pub(crate) fn at(&self, x: i32, y: i32) -> Colour {
        let x = x.clamp(0, self.width as i32 - 1) as usize;
        let y = y.clamp(0, self.height as i32 - 1) as usize;
        let [red, green, blue, _] = self
            .pixels
            .get(y * self.width + x)
            .copied()
            .unwrap_or_default();
        [red, green, blue]
    }

    /// Mixes a colour into a pixel; outside the picture it does nothing.
    pub(crate) fn blend(&mut self, x: usize, y: usize, colour: Colour, opacity: f32) {
        if x < self.width
            && let Some(under) = self.pixels.get_mut(y * self.width + x)
        {
            *under = mixed(*under, pixel(colour), (opacity * 256.0) as u32);
        }
    }

    /// Lays a colour over everything, as thin as `opacity` says.
    pub(crate) fn veil(&mut self, colour: Colour, opacity: f32) {
        let (colour, opacity) = (pixel(colour), (opacity * 256.0) as u32);
        for under in &mut self.pixels {
            *under = mixed(*under, colour, opacity);
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
            row.fill(pixel(mix(stop(index), stop(index + 1), place.fract())));
        }
    }

    /// Fills a polygon.
    pub(crate) fn fill(&mut self, points: &[Point], colour: Colour, opacity: f32) {
        let room = std::mem::take(&mut self.room);
        let mut raster = Raster::reusing(room, points, self.width, self.height);
        raster.polygon(points);
        let colour = pixel(colour);
        let inside = [colour; 8];
        let opacity = opacity * 256.0;
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
                    let cover = covered(sum, opacity);
                    if cover > 255 {
                        *pixels = inside;
                    } else if cover > 0 {
                        for pixel in pixels {
                            *pixel = mixed(*pixel, colour, cover);
                        }
                    }
                } else {
                    // In two loops: the second one is done for several pixels at a time.
                    let covers = cells.map(|cell| {
                        sum += cell;
                        covered(sum, opacity)
                    });
                    for (pixel, cover) in pixels.iter_mut().zip(covers) {
                        *pixel = mixed(*pixel, colour, cover);
                    }
                }
            }
            cover(rest, last, sum, colour, opacity);
        }
        self.room = raster.into_room();
    }

    /// Fills an upright rectangle between two corners: what a polygon would do, sooner.
    pub(crate) fn block(&mut self, low: Point, high: Point, colour: Colour) {
        let colour = pixel(colour);
        let [left, top] = low.map(|value| value.max(0.0));
        let right = high[0].min(self.width as f32);
        let bottom = high[1].min(self.height as f32);
        if left >= right || top >= bottom {
            return;
        }
        // The share of a cell that lies between two edges.
        let share = |cell: usize, from: f32, to: f32| {
            (to.min(cell as f32 + 1.0) - from.max(cell as f32)).clamp(0.0, 1.0)
        };
        let (first, last) = (left as usize, right as usize);
        for y in top as usize..(bottom as usize + 1).min(self.height) {
            let tall = share(y, top, bottom);
            let start = y * self.width;
            let end = (last + 1).min(self.width);
            let Some(row) = self.pixels.get_mut(start + first..start + end) else {
                return;
            };
            for (x, pixel) in (first..).zip(row.iter_mut()) {
                let cover = covered(share(x, left, right) * tall, 256.0);
                *pixel = mixed(*pixel, colour, cover);
            }
        }
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
        // In a few bands, which pack better than a run of colours.
        const BANDS: usize = 7;
        let colours: [Pixel; BANDS] = std::array::from_fn(|band| {
            mixed(pixel(crest), pixel(foot), (band * 256 / BANDS) as u32)
        });
        let (scale, foot) = (BANDS as f32 / depth, pixel(foot));
        let lowest = heights.iter().copied().fold(f32::MIN, f32::max);
        let whole = heights.len() >= self.width;
        for (y, row) in self.rows_mut().enumerate().skip(top) {
            if whole && (y as f32 + 1.0 - lowest) * scale >= BANDS as f32 {
                row.fill(foot);
                continue;
            }
            for (pixel, height) in row.iter_mut().zip(heights) {
                let inside = y as f32 + 1.0 - height;
                if inside > 0.0 {
                    let step = (inside * scale) as i32 as usize;
                    let colour = colours.get(step).copied().unwrap_or(foot);
                    *pixel = if inside < 1.0 {
                        mixed(*pixel, colour, (inside * 256.0) as u32)
                    } else {
                        colour
                    };
                }
            }
        }
    }

    /// A disc with a halo that fades out.
    pub(crate) fn glow(&mut self, centre: Point, radius: f32, colour: Colour) {
        let reach = radius * 2.0;
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

impl Clone for Canvas {
    fn clone(&self) -> Self {
        let (mut pixels, room) = sheet::take();
        pixels.extend_from_slice(&self.pixels);
        Self {
            pixels,
            room,
            ..*self
        }
    }
}

impl Drop for Canvas {
    fn drop(&mut self) {
        let pixels = std::mem::take(&mut self.pixels);
        sheet::give((pixels, std::mem::take(&mut self.room)));
    }
}

/// Mixes a colour into pixels by the steps of their coverage, from `sum` on, which it gives back.
fn cover(pixels: &mut [Pixel], steps: &[f32], mut sum: f32, colour: Pixel, opacity: f32) -> f32 {
    for (pixel, step) in pixels.iter_mut().zip(steps) {
        sum += step;
        *pixel = mixed(*pixel, colour, covered(sum, opacity));
    }
    sum
}

/// Coverage in 256 parts. Sums of steps are not exact: a little more than all is all.
fn covered(sum: f32, opacity: f32) -> u32 {
    let cover = sum.abs() * opacity + 0.5;
    (cover as i32).min(256) as u32
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
