//! Our own kinds.

use captcha_core::testing::{self, Pixels};
use captcha_core::{Difficulty, Kind};

use super::measure::{Figures, timed};

/// The figures of every kind that is drawn, at Normal.
pub(crate) fn figures(count: u64) -> Vec<Figures> {
    let files = |kind, seed| {
        let drawing = testing::draw(kind, Difficulty::Normal, None, seed);
        let mut files = vec![drawing.image, drawing.part, drawing.sound];
        files.retain(|file| !file.is_empty());
        files
    };
    let encode = |files: &[Vec<u8>]| {
        let pixels: Option<Vec<Pixels>> = files.iter().map(|file| Pixels::of(file)).collect();
        let pixels = pixels?;
        let (_, took) = timed(|| pixels.iter().map(Pixels::encode).collect::<Vec<_>>());
        Some(took)
    };
    // Of a stamp there is nothing to draw; a sound has no pixels, and its encoder only rounds.
    Kind::ALL
        .into_iter()
        .filter(|kind| *kind != Kind::Work)
        .map(|kind| {
            let pixels = |file: &Vec<u8>| Pixels::of(file).map_or(0, |pixels| pixels.count());
            let pixels = files(kind, 0).iter().map(pixels).sum();
            Figures::of(
                kind.name(),
                0..count,
                |seed| (files(kind, seed), pixels),
                encode,
            )
        })
        .collect()
}
