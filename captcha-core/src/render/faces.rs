//! The typefaces that text is set in: outlines of the crate's own file, which `faces/make.py` makes. A
//! character is looked up and unpacked when it is drawn; nothing of the file is kept in memory twice.

use super::font::Outline;
use super::raster::Point;

const FILE: &[u8] = include_bytes!("faces.bin");

/// What every face has, in this order.
const CHARACTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-=dkmpty";

/// Number of faces.
pub(crate) const COUNT: usize = 27;

/// Steps of a coordinate, and of the width where the height is 1.
const STEPS: f32 = 255.0;
const WIDTHS: f32 = 64.0;

/// Whether every face has it.
pub(crate) fn have(character: char) -> bool {
    position(character).is_some()
}

fn position(character: char) -> Option<usize> {
    CHARACTERS
        .iter()
        .position(|known| char::from(*known) == character)
}

/// A character of a face. It fills its box; a sign stands in the box of a capital.
pub(crate) fn outline(face: usize, character: char) -> Option<Outline> {
    if face >= COUNT {
        return None;
    }
    let entry = 3 * (face * CHARACTERS.len() + position(character)?);
    let [low, middle, high] = *FILE.get(entry..)?.first_chunk()?;
    let start = u32::from_le_bytes([low, middle, high, 0]);
    let (head, mut rest) = FILE.get(start as usize..)?.split_first_chunk()?;
    let [width, count] = *head;
    let mut contours = Vec::with_capacity(count.into());
    for _ in 0..count {
        let (points, after) = rest.split_first()?;
        let (points, after) = after.split_at_checked(2 * usize::from(*points))?;
        contours.push(points.as_chunks().0.iter().map(point).collect());
        rest = after;
    }
    Some(Outline {
        contours,
        aspect: f32::from(width) / WIDTHS,
    })
}

fn point([x, y]: &[u8; 2]) -> Point {
    [f32::from(*x) / STEPS, f32::from(*y) / STEPS]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::raster::{Raster, area};

    #[test]
    fn every_face_has_every_character() {
        assert_eq!(CHARACTERS.len() * COUNT * 3, {
            let [low, middle, high] = *FILE.first_chunk().unwrap();
            u32::from_le_bytes([low, middle, high, 0]) as usize
        });
        for face in 0..COUNT {
            for character in CHARACTERS.iter().copied().map(char::from) {
                let outline = outline(face, character).unwrap();
                let points = || outline.contours.iter().flatten();
                assert!(points().count() > 3, "{face} {character}");
                let sign = "+-=".contains(character);
                for axis in [0, 1] {
                    if sign && axis == 1 {
                        continue;
                    }
                    let low = points().map(|p| p[axis]).fold(f32::MAX, f32::min);
                    let high = points().map(|p| p[axis]).fold(f32::MIN, f32::max);
                    assert!(low == 0.0 && high == 1.0, "{face} {character}");
                }
                assert!((0.1..2.5).contains(&outline.aspect), "{face} {character}");
            }
        }
        assert_eq!(outline(COUNT, 'A'), None);
        assert_eq!(outline(0, 'g'), None);
    }

    /// Thickened strokes may close an eye to a pinhole, and an outline that runs the wrong way round fills it.
    #[test]
    fn eyes_are_open() {
        for face in 0..COUNT {
            for character in CHARACTERS.iter().copied().map(char::from) {
                let contours = outline(face, character).unwrap().contours;
                let placed: Vec<Vec<Point>> = (contours.iter())
                    .map(|points| points.iter().map(|p| p.map(|v| v * 100.0)).collect())
                    .collect();
                // `area` is twice the area.
                let areas = || contours.iter().map(|points| area(points) * 0.5);
                let whole: f32 = areas().sum();
                let mut raster = Raster::new(0, 0, 100, 100);
                raster.shape(&placed);
                let mut covered = 0.0;
                raster.paint(|_, _, share| covered += share / 10_000.0);
                assert!(
                    (covered - whole.abs()).abs() < 0.02,
                    "{face} {character}: {covered} {whole}"
                );
                let eyes: Vec<f32> = areas().map(|eye| -eye * whole.signum()).collect();
                let eyes = || eyes.iter().filter(|eye| **eye > 0.0);
                assert!(eyes().all(|eye| *eye > 0.003), "{face} {character}");
                if "DOP0".contains(character) {
                    assert!(eyes().any(|eye| *eye > 0.01), "{face} {character}");
                }
            }
        }
    }
}
