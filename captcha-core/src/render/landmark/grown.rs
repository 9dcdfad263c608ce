//! Landmarks that grow, are eaten or melt.

use std::f32::consts::{PI, TAU};

use rand::RngExt;

use super::Brush;
use super::paints::shade;
use crate::render::Generator;
use crate::render::canvas::mix;

pub(super) fn cactus(brush: &mut Brush<'_>, rng: &mut Generator) {
    let shaded = shade(brush.a, 0.75);
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
        brush.line([x, -0.78], [x, 0.6], 0.06, shaded);
    }
    for y in [-0.5, -0.2, 0.1, 0.4] {
        brush.line([-0.36, y], [-0.2, y], 0.07, brush.light);
        brush.line([0.2, y + 0.1], [0.36, y + 0.1], 0.07, brush.light);
    }
    brush.disc([0.0, -0.95], 0.22, brush.b);
    brush.taper([0.66, 0.62], [0.46, 1.0], brush.c);
    brush.block([-0.74, 0.58], [0.74, 0.7], shade(brush.c, 0.8));
}

pub(super) fn cone(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.fill(&[[-0.62, 0.05], [0.62, 0.05], [0.0, 1.0]], brush.c);
    for step in 0..4 {
        let part = step as f32 * 0.3;
        let net = shade(brush.c, 0.68);
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

pub(super) fn fir(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.block([-0.14, 0.7], [0.14, 1.0], brush.dark);
    for (top, foot, half) in [(0.1, 0.82, 1.0), (-0.35, 0.36, 0.8), (-0.8, -0.1, 0.58)] {
        brush.fill(&[[-half, foot], [0.0, top], [half, foot]], brush.a);
        brush.fill(
            &[[0.1 * half, foot], [0.0, top], [half, foot]],
            shade(brush.a, 0.78),
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

pub(super) fn mushroom(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.fill(
        &[[-0.3, -0.1], [0.3, -0.1], [0.42, 1.0], [-0.42, 1.0]],
        brush.light,
    );
    brush.fill(
        &[[-0.42, 0.2], [0.42, 0.2], [0.58, 0.4], [-0.58, 0.4]],
        shade(brush.light, 0.85),
    );
    let mut cap = [[0.0f32; 2]; 16];
    for (step, point) in cap.iter_mut().enumerate() {
        let (sin, cos) = (step as f32 / 15.0 * PI).sin_cos();
        *point = [cos * 1.02, -0.06 - sin * 0.9];
    }
    brush.fill(&cap, brush.a);
    brush.block([-1.0, -0.1], [1.0, -0.02], shade(brush.a, 0.7));
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

pub(super) fn penguin(brush: &mut Brush<'_>, rng: &mut Generator) {
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

pub(super) fn pineapple(brush: &mut Brush<'_>, rng: &mut Generator) {
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
    let net = shade(brush.a, 0.62);
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

pub(super) fn snowman(brush: &mut Brush<'_>, rng: &mut Generator) {
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

pub(super) fn sunflower(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.line([0.0, -0.4], [0.0, 0.7], 0.14, brush.c);
    let level = rng.random_range(0.12..0.26);
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
                -0.36 + (along * sin + across * cos) * 0.52,
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
    brush.disc([0.0, -0.36], 0.5, brush.dark);
    for (x, y) in [(-0.15, -0.39), (0.15, -0.34), (0.0, -0.26), (0.02, -0.46)] {
        brush.disc([x, y], 0.07, brush.light);
    }
    brush.taper([0.62, 0.62], [0.42, 1.0], brush.b);
    brush.block([-0.7, 0.58], [0.7, 0.7], shade(brush.b, 0.8));
}

pub(super) fn tree(brush: &mut Brush<'_>, rng: &mut Generator) {
    brush.fill(
        &[[-0.16, 0.2], [0.16, 0.2], [0.3, 1.0], [-0.3, 1.0]],
        brush.dark,
    );
    brush.line([0.0, 0.5], [0.5, 0.1], 0.14, brush.dark);
    let shaded = shade(brush.a, 0.8);
    for (x, y, radius) in [(-0.5, -0.05, 0.5), (0.5, -0.02, 0.5), (0.0, 0.1, 0.5)] {
        brush.disc([x, y], radius, shaded);
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
