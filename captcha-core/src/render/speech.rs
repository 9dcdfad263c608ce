//! Speech from frames: pulses and breath through a filter that is set anew every few milliseconds.
//! Pitch, speed, the length of the vocal tract and the breath are free, so that no two words are alike.
#![allow(
    clippy::indexing_slicing,
    reason = "samples are indexed within buffers that were sized for them just before"
)]

use std::f32::consts::{FRAC_PI_2, PI};

use rand::{Rng, RngExt};

use super::Generator;
use super::sound::RATE;
use super::voice::{Frame, ORDER};

/// Samples between two settings of the filter.
const BLOCK: usize = 50;
/// Samples that one pulse is spread over.
const PULSE: usize = 16;
/// Nearest that two line spectral frequencies may come: nearer, the filter rings.
const APART: f32 = 0.03;

/// A voice.
#[derive(Clone, Debug)]
pub(crate) struct Speaker {
    /// Which of the recorded speakers it is made of.
    pub(crate) of: usize,
    /// Factor of the recorded pitch.
    pitch: f32,
    /// Factor of the recorded formants: above 1 for a shorter vocal tract.
    tract: f32,
    /// Share of breath in what is voiced.
    breath: f32,
    /// Below 1: formants are wider than recorded.
    width: f32,
    /// Above 0: darker than recorded, below brighter.
    tilt: f32,
    /// One pulse of the voice, of power 1.
    pulse: [f32; PULSE],
}

impl Speaker {
    /// Somebody.
    pub(crate) fn new(of: usize, rng: &mut Generator) -> Self {
        let mut pulse = [0.0; PULSE];
        pulse[0] = 1.0;
        // Two all-pass filters spread the pulse, each voice in its own way; bare ones would buzz.
        for _ in 0..2 {
            let a = rng.random_range(0.3..0.65f32);
            let (mut before, mut out) = (0.0, 0.0);
            for sample in &mut pulse {
                out = a * (out - *sample) + before;
                before = std::mem::replace(sample, out);
            }
        }
        Self {
            of,
            pitch: rng.random_range(0.82..1.22),
            tract: rng.random_range(0.91..1.11),
            breath: rng.random_range(0.02..0.2),
            width: rng.random_range(0.965..0.995),
            tilt: 0.0,
            pulse,
        }
    }

    /// The same voice in another mood.
    pub(crate) fn varied(&self, rng: &mut Generator) -> Self {
        Self {
            pitch: self.pitch * rng.random_range(0.9..1.1),
            tract: self.tract * rng.random_range(0.95..1.05),
            tilt: rng.random_range(-0.35..0.35),
            breath: self.breath * rng.random_range(0.7..1.3),
            ..self.clone()
        }
    }
}

/// How a word is said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delivery {
    /// Samples that it takes.
    pub(crate) length: usize,
    /// How far the middle comes early (above 0) or late, as a share of the length.
    pub(crate) lean: f32,
    /// Semitones by which the pitch rises from first to last.
    pub(crate) rise: f32,
    /// From the last frame to the first: speech that says nothing.
    pub(crate) backwards: bool,
}

/// Room for one word, used again for the next.
#[derive(Default)]
pub(crate) struct Throat {
    noise: Vec<u8>,
    excitation: Vec<f32>,
    voice: Vec<f32>,
}

impl Throat {
    /// Says a word at the loudness 1, as a mean over its loud parts.
    pub(crate) fn say(
        &mut self,
        word: &[Frame],
        speaker: &Speaker,
        delivery: Delivery,
        rng: &mut Generator,
    ) -> &[f32] {
        let blocks = delivery.length.div_ceil(BLOCK);
        let length = blocks * BLOCK;
        self.noise.resize(2 * length, 0);
        rng.fill_bytes(&mut self.noise);
        self.excitation.clear();
        self.excitation.resize(length + PULSE, 0.0);
        self.voice.clear();
        self.voice.reserve(length);
        // When the next pulse is due, in samples from the start of the block.
        let mut due = 0.0;
        let mut tract = Tract {
            tilt: speaker.tilt,
            ..Tract::default()
        };
        for block in 0..blocks {
            let share = (block as f32 + 0.5) / blocks as f32;
            let frame = moment(word, share, delivery);
            self.excite(block * BLOCK, &mut due, &frame, speaker, share, delivery);
            let factors = coefficients(&frame.lines, speaker);
            let at = block * BLOCK;
            tract.sound(&factors, &self.excitation[at..at + BLOCK], &mut self.voice);
        }
        level(&mut self.voice);
        &self.voice
    }

