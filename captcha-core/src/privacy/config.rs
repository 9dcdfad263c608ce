//! What only the operator can say: who answers for the data, and what their organisation does.

use std::collections::BTreeMap;

use time::{Date, macros::format_description};

use super::registry::{Basis, Purpose};
use crate::error::CaptchaError;

/// Longest text that an operator may put into the notice, in bytes.
const MAX_TEXT: usize = 2_000;

/// Who answers for the data of this captcha, for the notice at `GET privacy`.
///
/// ```
/// use captcha_core::Privacy;
///
/// let privacy = Privacy::new("Lantern Letters Ltd, 1 Hill Street, Dublin", "privacy@lantern.example")
///     .legitimate_interest("keeping automated sign-ups away from our readers' letter");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Privacy {
    pub(crate) controller: String,
    pub(crate) contact: String,
    pub(crate) officer: Option<String>,
    pub(crate) representative: Option<String>,
    pub(crate) authority: Option<String>,
    pub(crate) interest: Option<String>,
    pub(crate) interests: BTreeMap<Purpose, String>,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) audience: Audience,
    pub(crate) attestations: Vec<Attestation>,
    pub(crate) earlier: Vec<Earlier>,
    pub(crate) dated: Option<String>,
}

/// Somebody who works with the data on the controller's behalf, such as the company that runs the
/// servers.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Recipient {
    pub(crate) name: String,
    pub(crate) does: String,
    /// Outside the controller's jurisdiction: where, and what safeguards the transfer.
    pub(crate) transfer: Option<String>,
}

/// A notice that was in force before, as its JSON, and what changed after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Earlier {
    pub(crate) json: String,
    pub(crate) changes: String,
}

/// Whom the service is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Audience {
    /// Not directed to children under 13.
    #[default]
    NotDirectedToChildren,
    /// For everybody, children among them: statistics are then an error of the configuration.
    Mixed,
    /// For children: statistics are then an error of the configuration.
    Directed,
}

impl Audience {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NotDirectedToChildren => "not-directed-to-children",
            Self::Mixed => "mixed",
            Self::Directed => "directed-to-children",
        }
    }
}

/// A sentence of the notice that only an organisation can make true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Claim {
    /// Measures and processing are evaluated regularly.
    SecurityAudits,
    /// Only authorised people reach the systems.
    AccessControl,
    /// These people are trained regularly.
    SecurityTraining,
    /// The processing was checked against the law that applies to it.
    LegalReview,
}

impl Claim {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SecurityAudits => "security-audits",
            Self::AccessControl => "access-control",
            Self::SecurityTraining => "security-training",
            Self::LegalReview => "legal-review",
        }
    }
}

/// A [`Claim`], made on one day and good until another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attestation {
    pub(crate) claim: Claim,
    pub(crate) made: String,
    pub(crate) until: String,
}

impl Privacy {
    /// The controller (name and postal address) and a contact for questions and requests (an e-mail
    /// address or the address of a page).
    pub fn new(controller: impl Into<String>, contact: impl Into<String>) -> Self {
        Self {
            controller: controller.into(),
            contact: contact.into(),
            officer: None,
            representative: None,
            authority: None,
            interest: None,
            interests: BTreeMap::new(),
            recipients: Vec::new(),
            audience: Audience::default(),
            attestations: Vec::new(),
            earlier: Vec::new(),
            dated: None,
        }
    }

    /// The interest that the captcha serves, in the words that visitors read. Required: without a
    /// reason there is no legitimate interest. Completes "because of our interest in ...".
    pub fn legitimate_interest(mut self, reason: impl Into<String>) -> Self {
        self.interest = Some(reason.into());
        self
    }

    /// Another reason for one purpose.
    pub fn interest_in(mut self, purpose: Purpose, reason: impl Into<String>) -> Self {
        self.interests.insert(purpose, reason.into());
        self
    }

    /// The data protection officer and how to reach them, where there is one.
    pub fn data_protection_officer(mut self, officer: impl Into<String>) -> Self {
        self.officer = Some(officer.into());
        self
    }

    /// The representative in the Union, where the controller is elsewhere (GDPR Art. 27).
    pub fn representative(mut self, representative: impl Into<String>) -> Self {
        self.representative = Some(representative.into());
        self
    }

    /// The authority that hears complaints; without it the notice names the visitor's own.
    pub fn complaint_authority(mut self, authority: impl Into<String>) -> Self {
        self.authority = Some(authority.into());
        self
    }

    /// Somebody who works with the data on the controller's behalf, and what they do.
    pub fn recipient(mut self, name: impl Into<String>, does: impl Into<String>) -> Self {
        self.recipients.push(Recipient {
            name: name.into(),
            does: does.into(),
            transfer: None,
        });
        self
    }

