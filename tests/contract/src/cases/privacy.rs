//! The notice, and what visitors may do about their data.

mod choices;
mod data;
mod decide;
mod drift;
mod notice;
mod requests;
mod statistics;

use serde_json::Value;

use super::{SESSION, TOKEN};
use crate::{
    client::{Call, Reply, form, get, json},
    runner::{Case, Client},
};

const NOTICE: &str = "/captcha/privacy";
const DATA: &str = "/captcha/privacy/data";
const CHOICES: &str = "/captcha/privacy/choices";

/// The attributes of the cookie of selections.
const PREFS: (&str, &str) = (
    "__Host-captcha-prefs",
    " Path=/; Secure; HttpOnly; SameSite=Strict",
);
/// The attributes of the cookie of decisions.
const CONSENT: (&str, &str) = (
    "__Host-captcha-consent",
    " Path=/; Max-Age=15724800; Secure; HttpOnly; SameSite=Strict",
);

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = notice::cases();
    cases.extend(data::cases());
    cases.extend(decide::cases());
    cases.extend(choices::cases());
    cases.extend(drift::cases());
    cases.extend(statistics::cases());
    cases.extend(requests::cases());
    cases
}

/// A browser's cookies.
#[derive(Default)]
struct Jar(Vec<(String, String)>);

impl Jar {
    /// Takes what a reply sets, and forgets what it expires.
    fn take(&mut self, reply: &Reply) -> &mut Self {
        for cookie in reply.all("set-cookie") {
            let (pair, attributes) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a pair");
            self.0.retain(|(other, _)| other != name);
            if !attributes.contains("Max-Age=0") {
                self.0.push((name.to_owned(), value.to_owned()));
            }
        }
        self
    }

    fn on(&self, call: Call) -> Call {
        if self.0.is_empty() {
            return call;
        }
        let pairs: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        call.header("cookie", pairs.join("; "))
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }
}

/// A visitor who has solved a challenge.
async fn visitor(c: &Client) -> Jar {
    let mut jar = Jar::default();
    let reply = c
        .send(json("/captcha/challenge", r#"{"kind":"work"}"#))
        .await;
    jar.take(&reply);
    let challenge = reply.is(200).json()["challenge"]
        .as_str()
        .unwrap()
        .to_owned();
    let reply = c.send(jar.on(c.right(&challenge).await)).await;
    jar.take(reply.is(200));
    jar
}

/// What is held, as field and value.
async fn held(c: &Client, jar: &Jar) -> Vec<(String, String)> {
    let data = c.send(jar.on(get(DATA))).await.is(200).json();
    let items = data["items"].as_array().unwrap();
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    items
        .iter()
        .map(|item| (text(item, "field"), text(item, "value")))
        .collect()
}

fn has(held: &[(String, String)], field: &str, value: &str) -> bool {
    held.iter().any(|(name, is)| name == field && is == value)
}

fn patch(body: &str) -> Call {
    Call::new("PATCH", DATA)
        .header("content-type", "application/merge-patch+json")
        .body(body)
}

fn press(button: &str) -> Call {
    form(CHOICES, format!("do={button}"))
}
