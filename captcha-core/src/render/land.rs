//! Scenes on land: hills, a town, mountains.

use rand::RngExt;

use super::canvas::{Canvas, Colour, hsl, mix, pixel as as_pixel, relit, wave};
use super::scene::{Theme, sky};
use super::water::ripples;
use super::{Generator, objects};

pub(crate) fn hills(canvas: &mut Canvas, rng: &mut Generator) {
    let theme = Theme::new(rng);
    let (width, height) = (canvas.width(), canvas.height() as f32);
    let horizon = height * rng.random_range(0.28..0.45);
    sky(canvas, &theme, horizon + 8.0, rng);
    let firs = rng.random_bool(0.5);
    let layers = 3;
    for layer in 0..layers {
        let near = (layer as f32 + 0.5) / layers as f32;
        let level = horizon + (height - horizon) * near * 0.85;
        let heights = wave(width, level, 9.0, rng.random_range(90.0..190.0), rng);
        let colour = theme.land(near, rng);
        canvas.below(
            &heights,
            relit(colour, 1.12, 6.0),
            relit(colour, 0.8, 0.0),
            40.0,
        );
        let mut x = rng.random_range(0.0..20.0f32);
        while (x as usize) < width {
            let crest = heights.get(x as usize).copied().unwrap_or(level);
            let foot = [x, crest + rng.random_range(1.0..12.0)];
            let size = (9.0 + near * 17.0) * rng.random_range(0.8..1.3);
            let leaves = theme.land((near + 0.3).min(1.0), rng);
            match rng.random_range(0..12) {
                0 => objects::house(canvas, foot, size, theme.accent),
                1..=3 => {
                    let petal = theme.accent(rng);
                    objects::flower(canvas, foot, size * 0.28, petal, 5);
                }
                _ if firs => objects::fir(canvas, foot, size, relit(leaves, 0.9, 0.0)),
                _ => objects::tree(canvas, foot, size, leaves, rng),
            }
            x += size * rng.random_range(0.9..2.6);
        }
    }
}

pub(crate) fn town(canvas: &mut Canvas, rng: &mut Generator) {
    let theme = Theme::new(rng);
    let (width, height) = (canvas.width() as f32, canvas.height() as f32);
    sky(canvas, &theme, height * 0.5, rng);
    for layer in 0..3 {
        let near = layer as f32 / 2.0;
        let floor = height * (0.72 + near * 0.2);
        let mut x = rng.random_range(-20.0..0.0f32);
        while x < width {
            let wide = rng.random_range(22.0..42.0) * (0.8 + near * 0.4);
            let top = floor - rng.random_range(24.0..66.0f32);
            let hue = theme.accent + rng.random_range(-0.12f32..0.12);
            let [_, _, haze] = theme.sky;
            let lightness = rng.random_range(0.4..0.68) * if theme.night { 0.45 } else { 1.0 };
            let wall = mix(
                haze,
                hsl(hue, theme.rich * 0.8, lightness),
                0.4 + near * 0.6,
            );
            building(
                canvas,
                [x, top, x + wide, floor + 30.0],
                wall,
                theme.night,
                rng,
            );
            x += wide + rng.random_range(-3.0..7.0f32);
        }
    }
    let street = vec![height * 0.93; canvas.width()];
    canvas.below(&street, theme.land(0.8, rng), theme.land(1.0, rng), 12.0);
    let mut x = rng.random_range(0.0..20.0f32);
    while x < width {
        let size = rng.random_range(14.0..28.0);
        let leaves = theme.land(0.9, rng);
        objects::tree(
            canvas,
            [x, height * rng.random_range(0.93..1.0)],
            size,
            leaves,
            rng,
        );
        x += size * rng.random_range(1.0..3.4);
    }
}

/// A building between left, top, right and bottom, with rows of windows.
fn building(canvas: &mut Canvas, edges: [f32; 4], wall: Colour, night: bool, rng: &mut Generator) {
    let [left, top, right, bottom] = edges;
    canvas.block([left, top], [right, bottom], wall);
    canvas.block(
        [right - (right - left) * 0.2, top],
        [right, bottom],
        relit(wall, 0.82, 0.0),
    );
    let roof = relit(wall, 0.6, 10.0);
    match rng.random_range(0..4) {
        0 => canvas.fill(
            &[
                [left - 2.0, top],
                [(left + right) * 0.5, top - 12.0],
                [right + 2.0, top],
            ],
            roof,
            1.0,
        ),
        1 => canvas.block([left - 1.5, top - 3.0], [right + 1.5, top], roof),
        2 => canvas.line([left + 6.0, top], [left + 6.0, top - 12.0], 1.6, roof),
        _ => {}
    }
    let (across, down) = (
        rng.random_range(9.0..13.0f32),
        rng.random_range(11.0..15.0f32),
    );
    let (lit, dark) = if night {
        ([250, 215, 120], relit(wall, 0.6, 0.0))
    } else {
        (mix(wall, [255, 255, 255], 0.6), relit(wall, 0.55, 10.0))
    };
    let mut y = top + 4.0;
    while y + down * 0.6 < bottom - 12.0 {
        let mut x = left + 3.0;
        while x + across * 0.55 < right - 1.0 {
            let glass = if rng.random_bool(0.45) { lit } else { dark };
            canvas.block([x, y], [x + across * 0.55, y + down * 0.55], glass);
            x += across;
        }
        y += down;
    }
}

