//! Landmarks that are higher than wide, for gaps that stand in a row: their heads and feet stay
//! outside.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use rand::RngExt;

use super::{Brush, Sort};
use crate::render::Generator;
use crate::render::canvas::{mix, relit};

/// What could be taken for each other in the middle stands together: a picture has one of each row.
pub(super) const SORTS: [&[Sort]; 14] = [
    &[balloon],
    &[boat],
    &[cactus],
    &[clock],
    &[cone, pineapple],
    &[fir, mushroom, tree],
    &[guitar],
    &[house],
    &[lighthouse],
    &[penguin, snowman],
    &[robot],
    &[rocket],
    &[sunflower],
    &[windmill],
];

fn balloon(brush: &mut Brush<'_>, rng: &mut Generator) {
    let (one, two) = (brush.a, brush.light);
    for side in [-0.5, 0.5] {
        brush.line([side, 0.0], [side * 0.4, 0.75], 0.07, brush.dark);
    }
    let skirt = rng.random_range(0.5..0.62);
    brush.fill(
        &[[-0.72, 0.0], [0.72, 0.0], [0.2, skirt], [-0.2, skirt]],
        one,
    );
    for (share, colour) in [(1.0, one), (0.72, two), (0.42, one), (0.16, two)] {
        brush.oval([0.0, -0.35], [0.98 * share, 0.62], colour);
        let (wide, narrow) = (0.72 * share, 0.2 * share);
        brush.fill(
            &[
                [-wide, 0.05],
                [wide, 0.05],
                [narrow, skirt],
                [-narrow, skirt],
            ],
            colour,
        );
    }
    brush.block([-0.3, 0.72], [0.3, 0.98], brush.dark);
    brush.block([-0.3, 0.72], [0.3, 0.78], brush.b);
}

fn lighthouse(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.fill(&[[0.2, -0.76], [1.4, -0.98], [1.4, -0.6]], brush.light);
    brush.taper([0.36, -0.64], [0.66, 1.0], brush.light);
    let bands = rng.random_range(3..6);
    let step = 1.6 / (bands as f32 * 2.0);
    for band in 0..bands {
        let top = -0.6 + band as f32 * step * 2.0;
        let half = |y: f32| 0.36 + (y + 0.64) / 1.64 * 0.3;
        brush.taper([half(top), top], [half(top + step), top + step], brush.a);
    }
    brush.block([-0.44, -0.68], [0.44, -0.6], brush.dark);
    brush.block([-0.26, -0.86], [0.26, -0.68], brush.b);
    brush.fill(&[[-0.4, -0.85], [0.0, -1.02], [0.4, -0.85]], brush.dark);
    brush.block([-0.14, 0.78], [0.14, 1.0], brush.dark);
}

fn boat(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.line([0.0, -1.0], [0.0, 0.7], 0.09, brush.dark);
    brush.fill(&[[0.08, -0.92], [0.95, 0.5], [0.08, 0.5]], brush.light);
    let stripe = rng.random_range(-0.3..0.0);
    let width = |y: f32| 0.08 + (y + 0.92) / 1.42 * 0.87;
    brush.fill(
        &[
            [0.08, stripe],
            [width(stripe), stripe],
            [width(stripe + 0.25), stripe + 0.25],
            [0.08, stripe + 0.25],
        ],
        brush.b,
    );
    brush.fill(&[[-0.08, -0.7], [-0.08, 0.5], [-0.85, 0.5]], brush.a);
    brush.fill(&[[0.0, -1.04], [0.4, -0.95], [0.0, -0.86]], brush.a);
    brush.fill(
        &[[-1.0, 0.62], [1.05, 0.62], [0.7, 0.98], [-0.72, 0.98]],
        brush.c,
    );
    brush.block([-0.9, 0.62], [0.95, 0.7], brush.dark);
}

