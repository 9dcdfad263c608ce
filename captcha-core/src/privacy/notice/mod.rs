//! The notice: computed from the running configuration and the registry, as a model that is shown
//! as JSON and as a page. What is not configured or not done is not in it.

pub(crate) mod archive;
mod model;
mod page;
mod words;

use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use time::Date;

use archive::Archived;
pub(crate) use model::Notice;
use model::{
    Change, Children, Controller, CookieRow, PurposeRow, RecipientRow, RecordRow, RightRow,
    Sharing, Statement, Switch,
};
pub(crate) use page::{POLICY, document, page, table};
pub(crate) use words::standing;

use super::{
    audit::hex,
    config::{Audience, Privacy, day},
    registry::{self, Cookie, Life, Lives, Purpose, Record},
    rights::Right,
};
use crate::{error::CaptchaError, language::Language, limit::Limits};

/// The shape of the JSON.
const SCHEMA: &str = "urn:captcha:notice:1";

/// What of an engine's setup the notice tells.
pub(crate) struct Setup {
    /// Whether cookies travel over HTTPS alone.
    pub(crate) secure: bool,
    /// Whether visitors do.
    pub(crate) encrypted: bool,
    pub(crate) limits: Limits,
    /// Whether several processes share the store.
    pub(crate) shared: bool,
    pub(crate) statistics: bool,
    pub(crate) feedback: bool,
}

/// The notices of one engine: the one in force, in every language, and those before it.
pub(crate) struct Notices {
    privacy: Privacy,
    lives: Lives,
    secure: bool,
    encrypted: bool,
    limits: bool,
    shared: bool,
    statistics: bool,
    feedback: bool,
    archive: Vec<Archived>,
    version: String,
}

impl Notices {
    pub(crate) fn new(privacy: Privacy, lives: Lives, setup: Setup) -> Result<Self, CaptchaError> {
        let Setup {
            secure,
            encrypted,
            limits,
            shared,
            statistics,
            feedback,
        } = setup;
        privacy.check()?;
        if statistics && privacy.audience != Audience::NotDirectedToChildren {
            return Err(CaptchaError::configuration(
                "no statistics are made where children are among the audience: leave \
                 `.statistics(..)` out, or `Privacy::audience(..)`",
            ));
        }
        let mut notices = Self {
            statistics,
            feedback,
            archive: archive::read(&privacy)?,
            privacy,
            lives,
            secure,
            encrypted,
            limits: limits != Limits::UNLIMITED,
            shared,
            version: String::new(),
        };
        notices.version = version(&notices.facts());
        archive::check(&notices.archive, &notices.version, notices.date())?;
        Ok(notices)
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            privacy: &self.privacy,
            lives: self.lives,
            secure: self.secure,
            encrypted: self.encrypted,
            limits: self.limits,
            shared: self.shared,
            statistics: self.statistics(),
            feedback: self.feedback,
            archive: &self.archive,
        }
    }

    pub(crate) const fn privacy(&self) -> &Privacy {
        &self.privacy
    }

    /// Whether visitors who agree are counted.
    pub(crate) const fn statistics(&self) -> bool {
        self.statistics
    }

    /// Whether the feedback form is there.
    pub(crate) const fn feedback(&self) -> bool {
        self.feedback
    }

    /// Whether another notice was in force before.
    pub(crate) fn has_changed(&self) -> bool {
        (self.archive.iter()).any(|earlier| earlier.notice.version != self.version)
    }

    /// The version in force.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// The day since which it is in force.
    pub(crate) fn date(&self) -> &str {
        self.privacy.dated.as_deref().unwrap_or(registry::DATE)
    }

    /// The notice in force, at that time.
    pub(crate) fn current(&self, language: Language, now_millis: u64) -> Notice {
        Notice::of(&self.facts(), language, date_of(now_millis))
    }

    /// A notice that was in force before.
    pub(crate) fn archived(&self, version: &str) -> Option<&Notice> {
        (self.archive.iter())
            .map(|archived| &archived.notice)
            .find(|notice| notice.version == version)
    }
}

