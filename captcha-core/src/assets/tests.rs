//! Folders good and bad.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use rand::{RngExt, SeedableRng};

use super::*;
use crate::{
    Captcha, ErrorKind, Kind, SecretKey,
    challenge::{Generator, text},
    render::{canvas::Canvas, raster::Raster, scene},
    testing,
};

mod drawn;
mod engine;
mod refused;

const FONT: &[u8] = include_bytes!("../../fixtures/fonts/dejavu-sans-part.ttf");

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("captcha-assets-{}-{number}", std::process::id());
        let folder = Self(std::env::temp_dir().join(name));
        let _ = fs::remove_dir_all(&folder.0);
        fs::create_dir(&folder.0).unwrap();
        folder
    }

    /// Two backgrounds, two icons and a font, with notes beside them.
    fn good() -> Self {
        let folder = Self::new();
        folder.put("backgrounds/hills.png", &png(&scenery(1, 640, 400)));
        let jpeg = encoded(&scenery(2, 500, 500).into(), ImageFormat::Jpeg);
        folder.put("backgrounds/town.JPG", &jpeg);
        folder.put("icons/ring.png", &png(&ring()));
        folder.put("icons/corner.png", &png(&corner()));
        folder.put("fonts/part.ttf", FONT);
        folder.put("fonts/LICENSE", b"of the font");
        folder.put("notes.txt", b"where these are from");
        folder.put("backgrounds/.hidden", b"by the desktop");
        folder
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn load(&self) -> Result<Assets, CaptchaError> {
        Assets::from_dir(&self.0)
    }

    fn refused(&self) -> String {
        let error = self.load().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        error.to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A scene in any size.
fn scenery(seed: u64, width: u32, height: u32) -> RgbImage {
    let mut canvas = Canvas::new(width as usize, height as usize);
    scene::paint(&mut canvas, None, &mut Generator::seed_from_u64(seed));
    RgbImage::from_fn(width, height, |x, y| Rgb(canvas.at(x as i32, y as i32)))
}

/// Two colours that meet at column `at`.
fn halves(at: u32, width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        Rgb(if x < at {
            [40, 90, 40]
        } else {
            [240, 200, 120]
        })
    })
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png<P>(picture: &image::ImageBuffer<P, Vec<u8>>) -> Vec<u8>
where
    P: image::Pixel<Subpixel = u8> + image::PixelWithColorType,
{
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    picture.write_with_encoder(encoder).unwrap();
    bytes
}

/// An opaque thing on nothing, where `inside` says so for a place from -1 to 1.
fn thing(inside: impl Fn(f32, f32) -> bool) -> RgbaImage {
    RgbaImage::from_fn(120, 120, |x, y| {
        let [x, y] = [x, y].map(|at| (at as f32 + 0.5) / 60.0 - 1.0);
        Rgba([200, 30, 60, if inside(x, y) { 255 } else { 0 }])
    })
}

fn ring() -> RgbaImage {
    thing(|x, y| (0.4..0.9).contains(&x.hypot(y)))
}

fn corner() -> RgbaImage {
    thing(|x, y| x.abs().max(y.abs()) < 0.9 && (x < -0.4 || y > 0.4))
}

/// A PNG that says how large it is, and holds next to nothing.
fn header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer
        .write_chunk(png::chunk::IDAT, &[0x78, 0x9c, 0x03, 0, 0, 0, 0, 1])
        .unwrap();
    drop(writer);
    bytes
}

#[test]
fn a_good_folder_is_read_whole() {
    let folder = Folder::good();
    let assets = folder.load().unwrap();
    assert_eq!(
        (assets.backgrounds(), assets.icons(), assets.fonts()),
        (2, 2, 1)
    );
    assert!(assets.equip(text::ALPHABET, 8).is_ok());
    // Each part may be left out.
    fs::remove_dir_all(folder.0.join("fonts")).unwrap();
    fs::remove_dir_all(folder.0.join("icons")).unwrap();
    assert_eq!(folder.load().unwrap().icons(), 0);
}

