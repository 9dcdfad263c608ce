//! Things that everybody can name, as polygons in a box from -1 to 1. No two drawings of one thing
//! are the same: people know a fish by what makes it a fish, templates do not.

use std::f32::consts::{PI, TAU};

use rand::RngExt;

use super::Generator;
use super::host::Host;
use super::raster::{self, Point, area};

/// Number of built-in things to choose from.
pub(crate) const COUNT: usize = 16;
/// What they are called.
#[cfg(any(feature = "assets", test))]
pub(crate) const NAMES: [&str; COUNT] = [
    "star", "heart", "moon", "house", "fir", "fish", "key", "bolt", "drop", "arrow", "cloud",
    "flower", "boat", "umbrella", "mushroom", "cup",
];

type Shape = Vec<Vec<Point>>;

/// The numbers of all things to choose from. Those of the host follow the built-in ones.
pub(crate) fn numbers(host: Option<&Host>) -> Vec<usize> {
    let own = host.map_or(0, |host| host.icons.len());
    let only = own > 0 && host.is_some_and(|host| host.only_icons);
    let first = if only { COUNT } else { 0 };
    (first..COUNT + own).collect()
}

/// One drawing of the thing of that number, as one shape: contours that run backwards are holes.
pub(crate) fn draw(number: usize, host: Option<&Host>, rng: &mut Generator) -> Shape {
    let own = number
        .checked_sub(COUNT)
        .and_then(|own| host?.icons.get(own));
    if let Some(silhouette) = own {
        return silhouette.draw(rng);
    }
    let mut shape = built_in(number, rng);
    // The parts of a built-in thing unite.
    for part in shape.iter_mut().filter(|part| area(part) < 0.0) {
        part.reverse();
    }
    shape
}

fn built_in(number: usize, rng: &mut Generator) -> Shape {
    let mut any = |low: f32, high: f32| rng.random_range(low..high);
    match number {
        0 => star(any(0.36, 0.5), if any(0.0, 1.0) < 0.7 { 5 } else { 6 }),
        1 => heart(any(0.8, 1.0)),
        2 => moon(any(0.35, 0.6)),
        3 => house(any(0.1, 0.4), any(0.6, 0.8)),
        4 => fir(any(0.65, 0.9)),
        5 => fish(any(0.4, 0.6), any(0.3, 0.5)),
        6 => key(any(0.36, 0.44), any(0.2, 0.32)),
        7 => bolt(any(0.0, 0.2)),
        8 => drop(any(0.58, 0.72)),
        9 => arrow(any(0.2, 0.32), any(-0.1, 0.2)),
        10 => cloud(any(0.4, 0.55)),
        11 => flower(if any(0.0, 1.0) < 0.5 { 5 } else { 6 }, any(0.3, 0.38)),
        12 => boat(any(0.45, 0.7)),
        13 => umbrella(any(0.0, 0.25)),
        14 => mushroom(any(0.2, 0.34)),
        _ => cup(any(0.5, 0.7)),
    }
}

/// An ellipse in a thing's box, which is drawn about so large.
fn oval(middle: Point, radii: Point) -> Vec<Point> {
    raster::oval(middle, radii, [24.0; 2])
}

fn star(inner: f32, points: usize) -> Shape {
    vec![
        (0..points * 2)
            .map(|corner| {
                let radius = if corner % 2 == 0 { 1.0 } else { inner };
                let (sin, cos) = (corner as f32 / points as f32 * PI - PI / 2.0).sin_cos();
                [cos * radius, sin * radius]
            })
            .collect(),
    ]
}

fn heart(wide: f32) -> Shape {
    vec![
        (0..40)
            .map(|step| {
                let t = step as f32 / 40.0 * TAU;
                let x = t.sin().powi(3);
                let y = 13.0 * t.cos()
                    - 5.0 * (2.0 * t).cos()
                    - 2.0 * (3.0 * t).cos()
                    - (4.0 * t).cos();
                [x * wide, -(y + 2.5) / 14.5]
            })
            .collect(),
    ]
}

