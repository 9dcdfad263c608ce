//! The record of an incident, with what GDPR Art. 33(3) asks a notification for.

use std::fmt::Write;

use serde::Serialize;

use super::issued::Artefacts;
use crate::clock::rfc3339;

/// GDPR Art. 33(1): hours from knowing of a breach to telling the authority.
const HOURS_TO_REPORT: u64 = 72;
/// The shape of the JSON.
const SCHEMA: &str = "urn:captcha:incident:1";
const OPEN: &str = "*To be filled in.*";

/// What [`Captcha::revoke_all`](crate::Captcha::revoke_all) did, for the record of the incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Revoked {
    /// When, in milliseconds since the Unix epoch.
    pub at_unix_millis: u64,
    /// The ids, in hexadecimal, of the keys that are out of use. An id gives no key away.
    pub keys: Vec<String>,
    /// The id of the key that replaced them.
    pub new_key: String,
    /// The store's generation from then on.
    pub generation: u64,
    /// The most that this process had issued and that could be alive.
    pub artefacts: Artefacts,
}

/// What is known of an incident. Made by [`Captcha::incident`](crate::Captcha::incident) from the
/// running configuration; what only people know is filled in here, and is marked as open until then.
#[derive(Clone, Debug, Serialize)]
#[must_use]
pub struct Incident {
    schema: &'static str,
    /// Art. 33(3)(a): the nature of the breach.
    what: String,
    site: String,
    known_since: Option<String>,
    report_until: Option<String>,
    revoked_at: String,
    /// 72 hours after the revocation: the controller knew by then, if not before.
    report_at_the_latest: String,
    keys_out_of_use: Vec<String>,
    new_key: String,
    generation: u64,
    artefacts_revoked_at_most: Artefacts,
    /// Art. 33(3)(a): categories of records.
    data: Vec<IncidentData>,
    not_kept: String,
    people: Option<String>,
    /// Art. 33(3)(b).
    controller: String,
    contact: String,
    data_protection_officer: Option<String>,
    /// Art. 33(3)(c).
    consequences: Option<String>,
    /// Art. 33(3)(d).
    measures: Vec<String>,
    notice_version: String,
}

/// A category of records that the captcha keeps.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct IncidentData {
    pub(crate) name: String,
    pub(crate) holds: String,
    pub(crate) life: String,
}

/// What was done, and by how many processes.
const fn measure(shared: bool) -> &'static str {
    match shared {
        true => {
            "In every process that shares the store, every token, challenge and session issued before was \
             revoked, the keys were replaced, and the salts behind the limits' pseudonyms were destroyed: in a \
             process that served nobody since, with its next call or when they are due."
        }
        false => {
            "In the process that wrote this record, every token, challenge and session issued before was \
             revoked, the keys were replaced, and the salts behind the limits' pseudonyms were destroyed. \
             Other processes keep their keys until they are restarted with a new secret."
        }
    }
}

/// What the engine knows of an incident.
pub(crate) struct Known {
    pub(crate) what: String,
    pub(crate) site: String,
    pub(crate) revoked: Revoked,
    pub(crate) data: Vec<IncidentData>,
    pub(crate) not_kept: String,
    pub(crate) controller: String,
    pub(crate) contact: String,
    pub(crate) officer: Option<String>,
    pub(crate) notice_version: String,
    /// Whether other processes share the store, and follow.
    pub(crate) shared: bool,
}

impl Incident {
    pub(crate) fn new(known: Known) -> Self {
        let revoked = known.revoked;
        Self {
            schema: SCHEMA,
            what: known.what,
            site: known.site,
            known_since: None,
            report_until: None,
            revoked_at: rfc3339(revoked.at_unix_millis),
            report_at_the_latest: deadline(revoked.at_unix_millis),
            keys_out_of_use: revoked.keys,
            new_key: revoked.new_key,
            generation: revoked.generation,
            artefacts_revoked_at_most: revoked.artefacts,
            data: known.data,
            not_kept: known.not_kept,
            people: None,
            controller: known.controller,
            contact: known.contact,
            data_protection_officer: known.officer,
            consequences: None,
            measures: vec![measure(known.shared).to_owned()],
            notice_version: known.notice_version,
        }
    }

