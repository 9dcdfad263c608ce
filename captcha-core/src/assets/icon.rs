//! From a picture of a thing to the contours of its silhouette.

use std::path::PathBuf;

use image::{GrayImage, ImageFormat, Luma, imageops};
use imageproc::{
    contours::{BorderType, find_contours_with_threshold},
    geometry::approximate_polygon_dp,
    point::Point as Pixel,
};
use rand::SeedableRng;

use super::folder::{Kept, refuse};
use super::picture::{Frame, decode};
use crate::error::CaptchaError;
use crate::render::{
    icon as built_in,
    raster::{Point, area},
    silhouette::{Print, Silhouette},
};

/// The mask that contours are taken from is so wide or high, whichever is more.
const SIDE: u32 = 192;
/// Contours that enclose less of the box are specks.
const SPECK: f32 = 0.004;
/// Share of the square around it that a thing covers at least, to be seen among stripes.
const LEAST_COVER: f32 = 0.12;
/// Share of its own bounds from which on it is no shape but a block.
const BLOCK: f32 = 0.97;
/// Times that one side may be as long as the other.
const MOST_UNEVEN: f32 = 4.0;
/// Longest stretch between two points of a contour.
const STRETCH: f32 = 0.12;
/// Most points of all contours.
const MOST_POINTS: usize = 3_000;
/// Share of the area in common from which on two things look alike.
pub(super) const ALIKE: f32 = 0.88;

pub(super) fn silhouette(file: &Kept) -> Result<Silhouette, CaptchaError> {
    let picture = decode(
        file,
        &Frame {
            least: [32, 32],
            most_pixels: 1 << 20,
            formats: &[ImageFormat::Png],
            save_as: "PNG",
        },
    )?;
    let refuse = |what: &str| Err(refuse(&file.path, what));
    let Some(mask) = bounded(&mask(&picture.into_rgba8())) else {
        return refuse(
            "shows nothing: what is opaque is the thing, or, without transparency, what differs from the border",
        );
    };
    let (width, height) = (mask.width() as f32, mask.height() as f32);
    if width.max(height) > width.min(height) * MOST_UNEVEN {
        return refuse("shows a strip: use a thing that is at most 4 times as long as wide");
    }
    let inked = mask.pixels().filter(|pixel| pixel.0[0] >= 128).count() as f32;
    if inked > width * height * BLOCK {
        return refuse("shows a block without a shape: make what is not the thing transparent");
    }
    if inked < width.max(height).powi(2) * LEAST_COVER {
        return refuse("shows a thing too thin to be seen among stripes: use a filled silhouette");
    }
    let contours = contours(&mask);
    if contours.is_empty() {
        return refuse("shows specks and no thing: use one filled silhouette");
    }
    if contours.iter().map(Vec::len).sum::<usize>() > MOST_POINTS {
        return refuse("has an outline of too many turns: use a plainer silhouette");
    }
    Ok(Silhouette { contours })
}

/// White is the thing.
fn mask(picture: &image::RgbaImage) -> GrayImage {
    let (width, height) = picture.dimensions();
    if picture.pixels().any(|pixel| pixel.0[3] < 128) {
        return GrayImage::from_fn(width, height, |x, y| Luma([picture.get_pixel(x, y).0[3]]));
    }
    let grey = imageops::grayscale(picture);
    let (mut light, mut border) = (0u32, 0u32);
    for (x, y, pixel) in grey.enumerate_pixels() {
        if x == 0 || y == 0 || x + 1 == width || y + 1 == height {
            border += 1;
            light += u32::from(pixel.0[0] >= 128);
        }
    }
    let dark_on_light = light * 2 >= border;
    GrayImage::from_fn(width, height, |x, y| {
        let value = grey.get_pixel(x, y).0[0];
        Luma([if dark_on_light { 255 - value } else { value }])
    })
}