    fn excite(
        &mut self,
        at: usize,
        due: &mut f32,
        frame: &Frame,
        speaker: &Speaker,
        share: f32,
        delivery: Delivery,
    ) {
        let loud = if frame.decibels < 1.0 {
            0.0
        } else {
            ((frame.decibels - 63.0) / 6.02).exp2()
        };
        let voiced = frame.voiced * (1.0 - speaker.breath);
        // Uniform noise of two bytes has a third of its peak's power.
        let breath = loud * (3.0 * (1.0 - voiced)).sqrt() / 32_768.0;
        let (noise, _) = self.noise[2 * at..2 * (at + BLOCK)].as_chunks::<2>();
        for (sample, bytes) in self.excitation[at..].iter_mut().zip(noise) {
            *sample += f32::from(i16::from_le_bytes(*bytes)) * breath;
        }
        if frame.pitch > 0.0 {
            let rise = (delivery.rise / 12.0 * (share - 0.5)).exp2();
            let hz = (frame.pitch * speaker.pitch * rise).clamp(60.0, 400.0);
            let period = RATE as f32 / hz;
            let strength = loud * (voiced * period).sqrt();
            while *due < BLOCK as f32 {
                let first = at + due.max(0.0) as usize;
                for (sample, shape) in self.excitation[first..].iter_mut().zip(&speaker.pulse) {
                    *sample += shape * strength;
                }
                *due += period;
            }
        }
        *due = (*due - BLOCK as f32).max(0.0);
    }
}

/// The vocal tract, as what earlier samples add to those to come.
#[derive(Default)]
struct Tract {
    to_come: [f32; ORDER + 1],
    before: f32,
    tilt: f32,
}

impl Tract {
    fn sound(&mut self, factors: &[f32; ORDER], excitation: &[f32], voice: &mut Vec<f32>) {
        // Copies, which stay in registers.
        let (mut to_come, mut before) = (self.to_come, self.before);
        voice.extend(excitation.iter().map(|excited| {
            let sample = excited - to_come[0];
            for k in 0..ORDER {
                to_come[k] = to_come[k + 1] + factors[k] * sample;
            }
            // Undoes the emphasis of the analysis.
            let last = before;
            before = sample + 0.9 * last;
            before + self.tilt * last
        }));
        (self.to_come, self.before) = (to_come, before);
    }
}

/// What is said when `share` of the time has gone.
fn moment(word: &[Frame], share: f32, delivery: Delivery) -> Frame {
    let bent = share + delivery.lean * (PI * share).sin();
    let share = if delivery.backwards { 1.0 - bent } else { bent };
    let last = word.len().saturating_sub(1);
    let place = (share * last as f32).clamp(0.0, last as f32);
    let from = (place as usize).min(last.saturating_sub(1));
    let part = place - from as f32;
    let (one, other) = (word[from], word[(from + 1).min(last)]);
    let mix = |a: f32, b: f32| a + (b - a) * part;
    let mut lines = one.lines;
    for (line, other) in lines.iter_mut().zip(other.lines) {
        *line = mix(*line, other);
    }
    Frame {
        lines,
        decibels: mix(one.decibels, other.decibels),
        voiced: mix(one.voiced, other.voiced),
        pitch: match (one.pitch > 0.0, other.pitch > 0.0) {
            (true, true) => mix(one.pitch, other.pitch),
            _ => one.pitch.max(other.pitch),
        },
    }
}

/// The filter of these lines in the vocal tract of that speaker.
fn coefficients(lines: &[f32; ORDER], speaker: &Speaker) -> [f32; ORDER] {
    let mut cosines = [0.0; ORDER];
    let mut below = 0.0;
    for (number, (line, cosine)) in lines.iter().zip(&mut cosines).enumerate() {
        let room = (ORDER - number) as f32 * APART;
        let moved = stretched(*line, speaker.tract).clamp(below + APART, PI - room);
        below = moved;
        *cosine = -2.0 * cosine_of(moved);
    }
    // The two polynomials whose roots the lines are, as products of their pairs.
    let mut halves = [[0.0f32; ORDER + 2]; 2];
    for (half, sign) in halves.iter_mut().zip([1.0, -1.0]) {
        half[0] = 1.0;
        half[1] = sign;
    }
    for (number, cosine) in cosines.iter().enumerate() {
        let half = &mut halves[number % 2];
        for k in (2..ORDER + 2).rev() {
            half[k] += cosine * half[k - 1] + half[k - 2];
        }
        half[1] += cosine;
    }
    let mut factors = [0.0; ORDER];
    let mut width = 0.5;
    for k in 0..ORDER {
        width *= speaker.width;
        factors[k] = width * (halves[0][k + 1] + halves[1][k + 1]);
    }
    factors
}

