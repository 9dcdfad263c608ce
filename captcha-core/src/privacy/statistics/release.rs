//! What is shown of the counters: closed days, without small cells, and without a way to compute
//! these from what is shown.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use serde::Serialize;

use super::{CELLS_OF_A_VISITOR, Statistics, noise::discrete_laplace, tables};
use crate::challenge::Generator;

/// A released day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Day {
    /// `YYYY-MM-DD`, in UTC.
    pub(crate) date: String,
    pub(crate) tables: Vec<Table>,
}

/// One event, broken down by one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Table {
    pub(crate) event: &'static str,
    pub(crate) by: &'static str,
    pub(crate) cells: Vec<Cell>,
}

/// A count; `None` where it is not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Cell {
    pub(crate) name: &'static str,
    pub(crate) visitors: Option<u64>,
}

/// Gives the seed of a cell's noise, the same whenever it is asked.
pub(crate) type Seed<'a> = &'a dyn Fn(&str) -> [u8; 32];

/// Releases a closed day.
pub(crate) fn release(
    config: &Statistics,
    date: String,
    counts: &BTreeMap<String, u64>,
    seed: Seed<'_>,
) -> Day {
    let tables = tables()
        .into_iter()
        .map(|(event, by, names)| {
            let exact: Vec<u64> = (names.iter())
                .map(|name| {
                    let cell = format!("{}.{by}.{name}", event.name());
                    let count = counts.get(&cell).copied().unwrap_or(0);
                    noised(config, count, || seed(&cell))
                })
                .collect();
            let table = format!("{}.{by}", event.name());
            let shown = suppress(&exact, config.smallest, seed(&table));
            let cells = names.into_iter().zip(shown);
            Table {
                event: event.name(),
                by,
                cells: cells
                    .map(|(name, visitors)| Cell { name, visitors })
                    .collect(),
            }
        })
        .collect();
    Day { date, tables }
}

/// The count with the noise of its cell, if noise is on. One visitor adds to several cells a day,
/// so each has its share of epsilon.
fn noised(config: &Statistics, count: u64, seed: impl FnOnce() -> [u8; 32]) -> u64 {
    let Some((numerator, denominator)) = config.epsilon else {
        return count;
    };
    let mut generator = Generator::from_seed(seed());
    let noise = discrete_laplace(&mut generator, numerator, denominator * CELLS_OF_A_VISITOR);
    count.saturating_add_signed(noise)
}

