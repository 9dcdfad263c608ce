//! Challenges of every kind and of the frame, answered right, wrong, twice and not at all.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use captcha_core::Kind;
use sha2::{Digest, Sha256};

use crate::{
    canary::{Marker, Visit, markers::word},
    client::{form, get, json},
    runner::{answering, hidden},
};

pub(super) async fn run(v: &Visit) {
    for path in ["widget.js", "widget.css", "worker.js", "privacy.css"] {
        v.send(get(&format!("/captcha/{path}"))).await.is(200);
        v.send(get(&format!("/captcha/{path}?{}", word("query"))))
            .await;
        let conditional = get(&format!("/captcha/{path}"));
        v.send(conditional.header("if-none-match", format!("\"{}\"", word("value"))))
            .await;
    }
    for kind in Kind::ALL.map(Kind::name) {
        for garbage in [false, true] {
            token(v, kind, garbage).await;
        }
        wrong(v, &challenge(v, kind).await.0).await;
    }
    let (stale, stamp) = challenge(v, "work").await;
    v.client.engine.wait(121);
    v.send(answering(&stale, "{}", &stamp.to_string()))
        .await
        .refused(410, "expired");
    frame(v).await;
}

/// A challenge, and a stamp for it that no other has.
pub(super) async fn challenge(v: &Visit, kind: &str) -> (String, u64) {
    let body = format!(r#"{{"kind":"{kind}","lang":"{}"}}"#, word("lang"));
    let challenge = v
        .send(json("/captcha/challenge", body))
        .await
        .is(200)
        .json();
    let work = &challenge["work"];
    let salt = URL_SAFE_NO_PAD
        .decode(work["salt"].as_str().unwrap())
        .unwrap();
    let bits = work["bits"].as_u64().unwrap() as u32;
    let fits = |nonce: &u64| {
        let digest = Sha256::digest([salt.as_slice(), &nonce.to_be_bytes()].concat());
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]).leading_zeros() >= bits
    };
    let stamp = (v.stamps.get()..).find(fits).unwrap();
    v.stamps.set(stamp + 1);
    v.answered_right(Marker::number("stamp", stamp));
    (challenge["challenge"].as_str().unwrap().to_owned(), stamp)
}

/// A token, by a right answer that is sent twice. A right place on a slide is a number below 320,
/// which nothing can be searched for; letters and stamps are.
pub(super) async fn token(v: &Visit, kind: &str, garbage: bool) -> String {
    let (challenge, stamp) = challenge(v, kind).await;
    let (answer, _) = v.client.solve(&challenge).await;
    if let Some(text) = answer["text"].as_str() {
        v.answered_right(Marker::text("right answer", text));
    }
    let call = answering(&challenge, &answer.to_string(), &stamp.to_string());
    let reply = if garbage {
        v.send_garbage(call.clone()).await
    } else {
        v.send(call.clone()).await
    };
    let token = reply.is(200).json()["token"].as_str().unwrap().to_owned();
    v.send(call).await.refused(409, "spent");
    token
}

/// Answers of every wrong shape.
pub(super) async fn wrong(v: &Visit, challenge: &str) {
    let (answer, field, value) = (word("answer"), word("field"), word("value"));
    for body in [
        format!(r#"{{"text":"{answer}"}}"#),
        format!(r#"{{"x":"{answer}"}}"#),
        format!(r#"{{"{field}":"{value}"}}"#),
        format!(r#""{answer}""#),
        format!(r#"["{answer}"]"#),
    ] {
        v.send(answering(challenge, &body, "0")).await;
    }
    v.send(answering(&word("challenge"), "{}", "0")).await;
    v.send(answering(challenge, "{}", &format!("\"{value}\"")))
        .await;
    let text =
        format!(r#"{{"challenge":"{challenge}","answer":{{}},"work":0,"{field}":"{value}"}}"#);
    v.send(json("/captcha/answer", text)).await;
    v.send(json("/captcha/answer", answer)).await;
}

async fn frame(v: &Visit) {
    let page = |query: String| get(&format!("/captcha/frame{query}"));
    let fresh = async || {
        let reply = v
            .send(page(format!("?action=signup&lang={}", word("lang"))))
            .await;
        hidden(reply.is(200).text(), "challenge")
    };
    let sealed = fresh().await;
    let picture = v
        .send(get(&format!("/captcha/frame/image?challenge={sealed}")))
        .await;
    picture.is(200).has("content-type", "image/png");
    let body = |sealed: &str, text: &str| format!("challenge={sealed}&action=signup&text={text}");
    let post = |body: String| form("/captcha/frame", body);
    let page_again = v.send(post(body(&sealed, &word("answer")))).await;
    v.send(post(body(&sealed, &word("answer")))).await.is(409);
    let sealed = hidden(page_again.is(422).text(), "challenge");
    let right = v.client.solve(&sealed).await.0["text"]
        .as_str()
        .unwrap()
        .to_owned();
    v.answered_right(Marker::text("right answer", &right));
    v.send(post(body(&sealed, &right))).await.is(200);
    v.send(post(body(&sealed, &right))).await.is(409);
    let stale = fresh().await;
    v.client.engine.wait(121);
    v.send(post(body(&stale, &right))).await.is(410);

    let (field, value) = (word("field"), word("value"));
    for query in [
        format!("?{}", word("query")),
        format!("?{field}={value}"),
        format!("?action=signup&{field}={value}"),
        format!("?action={}.", word("action")),
    ] {
        v.send(page(query)).await.is(400);
    }
    for query in [
        format!("challenge={}", word("challenge")),
        format!("{field}={value}"),
    ] {
        v.send(get(&format!("/captcha/frame/image?{query}")))
            .await
            .is(400);
    }
    for text in [
        body(&word("challenge"), &value),
        format!("{}&{field}={value}", body(&stale, "A")),
        format!("challenge={stale}&text=A&action={}.", word("action")),
        word("value"),
    ] {
        v.send(post(text.clone())).await.is(400);
        v.send_garbage(post(text)).await.is(400);
    }
}