    /// When the controller came to know of it, in milliseconds since the Unix epoch: at the latest
    /// with the revocation. The 72 hours of GDPR Art. 33(1) begin then.
    pub fn known_since(mut self, unix_millis: u64) -> Self {
        self.known_since = Some(rfc3339(unix_millis));
        self.report_until = Some(deadline(unix_millis));
        self
    }

    /// Which people are concerned, and about how many.
    pub fn people(mut self, people: impl Into<String>) -> Self {
        self.people = Some(people.into());
        self
    }

    /// What is likely to follow from it.
    pub fn consequences(mut self, consequences: impl Into<String>) -> Self {
        self.consequences = Some(consequences.into());
        self
    }

    /// What else was done about it, or is going to be.
    pub fn measure(mut self, measure: impl Into<String>) -> Self {
        self.measures.push(measure.into());
        self
    }

    /// The record as JSON; open fields are `null`.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The record as a Markdown document, to be sent or kept (GDPR Art. 33(5)).
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        let open = |field: &Option<String>| field.as_deref().map_or(OPEN.to_owned(), plain);
        let mut section = |title: &str, lines: &[String]| {
            let _ = write!(text, "## {title}\n\n");
            for line in lines {
                let _ = writeln!(text, "- {line}");
            }
            text.push('\n');
        };
        let Artefacts {
            challenges,
            tokens,
            sessions,
        } = self.artefacts_revoked_at_most;
        section(
            "Nature of the breach (Art. 33(3)(a))",
            &[
                format!("What happened: {}", plain(&self.what)),
                format!("Site: `{}`", self.site),
                format!(
                    "Known since: {}",
                    (self.known_since.clone()).unwrap_or_else(|| by(&self.revoked_at))
                ),
                format!(
                    "To be reported until: {} (72 hours)",
                    (self.report_until.clone()).unwrap_or_else(|| by(&self.report_at_the_latest))
                ),
                format!("People concerned: {}", open(&self.people)),
            ],
        );
        section(
            "Records concerned",
            &(self.data.iter())
                .map(|data| format!("`{}` ({}): {}", data.name, data.life, plain(&data.holds)))
                .chain([format!("Not kept: {}", plain(&self.not_kept))])
                .collect::<Vec<_>>(),
        );
        section(
            "Contact (Art. 33(3)(b))",
            &[
                format!("Controller: {}", plain(&self.controller)),
                format!("Contact: {}", plain(&self.contact)),
                format!(
                    "Data protection officer: {}",
                    (self.data_protection_officer.as_deref()).map_or("none named".into(), plain)
                ),
            ],
        );
        section(
            "Likely consequences (Art. 33(3)(c))",
            &[open(&self.consequences)],
        );
        section(
            "Measures taken (Art. 33(3)(d))",
            &self
                .measures
                .iter()
                .map(|measure| plain(measure))
                .collect::<Vec<_>>(),
        );
        section(
            "Technical details",
            &[
                format!("Revoked at: {}", self.revoked_at),
                format!("Keys out of use: `{}`", self.keys_out_of_use.join("`, `")),
                format!("New key: `{}`", self.new_key),
                format!("Generation of the store: {}", self.generation),
                format!(
                    "Issued by this process and possibly alive, at most: {challenges} challenges, \
                     {tokens} tokens, {sessions} sessions"
                ),
                format!("Privacy notice in force: `{}`", self.notice_version),
            ],
        );
        format!("# Incident record\n\n{}", text.trim_end()) + "\n"
    }
}

/// What is open, and has an end.
fn by(latest: &str) -> String {
    format!("*To be filled in (at the latest {latest}).*")
}

fn deadline(known_millis: u64) -> String {
    rfc3339(known_millis.saturating_add(HOURS_TO_REPORT * 3_600_000))
}

/// A text on one line, without a meaning in Markdown.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            character if character.is_control() => plain.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '&' => {
                plain.extend(['\\', character]);
            }
            character => plain.push(character),
        }
    }
    plain
}
