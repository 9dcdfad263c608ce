//! Scenes without a horizon: quilts of tiles and facets of a coloured field.
#![allow(
    clippy::indexing_slicing,
    reason = "the knots of a grid are indexed by the columns and rows that it was made with"
)]

use std::f32::consts::TAU;

use rand::RngExt;

use super::canvas::{Canvas, Colour, hsl, mix, relit};
use super::raster::Point;
use super::{Generator, objects};

/// Knots of a bent grid.
struct Grid {
    columns: usize,
    rows: usize,
    knots: Vec<Point>,
}

impl Grid {
    fn new(canvas: &Canvas, step: f32, bend: f32, jitter: f32, rng: &mut Generator) -> Self {
        let columns = (canvas.width() as f32 / step) as usize + 4;
        let rows = (canvas.height() as f32 / step) as usize + 4;
        let (a, b) = (rng.random_range(0.0..TAU), rng.random_range(0.0..TAU));
        let mut knots = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let (x, y) = ((column as f32 - 1.5) * step, (row as f32 - 1.5) * step);
                knots.push([
                    x + bend * (y * 0.035 + a).sin() + rng.random_range(-0.5..0.5) * jitter,
                    y + bend * (x * 0.03 + b).sin() + rng.random_range(-0.5..0.5) * jitter,
                ]);
            }
        }
        Self {
            columns,
            rows,
            knots,
        }
    }

    /// The corners of every tile, clockwise from the upper left.
    fn tiles(&self) -> impl Iterator<Item = [Point; 4]> + '_ {
        (0..self.rows - 1).flat_map(move |row| {
            (0..self.columns - 1).map(move |column| {
                let knot = |dx, dy| self.knots[(row + dy) * self.columns + column + dx];
                [knot(0, 0), knot(1, 0), knot(1, 1), knot(0, 1)]
            })
        })
    }
}

/// Five colours that go together.
fn colours(rng: &mut Generator) -> [Colour; 5] {
    let hue: f32 = rng.random();
    let step = rng.random_range(0.06f32..0.16);
    let rich = rng.random_range(0.4f32..0.7);
    [
        hsl(hue, rich, 0.3),
        hsl(hue + step, rich, 0.55),
        hsl(hue + step * 2.0, rich * 0.8, 0.85),
        hsl(hue + 0.5, rich, 0.6),
        hsl(hue + 0.5 + step, rich, 0.42),
    ]
}

/// Tiles on a bent grid, each with a motif.
pub(crate) fn quilt(canvas: &mut Canvas, rng: &mut Generator) {
    let colours = colours(rng);
    let step = rng.random_range(26.0..36.0);
    let grid = Grid::new(canvas, step, 5.0, 2.0, rng);
    let slope = [
        rng.random_range(0.012..0.022f32),
        rng.random_range(-0.01..0.01),
    ];
    let start = rng.random_range(0.0..5.0f32);
    for corners in grid.tiles() {
        // Colours come and go across the picture, so that one part of it is told from another.
        let [x, y] = corners[0];
        let shade = start + (x * slope[0] + y * slope[1]) + rng.random_range(-0.6..0.6f32);
        let pick = shade.rem_euclid(5.0) as usize % 5;
        let (ground, figure) = (colours[pick], colours[(pick + rng.random_range(1..5)) % 5]);
        let third = colours[(pick + rng.random_range(1..5)) % 5];
        // A little wider than the tile, so that no seam shows the ground below.
        canvas.fill(
            &grown(corners),
            relit(ground, rng.random_range(0.9..1.1), 0.0),
            1.0,
        );
        let turn = rng.random_range(0..4);
        let corner = |index: usize| corners[(index + turn) % 4];
        let middle = between(corner(0), corner(2), 0.5);
        match rng.random_range(0..7) {
            0 => canvas.fill(&[corner(0), corner(1), corner(2)], figure, 1.0),
            1 => {
                for (radius, colour) in [(0.4, figure), (0.22, third)] {
                    canvas.ellipse(middle, [step * radius; 2], 0.0, colour);
                }
            }
            2 => {
                let arc: Vec<Point> = std::iter::once(corner(0))
                    .chain((0..=8).map(|part| {
                        let (sin, cos) = (part as f32 / 8.0 * TAU / 4.0).sin_cos();
                        let along = between(corner(0), corner(1), cos);
                        let down = between(corner(0), corner(3), sin);
                        [
                            along[0] + down[0] - corner(0)[0],
                            along[1] + down[1] - corner(0)[1],
                        ]
                    }))
                    .collect();
                canvas.fill(&arc, figure, 1.0);
            }
            3 => {
                for stripe in [0.1, 0.5] {
                    let side = |from: Point, to: Point| {
                        [between(from, to, stripe), between(from, to, stripe + 0.25)]
                    };
                    let ([a, b], [d, c]) = (side(corner(0), corner(3)), side(corner(1), corner(2)));
                    canvas.fill(&[a, b, c, d], figure, 1.0);
                }
            }
            4 => {
                canvas.fill(&[corner(0), corner(1), middle], figure, 1.0);
                canvas.fill(&[corner(2), corner(3), middle], third, 1.0);
            }
            5 => objects::star(canvas, middle, step * 0.42, 4 + turn, figure),
            _ => objects::leaf(
                canvas,
                corner(0),
                step * 1.2,
                direction(corner(0), corner(2)),
                figure,
            ),
        }
    }
}

