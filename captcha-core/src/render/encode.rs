//! PNG with a palette and no chunk that is not needed: IHDR, PLTE, tRNS, IDAT, IEND.

use std::borrow::Cow;
use std::cell::RefCell;

use flate2::{Compress, Compression, FlushCompress, Status};
use png::{BitDepth, ColorType, DeflateCompression, Encoder, EncodingError, Filter, chunk};

use super::Picture;

/// What a picture takes at most of the 20 KiB of a challenge, beside a piece.
const LARGE: usize = 19_000;
/// Of zlib: as a rule, and for what is large.
const LEVELS: [u32; 2] = [1, 2];

/// A picture of palette indices, one byte each, row by row.
pub(crate) struct Indexed<'a> {
    pub(crate) width: usize,
    pub(crate) indices: &'a [u8],
    /// Red, green, blue and alpha. At most 256; with 16 or fewer, two pixels go into a byte, with four or fewer
    /// four.
    pub(crate) palette: &'a [[u8; 4]],
}

impl Indexed<'_> {
    /// The encoded file.
    ///
    /// # Panics
    ///
    /// When the sizes contradict each other. Writing to memory does not fail otherwise.
    pub(crate) fn encode(&self) -> Picture {
        self.encode_within(LARGE)
    }

    /// The encoded file; one of more than so many bytes is packed once more, better.
    pub(crate) fn encode_within(&self, bytes: usize) -> Picture {
        // Level 1 takes two thirds of the time of level 2, and gives files a third larger.
        let [quick, small] = LEVELS;
        let picture = self.encode_at(Some(quick));
        if picture.bytes.len() <= bytes {
            return picture;
        }
        self.encode_at(Some(small))
    }

    /// The file without compression: every picture of one size is as long as any other.
    pub(crate) fn encode_stored(&self) -> Picture {
        self.encode_at(None)
    }

    #[allow(
        clippy::panic,
        reason = "a picture that was not encoded must not be served as an empty one"
    )]
    fn encode_at(&self, level: Option<u32>) -> Picture {
        let height = self.indices.len() / self.width.max(1);
        let mut bytes = Vec::with_capacity(16 * 1024);
        if let Err(error) = self.write(height, level, &mut bytes) {
            panic!("a picture could not be encoded: {error}");
        }
        Picture {
            media_type: "image/png",
            width: self.width as u32,
            height: height as u32,
            bytes,
        }
    }

    fn write(
        &self,
        height: usize,
        level: Option<u32>,
        bytes: &mut Vec<u8>,
    ) -> Result<(), EncodingError> {
        let mut encoder = Encoder::new(bytes, self.width as u32, height as u32);
        encoder.set_color(ColorType::Indexed);
        // Neighbouring indices are not near in colour, so that filters would only do harm.
        encoder.set_filter(Filter::NoFilter);
        encoder.set_deflate_compression(DeflateCompression::NoCompression);
        let colours: Vec<u8> = self
            .palette
            .iter()
            .flat_map(|c| [c[0], c[1], c[2]])
            .collect();
        encoder.set_palette(colours);
        let opaque = self.palette.iter().rposition(|c| c[3] < 255);
        if let Some(last) = opaque {
            let alphas: Vec<u8> = self.palette.iter().take(last + 1).map(|c| c[3]).collect();
            encoder.set_trns(alphas);
        }
        let (depth, rows, width) = match self.palette.len() {
            ..=4 => (BitDepth::Two, Cow::Owned(self.in_quarters()), 4),
            5..=16 => (BitDepth::Four, Cow::Owned(self.in_halves()), 2),
            _ => (BitDepth::Eight, Cow::Borrowed(self.indices), 1),
        };
        let width = self.width.div_ceil(width);
        encoder.set_depth(depth);
        let mut writer = encoder.write_header()?;
        match level {
            Some(level) => writer.write_chunk(chunk::IDAT, &packed(level, &rows, width)?),
            None => writer.write_image_data(&rows),
        }
    }

    /// Four pixels to a byte.
    fn in_quarters(&self) -> Vec<u8> {
        let mut quarters = Vec::with_capacity(self.indices.len() / 4 + 1);
        for row in self.indices.chunks(self.width) {
            let (fours, rest) = row.as_chunks::<4>();
            quarters.extend(
                fours
                    .iter()
                    .map(|[a, b, c, d]| a << 6 | b << 4 | c << 2 | d),
            );
            if !rest.is_empty() {
                let last = (rest.iter().zip([6, 4, 2]))
                    .fold(0, |byte, (pixel, shift)| byte | pixel << shift);
                quarters.push(last);
            }
        }
        quarters
    }

    /// Two pixels to a byte.
    fn in_halves(&self) -> Vec<u8> {
        let mut halves = Vec::with_capacity(self.indices.len() / 2 + 1);
        for row in self.indices.chunks(self.width) {
            let (pairs, rest) = row.as_chunks::<2>();
            halves.extend(pairs.iter().map(|[left, right]| left << 4 | right));
            halves.extend(rest.iter().map(|last| last << 4));
        }
        halves
    }
}

thread_local! {
    /// Of each of [`LEVELS`]. A packer works in a quarter of a megabyte, which would be asked of the system, cleared and given back
    /// for each picture.
    static PACKERS: RefCell<[Option<Compress>; 2]> = const { RefCell::new([None, None]) };
}

/// The rows as a zlib stream, none of them filtered.
fn packed(level: u32, rows: &[u8], width: usize) -> Result<Vec<u8>, EncodingError> {
    let mut plain = Vec::with_capacity(rows.len() + rows.len() / width.max(1));
    for row in rows.chunks_exact(width) {
        plain.push(0);
        plain.extend_from_slice(row);
    }
    let mut packed = Vec::with_capacity(plain.len() + plain.len() / 8 + 64);
    let status = PACKERS.with_borrow_mut(|[first, second]| {
        let kept = if level == LEVELS[0] { first } else { second };
        let packer = kept.get_or_insert_with(|| Compress::new(Compression::new(level), true));
        packer.reset();
        packer.compress_vec(&plain, &mut packed, FlushCompress::Finish)
    });
    match status {
        Ok(Status::StreamEnd) => Ok(packed),
        // There was room for what cannot be packed at all.
        _ => Err(std::io::Error::other("zlib did not finish").into()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The names of a file's chunks.
    pub(crate) fn chunks(bytes: &[u8]) -> Vec<String> {
        let mut names = Vec::new();
        let mut rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap();
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            names.push(String::from_utf8(rest[4..8].to_vec()).unwrap());
            rest = &rest[12 + length..];
        }
        names
    }

    #[test]
    fn pixels_come_back() {
        for colours in [3u8, 9, 200] {
            let palette: Vec<[u8; 4]> = (0..colours).map(|v| [v, 7, 9, v | 128]).collect();
            let indices: Vec<u8> = (0..35).map(|v| v % colours).collect();
            let picture = Indexed {
                width: 7,
                indices: &indices,
                palette: &palette,
            }
            .encode();
            assert_eq!((picture.width, picture.height), (7, 5));
            let decoded = image::load_from_memory(&picture.bytes).unwrap().to_rgba8();
            for (pixel, index) in decoded.pixels().zip(&indices) {
                assert_eq!(pixel.0, palette[usize::from(*index)]);
            }
            assert_eq!(
                chunks(&picture.bytes),
                ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]
            );
        }
    }
}