fn fir(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.block([-0.14, 0.7], [0.14, 1.0], brush.dark);
    for (top, foot, half) in [(0.1, 0.82, 1.0), (-0.35, 0.36, 0.8), (-0.8, -0.1, 0.58)] {
        brush.fill(&[[-half, foot], [0.0, top], [half, foot]], brush.a);
        brush.fill(
            &[[0.1 * half, foot], [0.0, top], [half, foot]],
            relit(brush.a, 0.78, 0.0),
        );
    }
    for (x, y) in [
        (-0.5, 0.7),
        (0.1, 0.55),
        (0.6, 0.72),
        (-0.3, 0.22),
        (0.3, 0.2),
        (-0.1, -0.2),
        (0.2, -0.35),
    ] {
        let x = x + rng.random_range(-0.06..0.06);
        brush.disc(
            [x, y],
            0.13,
            if rng.random_bool(0.5) {
                brush.b
            } else {
                brush.light
            },
        );
    }
    brush.disc([0.0, -0.86], 0.26, brush.c);
}

fn tree(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.fill(
        &[[-0.16, 0.2], [0.16, 0.2], [0.3, 1.0], [-0.3, 1.0]],
        brush.dark,
    );
    brush.line([0.0, 0.5], [0.5, 0.1], 0.14, brush.dark);
    let shade = relit(brush.a, 0.8, 0.0);
    for (x, y, radius) in [(-0.5, -0.05, 0.5), (0.5, -0.02, 0.5), (0.0, 0.1, 0.5)] {
        brush.disc([x, y], radius, shade);
    }
    for (x, y, radius) in [
        (-0.4, -0.4, 0.58),
        (0.42, -0.38, 0.56),
        (0.0, -0.66, 0.62),
        (0.0, -0.25, 0.6),
    ] {
        brush.disc([x, y], radius, brush.a);
    }
    for (x, y) in [
        (-0.5, -0.4),
        (0.1, -0.6),
        (0.55, -0.35),
        (-0.1, -0.15),
        (0.35, 0.0),
        (-0.55, 0.0),
        (-0.2, -0.78),
    ] {
        let (x, y) = (
            x + rng.random_range(-0.08..0.08),
            y + rng.random_range(-0.05..0.05),
        );
        brush.disc([x, y], 0.14, brush.b);
    }
}

fn sunflower(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.line([0.0, -0.4], [0.0, 0.7], 0.14, brush.c);
    let level = rng.random_range(0.0..0.2);
    for (side, down) in [(-1.0, level), (1.0, level + 0.22)] {
        brush.fill(
            &[
                [0.0, down + 0.15],
                [side * 0.45, down - 0.14],
                [side * 0.95, down - 0.12],
                [side * 0.6, down + 0.12],
            ],
            brush.c,
        );
    }
    let petals = rng.random_range(9..13);
    for petal in 0..petals {
        let (sin, cos) = (petal as f32 / petals as f32 * TAU).sin_cos();
        let reach = |along: f32, across: f32| {
            [
                along * cos - across * sin,
                -0.52 + (along * sin + across * cos) * 0.5,
            ]
        };
        brush.fill(
            &[
                reach(0.2, -0.1),
                reach(0.6, -0.22),
                reach(0.98, 0.0),
                reach(0.6, 0.22),
                reach(0.2, 0.1),
            ],
            brush.a,
        );
    }
    brush.disc([0.0, -0.52], 0.5, brush.dark);
    for (x, y) in [(-0.15, -0.55), (0.15, -0.5), (0.0, -0.42), (0.02, -0.62)] {
        brush.disc([x, y], 0.07, brush.light);
    }
    brush.taper([0.62, 0.62], [0.42, 1.0], brush.b);
    brush.block([-0.7, 0.58], [0.7, 0.7], relit(brush.b, 0.8, 0.0));
}

