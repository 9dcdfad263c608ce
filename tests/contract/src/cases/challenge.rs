//! `POST challenge`: what it gives, and what it does not take.

mod refused;
mod session;
mod words;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use captcha_core::{CookieConfig, Kind};
use serde_json::{Value, json as value};

use super::{SESSION, frame::check_png, hostile};
use crate::{
    client::{Call, get, json, post},
    engine::Config,
    runner::{Case, Client, answering},
};

const PATH: &str = "/captcha/challenge";

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("without wishes it is a slide puzzle", async |c: &Client| {
            let reply = c.send(json(PATH, "{}")).await;
            reply
                .is(200)
                .has("content-type", "application/json")
                .has("cache-control", "no-store");
            slide_shape(&reply.json());
        }),
        Case::new(
            "slide: a picture, and a piece with its start",
            async |c: &Client| {
                slide_shape(&c.challenge_json("slide").await);
            },
        ),
        Case::new("text: a picture alone", async |c: &Client| {
            let challenge = c.challenge_json("text").await;
            envelope(&challenge, "text", 8);
            fields(&challenge["prompt"], &["image"]);
            picture(
                &challenge["prompt"]["image"],
                &["data", "height", "type", "width"],
            );
            assert_eq!(
                (
                    &challenge["prompt"]["image"]["width"],
                    &challenge["prompt"]["image"]["height"]
                ),
                (&value!(280), &value!(150))
            );
        }),
        Case::new("rotate: a picture and its disc", async |c: &Client| {
            let challenge = c.challenge_json("rotate").await;
            envelope(&challenge, "rotate", 8);
            let prompt = &challenge["prompt"];
            fields(prompt, &["disc", "image"]);
            for part in ["disc", "image"] {
                picture(&prompt[part], &["data", "height", "type", "width"]);
                assert_eq!(prompt[part]["width"], prompt[part]["height"]);
            }
        }),
        Case::new(
            "click: a picture, and the order with its count",
            async |c: &Client| {
                let challenge = c.challenge_json("click").await;
                envelope(&challenge, "click", 8);
                let prompt = &challenge["prompt"];
                fields(prompt, &["image", "order"]);
                picture(&prompt["image"], &["data", "height", "type", "width"]);
                picture(
                    &prompt["order"],
                    &["count", "data", "height", "type", "width"],
                );
                assert_eq!(prompt["order"]["count"], 3);
            },
        ),
        Case::new(
            "drag: a picture, and a piece with its start",
            async |c: &Client| {
                let challenge = c.challenge_json("drag").await;
                envelope(&challenge, "drag", 8);
                let prompt = &challenge["prompt"];
                fields(prompt, &["image", "piece"]);
                picture(
                    &prompt["piece"],
                    &["data", "height", "type", "width", "x", "y"],
                );
            },
        ),
        Case::new("audio: a sound alone", async |c: &Client| {
            let challenge = c.challenge_json("audio").await;
            envelope(&challenge, "audio", 8);
            fields(&challenge["prompt"], &["audio"]);
            let audio = &challenge["prompt"]["audio"];
            fields(audio, &["data", "type"]);
            assert_eq!(audio["type"], "audio/wav");
            check_wav(&STANDARD.decode(audio["data"].as_str().unwrap()).unwrap());
        }),
        Case::new(
            "audio: one length whatever is said, in every language and without one",
            async |c: &Client| {
                let mut sounds = Vec::new();
                for lang in [
                    "ar", "de", "en", "es", "fr", "it", "ja", "ko", "pl", "pt-BR", "ru", "zh-Hant",
                    "tlh",
                ] {
                    let call = json(PATH, format!(r#"{{"kind":"audio","lang":"{lang}"}}"#));
                    let challenge = c.send(call).await.is(200).json();
                    envelope(&challenge, "audio", 8);
                    let text = challenge["challenge"].as_str().unwrap();
                    sounds.push((
                        challenge["prompt"]["audio"]["data"]
                            .as_str()
                            .unwrap()
                            .to_owned(),
                        text.len(),
                    ));
                    c.send(c.right(text).await).await.is(200);
                }
                let lengths = |sounds: &[(String, usize)]| {
                    let lengths = sounds.iter().map(|(sound, sealed)| (sound.len(), *sealed));
                    lengths.collect::<std::collections::HashSet<_>>().len()
                };
                assert_eq!(lengths(&sounds), 1);
                sounds.sort();
                sounds.dedup();
                assert_eq!(sounds.len(), 13);
            },
        ),
        Case::new("work: nothing to show", async |c: &Client| {
            let challenge = c.challenge_json("work").await;
            envelope(&challenge, "work", 10);
            assert_eq!(challenge["prompt"], value!({}));
        }),
        Case::new(
            "unless set, a stamp has the bits that keep the kinds level",
            async |c: &Client| {
                for (kind, bits) in [
                    ("slide", 16),
                    ("text", 13),
                    ("rotate", 15),
                    ("click", 15),
                    ("drag", 15),
                    ("audio", 15),
                    ("work", 18),
                ] {
                    assert_eq!(c.challenge_json(kind).await["work"]["bits"], bits);
                }
            },
        )
        .config(|| Config {
            work_bits: None,
            ..Config::default()
        }),
        Case::new(
            "one kind on offer has no alternatives, and no other is to be had",
            async |c: &Client| {
                let reply = c.send(json(PATH, "{}")).await;
                envelope_of(&reply.is(200).json(), "text", 8, &[Kind::Text]);
                envelope_of(&c.challenge_json("text").await, "text", 8, &[Kind::Text]);
                for kind in ["slide", "work"] {
                    let reply = c.send(json(PATH, format!(r#"{{"kind":"{kind}"}}"#))).await;
                    reply.refused(400, "malformed").has_no("set-cookie");
                }
            },
        )
        .config(|| Config {
            kinds: vec![Kind::Text],
            ..Config::default()
        }),
        Case::new(
            "the first kind of the configuration is the one without wishes",
            async |c: &Client| {
                let challenge = c.send(json(PATH, "{}")).await.is(200).json();
                envelope_of(&challenge, "work", 10, &[Kind::Work, Kind::Slide]);
            },
        )
        .config(|| Config {
            kinds: vec![Kind::Work, Kind::Slide],
            ..Config::default()
        }),
        Case::new("a wish that is null is none", async |c: &Client| {
            let reply = c
                .send(json(PATH, r#"{"kind":null,"action":null,"lang":null}"#))
                .await;
            slide_shape(&reply.is(200).json());
        }),
        Case::new("no two challenges are alike", async |c: &Client| {
            for kind in Kind::ALL.map(Kind::name) {
                let (one, two) = (c.challenge_json(kind).await, c.challenge_json(kind).await);
                assert_ne!(one["challenge"], two["challenge"]);
                assert_ne!(one["work"]["salt"], two["work"]["salt"]);
                if kind != "work" {
                    let shown = if kind == "audio" { "audio" } else { "image" };
                    assert_ne!(one["prompt"][shown]["data"], two["prompt"][shown]["data"]);
                }
            }
        }),
        Case::new(
            "the length of the sealed string tells nothing of kind or solution",
            async |c: &Client| {
                let mut lengths = Vec::new();
                for kind in ["slide", "text", "work", "text", "text", "text", "slide"] {
                    lengths.push(c.challenge(kind).await.len());
                }
                lengths.dedup();
                assert_eq!(lengths.len(), 1, "{lengths:?}");
            },
        ),
        Case::new(
            "actions of the right shape are taken, and sealed in",
            async |c: &Client| {
                let longest = "a".repeat(64);
                for action in ["login", "a", "Sign-Up_2", "-", "_", "0", &longest] {
                    let reply = c
                        .send(json(
                            PATH,
                            format!(r#"{{"kind":"work","action":"{action}"}}"#),
                        ))
                        .await;
                    let challenge = reply.is(200).json()["challenge"]
                        .as_str()
                        .unwrap()
                        .to_owned();
                    let token =
                        c.send(c.right(&challenge).await).await.is(200).json()["token"].clone();
                    let redeemed = c
                        .engine
                        .captcha
                        .redeem(token.as_str().unwrap(), Some(action))
                        .await;
                    assert_eq!(redeemed.unwrap().action(), action);
                }
            },
        ),
        Case::new("language tags are taken", async |c: &Client| {
            for lang in [
                "en",
                "de-AT",
                "zh-Hant-TW",
                "x",
                "ar-EG",
                "abcdefghij-abcdefghij-abcdefghij-ab",
            ] {
                c.send(json(PATH, format!(r#"{{"kind":"work","lang":"{lang}"}}"#)))
                    .await
                    .is(200);
            }
        }),
        Case::new("a query changes nothing", async |c: &Client| {
            for query in ["?kind=work", "?bits=0&solved=1", "?"] {
                slide_shape(
                    &c.send(json(&format!("{PATH}{query}"), "{}"))
                        .await
                        .is(200)
                        .json(),
                );
            }
        }),
        Case::new(
            "what the client says it accepts changes nothing",
            async |c: &Client| {
                let call = json(PATH, r#"{"kind":"text"}"#)
                    .header("accept", "text/html, image/webp")
                    .header("accept-encoding", "gzip, br, zstd")
                    .header("accept-language", "tlh")
                    .header("x-http-method-override", "DELETE")
                    .header("x-original-url", "/captcha/widget.js");
                let reply = c.send(call).await;
                reply
                    .is(200)
                    .has("content-type", "application/json")
                    .has_no("content-encoding")
                    .has_no("vary");
                envelope(&reply.json(), "text", 8);
            },
        ),
    ];
    cases.extend(refused::cases());
    cases.extend(session::cases());
    cases.extend(words::cases());
    cases
}

/// Reads a WAV's chunks: there may be no others than these, in this order, of mono at 8 kHz.
#[track_caller]
pub(crate) fn check_wav(bytes: &[u8]) {
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((&bytes[..4], number(4) + 8), (&b"RIFF"[..], bytes.len()));
    assert_eq!((&bytes[8..16], number(16)), (&b"WAVEfmt "[..], 16));
    assert_eq!(
        &bytes[20..36],
        b"\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0"
    );
    assert_eq!(
        (&bytes[36..40], number(40) + 44),
        (&b"data"[..], bytes.len())
    );
    assert!(bytes.len() <= 60 * 1024, "{} bytes", bytes.len());
}

#[track_caller]
fn fields(object: &Value, expected: &[&str]) {
    let names: Vec<&String> = object.as_object().expect("an object").keys().collect();
    assert_eq!(names, expected);
}

#[track_caller]
fn envelope(challenge: &Value, kind: &str, bits: u64) {
    envelope_of(challenge, kind, bits, &Kind::ALL);
}

#[track_caller]
fn envelope_of(challenge: &Value, kind: &str, bits: u64, offered: &[Kind]) {
    fields(
        challenge,
        &[
            "alternatives",
            "challenge",
            "expires_in",
            "kind",
            "prompt",
            "work",
        ],
    );
    assert_eq!(challenge["kind"], kind);
    assert_eq!(challenge["expires_in"], 120);
    let others: Vec<&str> = (offered.iter().map(|kind| kind.name()))
        .filter(|name| *name != kind)
        .collect();
    assert_eq!(challenge["alternatives"], value!(others));
    let work = &challenge["work"];
    fields(work, &["algorithm", "bits", "salt"]);
    assert_eq!(
        (&work["algorithm"], &work["bits"]),
        (&value!("sha256"), &value!(bits))
    );
    // 16 bytes in base64url without padding.
    assert_eq!(work["salt"].as_str().unwrap().len(), 22);
    for text in [&challenge["challenge"], &work["salt"]] {
        let text = text.as_str().unwrap();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        assert!(text.bytes().all(plain), "{text}");
    }
    let sealed = challenge["challenge"].as_str().unwrap();
    assert!(
        (100..1_024).contains(&sealed.len()),
        "{} characters",
        sealed.len()
    );
}

#[track_caller]
fn picture(picture: &Value, names: &[&str]) {
    fields(picture, names);
    assert_eq!(picture["type"], "image/png");
    let bytes = STANDARD
        .decode(picture["data"].as_str().unwrap())
        .expect("base64");
    let size = |name: &str| u32::try_from(picture[name].as_u64().unwrap()).unwrap();
    assert_eq!(check_png(&bytes), (size("width"), size("height")));
}

#[track_caller]
fn slide_shape(challenge: &Value) {
    envelope(challenge, "slide", 8);
    let prompt = &challenge["prompt"];
    fields(prompt, &["image", "piece"]);
    picture(&prompt["image"], &["data", "height", "type", "width"]);
    picture(
        &prompt["piece"],
        &["data", "height", "type", "width", "x", "y"],
    );
    assert_eq!(
        (&prompt["image"]["width"], &prompt["image"]["height"]),
        (&value!(320), &value!(160))
    );
    assert_eq!(prompt["piece"]["x"], 0);
    let (y, height) = (
        prompt["piece"]["y"].as_u64().unwrap(),
        prompt["piece"]["height"].as_u64().unwrap(),
    );
    assert!(y + height <= 160, "the piece is within the picture");
}
