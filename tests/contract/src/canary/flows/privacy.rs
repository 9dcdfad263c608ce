//! The notice, the choices, and every right.

use super::puzzles;
use crate::{
    canary::{Visit, markers::word},
    client::{Call, form, get, json},
};

const DATA: &str = "/captcha/privacy/data";
const CHOICES: &str = "/captcha/privacy/choices";

fn put(path: &str, body: &str) -> Call {
    Call::new("PUT", path)
        .header("content-type", "application/json")
        .body(body)
}

fn patch(body: String) -> Call {
    Call::new("PATCH", DATA)
        .header("content-type", "application/merge-patch+json")
        .body(body)
}

pub(super) async fn run(v: &Visit) {
    notice(v).await;
    v.send_garbage(get(DATA)).await.is(200);
    v.send(patch(
        r#"{"theme":"dark","language":"zh","kind":"text"}"#.to_owned(),
    ))
    .await
    .is(200);
    decisions(v, puzzles::token(v, "work", false).await).await;
    patches(v).await;
    choices(v).await;
    // Deletion voids the token in the cookie, and the one that is sent along.
    let token = puzzles::token(v, "work", false).await;
    let other = puzzles::token(v, "work", false).await;
    v.send(Call::new("DELETE", DATA).header("x-captcha-token", token))
        .await
        .is(204);
    v.send(get("/members").header("x-captcha-token", other))
        .await
        .refused(403, "spent");
    let forged = Call::new("DELETE", DATA).header("x-captcha-token", word("sent-token"));
    v.send_garbage(forged).await.is(204);
    puzzles::token(v, "work", false).await;
    v.send(form(CHOICES, "do=delete")).await.is(303);
}

async fn notice(v: &Visit) {
    v.send(get("/captcha/privacy").header("accept", word("accept")))
        .await
        .is(200);
    let (field, value) = (word("field"), word("value"));
    for (query, status) in [
        ("format=json".to_owned(), 200),
        (format!("lang={}", word("lang")), 200),
        (format!("format={value}"), 400),
        (format!("version={}", word("version")), 404),
        (format!("{field}={value}"), 400),
        (word("query"), 400),
    ] {
        let target = format!("/captcha/privacy?{query}");
        v.send(get(&target).header("sec-gpc", "1")).await.is(status);
        v.send_garbage(get(&target).header("sec-gpc", &*value))
            .await
            .is(status);
    }
}

async fn decisions(v: &Visit, token: String) {
    for right in ["restriction", "objection"] {
        let path = format!("/captcha/privacy/{right}");
        for method in ["PUT", "DELETE", "PUT"] {
            let call = Call::new(method, &path).body(word("value"));
            v.send(call).await.is(204);
        }
        v.send_garbage(Call::new("PUT", &format!("{path}?{}", word("query"))))
            .await;
        // Verification goes on.
        puzzles::token(v, "work", false).await;
    }
    let consent = "/captcha/privacy/consent";
    let (value, version) = (word("value"), word("version"));
    for body in [
        format!(r#"{{"choice":"granted","version":"{version}"}}"#),
        format!(r#"{{"choice":"{value}","version":"{version}"}}"#),
        format!(r#"{{"{}":"{value}"}}"#, word("field")),
        value,
    ] {
        v.send(put(consent, &body)).await;
        v.send_garbage(put(consent, &body)).await;
    }
    v.send(Call::new("DELETE", consent)).await;
    for call in [
        get(DATA),
        get("/captcha/privacy/export"),
        get("/captcha/privacy/export?format=csv"),
        get(CHOICES),
    ] {
        v.send(call.clone().header("x-captcha-token", &*token))
            .await
            .is(200);
        v.send_garbage(call).await.is(200);
    }
    for query in [format!("format={}", word("value")), word("query")] {
        v.send(get(&format!("/captcha/privacy/export?{query}")))
            .await
            .is(400);
    }
}

async fn patches(v: &Visit) {
    let (field, value) = (word("patched"), word("value"));
    for body in [
        format!(r#"{{"theme":"{value}"}}"#),
        format!(r#"{{"{field}":"{value}"}}"#),
        format!(r#"{{"theme":"dark","{field}":null}}"#),
        format!(r#"{{"session_id":"{value}"}}"#),
        format!(r#"{{"language":{{"{field}":"{value}"}}}}"#),
        format!(r#"["{value}"]"#),
        format!(r#"{{"theme":"dark"}} {value}"#),
        value.clone(),
    ] {
        let reply = v.send(patch(body.clone())).await;
        assert!(reply.status >= 400, "{body}: {reply:?}");
        v.send_garbage(patch(body)).await;
    }
    let type_ = format!("application/{}", word("content-type"));
    let plain = Call::new("PATCH", DATA)
        .header("content-type", type_)
        .body(value);
    v.send(plain).await.refused(415, "unsupported-media-type");
}

async fn choices(v: &Visit) {
    let (field, value) = (word("field"), word("value"));
    for button in [
        "restrict",
        "object",
        "unrestrict",
        "unobject",
        "select&theme=dark",
    ] {
        v.send(form(CHOICES, format!("do={button}"))).await.is(303);
    }
    for body in [
        format!("do={value}"),
        format!("do=select&theme={value}"),
        format!("do=grant&version={}", word("version")),
        format!("do=delete&{field}={value}"),
        format!("{field}={value}"),
    ] {
        let reply = v.send(form(CHOICES, body)).await;
        assert!(reply.status >= 400, "{reply:?}");
    }
    for query in [
        format!("lang={}", word("lang")),
        format!("done={value}"),
        word("query"),
    ] {
        v.send(get(&format!("{CHOICES}?{query}"))).await;
    }
    v.send(json(CHOICES, format!(r#"{{"do":"{value}"}}"#)))
        .await
        .is(415);
}