fn rocket(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.fill(&[[-0.28, 0.68], [0.0, 1.05], [0.28, 0.68]], brush.b);
    for side in [-1.0, 1.0] {
        brush.fill(
            &[
                [side * 0.4, 0.1],
                [side * 0.95, 0.55],
                [side * 0.9, 0.82],
                [side * 0.35, 0.62],
            ],
            brush.a,
        );
    }
    brush.fill(
        &[
            [0.0, -1.0],
            [0.34, -0.66],
            [0.5, -0.2],
            [0.48, 0.3],
            [0.34, 0.7],
            [-0.34, 0.7],
            [-0.48, 0.3],
            [-0.5, -0.2],
            [-0.34, -0.66],
        ],
        brush.light,
    );
    brush.fill(&[[0.0, -1.0], [0.34, -0.66], [-0.34, -0.66]], brush.a);
    let level = rng.random_range(-0.3..-0.15);
    brush.disc([0.0, level], 0.33, brush.dark);
    brush.disc([0.0, level], 0.23, brush.c);
    brush.disc([0.0, level + 0.38], 0.16, brush.dark);
    brush.fill(
        &[[-0.07, 0.3], [0.07, 0.3], [0.1, 0.82], [-0.1, 0.82]],
        brush.a,
    );
}

fn cactus(brush: &mut Brush<'_>, rng: &mut Generator) {
    let shade = relit(brush.a, 0.75, 0.0);
    for (side, low, high) in [
        (-1.0, rng.random_range(0.15..0.3), -0.35),
        (1.0, rng.random_range(-0.1..0.1), -0.6),
    ] {
        brush.line([0.0, low], [side * 0.72, low], 0.3, brush.a);
        brush.line([side * 0.72, low + 0.07], [side * 0.72, high], 0.3, brush.a);
        brush.disc([side * 0.72, high], 0.15, brush.a);
    }
    brush.block([-0.3, -0.75], [0.3, 0.65], brush.a);
    brush.disc([0.0, -0.75], 0.3, brush.a);
    for x in [-0.14, 0.14] {
        brush.line([x, -0.78], [x, 0.6], 0.06, shade);
    }
    for y in [-0.5, -0.2, 0.1, 0.4] {
        brush.line([-0.36, y], [-0.2, y], 0.07, brush.light);
        brush.line([0.2, y + 0.1], [0.36, y + 0.1], 0.07, brush.light);
    }
    brush.disc([0.0, -0.95], 0.22, brush.b);
    brush.taper([0.66, 0.62], [0.46, 1.0], brush.c);
    brush.block([-0.74, 0.58], [0.74, 0.7], relit(brush.c, 0.8, 0.0));
}

fn windmill(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.taper([0.36, -0.45], [0.68, 1.0], brush.a);
    brush.fill(&[[-0.46, -0.4], [0.0, -0.75], [0.46, -0.4]], brush.dark);
    brush.block([-0.16, 0.7], [0.16, 1.0], brush.dark);
    brush.block([-0.14, 0.25], [0.14, 0.45], brush.light);
    let turn = rng.random_range(0.3..1.2f32);
    for arm in 0..4 {
        let (sin, cos) = (turn + arm as f32 * FRAC_PI_2).sin_cos();
        let reach = |along: f32, across: f32| {
            [
                along * cos - across * sin,
                -0.3 + (along * sin + across * cos) * 0.52,
            ]
        };
        brush.fill(
            &[
                reach(0.2, 0.02),
                reach(1.25, 0.02),
                reach(1.25, 0.36),
                reach(0.2, 0.3),
            ],
            brush.light,
        );
        brush.line(reach(0.0, 0.0), reach(1.25, 0.0), 0.09, brush.dark);
        brush.line(reach(0.7, 0.0), reach(0.7, 0.33), 0.06, brush.b);
    }
    brush.disc([0.0, -0.3], 0.15, brush.b);
}

