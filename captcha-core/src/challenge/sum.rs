//! Sums for text: two numbers added or subtracted, and the result to type.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use rand::RngExt;

use super::{Difficulty, Generator};

/// What sums are written with.
pub(super) const CHARACTERS: &str = "0123456789+-=";

/// The first number and the second: small enough to work out in the head, and no result is negative.
const fn numbers(difficulty: Difficulty) -> (RangeInclusive<u32>, RangeInclusive<u32>) {
    match difficulty {
        Difficulty::Easy => (11..=79, 2..=9),
        Difficulty::Normal => (21..=99, 2..=9),
        Difficulty::Hard => (51..=99, 11..=49),
    }
}

/// Chance that the likeliest result is right.
pub(super) fn blind_guess(difficulty: Difficulty) -> f64 {
    let (first, second) = numbers(difficulty);
    let mut results: HashMap<u32, u32> = HashMap::new();
    for (a, b) in first.flat_map(|a| second.clone().map(move |b| (a, b))) {
        for result in [a + b, a - b] {
            *results.entry(result).or_default() += 1;
        }
    }
    let all: u32 = results.values().sum();
    f64::from(results.into_values().max().unwrap_or(0)) / f64::from(all.max(1))
}

/// A sum as it is drawn, and its result.
pub(super) fn choose(difficulty: Difficulty, rng: &mut Generator) -> (String, String) {
    let (first, second) = numbers(difficulty);
    let (a, b) = (rng.random_range(first), rng.random_range(second));
    if rng.random() {
        (format!("{a}+{b}="), (a + b).to_string())
    } else {
        (format!("{a}-{b}="), (a - b).to_string())
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    /// What a sum comes to, read from how it is written.
    fn worked_out(sum: &str) -> u32 {
        let sum = sum.strip_suffix('=').unwrap();
        match sum.split_once('+') {
            Some((a, b)) => a.parse::<u32>().unwrap() + b.parse::<u32>().unwrap(),
            None => {
                let (a, b) = sum.split_once('-').unwrap();
                a.parse::<u32>().unwrap() - b.parse::<u32>().unwrap()
            }
        }
    }

    #[test]
    fn results_are_those_of_the_sums_and_no_guess_beats_the_likeliest() {
        let mut rng = Generator::seed_from_u64(5);
        for difficulty in [Difficulty::Easy, Difficulty::Normal, Difficulty::Hard] {
            let chance = blind_guess(difficulty);
            assert!(chance > 0.005 && chance < 0.02, "{chance}");
            let mut seen: HashMap<String, u32> = HashMap::new();
            let tries = 20_000;
            for _ in 0..tries {
                let (sum, result) = choose(difficulty, &mut rng);
                assert_eq!(worked_out(&sum).to_string(), result, "{sum}");
                *seen.entry(result).or_default() += 1;
            }
            let most = f64::from(seen.into_values().max().unwrap());
            let expected = chance * f64::from(tries);
            // The largest of about a hundred counts lies a few deviations above its own mean.
            assert!(
                (most - expected) < 4.5 * expected.sqrt(),
                "{most} of {expected}"
            );
        }
    }
}