/// Triangles that follow a field of colour, with shapes strewn over them.
pub(crate) fn facets(canvas: &mut Canvas, rng: &mut Generator) {
    let colours = colours(rng);
    let step = rng.random_range(24.0..34.0);
    let grid = Grid::new(canvas, step, 4.0, step * 0.6, rng);
    let waves = [(); 2].map(|()| {
        [
            rng.random_range(0.015..0.035f32),
            rng.random_range(-0.03..0.03),
            rng.random_range(0.0..TAU),
        ]
    });
    for corners in grid.tiles() {
        let cut = rng.random_range(0..2);
        for half in [0, 2] {
            let [a, b, c] = [0, 1, 2].map(|index| corners[(index + half + cut) % 4]);
            let centre = [(a[0] + b[0] + c[0]) / 3.0, (a[1] + b[1] + c[1]) / 3.0];
            let [u, v] = waves
                .map(|[fx, fy, phase]| (centre[0] * fx + centre[1] * fy + phase).sin() * 0.5 + 0.5);
            let field = mix(
                mix(colours[0], colours[1], u),
                mix(colours[4], colours[2], u),
                v,
            );
            canvas.fill(
                &grown([a, b, c]),
                relit(field, rng.random_range(0.8..1.2), 0.0),
                1.0,
            );
        }
    }
    let (width, height) = (canvas.width() as f32, canvas.height() as f32);
    let motif = rng.random_range(0..4);
    for _ in 0..18 {
        let at = [rng.random_range(0.0..width), rng.random_range(0.0..height)];
        let colour = relit(
            colours[rng.random_range(0..5)],
            rng.random_range(0.8..1.3),
            0.0,
        );
        let size = rng.random_range(6.0..13.0);
        match motif {
            0 => objects::leaf(canvas, at, size * 2.0, rng.random_range(0.0..TAU), colour),
            1 => objects::ring(canvas, at, size, 3.0, colour),
            2 => objects::flower(canvas, at, size, colour, 6),
            _ => objects::star(canvas, at, size, 5, colour),
        }
    }
}

fn between(from: Point, to: Point, t: f32) -> Point {
    [
        from[0] + (to[0] - from[0]) * t,
        from[1] + (to[1] - from[1]) * t,
    ]
}

fn direction(from: Point, to: Point) -> f32 {
    (to[1] - from[1]).atan2(to[0] - from[0])
}

/// The same polygon, about a pixel larger all round.
fn grown<const N: usize>(points: [Point; N]) -> [Point; N] {
    let sum = points
        .iter()
        .fold([0.0; 2], |sum, p| [sum[0] + p[0], sum[1] + p[1]]);
    let centre = [sum[0] / N as f32, sum[1] / N as f32];
    points.map(|point| between(centre, point, 1.08))
}
