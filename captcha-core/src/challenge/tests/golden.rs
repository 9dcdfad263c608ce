//! Golden pictures: what was drawn when somebody last looked. Another machine may round
//! otherwise, so they are compared with a tolerance. After a change that is meant, and a look at
//! it: `CAPTCHA_GOLDEN=write cargo test -p captcha-core --all-features golden`.

use std::{fs, path::PathBuf};

use image::RgbaImage;

use super::*;
use crate::testing;

/// Most that a channel may be off on average, of 255.
const TOLERANCE: f64 = 1.5;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Names and files of one picture of each style, and two of each kind without.
fn pictures() -> Vec<(String, Vec<u8>)> {
    let mut pictures = Vec::new();
    for kind in drawn() {
        let mut add = |name: String, style, seed| {
            let drawing = testing::draw(kind, Difficulty::Normal, style, seed);
            let files = [("image", drawing.image), ("part", drawing.part)];
            let files = files.map(|(part, file)| (format!("{name}-{part}.png"), file));
            pictures.extend(
                files
                    .into_iter()
                    .filter(|(_, file)| file.starts_with(b"\x89PNG")),
            );
        };
        let styles = testing::styles(kind);
        for style in &styles {
            add(format!("{}-{style}", kind.name()), Some(*style), 3);
        }
        for seed in 1..=2 {
            if styles.is_empty() {
                add(format!("{}-{seed}", kind.name()), None, seed);
            }
        }
    }
    pictures
}

fn decoded(file: &[u8]) -> RgbaImage {
    image::load_from_memory(file).unwrap().to_rgba8()
}

/// The mean difference of the channels; as much as can be where the sizes differ.
fn difference(one: &RgbaImage, other: &RgbaImage) -> f64 {
    if one.dimensions() != other.dimensions() {
        return 255.0;
    }
    let off: u64 = (one.iter().zip(other.iter()))
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    off as f64 / one.len() as f64
}

#[test]
fn pictures_are_drawn_as_they_were() {
    let write = std::env::var_os("CAPTCHA_GOLDEN").is_some_and(|how| how == "write");
    let pictures = pictures();
    if write {
        let _ = fs::remove_dir_all(folder());
        fs::create_dir_all(folder()).unwrap();
    }
    let mut bytes = 0;
    for (name, file) in &pictures {
        let path = folder().join(name);
        if write {
            fs::write(&path, file).unwrap();
        }
        let golden = fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        bytes += golden.len();
        let off = difference(&decoded(file), &decoded(&golden));
        assert!(off <= TOLERANCE, "{name} is off by {off:.2} of 255");
    }
    assert!(bytes < 400 * 1024, "{bytes}");
    assert_eq!(fs::read_dir(folder()).unwrap().count(), pictures.len());
}

#[test]
fn a_picture_that_is_drawn_otherwise_is_caught() {
    for (name, file) in pictures() {
        let picture = decoded(&file);
        let mut moved = picture.clone();
        image::imageops::replace(&mut moved, &picture, 1, 0);
        let lighter = image::imageops::brighten(&picture, 3);
        for other in [moved, lighter] {
            let off = difference(&picture, &other);
            assert!(off > TOLERANCE, "{name}: {off:.2}");
        }
    }
}
