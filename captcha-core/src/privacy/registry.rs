//! Everything that this library keeps, each thing once. A cookie is set and a mark or count stored
//! only by naming its entry here, and the notice lists these entries: the two cannot drift apart.

use std::time::Duration;

/// The day on which an entry or its description last changed, as the notice's date. A test pins it
/// to the hash of all entries.
pub(crate) const DATE: &str = "2026-11-27";

/// Why something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Purpose {
    /// To tell whether a challenge was solved, and that its token is used once.
    Verification,
    /// To keep automated calls within limits.
    AbusePrevention,
    /// To keep the service safe, and to show what was done to it.
    Security,
    /// To know how well challenges work, without knowing anybody.
    Statistics,
    /// To honour what a visitor decided.
    Compliance,
    /// To hear what visitors think of the notice and of data protection.
    Feedback,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 6] = [
        Self::Verification,
        Self::AbusePrevention,
        Self::Security,
        Self::Statistics,
        Self::Compliance,
        Self::Feedback,
    ];

    /// Its name in the notice's JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verification => "verification",
            Self::AbusePrevention => "abuse-prevention",
            Self::Security => "security",
            Self::Statistics => "statistics",
            Self::Compliance => "compliance",
            Self::Feedback => "feedback",
        }
    }

    /// The legal basis that this library is built for.
    #[must_use]
    pub const fn basis(self) -> Basis {
        match self {
            Self::Verification | Self::AbusePrevention | Self::Security | Self::Feedback => {
                Basis::LegitimateInterest
            }
            Self::Statistics => Basis::Consent,
            Self::Compliance => Basis::LegalObligation,
        }
    }
}

/// A legal basis of GDPR Art. 6(1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Basis {
    /// Art. 6(1)(a).
    Consent,
    /// Art. 6(1)(c).
    LegalObligation,
    /// Art. 6(1)(f).
    LegitimateInterest,
}

impl Basis {
    /// Its name in the notice's JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::LegalObligation => "legal-obligation",
            Self::LegitimateInterest => "legitimate-interest",
        }
    }

    /// Where the GDPR has it.
    #[must_use]
    pub const fn article(self) -> &'static str {
        match self {
            Self::Consent => "GDPR Art. 6(1)(a)",
            Self::LegalObligation => "GDPR Art. 6(1)(c)",
            Self::LegitimateInterest => "GDPR Art. 6(1)(f)",
        }
    }
}

/// How long something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// Until the browser's session ends.
    BrowserSession,
    /// As [`Self::BrowserSession`], and the server takes it no longer than this.
    Visit { idle: Duration, longest: Duration },
    /// As long as a token may be redeemed, and this much longer.
    Token(Duration),
    /// As long as a challenge may be answered, and this much longer.
    Challenge(Duration),
    /// As long as statistics are kept.
    Statistics,
    /// This long.
    Fixed(Duration),
}

/// The lives that an application configures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lives {
    pub(crate) challenge: Duration,
    pub(crate) token: Duration,
    pub(crate) statistics: Duration,
}

impl Life {
    /// The longest that it is kept; `None` for what ends with the browser's session.
    pub(crate) fn longest(self, lives: &Lives) -> Option<Duration> {
        match self {
            Self::BrowserSession | Self::Visit { .. } => None,
            Self::Token(margin) => Some(lives.token + margin),
            Self::Challenge(margin) => Some(lives.challenge + margin),
            Self::Statistics => Some(lives.statistics),
            Self::Fixed(life) => Some(life),
        }
    }

    /// The life of an entry that no application configures.
    pub(crate) const fn longest_fixed(self) -> Duration {
        match self {
            Self::Fixed(life) => life,
            _ => Duration::ZERO,
        }
    }
}

/// Whether a cookie is needed for what the visitor asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Functional,
    Performance,
}

impl Class {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Functional => "functional",
            Self::Performance => "performance",
        }
    }
}

/// A cookie that this library may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cookie {
    Session,
    Token,
    Preferences,
    Consent,
    Statistics,
}

/// What there is to know about a cookie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CookieEntry {
    /// The name with its prefix; without it over plain HTTP on a developer's machine.
    pub(crate) name: &'static str,
    pub(crate) class: Class,
    pub(crate) purpose: Purpose,
    pub(crate) life: Life,
    pub(crate) same_site: &'static str,
}

/// What a name begins with, so that browsers hold the cookie to this host and to HTTPS.
pub(crate) const HOST_PREFIX: &str = "__Host-";

impl Cookie {
    pub(crate) const ALL: [Self; 5] = [
        Self::Session,
        Self::Token,
        Self::Preferences,
        Self::Consent,
        Self::Statistics,
    ];

    pub(crate) const fn entry(self) -> CookieEntry {
        const MINUTE: u64 = 60;
        const DAY: u64 = 24 * 60 * MINUTE;
        match self {
            Self::Session => CookieEntry {
                name: "__Host-captcha-session",
                class: Class::Functional,
                purpose: Purpose::Verification,
                life: Life::Visit {
                    idle: Duration::from_secs(30 * MINUTE),
                    longest: Duration::from_secs(8 * 60 * MINUTE),
                },
                same_site: "Strict",
            },
            Self::Token => CookieEntry {
                name: "__Host-captcha-token",
                class: Class::Functional,
                purpose: Purpose::Verification,
                life: Life::Token(Duration::ZERO),
                // A visitor who follows a link to a guarded page keeps what they solved.
                same_site: "Lax",
            },
            Self::Preferences => CookieEntry {
                name: "__Host-captcha-prefs",
                class: Class::Functional,
                purpose: Purpose::Verification,
                life: Life::BrowserSession,
                same_site: "Strict",
            },
            Self::Consent => CookieEntry {
                name: "__Host-captcha-consent",
                class: Class::Functional,
                purpose: Purpose::Compliance,
                life: Life::Fixed(Duration::from_secs(182 * DAY)),
                same_site: "Strict",
            },
            Self::Statistics => CookieEntry {
                name: "__Host-captcha-stats",
                class: Class::Performance,
                purpose: Purpose::Statistics,
                life: Life::Fixed(Duration::from_secs(DAY)),
                same_site: "Strict",
            },
        }
    }
}

