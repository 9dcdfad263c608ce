//! The things that stand, float and fly in a scene. Sizes are in pixels; a thing that stands is
//! placed by the middle of its foot.

use std::f32::consts::{PI, TAU};

use rand::RngExt;

use super::Generator;
use super::canvas::{Canvas, Colour, hsl, mix, relit};
use super::raster::{Point, Raster, ellipse};

/// A heap of puffs, lit from above.
pub(crate) fn cloud(canvas: &mut Canvas, at: Point, size: f32, light: Colour, rng: &mut Generator) {
    let shade = relit(light, 0.84, 0.0);
    let mut puffs = Vec::new();
    for step in 0..4 {
        let along = step as f32 / 3.0 - 0.5;
        let radius = size * (0.34 - along.abs() * 0.3) * rng.random_range(0.8..1.25);
        puffs.push(([at[0] + along * size * 1.7, at[1] - radius * 0.6], radius));
    }
    for (colour, lift) in [(shade, 0.0), (light, size * 0.1)] {
        for ([x, y], radius) in &puffs {
            canvas.ellipse([*x, *y - lift], [radius * 1.25, *radius], 0.0, colour);
        }
    }
}

/// A fir: three tiers, one side in the light.
pub(crate) fn fir(canvas: &mut Canvas, foot: Point, size: f32, colour: Colour) {
    let [x, y] = foot;
    canvas.line(
        [x, y],
        [x, y - size * 0.25],
        size * 0.1,
        relit(colour, 0.5, 20.0),
    );
    let dark = relit(colour, 0.72, 0.0);
    for (tier, half) in [(0.12, 0.30), (0.38, 0.24), (0.64, 0.17)] {
        let base = y - size * tier;
        let top = [x, base - size * 0.38];
        canvas.fill(
            &[[x - size * half, base], top, [x + size * half, base]],
            colour,
            1.0,
        );
        canvas.fill(&[[x, base], top, [x + size * half, base]], dark, 1.0);
    }
}

/// A leafy tree.
pub(crate) fn tree(
    canvas: &mut Canvas,
    foot: Point,
    size: f32,
    colour: Colour,
    rng: &mut Generator,
) {
    let [x, y] = foot;
    canvas.line(
        [x, y],
        [x, y - size * 0.5],
        size * 0.11,
        hsl(0.07, 0.35, 0.25),
    );
    for (dx, dy, radius, gain) in [
        (-0.18, 0.52, 0.22, 0.75),
        (0.18, 0.55, 0.23, 0.75),
        (0.0, 0.72, 0.27, 0.9),
        (-0.07, 0.78, 0.17, 1.1),
    ] {
        let radius = size * radius * rng.random_range(0.85..1.15);
        let centre = [x + size * dx, y - size * dy];
        canvas.ellipse(
            centre,
            [radius, radius * 0.9],
            0.0,
            relit(colour, gain, 0.0),
        );
    }
}

/// Two wings.
pub(crate) fn bird(canvas: &mut Canvas, at: Point, size: f32, colour: Colour) {
    let [x, y] = at;
    for side in [-1.0, 1.0] {
        let tip = [x + side * size, y - size * 0.35];
        let elbow = [x + side * size * 0.5, y - size * 0.6];
        canvas.fill(
            &[[x, y], elbow, tip, [x + side * size * 0.5, y - size * 0.3]],
            colour,
            1.0,
        );
    }
}

/// A hot-air balloon.
pub(crate) fn balloon(canvas: &mut Canvas, at: Point, size: f32, hue: f32) {
    let [x, y] = at;
    let (one, two) = (hsl(hue, 0.7, 0.5), hsl(hue + 0.14, 0.75, 0.66));
    let basket = y + size * 1.05;
    for side in [-0.45, 0.45] {
        let rope = [x + side * size, y + size * 0.3];
        canvas.line(rope, [x + side * size * 0.3, basket], 0.8, [70, 55, 45]);
    }
    for (share, colour) in [(1.0, one), (0.66, two), (0.3, one)] {
        canvas.ellipse(at, [size * 0.62 * share, size * 0.72], 0.0, colour);
    }
    let half = size * 0.16;
    let floor = basket + half * 1.6;
    let corners = [
        [x - half, basket],
        [x + half, basket],
        [x + half, floor],
        [x - half, floor],
    ];
    canvas.fill(&corners, [110, 75, 45], 1.0);
}

/// A sailing boat.
pub(crate) fn boat(canvas: &mut Canvas, foot: Point, size: f32, hue: f32) {
    let [x, y] = foot;
    let deck = y - size * 0.25;
    let hull = [
        [x - size * 0.6, deck],
        [x + size * 0.65, deck],
        [x + size * 0.35, y],
        [x - size * 0.4, y],
    ];
    canvas.fill(&hull, hsl(hue, 0.55, 0.35), 1.0);
    let sail = hsl(hue + 0.5, 0.5, 0.85);
    let top = [x, deck - size * 1.1];
    canvas.fill(
        &[
            top,
            [x + size * 0.55, deck - size * 0.1],
            [x, deck - size * 0.1],
        ],
        sail,
        1.0,
    );
    let jib = [
        [x - size * 0.06, deck - size * 0.95],
        [x - size * 0.06, deck],
        [x - size * 0.5, deck],
    ];
    canvas.fill(&jib, hsl(hue, 0.7, 0.6), 1.0);
}

