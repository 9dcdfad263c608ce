//! The kinds of challenge. Each file draws one kind and judges its answers, and knows nothing of
//! sealing, stores or HTTP.

pub(crate) mod audio;
pub(crate) mod click;
pub(crate) mod drag;
pub(crate) mod rotate;
pub(crate) mod slide;
mod sum;
pub(crate) mod text;
pub(crate) mod work;

use std::sync::Arc;

use rand::rngs::ChaCha12Rng;
use serde::de::{self, Deserialize};

pub use text::TextOptions;

use crate::render::{Picture, host::Host, lettering::Style, sound::Sound, voice::Language};

/// The generator that draws a challenge: ChaCha, seeded with 32 bytes that are never reused.
pub(crate) type Generator = ChaCha12Rng;

/// A kind of challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// Slide a piece of the picture home, along its row.
    Slide,
    /// Read a few characters.
    Text,
    /// Turn the disc until the picture fits.
    Rotate,
    /// Tap the named shapes in their order.
    Click,
    /// Put a piece of the picture where it belongs, free in both directions.
    Drag,
    /// Type the digits that are read out.
    Audio,
    /// No puzzle: a bigger proof-of-work stamp, computed by the browser.
    Work,
}

impl Kind {
    /// Every kind, in the order of the enum.
    pub const ALL: [Self; 7] = [
        Self::Slide,
        Self::Text,
        Self::Rotate,
        Self::Click,
        Self::Drag,
        Self::Audio,
        Self::Work,
    ];

    /// The name used in the protocol: `slide`, `text`, `rotate`, `click`, `drag`, `audio`,
    /// `work`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slide => "slide",
            Self::Text => "text",
            Self::Rotate => "rotate",
            Self::Click => "click",
            Self::Drag => "drag",
            Self::Audio => "audio",
            Self::Work => "work",
        }
    }

    /// Whether there is anything to draw.
    pub(crate) const fn is_drawn(self) -> bool {
        !matches!(self, Self::Work)
    }

    /// Whether it is something to solve, rather than what stands in for that.
    pub(crate) const fn is_puzzle(self) -> bool {
        !matches!(self, Self::Work)
    }

    /// The kind of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How hard a puzzle is, for machines and for people alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Difficulty {
    /// Fewer candidates, wider tolerance.
    Easy,
    /// What the published figures are measured at.
    #[default]
    Normal,
    /// More candidates, narrower tolerance.
    Hard,
}

/// The share of discs that are taken to be turned right by who has the picture and aligns both parts
/// with it. Pieces and gaps show nothing of a picture.
const KNOWN_PICTURE: f64 = 0.7;

/// What is to be drawn.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) kind: Kind,
    pub(crate) difficulty: Difficulty,
    /// One style of text alone, which only the gallery asks for.
    pub(crate) style: Option<Style>,
    /// What text says.
    pub(crate) text: TextOptions,
    /// Pictures, things and fonts of the host's own.
    pub(crate) host: Option<Arc<Host>>,
    /// What audio is spoken in.
    pub(crate) language: Language,
}

impl Spec {
    pub(crate) fn of(kind: Kind) -> Self {
        Self {
            kind,
            difficulty: Difficulty::Normal,
            style: None,
            text: TextOptions::default(),
            host: None,
            language: Language::English,
        }
    }

    /// The share of puzzles that public solvers are held to (`docs/resistance.md`). Measured at
    /// Normal; Easy is taken to be half as good, Hard no better. Of pictures of the host's own the
    /// attacker is taken to have the originals.
    pub(crate) fn solver_ceiling(&self) -> f64 {
        let ceiling: f64 = match self.kind {
            Kind::Slide => 0.25,
            Kind::Text => 0.03,
            Kind::Rotate | Kind::Drag => 0.15,
            Kind::Audio | Kind::Click => 0.10,
            Kind::Work => 1.0,
        };
        let ceiling = match self.difficulty {
            Difficulty::Easy => (ceiling * 2.0).min(1.0),
            Difficulty::Normal | Difficulty::Hard => ceiling,
        };
        let photos = match self.kind {
            Kind::Rotate => self
                .host
                .as_ref()
                .map_or(0.0, |host| host.share_of_photos()),
            _ => 0.0,
        };
        ceiling + (ceiling.max(KNOWN_PICTURE) - ceiling) * photos
    }

