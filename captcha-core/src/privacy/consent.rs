//! What a visitor decided about their data, in a cookie that equal decisions of one day share.
//! Nothing is taken for consent but consent: to the notice in force, not refused, not withdrawn,
//! not outvoted by Global Privacy Control, a restriction or an objection.

use super::registry::{Cookie, Life};
use crate::{error::CaptchaError, seal::Reader};

/// Days after which a decision is asked for again: the cookie's life.
const LIFE_DAYS: u32 = match Cookie::Consent.entry().life {
    Life::Fixed(life) => (life.as_secs() / 86_400) as u32,
    _ => 0,
};
/// How much of the notice's version a decision is bound to, in bytes.
const VERSION_BYTES: usize = 16;

/// The beginning of the version of a notice.
pub(crate) type Version = [u8; VERSION_BYTES];

/// The beginning of a version, from its hexadecimal form.
pub(crate) fn version_of(hex: &str) -> Option<Version> {
    let mut version = [0; VERSION_BYTES];
    for (position, byte) in version.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(position * 2..position * 2 + 2)?, 16).ok()?;
    }
    Some(version)
}

/// An answer to the question about statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Granted,
    Refused,
    Withdrawn,
}

/// Where a visitor stands on statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    Unknown,
    Granted,
    Refused,
    Withdrawn,
}

impl Consent {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A visitor's decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decisions {
    /// The answer, the notice it was given to, and the day, counted from 1970-01-01.
    pub(crate) choice: Option<(Choice, Version, u32)>,
    pub(crate) restricted: bool,
    pub(crate) objected: bool,
}

/// When the question is put: the notice in force, the day, and what the browser says for itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) version: Version,
    pub(crate) day: u32,
    /// `Sec-GPC: 1`.
    pub(crate) global_privacy_control: bool,
}

impl Decisions {
    /// Where the visitor stands now. A consent ends with its notice, a refusal does not: nobody is
    /// asked twice because a sentence changed.
    pub(crate) fn consent(&self, moment: &Moment) -> Consent {
        let current = self.choice.filter(|(_, _, day)| {
            // A day ahead is another node's clock, more is nobody's.
            *day <= moment.day + 1 && moment.day.saturating_sub(*day) < LIFE_DAYS
        });
        match current {
            Some((Choice::Withdrawn, ..)) => Consent::Withdrawn,
            Some((Choice::Refused, ..)) => Consent::Refused,
            _ if moment.global_privacy_control => Consent::Refused,
            Some((Choice::Granted, version, _)) if version == moment.version => Consent::Granted,
            _ => Consent::Unknown,
        }
    }

    /// Whether everything but verification has to stop.
    pub(crate) const fn verification_only(&self) -> bool {
        self.restricted || self.objected
    }