/// Hides the cells of a table that are under `k`, or a little over it, and one more where any is
/// hidden: the tables of an event have one total, which another table may show, and a single
/// hidden cell would follow from it. How much over, and which one more, is the seed's secret: from
/// a rule that everybody knows the hidden could be worked out.
pub(super) fn suppress(cells: &[u64], k: u64, seed: [u8; 32]) -> Vec<Option<u64>> {
    let mut generator = Generator::from_seed(seed);
    let mut shown: Vec<Option<u64>> = (cells.iter())
        .map(|count| (*count >= k + generator.random_range(0..3)).then_some(*count))
        .collect();
    if shown.iter().any(Option::is_none) {
        let one_more = (shown.iter_mut())
            .filter(|cell| cell.is_some())
            .min_by_key(|_| generator.random::<u64>());
        if let Some(cell) = one_more {
            *cell = None;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    const K: u64 = 4;
    /// Seeds that somebody who works a table out tries, not knowing the one in use.
    const SEEDS: u8 = 60;

    type Rule = fn(&[u64], u64, [u8; 32]) -> Vec<Option<u64>>;

    /// Every way to split `total` over `cells` cells.
    fn splits(total: u64, cells: usize) -> Vec<Vec<u64>> {
        if cells <= 1 {
            return vec![vec![total]];
        }
        (0..=total)
            .flat_map(|first| {
                splits(total - first, cells - 1)
                    .into_iter()
                    .map(move |mut rest| {
                        rest.insert(0, first);
                        rest
                    })
            })
            .collect()
    }

    /// The fewest values that any hidden cell may have, for whoever knows what is shown, the rule
    /// and the total.
    fn fewest_possible(cells: &[u64], rule: Rule) -> usize {
        let shown = rule(cells, K, [0; 32]);
        let hidden: Vec<usize> = (0..cells.len())
            .filter(|place| shown[*place].is_none())
            .collect();
        if hidden.is_empty() {
            return usize::MAX;
        }
        let left = cells.iter().sum::<u64>() - shown.iter().flatten().sum::<u64>();
        let mut possible = vec![std::collections::BTreeSet::new(); hidden.len()];
        for guess in splits(left, hidden.len()) {
            let mut candidate = cells.to_vec();
            for (place, value) in hidden.iter().zip(&guess) {
                candidate[*place] = *value;
            }
            if (0..SEEDS).any(|seed| rule(&candidate, K, [seed; 32]) == shown) {
                for (values, value) in possible.iter_mut().zip(guess) {
                    values.insert(value);
                }
            }
        }
        possible
            .iter()
            .map(std::collections::BTreeSet::len)
            .min()
            .unwrap()
    }

    /// The controls: the small cells alone; and with the smallest of the others, by a rule that
    /// holds no secret.
    fn primary_alone(cells: &[u64], k: u64, _: [u8; 32]) -> Vec<Option<u64>> {
        cells
            .iter()
            .map(|count| (*count >= k).then_some(*count))
            .collect()
    }

    fn with_the_smallest(cells: &[u64], k: u64, seed: [u8; 32]) -> Vec<Option<u64>> {
        let mut shown = primary_alone(cells, k, seed);
        if shown.iter().any(Option::is_none) {
            let rest = shown.iter_mut().filter(|cell| cell.is_some());
            if let Some(cell) = rest.min_by_key(|cell| **cell) {
                *cell = None;
            }
        }
        shown
    }

    #[test]
    fn no_hidden_cell_follows_from_the_rest_and_the_total() {
        let mut generator = Generator::from_seed([5; 32]);
        let mut found_out = [0, 0];
        for _ in 0..600 {
            let cells: Vec<u64> = (0..generator.random_range(2..5))
                .map(|_| {
                    let small: bool = generator.random();
                    generator.random_range(0..if small { 5 } else { 12 })
                })
                .collect();
            let shown = suppress(&cells, K, [0; 32]);
            assert!(shown.iter().flatten().all(|count| *count >= K));
            // A smaller total is shown by no table: it takes two shown cells.
            if cells.iter().sum::<u64>() < 2 * K {
                continue;
            }
            let fewest = fewest_possible(&cells, suppress);
            assert!(
                fewest >= 2,
                "{cells:?} shown as {shown:?}: {fewest} possible"
            );
            for (found, control) in found_out.iter_mut().zip([primary_alone, with_the_smallest]) {
                *found += usize::from(fewest_possible(&cells, control) < 2);
            }
        }
        assert!(
            found_out.iter().all(|found| *found > 5),
            "controls: {found_out:?}"
        );
    }

    #[test]
    fn a_released_cell_is_the_same_whenever_it_is_asked_for() {
        let counts: BTreeMap<String, u64> = [
            ("issued.kind.slide".to_owned(), 500),
            ("issued.kind.text".to_owned(), 40),
        ]
        .into();
        let config = Statistics::new().noise(1, 1);
        let seed = |cell: &str| {
            let mut seed = [0; 32];
            seed.iter_mut()
                .zip(cell.bytes())
                .for_each(|(to, from)| *to = from);
            seed
        };
        let ask = || release(&config, "2026-11-23".into(), &counts, &seed);
        let first = ask();
        for _ in 0..10_000 {
            assert_eq!(ask(), first);
        }
        let exact = release(&Statistics::new(), "2026-11-23".into(), &counts, &seed);
        assert_ne!(exact, first, "the noise is there");
    }
}