/// The part of the mask with the thing in it, scaled to one size; none where there is nothing.
fn bounded(mask: &GrayImage) -> Option<GrayImage> {
    let inked = || {
        mask.enumerate_pixels()
            .filter(|(_, _, pixel)| pixel.0[0] >= 128)
    };
    let left = inked().map(|(x, _, _)| x).min()?;
    let right = inked().map(|(x, _, _)| x).max()?;
    let top = inked().map(|(_, y, _)| y).min()?;
    let bottom = inked().map(|(_, y, _)| y).max()?;
    let (width, height) = (right - left + 1, bottom - top + 1);
    let part = imageops::crop_imm(mask, left, top, width, height).to_image();
    let longer = width.max(height);
    let scaled = |side: u32| (side * SIDE).div_ceil(longer).max(1);
    Some(imageops::resize(
        &part,
        scaled(width),
        scaled(height),
        imageops::FilterType::Triangle,
    ))
}

/// Contours in a box from -1 to 1, holes the other way round.
fn contours(mask: &GrayImage) -> Vec<Vec<Point>> {
    // A free border, so that contours close within the picture.
    let mut wide = GrayImage::new(mask.width() + 2, mask.height() + 2);
    imageops::replace(&mut wide, mask, 1, 1);
    let half = SIDE as f32 * 0.5;
    let middle = [wide.width() as f32 * 0.5, wide.height() as f32 * 0.5];
    let mut contours = Vec::new();
    for contour in find_contours_with_threshold::<i32>(&wide, 127) {
        let corners = approximate_polygon_dp(&contour.points, 0.7, true);
        let place = |pixel: &Pixel<i32>| {
            [
                (pixel.x as f32 + 0.5 - middle[0]) / half,
                (pixel.y as f32 + 0.5 - middle[1]) / half,
            ]
        };
        let mut points = parted(&corners.iter().map(place).collect::<Vec<_>>());
        let twice = area(&points);
        if twice.abs() < SPECK * 2.0 {
            continue;
        }
        if (twice < 0.0) != (contour.border_type == BorderType::Hole) {
            points.reverse();
        }
        contours.push(points);
    }
    contours
}

/// The corners of a polygon, with points between those that are far apart.
fn parted(corners: &[Point]) -> Vec<Point> {
    let mut points = Vec::with_capacity(corners.len() * 2);
    for ([x, y], [u, v]) in corners.iter().zip(corners.iter().cycle().skip(1)) {
        let parts = ((u - x).hypot(v - y) / STRETCH).ceil().max(1.0);
        points.extend((0..parts as usize).map(|part| {
            let t = part as f32 / parts;
            [x + (u - x) * t, y + (v - y) * t]
        }));
    }
    points
}

/// No two icons may look alike: only one of them would be right.
pub(super) fn tell_apart(icons: &[Silhouette], files: &[PathBuf]) -> Result<(), CaptchaError> {
    let prints: Vec<Print> = icons.iter().map(|icon| Print::of(&icon.contours)).collect();
    for (number, (print, file)) in prints.iter().zip(files).enumerate() {
        let other = (prints.iter().zip(files).take(number))
            .find(|(other, _)| print.likeness(other) > ALIKE);
        if let Some((_, other)) = other {
            return Err(refuse(
                file,
                &format!(
                    "looks like {}, and only one of them would be right: take one out",
                    other.display()
                ),
            ));
        }
    }
    Ok(())
}

/// Neither may one look like a built-in thing.
pub(super) fn tell_from_built_in(
    icons: &[Silhouette],
    files: &[PathBuf],
    built_in: usize,
) -> Result<(), CaptchaError> {
    if icons.is_empty() {
        return Ok(());
    }
    // Built-in things differ from drawing to drawing.
    let mut rng = rand::rngs::ChaCha12Rng::seed_from_u64(1);
    let known: Vec<(usize, Print)> = (0..built_in * 4)
        .map(|draw| draw % built_in)
        .map(|number| (number, Print::of(&built_in::draw(number, None, &mut rng))))
        .collect();
    for (icon, file) in icons.iter().zip(files) {
        let print = Print::of(&icon.contours);
        if let Some((number, _)) = known
            .iter()
            .find(|(_, other)| print.likeness(other) > ALIKE)
        {
            return Err(refuse(
                file,
                &format!(
                    "looks like the built-in {}, and only one of them would be right: take it out, or \
                     call `.only_own_icons()`",
                    built_in::NAMES.get(*number).copied().unwrap_or("thing")
                ),
            ));
        }
    }
    Ok(())
}
