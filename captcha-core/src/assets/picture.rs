//! Decoding pictures without giving them the memory that they ask for.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage, imageops,
    metadata::Orientation,
};

use super::folder::{Kept, refuse};
use crate::error::CaptchaError;

/// Least width and height of a background.
const LEAST: [u32; 2] = [320, 220];
/// Most pixels of a background: what a good camera gives.
const MOST_PIXELS: u64 = 1 << 24;
/// Times that one side may be as long as the other.
const MOST_UNEVEN: u32 = 3;
/// Least that the colours of a picture, seen from afar, are off their mean: photographs have 40 and
/// more, what is the same all over (gravel, grass, a wall, a starry sky) 15 and less.
const LEAST_CHANGE: f32 = 24.0;
/// Most memory that decoding may take beside the pixels themselves.
const MOST_DECODING: u64 = 160 << 20;

/// What a picture may measure.
pub(super) struct Frame {
    pub(super) least: [u32; 2],
    pub(super) most_pixels: u64,
    pub(super) formats: &'static [ImageFormat],
    /// What to save it as, in words.
    pub(super) save_as: &'static str,
}

/// Decodes a background the right way up.
pub(super) fn background(file: &Kept) -> Result<RgbImage, CaptchaError> {
    let picture = decode(
        file,
        &Frame {
            least: LEAST,
            most_pixels: MOST_PIXELS,
            formats: &[ImageFormat::Jpeg, ImageFormat::Png],
            save_as: "PNG or JPEG",
        },
    )?;
    let (width, height) = (picture.width(), picture.height());
    if width > height * MOST_UNEVEN || height > width * MOST_UNEVEN {
        return Err(refuse(
            &file.path,
            &format!(
                "is a strip of {width} by {height} pixels: cut it to at most {MOST_UNEVEN} times as long as high"
            ),
        ));
    }
    let picture = picture.into_rgb8();
    if change(&picture) < LEAST_CHANGE {
        return Err(refuse(
            &file.path,
            "is much the same all over, and nobody could see where a piece of it belongs: use a picture \
             with a few large things in it",
        ));
    }
    Ok(picture)
}

/// How far colours are off their mean, as a standard deviation over coarse blots.
fn change(picture: &RgbImage) -> f32 {
    let far = imageops::thumbnail(picture, 12, 8);
    let count = (far.width() * far.height()) as f32;
    let mut variance = 0.0;
    for channel in 0..3 {
        let values =
            || (far.pixels()).map(|pixel| f32::from(pixel.0.get(channel).copied().unwrap_or(0)));
        let mean = values().sum::<f32>() / count;
        variance += values().map(|value| (value - mean).powi(2)).sum::<f32>() / count;
    }
    variance.sqrt()
}

/// Decodes a picture whose header was found to fit.
pub(super) fn decode(file: &Kept, frame: &Frame) -> Result<DynamicImage, CaptchaError> {
    let refuse = |what: String| refuse(&file.path, &what);
    let broken = |error: image::ImageError| {
        refuse(format!(
            "cannot be decoded ({error}): save it anew as {}",
            frame.save_as
        ))
        .caused_by(error)
    };
    let format = image::guess_format(&file.bytes).map_err(|_| {
        refuse(format!(
            "is no picture by its content: save it as {}",
            frame.save_as
        ))
    })?;
    if !frame.formats.contains(&format) {
        return Err(refuse(format!(
            "is {format:?} by its content, whatever its name says: save it as {}",
            frame.save_as
        )));
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_DECODING);
    let mut reader = ImageReader::with_format(Cursor::new(&file.bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    // The header alone was read so far.
    let (width, height) = decoder.dimensions();
    let [least_width, least_height] = frame.least;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let lies = matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let [wide, tall] = if lies {
        [height, width]
    } else {
        [width, height]
    };
    if wide < least_width || tall < least_height {
        return Err(refuse(format!(
            "is too small ({wide} by {tall} pixels): use one of at least {least_width} by {least_height}"
        )));
    }
    if u64::from(width) * u64::from(height) > frame.most_pixels {
        return Err(refuse(format!(
            "is too large ({wide} by {tall} pixels): scale it down to at most {} pixels",
            frame.most_pixels
        )));
    }
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}
