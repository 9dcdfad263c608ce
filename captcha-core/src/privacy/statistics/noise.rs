//! Exact discrete Laplace noise, after Canonne, Kamath and Steinke, "The Discrete Gaussian for
//! Differential Privacy" (2020): integers and fair coins alone, since the holes of floating point
//! numbers give the true count away (Mironov 2012).

use rand::RngExt;

use crate::challenge::Generator;

/// A draw with P(x) proportional to e^(-|x| · numerator / denominator).
pub(super) fn discrete_laplace(generator: &mut Generator, numerator: u32, denominator: u32) -> i64 {
    // The paper's scale t/s is denominator / numerator.
    let (s, t) = (u64::from(numerator), u64::from(denominator));
    loop {
        let u = generator.random_range(0..t);
        if !bernoulli_exp(generator, u, t) {
            continue;
        }
        let mut v = 0_u64;
        while bernoulli_exp(generator, 1, 1) {
            v += 1;
        }
        let x = u + t * v;
        let magnitude = i64::try_from(x / s).unwrap_or(i64::MAX);
        let negative: bool = generator.random();
        // Zero would be drawn twice as often as it should be.
        if negative && magnitude == 0 {
            continue;
        }
        return if negative { -magnitude } else { magnitude };
    }
}

/// `true` with the probability e^(-numerator / denominator), for a fraction of at most one.
fn bernoulli_exp(generator: &mut Generator, numerator: u64, denominator: u64) -> bool {
    let mut k = 1_u64;
    // A coin that is heads with numerator / (denominator · k).
    while generator.random_range(0..denominator * k) < numerator {
        k += 1;
    }
    k % 2 == 1
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rand::SeedableRng;

    use super::*;

    type Draw = fn(&mut Generator, u32, u32) -> i64;

    /// Draws around two neighbouring counts, and gives the largest ratio of their frequencies, in
    /// either direction, over outcomes that are frequent enough to tell.
    fn worst_ratio(draw: Draw, numerator: u32, denominator: u32, samples: u32) -> f64 {
        let mut generator = Generator::from_seed([3; 32]);
        let mut histogram = |count: i64| {
            let mut seen = BTreeMap::<i64, f64>::new();
            for _ in 0..samples {
                *seen
                    .entry(count + draw(&mut generator, numerator, denominator))
                    .or_default() += 1.0;
            }
            seen
        };
        let (one, other) = (histogram(100), histogram(101));
        let enough = f64::from(samples) / 200.0;
        (one.iter())
            .filter_map(|(outcome, seen)| Some((seen, other.get(outcome)?)))
            .filter(|(a, b)| a.min(**b) >= enough)
            .map(|(a, b)| (a / b).max(b / a))
            .fold(0.0, f64::max)
    }

    #[test]
    fn a_visitor_changes_no_likelihood_by_more_than_e_to_the_epsilon() {
        for (numerator, denominator) in [(1, 1), (1, 2)] {
            let epsilon = f64::from(numerator) / f64::from(denominator);
            let bound = epsilon.exp() * 1.05;
            let worst = worst_ratio(discrete_laplace, numerator, denominator, 1_000_000);
            assert!(worst <= bound, "epsilon {epsilon}: {worst} over {bound}");
            assert!(
                worst >= epsilon.exp() * 0.95,
                "less noise would do: {worst}"
            );
            // The control has half the scale, as a slip in the fraction would give it.
            let careless: Draw = |generator, numerator, denominator| {
                discrete_laplace(generator, 2 * numerator, denominator)
            };
            assert!(worst_ratio(careless, numerator, denominator, 1_000_000) > bound);
        }
    }

    #[test]
    fn it_is_centred_and_as_wide_as_it_should_be() {
        let mut generator = Generator::from_seed([4; 32]);
        let draws: Vec<f64> = (0..200_000)
            .map(|_| discrete_laplace(&mut generator, 1, 3) as f64)
            .collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / draws.len() as f64;
        // 2 e^(-ε) / (1 - e^(-ε))² for ε = 1/3.
        let expected = 2.0 * (-1.0_f64 / 3.0).exp() / (1.0 - (-1.0_f64 / 3.0).exp()).powi(2);
        assert!(mean.abs() < 0.05, "{mean}");
        assert!(
            (variance / expected - 1.0).abs() < 0.03,
            "{variance} for {expected}"
        );
    }
}
