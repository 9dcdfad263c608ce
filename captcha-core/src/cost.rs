//! What a machine pays for one accepted token, by kind: how often a try is right, and the stamp
//! that each try costs.

use serde::Serialize;

use crate::challenge::{Kind, Spec};

/// Most bits that a phone can be asked for; one more doubles the wait.
pub(crate) const MAX_BITS: u8 = 26;
/// Most bits that a rush adds, and most that wrong answers add: sixteen times the work.
const MAX_RUSH: u8 = 4;
/// Most bits that both add together.
const MAX_MORE: u8 = 6;

/// What a bot pays by one kind; see [`Captcha::ledger`](crate::Captcha::ledger).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Cost {
    /// The kind.
    #[serde(serialize_with = "name")]
    pub kind: Kind,
    /// Chance that a guess without looking is right.
    pub blind_guess: f64,
    /// Chance that a try of a machine that looks is taken to be right: the ceiling that this kind
    /// is held to against public solvers at Normal, or the blind guess where that is more.
    pub machine: f64,
    /// Zero bits of the stamp that each try costs, when there is no rush.
    pub bits: u8,
    /// Hashes that one accepted token costs a machine, as expected: those of a stamp times 1 over
    /// the chance of a try.
    pub hashes: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn name<S: serde::Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

impl Cost {
    pub(crate) fn of(spec: &Spec, bits: u8) -> Self {
        let blind_guess = spec.blind_guess();
        let machine = machine(spec);
        Self {
            kind: spec.kind,
            blind_guess,
            machine,
            bits,
            hashes: f64::from(bits).exp2() / machine,
        }
    }

    /// The bits with which a kind costs a machine about what a stamp of `work_bits` alone does.
    pub(crate) fn balanced(spec: &Spec, work_bits: u8) -> u8 {
        let bits = f64::from(work_bits) + machine(spec).log2();
        bits.round().clamp(1.0, f64::from(work_bits)) as u8
    }
}

fn machine(spec: &Spec) -> f64 {
    spec.solver_ceiling().max(spec.blind_guess())
}

/// Bits more for everybody while a site issues many challenges a minute: one from a tenth of its
/// limit on, and another for each doubling.
pub(crate) fn rush(issued: u64, per_site: u32) -> u8 {
    doublings(issued, u64::from(per_site) / 10)
}

/// Bits more for a visitor whose answers were wrong so often within a minute: one from a sixtieth of a
/// visitor's limit on (ten of the usual 600, which an office behind one address may reach), and another
/// for each doubling.
pub(crate) fn wrong(answers: u64, per_visitor: u32) -> u8 {
    doublings(answers, u64::from(per_visitor) / 60)
}

/// The bits of a stamp, where so many are asked for in calm times.
pub(crate) fn raised(bits: u8, rush: u8, wrong: u8) -> u8 {
    match bits {
        0 => 0,
        bits => (bits + (rush + wrong).min(MAX_MORE)).min(MAX_BITS),
    }
}

fn doublings(count: u64, calm: u64) -> u8 {
    match count / calm.max(1) {
        0 => 0,
        times => (times.ilog2() as u8 + 1).min(MAX_RUSH),
    }
}

/// By how much the dearest kind exceeds the cheapest: a bot takes the cheapest.
pub(crate) fn spread(costs: &[Cost]) -> f64 {
    let most = costs.iter().map(|cost| cost.hashes).fold(0.0, f64::max);
    let least = costs
        .iter()
        .map(|cost| cost.hashes)
        .fold(f64::MAX, f64::min);
    if costs.is_empty() { 1.0 } else { most / least }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::challenge::Difficulty;

    fn all(difficulty: Difficulty, bits: impl Fn(&Spec) -> u8) -> Vec<Cost> {
        let specs = Kind::ALL.map(|kind| Spec {
            difficulty,
            ..Spec::of(kind)
        });
        specs
            .iter()
            .map(|spec| Cost::of(spec, bits(spec)))
            .collect()
    }

    #[test]
    fn balanced_kinds_are_within_twice_of_each_other() {
        for difficulty in [Difficulty::Easy, Difficulty::Normal, Difficulty::Hard] {
            for work_bits in [14, 18, 22] {
                let costs = all(difficulty, |spec| Cost::balanced(spec, work_bits));
                assert!(spread(&costs) <= 2.0, "{costs:?}");
            }
        }
        // The control: one stamp for all kinds leaves the worst of them far behind.
        assert!(spread(&all(Difficulty::Normal, |_| 18)) > 10.0);
    }

    #[test]
    fn a_rush_asks_for_more_work_step_by_step() {
        let bits = |issued| rush(issued, 30_000);
        assert_eq!([0, 2_999, 3_000, 5_999].map(bits), [0, 0, 1, 1]);
        assert_eq!([6_000, 12_000, 24_000, u64::MAX].map(bits), [2, 3, 4, 4]);
        assert_eq!(rush(1_000_000, u32::MAX), 0);
        assert_eq!(rush(1, 1), 1);
    }

    #[test]
    fn wrong_answers_ask_for_more_work_and_both_together_for_no_end_of_it() {
        let bits = |answers| wrong(answers, 600);
        assert_eq!([0, 9, 10, 19].map(bits), [0, 0, 1, 1]);
        assert_eq!([20, 40, 80, u64::MAX].map(bits), [2, 3, 4, 4]);
        assert_eq!(wrong(1_000_000, u32::MAX), 0);
        assert_eq!((raised(18, 4, 1), raised(18, 4, 4)), (23, 24));
        assert_eq!((raised(0, 4, 4), raised(25, 4, 4)), (0, MAX_BITS));
    }

    #[test]
    fn a_token_costs_a_stamp_over_the_chance_of_a_try() {
        let [slide, .., work] = Kind::ALL.map(|kind| Cost::of(&Spec::of(kind), 14));
        assert!((slide.hashes - 16_384.0 / 0.25).abs() < 1e-6);
        assert!((work.hashes - 16_384.0).abs() < 1e-6);
        assert!(slide.blind_guess < slide.machine);
    }
}