    /// The chance that one guess without looking is right. Of `work` there is nothing to guess.
    pub(crate) fn blind_guess(&self) -> f64 {
        match self.kind {
            Kind::Slide => slide::blind_guess(self.difficulty),
            Kind::Text => self.text.blind_guess(self.difficulty),
            Kind::Rotate => rotate::blind_guess(self.difficulty),
            Kind::Click => click::blind_guess(self.difficulty),
            Kind::Drag => drag::blind_guess(self.difficulty),
            Kind::Audio => audio::blind_guess(self.difficulty),
            Kind::Work => 1.0,
        }
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

/// The pictures or the sound of one challenge, as drawn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prompt {
    /// The picture.
    pub(crate) image: Option<Picture>,
    /// The piece that is moved, and where it starts.
    pub(crate) piece: Option<Piece>,
    /// The disc that is turned.
    pub(crate) disc: Option<Picture>,
    /// The shapes to tap, in their order, and how many they are.
    pub(crate) order: Option<(Picture, usize)>,
    /// Whether the picture shows a sum, whose result is asked for.
    pub(crate) arithmetic: bool,
    /// The sound to listen to.
    pub(crate) audio: Option<Sound>,
}

/// A loose piece of the picture.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// Its picture, transparent around the outline.
    pub(crate) picture: Picture,
    /// Left edge at the start, in picture pixels.
    pub(crate) x: u32,
    /// Top edge at the start, in picture pixels.
    pub(crate) y: u32,
}

/// What solves a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Solution {
    Slide(slide::Solution),
    Text(text::Solution),
    Rotate(rotate::Solution),
    Click(click::Solution),
    Drag(drag::Solution),
    Audio(audio::Solution),
    /// The stamp is all.
    Work,
}

/// Draws a challenge; of kind `work` there is nothing to draw.
pub(crate) fn draw(spec: &Spec, rng: &mut Generator) -> (Prompt, Solution) {
    let difficulty = spec.difficulty;
    let host = spec.host.as_deref();
    match spec.kind {
        Kind::Slide => wrap(slide::generate(difficulty, host, rng), Solution::Slide),
        Kind::Text => wrap(
            text::generate(&spec.text, difficulty, spec.style, host, rng),
            Solution::Text,
        ),
        Kind::Rotate => wrap(rotate::generate(difficulty, host, rng), Solution::Rotate),
        Kind::Click => wrap(click::generate(difficulty, host, rng), Solution::Click),
        Kind::Drag => wrap(drag::generate(difficulty, host, rng), Solution::Drag),
        Kind::Audio => wrap(
            audio::generate(difficulty, spec.language, rng),
            Solution::Audio,
        ),
        Kind::Work => (Prompt::default(), Solution::Work),
    }
}

fn wrap<S>((prompt, solution): (Prompt, S), of: fn(S) -> Solution) -> (Prompt, Solution) {
    (prompt, of(solution))
}

impl Solution {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Slide(_) => Kind::Slide,
            Self::Text(_) => Kind::Text,
            Self::Rotate(_) => Kind::Rotate,
            Self::Click(_) => Kind::Click,
            Self::Drag(_) => Kind::Drag,
            Self::Audio(_) => Kind::Audio,
            Self::Work => Kind::Work,
        }
    }

    /// What it is spoken in; of a picture, what it would be.
    pub(crate) fn language(&self) -> Language {
        match self {
            Self::Audio(solution) => solution.language,
            _ => Language::default(),
        }
    }

    /// Judges the JSON of an answer.
    ///
    /// # Errors
    /// When it has not the shape that this kind asks for.
    pub(crate) fn judge(&self, answer: &str) -> Result<Verdict, serde_json::Error> {
        let answer = answer.as_bytes();
        Ok(match self {
            Self::Slide(solution) => solution.judge(&from_object(answer)?),
            Self::Text(solution) => solution.judge(&from_object(answer)?),
            Self::Rotate(solution) => solution.judge(&from_object(answer)?),
            Self::Click(solution) => solution.judge(&from_object(answer)?),
            Self::Drag(solution) => solution.judge(&from_object(answer)?),
            Self::Audio(solution) => solution.judge(&from_object(answer)?),
            Self::Work => {
                from_object::<work::Answer>(answer)?;
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

#[cfg(test)]
mod tests;
