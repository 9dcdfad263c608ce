//! How much of what was issued can still be alive: totals by the minute, in memory, for the record
//! of an incident.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::Serialize;

use super::registry::{Cookie, Life, Lives, Record};
use crate::clock::millis;

const MINUTE: u64 = 60_000;

/// What a site hands out, and can be asked how many of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Artefact {
    Challenge,
    Token,
    Session,
}

/// The most that could be alive of each. What was used already is among them; cookies of
/// selections and decisions are not, since equal ones are equal bytes in every browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Artefacts {
    /// Challenges, answered or not.
    pub challenges: u64,
    /// Tokens, redeemed or not.
    pub tokens: u64,
    /// Session cookies, written over or not.
    pub sessions: u64,
}

impl std::ops::Add for Artefacts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            challenges: self.challenges + other.challenges,
            tokens: self.tokens + other.tokens,
            sessions: self.sessions + other.sessions,
        }
    }
}

/// Totals of what was issued, by the minute.
#[derive(Default)]
pub(crate) struct Issued(Mutex<BTreeMap<u64, [u64; 3]>>);

impl Issued {
    pub(crate) fn add(&self, artefact: Artefact, now: u64) {
        let minute = now / MINUTE;
        let mut minutes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !minutes.contains_key(&minute) {
            let kept = (Record::IssuedCounts.entry().life).longest_fixed();
            let oldest = minute.saturating_sub(millis(kept) / MINUTE);
            *minutes = minutes.split_off(&oldest);
        }
        let [challenges, tokens, sessions] = minutes.entry(minute).or_default();
        *match artefact {
            Artefact::Challenge => challenges,
            Artefact::Token => tokens,
            Artefact::Session => sessions,
        } += 1;
    }

    /// Challenges of this minute or the one before, whichever are more.
    pub(crate) fn rate(&self, now: u64) -> u64 {
        let minutes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now / MINUTE;
        let of = |minute| {
            minutes
                .get(&minute)
                .map_or(0, |counts: &[u64; 3]| counts[0])
        };
        of(minute).max(of(minute.saturating_sub(1)))
    }

    /// How much can be alive now; counting begins anew, in the same step.
    pub(crate) fn take(&self, lives: &Lives, now: u64) -> Artefacts {
        let minutes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let within = |life: Duration, of: fn(&[u64; 3]) -> u64| {
            let since = now.saturating_sub(millis(life)) / MINUTE;
            minutes.range(since..).map(|(_, counts)| of(counts)).sum()
        };
        let session = match Cookie::Session.entry().life {
            Life::Visit { longest, .. } => longest,
            _ => Duration::ZERO,
        };
        Artefacts {
            challenges: within(lives.challenge, |counts| counts[0]),
            tokens: within(lives.token, |counts| counts[1]),
            sessions: within(session, |counts| counts[2]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_alive_is_counted_and_nothing_longer_than_it_lives() {
        let lives = Lives {
            challenge: Duration::from_secs(120),
            token: Duration::from_secs(300),
            statistics: Duration::ZERO,
        };
        let start = 1_800_000_000_000;
        let ten_minutes = || {
            let issued = Issued::default();
            for second in 0..600 {
                let now = start + second * 1_000;
                issued.add(Artefact::Challenge, now);
                issued.add(Artefact::Token, now);
                issued.add(Artefact::Session, now);
            }
            issued
        };
        let issued = ten_minutes();
        let alive = issued.take(&lives, start + 600_000);
        // At most one minute too many, never one too few.
        assert!((120..=180).contains(&alive.challenges), "{alive:?}");
        assert!((300..=360).contains(&alive.tokens), "{alive:?}");
        assert_eq!(alive.sessions, 600);
        let again = issued.take(&lives, start + 600_000);
        assert_eq!(again, Artefacts::default(), "what was taken is gone");

        let late = start + 9 * 3_600_000;
        assert_eq!(ten_minutes().take(&lives, late), Artefacts::default());
        let issued = ten_minutes();
        issued.add(Artefact::Token, late);
        assert_eq!(issued.0.lock().unwrap().len(), 1, "old minutes are gone");
    }
}
