//! Digits read out among other sounds: speech that says nothing, hiss that comes and goes, tones
//! that glide. The digits stay clearly louder than all of that together.
#![allow(
    clippy::indexing_slicing,
    reason = "samples are indexed within buffers of the clip's own length"
)]

use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};

use super::Generator;
use super::sound::{self, RATE, Sound};
use super::speech::{Delivery, Speaker, Throat, loudness};
use super::voice::{self, HOP, Language, SPEAKERS};

/// Samples of a clip for each digit, and for the moments before and after.
const EACH: usize = RATE * 7 / 5;
const AROUND: usize = RATE * 2 / 5;
/// Shortest pause between two digits, and before the first.
const PAUSE: usize = RATE / 8;

/// By how many dB a digit is louder than everything else together while it is said, at least.
const CLEARANCE: std::ops::Range<f32> = 4.5..6.5;

/// Samples of a clip of that many digits: the length tells nothing else.
pub(crate) const fn length(digits: usize) -> usize {
    AROUND + digits * EACH
}

/// Reads out `digits` (values, not characters) in `language`.
pub(crate) fn recite(digits: &[u8], language: Language, rng: &mut Generator) -> Sound {
    let samples = Layers::draw(digits, language, rng).mixed(rng);
    sound::encode(&samples, rng)
}

/// The digits alone, each said once without anything else: what a template is made of.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn plain(digit: u8, language: Language, rng: &mut Generator) -> Sound {
    let mut throat = Throat::default();
    let speaker = Speaker::new(rng.random_range(0..SPEAKERS), rng);
    let word = voice::word(language, speaker.of, digit.into());
    let delivery = Delivery {
        length: word.len() * HOP,
        lean: 0.0,
        rise: 0.0,
        backwards: false,
    };
    let said = throat.say(&word, &speaker, delivery, rng);
    let mut samples = vec![0.0; RATE / 4];
    samples.extend(said.iter().map(|sample| sample * 0.2));
    samples.resize(samples.len() + RATE / 4, 0.0);
    sound::encode(&samples, rng)
}

/// What a clip is mixed from.
pub(crate) struct Layers {
    /// The digits.
    pub(crate) speech: Vec<f32>,
    /// Everything else.
    pub(crate) background: Vec<f32>,
}

impl Layers {
    pub(crate) fn draw(digits: &[u8], language: Language, rng: &mut Generator) -> Self {
        let mut throat = Throat::default();
        let speaker = Speaker::new(rng.random_range(0..SPEAKERS), rng);
        let mut background = vec![0.0; length(digits.len())];
        chatter(&mut background, language, &speaker, &mut throat, rng);
        weather(&mut background, rng);
        let speech = foreground(&background, digits, language, &speaker, &mut throat, rng);
        Self { speech, background }
    }

    /// Both, in one room, as loud as fits.
    fn mixed(self, rng: &mut Generator) -> Vec<f32> {
        let mut samples = self.speech;
        for (sample, other) in samples.iter_mut().zip(&self.background) {
            *sample += other;
        }
        room(&mut samples, rng);
        let most = samples
            .iter()
            .fold(0.0f32, |most, sample| most.max(sample.abs()));
        let level = rng.random_range(0.85..0.98) / most.max(1e-9);
        samples.iter_mut().for_each(|sample| *sample *= level);
        samples
    }
}

/// The digits, each louder than what goes on meanwhile.
fn foreground(
    background: &[f32],
    digits: &[u8],
    language: Language,
    speaker: &Speaker,
    throat: &mut Throat,
    rng: &mut Generator,
) -> Vec<f32> {
    let mut speech = vec![0.0; background.len()];
    let usual = 0.8 * loudness(background);
    let tempo = rng.random_range(1.0..1.45f32);
    let words: Vec<_> = digits
        .iter()
        .map(|digit| {
            let word = voice::word(language, speaker.of, usize::from(*digit));
            let stretch = tempo * rng.random_range(0.85..1.18);
            let length = (word.len() * HOP) as f32 * stretch;
            (word, length)
        })
        .collect();
    // What is left of the clip is shared out among the pauses; long words make room for that.
    let pauses = digits.len() + 1;
    let room = (speech.len() - pauses * PAUSE) as f32 * 0.85;
    let total: f32 = words.iter().map(|(_, length)| length).sum();
    let fit = (room / total.max(1.0)).min(1.0);
    let spare = speech.len() as f32 - (pauses * PAUSE) as f32 - total * fit;
    let shares: Vec<f32> = (0..pauses)
        .map(|_| rng.random_range(0.15..1.0f32))
        .collect();
    let sum: f32 = shares.iter().sum();
    let mut at = 0;
    for ((word, length), share) in words.iter().zip(&shares) {
        at += PAUSE + (spare * share / sum) as usize;
        let delivery = Delivery {
            length: (length * fit) as usize,
            lean: rng.random_range(-0.1..0.1),
            rise: rng.random_range(-4.0..4.0),
            backwards: false,
        };
        let meanwhile = background.get(at..at + delivery.length).unwrap_or_default();
        let clearance = (rng.random_range(CLEARANCE) / 6.02).exp2();
        let level = loudness(meanwhile).max(usual) * clearance;
        let said = throat.say(word, &speaker.varied(rng), delivery, rng);
        add(&mut speech, at, said, level);
        at += delivery.length;
    }
    speech
}

