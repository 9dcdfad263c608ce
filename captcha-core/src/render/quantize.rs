//! From true colour to a palette: median cut over a histogram of 13 bits a colour.
#![allow(
    clippy::indexing_slicing,
    reason = "tables have an entry for every 13-bit key, and ranges come from the list they cut"
)]

use std::cell::Cell;

use super::canvas::Colour;

/// Bits of red, green and blue that tell colours apart. The eye sees green best.
const BITS: [u32; 3] = [4, 5, 4];
/// Keys that there are.
const KEYS: usize = 1 << (BITS[0] + BITS[1] + BITS[2]);
/// Levels of a channel.
const STEPS: usize = 32;

/// Of how many pixels the colours themselves are looked at; the keys say the rest.
const SAMPLED: usize = 16_384;

/// Palette indices of the pixels, whose first three bytes are their colour, and the palette: at most
/// `limit` colours.
pub(crate) fn quantize<const N: usize>(pixels: &[[u8; N]], limit: usize) -> (Vec<u8>, Vec<Colour>) {
    let mut keys = KEPT.take();
    keys.clear();
    keys.extend(pixels.iter().map(|pixel| key(*pixel)));
    let mut list = histogram(&keys);
    let mut table = [0u8; KEYS];
    let mut sums = Vec::with_capacity(limit);
    for (index, part) in cut(&mut list, limit).into_iter().enumerate() {
        let entries = &list[part.start..part.end];
        for entry in entries {
            table[usize::from(entry.key)] = index as u8;
        }
        sums.push(Sum::of(entries));
    }
    // A key has fewer bits than any index that the mask lets through, so that no bound is checked.
    let indices: Vec<u8> = (keys.iter())
        .map(|key| table[usize::from(*key) & (KEYS - 1)])
        .collect();
    let sampled = (pixels.iter().zip(&indices)).step_by(pixels.len() / SAMPLED + 1);
    for (pixel, index) in sampled {
        sums[usize::from(*index)].add(*pixel);
    }
    if keys.capacity() <= LARGEST {
        KEPT.set(keys);
    }
    (indices, sums.into_iter().map(Sum::mean).collect())
}

/// Keys that a thread keeps room for, from one picture to the next.
const LARGEST: usize = 1 << 17;

thread_local! {
    static KEPT: Cell<Vec<u16>> = const { Cell::new(Vec::new()) };
}

/// How often each key comes.
fn histogram(keys: &[u16]) -> Vec<Entry> {
    // Neighbours are often alike. Counted in the same place each would wait for the last.
    let mut counts = [[0u32; KEYS]; 2];
    let [even, odd] = &mut counts;
    let (pairs, rest) = keys.as_chunks::<2>();
    for [one, other] in pairs {
        even[usize::from(*one) & (KEYS - 1)] += 1;
        odd[usize::from(*other) & (KEYS - 1)] += 1;
    }
    for key in rest {
        even[usize::from(*key) & (KEYS - 1)] += 1;
    }
    (0..)
        .zip(even.iter().zip(odd))
        .map(|(key, (even, odd))| (key, *even + *odd))
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| Entry::new(key, count))
        .collect()
}

fn key<const N: usize>(pixel: [u8; N]) -> u16 {
    let mut key = 0;
    for (channel, bits) in pixel.into_iter().zip(BITS) {
        key = key << bits | u16::from(channel) >> (8 - bits);
    }
    key
}

/// A colour as far as keys tell.
struct Entry {
    key: u16,
    /// All in steps of one size.
    levels: [u8; 3],
    count: u32,
}

impl Entry {
    fn new(key: u16, count: u32) -> Self {
        let [_, green, blue] = BITS;
        let levels = [
            key >> (green + blue) << 1,
            key >> blue & 31,
            (key & 15) << 1,
        ];
        Self {
            key,
            levels: levels.map(|level| level as u8),
            count,
        }
    }
}

/// What an entry of the palette is the mean of.
struct Sum {
    keyed: Colour,
    channels: [u32; 3],
    count: u32,
}