/// Something that the server keeps, in memory or in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Record {
    ChallengeMark,
    TokenMark,
    VisitorCalls,
    SiteCalls,
    CallSalt,
    /// What a revocation mixes into the keys, and the fence of a store: only where processes share one.
    Generation,
    IssuedCounts,
    DailyCounters,
    Feedback,
}

/// What there is to know about a [`Record`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordEntry {
    pub(crate) name: &'static str,
    pub(crate) purpose: Purpose,
    pub(crate) life: Life,
}

/// How far the clocks of two processes may be apart: what the other one says was issued later than now, within
/// this, is taken.
pub(crate) const CLOCK_TOLERANCE: Duration = Duration::from_secs(30);
/// As much of it as each of them may be off the clock of the store that they share.
pub(crate) const STORE_CLOCK_TOLERANCE: Duration =
    Duration::from_secs(CLOCK_TOLERANCE.as_secs() / 2);
/// How much longer than what it guards can live a mark is kept: by whichever of two clocks it is alive longer.
pub(crate) const MARK_MARGIN: Duration = Duration::from_secs(CLOCK_TOLERANCE.as_secs() + 5);

impl Record {
    pub(crate) const ALL: [Self; 9] = [
        Self::ChallengeMark,
        Self::TokenMark,
        Self::VisitorCalls,
        Self::SiteCalls,
        Self::CallSalt,
        Self::Generation,
        Self::IssuedCounts,
        Self::DailyCounters,
        Self::Feedback,
    ];

    pub(crate) const fn entry(self) -> RecordEntry {
        const MINUTE: Duration = Duration::from_secs(60);
        match self {
            Self::ChallengeMark => RecordEntry {
                name: "challenge-mark",
                purpose: Purpose::Verification,
                life: Life::Challenge(MARK_MARGIN),
            },
            Self::TokenMark => RecordEntry {
                name: "token-mark",
                purpose: Purpose::Verification,
                life: Life::Token(MARK_MARGIN),
            },
            Self::VisitorCalls => RecordEntry {
                name: "visitor-calls",
                purpose: Purpose::AbusePrevention,
                life: Life::Fixed(MINUTE),
            },
            Self::SiteCalls => RecordEntry {
                name: "site-calls",
                purpose: Purpose::AbusePrevention,
                life: Life::Fixed(MINUTE),
            },
            Self::CallSalt => RecordEntry {
                name: "call-salt",
                purpose: Purpose::AbusePrevention,
                life: Life::Fixed(Duration::from_secs(11 * 60)),
            },
            // Far longer than it takes to replace a secret.
            Self::Generation => RecordEntry {
                name: "generation",
                purpose: Purpose::Security,
                life: Life::Fixed(Duration::from_secs(400 * 86_400)),
            },
            Self::IssuedCounts => RecordEntry {
                name: "issued-counts",
                purpose: Purpose::Security,
                life: Life::Fixed(Duration::from_secs(8 * 3_600)),
            },
            Self::DailyCounters => RecordEntry {
                name: "daily-counters",
                purpose: Purpose::Statistics,
                life: Life::Statistics,
            },
            Self::Feedback => RecordEntry {
                name: "feedback",
                purpose: Purpose::Feedback,
                life: Life::Fixed(Duration::from_secs(30 * 86_400)),
            },
        }
    }
}

/// What may be spent once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Challenge,
    Token,
}

impl Mark {
    pub(crate) const fn record(self) -> Record {
        match self {
            Self::Challenge => Record::ChallengeMark,
            Self::Token => Record::TokenMark,
        }
    }
}

/// What is counted to keep limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    Visitor,
    Site,
}

impl Count {
    pub(crate) const fn record(self) -> Record {
        match self {
            Self::Visitor => Record::VisitorCalls,
            Self::Site => Record::SiteCalls,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIVES: Lives = Lives {
        challenge: Duration::from_secs(120),
        token: Duration::from_secs(300),
        statistics: Duration::from_secs(400 * 86_400),
    };

    #[test]
    fn every_entry_is_listed_once_and_has_an_end() {
        let mut names: Vec<_> = Cookie::ALL
            .iter()
            .map(|cookie| cookie.entry().name)
            .collect();
        names.extend(Record::ALL.iter().map(|record| record.entry().name));
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        assert!(Cookie::ALL.is_sorted() && Record::ALL.is_sorted());
        for record in Record::ALL {
            assert!(record.entry().life.longest(&LIVES).is_some(), "{record:?}");
        }
        for cookie in Cookie::ALL {
            assert!(cookie.entry().name.starts_with(HOST_PREFIX));
        }
    }

    #[test]
    fn only_statistics_ask_for_consent_and_only_they_are_performance() {
        for cookie in Cookie::ALL {
            let entry = cookie.entry();
            assert_eq!(
                entry.class == Class::Performance,
                entry.purpose.basis() == Basis::Consent
            );
        }
    }
}
