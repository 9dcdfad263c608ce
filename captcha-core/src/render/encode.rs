//! PNG with a palette and no chunk that is not needed: IHDR, PLTE, tRNS, IDAT, IEND.

use png::{BitDepth, ColorType, DeflateCompression, Encoder, EncodingError, Filter};

use super::Picture;

/// A picture of palette indices, one byte each, row by row.
pub(crate) struct Indexed<'a> {
    pub(crate) width: usize,
    pub(crate) indices: &'a [u8],
    /// Red, green, blue and alpha. At most 256; with 16 or fewer, two pixels go into a byte.
    pub(crate) palette: &'a [[u8; 4]],
}

impl Indexed<'_> {
    /// The encoded file.
    ///
    /// # Panics
    ///
    /// When the sizes contradict each other. Writing to memory does not fail otherwise.
    #[allow(
        clippy::panic,
        reason = "a picture that was not encoded must not be served as an empty one"
    )]
    pub(crate) fn encode(&self) -> Picture {
        let height = self.indices.len() / self.width.max(1);
        let mut bytes = Vec::with_capacity(16 * 1024);
        if let Err(error) = self.write(height, &mut bytes) {
            panic!("a picture could not be encoded: {error}");
        }
        Picture {
            media_type: "image/png",
            width: self.width as u32,
            height: height as u32,
            bytes,
        }
    }

    fn write(&self, height: usize, bytes: &mut Vec<u8>) -> Result<(), EncodingError> {
        let mut encoder = Encoder::new(bytes, self.width as u32, height as u32);
        encoder.set_color(ColorType::Indexed);
        // Neighbouring indices are not near in colour, so that filters would only do harm.
        encoder.set_filter(Filter::NoFilter);
        encoder.set_deflate_compression(DeflateCompression::Level(1));
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
        if self.palette.len() <= 16 {
            encoder.set_depth(BitDepth::Four);
            let packed: Vec<u8> = self
                .indices
                .chunks(self.width)
                .flat_map(|row| row.chunks(2))
                .map(|pair| match *pair {
                    [left, right] => left << 4 | right,
                    [left] => left << 4,
                    _ => 0,
                })
                .collect();
            encoder.write_header()?.write_image_data(&packed)
        } else {
            encoder.set_depth(BitDepth::Eight);
            encoder.write_header()?.write_image_data(self.indices)
        }
    }
}