fn moon(bite: f32) -> Shape {
    let arc = |from: f32, to: f32, centre: f32, radius: f32| {
        (0..=20).map(move |step| {
            let (sin, cos) = (from + (to - from) * step as f32 / 20.0).sin_cos();
            [centre + radius * cos, radius * sin]
        })
    };
    // Both arcs meet at the horns.
    let horn = 1.0f32;
    let shift = bite;
    let inner = (horn.sin().powi(2) + (horn.cos() - shift).powi(2)).sqrt();
    let meet = horn.sin().atan2(horn.cos() - shift);
    let mut points: Vec<Point> = arc(horn, TAU - horn, 0.0, 1.0).collect();
    points.extend(arc(TAU - meet, meet, shift, inner));
    vec![points]
}

fn house(chimney: f32, eaves: f32) -> Shape {
    vec![
        vec![[-1.0, 0.0], [0.0, -1.0], [1.0, 0.0]],
        vec![
            [-eaves, -0.1],
            [eaves, -0.1],
            [eaves, 1.0],
            [0.22, 1.0],
            [0.22, 0.42],
            [-0.22, 0.42],
            [-0.22, 1.0],
            [-eaves, 1.0],
        ],
        vec![
            [chimney, -0.95],
            [chimney + 0.26, -0.95],
            [chimney + 0.26, -0.3],
            [chimney, -0.3],
        ],
    ]
}

fn fir(wide: f32) -> Shape {
    vec![
        vec![[0.0, -1.0], [wide * 0.62, -0.25], [-wide * 0.62, -0.25]],
        vec![[0.0, -0.6], [wide * 0.85, 0.25], [-wide * 0.85, 0.25]],
        vec![[0.0, -0.1], [wide * 1.05, 0.7], [-wide * 1.05, 0.7]],
        vec![[-0.14, 0.65], [0.14, 0.65], [0.14, 1.0], [-0.14, 1.0]],
    ]
}

fn fish(tall: f32, tail: f32) -> Shape {
    vec![
        oval([0.2, 0.0], [0.78, tall]),
        vec![
            [-0.4, 0.0],
            [-1.0, -tail - 0.12],
            [-0.82, 0.0],
            [-1.0, tail + 0.12],
        ],
        vec![
            [0.05, -tall * 0.8],
            [0.35, -tall - 0.3],
            [0.55, -tall * 0.6],
        ],
    ]
}

fn key(bow: f32, tooth: f32) -> Shape {
    vec![
        oval([-0.58, 0.0], [bow, bow * 1.15]),
        vec![[-0.4, -0.12], [1.0, -0.12], [1.0, 0.12], [-0.4, 0.12]],
        vec![
            [0.45, 0.0],
            [0.62, 0.0],
            [0.62, 0.2 + tooth],
            [0.45, 0.2 + tooth],
        ],
        vec![
            [0.8, 0.0],
            [1.0, 0.0],
            [1.0, 0.3 + tooth],
            [0.8, 0.3 + tooth],
        ],
    ]
}

fn bolt(lean: f32) -> Shape {
    vec![vec![
        [0.05 + lean, -1.0],
        [-0.72, 0.2],
        [-0.1, 0.2],
        [-0.35 - lean, 1.0],
        [0.72, -0.3],
        [0.1, -0.3],
        [0.6 + lean, -1.0],
    ]]
}

fn drop(wide: f32) -> Shape {
    let mut points = vec![[0.0, -1.0]];
    points.extend((0..=24).map(|step| {
        let (sin, cos) = (-0.45 + (PI + 0.9) * step as f32 / 24.0).sin_cos();
        [wide * cos, 0.36 + 0.64 * sin]
    }));
    vec![points]
}

