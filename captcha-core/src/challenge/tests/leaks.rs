//! Whether sizes and times tell anything of the answer: a predictor that learns from many
//! challenges what others of the same lengths were answered with stays at chance.

use std::time::Instant;

use super::*;

/// What can be measured of a challenge without looking at a picture, and its answer as numbers.
struct Sample {
    seen: Vec<f64>,
    answer: Vec<f64>,
}

fn samples(kind: Kind, count: u64) -> Vec<Sample> {
    (0..count)
        .map(|seed| {
            let start = Instant::now();
            let drawn = Drawn::new(kind, Difficulty::Normal, seed);
            let took = start.elapsed().as_secs_f64();
            let lengths = drawn.files.iter().map(|file| file.bytes.len() as f64);
            let answer = drawn.answer();
            let answer = match answer["text"].as_str() {
                // How many characters there are takes time to draw, and is seen at once: the answer is which.
                Some(text) => text.bytes().take(4).map(f64::from).collect(),
                None => (numbers(&answer).iter())
                    .map(|at| answer.pointer(at).unwrap().as_f64().unwrap())
                    .collect(),
            };
            Sample {
                // A logarithm, so that a pause of the machine does not dwarf the rest.
                seen: lengths.chain([took.ln()]).collect(),
                answer,
            }
        })
        .collect()
}

fn deviation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / values.len() as f64)
        .sqrt()
}

/// How well each number of the answers of the last third is foretold by the twenty nearest of the
/// others: the correlation of what is foretold with what is.
fn foretold(samples: &[Sample]) -> Vec<f64> {
    let (known, unknown) = samples.split_at(samples.len() * 2 / 3);
    let scales: Vec<f64> = (0..known[0].seen.len())
        .map(|at| {
            let values: Vec<f64> = known.iter().map(|sample| sample.seen[at]).collect();
            deviation(&values).max(1e-9)
        })
        .collect();
    let nearest = |sample: &Sample| {
        let mut far: Vec<(f64, &Sample)> = known
            .iter()
            .map(|other| {
                let pairs = sample.seen.iter().zip(&other.seen).zip(&scales);
                let far = pairs.map(|((a, b), scale)| ((a - b) / scale).powi(2)).sum();
                (far, other)
            })
            .collect();
        far.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        far.truncate(20);
        far
    };
    let neighbours: Vec<_> = unknown.iter().map(nearest).collect();
    (0..known[0].answer.len())
        .map(|at| {
            let guesses: Vec<f64> = (neighbours.iter())
                .map(|near| {
                    near.iter()
                        .map(|(_, sample)| sample.answer[at])
                        .sum::<f64>()
                        / 20.0
                })
                .collect();
            let truths: Vec<f64> = unknown.iter().map(|sample| sample.answer[at]).collect();
            let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
            let (guess, truth) = (mean(&guesses), mean(&truths));
            let both: f64 = (guesses.iter().zip(&truths))
                .map(|(a, b)| (a - guess) * (b - truth))
                .sum();
            let spread = deviation(&guesses) * deviation(&truths) * truths.len() as f64;
            if spread > 0.0 { both / spread } else { 0.0 }
        })
        .collect()
}

#[test]
fn lengths_and_times_foretell_no_answer() {
    let challenges = count(450, 6_000);
    std::thread::scope(|scope| {
        for kind in drawn() {
            scope.spawn(move || {
                let mut samples = samples(kind, challenges);
                let found = foretold(&samples);
                // Of chance alone a correlation is that far off 0 once in 30,000 times.
                let bound = 4.2 / (challenges as f64 / 3.0).sqrt();
                assert!(
                    found.iter().all(|found| found.abs() < bound),
                    "{kind:?}: {found:?}"
                );
                // The control: one file is the longer, the larger a number of the answer.
                let spread: Vec<f64> = samples.iter().map(|sample| sample.seen[0]).collect();
                let spread = deviation(&spread).max(1.0);
                let (at, unit) = (0..samples[0].answer.len())
                    .map(|at| {
                        let answers: Vec<f64> = samples.iter().map(|one| one.answer[at]).collect();
                        (at, deviation(&answers))
                    })
                    .find(|(_, unit)| *unit > 0.0)
                    .unwrap();
                for sample in &mut samples {
                    sample.seen[0] += 4.0 * spread * sample.answer[at] / unit;
                }
                let planted = foretold(&samples);
                assert!(planted[at] > 0.6, "{kind:?}: {planted:?}");
            });
        }
    });
}