#[test]
fn memory_is_what_is_stated_and_held_to() {
    let folder = Folder::new();
    for number in 0..4 {
        let picture = png(&halves(300 + number * 100, 1_000, 700));
        folder.put(&format!("backgrounds/{number}.png"), &picture);
    }
    let assets = folder.load().unwrap();
    assert!(
        ((4 * 340) << 10..=(4 * 352) << 10).contains(&assets.memory()),
        "{}",
        assets.memory()
    );
    let within = |bytes| Assets::from_dir_within(&folder.0, bytes);
    assert!(within(assets.memory()).is_ok());
    let error = within(assets.memory() - 1).unwrap_err().to_string();
    assert!(
        error.contains("3.png") && error.contains("from_dir_within"),
        "{error}"
    );
    let error = within(100 << 10).unwrap_err().to_string();
    assert!(
        error.contains("0.png") && error.contains("100 KiB"),
        "{error}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_bomb_does_not_take_the_memory_that_it_asks_for() {
    let peak = || -> usize {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let folder = Folder::new();
    // Twelve gigabytes, if it were believed.
    let bomb = header(65_000, 65_000);
    assert!(bomb.len() < 200);
    folder.put("backgrounds/bomb.png", &bomb);
    let before = peak();
    assert!(folder.refused().contains("bomb.png: is too large"));
    let bombed = peak();
    assert!(bombed - before < 4 << 10, "{} KiB", bombed - before);
    // The control: the largest that is taken, with as few bytes, is seen by the same measure.
    let mut largest = Vec::new();
    let mut encoder = png::Encoder::new(&mut largest, 4_096, 4_096);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().unwrap();
    let mut rows = writer.stream_writer().unwrap();
    // One half white, so that it is not the same all over.
    let row: Vec<u8> = (0..512)
        .map(|byte| if byte < 256 { 0 } else { 255 })
        .collect();
    for _ in 0..4_096 {
        std::io::Write::write_all(&mut rows, &row).unwrap();
    }
    rows.finish().unwrap();
    writer.finish().unwrap();
    folder.put("backgrounds/bomb.png", &largest);
    let before = peak();
    let assets = folder.load().unwrap();
    let grown = peak() - before;
    assert!((32 << 10..200 << 10).contains(&grown), "{grown} KiB");
    assert!(assets.memory() <= 352 << 10);
}

#[test]
fn no_built_in_thing_is_taken_for_another() {
    let mut rng = Generator::seed_from_u64(3);
    let prints: Vec<_> = (0..built_in::COUNT * 6)
        .map(|draw| draw % built_in::COUNT)
        .map(|number| {
            (
                number,
                crate::render::silhouette::Print::of(&built_in::draw(number, None, &mut rng)),
            )
        })
        .collect();
    let mut most: f32 = 0.0;
    for (at, (number, print)) in prints.iter().enumerate() {
        for (_, other) in prints.iter().skip(at + 1).filter(|(of, _)| of != number) {
            most = most.max(print.likeness(other));
        }
    }
    assert!(most < icon::ALIKE - 0.03, "{most}");
}

#[test]
fn silhouettes_keep_their_holes_whatever_they_are_made_of() {
    let read = |picture: &RgbaImage| {
        icon::silhouette(&Kept {
            path: Path::new("icon.png").into(),
            bytes: png(picture),
        })
        .unwrap()
    };
    let clear = read(&ring());
    assert_eq!(clear.contours.len(), 2);
    let areas: Vec<f32> = (clear.contours.iter())
        .map(|contour| crate::render::raster::area(contour) * 0.5)
        .collect();
    // Outer radius 1, inner radius 4 of 9.
    assert!(
        areas
            .iter()
            .any(|area| (area - std::f32::consts::PI).abs() < 0.12),
        "{areas:?}"
    );
    assert!(
        areas.iter().any(|area| (area + 0.62).abs() < 0.08),
        "{areas:?}"
    );
    // The same ring as ink on paper, and as chalk on a board.
    let ring = ring();
    for (ink, paper) in [(20, 240), (230, 10)] {
        let opaque = RgbaImage::from_fn(120, 120, |x, y| {
            let inside = ring.get_pixel(x, y).0[3] > 0;
            let value = if inside { ink } else { paper };
            Rgba([value, value, value, 255])
        });
        let other = read(&opaque);
        let [one, two] =
            [&clear, &other].map(|s| crate::render::silhouette::Print::of(&s.contours));
        assert!(one.likeness(&two) > 0.95);
    }
}
