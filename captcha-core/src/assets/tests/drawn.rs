//! Challenges drawn with assets of the host keep every promise of those drawn without.

use super::*;
use crate::{
    Difficulty,
    challenge::{self, Spec},
    render::{encode::tests::chunks, photo::Photo},
};

/// Nothing but noise: no file has room for it.
fn noise(seed: u64) -> RgbImage {
    let mut rng = Generator::seed_from_u64(seed);
    RgbImage::from_fn(640, 400, |_, _| Rgb(rng.random()))
}

/// Blots of random colours, as coarse as gravel: what the median filter leaves alone.
pub(super) fn gravel(seed: u64) -> RgbImage {
    let mut rng = Generator::seed_from_u64(seed);
    let blots: Vec<[u8; 3]> = (0..160 * 100).map(|_| rng.random()).collect();
    RgbImage::from_fn(640, 400, |x, y| Rgb(blots[(y / 4 * 160 + x / 4) as usize]))
}

fn host(pictures: &[RgbImage]) -> Arc<Host> {
    Arc::new(Host {
        photos: Arc::new(pictures.iter().map(Photo::new).collect()),
        only_photos: true,
        ..Host::default()
    })
}

fn draw(kind: Kind, host: &Arc<Host>, seed: u64) -> (challenge::Prompt, challenge::Solution) {
    let spec = Spec {
        host: Some(Arc::clone(host)),
        difficulty: Difficulty::Normal,
        ..Spec::of(kind)
    };
    challenge::draw(&spec, &mut Generator::seed_from_u64(seed))
}

#[test]
fn files_keep_to_their_sizes_and_tell_nothing_but_pixels() {
    for pictures in [
        vec![scenery(1, 640, 400), scenery(2, 500, 700)],
        vec![noise(1)],
        vec![gravel(1)],
    ] {
        let host = host(&pictures);
        for kind in [Kind::Slide, Kind::Drag, Kind::Rotate] {
            for seed in 0..12 {
                let (prompt, solution) = draw(kind, &host, seed);
                let (again, same) = draw(kind, &host, seed);
                let other = draw(kind, &host, seed + 100).0;
                let image = prompt.image.unwrap();
                assert_eq!(solution, same);
                assert_eq!(image.bytes, again.image.unwrap().bytes);
                assert_ne!(image.bytes, other.image.unwrap().bytes);
                let part = prompt
                    .piece
                    .map(|piece| piece.picture)
                    .or(prompt.disc)
                    .unwrap();
                let total = image.bytes.len() + part.bytes.len();
                let most = if kind == Kind::Rotate { 24 } else { 20 };
                assert!(total <= most << 10, "{}: {total}", kind.name());
                let names = chunks(&image.bytes);
                match kind {
                    Kind::Rotate => assert_eq!(names, ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]),
                    _ => assert_eq!(names, ["IHDR", "PLTE", "IDAT", "IEND"]),
                }
                let size = if kind == Kind::Rotate {
                    (220, 220)
                } else {
                    (320, 160)
                };
                assert_eq!((image.width, image.height), size);
            }
        }
    }
}

#[test]
fn a_picture_of_too_much_detail_would_not_fit_by_itself() {
    let photo = Photo::new(&gravel(1));
    let mut canvas = Canvas::new(320, 160);
    photo.paint(&mut canvas, &mut Generator::seed_from_u64(1));
    let held = canvas.encode(36).bytes.len();
    canvas.keep_to(usize::MAX, 36);
    let free = canvas.encode(36).bytes.len();
    assert!(held <= 17 << 10 && free > 20 << 10, "{held} {free}");
}

#[test]
fn no_two_uses_of_a_picture_are_near_each_other() {
    let photo = Photo::new(&scenery(1, 640, 400));
    let paint = |seed| {
        let mut canvas = Canvas::new(320, 160);
        photo.paint(&mut canvas, &mut Generator::seed_from_u64(seed));
        canvas
    };
    let near = |one: &Canvas, two: &Canvas| {
        let (mut same, mut all) = (0, 0);
        for (one, two) in one.rows().zip(two.rows()) {
            for (a, b) in one.iter().zip(two) {
                all += 1;
                same += u32::from(a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) < 12));
            }
        }
        f64::from(same) / f64::from(all)
    };
    let canvases: Vec<Canvas> = (0..10).map(paint).collect();
    for (at, one) in canvases.iter().enumerate() {
        for two in canvases.iter().skip(at + 1) {
            let share = near(one, two);
            assert!(share < 0.5, "{share}");
        }
        assert!(near(one, one) > 0.99);
    }
}

#[test]
fn own_pictures_join_the_scenes_or_stand_alone() {
    let joined = Host {
        only_photos: false,
        ..(*host(&[scenery(1, 640, 400)])).clone()
    };
    let mut rng = Generator::seed_from_u64(1);
    let own = (0..2_000)
        .filter(|_| joined.photo(&mut rng).is_some())
        .count();
    // 1,000 expected; 4.5 standard deviations.
    assert!(own.abs_diff(1_000) < 101, "{own}");
    let alone = host(&[scenery(1, 640, 400)]);
    assert!((0..100).all(|_| alone.photo(&mut rng).is_some()));
    assert!(Host::default().photo(&mut rng).is_none());
    assert!(Host::default().face(&mut rng).is_none());
}

#[test]
fn own_icons_are_tapped_like_any_others() {
    let folder = Folder::good();
    let joined = folder.load().unwrap().equip(text::ALPHABET, 8).unwrap();
    assert_eq!(built_in::numbers(Some(&joined)).len(), built_in::COUNT + 2);
    let alone = Host {
        only_icons: true,
        ..joined
    };
    assert_eq!(
        built_in::numbers(Some(&alone)),
        [built_in::COUNT, built_in::COUNT + 1]
    );
    // Without own icons there is nothing to stand alone.
    let bare = Host {
        icons: Arc::default(),
        ..alone
    };
    assert_eq!(built_in::numbers(Some(&bare)).len(), built_in::COUNT);
    let host = Arc::new(folder.load().unwrap().equip(text::ALPHABET, 8).unwrap());
    for seed in 0..20 {
        let (prompt, _) = draw(Kind::Click, &host, seed);
        let (order, count) = prompt.order.unwrap();
        assert_eq!((count, order.width), (3, 144));
        for picture in [prompt.image.unwrap(), order] {
            assert!(picture.bytes.len() <= 20 << 10);
            assert_eq!(chunks(&picture.bytes), ["IHDR", "PLTE", "IDAT", "IEND"]);
        }
    }
}
