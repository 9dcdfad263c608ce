//! Scenes: each call paints another picture, with enough going on everywhere that a person can see
//! where a piece of it belongs.

use rand::RngExt;
use rand::seq::IndexedRandom;

use super::canvas::{Canvas, Colour, hsl, mix, relit, wave};
use super::{Generator, objects, pattern};

/// The colours of a picture.
struct Theme {
    sky: [Colour; 3],
    /// Hue of the ground, and of what grows on it.
    ground: f32,
    accent: f32,
    night: bool,
    rich: f32,
}

impl Theme {
    fn new(rng: &mut Generator) -> Self {
        let hue = *[0.52, 0.58, 0.62, 0.72, 0.83, 0.95, 0.04, 0.09, 0.45]
            .choose(rng)
            .unwrap_or(&0.58)
            + rng.random_range(-0.03f32..0.03);
        let night = rng.random_bool(0.25);
        let turn = rng.random_range(-0.16f32..0.16);
        let rich = rng.random_range(0.35f32..0.7);
        let light = if night {
            [0.14, 0.24, 0.42]
        } else {
            [0.58, 0.72, 0.87]
        };
        let mut part = 0.0;
        let sky = light.map(|lightness| {
            let colour = hsl(hue + turn * part, rich, lightness);
            part += 0.5;
            colour
        });
        Self {
            sky,
            ground: *[0.22, 0.3, 0.38, 0.12, 0.06, 0.47, 0.75]
                .choose(rng)
                .unwrap_or(&0.3)
                + rng.random_range(-0.03f32..0.03),
            accent: rng.random(),
            night,
            rich,
        }
    }

    /// A colour of the ground: 0 is far away, 1 is close.
    fn land(&self, near: f32, rng: &mut Generator) -> Colour {
        let [_, _, haze] = self.sky;
        let lightness = if self.night {
            0.3 - near * 0.16
        } else {
            0.58 - near * 0.27
        };
        let own = hsl(
            self.ground + rng.random_range(-0.03f32..0.03),
            self.rich,
            lightness + rng.random_range(-0.03f32..0.03),
        );
        mix(haze, own, 0.35 + near * 0.65)
    }

    fn accent(&self, rng: &mut Generator) -> Colour {
        let hue = self.accent + *[0.0, 0.12, 0.45, 0.6].choose(rng).unwrap_or(&0.0);
        hsl(hue, 0.7, if self.night { 0.62 } else { 0.55 })
    }
}

/// Paints a scene over the whole canvas.
pub(crate) fn paint(canvas: &mut Canvas, rng: &mut Generator) {
    match rng.random_range(0..8) {
        0 | 1 => hills(canvas, rng),
        2 => coast(canvas, rng),
        3 => town(canvas, rng),
        4 => mountains(canvas, rng),
        5 => reef(canvas, rng),
        6 => pattern::quilt(canvas, rng),
        _ => pattern::facets(canvas, rng),
    }
}

/// Sky with a sun or moon, clouds or stars, birds and balloons, down to row `floor`.
fn sky(canvas: &mut Canvas, theme: &Theme, floor: f32, rng: &mut Generator) {
    canvas.gradient(&theme.sky);
    let width = canvas.width() as f32;
    let [_, middle, low] = theme.sky;
    // Bands of thin cloud give the plain sky a texture of its own.
    for _ in 0..6 {
        let level = rng.random_range(0.0..floor);
        let long = rng.random_range(30.0..90.0);
        let centre = [rng.random_range(0.0..width), level];
        let colour = mix(
            middle,
            [255, 255, 255],
            if theme.night { 0.12 } else { 0.35 },
        );
        canvas.ellipse(
            centre,
            [long, rng.random_range(1.5..5.0)],
            rng.random_range(-0.1..0.1),
            colour,
        );
    }
    let orb = [
        rng.random_range(0.0..width),
        rng.random_range(10.0..floor * 0.7),
    ];
    let colour = if theme.night {
        [240, 236, 214]
    } else {
        hsl(0.12 + theme.rich * 0.03, 0.9, 0.78)
    };
    canvas.glow(orb, rng.random_range(10.0..20.0), colour);
    if theme.night {
        for _ in 0..45 {
            let at = [rng.random_range(0.0..width), rng.random_range(0.0..floor)];
            let size = rng.random_range(1.2..4.5);
            objects::star(canvas, at, size, 4, mix([255, 250, 225], low, 0.15));
        }
    }
    let light = if theme.night {
        mix(low, [255, 255, 255], 0.25)
    } else {
        mix(low, [255, 255, 255], 0.8)
    };
    let mut x = rng.random_range(-20.0..30.0f32);
    while x < width {
        let at = [x, rng.random_range(floor * 0.15..floor * 0.95)];
        objects::cloud(canvas, at, rng.random_range(16.0..32.0), light, rng);
        x += rng.random_range(28.0..58.0);
    }
    for _ in 0..rng.random_range(2..5) {
        let at = [
            rng.random_range(10.0..width - 10.0),
            rng.random_range(14.0..floor * 0.75),
        ];
        objects::balloon(
            canvas,
            at,
            rng.random_range(9.0..16.0),
            theme.accent + rng.random_range(0.0..0.5f32),
        );
    }
    for _ in 0..rng.random_range(5..12) {
        let at = [rng.random_range(0.0..width), rng.random_range(6.0..floor)];
        objects::bird(
            canvas,
            at,
            rng.random_range(4.0..8.0),
            relit(theme.sky[0], 0.35, 10.0),
        );
    }
}