pub(crate) fn mountains(canvas: &mut Canvas, rng: &mut Generator) {
    let theme = Theme::new(rng);
    let (width, height) = (canvas.width() as f32, canvas.height() as f32);
    let horizon = height * rng.random_range(0.58..0.7);
    sky(canvas, &theme, height * 0.4, rng);
    for layer in 0..2 {
        let near = 0.25 + layer as f32 * 0.3;
        let mut x = rng.random_range(-20.0..10.0f32);
        while x < width + 20.0 {
            let tall = rng.random_range(38.0..80.0) * (1.15 - near * 0.6);
            let half = tall * rng.random_range(0.55..0.85);
            peak(canvas, [x, horizon], tall, half, theme.land(near, rng), rng);
            x += half * rng.random_range(0.7..1.3);
        }
    }
    let mirror = rng.random_bool(0.5);
    if mirror {
        let source = canvas.clone();
        let from = horizon as usize;
        let tint = theme.sky[0];
        let phase: f32 = rng.random_range(0.0..6.0);
        for (y, row) in canvas.rows_mut().enumerate().skip(from) {
            let depth = (y - from) as f32;
            let sway = ((depth * 0.9 + phase).sin() * (1.0 + depth * 0.08)) as i32;
            let above = from as i32 - 1 - (depth * 1.2) as i32;
            for (x, pixel) in (0..).zip(row) {
                *pixel = as_pixel(mix(source.at(x + sway, above), tint, 0.25));
            }
        }
        let light = mix(theme.sky[2], [255, 255, 255], 0.3);
        ripples(canvas, horizon + 18.0, light, relit(tint, 0.7, 0.0), rng);
    } else {
        let meadow = theme.land(0.7, rng);
        let heights = wave(canvas.width(), horizon, 3.0, 120.0, rng);
        canvas.below(
            &heights,
            relit(meadow, 1.2, 8.0),
            relit(meadow, 0.8, 0.0),
            50.0,
        );
        for _ in 0..24 {
            let y = rng.random_range(horizon + 4.0..height);
            let size = 2.5 + (y - horizon) * 0.08;
            let at = [rng.random_range(0.0..width), y];
            objects::flower(canvas, at, size, theme.accent(rng), 5);
        }
    }
    for row in 0..3 {
        let near = row as f32 / 2.0;
        let mut x = rng.random_range(-10.0..10.0f32);
        while x < width {
            let size = (15.0 + near * 20.0) * rng.random_range(0.7..1.2);
            let foot = [
                x,
                horizon + (height - horizon) * near + rng.random_range(0.0..5.0),
            ];
            let colour = relit(theme.land(0.6 + near * 0.4, rng), 0.85, 0.0);
            objects::fir(canvas, foot, size, colour);
            x += size * rng.random_range(0.8..3.5 + near * 1.5);
        }
    }
}

/// A mountain with a lit and a dark side, and snow with a jagged edge.
fn peak(
    canvas: &mut Canvas,
    foot: [f32; 2],
    tall: f32,
    half: f32,
    rock: Colour,
    rng: &mut Generator,
) {
    let [x, y] = foot;
    let top = [x, y - tall];
    let fold = x + half * rng.random_range(-0.25..0.35);
    let dark = relit(rock, 0.7, 0.0);
    canvas.fill(&[top, [x + half, y], [x - half, y]], rock, 1.0);
    canvas.fill(&[top, [x + half, y], [fold, y]], dark, 1.0);
    for _ in 0..2 {
        // Scree: slivers along the slope.
        let t = rng.random_range(0.35..0.9);
        let side = rng.random_range(-0.7..0.7) * half * t;
        let start = [x + side, y - tall * (1.0 - t)];
        let end = [start[0] + side * 0.3, start[1] + tall * 0.2];
        canvas.fill(
            &[start, end, [end[0] + 4.0, end[1] - 2.0]],
            relit(rock, 1.18, 8.0),
            1.0,
        );
    }
    let line = rng.random_range(0.25..0.42);
    let edge = |across: f32, down: f32| [x + half * line * across, y - tall * (1.0 - line * down)];
    let snow = [
        top,
        edge(1.0, 1.0),
        edge(0.55, 0.75),
        edge(0.2, 1.15),
        edge(-0.2, 0.8),
        edge(-0.6, 1.1),
        edge(-1.0, 1.0),
    ];
    canvas.fill(&snow, mix(rock, [255, 255, 255], 0.82), 1.0);
    canvas.fill(
        &[top, edge(1.0, 1.0), edge(0.55, 0.75), edge(0.2, 1.15)],
        mix(rock, [225, 232, 245], 0.6),
        1.0,
    );
}
