//! The notice's words for what the registry lists. Whatever is added to the registry has none yet
//! and does not compile until every language has them.

use std::time::Duration;

use crate::{
    language::{Choices, Language, Notice as Words, filled},
    privacy::{
        config::Claim,
        consent::Consent,
        registry::{Cookie, Purpose, Record},
        rights::Right,
    },
};

pub(super) const fn purpose(words: &Words, purpose: Purpose) -> &'static str {
    let of = &words.purposes;
    match purpose {
        Purpose::Verification => of.verification,
        Purpose::AbusePrevention => of.abuse_prevention,
        Purpose::Security => of.security,
        Purpose::Statistics => of.statistics,
        Purpose::Compliance => of.compliance,
        Purpose::Feedback => of.feedback,
    }
}

/// What it holds, and when it is set.
pub(super) const fn cookie(words: &Words, cookie: Cookie) -> (&'static str, &'static str) {
    let of = &words.cookies;
    let words = match cookie {
        Cookie::Session => &of.session,
        Cookie::Token => &of.token,
        Cookie::Preferences => &of.preferences,
        Cookie::Consent => &of.consent,
        Cookie::Statistics => &of.statistics,
    };
    (words.holds, words.set_when)
}

/// What a record holds; `shared` where several processes share the store.
pub(super) const fn record(words: &Words, record: Record, shared: bool) -> &'static str {
    let of = &words.records;
    match record {
        Record::ChallengeMark => of.challenge_mark,
        Record::TokenMark => of.token_mark,
        Record::VisitorCalls => of.visitor_calls,
        Record::SiteCalls => of.site_calls,
        Record::CallSalt if shared => of.call_salt_shared,
        Record::CallSalt => of.call_salt,
        Record::Generation => of.generation,
        Record::IssuedCounts => of.issued_counts,
        Record::DailyCounters => of.daily_counters,
        Record::Feedback => of.feedback,
    }
}

pub(super) const fn right(words: &Words, right: Right) -> &'static str {
    let of = &words.rights;
    match right {
        Right::Access => of.access,
        Right::Deletion => of.deletion,
        Right::Modification => of.modification,
        Right::Restriction => of.restriction,
        Right::Portability => of.portability,
        Right::Objection => of.objection,
        Right::Withdrawal => of.withdrawal,
    }
}

pub(super) const fn claim(words: &Words, claim: Claim) -> &'static str {
    let of = &words.claims;
    match claim {
        Claim::SecurityAudits => of.security_audits,
        Claim::AccessControl => of.access_control,
        Claim::SecurityTraining => of.security_training,
        Claim::LegalReview => of.legal_review,
    }
}

/// Where a visitor stands on statistics.
pub(crate) const fn standing(words: &Choices, consent: Consent) -> &'static str {
    match consent {
        Consent::Unknown => words.unknown,
        Consent::Granted => words.granted,
        Consent::Refused => words.refused,
        Consent::Withdrawn => words.withdrawn,
    }
}

pub(super) fn complaint(words: &Words, authority: Option<&str>) -> String {
    match authority {
        Some(authority) => filled(words.complaint_to, &[authority]),
        None => words.complaint_anywhere.to_owned(),
    }
}

pub(super) fn visit(language: Language, idle: Duration, longest: Duration) -> String {
    filled(
        language.text().notice.visit,
        &[&duration(language, idle), &duration(language, longest)],
    )
}

/// A duration in the largest unit that fits it whole.
pub(super) fn duration(language: Language, life: Duration) -> String {
    let units = &language.text().notice.units;
    let seconds = life.as_secs();
    for (size, forms) in [
        (86_400, &units.days),
        (3_600, &units.hours),
        (60, &units.minutes),
    ] {
        // Up to two days read better in hours, up to two minutes in seconds.
        if seconds.is_multiple_of(size) && seconds >= 2 * size {
            return language.counted(forms, seconds / size);
        }
    }
    language.counted(&units.seconds, seconds)
}