fn hills(canvas: &mut Canvas, rng: &mut Generator) {
    let theme = Theme::new(rng);
    let (width, height) = (canvas.width(), canvas.height() as f32);
    let horizon = height * rng.random_range(0.28..0.45);
    sky(canvas, &theme, horizon + 8.0, rng);
    let firs = rng.random_bool(0.5);
    let layers = 5;
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
            x += size * rng.random_range(0.4..1.3);
        }
    }
}

/// Ripples over everything below row `from`.
fn ripples(canvas: &mut Canvas, from: f32, light: Colour, dark: Colour, rng: &mut Generator) {
    let (width, height) = (canvas.width() as f32, canvas.height() as f32);
    let mut y = from + 1.0;
    while y < height {
        let scale = 0.35 + (y - from) / (height - from);
        let mut x = rng.random_range(-20.0..20.0f32);
        while x < width {
            let long = rng.random_range(6.0..22.0) * scale;
            let colour = if rng.random_bool(0.6) { light } else { dark };
            let middle = y + rng.random_range(-1.0..1.0);
            canvas.ellipse([x, middle], [long, 0.5 + scale], 0.0, colour);
            x += long * rng.random_range(2.0..4.5);
        }
        y += 2.0 + 4.5 * scale;
    }
}

fn coast(canvas: &mut Canvas, rng: &mut Generator) {
    let theme = Theme::new(rng);
    let (width, height) = (canvas.width(), canvas.height() as f32);
    let horizon = height * rng.random_range(0.3..0.5);
    sky(canvas, &theme, horizon, rng);
    let far = wave(width, horizon - 2.0, 9.0, 120.0, rng);
    canvas.below(&far, theme.land(0.1, rng), theme.land(0.3, rng), 20.0);
    let [high, middle, _] = theme.sky;
    let sea = relit(mix(high, hsl(0.53, 0.6, 0.4), 0.5), 0.9, 0.0);
    canvas.below(
        &vec![horizon; width],
        mix(sea, middle, 0.4),
        relit(sea, 0.65, 0.0),
        height - horizon,
    );
    ripples(
        canvas,
        horizon,
        mix(sea, [255, 255, 255], 0.3),
        relit(sea, 0.6, 0.0),
        rng,
    );
    for _ in 0..9 {
        let y = rng.random_range(horizon + 6.0..height * 0.86);
        let size = 8.0 + (y - horizon) * 0.2;
        let foot = [rng.random_range(0.0..width as f32), y];
        objects::boat(
            canvas,
            foot,
            size,
            theme.accent + rng.random_range(0.0..0.6f32),
        );
    }
    let shore = wave(width, height * 0.88, 7.0, 160.0, rng);
    let sand = hsl(0.11, 0.4, if theme.night { 0.4 } else { 0.75 });
    let foam: Vec<f32> = shore.iter().map(|y| y - 3.0).collect();
    canvas.below(&foam, [240, 248, 250], [240, 248, 250], 9.0);
    canvas.below(&shore, sand, relit(sand, 0.8, 0.0), 24.0);
    for _ in 0..26 {
        let at = [
            rng.random_range(0.0..width as f32),
            rng.random_range(height * 0.9..height),
        ];
        match rng.random_range(0..3) {
            0 => objects::star(canvas, at, rng.random_range(3.0..7.0), 5, theme.accent(rng)),
            1 => objects::blade(
                canvas,
                at,
                rng.random_range(8.0..20.0),
                rng.random_range(-6.0..6.0),
                theme.land(0.9, rng),
            ),
            _ => canvas.ellipse(
                at,
                [rng.random_range(1.5..5.0), 2.0],
                0.0,
                relit(sand, 0.65, 0.0),
            ),
        }
    }
}

