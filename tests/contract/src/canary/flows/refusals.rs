//! What is refused before anything else is looked at, and what is refused because something is
//! broken, full or too much.

use super::redemption;
use crate::{
    canary::{Visit, markers::word},
    client::{Call, form, get, json},
    runner::answering,
};
use captcha_core::Kind;

/// Every route with what it serves.
const ROUTES: [(&str, &[&str]); 18] = [
    ("answer", &["POST"]),
    ("challenge", &["POST"]),
    ("frame", &["GET", "HEAD", "POST"]),
    ("frame/image", &["GET", "HEAD"]),
    ("privacy", &["GET", "HEAD"]),
    ("privacy.css", &["GET", "HEAD"]),
    ("privacy/choices", &["GET", "HEAD", "POST"]),
    ("privacy/consent", &["DELETE", "PUT"]),
    ("privacy/data", &["DELETE", "GET", "HEAD", "PATCH"]),
    ("privacy/export", &["GET", "HEAD"]),
    ("privacy/objection", &["DELETE", "PUT"]),
    ("privacy/requests", &["POST"]),
    ("privacy/restriction", &["DELETE", "PUT"]),
    ("privacy/schema/data", &["GET", "HEAD"]),
    ("privacy/schema/notice", &["GET", "HEAD"]),
    ("widget.css", &["GET", "HEAD"]),
    ("widget.js", &["GET", "HEAD"]),
    ("worker.js", &["GET", "HEAD"]),
];

pub(super) async fn run(v: &Visit) {
    let (field, value) = (word("field"), word("value"));
    let type_ = format!("application/{}; charset={value}", word("content-type"));
    for (route, served) in ROUTES {
        let path = format!("/captcha/{route}");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let target = format!("{path}?{}", word("query"));
            let filled = Call::new(method, &target).header("content-type", &*type_);
            let reply = v.send(filled.body(value.clone())).await;
            if !served.contains(&method) {
                reply.refused(405, "method-not-allowed");
            }
            let foreign = Call::new(method, &path)
                .header("origin", format!("https://{}.example", word("origin")))
                .body(value.clone());
            v.send(foreign).await;
            let foreign = Call::new(method, &path).header("sec-fetch-site", &*value);
            v.send(foreign).await;
            if method != "GET" && served.contains(&method) {
                let long = format!(r#"{{"{field}":"{}"}}"#, value.repeat(600));
                let call = Call::new(method, &path).header("content-type", "application/json");
                v.send(call.body(long)).await;
            }
        }
    }
    for target in [
        format!("/captcha/{}", word("path")),
        format!("/captcha/privacy/{}", word("path")),
        format!("/captcha/widget.js/{}", word("path")),
        format!("/captcha/{}?{}", word("path"), word("query")),
    ] {
        v.send(get(&target)).await.refused(404, "not-found");
        v.send_garbage(Call::new("POST", &target).body(value.clone()))
            .await;
    }
    for body in [
        format!(r#"{{"kind":"{value}"}}"#),
        format!(r#"{{"{field}":"{value}"}}"#),
        format!(r#"{{"action":"{}."}}"#, word("action")),
        format!(r#"{{"kind":"work","kind":"{value}"}}"#),
        value.clone(),
    ] {
        v.send(json("/captcha/challenge", body))
            .await
            .refused(400, "malformed");
    }
    // What is no language is none that is known: English is spoken.
    let lang = format!(r#"{{"kind":"audio","lang":"{}_!"}}"#, word("lang"));
    v.send(json("/captcha/challenge", lang)).await.is(200);
}

/// The calls that a broken, saturated or blind engine can only refuse.
pub(super) async fn everything(v: &Visit, token: &str) {
    let lang = word("lang");
    for kind in Kind::ALL.map(Kind::name) {
        let body = format!(r#"{{"kind":"{kind}","lang":"{lang}"}}"#);
        v.send(json("/captcha/challenge", body.clone())).await;
        v.send_garbage(json("/captcha/challenge", body)).await;
    }
    let answer = format!(r#"{{"text":"{}"}}"#, word("answer"));
    v.send(answering(&word("challenge"), &answer, "0")).await;
    v.send(get(&format!("/captcha/frame?lang={lang}"))).await;
    v.send(get(&format!(
        "/captcha/frame/image?challenge={}",
        word("challenge")
    )))
    .await;
    let body = format!(
        "challenge={}&action=signup&text={}",
        word("challenge"),
        word("answer")
    );
    v.send(form("/captcha/frame", body)).await;
    for call in redemption::presented(token) {
        v.send_garbage(call.clone()).await;
        v.send(call).await;
    }
    for path in [
        "privacy",
        "privacy/data",
        "privacy/export",
        "privacy/choices",
    ] {
        v.send(get(&format!("/captcha/{path}"))).await;
    }
    let delete = || Call::new("DELETE", "/captcha/privacy/data");
    v.send(delete().header("x-captcha-token", token)).await;
    v.send_garbage(delete()).await;
    for path in ["restriction", "objection"] {
        v.send(Call::new("PUT", &format!("/captcha/privacy/{path}")))
            .await;
    }
}

/// One call too many, of every sort.
pub(super) async fn too_many(v: &Visit) {
    for _ in 0..4 {
        v.send_garbage(json("/captcha/challenge", r#"{"kind":"work"}"#))
            .await;
        let answer = format!(r#"{{"text":"{}"}}"#, word("answer"));
        v.send_garbage(answering(&word("challenge"), &answer, "0"))
            .await;
    }
    v.send(json("/captcha/challenge", "{}"))
        .await
        .refused(429, "too-many");
    v.send(answering(&word("challenge"), "{}", "0"))
        .await
        .refused(429, "too-many");
    v.send(get("/captcha/frame")).await.is(429);
    let body = format!(
        "challenge={}&action=signup&text={}",
        word("challenge"),
        word("answer")
    );
    v.send(form("/captcha/frame", body)).await.is(429);
}
