//! Folders that are refused, by the name of the file at fault.

use super::*;

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