/// A house with a roof, a door and windows.
pub(crate) fn house(canvas: &mut Canvas, foot: Point, size: f32, hue: f32) {
    let [x, y] = foot;
    let eaves = y - size * 0.55;
    canvas.block(
        [x - size * 0.4, eaves],
        [x + size * 0.4, y],
        hsl(hue, 0.3, 0.82),
    );
    let roof = [
        [x - size * 0.52, eaves],
        [x, y - size],
        [x + size * 0.52, eaves],
    ];
    canvas.fill(&roof, hsl(hue + 0.95, 0.55, 0.42), 1.0);
    let door = [x - size * 0.08, y - size * 0.32];
    canvas.block(door, [x + size * 0.1, y], hsl(hue + 0.5, 0.4, 0.3));
    for side in [-0.26, 0.26] {
        let middle = x + size * side;
        let top = y - size * 0.42;
        let pane = [middle + size * 0.07, top + size * 0.15];
        canvas.block([middle - size * 0.07, top], pane, [60, 80, 110]);
    }
}

/// A flower: petals around a dot.
pub(crate) fn flower(canvas: &mut Canvas, at: Point, size: f32, colour: Colour, petals: usize) {
    for petal in 0..petals {
        let angle = petal as f32 / petals as f32 * TAU;
        let (sin, cos) = angle.sin_cos();
        let centre = [at[0] + cos * size * 0.55, at[1] + sin * size * 0.55];
        canvas.ellipse(centre, [size * 0.5, size * 0.32], angle, colour);
    }
    let heart = mix([250, 215, 70], relit(colour, 0.4, 0.0), 0.2);
    canvas.ellipse(at, [size * 0.32, size * 0.32], 0.0, heart);
}

/// A pointed leaf with a rib, growing from `foot` at `angle`.
pub(crate) fn leaf(canvas: &mut Canvas, foot: Point, size: f32, angle: f32, colour: Colour) {
    let (sin, cos) = angle.sin_cos();
    let place = |along: f32, across: f32| {
        let (u, v) = (along * size, across * size);
        [foot[0] + u * cos - v * sin, foot[1] + u * sin + v * cos]
    };
    let half = |side: f32| {
        [
            (0.0, 0.0),
            (0.2, 0.16),
            (0.45, 0.22),
            (0.75, 0.14),
            (1.0, 0.0),
        ]
        .map(|(along, across)| place(along, across * side))
    };
    canvas.fill(&half(1.0), colour, 1.0);
    canvas.fill(&half(-1.0), relit(colour, 0.8, 0.0), 1.0);
}

/// A fish with fins, stripes and an eye; it looks to the left where `size` is negative.
pub(crate) fn fish(canvas: &mut Canvas, at: Point, size: f32, hue: f32) {
    let [x, y] = at;
    let tall = size.abs();
    let (body, fin) = (hsl(hue, 0.75, 0.58), hsl(hue + 0.08, 0.8, 0.42));
    let tail = [
        [x - size * 0.45, y],
        [x - size * 0.95, y - tall * 0.35],
        [x - size * 0.8, y],
        [x - size * 0.95, y + tall * 0.35],
    ];
    canvas.fill(&tail, fin, 1.0);
    canvas.fill(
        &[
            [x - size * 0.3, y],
            [x, y - tall * 0.6],
            [x + size * 0.3, y],
        ],
        fin,
        1.0,
    );
    canvas.ellipse(at, [tall * 0.6, tall * 0.36], 0.0, body);
    for stripe in [-0.2, 0.08] {
        let middle = x + size * stripe;
        canvas.line(
            [middle, y - tall * 0.3],
            [middle, y + tall * 0.3],
            tall * 0.1,
            [245, 240, 230],
        );
    }
    let eye = [x + size * 0.36, y - tall * 0.07];
    canvas.ellipse(eye, [tall * 0.09, tall * 0.09], 0.0, [255, 255, 255]);
    canvas.ellipse(eye, [tall * 0.045, tall * 0.045], 0.0, [20, 20, 30]);
}

/// Weed or grass: a bent blade with a thin tip.
pub(crate) fn blade(canvas: &mut Canvas, foot: Point, height: f32, bend: f32, colour: Colour) {
    let width = (height * 0.07).max(1.0);
    let mut left = Vec::with_capacity(14);
    let mut right = Vec::with_capacity(7);
    for step in 0..7 {
        let t = step as f32 / 6.0;
        let x = foot[0] + bend * (t * PI * 1.3).sin() * t;
        let half = width * (1.0 - t * 0.9);
        left.push([x - half, foot[1] - height * t]);
        right.push([x + half, foot[1] - height * t]);
    }
    left.extend(right.into_iter().rev());
    canvas.fill(&left, colour, 1.0);
}

/// A star with `points` rays.
pub(crate) fn star(canvas: &mut Canvas, at: Point, size: f32, points: usize, colour: Colour) {
    let corners: Vec<Point> = (0..points * 2)
        .map(|corner| {
            let radius = if corner % 2 == 0 { size } else { size * 0.42 };
            let (sin, cos) = (corner as f32 / points as f32 * PI - PI / 2.0).sin_cos();
            [at[0] + cos * radius, at[1] + sin * radius]
        })
        .collect();
    canvas.fill(&corners, colour, 1.0);
}

/// A ring.
pub(crate) fn ring(canvas: &mut Canvas, at: Point, radius: f32, thickness: f32, colour: Colour) {
    let points = ellipse(at, [radius, radius], 0.0);
    let mut raster = Raster::around(&points, canvas.width(), canvas.height());
    raster.polygon(&points);
    raster.paint(|x, y, coverage| {
        let distance = (x as f32 + 0.5 - at[0]).hypot(y as f32 + 0.5 - at[1]);
        let inner = (distance - (radius - thickness)).clamp(0.0, 1.0);
        canvas.blend(x, y, colour, coverage * inner);
    });
}
