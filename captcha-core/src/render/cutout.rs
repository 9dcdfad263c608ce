//! A piece, and the gaps that it and its decoys leave in a picture.

#![allow(
    clippy::indexing_slicing,
    reason = "a cutout's cells are indexed by the columns and rows that it was made with"
)]

use rand::RngExt;

use super::canvas::{self, Canvas, Colour, hsl, mix, mixed};
use super::encode::Indexed;
use super::outline::Outline;
use super::quantize::quantize;
use super::raster::{Raster, swing};
use super::{Generator, Picture};

/// Room around a piece's picture that its gap may take.
const MARGIN: usize = 4;
/// Free pixels between a piece and the edge of its picture: a target for fingers is larger than what
/// is seen of it.
const INSET: f32 = 4.0;
/// Reach of the filter that measures how deep inside the outline a pixel lies.
const REACH: usize = 3;
/// Depth from which on nothing of the border is seen: most pixels of a gap.
const DEEP: f32 = 3.4;
/// Colours of a piece: with the steps of its edge they fill half a byte.
const COLOURS: usize = 12;
/// Steps of opacity along the edge of a piece.
const STEPS: u8 = 4;

/// An outline as pixels.
pub(crate) struct Cutout {
    width: usize,
    height: usize,
    /// Coverage of the pixels, margin and all.
    sharp: Vec<u8>,
    /// Pixels from the outline, inwards positive: good to about the reach of the filter.
    depth: Vec<f32>,
}

impl Cutout {
    /// An outline that fills a piece's picture of `size`, its width and height.
    pub(crate) fn new(outline: &Outline, size: (usize, usize)) -> Self {
        let (width, height) = (size.0 + 2 * MARGIN, size.1 + 2 * MARGIN);
        let edge = MARGIN as f32 + INSET;
        let points = outline.points([edge; 2], [width as f32 - edge, height as f32 - edge]);
        let mut raster = Raster::new(0, 0, width, height);
        raster.polygon(&points);
        let mut sharp = vec![0; width * height];
        raster.paint(|x, y, coverage| sharp[y * width + x] = (coverage * 255.0 + 0.5) as i32 as u8);
        let depth = depths(&sharp, width);
        Self {
            width: size.0,
            height: size.1,
            sharp,
            depth,
        }
    }

    /// Share of the two outlines' area that only one of them covers.
    #[cfg(test)]
    pub(crate) fn difference(&self, other: &Self) -> f32 {
        let (mut apart, mut all) = (0u32, 0u32);
        for (a, b) in self.sharp.iter().zip(other.sharp.iter()) {
            apart += u32::from(a.abs_diff(*b));
            all += u32::from(*a.max(b));
        }
        apart as f32 / all.max(1) as f32
    }

    /// Draws a gap, filled with stripes. The piece's own gap and the decoys are all drawn by this.
    pub(crate) fn gap(
        &self,
        canvas: &mut Canvas,
        (left, top): (usize, usize),
        style: &GapStyle,
        rng: &mut Generator,
    ) {
        // The gap is a few pixels wider than the piece, and not by the same everywhere.
        let wobble: [f32; 2] = [rng.random(), rng.random()];
        let size = self.width + 2 * MARGIN;
        let phase: f32 = rng.random();
        let shakes: Vec<f32> = (0..size)
            .map(|x| swing(x as f32 / 38.0 + wobble[0]))
            .collect();
        let stripes = style.stripes.map(canvas::pixel);
        let mut tones = vec![0; size];
        // Of a gap near the picture's edge the margin may lie outside.
        let (left, outside) = (left.saturating_sub(MARGIN), MARGIN.saturating_sub(left));
        let rows = canvas.rows_from(top.saturating_sub(MARGIN));
        let depths = self.depth.chunks_exact(size).enumerate();
        for (row, (y, depths)) in rows.zip(depths.skip(MARGIN.saturating_sub(top))) {
            let row_shake = swing(y as f32 / 31.0 + wobble[1]);
            let row_weave = (top + y - MARGIN) as f32 * style.weave[1] + phase;
            // Apart from what follows: several are done at a time.
            for (px, tone) in (left as i32..).zip(&mut tones) {
                let weave = swing(px as f32 * style.weave[0] + row_weave);
                *tone = ((weave + 1.0) * 1.99) as i32;
            }
            let cells = depths.iter().zip(&shakes).skip(outside).zip(&tones);
            for (pixel, ((depth, shake), tone)) in row.iter_mut().skip(left).zip(cells) {
                if *depth < -3.3 {
                    continue;
                }
                // Stripes of few tones: they cost little to pack.
                let tone = *tone as usize & 3;
                if *depth >= DEEP {
                    *pixel = stripes[tone];
                    continue;
                }
                let mut colour = style.stripes[tone];
                let inside = depth + 2.0 + (shake + row_shake) * 0.4;
                let cover = (inside + 0.5).clamp(0.0, 1.0);
                if cover <= 0.0 {
                    continue;
                }
                let shadow = (1.0 - (inside - 1.5) / 3.5).clamp(0.0, 1.0) * 0.4;
                let rim = (1.0 - (inside - 0.7).abs() / 1.2).clamp(0.0, 1.0) * 0.9;
                colour = mix(mix(colour, style.shadow, shadow), style.rim, rim);
                *pixel = mixed(*pixel, canvas::pixel(colour), (cover * 256.0) as u32);
            }
        }
    }

