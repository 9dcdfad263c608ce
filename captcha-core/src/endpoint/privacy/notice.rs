//! `GET privacy`: the notice, as a page or as JSON. It sets no cookie and reads none but the one of
//! the selected language.

use serde::Deserialize;

use super::global_privacy_control;
use crate::{
    captcha::Captcha,
    endpoint::{Problem, Request, Response, problem},
    language::Language,
    privacy::{
        config::day,
        notice::{self, Notice},
    },
};

/// Days for which a changed notice is announced, at the beginning of each visit: nothing is kept
/// that would say who was told.
const ANNOUNCED_DAYS: i64 = 30;

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
        let language = Language::of_tag(&shown.language).unwrap_or(language).tag();
        response
            .with("vary", "Accept, Accept-Language, Cookie, Sec-GPC")
            .with("content-language", language)
    }

    /// The day of the notice in force, where another was in force less than a month ago.
    pub(in crate::endpoint) fn recent_change(&self) -> Option<String> {
        let notices = &self.engine().notices;
        let today = notice::date_of(self.engine().timeline.now());
        let age = (today - day(notices.date())?).whole_days();
        (notices.has_changed() && (0..ANNOUNCED_DAYS).contains(&age))
            .then(|| notices.date().to_owned())
    }

    /// The notice in force in a language by its tag (`en`, `zh-Hant`, ...; English for others), as JSON: to keep it for
    /// [`Privacy::earlier`](crate::Privacy::earlier), or to show it in a page of your own.
    #[must_use]
    pub fn notice_json(&self, language: &str) -> String {
        let language = Language::of_tag(language).unwrap_or(Language::ENGLISH);
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

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use crate::{
        Captcha, Privacy, SecretKey,
        endpoint::{Headers, Request},
        testing::{HandClock, block_on, privacy},
    };

    const DAY: Duration = Duration::from_secs(86_400);

    fn engine(privacy: Privacy, clock: &HandClock) -> Captcha {
        (Captcha::builder().key(SecretKey::generate().unwrap()))
            .privacy(privacy)
            .clock(Arc::new(clock.clone()))
            .work_bits(0, 1)
            .draw_in_order()
            .build()
            .unwrap()
    }

    /// What a visitor with that cookie is told of a change, and their session's cookie.
    fn told(captcha: &Captcha, cookie: &str) -> (serde_json::Value, String) {
        let headers: [(&str, &[u8]); 2] = [
            ("content-type", b"application/json"),
            ("cookie", cookie.as_bytes()),
        ];
        let response = block_on(captcha.handle(&Request {
            method: "POST",
            path: "/challenge",
            query: None,
            headers: headers.into_iter().collect::<Headers<'_>>(),
            body: br#"{"kind":"work"}"#,
            peer: None,
        }));
        let set = (response.headers.iter()).find(|(name, _)| *name == "set-cookie");
        let pair = set.and_then(|(_, value)| Some(value.split_once(';')?.0.to_owned()));
        let shown: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        (
            shown["notice_changed"]["date"].clone(),
            pair.unwrap_or_default(),
        )
    }

    #[test]
    fn a_change_is_announced_once_a_visit_for_a_month_to_everybody_alike() {
        // 2027-01-15.
        let clock = HandClock::at(1_800_000_000_000);
        let before = engine(privacy().dated("2027-01-01"), &clock);
        assert!(
            told(&before, "").0.is_null(),
            "the first notice is no change"
        );
        let now = privacy()
            .dated("2027-01-15")
            .recipient("Hosting Ltd", "runs the servers");
        let now = engine(
            now.earlier(before.notice_json("en"), "A company runs our servers."),
            &clock,
        );
        let (date, session) = told(&now, "");
        assert_eq!(date, "2027-01-15");
        assert!(told(&now, &session).0.is_null(), "once a visit");
        clock.advance(29 * DAY);
        assert_eq!(told(&now, "").0, "2027-01-15");
        clock.advance(DAY);
        assert!(told(&now, "").0.is_null(), "old news");

        // An archived notice that says the same is no change.
        let again = privacy()
            .dated("2027-01-01")
            .earlier(before.notice_json("en"), "-");
        assert!(
            told(&engine(again, &HandClock::at(1_800_000_000_000)), "")
                .0
                .is_null()
        );
    }
}
