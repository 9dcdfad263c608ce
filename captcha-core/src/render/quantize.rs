//! From true colour to a palette: median cut over a histogram of 32 steps per channel.
#![allow(
    clippy::indexing_slicing,
    reason = "tables have an entry for every 15-bit key, and ranges come from the list they cut"
)]

use super::canvas::Colour;

const STEPS: usize = 32;

/// Palette indices of the pixels, and the palette: at most `limit` colours.
pub(crate) fn quantize(pixels: &[Colour], limit: usize) -> (Vec<u8>, Vec<Colour>) {
    let keys: Vec<u16> = pixels.iter().map(|pixel| key(*pixel)).collect();
    let mut counts = vec![0u32; STEPS.pow(3)];
    let mut list: Vec<Entry> = Vec::with_capacity(1024);
    for key in &keys {
        let count = &mut counts[usize::from(*key)];
        if *count == 0 {
            list.push(Entry {
                key: *key,
                levels: [key >> 10, key >> 5 & 31, key & 31].map(|level| level as u8),
                count: 0,
            });
        }
        *count += 1;
    }
    for entry in &mut list {
        entry.count = counts[usize::from(entry.key)];
    }

    let mut table = vec![0u8; STEPS.pow(3)];
    let mut palette = Vec::with_capacity(limit);
    for part in cut(&mut list, limit) {
        for entry in &list[part.start..part.end] {
            table[usize::from(entry.key)] = palette.len() as u8;
        }
        palette.push(mean(&list[part.start..part.end]));
    }
    let indices = keys.iter().map(|key| table[usize::from(*key)]).collect();
    (indices, palette)
}

fn key([red, green, blue]: Colour) -> u16 {
    u16::from(red >> 3) << 10 | u16::from(green >> 3) << 5 | u16::from(blue >> 3)
}

struct Entry {
    key: u16,
    levels: [u8; 3],
    count: u32,
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

fn mean(entries: &[Entry]) -> Colour {
    let total: u32 = entries.iter().map(|entry| entry.count).sum::<u32>().max(1);
    [0, 1, 2].map(|axis| {
        let sum: u32 = entries
            .iter()
            .map(|entry| u32::from(entry.levels[axis]) * entry.count)
            .sum();
        (sum as f32 / total as f32 * 255.0 / 31.0) as u8
    })
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