fn house(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.block([0.35, -0.95], [0.62, -0.5], brush.dark);
    brush.block([-0.82, -0.45], [0.82, 1.0], brush.light);
    brush.fill(&[[-1.0, -0.42], [0.0, -0.98], [1.0, -0.42]], brush.a);
    brush.disc([0.0, -0.6], 0.17, brush.dark);
    let sill = rng.random_range(-0.28..-0.18);
    for left in [-0.62, 0.14] {
        brush.block([left, sill], [left + 0.48, sill + 0.32], brush.dark);
        brush.block(
            [left + 0.06, sill + 0.03],
            [left + 0.21, sill + 0.29],
            brush.b,
        );
        brush.block(
            [left + 0.27, sill + 0.03],
            [left + 0.42, sill + 0.29],
            brush.b,
        );
    }
    brush.block([-0.82, 0.22], [0.82, 0.3], brush.a);
    brush.block([-0.25, 0.42], [0.25, 1.0], brush.c);
    brush.disc([0.14, 0.74], 0.06, brush.dark);
    for left in [-0.7, 0.4] {
        brush.block([left, 0.46], [left + 0.3, 0.7], brush.dark);
    }
}

fn snowman(brush: &mut Brush<'_>, rng: &mut Generator) {
    for side in [-1.0, 1.0] {
        let lift = rng.random_range(-0.5..-0.2);
        brush.line([side * 0.5, 0.02], [side * 1.05, lift], 0.08, brush.dark);
    }
    brush.disc([0.0, 0.62], 0.82, brush.light);
    brush.disc([0.0, -0.02], 0.62, mix(brush.light, [255, 255, 255], 0.6));
    brush.disc([0.0, -0.5], 0.46, brush.light);
    brush.block([-0.5, -0.76], [0.5, -0.69], brush.dark);
    brush.block([-0.32, -1.0], [0.32, -0.74], brush.dark);
    brush.block([-0.32, -0.83], [0.32, -0.76], brush.a);
    for x in [-0.16, 0.16] {
        brush.disc([x, -0.56], 0.07, brush.dark);
    }
    brush.fill(&[[0.0, -0.52], [0.42, -0.46], [0.0, -0.43]], brush.b);
    brush.fill(
        &[[-0.46, -0.3], [0.46, -0.3], [0.46, -0.19], [-0.46, -0.19]],
        brush.a,
    );
    brush.fill(
        &[[0.18, -0.25], [0.4, -0.25], [0.46, 0.18], [0.22, 0.18]],
        brush.a,
    );
    for y in [-0.08, 0.1, 0.34, 0.56] {
        brush.disc([0.0, y], 0.09, brush.dark);
    }
}

fn cone(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.fill(&[[-0.62, 0.05], [0.62, 0.05], [0.0, 1.0]], brush.c);
    for step in 0..4 {
        let part = step as f32 * 0.3;
        let net = relit(brush.c, 0.68, 0.0);
        brush.line(
            [-0.6 + part, 0.06],
            [part * 0.55 + 0.05, 0.92 - part * 0.75],
            0.07,
            net,
        );
        brush.line(
            [0.6 - part, 0.06],
            [-part * 0.55 - 0.05, 0.92 - part * 0.75],
            0.07,
            net,
        );
    }
    brush.disc([0.0, -0.62], 0.56, brush.a);
    brush.disc([-0.28, -0.22], 0.54, brush.b);
    brush.disc([0.3, -0.2], 0.52, brush.light);
    for side in [-0.6, -0.2, 0.2, 0.6] {
        brush.disc(
            [side, 0.05],
            0.2,
            if side < 0.0 { brush.b } else { brush.light },
        );
    }
    for _ in 0..7 {
        let at = [rng.random_range(-0.35..0.35), rng.random_range(-0.8..-0.4)];
        brush.line(at, [at[0] + 0.14, at[1] + 0.03], 0.07, brush.light);
    }
    brush.disc([0.0, -0.92], 0.15, brush.dark);
}

