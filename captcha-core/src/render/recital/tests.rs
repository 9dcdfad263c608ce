use std::f32::consts::{FRAC_1_SQRT_2, TAU};

use rand::SeedableRng;

use super::*;

const DIGITS: [u8; 5] = [3, 1, 4, 0, 9];

fn layers(language: Language, seed: u64) -> Layers {
    Layers::draw(&DIGITS, language, &mut Generator::seed_from_u64(seed))
}

/// What a telephone lets through: 300 to 3,400 Hz.
fn through_a_telephone(samples: &[f32]) -> Vec<f32> {
    let mut samples = samples.to_vec();
    for (hz, high) in [(300.0f32, true), (3_400.0, false)] {
        let (sin, cos) = (TAU * hz / RATE as f32).sin_cos();
        let alpha = sin * FRAC_1_SQRT_2;
        let side = if high { 1.0 + cos } else { 1.0 - cos };
        let middle = if high { -side } else { side };
        let (mut x, mut y) = ([0.0; 2], [0.0; 2]);
        for sample in &mut samples {
            let out = (side / 2.0 * (*sample + x[1]) + middle * x[0] + 2.0 * cos * y[0]
                - (1.0 - alpha) * y[1])
                / (1.0 + alpha);
            x = [*sample, x[0]];
            y = [out, y[0]];
            *sample = out;
        }
    }
    samples
}

/// By how many dB the digits are louder than the rest while they are said.
fn clearance(layers: &Layers) -> f32 {
    let speech = through_a_telephone(&layers.speech);
    let rest = through_a_telephone(&layers.background);
    let limit = 0.05 * loudness(&speech).powi(2);
    let power = |part: &[f32]| part.iter().map(|s| s * s).sum::<f32>() / part.len() as f32;
    let parts = speech.chunks(RATE / 50).zip(rest.chunks(RATE / 50));
    let (wanted, other) = parts
        .map(|(speech, rest)| (power(speech), power(rest)))
        .filter(|(speech, _)| *speech > limit)
        .fold((0.0, 0.0), |sum, both| (sum.0 + both.0, sum.1 + both.1));
    10.0 * (wanted / other).log10()
}

#[test]
fn digits_are_louder_than_all_else_in_every_language() {
    for language in Language::ALL {
        let all: Vec<f32> = (0..12)
            .map(|seed| clearance(&layers(language, seed)))
            .collect();
        let mean = all.iter().sum::<f32>() / all.len() as f32;
        assert!(
            (4.0..8.0).contains(&mean),
            "{language:?}: {mean} dB, {all:?}"
        );
        assert!(
            all.iter().all(|clear| *clear > 1.5),
            "{language:?}: {all:?}"
        );
    }
    // The control: what is twice as loud is heard by the measure.
    let mut loud = layers(Language::English, 1);
    let before = clearance(&loud);
    loud.background.iter_mut().for_each(|sample| *sample *= 2.0);
    assert!((before - clearance(&loud) - 6.02).abs() < 0.01);
}

#[test]
fn there_is_a_pause_between_two_digits_and_the_last_one_ends() {
    for language in Language::ALL {
        for seed in 0..6 {
            let speech = layers(language, seed).speech;
            assert_eq!(speech.len(), length(DIGITS.len()));
            let (mut silent, mut pauses) = (0, Vec::new());
            for sample in &speech {
                if *sample != 0.0 {
                    pauses.push(silent);
                    silent = 0;
                } else {
                    silent += 1;
                }
            }
            // What is said ends on a whole block of the filter.
            let long = pauses.iter().filter(|pause| **pause >= PAUSE - 50).count();
            assert_eq!(long, DIGITS.len(), "{language:?} {seed}");
            assert!(silent >= PAUSE - 50, "{language:?} {seed}");
        }
    }
}

#[test]
fn every_sample_is_a_number_that_fits() {
    for language in Language::ALL {
        for seed in 0..20 {
            let mut rng = Generator::seed_from_u64(seed);
            let samples = Layers::draw(&DIGITS, language, &mut rng).mixed(&mut rng);
            assert!(samples.iter().all(|sample| sample.abs() < 1.0));
            let loud = samples
                .iter()
                .fold(0.0f32, |most, sample| most.max(sample.abs()));
            assert!(loud > 0.8);
        }
    }
}