    /// Whether this visitor may be counted.
    pub(crate) fn may_be_counted(&self, moment: &Moment) -> bool {
        !self.verification_only() && self.consent(moment) == Consent::Granted
    }

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let flags = u8::from(self.restricted) | u8::from(self.objected) << 1;
        let (choice, version, day) = match self.choice {
            None => (0, [0; VERSION_BYTES], 0),
            Some((Choice::Granted, version, day)) => (1, version, day),
            Some((Choice::Refused, version, day)) => (2, version, day),
            Some((Choice::Withdrawn, version, day)) => (3, version, day),
        };
        let mut bytes = vec![flags, choice];
        bytes.extend_from_slice(&version);
        bytes.extend_from_slice(&day.to_be_bytes());
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, CaptchaError> {
        let mut reader = Reader(bytes);
        let [flags, choice] = reader.array()?;
        let version = reader.array()?;
        let day = u32::from_be_bytes(reader.array()?);
        reader.finish()?;
        let choice = match choice {
            1 => Some(Choice::Granted),
            2 => Some(Choice::Refused),
            3 => Some(Choice::Withdrawn),
            _ => None,
        };
        Ok(Self {
            choice: choice.map(|choice| (choice, version, day)),
            restricted: flags & 1 != 0,
            objected: flags & 2 != 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::challenge::Generator;

    #[derive(Clone, Copy, Debug)]
    enum Event {
        Grant,
        GrantToAnOldNotice,
        Refuse,
        Withdraw,
        Restrict(bool),
        Object(bool),
        NewNotice,
        Gpc(bool),
        Days(u32),
    }

    fn event(generator: &mut Generator) -> Event {
        match generator.random_range(0..11) {
            0..=2 => Event::Grant,
            3 => Event::GrantToAnOldNotice,
            4 => Event::Refuse,
            5 => Event::Withdraw,
            6 => Event::Restrict(generator.random()),
            7 => Event::Object(generator.random()),
            8 => Event::NewNotice,
            9 => Event::Gpc(generator.random_range(0..4) == 0),
            _ => Event::Days(generator.random_range(0..200)),
        }
    }

    /// Runs random lives of visitors and gives the first in which somebody was counted who had not
    /// said yes to the notice in force, or was not counted who had.
    fn first_wrong(may: fn(&Decisions, &Moment) -> bool, sequences: u32) -> Option<Vec<Event>> {
        let mut generator = Generator::from_seed([7; 32]);
        for _ in 0..sequences {
            let mut decisions = Decisions::default();
            let mut moment = Moment {
                version: [1; VERSION_BYTES],
                day: 20_000,
                global_privacy_control: false,
            };
            // What a careful clerk would write down: the day of a yes that still holds.
            let mut yes: Option<u32> = None;
            let mut events = Vec::new();
            for _ in 0..generator.random_range(1..12) {
                let event = event(&mut generator);
                events.push(event);
                let mut choose = |choice, version| {
                    decisions.choice = Some((choice, version, moment.day));
                };
                match event {
                    Event::Grant => {
                        choose(Choice::Granted, moment.version);
                        yes = Some(moment.day);
                    }
                    Event::GrantToAnOldNotice => {
                        choose(Choice::Granted, [0; VERSION_BYTES]);
                        yes = None;
                    }
                    Event::Refuse => {
                        choose(Choice::Refused, moment.version);
                        yes = None;
                    }
                    Event::Withdraw => {
                        choose(Choice::Withdrawn, moment.version);
                        yes = None;
                    }
                    Event::Restrict(on) => decisions.restricted = on,
                    Event::Object(on) => decisions.objected = on,
                    Event::NewNotice => {
                        moment.version = generator.random();
                        yes = None;
                    }
                    Event::Gpc(on) => moment.global_privacy_control = on,
                    Event::Days(days) => moment.day += days,
                }
                decisions = Decisions::from_bytes(&decisions.to_bytes()).unwrap();
                let expected = yes.is_some_and(|day| moment.day - day < LIFE_DAYS)
                    && !moment.global_privacy_control
                    && !decisions.restricted
                    && !decisions.objected;
                if may(&decisions, &moment) != expected {
                    return Some(events);
                }
            }
        }
        None
    }

    #[test]
    fn over_a_hundred_thousand_lives_only_a_present_yes_counts() {
        assert!(first_wrong(Decisions::may_be_counted, 100_000).is_none());
        // The controls: each forgets one thing, and is found out.
        let careless: [fn(&Decisions, &Moment) -> bool; 5] = [
            |decisions, _| matches!(decisions.choice, Some((Choice::Granted, ..))),
            |decisions, moment| decisions.consent(moment) == Consent::Granted,
            |decisions, moment| {
                let deaf = Moment {
                    global_privacy_control: false,
                    ..*moment
                };
                decisions.may_be_counted(&deaf)
            },
            |decisions, moment| {
                let version = decisions
                    .choice
                    .map_or(moment.version, |(_, version, _)| version);
                decisions.may_be_counted(&Moment { version, ..*moment })
            },
            |decisions, moment| {
                let day = decisions.choice.map_or(moment.day, |(_, _, day)| day);
                decisions.may_be_counted(&Moment { day, ..*moment })
            },
        ];
        for (position, may) in careless.into_iter().enumerate() {
            assert!(first_wrong(may, 10_000).is_some(), "control {position}");
        }
    }

    #[test]
    fn a_refusal_outlives_its_notice_and_a_consent_does_not() {
        let moment = Moment {
            version: [1; 16],
            day: 20_000,
            global_privacy_control: false,
        };
        let given = |choice| Decisions {
            choice: Some((choice, [9; 16], 19_999)),
            ..Decisions::default()
        };
        assert_eq!(given(Choice::Granted).consent(&moment), Consent::Unknown);
        assert_eq!(given(Choice::Refused).consent(&moment), Consent::Refused);
        assert_eq!(
            given(Choice::Withdrawn).consent(&moment),
            Consent::Withdrawn
        );
    }

    #[test]
    fn a_version_is_read_from_its_hexadecimal_form() {
        assert_eq!(version_of(&"0f".repeat(32)), Some([0x0f; 16]));
        for short in ["", "0f", "zz".repeat(16).as_str(), "é".repeat(32).as_str()] {
            assert_eq!(version_of(short), None);
        }
    }
}