/// The cosine of an angle from 0 to half a turn, to 2 in 10,000: a filter needs no better.
fn cosine_of(angle: f32) -> f32 {
    let from_middle = FRAC_PI_2 - angle;
    let square = from_middle * from_middle;
    from_middle * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)))
}

/// A frequency times `factor`, less and less so above 2.4 kHz, and the highest one unmoved.
fn stretched(line: f32, factor: f32) -> f32 {
    const BEND: f32 = 0.6 * PI;
    if line < BEND {
        line * factor
    } else {
        PI - (PI - line) * (PI - BEND * factor) / (PI - BEND)
    }
}

/// Sets the loudness to 1.
fn level(voice: &mut [f32]) {
    let loud = loudness(voice);
    if loud > 0.0 {
        voice.iter_mut().for_each(|sample| *sample *= 1.0 / loud);
    }
}

/// Root mean square over the loud stretches of 20 ms: pauses do not count.
pub(crate) fn loudness(samples: &[f32]) -> f32 {
    let powers: Vec<f32> = samples
        .chunks(RATE / 50)
        .map(|part| part.iter().map(|sample| sample * sample).sum::<f32>() / part.len() as f32)
        .collect();
    let most = powers.iter().copied().fold(0.0, f32::max);
    let loud = powers.iter().filter(|power| **power > 0.05 * most);
    let (sum, count) = loud.fold((0.0, 0.0f32), |(sum, count), power| {
        (sum + power, count + 1.0)
    });
    (sum / count.max(1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::render::voice::{HOP, Language, SPEAKERS, word};

    fn said(language: Language, of: usize, digit: usize, backwards: bool, seed: u64) -> Vec<f32> {
        let mut rng = Generator::seed_from_u64(seed);
        let speaker = Speaker::new(of, &mut rng).varied(&mut rng);
        let word = word(language, of, digit);
        let delivery = Delivery {
            length: word.len() * HOP,
            lean: 0.05,
            rise: 3.0,
            backwards,
        };
        let mut throat = Throat::default();
        throat.say(&word, &speaker, delivery, &mut rng).to_vec()
    }

    #[test]
    fn every_word_sounds_at_the_loudness_1_in_any_voice() {
        for language in Language::ALL {
            for of in 0..SPEAKERS {
                for digit in 0..10 {
                    for backwards in [false, true] {
                        let voice = said(language, of, digit, backwards, digit as u64);
                        let place = format!("{language:?} {of} {digit} {backwards}");
                        assert!((loudness(&voice) - 1.0).abs() < 0.01, "{place}");
                        // A filter that rings or runs away has peaks far above the mean.
                        let most = voice.iter().fold(0.0f32, |most, s| most.max(s.abs()));
                        assert!((1.0..12.0).contains(&most), "{place}: {most}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_filter_has_the_frequencies_that_it_was_made_of() {
        // Two lines close together are a resonance between them: the answer there is far stronger
        // than away from it.
        let mut rng = Generator::seed_from_u64(1);
        let mut speaker = Speaker::new(0, &mut rng);
        speaker.tract = 1.0;
        speaker.width = 1.0;
        let mut lines: [f32; ORDER] = std::array::from_fn(|n| (n + 1) as f32 * PI / 13.0);
        lines[5] = lines[4] + 0.05;
        let factors = coefficients(&lines, &speaker);
        let answer = |angle: f32| {
            let terms = factors.iter().zip(1..);
            let (re, im) = terms.fold((1.0, 0.0), |(re, im), (factor, k)| {
                let (sin, cos) = (angle * k as f32).sin_cos();
                (re + factor * cos, im - factor * sin)
            });
            1.0 / (re * re + im * im).sqrt()
        };
        let resonance = answer(lines[4] + 0.025);
        assert!(resonance > 2.0 * answer(lines[4] - 0.3));
        assert!(resonance > 2.0 * answer(lines[5] + 0.3));
    }

    #[test]
    fn a_longer_tract_has_lower_formants_and_the_ends_stay() {
        for factor in [0.86, 0.95, 1.0, 1.05, 1.17] {
            assert!((stretched(PI, factor) - PI).abs() < 1e-5);
            assert!((stretched(1.0, factor) - factor).abs() < 1e-6);
            let lines: Vec<f32> = (0..64)
                .map(|n| stretched(n as f32 * PI / 64.0, factor))
                .collect();
            assert!(lines.is_sorted_by(|a, b| a < b), "{factor}");
        }
    }

    #[test]
    fn the_cosine_is_near_enough() {
        for n in 0..=1_000 {
            let angle = n as f32 * PI / 1_000.0;
            assert!((cosine_of(angle) - angle.cos()).abs() < 2e-4, "{angle}");
        }
    }
}