fn add(samples: &mut [f32], at: usize, said: &[f32], level: f32) {
    for (sample, said) in samples.iter_mut().skip(at).zip(said) {
        *sample += said * level;
    }
}

/// Voices in other languages that speak backwards, one after the other, over digits and pauses.
fn chatter(
    samples: &mut [f32],
    language: Language,
    speaker: &Speaker,
    throat: &mut Throat,
    rng: &mut Generator,
) {
    let mut at = 0;
    while at < samples.len() {
        let other = Speaker::new((speaker.of + 1) % SPEAKERS, rng);
        for _ in 0..rng.random_range(2..5) {
            let foreign = *Language::ALL.choose(rng).unwrap_or(&language);
            let word = voice::word(foreign, other.of, rng.random_range(0..10));
            let delivery = Delivery {
                length: rng.random_range(RATE / 4..RATE * 3 / 5),
                lean: rng.random_range(-0.1..0.1),
                rise: rng.random_range(-6.0..6.0),
                backwards: true,
            };
            let said = throat.say(&word, &other, delivery, rng);
            add(samples, at, said, rng.random_range(0.6..1.2));
            at += delivery.length + rng.random_range(0..RATE / 8);
        }
    }
}

/// Hiss whose colour and loudness wander, and two tones that glide up and down.
fn weather(samples: &mut [f32], rng: &mut Generator) {
    let mut noise = [[0; 2]; RATE / 20];
    let (mut low, mut lower) = (0.0f32, 0.0f32);
    let [mut loud, mut colour] = [0.5f32, 0.5];
    let mut tones: [Tone; 2] = std::array::from_fn(|_| Tone::new(rng));
    for part in samples.chunks_mut(noise.len()) {
        rng.fill_bytes(noise.as_flattened_mut());
        let [loud_step, colour_step] = [
            (rng.random_range(0.1..1.0) - loud) / part.len() as f32,
            (rng.random_range(0.15..0.9) - colour) / part.len() as f32,
        ];
        for tone in &mut tones {
            tone.glide(rng);
        }
        let [one, other] = &mut tones;
        for (sample, bytes) in part.iter_mut().zip(&noise) {
            loud += loud_step;
            colour += colour_step;
            let white = f32::from(i16::from_le_bytes(*bytes)) / 18_918.0;
            low += colour * (white - low);
            lower += 0.08 * (low - lower);
            *sample += (low - lower) * loud * 1.2 + one.next() + other.next();
        }
    }
}

/// A tone as a pointer that turns.
struct Tone {
    hz: f32,
    at: [f32; 2],
    turn: [f32; 2],
}

impl Tone {
    fn new(rng: &mut Generator) -> Self {
        Self {
            hz: rng.random_range(150.0..1_500.0),
            at: [0.0, rng.random_range(0.05..0.2)],
            turn: [0.0, 1.0],
        }
    }

    fn glide(&mut self, rng: &mut Generator) {
        self.hz = (self.hz * rng.random_range(0.85..1.18f32)).clamp(120.0, 2_400.0);
        self.turn = (self.hz * std::f32::consts::TAU / RATE as f32)
            .sin_cos()
            .into();
    }

    #[inline(always)]
    fn next(&mut self) -> f32 {
        let ([sin, cos], [s, c]) = (self.at, self.turn);
        self.at = [sin * c + cos * s, cos * c - sin * s];
        sin
    }
}

/// A room with two walls, and a microphone of its own colour.
fn room(samples: &mut [f32], rng: &mut Generator) {
    let walls: [(usize, f32); 2] = std::array::from_fn(|_| {
        (
            rng.random_range(RATE / 100..RATE / 20),
            rng.random_range(0.1..0.3),
        )
    });
    for (delay, strength) in walls {
        for n in delay..samples.len() {
            samples[n] += samples[n - delay] * strength;
        }
    }
    let tilt = rng.random_range(-0.4..0.3f32);
    let mut before = 0.0;
    for sample in samples {
        let now = *sample;
        *sample += tilt * before;
        before = now;
    }
}

#[cfg(test)]
mod tests;
