//! Our kinds and other crates in one run, each as its own documentation shows it:
//! `cargo run --release --manifest-path captcha-core/benches/peers/Cargo.toml`, with a number of
//! drawings of each after `--`, if 200 are too few.

#[path = "../../measure/mod.rs"]
mod measure;
#[path = "../../measure/ours.rs"]
mod ours;

use captcha::Captcha;
use captcha::filters::{Dots, Noise, Wave};
use measure::Figures;

/// A part of DejaVu Sans with the characters that are drawn here.
const FONT: &[u8] = include_bytes!("../../../fixtures/fonts/dejavu-sans-part.ttf");

fn main() {
    let count = std::env::args().find_map(|argument| argument.parse().ok());
    let count = count.unwrap_or(200);
    println!("{}", measure::HEAD);
    for figures in ours::figures(count) {
        println!("{}", figures.line());
    }
    let peer = |name: &str, pixels: usize, draw: &dyn Fn() -> Vec<u8>| {
        let draw = |_| (vec![draw()], pixels);
        println!("{}", Figures::of(name, 0..count, draw, |_| None).line());
    };
    peer("captcha-rs 130x40", 130 * 40, &|| {
        let builder = captcha_rs::CaptchaBuilder::new().length(5);
        builder
            .width(130)
            .height(40)
            .build()
            .to_base64()
            .into_bytes()
    });
    peer("captcha_rust 200x70", 200 * 70, &|| {
        captcha_rust::Captcha::new(5, 200, 70).base_img.into_bytes()
    });
    let fonts = vec![captcha_a::Font::try_from_bytes(FONT).expect("a font")];
    peer("captcha-a 200x70", 200 * 70, &|| {
        let builder = captcha_a::CaptchaBuilder {
            width: 200,
            height: 70,
            length: 5,
            // What the part of the font has.
            source: "ACEHJLPTX36".to_owned(),
            fonts: &fonts,
            ..Default::default()
        };
        builder.build().expect("a picture").data().to_vec()
    });
    peer("captcha 220x120", 220 * 120, &|| {
        let mut captcha = Captcha::new();
        captcha
            .add_chars(5)
            .apply_filter(Noise::new(0.4))
            .apply_filter(Wave::new(2.0, 20.0).horizontal())
            .apply_filter(Wave::new(2.0, 20.0).vertical())
            .view(220, 120)
            .apply_filter(Dots::new(15));
        captcha.as_png().expect("a picture")
    });
    peer("biosvg (no pixels)", 0, &|| {
        let colours = ["#0078D6", "#aa3333", "#f08012", "#33aa00", "#aa33aa"];
        let builder = biosvg::BiosvgBuilder::new().length(4).difficulty(6);
        let builder = builder.colors(colours.map(str::to_owned).to_vec());
        builder.build().expect("a picture").1.into_bytes()
    });
}
