//! `GET`, `PATCH` and `DELETE privacy/data`: everything that is held of this visitor, with purpose,
//! basis and end; correct it; delete it.

use std::fmt;

use serde::{
    Deserialize, Serialize,
    de::{Deserializer, Error, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::{
    captcha::{Captcha, Engine},
    challenge,
    clock::rfc3339 as moment,
    cookie,
    endpoint::{Problem, Request, Response, guard::TOKEN_HEADER, problem, puzzle::settle},
    error::{CaptchaError, ErrorKind},
    privacy::{
        consent::Consent,
        registry::{Cookie, Life},
        selections::FIELDS,
        statistics::{Event, counted::Counted},
    },
    seal::{Purpose, Sealer, to_text},
};

/// The shape of the JSON.
const SCHEMA: &str = "urn:captcha:data:1";

/// Everything that is held of a visitor.
#[derive(Debug, Serialize)]
pub(super) struct Data {
    schema: &'static str,
    /// The version of the notice in force.
    notice: String,
    pub(super) items: Vec<Item>,
}

/// One thing that is held.
#[derive(Debug, Serialize)]
pub(super) struct Item {
    pub(super) field: &'static str,
    pub(super) value: String,
    pub(super) cookie: &'static str,
    pub(super) purpose: &'static str,
    pub(super) basis: &'static str,
    /// RFC 3339; `null` for what ends with the browser's session.
    pub(super) expires: Option<String>,
}

/// A merge patch. A name that comes twice reads differently in different parsers.
struct Patch(Map<String, Value>);

impl<'de> Deserialize<'de> for Patch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Patch;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Patch, A::Error> {
                let mut patch = Map::new();
                while let Some((name, value)) = members.next_entry()? {
                    if patch.insert(name, value).is_some() {
                        return Err(A::Error::custom("a name comes twice"));
                    }
                }
                Ok(Patch(patch))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// What can be seen and not corrected.
const READ_ONLY: [&str; 10] = [
    "session_id",
    "session_started",
    "session_seen",
    "token_action",
    "token_issued",
    "consent",
    "consent_day",
    "restricted",
    "objected",
    "counted_today",
];

impl Captcha {
    pub(super) async fn show_data(&self, request: &Request<'_>) -> Response {
        let data = self.data(request).await;
        settle(data.map(|data| Response::json(200, &data).with("vary", "Cookie")))
    }

    pub(super) async fn data(&self, request: &Request<'_>) -> Result<Data, CaptchaError> {
        let engine = self.engine();
        let session = engine.session(request.headers.all("cookie")).await?;
        let mut items = Vec::new();
        let mut add = |cookie: Cookie, field, value: String, expires: Option<u64>| {
            let entry = cookie.entry();
            items.push(Item {
                field,
                value,
                cookie: engine.cookies.name(cookie),
                purpose: entry.purpose.name(),
                basis: entry.purpose.basis().name(),
                expires: expires.map(moment),
            });
        };
        if let (Some(session), Life::Visit { idle, longest }) =
            (session, Cookie::Session.entry().life)
        {
            let [started, seen] = session.minutes().map(|minute| minute * 60_000);
            let end = (seen + idle.as_millis() as u64).min(started + longest.as_millis() as u64);
            add(
                Cookie::Session,
                "session_id",
                to_text(&session.id),
                Some(end),
            );
            add(
                Cookie::Session,
                "session_started",
                moment(started),
                Some(end),
            );
            add(Cookie::Session, "session_seen", moment(seen), Some(end));
        }
        let token = cookie::find(
            request.headers.all("cookie"),
            engine.cookies.name(Cookie::Token),
        );
        if let Some(token) = token.and_then(|token| engine.read_token(token).ok()) {
            let end = Some(token.expires);
            add(Cookie::Token, "token_action", token.action, end);
            add(Cookie::Token, "token_issued", moment(token.issued), end);
        }
        let held = self.held(&request.headers);
        for field in FIELDS {
            if let Some(value) = held.selections.get(field.name) {
                add(Cookie::Preferences, field.name, value.to_owned(), None);
            }
        }
        let decisions = held.decisions;
        let consent = decisions.consent(&self.moment(false));
        let life = Cookie::Consent.entry().life.longest(engine.ledger.lives());
        let end = decisions.choice.map(|(_, _, day)| {
            u64::from(day) * 86_400_000 + life.unwrap_or_default().as_millis() as u64
        });
        if let (Some((_, _, day)), true) = (decisions.choice, consent != Consent::Unknown) {
            add(Cookie::Consent, "consent", consent.name().to_owned(), end);
            let day = moment(u64::from(day) * 86_400_000);
            add(Cookie::Consent, "consent_day", day, end);
        }
        for (field, on) in [
            ("restricted", decisions.restricted),
            ("objected", decisions.objected),
        ] {
            if on {
                add(Cookie::Consent, field, "yes".to_owned(), end);
            }
        }
        let counted =
            (engine.read_alike(&request.headers, Cookie::Statistics, Purpose::Statistics))
                .and_then(|bytes| Counted::from_bytes(&bytes).ok());
        if let Some(counted) = counted {
            let names: Vec<_> = (Event::ALL.into_iter())
                .filter(|event| counted.flags & event.flag() != 0)
                .map(Event::name)
                .collect();
            let end = (u64::from(counted.day) + 1) * 86_400_000;
            add(
                Cookie::Statistics,
                "counted_today",
                names.join(" "),
                Some(end),
            );
        }
        Ok(Data {
            schema: SCHEMA,
            notice: engine.notices.version().to_owned(),
            items,
        })
    }

    /// A JSON merge patch (RFC 7396) of the selections.
    pub(super) fn patch_data(&self, request: &Request<'_>) -> Response {
        let essence = request.headers.media_type();
        if !matches!(
            essence.as_deref(),
            Some("application/json" | "application/merge-patch+json")
        ) {
            return problem(&Problem::UNSUPPORTED_MEDIA_TYPE);
        }
        let Ok(Patch(patch)) = challenge::from_object(request.body) else {
            return problem(&Problem::malformed("The patch is not a JSON object."));
        };
        let mut selections = self.held(&request.headers).selections;
        for (name, value) in &patch {
            if READ_ONLY.contains(&name.as_str()) {
                return problem(&Problem::READ_ONLY);
            }
            let value = match value {
                Value::Null => None,
                Value::String(text) => Some(text.as_str()),
                _ => return problem(&unfit()),
            };
            if !selections.set(name, value) {
                return problem(&unfit());
            }
        }
        settle(self.engine().keep_selections(selections).map(|cookie| {
            let shown: Map<String, Value> = FIELDS
                .into_iter()
                .map(|field| (field.name.to_owned(), selections.get(field.name).into()))
                .collect();
            Response::json(200, &shown).with("set-cookie", cookie)
        }))
    }

    /// Forgets every cookie by name, and makes the visitor's unused tokens worthless first. Never
    /// `Clear-Site-Data`, which would log them out of the host application.
    pub(super) async fn delete_data(&self, request: &Request<'_>) -> Response {
        settle(self.forget(request).await.map(|cookies| {
            let response = Response::empty(204);
            cookies.into_iter().fold(response, |response, cookie| {
                response.with("set-cookie", cookie)
            })
        }))
    }

    /// The `Set-Cookie` values of a visitor who is forgotten.
    pub(super) async fn forget(&self, request: &Request<'_>) -> Result<Vec<String>, CaptchaError> {
        let engine = self.engine();
        let carried = cookie::find(
            request.headers.all("cookie"),
            engine.cookies.name(Cookie::Token),
        );
        let sent = request.headers.one(TOKEN_HEADER).ok().flatten();
        for token in [carried, sent].into_iter().flatten() {
            let read = |sealer: &Sealer| Engine::read_token_with(sealer, token);
            let Ok((_, token)) = engine.read_with_keys(read).await else {
                continue;
            };
            match engine.void_token(&token).await {
                Err(error) if error.kind() == ErrorKind::Unavailable => return Err(error),
                _ => {}
            }
        }
        Ok(Cookie::ALL
            .map(|cookie| engine.cookies.expire(cookie))
            .into())
    }
}

fn unfit() -> Problem {
    Problem::invalid_fields(
        "A selection is `language`, `theme`, `kind`, `contrast` or `motion`, with a value that the \
         page of choices offers, or null.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_names_each_selection_once() {
        let read = |json: &str| challenge::from_object::<Patch>(json.as_bytes()).is_ok();
        assert!(read(r#"{"theme":"dark","kind":null}"#) && read("{}"));
        for doubled in [
            r#"{"theme":"light","theme":"dark"}"#,
            r#"{"theme":"dark","th\u0065me":"dark"}"#,
            r#"{"kind":null,"theme":"dark","kind":null}"#,
        ] {
            assert!(!read(doubled), "{doubled}");
        }
        assert!(!read(r#"["theme","dark"]"#) && !read("null"));
    }
}
