//! The notice's words, by language. Whatever is added to the registry has no words yet and does
//! not compile until every language has them.

mod en;
mod zh;

use std::time::Duration;

use crate::{
    language,
    privacy::{
        config::Claim,
        consent::Consent,
        registry::{Cookie, Purpose, Record},
        rights::Right,
    },
};

/// A language of the notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
}

impl Language {
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::Chinese];

    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// Its name in itself.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "中文",
        }
    }

    /// The language of a tag such as `zh-Hans-CN`, by its first part.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split('-').next().unwrap_or_default();
        (Self::ALL.into_iter()).find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The first language of an `Accept-Language` value that there is, by its order and weights.
    pub(crate) fn of_header(value: &str) -> Option<Self> {
        language::preferred(value, Self::of_tag)
    }

    pub(crate) const fn text(self) -> &'static Text {
        match self {
            Self::English => &en::TEXT,
            Self::Chinese => &zh::TEXT,
        }
    }
}

/// All that the notice says in one language. A `{}` is filled in.
pub(crate) struct Text {
    pub(super) purpose: fn(Purpose) -> &'static str,
    /// What it holds, and when it is set.
    pub(super) cookie: fn(Cookie) -> (&'static str, &'static str),
    pub(super) record: fn(Record) -> &'static str,
    pub(super) right: fn(Right) -> &'static str,
    pub(super) claim: fn(Claim) -> &'static str,
    pub(super) encrypted: &'static str,
    pub(super) plain: &'static str,
    pub(super) not_kept: &'static str,
    pub(super) sharing: &'static str,
    pub(super) complaint_to: &'static str,
    pub(super) complaint_anywhere: &'static str,
    pub(super) obligation: &'static str,
    pub(super) automated_decisions: &'static str,
    pub(super) children_not_meant: &'static str,
    pub(super) children_welcome: &'static str,
    pub(super) statistics_on: &'static str,
    pub(super) statistics_off: &'static str,
    pub(super) global_privacy_control: &'static str,
    pub(super) feedback_on: &'static str,
    pub(super) feedback_off: &'static str,
    pub(super) browser_session: &'static str,
    pub(super) visit: &'static str,
    /// One and many, of days, hours, minutes, seconds.
    pub(super) units: [(&'static str, &'static str); 4],
    pub(super) labels: Labels,
    pub(super) choices: ChoiceLabels,
    pub(super) feedback: FeedbackLabels,
}

/// Headings and column titles of the page.
pub(crate) struct Labels {
    pub(crate) title: &'static str,
    pub(crate) version: &'static str,
    pub(crate) date: &'static str,
    pub(crate) introduction: &'static str,
    pub(crate) who: &'static str,
    pub(crate) controller: &'static str,
    pub(crate) contact: &'static str,
    pub(crate) officer: &'static str,
    pub(crate) representative: &'static str,
    pub(crate) purposes: &'static str,
    pub(crate) purpose: &'static str,
    pub(crate) basis: &'static str,
    pub(crate) because: &'static str,
    pub(crate) cookies: &'static str,
    pub(crate) name: &'static str,
    pub(crate) class: &'static str,
    pub(crate) functional: &'static str,
    pub(crate) performance: &'static str,
    pub(crate) holds: &'static str,
    pub(crate) set_when: &'static str,
    pub(crate) life: &'static str,
    pub(crate) records: &'static str,
    pub(crate) recipients: &'static str,
    pub(crate) no_recipients: &'static str,
    pub(crate) no_transfers: &'static str,
    pub(crate) rights: &'static str,
    pub(crate) right: &'static str,
    pub(crate) law: &'static str,
    pub(crate) choices: &'static str,
    pub(crate) complaint: &'static str,
    pub(crate) security: &'static str,
    pub(crate) decisions: &'static str,
    pub(crate) children: &'static str,
    pub(crate) feedback: &'static str,
    pub(crate) statistics: &'static str,
    pub(crate) gpc_seen: &'static str,
    pub(crate) attested: &'static str,
    pub(crate) changes: &'static str,
    pub(crate) no_changes: &'static str,
    pub(crate) archived: &'static str,
    pub(crate) as_json: &'static str,
}

