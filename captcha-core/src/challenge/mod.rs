//! The kinds of challenge. Each file draws one kind and judges its answers, and knows nothing of
//! sealing, stores or HTTP.

pub(crate) mod slide;
pub(crate) mod text;
pub(crate) mod work;

use rand::rngs::ChaCha12Rng;
use serde::de::{self, Deserialize};

use crate::render::Picture;

/// The generator that draws a challenge: ChaCha, seeded with 32 bytes that are never reused.
pub(crate) type Generator = ChaCha12Rng;

/// A kind of challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// Slide a piece of the picture home.
    Slide,
    /// Read five or six characters.
    Text,
    /// No puzzle: a bigger proof-of-work stamp, computed by the browser.
    Work,
}

impl Kind {
    /// Every kind, in the order of the enum.
    pub const ALL: [Self; 3] = [Self::Slide, Self::Text, Self::Work];

    /// The name used in the protocol: `slide`, `text`, `work`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slide => "slide",
            Self::Text => "text",
            Self::Work => "work",
        }
    }

    /// Whether there is a picture to draw.
    pub(crate) const fn is_drawn(self) -> bool {
        !matches!(self, Self::Work)
    }

    /// The chance that one guess without looking is right. Of `work` there is nothing to guess.
    ///
    /// It says nothing of machines that look: who can find the gaps of a slide puzzle, but not
    /// tell them apart, is right once in four.
    #[must_use]
    pub const fn blind_guess(self) -> f64 {
        match self {
            Self::Slide => slide::BLIND_GUESS,
            Self::Text => text::BLIND_GUESS,
            Self::Work => 1.0,
        }
    }

    /// The kind of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a judge says. An enum, so that a missing answer can never look like a false `true`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// The answer solves the challenge.
    Right,
    /// It does not.
    Wrong,
}

impl Verdict {
    pub(crate) fn of(right: bool) -> Self {
        if right { Self::Right } else { Self::Wrong }
    }
}

/// The pictures of one challenge, as drawn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prompt {
    /// The picture.
    pub(crate) image: Option<Picture>,
    /// The piece that is slid, and where it starts.
    pub(crate) piece: Option<Piece>,
}

/// A loose piece of the picture.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// Its picture, transparent around the outline.
    pub(crate) picture: Picture,
    /// Left edge at the start, in picture pixels.
    pub(crate) x: u32,
    /// Top edge, in picture pixels.
    pub(crate) y: u32,
}

/// What solves a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Solution {
    Slide(slide::Solution),
    Text(text::Solution),
    /// The stamp is all.
    Work,
}

/// Draws a challenge of `kind`; of kind `work` there is nothing to draw.
pub(crate) fn draw(kind: Kind, rng: &mut Generator) -> (Prompt, Solution) {
    match kind {
        Kind::Slide => {
            let (prompt, solution) = slide::generate(rng);
            (prompt, Solution::Slide(solution))
        }
        Kind::Text => {
            let (prompt, solution) = text::generate(rng);
            (prompt, Solution::Text(solution))
        }
        Kind::Work => (Prompt::default(), Solution::Work),
    }
}

impl Solution {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Slide(_) => Kind::Slide,
            Self::Text(_) => Kind::Text,
            Self::Work => Kind::Work,
        }
    }

    /// Judges the JSON of an answer.
    ///
    /// # Errors
    /// When it has not the shape that this kind asks for.
    pub(crate) fn judge(&self, answer: &str) -> Result<Verdict, serde_json::Error> {
        Ok(match self {
            Self::Slide(solution) => solution.judge(&from_object(answer.as_bytes())?),
            Self::Text(solution) => solution.judge(&from_object(answer.as_bytes())?),
            Self::Work => {
                from_object::<work::Answer>(answer.as_bytes())?;
                Verdict::Right
            }
        })
    }
}

/// Reads a JSON object. What serde derives for a struct would take an array as well.
pub(crate) fn from_object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, serde_json::Error> {
    if json.trim_ascii_start().starts_with(b"[") {
        return Err(de::Error::invalid_type(de::Unexpected::Seq, &"an object"));
    }
    serde_json::from_slice(json)
}