impl Sum {
    /// Nothing yet, but what the keys say: all there is where no pixel is sampled.
    fn of(entries: &[Entry]) -> Self {
        let total: u32 = entries.iter().map(|entry| entry.count).sum::<u32>().max(1);
        let keyed = [0, 1, 2].map(|axis| {
            let levels = entries
                .iter()
                .map(|entry| u32::from(entry.levels[axis]) * entry.count);
            (levels.sum::<u32>() * 8 / total) as u8
        });
        Self {
            keyed,
            channels: [0; 3],
            count: 0,
        }
    }

    fn add<const N: usize>(&mut self, pixel: [u8; N]) {
        for (sum, channel) in self.channels.iter_mut().zip(pixel) {
            *sum += u32::from(channel);
        }
        self.count += 1;
    }

    fn mean(self) -> Colour {
        match self.count {
            0 => self.keyed,
            count => self.channels.map(|sum| (sum / count) as u8),
        }
    }
}

/// A range of the list whose colours share one entry of the palette.
struct Part {
    start: usize,
    end: usize,
    /// The channel with the longest range.
    axis: usize,
    /// How much is to be gained by cutting it.
    weight: f32,
}

impl Part {
    fn of(list: &[Entry], start: usize, end: usize) -> Self {
        let mut low = [u8::MAX; 3];
        let mut high = [0; 3];
        let mut count = 0;
        for entry in &list[start..end] {
            count += entry.count;
            for axis in 0..3 {
                low[axis] = low[axis].min(entry.levels[axis]);
                high[axis] = high[axis].max(entry.levels[axis]);
            }
        }
        let length = |axis: usize| high[axis].saturating_sub(low[axis]);
        let axis = (0..3).max_by_key(|axis| length(*axis)).unwrap_or(0);
        let length = length(axis) as f32;
        Self {
            start,
            end,
            axis,
            // Rare colours far apart (a red sail on the sea) matter more to the eye than their
            // number says.
            weight: length * length * (count as f32).sqrt(),
        }
    }
}

fn cut(list: &mut [Entry], limit: usize) -> Vec<Part> {
    let mut parts = vec![Part::of(list, 0, list.len())];
    while parts.len() < limit {
        let Some((index, widest)) = parts
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.weight.total_cmp(&b.1.weight))
        else {
            break;
        };
        let (start, end, axis) = (widest.start, widest.end, widest.axis);
        if widest.weight <= 0.0 {
            break;
        }
        let middle = start + partition(&mut list[start..end], axis);
        parts[index] = Part::of(list, start, middle);
        let rest = Part::of(list, middle, end);
        parts.push(rest);
    }
    parts
}

/// Moves the lower half of the pixels, by their level on one axis, to the front; answers where the
/// upper half begins, which is neither at the front nor past the end.
fn partition(list: &mut [Entry], axis: usize) -> usize {
    let mut counts = [0u32; STEPS];
    for entry in &*list {
        counts[usize::from(entry.levels[axis])] += entry.count;
    }
    let half = counts.iter().sum::<u32>() / 2;
    let lowest = counts.iter().position(|count| *count > 0).unwrap_or(0);
    let mut sum = 0;
    let median = counts.iter().position(|count| {
        sum += count;
        sum > half
    });
    // The entries differ on this axis, so that some lie above the lowest level.
    let bound = median.unwrap_or(0).max(lowest + 1) as u8;
    let mut front = 0;
    for index in 0..list.len() {
        if list[index].levels[axis] < bound {
            list.swap(front, index);
            front += 1;
        }
    }
    front
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_stay_apart() {
        let pixels = [[255, 0, 0], [0, 0, 255], [0, 255, 0], [255, 0, 0]];
        let (indices, palette) = quantize(&pixels, 16);
        assert_eq!(palette.len(), 3);
        for (pixel, index) in pixels.iter().zip(indices) {
            assert_eq!(palette[usize::from(index)], *pixel);
        }
    }

    #[test]
    fn many_colours_keep_to_the_limit() {
        let pixels: Vec<Colour> = (0..=255).map(|v| [v, 255 - v, v / 2]).collect();
        let (indices, palette) = quantize(&pixels, 20);
        assert_eq!(palette.len(), 20);
        assert!(indices.iter().all(|index| *index < 20));
    }
}