/// The day in UTC of a time in milliseconds since the Unix epoch.
pub(crate) fn date_of(millis: u64) -> Date {
    let seconds = i64::try_from(millis / 1_000).unwrap_or(i64::MAX);
    time::OffsetDateTime::from_unix_timestamp(seconds).map_or(Date::MAX, |moment| moment.date())
}

/// What the notice has to know of the engine.
pub(crate) struct Facts<'a> {
    pub(crate) privacy: &'a Privacy,
    pub(crate) lives: Lives,
    /// Whether cookies are `Secure`.
    pub(crate) secure: bool,
    /// Whether visitors arrive by HTTPS alone.
    pub(crate) encrypted: bool,
    pub(crate) limits: bool,
    pub(crate) shared: bool,
    pub(crate) statistics: bool,
    pub(crate) feedback: bool,
    pub(crate) archive: &'a [Archived],
}

impl Notice {
    /// The notice on that day.
    pub(crate) fn of(facts: &Facts<'_>, language: Language, today: Date) -> Self {
        let mut notice = Self::undated(facts, language);
        notice.version = version(facts);
        notice.statements.retain(|statement| {
            let within = |text: &str, test: fn(Date, Date) -> bool| {
                day(text).is_some_and(|bound| test(today, bound))
            };
            within(&statement.made, |today, made| made <= today)
                && within(&statement.until, |today, until| today < until)
        });
        notice.changes = (facts.archive.iter())
            .map(|earlier| Change {
                version: earlier.notice.version.clone(),
                date: earlier.notice.date.clone(),
                text: earlier.changes.clone(),
            })
            .collect();
        notice
    }

    /// All that the version is made of: no version, no calendar, no list of earlier versions.
    fn undated(facts: &Facts<'_>, language: Language) -> Self {
        let privacy = facts.privacy;
        let text = &language.text().notice;
        let either = |on: bool, yes: &str, no: &str| if on { yes } else { no }.to_owned();
        Self {
            schema: SCHEMA.to_owned(),
            version: String::new(),
            date: privacy
                .dated
                .clone()
                .unwrap_or_else(|| registry::DATE.to_owned()),
            language: language.tag().to_owned(),
            controller: Controller {
                name: privacy.controller.clone(),
                contact: privacy.contact.clone(),
                data_protection_officer: privacy.officer.clone(),
                representative: privacy.representative.clone(),
            },
            encryption: either(facts.encrypted, text.encrypted, text.plain),
            purposes: (Purpose::ALL.into_iter())
                .filter(|purpose| facts.pursues(*purpose))
                .map(|purpose| PurposeRow {
                    id: purpose.name().to_owned(),
                    text: words::purpose(text, purpose).to_owned(),
                    basis: purpose.basis().name().to_owned(),
                    article: purpose.basis().article().to_owned(),
                    reason: privacy.reason(purpose).map(str::to_owned),
                })
                .collect(),
            cookies: (Cookie::ALL.into_iter())
                .filter(|cookie| facts.sets(*cookie))
                .map(|cookie| facts.cookie_row(cookie, language))
                .collect(),
            records: (Record::ALL.into_iter())
                .filter(|record| facts.keeps(*record))
                .map(|record| facts.record_row(record, language))
                .collect(),
            not_kept: text.not_kept.to_owned(),
            recipients: (privacy.recipients.iter())
                .map(|recipient| RecipientRow {
                    name: recipient.name.clone(),
                    does: recipient.does.clone(),
                    transfer: recipient.transfer.clone(),
                })
                .collect(),
            sharing: Sharing {
                sold: false,
                shared: false,
                third_parties: 0,
                text: text.sharing.to_owned(),
            },
            rights: (Right::ALL.into_iter())
                .filter(|right| facts.statistics || *right != Right::Withdrawal)
                .map(|right| {
                    let (method, path) = right.call();
                    RightRow {
                        id: right.name().to_owned(),
                        text: words::right(text, right).to_owned(),
                        law: right.law().to_owned(),
                        method: method.to_owned(),
                        path: path.to_owned(),
                    }
                })
                .collect(),
            complaint: words::complaint(text, privacy.authority.as_deref()),
            obligation: text.obligation.to_owned(),
            automated_decisions: text.automated_decisions.to_owned(),
            children: Children {
                audience: privacy.audience.name().to_owned(),
                text: either(
                    privacy.audience == Audience::NotDirectedToChildren,
                    text.children_not_meant,
                    text.children_welcome,
                ),
            },
            statistics: Switch {
                on: facts.statistics,
                text: either(facts.statistics, text.statistics_on, text.statistics_off),
            },
            global_privacy_control: Switch {
                on: true,
                text: text.global_privacy_control.to_owned(),
            },
            feedback: Switch {
                on: facts.feedback,
                text: either(facts.feedback, text.feedback_on, text.feedback_off),
            },
            statements: (privacy.attestations.iter())
                .map(|attestation| Statement {
                    id: attestation.claim.name().to_owned(),
                    text: words::claim(text, attestation.claim).to_owned(),
                    made: attestation.made.clone(),
                    until: attestation.until.clone(),
                })
                .collect(),
            changes: Vec::new(),
        }
    }
}

