//! Scenes by the water and under it.

use rand::RngExt;

use super::canvas::{Canvas, Colour, hsl, mix, relit, wave};
use super::scene::{Theme, sky};
use super::{Generator, objects};

pub(crate) fn coast(canvas: &mut Canvas, rng: &mut Generator) {
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
    for _ in 0..4 {
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
    for _ in 0..14 {
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

/// Ripples over everything below row `from`.
pub(crate) fn ripples(
    canvas: &mut Canvas,
    from: f32,
    light: Colour,
    dark: Colour,
    rng: &mut Generator,
) {
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
        y += 3.5 + 7.5 * scale;
    }
}

pub(crate) fn reef(canvas: &mut Canvas, rng: &mut Generator) {
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
            x += rng.random_range(9.0..26.0f32);
        }
    }
    for _ in 0..10 {
        let at = [
            rng.random_range(0.0..width),
            rng.random_range(4.0..height * 0.85),
        ];
        let size = rng.random_range(9.0..19.0) * if rng.random_bool(0.5) { 1.0 } else { -1.0 };
        objects::fish(canvas, at, size, accent + rng.random_range(0.2..0.8f32));
    }
    for _ in 0..14 {
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
