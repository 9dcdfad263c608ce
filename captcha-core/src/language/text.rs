//! What a language file says, section by section. A `{0}` is filled in.

use serde::{Deserialize, Serialize};

use super::plural::Category;
use crate::challenge::Kind;

/// Structs of words: each field is a key of the file, required, and no other key is known.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($field:ident $(: $type:ty)?),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize, Serialize)]
        #[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
        pub(crate) struct $name { $(pub(crate) $field: words!(@type $($type)?)),+ }

        impl $name {
            /// Nothing said.
            const EMPTY: Self = Self { $($field: words!(@empty $($type)?)),+ };
        }
    )+};
    (@type) => { &'static str };
    (@type $type:ty) => { $type };
    (@empty) => { "" };
    (@empty $type:ty) => { <$type>::EMPTY };
}

words! {
    /// A language file.
    Text {
        name, direction, widget: Widget, consent: ConsentWords, frame: Frame, notice: Notice, labels: Labels,
        choices: Choices, feedback: Feedback,
    }

    /// The widget. Most of it is read by the script alone, from a file built of this section.
    Widget {
        label, required, loading, checking, verified, expired, close, ways, kinds: Kinds, refresh, check, retry,
        privacy, picture, position, angle, across, down, of, left, right, up, undo, play, pause, again, volume,
        digits, characters, soon, wrong, renewed, timed_out, offline, busy, failed,
    }

    Kinds {
        slide: KindWords, drag: KindWords, rotate: KindWords, click: KindWords, text: KindWords, sum: KindWords,
        audio: KindWords, work: KindWords,
    }

    KindWords { name, task, hint }

    /// The question about statistics, in the widget.
    ConsentWords {
        title, question, agree, refuse, counted, stop, not_counted, stale, not_kept, changed,
    }

    /// The page for visitors without script.
    Frame {
        title, picture, sum_picture, new_picture, new_digits, to_picture, to_sound, sound, download,
        picture_expired, picture_spent, picture_wrong, sound_expired, sound_spent, sound_wrong, done, done_next,
        wait, wait_why,
    }

    /// The sentences of the privacy notice; a change makes another version of it.
    Notice {
        purposes: Purposes, cookies: Cookies, records: Records, rights: Rights, claims: Claims, encrypted, plain,
        not_kept, sharing, complaint_to, complaint_anywhere, obligation, automated_decisions, children_not_meant,
        children_welcome, statistics_on, statistics_off, global_privacy_control, feedback_on, feedback_off,
        browser_session, visit, units: Units,
    }

    Purposes { verification, abuse_prevention, security, statistics, compliance, feedback }

    Cookies {
        session: CookieWords, token: CookieWords, preferences: CookieWords, consent: CookieWords,
        statistics: CookieWords,
    }

    CookieWords { holds, set_when }

    Records {
        challenge_mark, token_mark, visitor_calls, site_calls, call_salt, call_salt_shared, generation, issued_counts,
        daily_counters, feedback,
    }

    Rights { access, deletion, modification, restriction, portability, objection, withdrawal }

    Claims { security_audits, access_control, security_training, legal_review }

    Units { days: Forms, hours: Forms, minutes: Forms, seconds: Forms }

    /// Headings and column titles of the notice's page.
    Labels {
        title, version, date, introduction, who, controller, contact, officer, representative, purposes, purpose,
        basis, because, cookies, name, class, functional, performance, holds, set_when, life, records, recipients,
        no_recipients, no_transfers, rights, right, law, choices, complaint, security, decisions, children,
        feedback, statistics, gpc_seen, attested, changes, no_changes, archived, as_json,
    }

    /// The page of choices.
    Choices {
        title, introduction, notice, done, held, nothing, field, value, cookie, until, session_end, take,
        selections, language, theme, kind, contrast, motion, light, dark, more, reduce, by_page, save, statistics,
        unknown, granted, refused, withdrawn, grant, refuse, withdraw, limits, restrict, unrestrict, object,
        unobject, delete_title, delete_text, delete, child_title, child_text, child,
    }

    /// The feedback form.
    Feedback { title, introduction, label, send, thanks }
}

/// A counted noun in the forms that the language has.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forms {
    #[serde(borrow)]
    zero: Option<&'static str>,
    #[serde(borrow)]
    one: Option<&'static str>,
    #[serde(borrow)]
    two: Option<&'static str>,
    #[serde(borrow)]
    few: Option<&'static str>,
    #[serde(borrow)]
    many: Option<&'static str>,
    other: &'static str,
}

impl Forms {
    const EMPTY: Self = Self {
        zero: None,
        one: None,
        two: None,
        few: None,
        many: None,
        other: "",
    };

    pub(super) fn of(&self, category: Category) -> &'static str {
        self.named(category).unwrap_or(self.other)
    }

    pub(super) const fn named(&self, category: Category) -> Option<&'static str> {
        match category {
            Category::Zero => self.zero,
            Category::One => self.one,
            Category::Two => self.two,
            Category::Few => self.few,
            Category::Many => self.many,
            Category::Other => Some(self.other),
        }
    }
}

/// What the widget says of a puzzle. It comes with the challenge, so that no visitor loads the words
/// of kinds that are never shown.
#[derive(Debug, Serialize)]
pub(crate) struct PuzzleWords {
    task: &'static str,
    hint: &'static str,
    /// The ways to verify, each a kind and its name, in the order in which they are offered.
    ways: Vec<(&'static str, &'static str)>,
}

impl Kinds {
    /// Kinds by their likeness: pictures to move, to tap and to read, then what stands in for them.
    const ORDER: [Kind; Kind::ALL.len()] = [
        Kind::Slide,
        Kind::Drag,
        Kind::Rotate,
        Kind::Click,
        Kind::Text,
        Kind::Audio,
        Kind::Work,
    ];

    /// Of a puzzle of that kind, or a sum in the place of text, among the kinds on `offer`.
    pub(crate) fn said(&self, kind: Kind, is_sum: bool, offer: &[Kind]) -> PuzzleWords {
        let words = if is_sum { &self.sum } else { self.of(kind) };
        PuzzleWords {
            task: words.task,
            hint: words.hint,
            ways: (Self::ORDER.into_iter())
                .filter(|way| offer.contains(way))
                .map(|way| (way.name(), self.of(way).name))
                .collect(),
        }
    }

    pub(crate) const fn of(&self, kind: Kind) -> &KindWords {
        match kind {
            Kind::Slide => &self.slide,
            Kind::Drag => &self.drag,
            Kind::Rotate => &self.rotate,
            Kind::Click => &self.click,
            Kind::Text => &self.text,
            Kind::Audio => &self.audio,
            Kind::Work => &self.work,
        }
    }
}

impl Text {
    pub(super) const NOTHING: Self = Self::EMPTY;
}

/// `text` with its blanks filled in. A value that looks like a blank stays as it is.
pub(crate) fn filled(text: &str, values: &[&str]) -> String {
    let mut parts = text.split('{');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let blank = (part.split_once('}')).and_then(|(position, rest)| {
            Some((values.get(position.parse::<usize>().ok()?)?, rest))
        });
        match blank {
            Some((value, rest)) => whole.extend([*value, rest]),
            None => whole.extend(["{", part]),
        }
    }
    whole
}
