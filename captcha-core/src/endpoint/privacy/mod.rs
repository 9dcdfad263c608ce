//! The privacy routes: the notice, what a visitor decided, and what they may do about their data.

mod choices;
mod data;
mod decide;
mod export;
mod held;
mod notice;

pub(super) use notice::{page, prefers_json};

use super::{Request, Response};
use crate::{captcha::Captcha, privacy::notice::Language};

/// A privacy route.
#[derive(Clone, Copy)]
pub(super) enum PrivacyRoute {
    Choices,
    Consent,
    Data,
    Export,
    Notice,
    Objection,
    Restriction,
}

impl PrivacyRoute {
    pub(super) fn at(path: &str) -> Option<Self> {
        Some(match path {
            "privacy" => Self::Notice,
            "privacy/choices" => Self::Choices,
            "privacy/consent" => Self::Consent,
            "privacy/data" => Self::Data,
            "privacy/export" => Self::Export,
            "privacy/objection" => Self::Objection,
            "privacy/restriction" => Self::Restriction,
            _ => return None,
        })
    }

    pub(super) const fn allow(self) -> &'static str {
        match self {
            Self::Choices => "GET, HEAD, POST",
            Self::Consent | Self::Objection | Self::Restriction => "DELETE, PUT",
            Self::Data => "DELETE, GET, HEAD, PATCH",
            Self::Export | Self::Notice => "GET, HEAD",
        }
    }
}

impl Captcha {
    pub(super) async fn privacy(&self, route: PrivacyRoute, request: &Request<'_>) -> Response {
        match (route, request.method) {
            (PrivacyRoute::Notice, _) => self.show_notice(request),
            (PrivacyRoute::Choices, "POST") => self.choose(request).await,
            (PrivacyRoute::Choices, _) => self.show_choices(request).await,
            (PrivacyRoute::Data, "PATCH") => self.patch_data(request),
            (PrivacyRoute::Data, "DELETE") => self.delete_data(request).await,
            (PrivacyRoute::Data, _) => self.show_data(request).await,
            (PrivacyRoute::Export, _) => self.export(request).await,
            (PrivacyRoute::Consent, "PUT") => self.put_consent(request),
            (PrivacyRoute::Consent, _) => self.withdraw(request),
            (PrivacyRoute::Restriction, method) => self.restrict(request, method == "PUT"),
            (PrivacyRoute::Objection, method) => self.object(request, method == "PUT"),
        }
    }

    /// The language to answer in: as asked for, as selected, as the browser prefers, English.
    pub(super) fn language(&self, request: &Request<'_>, asked: Option<&str>) -> Language {
        let accepted = || {
            let value = request.headers.one("accept-language").ok()??;
            Language::of_header(value)
        };
        asked
            .and_then(Language::of_tag)
            .or_else(|| self.held(&request.headers).selections.language)
            .or_else(accepted)
            .unwrap_or(Language::English)
    }
}

/// `Sec-GPC: 1`.
pub(super) fn global_privacy_control(request: &Request<'_>) -> bool {
    request.headers.all("sec-gpc").any(|value| value == b"1")
}