    /// A piece that shows `content`, which is as large as its picture.
    pub(crate) fn piece(&self, content: &Canvas) -> Picture {
        // Dark around what is light, or the piece would have no shape on a light page.
        let [_, green, _] = content.at(0, 0);
        let rim: Colour = if green < 128 {
            [252, 250, 244]
        } else {
            [40, 42, 58]
        };
        let mut colours = Vec::with_capacity(self.width * self.height);
        let mut steps = Vec::with_capacity(self.width * self.height);
        for y in 0..self.height {
            for x in 0..self.width {
                let own = content.at(x as i32, y as i32);
                // The border fades into the rim: there is no edge left to compare with the gap's.
                let cell = (y + MARGIN) * (self.width + 2 * MARGIN) + x + MARGIN;
                let depth = self.depth[cell];
                colours.push(mix(rim, own, ((depth - 0.4) / 2.2).clamp(0.0, 1.0)));
                steps.push((u16::from(self.sharp[cell]) * u16::from(STEPS) / 255) as u8);
            }
        }
        let opaque: Vec<Colour> = colours
            .iter()
            .zip(&steps)
            .filter(|(_, step)| **step == STEPS)
            .map(|(colour, _)| *colour)
            .collect();
        let (inner, quantized) = quantize(&opaque, COLOURS);
        // Entry 0 is nothing at all; then the rim, more and more opaque; then the content.
        let mut palette = vec![[0; 4]];
        let [red, green, blue] = rim;
        palette.extend((1..STEPS).map(|step| [red, green, blue, (255 / STEPS) * step]));
        palette.extend(
            quantized
                .iter()
                .map(|[red, green, blue]| [*red, *green, *blue, 255]),
        );
        let mut inner = inner.into_iter();
        let indices: Vec<u8> = steps
            .into_iter()
            .map(|step| {
                if step == STEPS {
                    inner.next().unwrap_or(0) + STEPS
                } else {
                    step
                }
            })
            .collect();
        Indexed {
            width: self.width,
            indices: &indices,
            palette: &palette,
        }
        // Of a few hundred bytes: packing them would take longer than drawing them.
        .encode_stored()
    }
}

/// What the gaps of one picture have in common.
pub(crate) struct GapStyle {
    rim: Colour,
    shadow: Colour,
    stripes: [Colour; 4],
    weave: [f32; 2],
}

impl GapStyle {
    pub(crate) fn new(rng: &mut Generator) -> Self {
        let light = rng.random_bool(0.6);
        let (hue, rich) = (rng.random::<f32>(), rng.random_range(0.05..0.25));
        let stripes = [0.7, 0.76, 0.82, 0.86].map(|tone| {
            let tone = if light { tone } else { 0.98 - tone };
            hsl(hue, rich, tone)
        });
        let weave = [rng.random_range(0.11..0.22), rng.random_range(-0.22..0.22)];
        Self {
            rim: [255, 255, 250],
            shadow: [20, 22, 34],
            stripes,
            weave,
        }
    }
}

/// How deep inside the outline each cell lies, by the mean of those around it.
fn depths(sharp: &[u8], width: usize) -> Vec<f32> {
    const SIDE: usize = 2 * REACH + 1;
    let height = sharp.len() / width;
    // Sums of the rows that reach a cell, column by column; beyond the edge nothing is covered.
    let mut columns = vec![0u16; width + SIDE];
    let mut depths = Vec::with_capacity(sharp.len());
    let scale = 1.0 / (SIDE * 255) as f32;
    for y in 0..height + REACH {
        if y < height {
            for (sum, cell) in columns[REACH..]
                .iter_mut()
                .zip(&sharp[y * width..][..width])
            {
                *sum += u16::from(*cell);
            }
        }
        if y >= SIDE {
            let left = &sharp[(y - SIDE) * width..][..width];
            for (sum, cell) in columns[REACH..].iter_mut().zip(left) {
                *sum -= u16::from(*cell);
            }
        }
        if y >= REACH {
            let mut sum: u16 = columns[..SIDE - 1].iter().sum();
            depths.extend((0..width).map(|x| {
                sum += columns[x + SIDE - 1];
                let depth = f32::from(sum) * scale - SIDE as f32 * 0.5;
                sum -= columns[x];
                depth
            }));
        }
    }
    depths
}