/// The words of the page of choices.
pub(crate) struct ChoiceLabels {
    pub(crate) title: &'static str,
    pub(crate) introduction: &'static str,
    pub(crate) notice: &'static str,
    pub(crate) done: &'static str,
    pub(crate) held: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) field: &'static str,
    pub(crate) value: &'static str,
    pub(crate) cookie: &'static str,
    pub(crate) until: &'static str,
    pub(crate) session_end: &'static str,
    pub(crate) take: &'static str,
    pub(crate) selections: &'static str,
    pub(crate) by_page: &'static str,
    pub(crate) save: &'static str,
    pub(crate) statistics: &'static str,
    pub(crate) standing: fn(Consent) -> &'static str,
    pub(crate) grant: &'static str,
    pub(crate) refuse: &'static str,
    pub(crate) withdraw: &'static str,
    pub(crate) limits: &'static str,
    pub(crate) restrict: &'static str,
    pub(crate) unrestrict: &'static str,
    pub(crate) object: &'static str,
    pub(crate) unobject: &'static str,
    pub(crate) delete_title: &'static str,
    pub(crate) delete_text: &'static str,
    pub(crate) delete: &'static str,
    pub(crate) child_title: &'static str,
    pub(crate) child_text: &'static str,
    pub(crate) child: &'static str,
    /// A selection or one of its values, by its name in JSON.
    pub(crate) selection: fn(&str) -> &'static str,
}

/// The words of the feedback form.
pub(crate) struct FeedbackLabels {
    pub(crate) title: &'static str,
    pub(crate) introduction: &'static str,
    pub(crate) label: &'static str,
    pub(crate) send: &'static str,
    pub(crate) thanks: &'static str,
}

impl Text {
    pub(super) const fn feedback_switch(&self, on: bool) -> &'static str {
        if on {
            self.feedback_on
        } else {
            self.feedback_off
        }
    }

    pub(crate) const fn feedback(&self) -> &FeedbackLabels {
        &self.feedback
    }

    pub(super) const fn encryption(&self, secure: bool) -> &'static str {
        if secure { self.encrypted } else { self.plain }
    }

    pub(super) fn complaint(&self, authority: Option<&str>) -> String {
        match authority {
            Some(authority) => self.complaint_to.replace("{}", authority),
            None => self.complaint_anywhere.to_owned(),
        }
    }

    pub(super) fn children(&self, not_meant: bool) -> String {
        if not_meant {
            self.children_not_meant.to_owned()
        } else {
            self.children_welcome.to_owned()
        }
    }

    pub(super) const fn statistics(&self, on: bool) -> &'static str {
        if on {
            self.statistics_on
        } else {
            self.statistics_off
        }
    }

    pub(super) fn visit(&self, idle: Duration, longest: Duration) -> String {
        (self.visit.replacen("{}", &self.duration(idle), 1)).replacen(
            "{}",
            &self.duration(longest),
            1,
        )
    }

    /// A duration in the largest unit that fits it whole.
    pub(super) fn duration(&self, life: Duration) -> String {
        let seconds = life.as_secs();
        let sizes = [86_400, 3_600, 60, 1];
        for (size, (one, many)) in sizes.into_iter().zip(self.units) {
            // Up to two days read better in hours, up to two minutes in seconds.
            if seconds.is_multiple_of(size) && (seconds >= 2 * size || size == 1) {
                let count = seconds / size;
                let unit = if count == 1 { one } else { many };
                return unit.replace("{}", &count.to_string());
            }
        }
        String::new()
    }

    pub(crate) const fn labels(&self) -> &Labels {
        &self.labels
    }

    pub(crate) const fn choices(&self) -> &ChoiceLabels {
        &self.choices
    }
}