fn pineapple(brush: &mut Brush<'_>, rng: &mut Generator) {
    for (x, lean, tall) in [
        (-0.3, -0.9, 0.6),
        (0.3, 0.9, 0.6),
        (-0.15, -0.45, 0.75),
        (0.15, 0.45, 0.75),
        (0.0, 0.0, 0.85),
    ] {
        let tall = tall * rng.random_range(0.9..1.1);
        brush.fill(
            &[
                [x - 0.16, -0.2],
                [x + lean * 0.7, -0.2 - tall],
                [x + 0.16, -0.2],
            ],
            brush.b,
        );
    }
    brush.oval([0.0, 0.36], [0.78, 0.64], brush.a);
    let net = relit(brush.a, 0.62, 0.0);
    for step in -2..3 {
        let x = step as f32 * 0.3;
        brush.line([x - 0.38, -0.1], [x + 0.38, 0.84], 0.06, net);
        brush.line([x + 0.38, -0.1], [x - 0.38, 0.84], 0.06, net);
    }
    for (x, y) in [
        (0.0, 0.12),
        (-0.3, 0.37),
        (0.3, 0.37),
        (0.0, 0.6),
        (-0.3, 0.0),
        (0.3, 0.0),
    ] {
        brush.disc([x, y], 0.08, brush.light);
    }
}

fn penguin(brush: &mut Brush<'_>, rng: &mut Generator) {
    for side in [-1.0, 1.0] {
        brush.oval([side * 0.32, 0.94], [0.3, 0.08], brush.a);
        let lift = rng.random_range(0.3..0.6);
        brush.fill(
            &[[side * 0.5, -0.28], [side * 1.0, lift], [side * 0.6, lift]],
            brush.dark,
        );
    }
    brush.oval([0.0, 0.25], [0.74, 0.68], brush.dark);
    brush.disc([0.0, -0.58], 0.56, brush.dark);
    brush.oval([0.0, 0.32], [0.5, 0.55], brush.light);
    for x in [-0.2, 0.2] {
        brush.disc([x, -0.64], 0.15, brush.light);
        brush.disc([x + 0.03, -0.62], 0.07, brush.dark);
    }
    brush.fill(&[[-0.16, -0.52], [0.16, -0.52], [0.0, -0.36]], brush.a);
    brush.fill(
        &[[-0.5, -0.3], [0.5, -0.3], [0.52, -0.18], [-0.52, -0.18]],
        brush.b,
    );
    brush.fill(&[[0.0, -0.14], [-0.32, -0.24], [-0.32, -0.02]], brush.c);
    brush.fill(&[[0.0, -0.14], [0.32, -0.24], [0.32, -0.02]], brush.c);
    for y in [0.08, 0.24, 0.4] {
        brush.disc([0.0, y], 0.07, brush.b);
    }
}

fn guitar(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.disc([0.0, 0.6], 0.82, brush.a);
    brush.disc([0.0, 0.1], 0.6, brush.a);
    brush.block([-0.5, 0.1], [0.5, 0.5], brush.a);
    brush.block([-0.14, -0.8], [0.14, 0.3], brush.dark);
    brush.fill(
        &[[-0.26, -1.0], [0.26, -1.0], [0.18, -0.72], [-0.18, -0.72]],
        brush.b,
    );
    for y in [-0.94, -0.82] {
        brush.disc([-0.34, y], 0.08, brush.light);
        brush.disc([0.34, y], 0.08, brush.light);
    }
    let frets = rng.random_range(5..8);
    for fret in 0..frets {
        let y = -0.65 + fret as f32 * 0.12;
        brush.line([-0.14, y], [0.14, y], 0.05, brush.light);
    }
    brush.disc([0.0, 0.24], 0.34, brush.light);
    brush.disc([0.0, 0.24], 0.25, brush.dark);
    brush.block([-0.34, 0.68], [0.34, 0.78], brush.c);
    for x in [-0.06, 0.06] {
        brush.line([x, -0.8], [x, 0.72], 0.035, brush.light);
    }
}

