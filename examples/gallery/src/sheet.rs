//! Contact sheets: a page of challenges, each as the visitor meets it and, for the kinds with a
//! loose part, solved beside it.

use std::error::Error;

use captcha_core::{CaptchaError, Kind, testing::Drawing};
use image::{
    Rgba, RgbaImage,
    imageops::{self, FilterType},
};
use serde_json::Value;

const COLUMNS: u32 = 4;
const ROWS: u32 = 6;
const GAP: u32 = 10;

/// A sheet of one kind, of the drawings that `drawing` makes by their numbers.
pub(crate) fn draw(
    kind: Kind,
    drawing: impl Fn(u64) -> Result<Drawing, CaptchaError>,
) -> Result<RgbaImage, Box<dyn Error>> {
    let mut cells = Vec::new();
    for number in 0..u64::from(COLUMNS * ROWS) {
        cells.push(cell(kind, &drawing(number)?)?);
    }
    let (wide, tall) = cells.first().map_or((1, 1), RgbaImage::dimensions);
    let mut sheet = RgbaImage::from_pixel(
        COLUMNS * (wide + GAP) + GAP,
        ROWS * (tall + GAP) + GAP,
        Rgba([250, 250, 250, 255]),
    );
    for (number, cell) in (0..).zip(cells) {
        let x = GAP + number % COLUMNS * (wide + GAP);
        let y = GAP + number / COLUMNS * (tall + GAP);
        imageops::overlay(&mut sheet, &cell, x.into(), y.into());
    }
    Ok(sheet)
}

fn load(bytes: &[u8]) -> Result<RgbaImage, Box<dyn Error>> {
    Ok(image::load_from_memory(bytes)?.to_rgba8())
}

fn cell(kind: Kind, drawing: &Drawing) -> Result<RgbaImage, Box<dyn Error>> {
    let image = load(&drawing.image)?;
    if kind == Kind::Text {
        return Ok(image);
    }
    let part = load(&drawing.part)?;
    let answer: Value = serde_json::from_str(&drawing.answer)?;
    let number = |name: &str| answer.get(name).and_then(Value::as_i64).unwrap_or(0);
    let (wide, tall) = image.dimensions();
    let mut cell = RgbaImage::from_pixel(wide, tall + 60, Rgba([255, 255, 255, 255]));
    imageops::overlay(&mut cell, &image, 0, 0);
    match kind {
        Kind::Rotate => {
            let at = i64::from((wide - part.width()) / 2);
            imageops::overlay(&mut cell, &part, at, at);
            let solved = turned(&part, number("angle") as f32);
            let mut small = image.clone();
            imageops::overlay(&mut small, &solved, at, at);
            let small = imageops::resize(&small, 60, 60, FilterType::Triangle);
            imageops::overlay(&mut cell, &small, 0, i64::from(tall));
        }
        _ => imageops::overlay(&mut cell, &part, 0, i64::from(tall) + 3),
    }
    Ok(cell)
}

/// Turned clockwise about its middle.
fn turned(picture: &RgbaImage, degrees: f32) -> RgbaImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let middle = picture.width() as f32 / 2.0;
    RgbaImage::from_fn(picture.width(), picture.height(), |x, y| {
        let (dx, dy) = (x as f32 + 0.5 - middle, y as f32 + 0.5 - middle);
        let from = [middle + dx * cos + dy * sin, middle - dx * sin + dy * cos];
        let [u, v] = from.map(|at| at.max(0.0) as u32);
        picture
            .get_pixel_checked(u, v)
            .copied()
            .unwrap_or(Rgba([0; 4]))
    })
}
