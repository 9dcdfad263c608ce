//! Landmarks that somebody built.

use std::f32::consts::{FRAC_PI_2, TAU};

use rand::RngExt;

use super::Brush;
use crate::render::Generator;

pub(super) fn balloon(brush: &mut Brush<'_>, rng: &mut Generator) {
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

pub(super) fn boat(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.line([0.0, -1.0], [0.0, 0.7], 0.09, brush.dark);
    brush.fill(&[[0.08, -0.92], [0.95, 0.5], [0.08, 0.5]], brush.light);
    let stripe = rng.random_range(-0.45..-0.25);
    let width = |y: f32| 0.08 + (y + 0.92) / 1.42 * 0.87;
    for top in [stripe, stripe + 0.36] {
        let foot = top + 0.18;
        brush.fill(
            &[
                [0.08, top],
                [width(top), top],
                [width(foot), foot],
                [0.08, foot],
            ],
            brush.b,
        );
    }
    brush.fill(&[[-0.08, -0.7], [-0.08, 0.5], [-0.85, 0.5]], brush.a);
    brush.fill(&[[0.0, -1.04], [0.4, -0.95], [0.0, -0.86]], brush.a);
    brush.fill(
        &[[-1.0, 0.62], [1.05, 0.62], [0.7, 0.98], [-0.72, 0.98]],
        brush.c,
    );
    brush.block([-0.9, 0.62], [0.95, 0.7], brush.dark);
}

pub(super) fn clock(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.block([-0.58, -0.5], [0.58, 1.0], brush.a);
    brush.fill(&[[-0.74, -0.48], [0.0, -1.02], [0.74, -0.48]], brush.c);
    brush.block([-0.68, 0.3], [0.68, 0.38], brush.light);
    brush.disc([0.0, -0.08], 0.5, brush.dark);
    brush.disc([0.0, -0.08], 0.42, brush.light);
    // As long on the picture whichever way they point.
    let [wide, tall] = brush.place.half;
    for (angle, length) in [
        (rng.random_range(0.0..TAU), 0.38),
        (rng.random_range(0.0..TAU), 0.26),
    ] {
        let (sin, cos) = angle.sin_cos();
        brush.line(
            [0.0, -0.08],
            [sin * length, -0.08 - cos * length * wide / tall],
            0.09,
            brush.dark,
        );
    }
    for x in [-0.38, 0.18] {
        brush.block([x, 0.48], [x + 0.2, 0.7], brush.b);
    }
    brush.block([-0.2, 0.76], [0.2, 1.0], brush.dark);
}

pub(super) fn guitar(brush: &mut Brush<'_>, rng: &mut Generator) {
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

pub(super) fn house(brush: &mut Brush<'_>, rng: &mut Generator) {
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

pub(super) fn lighthouse(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.fill(&[[0.2, -0.76], [1.4, -0.98], [1.4, -0.6]], brush.light);
    brush.taper([0.36, -0.64], [0.66, 1.0], brush.light);
    let bands = rng.random_range(4..6);
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

pub(super) fn robot(brush: &mut Brush<'_>, rng: &mut Generator) {
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

pub(super) fn rocket(brush: &mut Brush<'_>, rng: &mut Generator) {
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

pub(super) fn windmill(brush: &mut Brush<'_>, rng: &mut Generator) {
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