fn arrow(shaft: f32, notch: f32) -> Shape {
    vec![vec![
        [-1.0 + notch.abs(), -shaft],
        [0.1, -shaft],
        [0.1 - notch, -0.8],
        [1.0, 0.0],
        [0.1 - notch, 0.8],
        [0.1, shaft],
        [-1.0 + notch.abs(), shaft],
    ]]
}

fn cloud(puff: f32) -> Shape {
    vec![
        oval([-0.1, -0.15], [puff, puff * 0.95]),
        oval([-0.6, 0.15], [0.4, 0.36]),
        oval([0.5, 0.08], [0.46, 0.42]),
        vec![[-0.62, 0.12], [0.52, 0.12], [0.52, 0.5], [-0.62, 0.5]],
    ]
}

fn flower(petals: usize, petal: f32) -> Shape {
    let mut parts = vec![oval([0.0, 0.0], [0.3, 0.3])];
    parts.extend((0..petals).map(|index| {
        let (sin, cos) = (index as f32 / petals as f32 * TAU).sin_cos();
        oval([cos * 0.64, sin * 0.64], [petal, petal])
    }));
    parts
}

fn boat(sail: f32) -> Shape {
    vec![
        vec![[-1.0, 0.45], [1.0, 0.45], [0.62, 1.0], [-0.62, 1.0]],
        vec![[0.06, -1.0], [0.06 + sail, 0.3], [0.06, 0.3]],
        vec![[-0.06, -0.8], [-0.06, 0.3], [-0.06 - sail * 0.9, 0.3]],
        vec![[-0.06, -0.9], [0.06, -0.9], [0.06, 0.5], [-0.06, 0.5]],
    ]
}

fn umbrella(hook: f32) -> Shape {
    let mut dome: Vec<Point> = (0..=20)
        .map(|step| {
            let (sin, cos) = (PI + PI * step as f32 / 20.0).sin_cos();
            [cos, sin * 0.95]
        })
        .collect();
    // Scallops along the brim.
    for scallop in 0..3 {
        let right = 1.0 - scallop as f32 * 2.0 / 3.0;
        dome.extend((1..4).map(|step| {
            let t = step as f32 / 4.0;
            [right - t * 2.0 / 3.0, -0.2 * (t * PI).sin()]
        }));
        dome.push([right - 2.0 / 3.0, 0.0]);
    }
    vec![
        dome,
        vec![[-0.08, -0.2], [0.08, -0.2], [0.08, 0.85], [-0.08, 0.85]],
        vec![
            [-0.08, 0.72],
            [0.08, 1.0],
            [-0.3 - hook, 1.0],
            [-0.42 - hook, 0.7],
            [-0.26 - hook, 0.66],
            [-0.2 - hook, 0.84],
        ],
    ]
}

fn mushroom(stem: f32) -> Shape {
    let mut cap: Vec<Point> = (0..=20)
        .map(|step| {
            let (sin, cos) = (PI + PI * step as f32 / 20.0).sin_cos();
            [cos, 0.1 + sin * 1.05]
        })
        .collect();
    cap.extend([[0.8, 0.25], [-0.8, 0.25]]);
    vec![
        cap,
        vec![
            [-stem, 0.1],
            [stem, 0.1],
            [stem * 1.35, 1.0],
            [-stem * 1.35, 1.0],
        ],
    ]
}

fn cup(foot: f32) -> Shape {
    let outer = oval([0.62, -0.05], [0.38, 0.42]);
    let handle: Vec<Point> = outer
        .iter()
        .copied()
        .chain(outer.first().copied())
        .collect();
    // A handle is a thick line, drawn as short pieces.
    let mut parts: Shape = handle
        .iter()
        .zip(handle.iter().skip(1))
        .map(|(from, to)| super::canvas::quad(*from, *to, 0.18).to_vec())
        .collect();
    parts.push(vec![
        [-0.9, -0.7],
        [0.6, -0.7],
        [0.6 * foot, 0.8],
        [-0.3 - 0.6 * foot, 0.8],
    ]);
    parts
}
