//! The host's own routes: a token by every way, good, used, late, forged, for something else.

use super::puzzles;
use crate::{
    canary::{Visit, markers::word},
    client::{Call, form, get, json},
};

const HEADER: &str = "x-captcha-token";

fn fields() -> String {
    format!(
        "name={}&email={}%40example.org",
        word("name"),
        word("email")
    )
}

/// Every way to present a token.
pub(super) fn presented(token: &str) -> Vec<Call> {
    let (name, email, fields) = (word("name"), word("email"), fields());
    vec![
        form("/signup", format!("{fields}&captcha-token={token}")),
        form("/signup", &*fields).header(HEADER, token),
        json(
            "/api/signup",
            format!(r#"{{"name":"{name}","email":"{email}","captcha-token":"{token}"}}"#),
        ),
        json(
            "/api/signup",
            format!(r#"{{"name":"{name}","email":"{email}"}}"#),
        )
        .header(HEADER, token),
        get(&format!("/members?q={}", word("query"))).header(HEADER, token),
        get("/optional").header(HEADER, token),
        form("/double", &*fields).header(HEADER, token),
    ]
}

pub(super) async fn run(v: &Visit) {
    for number in 0..presented("").len() {
        let token = puzzles::token(v, "work", false).await;
        let mut calls = presented(&token);
        v.send(calls.remove(number)).await.is(200);
        v.send(calls.remove(0)).await.refused(403, "spent");
    }
    // By cookie, which the visitor's jar holds.
    for path in ["/members", "/optional"] {
        puzzles::token(v, "work", false).await;
        v.send(get(path)).await.is(200);
        v.send(get(path)).await;
    }
    puzzles::token(v, "work", false).await;
    v.send(form("/signup", fields())).await.is(200);
    v.send_new(form("/signup", fields()))
        .await
        .refused(403, "missing");

    let late = puzzles::token(v, "work", false).await;
    v.client.engine.wait(301);
    let forged = word("sent-token");
    for token in [late.as_str(), &forged] {
        for call in presented(token) {
            v.send_garbage(call).await;
        }
    }
    let token = puzzles::token(v, "work", false).await;
    let login = format!("user={}&captcha-token={token}", word("user"));
    v.send(form("/login", login))
        .await
        .refused(403, "wrong-action");
    shapes(v, &token).await;
}

/// Fields and bodies that do not fit; the token stays good.
async fn shapes(v: &Visit, token: &str) {
    let (field, value, name) = (word("field"), word("value"), word("name"));
    for body in [
        format!("name={name}&captcha-token={token}"),
        format!("{}&{field}={value}&captcha-token={token}", fields()),
        format!("{}&captcha-token={token}&captcha-token={value}", fields()),
        format!("{}&captcha-token={value}%ff", fields()),
        value.clone(),
    ] {
        let reply = v.send(form("/signup", body)).await;
        assert!(reply.status >= 400, "{reply:?}");
    }
    for body in [
        format!(r#"{{"name":"{name}","captcha-token":"{token}"}}"#),
        format!(r#"{{"name":["{name}"],"email":"{value}","captcha-token":"{token}"}}"#),
        format!(r#"{{"name":"{name}","email":"{value}","{field}":1,"captcha-token":"{token}"}}"#),
        format!(r#"{{"name":"{name}","email":"{value}","captcha-token":["{value}"]}}"#),
        format!(r#"{{"name":"{name}" {value}"#),
        value.clone(),
    ] {
        let reply = v.send(json("/api/signup", body)).await;
        assert!(reply.status >= 400, "{reply:?}");
    }
    for path in ["/signup", "/api/signup"] {
        let call = Call::new("POST", path).header(HEADER, token).body(fields());
        v.send(call.header(
            "content-type",
            format!("application/{}", word("content-type")),
        ))
        .await;
    }
    v.send(form("/signup", fields()).header(HEADER, token))
        .await
        .is(200);
}
