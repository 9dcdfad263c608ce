//! A drawn picture without its file, for the benchmark: what the encoder alone costs.

use crate::render::encode::Indexed;

/// The finished palette indices of one file.
#[derive(Clone, Debug)]
pub struct Pixels {
    width: usize,
    indices: Vec<u8>,
    palette: Vec<[u8; 4]>,
    stored: bool,
}

impl Pixels {
    /// What a file shows; `None` when it is no PNG with a palette.
    #[must_use]
    pub fn of(file: &[u8]) -> Option<Self> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file))
            .read_info()
            .ok()?;
        let mut rows = vec![0; reader.output_buffer_size()?];
        let frame = reader.next_frame(&mut rows).ok()?;
        let info = reader.info();
        if info.color_type != png::ColorType::Indexed {
            return None;
        }
        let (width, palette) = (info.width as usize, info.palette.as_deref()?);
        let alphas = info.trns.as_deref().unwrap_or_default().iter().copied();
        let palette = (palette.as_chunks().0.iter())
            .zip(alphas.chain(std::iter::repeat(255)))
            .map(|([red, green, blue], alpha)| [*red, *green, *blue, alpha])
            .collect();
        let rows = rows.chunks_exact(frame.line_size);
        // As many pixels to a byte as fit, the first in its highest bits.
        let bits = info.bit_depth as u8;
        let pixels = |byte: u8| {
            (0..8)
                .step_by(bits.into())
                .map(move |at| (byte << at) >> (8 - bits))
        };
        let indices: Vec<u8> = rows
            .flat_map(|row| row.iter().copied().flat_map(pixels).take(width))
            .collect();
        let packed = frame.line_size * info.height as usize;
        Some(Self {
            width,
            indices,
            palette,
            stored: file.len() > packed,
        })
    }

    /// How many pixels.
    #[must_use]
    pub fn count(&self) -> usize {
        self.indices.len()
    }

    /// The file again, byte for byte.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let picture = Indexed {
            width: self.width,
            indices: &self.indices,
            palette: &self.palette,
        };
        if self.stored {
            picture.encode_stored().bytes
        } else {
            picture.encode().bytes
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::challenge::{Difficulty, Kind};
    use crate::testing::draw;

    #[test]
    fn a_file_comes_back_byte_for_byte() {
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_drawn()) {
            let drawing = draw(kind, Difficulty::Normal, None, 1);
            for file in [drawing.image, drawing.part] {
                if file.starts_with(b"\x89PNG") {
                    let pixels = Pixels::of(&file).unwrap();
                    assert_eq!(pixels.encode(), file, "{}", kind.name());
                    assert!(pixels.count() > 2_000);
                }
            }
        }
        assert!(Pixels::of(b"RIFF").is_none());
    }
}