    /// As [`Privacy::recipient`], in another jurisdiction: where, and what safeguards the transfer.
    pub fn recipient_abroad(
        mut self,
        name: impl Into<String>,
        does: impl Into<String>,
        transfer: impl Into<String>,
    ) -> Self {
        self.recipients.push(Recipient {
            name: name.into(),
            does: does.into(),
            transfer: Some(transfer.into()),
        });
        self
    }

    /// Whom the service is for; not for children under 13 unless set.
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// States that the organisation does what `claim` says: made on one day, to be renewed before
    /// another (both `YYYY-MM-DD`). Without it, and from that other day on, the sentence is left out.
    pub fn attest(
        mut self,
        claim: Claim,
        made: impl Into<String>,
        until: impl Into<String>,
    ) -> Self {
        self.attestations.push(Attestation {
            claim,
            made: made.into(),
            until: until.into(),
        });
        self
    }

    /// The notice's date, `YYYY-MM-DD`: the day since which it says what it says.
    pub fn dated(mut self, date: impl Into<String>) -> Self {
        self.dated = Some(date.into());
        self
    }

    /// A notice that was in force before, as [`Captcha::notice_json`](crate::Captcha::notice_json)
    /// gave it, and what changed after it, in plain words. Newest first. It stays readable at
    /// `GET privacy?version=...`, and a notice that says something else now needs a newer date.
    pub fn earlier(mut self, json: impl Into<String>, changes: impl Into<String>) -> Self {
        self.earlier.push(Earlier {
            json: json.into(),
            changes: changes.into(),
        });
        self
    }

    /// The reason behind a purpose that rests on a legitimate interest.
    pub(crate) fn reason(&self, purpose: Purpose) -> Option<&str> {
        if purpose.basis() != Basis::LegitimateInterest {
            return None;
        }
        (self.interests.get(&purpose))
            .or(self.interest.as_ref())
            .map(String::as_str)
    }

    pub(crate) fn check(&self) -> Result<(), CaptchaError> {
        let refuse = |message: String| Err(CaptchaError::configuration(message));
        for (what, text) in [("controller", &self.controller), ("contact", &self.contact)] {
            if text.trim().is_empty() {
                return refuse(format!(
                    "the privacy notice has no {what}: \
                     `Privacy::new(\"Your organisation, its address\", \"privacy@your.example\")`"
                ));
            }
        }
        for purpose in Purpose::ALL {
            if purpose.basis() == Basis::LegitimateInterest
                && self
                    .reason(purpose)
                    .is_none_or(|reason| reason.trim().is_empty())
            {
                return refuse(format!(
                    "the privacy notice gives no reason for {}: say what the captcha protects with \
                     `.legitimate_interest(\"keeping automated sign-ups out of our newsletter\")`",
                    purpose.name()
                ));
            }
        }
        let dates = (self.attestations.iter())
            .flat_map(|attestation| [&attestation.made, &attestation.until])
            .chain(&self.dated);
        if let Some(date) = dates.into_iter().find(|date| day(date).is_none()) {
            return refuse(format!(
                "{date:?} in the privacy configuration is no day: write it as 2026-11-24"
            ));
        }
        if let Some(text) = self.texts().find(|text| text.len() > MAX_TEXT) {
            return refuse(format!(
                "a text of {} bytes in the privacy configuration: at most {MAX_TEXT}",
                text.len()
            ));
        }
        Ok(())
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.controller, &self.contact]
            .into_iter()
            .chain(&self.officer)
            .chain(&self.representative)
            .chain(&self.authority)
            .chain(&self.interest)
            .chain(self.interests.values())
            .chain((self.recipients.iter()).flat_map(|who| [&who.name, &who.does]))
            .chain(
                self.recipients
                    .iter()
                    .filter_map(|who| who.transfer.as_ref()),
            )
            .chain(self.earlier.iter().map(|earlier| &earlier.changes))
    }
}

/// A day written as `YYYY-MM-DD`.
pub(crate) fn day(text: &str) -> Option<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Privacy {
        Privacy::new("Example Ltd", "privacy@example.org").legitimate_interest("keeping bots out")
    }

    #[test]
    fn what_is_required_is_asked_for_by_name() {
        assert!(sound().check().is_ok());
        for (privacy, named) in [
            (
                Privacy::new(" ", "a@example.org").legitimate_interest("x"),
                "controller",
            ),
            (
                Privacy::new("Example Ltd", "").legitimate_interest("x"),
                "contact",
            ),
            (
                Privacy::new("Example Ltd", "a@example.org"),
                ".legitimate_interest(",
            ),
            (sound().interest_in(Purpose::Security, " "), "security"),
            (
                sound().attest(Claim::SecurityAudits, "2026-02-30", "2027-01-01"),
                "2026-02-30",
            ),
            (sound().dated("today"), "today"),
            (
                sound().recipient("x".repeat(3_000), "hosting"),
                "3000 bytes",
            ),
        ] {
            let error = privacy.check().unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
