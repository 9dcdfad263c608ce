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
fn each_bad_folder_is_refused_by_the_name_of_its_file() {
    let many = |folder: &Folder| {
        for number in 0..=256 {
            folder.put(&format!("backgrounds/{number}.png"), b"");
        }
    };
    let star = || {
        let mut mask = RgbaImage::new(120, 120);
        let shape = built_in::draw(0, None, &mut Generator::seed_from_u64(5));
        let place = |[x, y]: [f32; 2]| [60.0 + x * 50.0, 60.0 + y * 50.0];
        let mut raster = Raster::new(0, 0, 120, 120);
        raster.shape(
            &shape
                .into_iter()
                .map(|part| part.into_iter().map(place).collect())
                .collect::<Vec<_>>(),
        );
        raster.paint(|x, y, cover| {
            mask.put_pixel(x as u32, y as u32, Rgba([0, 0, 0, (cover * 255.0) as u8]));
        });
        png(&mask)
    };
    type Spoil<'a> = &'a dyn Fn(&Folder);
    // What is done to a good folder, the name in the error, and a word of the reason or the fix.
    let table: &[(Spoil<'_>, &str, &str)] = &[
        (&|f| f.put("Thumbs.db", b"x"), "Thumbs.db", "backgrounds"),
        (
            &|f| f.put("pictures/a.png", b"x"),
            "pictures",
            "backgrounds",
        ),
        (
            &|f| f.put("backgrounds/old/a.png", b"x"),
            "old",
            "is no file",
        ),
        (
            &|f| f.put("backgrounds/a.webp", b"x"),
            "a.webp",
            "jpeg, jpg, png",
        ),
        (
            &|f| f.put("backgrounds/a.jpg", b"hello, I am text"),
            "a.jpg",
            "no picture by its content",
        ),
        (
            &|f| f.put("backgrounds/a.png", b""),
            "a.png",
            "no picture by its content",
        ),
        (
            &|f| f.put("backgrounds/a.png", b"GIF89a\x01\0\x01\0"),
            "a.png",
            "Gif by its content",
        ),
        (
            &|f| f.put("backgrounds/a.png", &png(&scenery(3, 640, 400))[..900]),
            "a.png",
            "cannot be decoded",
        ),
        (
            &|f| f.put("backgrounds/a.png", &png(&scenery(3, 319, 400))),
            "a.png",
            "too small (319 by 400",
        ),
        (
            &|f| f.put("backgrounds/a.png", &header(65_000, 65_000)),
            "a.png",
            "too large (65000 by 65000",
        ),
        (
            &|f| f.put("backgrounds/a.png", &png(&scenery(3, 1_000, 320))),
            "a.png",
            "strip",
        ),
        (
            &|f| f.put("backgrounds/a.png", &png(&drawn::gravel(1))),
            "a.png",
            "much the same all over",
        ),
        (
            &|f| f.put("backgrounds/a.png", &png(&scenery(1, 640, 400))),
            "hills.png",
            "is the same picture as",
        ),
        (
            &|f| f.put("backgrounds/a.png", &vec![0; (8 << 20) + 1]),
            "a.png",
            "more than 8 MiB",
        ),
        (&many, "backgrounds", "more than 256 files"),
        (&|f| f.put("icons/a.jpg", b"x"), "a.jpg", "png"),
        (
            &|f| {
                f.put(
                    "icons/a.png",
                    &encoded(&scenery(1, 64, 64).into(), ImageFormat::Jpeg),
                )
            },
            "a.png",
            "Jpeg by its content",
        ),
        (
            &|f| f.put("icons/a.png", &png(&thing(|_, _| false))),
            "a.png",
            "shows nothing",
        ),
        (
            &|f| {
                f.put(
                    "icons/a.png",
                    &png(&thing(|x, y| x.abs().max(y.abs()) < 0.8)),
                )
            },
            "a.png",
            "block",
        ),
        (
            &|f| {
                f.put(
                    "icons/a.png",
                    &png(&thing(|x, y| x.abs() < 0.05 || y.abs() < 0.02)),
                )
            },
            "a.png",
            "too thin",
        ),
        (
            &|f| f.put("icons/a.png", &png(&thing(|_, y| y.abs() < 0.1))),
            "a.png",
            "strip",
        ),
        (
            &|f| f.put("icons/a.png", &png(&RgbaImage::new(20, 20))),
            "a.png",
            "too small",
        ),
        (
            &|f| f.put("icons/a.png", &png(&ring())),
            "ring.png",
            "looks like",
        ),
        (
            &|f| {
                f.put(
                    "icons/a.png",
                    &png(&image::imageops::flip_horizontal(&corner())),
                )
            },
            "corner.png",
            "looks like",
        ),
        (
            &|f| f.put("fonts/a.ttf", b"no font at all"),
            "a.ttf",
            "no TrueType",
        ),
        (
            &|f| f.put("fonts/a.ttf", &FONT[..60]),
            "a.ttf",
            "no TrueType",
        ),
        (
            &|f| f.put("fonts/a.otf", b"ttcf\0\x01"),
            "a.otf",
            "collection",
        ),
        (
            &|f| f.put("fonts/a.ttf", b"wOF2\0\x01"),
            "a.ttf",
            "web font",
        ),
        (&|f| f.put("fonts/a.woff2", b"wOF2"), "a.woff2", "otf, ttf"),
    ];
    for (spoil, file, reason) in table {
        let folder = Folder::good();
        spoil(&folder);
        let error = folder.refused();
        assert!(
            error.contains(file) && error.contains(reason),
            "{file}, {reason}: {error}"
        );
    }
    let folder = Folder::good();
    folder.put("icons/a.png", &star());
    let assets = folder.load().unwrap();
    let error = assets.equip(text::ALPHABET, 8).unwrap_err().to_string();
    assert!(
        error.contains("a.png") && error.contains("the built-in star"),
        "{error}"
    );
    assert!(assets.only_own_icons().equip(text::ALPHABET, 3).is_ok());
}

#[test]
fn folders_that_are_none_or_empty_are_refused() {
    let folder = Folder::new();
    assert!(folder.refused().contains("holds none of the folders"));
    fs::create_dir(folder.0.join("icons")).unwrap();
    assert!(folder.refused().contains("icons: is empty"));
    let nowhere = folder.0.join("nowhere");
    let error = Assets::from_dir(&nowhere).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("nowhere: cannot be read as a folder"),
        "{error}"
    );
    folder.put("file", b"x");
    let error = Assets::from_dir(folder.0.join("file")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("file: cannot be read as a folder"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_never_for_ever() {
    use std::os::unix::{fs::symlink, net::UnixListener};
    let folder = Folder::good();
    let at = |name: &str| folder.0.join("backgrounds").join(name);
    fs::rename(at("hills.png"), at(".hills")).unwrap();
    symlink(at(".hills"), at("linked.png")).unwrap();
    assert_eq!(folder.load().unwrap().backgrounds(), 2);
    fs::remove_file(at("linked.png")).unwrap();
    for (target, name) in [(at("loop.png"), "loop.png"), (at("gone"), "dangling.png")] {
        symlink(target, at(name)).unwrap();
        let error = folder.refused();
        assert!(
            error.contains(name) && error.contains("cannot be read"),
            "{error}"
        );
        fs::remove_file(at(name)).unwrap();
    }
    // Opening such a file could wait for ever.
    let socket = UnixListener::bind(at("socket.png")).unwrap();
    let error = folder.refused();
    assert!(error.contains("socket.png: is no file"), "{error}");
    drop(socket);
    fs::remove_file(at("socket.png")).unwrap();
    // A folder that holds itself.
    fs::remove_dir_all(folder.0.join("icons")).unwrap();
    symlink(&folder.0, folder.0.join("icons")).unwrap();
    assert!(folder.refused().contains("backgrounds: is no file"));
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

fn engine(assets: Assets) -> Result<Captcha, CaptchaError> {
    Captcha::builder()
        .key(SecretKey::generate().unwrap())
        .privacy(testing::privacy())
        .assets(assets)
        .draw_in_order()
        .build()
}

#[test]
fn the_builder_refuses_what_cannot_be_drawn() {
    let folder = Folder::good();
    let assets = folder.load().unwrap();
    assert!(engine(assets.clone()).is_ok());
    let error = engine(assets.clone().only_own_icons()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(
        error.to_string().contains("2 icons") && error.to_string().contains("shows 8"),
        "{error}"
    );
    let error = assets.equip("AÄß", 8).unwrap_err().to_string();
    assert!(
        error.contains("part.ttf") && error.contains("\"Äß\""),
        "{error}"
    );
    fs::remove_dir_all(folder.0.join("backgrounds")).unwrap();
    let bare = folder.load().unwrap();
    let error = engine(bare.only_own_backgrounds()).unwrap_err().to_string();
    assert!(error.contains("only_own_backgrounds"), "{error}");
}

#[test]
fn pictures_that_can_be_collected_cost_more_work() {
    let folder = Folder::good();
    let assets = folder.load().unwrap();
    let slide = |captcha: Captcha| {
        let ledger = captcha.ledger();
        let slide = ledger.iter().find(|cost| cost.kind == Kind::Slide);
        slide.map(|cost| (cost.machine, cost.bits)).unwrap()
    };
    let bare = Captcha::builder()
        .key(SecretKey::generate().unwrap())
        .privacy(testing::privacy());
    let (scenes, least) = slide(bare.build().unwrap());
    let (mixed, more) = slide(engine(assets.clone()).unwrap());
    let (own, most) = slide(engine(assets.only_own_backgrounds()).unwrap());
    assert!((scenes - 0.25).abs() < 1e-9 && (mixed - 0.475).abs() < 1e-9);
    assert!((own - 0.7).abs() < 1e-9);
    assert!(least < more && more <= most, "{least} {more} {most}");
}

#[test]
fn few_backgrounds_are_found_and_many_are_not() {
    let ids = |captcha: &Captcha| -> Vec<&str> {
        captcha.doctor().iter().map(|finding| finding.id).collect()
    };
    let folder = Folder::good();
    let few = engine(folder.load().unwrap()).unwrap();
    assert!(ids(&few).contains(&"few-backgrounds"));
    for number in 2..30 {
        let picture = halves(number * 10, 320, 220);
        folder.put(&format!("backgrounds/{number}.png"), &png(&picture));
    }
    let many = engine(folder.load().unwrap()).unwrap();
    assert!(!ids(&many).contains(&"few-backgrounds"));
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
