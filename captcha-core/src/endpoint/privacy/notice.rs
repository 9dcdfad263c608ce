//! `GET privacy`: the notice, as a page or as JSON. It sets no cookie and reads none but the one of
//! the selected language.

use serde::Deserialize;

use super::global_privacy_control;
use crate::{
    captcha::Captcha,
    endpoint::{Problem, Request, Response, problem},
    privacy::notice::{self, Language, Notice},
};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    lang: Option<String>,
    format: Option<String>,
    version: Option<String>,
}

impl Captcha {
    pub(super) fn show_notice(&self, request: &Request<'_>) -> Response {
        let Ok(query) = serde_html_form::from_str::<Query>(request.query.unwrap_or_default())
        else {
            return problem(&Problem::malformed(
                "The query does not fit; unknown parameters are refused.",
            ));
        };
        let json = match query.format.as_deref() {
            Some("json") => true,
            Some("html") => false,
            Some(_) => {
                return problem(&Problem::malformed("`format` is `html` or `json`."));
            }
            None => prefers_json(request),
        };
        let notices = &self.engine().notices;
        let language = self.language(request, query.lang.as_deref());
        let asked = query.version.as_deref().unwrap_or(notices.version());
        let archived = asked != notices.version();
        let shown = if archived {
            match notices.archived(asked) {
                Some(notice) => notice.clone(),
                None => return problem(&Problem::NOT_FOUND),
            }
        } else {
            notices.current(language, self.engine().timeline.now())
        };
        let response = if json {
            Response::json(200, &shown)
        } else {
            let html = notice::page(&shown, archived, global_privacy_control(request));
            page(200, html)
        };
        let language = if shown.language == Language::Chinese.tag() {
            "zh"
        } else {
            "en"
        };
        response
            .with("vary", "Accept, Accept-Language, Cookie, Sec-GPC")
            .with("content-language", language)
    }

    /// The notice in force in a language (`en`, `zh`; English for others), as JSON: to keep it for
    /// [`Privacy::earlier`](crate::Privacy::earlier), or to show it in a page of your own.
    #[must_use]
    pub fn notice_json(&self, language: &str) -> String {
        let language = Language::of_tag(language).unwrap_or(Language::English);
        let notice: Notice =
            (self.engine().notices).current(language, self.engine().timeline.now());
        serde_json::to_string_pretty(&notice).unwrap_or_default()
    }

    /// What `/.well-known/gpc.json` of a site says that honours Global Privacy Control, as this
    /// library does. Serve it from there, if the rest of your site honours it too.
    #[must_use]
    pub fn gpc_json(&self) -> String {
        let date = self.engine().notices.date();
        serde_json::json!({ "gpc": true, "lastUpdate": date }).to_string()
    }
}

/// A privacy page.
pub(in crate::endpoint) fn page(status: u16, html: String) -> Response {
    Response::new(status, "text/html; charset=utf-8", html.into_bytes())
        .with("content-security-policy", notice::POLICY)
        .with("referrer-policy", "same-origin")
}

/// Whether `Accept` ranks JSON above a page. Without a word on either it is a page.
pub(in crate::endpoint) fn prefers_json(request: &Request<'_>) -> bool {
    let (mut json, mut html) = (0, 0);
    let values = (request.headers.all("accept"))
        .filter_map(|value| std::str::from_utf8(value).ok())
        .flat_map(|value| value.split(',').take(32));
    for item in values {
        let mut parts = item.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        let weight = weight.map_or(1.0, |weight| weight.parse::<f32>().unwrap_or(0.0));
        let weight = (weight.clamp(0.0, 1.0) * 1_000.0) as u32;
        match range.to_ascii_lowercase().as_str() {
            "application/json" => json = weight.max(json),
            "text/html" => html = weight.max(html),
            _ => {}
        }
    }
    json > html
}
