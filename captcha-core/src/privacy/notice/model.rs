//! The notice as data, in the shape of its JSON.

use serde::{Deserialize, Serialize};

use crate::privacy::incident::IncidentData;

/// A notice in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notice {
    pub(super) schema: String,
    pub(crate) version: String,
    pub(crate) date: String,
    pub(crate) language: String,
    pub(super) controller: Controller,
    pub(super) encryption: String,
    pub(super) purposes: Vec<PurposeRow>,
    pub(super) cookies: Vec<CookieRow>,
    pub(super) records: Vec<RecordRow>,
    pub(super) not_kept: String,
    pub(super) recipients: Vec<RecipientRow>,
    pub(super) sharing: Sharing,
    pub(super) rights: Vec<RightRow>,
    pub(super) complaint: String,
    pub(super) obligation: String,
    pub(super) automated_decisions: String,
    pub(super) children: Children,
    pub(super) statistics: Switch,
    pub(super) global_privacy_control: Switch,
    pub(super) feedback: Switch,
    pub(super) statements: Vec<Statement>,
    pub(crate) changes: Vec<Change>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Controller {
    pub(super) name: String,
    pub(super) contact: String,
    pub(super) data_protection_officer: Option<String>,
    pub(super) representative: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PurposeRow {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) basis: String,
    pub(super) article: String,
    pub(super) reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CookieRow {
    pub(super) name: String,
    pub(super) class: String,
    pub(super) purpose: String,
    pub(super) holds: String,
    pub(super) set_when: String,
    pub(super) life_seconds: Option<u64>,
    pub(super) life: String,
    pub(super) same_site: String,
    pub(super) secure: bool,
    pub(super) http_only: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordRow {
    pub(super) name: String,
    pub(super) purpose: String,
    pub(super) holds: String,
    pub(super) life_seconds: u64,
    pub(super) life: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecipientRow {
    pub(super) name: String,
    pub(super) does: String,
    pub(super) transfer: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sharing {
    pub(super) sold: bool,
    pub(super) shared: bool,
    pub(super) third_parties: u32,
    pub(super) text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RightRow {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) law: String,
    pub(super) method: String,
    pub(super) path: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Children {
    pub(super) audience: String,
    pub(super) text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
    pub(super) on: bool,
    pub(super) text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Statement {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) made: String,
    pub(super) until: String,
}

/// An earlier version and what changed after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    pub(crate) version: String,
    pub(crate) date: String,
    pub(crate) text: String,
}

impl Notice {
    /// Every kind of record, and what is not kept.
    pub(crate) fn kept(&self) -> (Vec<IncidentData>, String) {
        let cookies = self.cookies.iter().map(|cookie| IncidentData {
            name: cookie.name.clone(),
            holds: cookie.holds.clone(),
            life: cookie.life.clone(),
        });
        let records = self.records.iter().map(|record| IncidentData {
            name: record.name.clone(),
            holds: record.holds.clone(),
            life: record.life.clone(),
        });
        (cookies.chain(records).collect(), self.not_kept.clone())
    }
}
