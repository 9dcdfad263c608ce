//! Statistics without people: fixed daily counters of visitors who agreed, released for closed days
//! alone, with small cells suppressed and, if asked for, exact noise.

pub(crate) mod counted;
mod noise;
pub(crate) mod page;
pub(crate) mod release;

use crate::{
    challenge::Kind,
    error::CaptchaError,
    language::{Language, TAGS},
};

/// Smallest count that is shown, unless set.
const K: u64 = 20;
/// Days for which counters are kept, unless set.
const RETENTION_DAYS: u32 = 400;
/// Shortest key that opens the page, in characters.
const MIN_KEY: usize = 32;

/// Daily statistics of visitors who agreed to them. Off unless given to the builder.
///
/// Counted are visitors (each at most once a day and event) who were given a challenge, solved one,
/// failed one, came too late or asked for another, by kind of challenge and by language, and how long the first
/// solution of the day took, in powers of two of seconds. Nothing else is kept, and nothing about
/// one visitor.
#[derive(Clone, Debug)]
#[must_use]
pub struct Statistics {
    pub(crate) smallest: u64,
    pub(crate) epsilon: Option<(u32, u32)>,
    pub(crate) retention_days: u32,
    pub(crate) key: Option<Key>,
}

/// The bearer key of `GET stats`.
#[derive(Clone)]
pub(crate) struct Key(pub(crate) String);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Statistics {
    /// Counters, kept for 400 days; counts under 20 are not shown.
    pub const fn new() -> Self {
        Self {
            smallest: K,
            epsilon: None,
            retention_days: RETENTION_DAYS,
            key: None,
        }
    }

    /// Counts under `k` are not shown: 20 unless set, and at least 5.
    pub const fn smallest_shown(mut self, k: u64) -> Self {
        self.smallest = k;
        self
    }

    /// Adds discrete Laplace noise to every released count, so that a visitor changes the chance of
    /// any day's figures at most by the factor e^(`numerator` / `denominator`).
    pub const fn noise(mut self, numerator: u32, denominator: u32) -> Self {
        self.epsilon = Some((numerator, denominator));
        self
    }

    /// Days for which counters are kept.
    pub const fn retention_days(mut self, days: u32) -> Self {
        self.retention_days = days;
        self
    }

    /// Serves `GET stats` to whoever sends `Authorization: Bearer <key>`. Without it the page is
    /// not mounted, and [`Captcha::statistics_json`](crate::Captcha::statistics_json) is for a
    /// route behind a guard of your own.
    pub fn bearer_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(Key(key.into()));
        self
    }

    pub(crate) fn check(&self) -> Result<(), CaptchaError> {
        let refuse = |message: &str| Err(CaptchaError::configuration(message.to_owned()));
        if self.smallest < 5 {
            return refuse("statistics that show counts under 5 would show people: at least 5");
        }
        if self.retention_days == 0 || self.retention_days > 1_000 {
            return refuse("statistics are kept for 1 to 1000 days");
        }
        if let Some((numerator, denominator)) = self.epsilon
            && (numerator == 0 || denominator == 0 || numerator > 1_000 || denominator > 10_000)
        {
            return refuse("the noise of statistics has an epsilon such as 1/1: `.noise(1, 1)`");
        }
        if let Some(Key(key)) = &self.key
            && (key.len() < MIN_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return refuse(
                "the key of `GET stats` needs at least 32 visible characters; make one with \
                 `openssl rand -base64 32`",
            );
        }
        Ok(())
    }
}

impl Default for Statistics {
    fn default() -> Self {
        Self::new()
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Issued,
    Solved,
    Failed,
    Expired,
    Refreshed,
}

impl Event {
    pub(crate) const ALL: [Self; 5] = [
        Self::Issued,
        Self::Solved,
        Self::Failed,
        Self::Expired,
        Self::Refreshed,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Solved => "solved",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Refreshed => "refreshed",
        }
    }

    /// Its place among the flags of the cookie.
    pub(crate) const fn flag(self) -> u8 {
        match self {
            Self::Issued => 1,
            Self::Solved => 2,
            Self::Failed => 4,
            Self::Expired => 8,
            Self::Refreshed => 16,
        }
    }
}

/// Powers of two of seconds: under 1, under 2, under 4, ..., 64 and more.
pub(crate) const BUCKETS: [&str; 8] = ["0", "1", "2", "4", "8", "16", "32", "64"];

/// One thing that happened to one visitor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Happening {
    pub(crate) event: Event,
    pub(crate) kind: Kind,
    pub(crate) language: Language,
    /// Of a solution.
    pub(crate) seconds: Option<u64>,
}

/// The most cells that one visitor adds to in a day: each event by kind and by language, and the
/// time of one solution.
pub(crate) const CELLS_OF_A_VISITOR: u32 = 2 * Event::ALL.len() as u32 + 1;

impl Happening {
    /// The cells that it adds one to.
    pub(crate) fn cells(&self) -> Vec<String> {
        let event = self.event.name();
        let mut cells = vec![
            format!("{event}.kind.{}", self.kind.name()),
            format!("{event}.language.{}", self.language.tag()),
        ];
        if let (Event::Solved, Some(seconds)) = (self.event, self.seconds) {
            let place = (u64::BITS - seconds.leading_zeros()) as usize;
            let bucket = BUCKETS.get(place).or(BUCKETS.last()).copied();
            cells.push(format!("{event}.seconds.{}", bucket.unwrap_or_default()));
        }
        cells
    }
}

/// Every table of a day: the event, what it is broken down by, and its cells.
pub(crate) fn tables() -> Vec<(Event, &'static str, Vec<&'static str>)> {
    let mut tables = Vec::new();
    for event in Event::ALL {
        tables.push((event, "kind", Kind::ALL.map(Kind::name).to_vec()));
        tables.push((event, "language", TAGS.to_vec()));
        if event == Event::Solved {
            tables.push((event, "seconds", BUCKETS.to_vec()));
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn whatever_happens_falls_into_cells_of_the_tables() {
        let known: BTreeSet<String> = (tables().into_iter())
            .flat_map(|(event, by, cells)| {
                cells
                    .into_iter()
                    .map(move |cell| format!("{}.{by}.{cell}", event.name()))
            })
            .collect();
        assert_eq!(known.len(), 5 * (Kind::ALL.len() + TAGS.len()) + 8);
        let mut seen = BTreeSet::new();
        for event in Event::ALL {
            for kind in Kind::ALL {
                for language in Language::all() {
                    for seconds in [0, 1, 3, 7, 15, 31, 63, 64, u64::MAX] {
                        let seconds = Some(seconds);
                        let cells = Happening {
                            event,
                            kind,
                            language,
                            seconds,
                        }
                        .cells();
                        seen.extend(cells);
                    }
                }
            }
        }
        assert_eq!(seen, known);
    }

    #[test]
    fn what_would_show_people_is_refused() {
        assert!(Statistics::new().check().is_ok());
        let key = "k".repeat(32);
        assert!(
            Statistics::new()
                .noise(1, 2)
                .bearer_key(&*key)
                .check()
                .is_ok()
        );
        for unfit in [
            Statistics::new().smallest_shown(4),
            Statistics::new().noise(0, 1),
            Statistics::new().noise(1, 0),
            Statistics::new().retention_days(0),
            Statistics::new().bearer_key("short"),
            Statistics::new().bearer_key(" ".repeat(40)),
        ] {
            assert!(unfit.check().is_err(), "{unfit:?}");
        }
        assert!(!format!("{:?}", Statistics::new().bearer_key(&*key)).contains(&key));
    }
}
