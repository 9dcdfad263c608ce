//! The no-script page.

mod answered;
mod refused;
mod sound;

use captcha_core::Kind;

use super::{TOKEN, hostile};
use crate::{
    client::{Call, Reply, form, get, json, post},
    engine::Config,
    runner::{Case, Client, answering, hidden},
};

const PATH: &str = "/captcha/frame";
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

/// Reads a PNG's chunks: there may be no others than these, in this order. Gives its size.
#[track_caller]
pub(super) fn check_png(bytes: &[u8]) -> (u32, u32) {
    let mut rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n").expect("a PNG");
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes[..4].try_into().unwrap());
    let mut names = Vec::new();
    while !rest.is_empty() {
        let length = number(rest) as usize;
        names.push(std::str::from_utf8(&rest[4..8]).unwrap());
        rest = &rest[12 + length..];
    }
    names.dedup();
    let opaque = ["IHDR", "PLTE", "IDAT", "IEND"];
    let clear = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];
    assert!(names == opaque || names == clear, "chunks {names:?}");
    (number(&bytes[16..]), number(&bytes[20..]))
}

/// A page of the frame: nothing in it runs, nothing in it comes from elsewhere.
#[track_caller]
fn page(reply: &Reply, status: u16) -> &str {
    reply
        .is(status)
        .has("content-type", "text/html; charset=utf-8")
        .has("content-security-policy", POLICY)
        .has("cache-control", "no-store")
        .has("referrer-policy", "same-origin")
        .has("x-content-type-options", "nosniff");
    let html = reply.text();
    for never in [
        "data:",
        "<script",
        "javascript:",
        "style=",
        "onerror",
        "onload",
        "http:",
        "https:",
        "{{",
    ] {
        assert!(!html.contains(never), "{never} in {html}");
    }
    assert!(html.starts_with("<!DOCTYPE html>"), "{html}");
    html
}

fn filled(challenge: &str, action: &str, text: &str) -> Call {
    form(
        PATH,
        format!(
            "challenge={challenge}&action={action}&text={}",
            hostile::escaped(text)
        ),
    )
}

async fn right(c: &Client, challenge: &str) -> Call {
    let (answer, _) = c.solve(challenge).await;
    filled(challenge, "signup", answer["text"].as_str().unwrap())
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = shown();
    cases.extend(answered::cases());
    cases.extend(refused::cases());
    cases.extend(sound::cases());
    cases
}

fn shown() -> Vec<Case> {
    vec![
        Case::new(
            "the frame is a page with a form, and sets no cookie",
            async |c: &Client| {
                let reply = c.send(get(PATH)).await;
                reply.has_no("set-cookie");
                let html = page(&reply, 200);
                let challenge = hidden(html, "challenge");
                assert_eq!(hidden(html, "action"), "signup");
                assert!(
                    html.contains(&format!("src=\"frame/image?challenge={challenge}\"")),
                    "{html}"
                );
                assert!(
                    html.contains("<form method=\"post\" action=\"frame\">"),
                    "{html}"
                );
                assert!(
                    html.contains("name=\"text\"") && html.contains("<label for=\"text\">"),
                    "{html}"
                );
            },
        ),
        Case::new(
            "HEAD of the frame has its headers and no body",
            async |c: &Client| {
                let head = c.send(Call::new("HEAD", PATH)).await;
                head.is(200)
                    .has("content-security-policy", POLICY)
                    .has_no("set-cookie");
            },
        ),
        Case::new(
            "the frame's picture is a PNG with nothing beside the picture",
            async |c: &Client| {
                for _ in 0..5 {
                    let challenge = c.frame_challenge().await;
                    let path = format!("/captcha/frame/image?challenge={challenge}");
                    let reply = c.send(get(&path)).await;
                    reply
                        .is(200)
                        .has("content-type", "image/png")
                        .has("cache-control", "no-store")
                        .has("cross-origin-resource-policy", "same-origin")
                        .has_no("set-cookie")
                        .has_no("content-disposition");
                    assert_eq!(check_png(&reply.body), (280, 150));
                    assert!(
                        c.send(get(&path)).await.body == reply.body,
                        "the same again"
                    );
                    c.send(Call::new("HEAD", &path))
                        .await
                        .is(200)
                        .has("content-type", "image/png");
                }
            },
        ),
        Case::new(
            "the picture is not one that anybody gets twice",
            async |c: &Client| {
                let mut pictures = Vec::new();
                for _ in 0..5 {
                    let path = format!(
                        "/captcha/frame/image?challenge={}",
                        c.frame_challenge().await
                    );
                    pictures.push(c.send(get(&path)).await.body);
                }
                pictures.sort();
                pictures.dedup();
                assert_eq!(pictures.len(), 5);
            },
        ),
        Case::new(
            "the frame's challenge does not say what the picture says",
            async |c: &Client| {
                let reply = c.send(get(PATH)).await;
                let challenge = hidden(reply.text(), "challenge");
                let (answer, _) = c.solve(&challenge).await;
                let text = answer["text"].as_str().unwrap();
                let said = reply.text().replace(&challenge, "");
                assert!(!said.contains(text), "{said}");
                assert!(reply.headers.iter().all(|(_, value)| !value.contains(text)));
            },
        ),
        Case::new(
            "the frame is for the action that it is asked for",
            async |c: &Client| {
                let reply = c.send(get("/captcha/frame?action=login&lang=de-AT")).await;
                let html = page(&reply, 200);
                assert_eq!(hidden(html, "action"), "login");
                let challenge = hidden(html, "challenge");
                let token = c
                    .send(right(c, &challenge).await)
                    .await
                    .is(200)
                    .sets(TOKEN.0, TOKEN.1);
                c.send(get("/members").header("x-captcha-token", &token))
                    .await
                    .refused(403, "wrong-action");
                c.send(form("/login", format!("user=ada&captcha-token={token}")))
                    .await
                    .is(200);
            },
        ),
        Case::new(
            "the frame is off where it is switched off",
            async |c: &Client| {
                for path in [
                    PATH,
                    "/captcha/frame?action=signup",
                    "/captcha/frame/image?challenge=x",
                    "/captcha/frame/sound?challenge=x",
                ] {
                    c.send(get(path)).await.refused(404, "not-found");
                }
                c.send(filled("x", "signup", "AAAAA"))
                    .await
                    .refused(404, "not-found");
            },
        )
        .config(|| Config {
            frame: false,
            ..Config::default()
        }),
        Case::new(
            "the frame is off without text and audio",
            async |c: &Client| {
                c.send(get(PATH)).await.refused(404, "not-found");
                c.send(filled("x", "signup", "AAAAA"))
                    .await
                    .refused(404, "not-found");
            },
        )
        .config(|| Config {
            kinds: vec![Kind::Slide, Kind::Work],
            ..Config::default()
        }),
    ]
}

/// What a filled form says as its text.
fn hidden_text(call: &Call) -> String {
    let body = std::str::from_utf8(call.sent_body()).unwrap();
    body.rsplit_once("text=").unwrap().1.to_owned()
}
