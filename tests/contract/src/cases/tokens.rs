//! The host's own routes: where a token is looked for, and what each is good for.

mod cookies;
mod shapes;
mod sources;
mod uses;

use super::{FORGET, SESSION, TOKEN, hostile};
use crate::{
    apps::Adapter,
    client::{Call, Reply, form, get, json},
    runner::{Case, Client},
};

const HEADER: &str = "x-captcha-token";
const FIELDS: &str = "name=Ada&email=ada%40example.org";

/// The five ways a token can travel to a route that takes it that way.
#[derive(Clone, Copy)]
enum Way {
    Field,
    Json,
    HeaderOfForm,
    Header,
    Cookie,
}

const SENT: [Way; 4] = [Way::Field, Way::Json, Way::HeaderOfForm, Way::Header];

fn by(way: Way, token: &str) -> Call {
    match way {
        Way::Field => form(
            "/signup",
            format!("{FIELDS}&captcha-token={}", hostile::escaped(token)),
        ),
        Way::Json => json("/api/signup", with_token(&format!("\"{token}\""))),
        Way::HeaderOfForm => form("/signup", FIELDS).header(HEADER, token),
        Way::Header => get("/members").header(HEADER, token),
        Way::Cookie => get("/members").cookie(TOKEN.0, token),
    }
}

fn with_token(token: &str) -> String {
    format!(r#"{{"name":"Ada","captcha-token":{token},"email":"ada@example.org"}}"#)
}

#[track_caller]
fn passed(reply: &Reply) -> &Reply {
    let text = reply.is(200).text();
    let welcome = "signup: welcome Ada <ada@example.org>";
    assert!(text == welcome || text == "members: signup", "{text}");
    reply
}

#[track_caller]
fn refused<'a>(reply: &'a Reply, kind: &str) -> &'a Reply {
    reply.refused(403, kind).has_no("set-cookie")
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = sources::cases();
    cases.extend(shapes::cases());
    cases.extend(uses::cases());
    cases.extend(cookies::cases());
    cases
}
