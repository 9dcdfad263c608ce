//! The privacy routes: the notice, what a visitor decided, and what they may do about their data.

mod choices;
mod data;
mod decide;
mod export;
mod feedback;
mod held;
mod notice;
mod requests;
mod schema;

pub(super) use decide::Standing;
pub(super) use notice::{page, prefers_json};

use super::{Request, Response};
use crate::{captcha::Captcha, language::Language};

/// A privacy route.
#[derive(Clone, Copy)]
pub(super) enum PrivacyRoute {
    Choices,
    Consent,
    Data,
    Export,
    Feedback,
    Notice,
    Objection,
    Requests,
    Restriction,
    Schema(schema::Schema),
}

impl PrivacyRoute {
    pub(super) fn at(path: &str) -> Option<Self> {
        Some(match path {
            "privacy" => Self::Notice,
            "privacy/choices" => Self::Choices,
            "privacy/consent" => Self::Consent,
            "privacy/data" => Self::Data,
            "privacy/export" => Self::Export,
            "privacy/feedback" => Self::Feedback,
            "privacy/objection" => Self::Objection,
            "privacy/requests" => Self::Requests,
            "privacy/restriction" => Self::Restriction,
            "privacy/schema/data" => Self::Schema(schema::Schema::Data),
            "privacy/schema/notice" => Self::Schema(schema::Schema::Notice),
            _ => return None,
        })
    }

    pub(super) const fn allow(self) -> &'static str {
        match self {
            Self::Choices | Self::Feedback => "GET, HEAD, POST",
            Self::Requests => "POST",
            Self::Consent | Self::Objection | Self::Restriction => "DELETE, PUT",
            Self::Data => "DELETE, GET, HEAD, PATCH",
            Self::Export | Self::Notice | Self::Schema(_) => "GET, HEAD",
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
            (PrivacyRoute::Feedback, "POST") => self.post_feedback(request).await,
            (PrivacyRoute::Feedback, _) => self.show_feedback(request),
            (PrivacyRoute::Schema(schema), _) => schema::serve(schema),
            (PrivacyRoute::Requests, _) => self.post_request(request).await,
            (PrivacyRoute::Consent, "PUT") => self.put_consent(request),
            (PrivacyRoute::Consent, _) => self.withdraw(request),
            (PrivacyRoute::Restriction, method) => self.restrict(request, method == "PUT"),
            (PrivacyRoute::Objection, method) => self.object(request, method == "PUT"),
        }
    }

    /// The language to answer in: as asked for, as selected, as the browser prefers, English.
    pub(in crate::endpoint) fn language(
        &self,
        request: &Request<'_>,
        asked: Option<&str>,
    ) -> Language {
        let accepted = || {
            let value = request.headers.one("accept-language").ok()??;
            Language::of_header(value)
        };
        asked
            .and_then(Language::of_tag)
            .or_else(|| self.held(&request.headers).selections.language)
            .or_else(accepted)
            .unwrap_or(Language::ENGLISH)
    }
}

/// `Sec-GPC: 1`.
pub(super) fn global_privacy_control(request: &Request<'_>) -> bool {
    request.headers.all("sec-gpc").any(|value| value == b"1")
}
