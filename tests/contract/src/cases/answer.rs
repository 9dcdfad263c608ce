//! `POST answer`: judged once, right or wrong.

mod kinds;
mod lives;
mod strings;
mod work;

use captcha_core::Kind;
use captcha_core::testing::SeededRandom;
use serde_json::json as value;

use super::{SESSION, TOKEN, hostile};
use crate::{
    client::{get, json, post},
    engine::{Config, Engine, OTHER_SECRET},
    runner::{Case, Client, answering},
};

const PATH: &str = "/captcha/answer";

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in Kind::ALL.map(Kind::name) {
        cases.push(Case::new(
            format!("{kind}: a right answer earns a token, once"),
            async move |c: &Client| {
                let challenge = c.challenge(kind).await;
                let right = c.right(&challenge).await;
                let reply = c.send(right.clone()).await;
                reply
                    .is(200)
                    .has("content-type", "application/json")
                    .has("cache-control", "no-store");
                let solved = reply.json();
                let fields: Vec<&String> = solved.as_object().unwrap().keys().collect();
                assert_eq!(fields, ["expires_in", "token"]);
                assert_eq!(solved["expires_in"], 300);
                let token = solved["token"].as_str().unwrap();
                assert_eq!(reply.sets(TOKEN.0, TOKEN.1), token);
                assert!(token.len() < 256, "{} characters", token.len());
                c.send(right)
                    .await
                    .refused(409, "spent")
                    .has_no("set-cookie");
                c.send(get("/members").header("x-captcha-token", token))
                    .await
                    .is(200);
            },
        ));
        cases.push(Case::new(
            format!("{kind}: a wrong answer burns the challenge"),
            async move |c: &Client| {
                let challenge = c.challenge(kind).await;
                let (mut answer, mut work) = c.solve(&challenge).await;
                let right = answering(&challenge, &answer.to_string(), &work.to_string());
                match kind {
                    "slide" => answer["x"] = value!(answer["x"].as_f64().unwrap() - 20.0),
                    "text" | "audio" => answer["text"] = value!("AAAAA"),
                    "rotate" => answer["angle"] = value!(answer["angle"].as_f64().unwrap() + 90.0),
                    "click" => answer["points"][0]["x"] = value!(1),
                    "drag" => answer["y"] = value!(answer["y"].as_f64().unwrap() + 30.0),
                    _ => work = too_little(work),
                }
                let wrong = answering(&challenge, &answer.to_string(), &work.to_string());
                c.send(wrong)
                    .await
                    .refused(422, "wrong-answer")
                    .has_no("set-cookie");
                c.send(right.clone())
                    .await
                    .refused(409, "spent")
                    .has_no("set-cookie");
                c.send(right).await.refused(409, "spent");
            },
        ));
        cases.push(Case::new(
            format!("{kind}: an answer of another shape is refused, and burns the challenge"),
            async move |c: &Client| {
                let deep = [
                    hostile::nested(200),
                    "{\"x\":".repeat(200) + "0" + &"}".repeat(200),
                ];
                let deep = deep.iter().map(String::as_str);
                for answer in SHAPES.iter().chain(other_kinds(kind)).copied().chain(deep) {
                    let challenge = c.challenge(kind).await;
                    let right = c.right(&challenge).await;
                    let (_, work) = c.solve(&challenge).await;
                    let reply = c
                        .send(answering(&challenge, answer, &work.to_string()))
                        .await;
                    assert_eq!(reply.status, 400, "{answer}: {}", reply.text());
                    reply.refused(400, "malformed").has_no("set-cookie");
                    c.send(right).await.refused(409, "spent");
                }
            },
        ));
    }
    cases.extend(kinds::cases());
    cases.extend(work::cases());
    cases.extend(lives::cases());
    cases.extend(strings::cases());
    cases
}

/// A stamp that does not do: the right one is the smallest that does.
fn too_little(work: u64) -> u64 {
    work.checked_sub(1)
        .expect("a stamp above 0; another seed gives one")
}

const SHAPES: [&str; 13] = [
    "null",
    "true",
    "0",
    "123.5",
    "\"x\"",
    "\"\"",
    "[]",
    "[123]",
    "[\"AB12C\"]",
    "{\"solved\":true}",
    "{\"x\":1,\"text\":\"A\"}",
    "{\"x\":1,\"x\":1}",
    "{\"text\":\"A\",\"text\":\"A\"}",
];

fn other_kinds(kind: &str) -> &'static [&'static str] {
    match kind {
        "slide" => &[
            "{}",
            "{\"x\":1,\"y\":2}",
            "{\"text\":\"AB12C\"}",
            "{\"angle\":90}",
            "{\"x\":null}",
            "{\"x\":\"123\"}",
            "{\"x\":[123]}",
            "{\"x\":{}}",
            "{\"x\":true}",
            "{\"x\":1e400}",
            "{\"x\":-1e400}",
            "{\"X\":123}",
        ],
        "text" | "audio" => &[
            "{}",
            "{\"points\":[]}",
            "{\"x\":123}",
            "{\"text\":null}",
            "{\"text\":12345}",
            "{\"text\":[\"A\",\"B\"]}",
            "{\"text\":{\"$ne\":\"\"}}",
            "{\"text\":true}",
            "{\"text\":\"\\ud800\"}",
        ],
        "click" => &[
            "{}",
            "{\"x\":1,\"y\":2}",
            "{\"points\":null}",
            "{\"points\":[1]}",
        ],
        "drag" => &[
            "{}",
            "{\"x\":1}",
            "{\"angle\":1}",
            "{\"points\":[{\"x\":1,\"y\":2}]}",
        ],
        _ => &[
            "{\"x\":1,\"y\":2}",
            "{\"points\":[{\"x\":1,\"y\":2}]}",
            "{\"x\":123}",
            "{\"text\":\"AB12C\"}",
            "{\"nonce\":1}",
            "{\"work\":1}",
        ],
    }
}
