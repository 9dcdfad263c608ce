//! Searches for many needles at once.

use std::{collections::BTreeMap, fmt};

use aho_corasick::{AhoCorasick, MatchKind};

use super::markers::{Marker, Needle};

/// Where something can be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sink {
    /// The body of an answer.
    Body,
    /// The headers of an answer.
    Head,
    /// The log.
    Log,
    /// A sealed text in the store.
    Sealed,
    /// The store.
    Store,
}

/// A marker where it should not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where the marker was planted.
    pub place: String,
    /// How it is written.
    pub form: String,
    /// Where it was found.
    pub sink: Sink,
    at: String,
    excerpt: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            form,
            sink,
            at,
            excerpt,
        } = self;
        write!(f, "{place}: {form} in {sink:?}, {at}: …{excerpt}…")
    }
}

/// Needles of some markers, ready to search.
pub struct Search {
    exact: Set,
    any_case: Set,
}

struct Set {
    automaton: AhoCorasick,
    needles: Vec<(String, Needle)>,
}

impl Set {
    fn new(needles: Vec<(String, Needle)>, any_case: bool) -> Self {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(any_case)
            .build(needles.iter().map(|(_, needle)| &needle.bytes))
            .unwrap();
        Self { automaton, needles }
    }
}

impl Search {
    /// For everything that `markers` can be written as.
    #[must_use]
    pub fn new(markers: &[Marker]) -> Self {
        // Two markers can share a needle (two answers of one digest); the first is named.
        let mut by_bytes = BTreeMap::new();
        for marker in markers {
            for needle in marker.needles() {
                by_bytes
                    .entry((needle.any_case, needle.bytes.clone()))
                    .or_insert_with(|| (marker.place.clone(), needle));
            }
        }
        let (any_case, exact) = by_bytes
            .into_values()
            .partition(|(_, needle): &(String, Needle)| needle.any_case);
        Self {
            exact: Set::new(exact, false),
            any_case: Set::new(any_case, true),
        }
    }

    /// How many needles there are.
    #[must_use]
    pub fn needles(&self) -> usize {
        self.exact.needles.len() + self.any_case.needles.len()
    }

    /// What is found in `bytes`. Short needles count in the store and the log alone: elsewhere they
    /// would be found by chance, in pictures and sealed text.
    #[must_use]
    pub fn one(&self, sink: Sink, at: &str, bytes: &[u8]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for set in [&self.exact, &self.any_case] {
            for found in set.automaton.find_overlapping_iter(bytes) {
                let (place, needle) = &set.needles[found.pattern().as_usize()];
                if needle.short() && !matches!(sink, Sink::Log | Sink::Store) {
                    continue;
                }
                let from = found.start().saturating_sub(30);
                let to = (found.end() + 30).min(bytes.len());
                findings.push(Finding {
                    place: place.clone(),
                    form: needle.form.clone(),
                    sink,
                    at: at.to_owned(),
                    excerpt: bytes[from..to].escape_ascii().to_string(),
                });
            }
        }
        findings
    }

    /// What is found in all these pieces.
    pub fn all(&self, pieces: impl Iterator<Item = (Sink, String, Vec<u8>)>) -> Vec<Finding> {
        pieces
            .flat_map(|(sink, at, bytes)| self.one(sink, &at, &bytes))
            .collect()
    }
}
