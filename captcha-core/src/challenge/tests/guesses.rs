//! Blind guesses: as often right as the ledger says.

use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};
use serde_json::json;

use super::*;
use crate::challenge::{click, drag, rotate, slide};

/// Guesses at one challenge; many more would only measure that challenge.
const EACH: u64 = 500;

/// The best that somebody can answer who has not seen the picture, but knows how places are drawn.
fn blind(kind: Kind, tolerance: u8, rng: &mut Generator) -> Value {
    let tolerance = u16::from(tolerance);
    match kind {
        // Nearer the ends fewer places lie within the tolerance.
        Kind::Slide => {
            let (first, end) = (slide::FIRST, slide::FIRST + slide::PLACES);
            json!({ "x": rng.random_range(first + tolerance..end - tolerance) })
        }
        Kind::Rotate => {
            let least = rotate::LEAST + tolerance;
            json!({ "angle": rng.random_range(least..=360 - least) })
        }
        Kind::Drag => {
            let last = slide::WIDTH as usize - drag::PIECE_WIDTH - drag::EDGE;
            let tolerance = usize::from(tolerance);
            let row = rng.random_range(0..drag::ROWS) * drag::ROW_STEP;
            json!({
                "x": rng.random_range(drag::EDGE + tolerance..=last - tolerance),
                "y": row + 6,
            })
        }
        _ => {
            let mut cells: Vec<usize> = (0..click::COLUMNS * click::ROWS).collect();
            cells.shuffle(rng);
            let points: Vec<Value> = (cells.iter().take(3))
                .map(|cell| {
                    let (column, row) = (cell % click::COLUMNS, cell / click::COLUMNS);
                    json!({ "x": 32 + 64 * column, "y": 40 + 80 * row })
                })
                .collect();
            json!({ "points": points })
        }
    }
}

/// The share of blind guesses that are right, and its standard error. What differs from one
/// challenge to the next is in it, since the error is taken from the shares by challenge.
fn share(kind: Kind, guesses: u64, laxer: u8, mut rng: Generator) -> (f64, f64) {
    let shares: Vec<f64> = (0..guesses / EACH)
        .map(|seed| {
            let drawn = Drawn::new(kind, Difficulty::Normal, seed);
            let tolerance = drawn.tolerance().unwrap();
            let drawn = drawn.laxer(laxer);
            let hits = (0..EACH)
                .filter(|_| drawn.judge(&blind(kind, tolerance, &mut rng)) == Verdict::Right);
            hits.count() as f64 / EACH as f64
        })
        .collect();
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    let squares: f64 = shares.iter().map(|share| (share - mean).powi(2)).sum();
    (mean, squares.sqrt() / shares.len() as f64)
}

#[test]
fn blind_guesses_are_right_as_often_as_the_ledger_says() {
    let guesses = count(100_000, 1_000_000);
    for kind in drawn() {
        if Drawn::new(kind, Difficulty::Normal, 0)
            .tolerance()
            .is_none()
        {
            continue;
        }
        let stated = Spec::of(kind).blind_guess();
        let rng = || Generator::seed_from_u64(5);
        let (found, error) = share(kind, guesses, 0, rng());
        assert!(error > 0.0 && error < stated / 10.0, "{kind:?}: {error}");
        assert!(
            (found - stated).abs() < 3.0 * error,
            "{kind:?}: {found}, {stated}"
        );
        // The control: a judge that takes a few pixels or degrees more is noticed. All of a cell
        // is within the reach of a tap, so that click is only noticed once cells overlap.
        let laxer = if kind == Kind::Click { 60 } else { 3 };
        let (found, error) = share(kind, guesses / 2, laxer, rng());
        assert!(found - stated > 3.0 * error, "{kind:?}: {found}, {stated}");
    }
}

type Texts = (Vec<char>, Vec<(Drawn, String)>, f64);

/// The characters in use, what was drawn of them, and the share that is as short as can be.
fn texts(kind: Kind) -> Option<Texts> {
    let drawn = (0..count(400, 4_000)).map(|seed| Drawn::new(kind, Difficulty::Normal, seed));
    let texts: Option<Vec<(Drawn, String)>> = drawn
        .map(|drawn| {
            let text = drawn.answer()["text"].as_str()?.to_owned();
            Some((drawn, text))
        })
        .collect();
    let texts = texts?;
    let mut alphabet: Vec<char> = texts.iter().flat_map(|(_, text)| text.chars()).collect();
    alphabet.sort_unstable();
    alphabet.dedup();
    let least = texts.iter().map(|(_, text)| text.len()).min()?;
    let short = texts.iter().filter(|(_, text)| text.len() == least).count();
    let share = short as f64 / texts.len() as f64;
    Some((alphabet, texts, share))
}

/// A text is guessed right once in tens of thousands of times: counting that would take millions
/// of guesses. Its characters are drawn one by one, though, and so they are guessed one by one, the
/// others being right; the chances multiply, and so does the chance of the length.
fn chance(kind: Kind, judge: impl Fn(&Drawn, &str, usize) -> Verdict) -> Option<(f64, f64)> {
    let (alphabet, texts, short) = texts(kind)?;
    let mut rng = Generator::seed_from_u64(6);
    let least = texts.iter().map(|(_, text)| text.len()).min()?;
    let each = count(100_000, 1_000_000) / (texts.len() * least) as u64;
    let tries = texts.len() as f64 * each as f64;
    let (mut product, mut error) = (short, (1.0 - short) / (short * texts.len() as f64));
    for at in 0..least {
        let mut hits = 0u64;
        for (drawn, text) in &texts {
            for _ in 0..each {
                let mut guess = text.clone();
                let character = alphabet.choose(&mut rng)?.to_string();
                guess.replace_range(at..=at, &character);
                hits += u64::from(judge(drawn, &guess, at) == Verdict::Right);
            }
        }
        let share = hits as f64 / tries;
        product *= share;
        error += (1.0 - share) / (share * tries);
    }
    Some((product, product * error.sqrt()))
}

#[test]
fn texts_are_guessed_as_rarely_as_the_ledger_says() {
    for kind in drawn() {
        let judge = |drawn: &Drawn, guess: &str, _: usize| drawn.judge(&json!({ "text": guess }));
        let Some((found, error)) = chance(kind, judge) else {
            continue;
        };
        let stated = Spec::of(kind).blind_guess();
        assert!(error < stated / 5.0, "{kind:?}: {error}");
        assert!(
            (found - stated).abs() < 3.0 * error,
            "{kind:?}: {found}, {stated}"
        );
        // The control: a judge to whom the first character counts for nothing is noticed.
        let lax = |drawn: &Drawn, guess: &str, at: usize| {
            if at == 0 {
                Verdict::Right
            } else {
                drawn.judge(&json!({ "text": guess }))
            }
        };
        let (found, error) = chance(kind, lax).unwrap();
        assert!(found - stated > 3.0 * error, "{kind:?}: {found}");
    }
}
