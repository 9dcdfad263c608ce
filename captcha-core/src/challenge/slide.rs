//! Slide: a piece is missing from a picture that also has decoy gaps on the same row; slide the
//! piece home.

use rand::RngExt;

use super::{Generator, Piece, Prompt, Verdict};
use crate::render::canvas::Canvas;
use crate::render::cutout::{Cutout, GapStyle, PIECE_HEIGHT, PIECE_WIDTH};
use crate::render::encode::Indexed;
use crate::render::outline::Outline;
use crate::render::quantize::quantize;
use crate::render::scene;

/// Width of the picture in pixels.
pub(crate) const WIDTH: u32 = 320;
/// Height of the picture in pixels.
pub(crate) const HEIGHT: u32 = 160;

/// Pixels that an answer may be off, to either side.
pub(crate) const TOLERANCE: u16 = 5;

/// Least x of a gap: clear of where the piece starts.
const FIRST: u16 = 56;
/// Number of places that a gap can have, each as likely as any other.
const PLACES: u16 = WIDTH as u16 - PIECE_WIDTH as u16 - 4 - FIRST + 1;
/// Gaps in a picture: the piece's own and the decoys.
const GAPS: usize = 4;
/// Least distance between the left edges of two gaps: no two touch.
const APART: u16 = 50;
/// Colours of the picture.
const COLOURS: usize = 80;

/// Chance of a blind guess: the places within the tolerance, among all. Whoever can tell gaps from
/// scenery, but not the gaps from each other, is right once in four.
pub(crate) const BLIND_GUESS: f64 = (2 * TOLERANCE + 1) as f64 / PLACES as f64;

/// Where the piece belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Solution {
    /// Left edge of the piece's picture when home, in picture pixels.
    pub(crate) x: u16,
}

/// Where the piece was left.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// Left edge of the piece's picture, in picture pixels.
    pub(crate) x: f64,
}

impl Solution {
    /// Right within the tolerance. What is no place in the picture, or no number, is wrong.
    pub(crate) fn judge(self, answer: &Answer) -> Verdict {
        let reachable = 0.0..=f64::from(WIDTH) - PIECE_WIDTH as f64;
        let distance = (answer.x - f64::from(self.x)).abs();
        Verdict::of(reachable.contains(&answer.x) && distance <= f64::from(TOLERANCE))
    }
}

/// Draws a challenge.
pub(crate) fn generate(rng: &mut Generator) -> (Prompt, Solution) {
    let mut canvas = Canvas::new(WIDTH as usize, HEIGHT as usize);
    scene::paint(&mut canvas, rng);
    let [home, decoys @ ..] = places(rng);
    let y = row(&canvas, rng);

    let outline = Outline::new(rng);
    let own = Cutout::new(&outline);
    let style = GapStyle::new(rng);
    let whole = canvas.clone();
    own.gap(&mut canvas, &whole, (usize::from(home), y), &style, rng);
    for x in decoys {
        let decoy = decoy(&outline, &own, rng);
        decoy.gap(&mut canvas, &whole, (usize::from(x), y), &style, rng);
    }
    let piece = own.piece(&whole, (usize::from(home), y), rng);

    let (indices, colours) = quantize(canvas.pixels(), COLOURS);
    let palette: Vec<[u8; 4]> = colours.iter().map(|[r, g, b]| [*r, *g, *b, 255]).collect();
    let image = Indexed {
        width: WIDTH as usize,
        indices: &indices,
        palette: &palette,
    }
    .encode();
    let piece = Piece {
        picture: piece,
        x: 0,
        y: y as u32,
    };
    (
        Prompt {
            image: Some(image),
            piece: Some(piece),
        },
        Solution { x: home },
    )
}

/// Left edges of the gaps, the piece's own first.
///
/// They lie as on a ring, turned by any angle, so that each place is as likely as any other; and the
/// piece's own is any one of them, so that how they lie says nothing of which it is.
fn places(rng: &mut Generator) -> [u16; GAPS] {
    let slack = PLACES - APART * GAPS as u16;
    let mut shifts = [(); GAPS].map(|()| rng.random_range(0..=slack));
    shifts.sort_unstable();
    let turn = rng.random_range(0..PLACES);
    let mut offset = 0;
    let mut places = shifts.map(|shift| {
        let place = FIRST + (offset + shift + turn) % PLACES;
        offset += APART;
        place
    });
    places.rotate_left(rng.random_range(0..GAPS));
    places
}

/// The row of the gaps: of three at random, the one where the most goes on, since a piece of plain
/// sky could belong anywhere.
fn row(canvas: &Canvas, rng: &mut Generator) -> usize {
    let last = HEIGHT as usize - PIECE_HEIGHT - 6;
    let rows = [(); 3].map(|()| rng.random_range(6..=last));
    let detail = |top: &usize| -> u32 {
        let lines = canvas.rows().skip(*top).take(PIECE_HEIGHT).step_by(3);
        lines
            .flat_map(|line| line.iter().zip(line.iter().skip(6)).step_by(4))
            .map(|([_, a, _], [_, b, _])| u32::from(a.abs_diff(*b).min(60)))
            .sum()
    };
    rows.into_iter().max_by_key(detail).unwrap_or(last)
}

/// A gap that is like the piece's own, yet plainly another.
fn decoy(outline: &Outline, own: &Cutout, rng: &mut Generator) -> Cutout {
    let mut best = Cutout::new(&outline.near(rng));
    for _ in 0..8 {
        if (0.12..0.34).contains(&own.difference(&best)) {
            break;
        }
        best = Cutout::new(&outline.near(rng));
    }
    best
}
