//! Our own kinds.

use captcha_core::testing::{self, Drawing, Pixels};
use captcha_core::{Difficulty, Kind};

use super::measure::{Figures, timed};

/// The figures of every kind that is drawn, at Normal; of those that the command line names, where it names some.
pub(crate) fn figures(count: u64) -> Vec<Figures> {
    let named = |kind: &Kind| std::env::args().skip(1).any(|word| word == kind.name());
    let all = !Kind::ALL.iter().any(named);
    // Of a stamp there is nothing to draw.
    Kind::ALL
        .into_iter()
        .filter(|kind| *kind != Kind::Work && (all || named(kind)))
        .map(|kind| {
            let draw = |seed| testing::draw(kind, Difficulty::Normal, None, seed);
            of(kind.name(), count, draw)
        })
        .collect()
}

/// What the pictures and icons of a folder change, without the built-in ones.
#[cfg(feature = "assets")]
pub(crate) fn figures_with(assets: &captcha_core::Assets, count: u64) -> Vec<Figures> {
    let mut figures = Vec::new();
    let mut add = |name: &str, kind, assets: &captcha_core::Assets| {
        let draw = |seed| testing::draw_with(assets, kind, Difficulty::Normal, None, seed);
        // Whatever is wrong with the folder is wrong with every drawing.
        if let Err(error) = draw(0) {
            eprintln!("{name}: {error}");
            return;
        }
        let name = format!("{name}, own");
        figures.push(of(&name, count, |seed| draw(seed).unwrap_or_default()));
    };
    if assets.backgrounds() > 0 {
        let own = assets.clone().only_own_backgrounds();
        for kind in [Kind::Slide, Kind::Drag, Kind::Rotate] {
            add(kind.name(), kind, &own);
        }
    }
    if assets.icons() > 0 {
        add("click", Kind::Click, &assets.clone().only_own_icons());
    }
    figures
}

fn of(name: &str, count: u64, draw: impl Fn(u64) -> Drawing) -> Figures {
    let files = |seed| {
        let drawing = draw(seed);
        let mut files = vec![drawing.image, drawing.part, drawing.sound];
        files.retain(|file| !file.is_empty());
        files
    };
    // A sound has no pixels, and its encoder only rounds.
    let encode = |files: &[Vec<u8>]| {
        let pixels: Option<Vec<Pixels>> = files.iter().map(|file| Pixels::of(file)).collect();
        let pixels = pixels?;
        let (_, took) = timed(|| pixels.iter().map(Pixels::encode).collect::<Vec<_>>());
        Some(took)
    };
    let pixels = |file: &Vec<u8>| Pixels::of(file).map_or(0, |pixels| pixels.count());
    let pixels = files(0).iter().map(pixels).sum();
    Figures::of(name, 0..count, |seed| (files(seed), pixels), encode)
}
