//! Outlines of pieces: jigsaw pieces, pebbles and gems, and others that are nearly like them.

use std::f32::consts::{PI, TAU};

use rand::RngExt;

use super::Generator;
use super::raster::{Point, area};

/// An outline, as the numbers that it is drawn from.
#[derive(Clone)]
pub(crate) enum Outline {
    /// Straight corners with some of the way between them.
    Gem(Vec<Point>),
    /// Four sides: what each carries, and where along it.
    Jigsaw([(Side, f32); 4]),
    /// Waves of the radius: how many around, how high, and where they begin.
    Pebble([(f32, f32, f32); 4]),
}

/// What one side of a jigsaw piece carries.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Blank,
    Flat,
    Tab,
}

/// About the box of a piece, in pixels.
const BOX: Point = [36.0, 42.0];

const SIDES: [Side; 3] = [Side::Blank, Side::Flat, Side::Tab];

/// Share of its box that an outline covers at least: with less, too little is seen of what is inside.
const LEAST: f32 = 0.72;

impl Outline {
    /// Another outline.
    pub(crate) fn new(rng: &mut Generator) -> Self {
        loop {
            let outline = Self::any(rng);
            if outline.share() >= LEAST {
                return outline;
            }
        }
    }

    /// Share of its box that it covers.
    fn share(&self) -> f32 {
        let [width, height] = BOX;
        area(&self.points([0.0; 2], BOX)).abs() / (2.0 * width * height)
    }

    fn any(rng: &mut Generator) -> Self {
        match rng.random_range(0..5) {
            0 => Self::Gem(corners(rng)),
            1 => Self::Pebble([2.0, 3.0, 4.0, 5.0].map(|count| {
                (
                    count,
                    rng.random_range(0.4..0.8) * 0.5 / count,
                    rng.random_range(0.0..TAU),
                )
            })),
            _ => Self::Jigsaw([(); 4].map(|()| side(rng))),
        }
    }

    /// The same outline, a little off everywhere.
    pub(crate) fn near(&self, rng: &mut Generator) -> Self {
        let mut near = self.clone();
        match &mut near {
            Self::Gem(points) => {
                for value in points.iter_mut().flatten() {
                    *value += rng.random_range(-0.11..0.11);
                }
            }
            Self::Jigsaw(sides) => {
                for (_, place) in sides {
                    *place += rng.random_range(-0.09..0.09);
                }
            }
            Self::Pebble(waves) => {
                for (_, _, phase) in waves {
                    *phase += rng.random_range(-0.35..0.35);
                }
            }
        }
        near
    }

    /// The outline as a polygon that touches all four sides of a box.
    pub(crate) fn points(&self, low: Point, high: Point) -> Vec<Point> {
        let points = match self {
            Self::Gem(points) => points.clone(),
            Self::Jigsaw(sides) => jigsaw(sides, high[0] - low[0], high[1] - low[1]),
            Self::Pebble(waves) => (0..72)
                .map(|step| {
                    let angle = step as f32 / 72.0 * TAU;
                    let swell: f32 = waves
                        .iter()
                        .map(|(count, height, phase)| height * (angle * count + phase).sin())
                        .sum();
                    let (sin, cos) = angle.sin_cos();
                    [cos * (1.0 + swell), sin * (1.0 + swell)]
                })
                .collect(),
        };
        stretched(points, low, high)
    }
}

fn side(rng: &mut Generator) -> (Side, f32) {
    let side = SIDES
        .get(rng.random_range(0..3))
        .copied()
        .unwrap_or(Side::Flat);
    (side, rng.random_range(0.4..0.6))
}

fn corners(rng: &mut Generator) -> Vec<Point> {
    let count = 7;
    (0..count)
        .map(|corner| {
            let angle = (corner as f32 + rng.random_range(-0.3..0.3)) / count as f32 * TAU;
            let radius = rng.random_range(0.65..1.0f32);
            [radius * angle.cos(), radius * angle.sin()]
        })
        .collect()
}

fn jigsaw(sides: &[(Side, f32); 4], width: f32, height: f32) -> Vec<Point> {
    /// Distance of a knob's centre from its side, in radii.
    const REACH: f32 = 0.62;
    let radius = height * 0.115;
    // A tab stands out of the box's edge by moving that side of the body inwards.
    let [top, right, bottom, left] = sides.map(|(side, _)| {
        if side == Side::Tab {
            radius * (1.0 + REACH)
        } else {
            0.0
        }
    });
    let body = [
        [left, top],
        [width - right, top],
        [width - right, height - bottom],
        [left, height - bottom],
    ];
    let ends = body.iter().cycle().skip(1);
    let mut points = Vec::with_capacity(64);
    for ((from, to), (side, place)) in body.iter().zip(ends).zip(sides) {
        points.push(*from);
        let out = match side {
            Side::Blank => -1.0,
            Side::Flat => continue,
            Side::Tab => 1.0,
        };
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let length = dx.hypot(dy).max(1.0);
        // Along the side, and out of the body, which is walked clockwise.
        let (along, normal) = (
            [dx / length, dy / length],
            [dy / length * out, -dx / length * out],
        );
        let opening = (-REACH).asin();
        for step in 0..=14 {
            let angle = PI - opening - step as f32 / 14.0 * (PI - 2.0 * opening);
            let u = length * place + radius * angle.cos();
            let v = radius * (REACH + angle.sin());
            points.push([
                from[0] + along[0] * u + normal[0] * v,
                from[1] + along[1] * u + normal[1] * v,
            ]);
        }
    }
    points
}

fn stretched(mut points: Vec<Point>, low: Point, high: Point) -> Vec<Point> {
    for axis in 0..2 {
        let values = || points.iter().filter_map(|point| point.get(axis).copied());
        let (least, most) = (
            values().fold(f32::MAX, f32::min),
            values().fold(f32::MIN, f32::max),
        );
        let (Some(from), Some(to)) = (low.get(axis), high.get(axis)) else {
            continue;
        };
        let scale = (to - from) / (most - least).max(0.01);
        for value in points.iter_mut().filter_map(|point| point.get_mut(axis)) {
            *value = from + (*value - least) * scale;
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn enough_is_seen_inside_every_outline() {
        let mut rng = Generator::seed_from_u64(1);
        let mut few = |draw: fn(&mut Generator) -> Outline| {
            let shares = (0..2_000).map(|_| draw(&mut rng).share());
            shares
                .filter(|share| !(LEAST..=1.0).contains(share))
                .count()
        };
        assert_eq!(few(Outline::new), 0);
        // The control: any outline.
        assert!(few(Outline::any) > 500);
    }
}
