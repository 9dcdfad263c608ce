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

    pub(crate) fn alive(&self, lives: &Lives, now: u64) -> Artefacts {
        let minutes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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

    pub(crate) fn forget(&self) {
        (self.0.lock().unwrap_or_else(PoisonError::into_inner)).clear();
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
        let issued = Issued::default();
        let start = 1_800_000_000_000;
        for second in 0..600 {
            let now = start + second * 1_000;
            issued.add(Artefact::Challenge, now);
            issued.add(Artefact::Token, now);
            issued.add(Artefact::Session, now);
        }
        let alive = issued.alive(&lives, start + 600_000);
        // At most one minute too many, never one too few.
        assert!((120..=180).contains(&alive.challenges), "{alive:?}");
        assert!((300..=360).contains(&alive.tokens), "{alive:?}");
        assert_eq!(alive.sessions, 600);
        let late = start + 9 * 3_600_000;
        assert_eq!(issued.alive(&lives, late), Artefacts::default());
        issued.add(Artefact::Token, late);
        assert_eq!(issued.0.lock().unwrap().len(), 1, "old minutes are gone");
        issued.forget();
        assert_eq!(issued.alive(&lives, late), Artefacts::default());
    }
}