fn clock(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.block([-0.58, -0.5], [0.58, 1.0], brush.a);
    brush.fill(&[[-0.74, -0.48], [0.0, -1.02], [0.74, -0.48]], brush.c);
    brush.block([-0.68, 0.3], [0.68, 0.38], brush.light);
    brush.disc([0.0, -0.08], 0.5, brush.dark);
    brush.disc([0.0, -0.08], 0.42, brush.light);
    for (angle, length) in [
        (rng.random_range(0.0..TAU), 0.36),
        (rng.random_range(0.0..TAU), 0.24),
    ] {
        let (sin, cos) = angle.sin_cos();
        brush.line(
            [0.0, -0.08],
            [sin * length, -0.08 - cos * length * 0.5],
            0.08,
            brush.dark,
        );
    }
    for x in [-0.38, 0.18] {
        brush.block([x, 0.48], [x + 0.2, 0.7], brush.b);
    }
    brush.block([-0.2, 0.76], [0.2, 1.0], brush.dark);
}

fn mushroom(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.fill(
        &[[-0.3, -0.1], [0.3, -0.1], [0.42, 1.0], [-0.42, 1.0]],
        brush.light,
    );
    brush.fill(
        &[[-0.42, 0.2], [0.42, 0.2], [0.58, 0.4], [-0.58, 0.4]],
        relit(brush.light, 0.85, 0.0),
    );
    let mut cap = [[0.0f32; 2]; 16];
    for (step, point) in cap.iter_mut().enumerate() {
        let (sin, cos) = (step as f32 / 15.0 * PI).sin_cos();
        *point = [cos * 1.02, -0.06 - sin * 0.9];
    }
    brush.fill(&cap, brush.a);
    brush.block([-1.0, -0.1], [1.0, -0.02], relit(brush.a, 0.7, 0.0));
    for (x, y, radius) in [
        (-0.5, -0.36, 0.2),
        (0.1, -0.6, 0.22),
        (0.58, -0.3, 0.17),
        (0.0, -0.24, 0.15),
        (-0.25, -0.8, 0.13),
    ] {
        let x = x + rng.random_range(-0.07..0.07);
        brush.disc([x, y], radius, brush.light);
    }
    for x in [-0.24, 0.0, 0.24] {
        brush.line([x, 0.0], [x * 1.1, 0.2], 0.05, brush.b);
    }
}

fn robot(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.line([0.0, -1.0], [0.0, -0.7], 0.08, brush.dark);
    brush.disc([0.0, -0.96], 0.14, brush.b);
    brush.block([-0.52, -0.8], [0.52, -0.4], brush.a);
    for x in [-0.24, 0.24] {
        brush.disc([x, -0.62], 0.16, brush.light);
        brush.disc([x, -0.62], 0.08, brush.dark);
    }
    brush.block([-0.18, -0.42], [0.18, -0.3], brush.dark);
    brush.block([-0.66, -0.32], [0.66, 0.4], brush.c);
    for side in [-1.0, 1.0] {
        let down = rng.random_range(0.1..0.4);
        brush.line([side * 0.66, -0.22], [side * 0.95, down], 0.18, brush.dark);
        brush.disc([side * 0.95, down], 0.15, brush.a);
        brush.block(
            [side * 0.3 - 0.14, 0.4],
            [side * 0.3 + 0.14, 0.9],
            brush.dark,
        );
        brush.block(
            [side * 0.34 - 0.26, 0.86],
            [side * 0.34 + 0.26, 1.0],
            brush.a,
        );
    }
    brush.block([-0.44, -0.2], [0.44, 0.06], brush.light);
    for x in [-0.26, 0.0, 0.26] {
        brush.disc(
            [x, 0.22],
            0.1,
            if rng.random_bool(0.5) {
                brush.b
            } else {
                brush.light
            },
        );
    }
    brush.line(
        [-0.3, 0.0],
        [rng.random_range(-0.1..0.3), -0.16],
        0.07,
        brush.dark,
    );
}
