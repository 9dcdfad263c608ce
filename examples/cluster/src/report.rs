//! The figures at the end, and whether they are good.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use crate::{
    chaos::Past,
    cluster::Cluster,
    figures::{Counts, Tokens},
    options::Options,
};

/// Refusals that have a row even where there were none.
const ALWAYS: [&str; 4] = ["expired", "malformed", "spent", "unavailable"];

#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) seconds: f64,
    pub(crate) visits_a_second: u32,
    pub(crate) visits_left_out: u64,
    pub(crate) columns: Vec<Column>,
    pub(crate) double_spends: u64,
    pub(crate) replays: u64,
    pub(crate) forged: u64,
    pub(crate) forged_taken: u64,
    pub(crate) events: Vec<Past>,
    /// What was not as it has to be.
    pub(crate) failures: Vec<String>,
}

/// One node, or all of them.
#[derive(Serialize)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) pages: u64,
    pub(crate) issued: u64,
    pub(crate) solved: u64,
    pub(crate) redeemed: u64,
    pub(crate) refused: BTreeMap<String, u64>,
    pub(crate) no_answer: u64,
    pub(crate) no_answer_while_up: u64,
    pub(crate) challenge_ms: Spread,
    pub(crate) answer_ms: Spread,
    pub(crate) redeem_ms: Spread,
    pub(crate) longest_ms: f64,
}

/// Of the requests that were answered, whatever the answer.
#[derive(Serialize)]
pub(crate) struct Spread {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

impl Report {
    pub(crate) fn new(
        cluster: &Cluster,
        options: &Options,
        took: Duration,
        events: Vec<Past>,
    ) -> Self {
        let (counts, tokens) = cluster.figures.all();
        let all = counts.iter().fold(Counts::default(), Counts::and);
        let failures = failures(options, &all, &tokens, &events);
        let names = cluster.fleet.nodes().iter().map(|node| node.name());
        let columns = (names.zip(counts))
            .chain([("total", all)])
            .map(|(name, counts)| Column::new(name, counts))
            .collect();
        Self {
            seconds: took.as_secs_f64(),
            visits_a_second: options.rate,
            visits_left_out: tokens.left_out,
            columns,
            double_spends: tokens.twice,
            replays: tokens.replays,
            forged: tokens.forged,
            forged_taken: tokens.forged_taken,
            events,
            failures,
        }
    }

    pub(crate) fn is_good(&self) -> bool {
        self.failures.is_empty()
    }
}

impl Column {
    fn new(name: &'static str, counts: Counts) -> Self {
        let mut refused = counts.refused;
        for kind in ALWAYS {
            refused.entry(kind.to_owned()).or_default();
        }
        Self {
            name,
            pages: counts.pages,
            issued: counts.issued,
            solved: counts.solved,
            redeemed: counts.redeemed,
            refused,
            no_answer: counts.broken,
            no_answer_while_up: counts.broken_alive,
            challenge_ms: Spread::of(counts.challenge),
            answer_ms: Spread::of(counts.answer),
            redeem_ms: Spread::of(counts.redeem),
            longest_ms: counts.longest.as_secs_f64() * 1_000.0,
        }
    }
}

impl Spread {
    fn of(mut micros: Vec<u32>) -> Self {
        micros.sort_unstable();
        // The smallest that so many of a hundred do not exceed.
        let at = |percent: usize| {
            let rank = (micros.len() * percent).div_ceil(100);
            let micros = micros.get(rank.saturating_sub(1)).copied();
            f64::from(micros.unwrap_or_default()) / 1_000.0
        };
        Self {
            p50: at(50),
            p99: at(99),
            max: at(100),
        }
    }
}

fn failures(options: &Options, all: &Counts, tokens: &Tokens, events: &[Past]) -> Vec<String> {
    let mut failures = Vec::new();
    if tokens.twice > 0 {
        failures.push(format!("{} tokens were taken more than once", tokens.twice));
    }
    if tokens.forged_taken > 0 {
        failures.push(format!("{} forged tokens were taken", tokens.forged_taken));
    }
    if all.redeemed == 0 || tokens.replays == 0 {
        failures.push("no token was redeemed and sent again, so that nothing is shown".to_owned());
    }
    if all.longest > options.longest {
        failures.push(format!(
            "a request took {} ms, and {} are allowed",
            all.longest.as_millis(),
            options.longest.as_millis()
        ));
    }
    for past in events {
        if let Some(error) = &past.failed {
            failures.push(format!("{}: {error}", past.event));
        }
        let in_time = |time: &Option<u64>| {
            time.is_some_and(|time| u128::from(time) <= options.recovery.as_millis())
        };
        if !past.recovered_ms.iter().all(in_time) {
            failures.push(format!(
                "{}: not every node redeemed again within {} ms",
                past.event,
                options.recovery.as_millis()
            ));
        }
    }
    failures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_what_was_measured() {
        let spread = Spread::of((1..=100).rev().map(|ms| ms * 1_000).collect());
        assert_eq!((spread.p50, spread.p99, spread.max), (50.0, 99.0, 100.0));
        let one = Spread::of(vec![7_000]);
        assert_eq!((one.p50, one.p99, one.max), (7.0, 7.0, 7.0));
        assert_eq!(Spread::of(Vec::new()).max, 0.0);
    }

    #[test]
    fn what_must_not_be_is_a_failure() {
        let options = Options::default();
        let good = || {
            let all = Counts {
                redeemed: 1,
                ..Counts::default()
            };
            let tokens = Tokens {
                replays: 1,
                ..Tokens::default()
            };
            let past = Past {
                event: "event".to_owned(),
                at_ms: 0,
                away_ms: 0,
                recovered_ms: [Some(3_000); 3],
                failed: None,
            };
            (all, tokens, past)
        };
        let failed = |(all, tokens, past)| !failures(&options, &all, &tokens, &[past]).is_empty();
        assert!(!failed(good()));
        type Change = fn(&mut (Counts, Tokens, Past));
        let changes: [Change; 7] = [
            |(all, ..)| all.redeemed = 0,
            |(all, ..)| all.longest = Duration::from_millis(2_001),
            |(_, tokens, _)| tokens.twice = 1,
            |(_, tokens, _)| tokens.forged_taken = 1,
            |(.., past)| past.recovered_ms = [Some(1), Some(3_001), Some(1)],
            |(.., past)| past.recovered_ms = [Some(1), None, Some(1)],
            |(.., past)| past.failed = Some("it broke".to_owned()),
        ];
        for change in changes {
            let mut changed = good();
            change(&mut changed);
            assert!(failed(changed));
        }
    }
}
