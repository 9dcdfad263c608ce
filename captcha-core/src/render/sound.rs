//! WAV: `fmt ` and `data`, and no chunk that is not needed. One byte a sample, so that a clip of
//! several seconds stays small.

use rand::Rng;

use super::Generator;

/// Samples a second.
pub(crate) const RATE: usize = 8_000;
/// Bytes in front of the samples.
const HEADER: usize = 44;

/// An encoded sound.
#[derive(Clone, Debug)]
pub(crate) struct Sound {
    /// `audio/wav`.
    pub(crate) media_type: &'static str,
    /// The encoded file.
    pub(crate) bytes: Vec<u8>,
}

/// The file of samples between -1 and 1, mono. What is louder is cut off. Noise of less than a step
/// is added before a sample is rounded, or quiet parts would hum along with the speech.
pub(crate) fn encode(samples: &[f32], rng: &mut Generator) -> Sound {
    let mut bytes = Vec::with_capacity(HEADER + samples.len() + 1);
    let length = samples.len() as u32;
    let padding = length % 2;
    let rate = (RATE as u32).to_le_bytes();
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&(36 + length + padding).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt ");
    bytes.extend_from_slice(&16u32.to_le_bytes());
    // PCM, one channel, then rate in samples and in bytes, bytes a frame, and bits a sample.
    bytes.extend_from_slice(&[1, 0, 1, 0]);
    bytes.extend_from_slice(&rate);
    bytes.extend_from_slice(&rate);
    bytes.extend_from_slice(&[1, 0, 8, 0]);
    bytes.extend_from_slice(b"data");
    bytes.extend_from_slice(&length.to_le_bytes());
    let mut dither = [[0; 2]; 500];
    for part in samples.chunks(dither.len()) {
        rng.fill_bytes(dither.as_flattened_mut());
        bytes.extend(
            part.iter()
                .zip(&dither)
                .map(|(sample, dither)| step(*sample, *dither)),
        );
    }
    bytes.resize(bytes.len() + padding as usize, 128);
    Sound {
        media_type: "audio/wav",
        bytes,
    }
}

/// A sample and the sum of two random bytes, rounded to one byte.
fn step(sample: f32, [one, other]: [u8; 2]) -> u8 {
    let noise = (f32::from(one) + f32::from(other) - 255.0) / 256.0;
    // A cast from float saturates.
    (sample * 127.0 + 128.5 + noise) as u8
}

#[cfg(test)]
pub(crate) mod tests {
    use rand::SeedableRng;

    use super::*;

    /// The names of a file's chunks, each of which has to end where the next one or the file does.
    pub(crate) fn chunks(bytes: &[u8]) -> Vec<String> {
        let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!((&bytes[..4], &bytes[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
        assert_eq!(number(4) + 8, bytes.len());
        let mut names = Vec::new();
        let mut at = 12;
        while at < bytes.len() {
            names.push(String::from_utf8(bytes[at..at + 4].to_vec()).unwrap());
            at += 8 + number(at + 4).next_multiple_of(2);
        }
        assert_eq!(at, bytes.len());
        names
    }

    #[test]
    fn a_file_holds_its_samples_and_nothing_else() {
        let mut rng = Generator::seed_from_u64(1);
        for count in [0, 1, 2, 801] {
            let bytes = encode(&vec![0.0; count], &mut rng).bytes;
            assert_eq!(chunks(&bytes), ["fmt ", "data"]);
            assert_eq!(bytes.len(), HEADER + count.next_multiple_of(2));
            assert!(
                bytes[HEADER..]
                    .iter()
                    .all(|sample| sample.abs_diff(128) <= 1)
            );
        }
    }

    #[test]
    fn what_is_too_loud_is_cut_off() {
        let rounded = [-9.0, -1.0, 0.5, 1.0, 9.0].map(|sample| step(sample, [128, 127]));
        assert_eq!(rounded, [0, 1, 192, 255, 255]);
    }

    #[test]
    fn dither_moves_a_sample_by_less_than_one_step_either_way() {
        let rounded = [[0, 0], [128, 127], [255, 255]].map(|dither| step(0.0, dither));
        assert_eq!(rounded, [127, 128, 129]);
    }
}