impl Facts<'_> {
    fn pursues(&self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Statistics => self.statistics,
            Purpose::Feedback => self.feedback,
            _ => true,
        }
    }

    fn sets(&self, cookie: Cookie) -> bool {
        match cookie {
            Cookie::Session | Cookie::Token | Cookie::Preferences | Cookie::Consent => true,
            Cookie::Statistics => self.statistics,
        }
    }

    fn keeps(&self, record: Record) -> bool {
        match record {
            Record::ChallengeMark | Record::TokenMark | Record::IssuedCounts => true,
            Record::VisitorCalls | Record::SiteCalls | Record::CallSalt => self.limits,
            Record::Generation => self.shared,
            Record::DailyCounters => self.statistics,
            Record::Feedback => self.feedback,
        }
    }

    fn cookie_row(&self, cookie: Cookie, language: Language) -> CookieRow {
        let entry = cookie.entry();
        let text = &language.text().notice;
        let (holds, set_when) = words::cookie(text, cookie);
        let life = entry.life.longest(&self.lives);
        CookieRow {
            name: if self.secure {
                entry.name.to_owned()
            } else {
                entry.name.replace(registry::HOST_PREFIX, "")
            },
            class: entry.class.name().to_owned(),
            purpose: entry.purpose.name().to_owned(),
            holds: holds.to_owned(),
            set_when: set_when.to_owned(),
            life_seconds: life.map(|life| life.as_secs()),
            life: match (entry.life, life) {
                (Life::Visit { idle, longest }, _) => words::visit(language, idle, longest),
                (_, Some(life)) => words::duration(language, life),
                (_, None) => text.browser_session.to_owned(),
            },
            same_site: entry.same_site.to_owned(),
            secure: self.secure,
            http_only: true,
        }
    }

    fn record_row(&self, record: Record, language: Language) -> RecordRow {
        let entry = record.entry();
        let life = entry.life.longest(&self.lives).unwrap_or_default();
        RecordRow {
            name: entry.name.to_owned(),
            purpose: entry.purpose.name().to_owned(),
            holds: words::record(&language.text().notice, record, self.shared).to_owned(),
            life_seconds: life.as_secs(),
            life: words::duration(language, life),
        }
    }
}

/// The version: a hash over everything that the notice says, in every language. What differs from
/// one configuration to the next is in the English one; of the others the words count.
pub(crate) fn version(facts: &Facts<'_>) -> String {
    static WORDS: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut hash = Sha256::new();
        for language in Language::all() {
            add(&mut hash, &language.text().notice);
        }
        hash.finalize().to_vec()
    });
    let mut hash = Sha256::new();
    add(&mut hash, &Notice::undated(facts, Language::ENGLISH));
    hash.update(&*WORDS);
    let digest = hash.finalize();
    hex(&digest)
}

fn add<T: serde::Serialize>(hash: &mut Sha256, said: &T) {
    let bytes = serde_json::to_vec(said).unwrap_or_default();
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests;