fn town(canvas: &mut Canvas, rng: &mut Generator) {
    let theme = Theme::new(rng);
    let (width, height) = (canvas.width() as f32, canvas.height() as f32);
    sky(canvas, &theme, height * 0.5, rng);
    for layer in 0..3 {
        let near = layer as f32 / 2.0;
        let floor = height * (0.72 + near * 0.2);
        let mut x = rng.random_range(-20.0..0.0f32);
        while x < width {
            let wide = rng.random_range(17.0..36.0) * (0.8 + near * 0.4);
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
        x += size * rng.random_range(0.7..2.2);
    }
}

/// A building between left, top, right and bottom, with rows of windows.
fn building(canvas: &mut Canvas, edges: [f32; 4], wall: Colour, night: bool, rng: &mut Generator) {
    let [left, top, right, bottom] = edges;
    objects::block(canvas, [left, top], [right, bottom], wall);
    objects::block(
        canvas,
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
        1 => objects::block(canvas, [left - 1.5, top - 3.0], [right + 1.5, top], roof),
        2 => canvas.line([left + 6.0, top], [left + 6.0, top - 12.0], 1.6, roof),
        _ => {}
    }
    let (across, down) = (
        rng.random_range(5.5..8.5f32),
        rng.random_range(7.0..10.0f32),
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
            objects::block(canvas, [x, y], [x + across * 0.55, y + down * 0.55], glass);
            x += across;
        }
        y += down;
    }
}

fn mountains(canvas: &mut Canvas, rng: &mut Generator) {
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
                *pixel = mix(source.at(x + sway, above), tint, 0.25);
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
        for _ in 0..55 {
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
            x += size * rng.random_range(0.4..2.0 + near * 1.5);
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
    for _ in 0..4 {
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

fn reef(canvas: &mut Canvas, rng: &mut Generator) {
    let (width, height) = (canvas.width() as f32, canvas.height() as f32);
    let hue = rng.random_range(0.46..0.64f32);
    let accent: f32 = rng.random();
    canvas.gradient(&[
        hsl(hue - 0.02, 0.6, 0.68),
        hsl(hue, 0.65, 0.45),
        hsl(hue + 0.06, 0.6, 0.24),
    ]);
    for _ in 0..7 {
        let (x, wide, lean) = (
            rng.random_range(0.0..width),
            rng.random_range(5.0..16.0f32),
            rng.random_range(20.0..70.0),
        );
        let ray = [
            [x, 0.0],
            [x + wide, 0.0],
            [x + wide * 2.2 - lean, height],
            [x - lean, height],
        ];
        canvas.fill(&ray, [255, 255, 255], 0.12);
    }
    for layer in 0..3 {
        let near = layer as f32 / 2.0;
        let level = height * (0.7 + near * 0.2);
        let floor = wave(canvas.width(), level, 7.0, 130.0, rng);
        let colour = hsl(hue + 0.05 - near * 0.45, 0.35, 0.32 + near * 0.14);
        canvas.below(
            &floor,
            relit(colour, 1.2, 0.0),
            relit(colour, 0.75, 0.0),
            30.0,
        );
        let mut x = rng.random_range(0.0..10.0f32);
        while x < width {
            let foot = [x, level + rng.random_range(4.0..14.0)];
            let weed = hsl(
                accent + rng.random_range(-0.1f32..0.3),
                0.6,
                0.28 + near * 0.22,
            );
            if rng.random_bool(0.3) {
                let size = rng.random_range(5.0..10.0);
                objects::flower(canvas, [x, foot[1] - size], size, weed, 7);
            } else {
                objects::blade(
                    canvas,
                    foot,
                    rng.random_range(22.0..64.0),
                    rng.random_range(-14.0..14.0),
                    weed,
                );
            }
            x += rng.random_range(4.0..14.0f32);
        }
    }
    for _ in 0..24 {
        let at = [
            rng.random_range(0.0..width),
            rng.random_range(4.0..height * 0.85),
        ];
        let size = rng.random_range(9.0..19.0) * if rng.random_bool(0.5) { 1.0 } else { -1.0 };
        objects::fish(canvas, at, size, accent + rng.random_range(0.2..0.8f32));
    }
    for _ in 0..26 {
        let at = [rng.random_range(0.0..width), rng.random_range(0.0..height)];
        objects::ring(
            canvas,
            at,
            rng.random_range(2.0..6.0),
            1.2,
            hsl(hue, 0.5, 0.88),
        );
    }
}
