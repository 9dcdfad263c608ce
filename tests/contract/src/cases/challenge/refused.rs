//! What is not taken.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new(
            "actions of another shape are refused, and not said again",
            async |c: &Client| {
                let long = "a".repeat(65);
                let others = [
                    "", " ", "a b", "a/b", "../a", "a.b", "é", "a\\u0000", "<b>", "a\\n", &long,
                ];
                for action in others.iter().chain(&["%61", "a=b", "a;b", "\\\"", "𝒶"]) {
                    let reply = c
                        .send(json(PATH, format!(r#"{{"action":"{action}"}}"#)))
                        .await;
                    reply.refused(400, "malformed").has_no("set-cookie");
                    assert!(!reply.text().contains("<b>"), "{}", reply.text());
                }
            },
        ),
        Case::new(
            "what is no language tag asks for none",
            async |c: &Client| {
                let long = "a".repeat(36);
                for lang in [
                    "",
                    "en_US",
                    "../../etc/passwd",
                    "en;q=1",
                    "<b>",
                    "e n",
                    "日本",
                    "*",
                    &long,
                ] {
                    let reply = c
                        .send(json(PATH, format!(r#"{{"kind":"work","lang":"{lang}"}}"#)))
                        .await;
                    reply.is(200);
                    assert!(!reply.text().contains("passwd") && !reply.text().contains("<b>"));
                }
            },
        ),
        Case::new("kinds that do not exist are refused", async |c: &Client| {
            let kinds = [
                "",
                "Slide",
                "SLIDE",
                " slide",
                "slide ",
                "none",
                "easy",
                "Audio",
                "captcha",
                "slide\\u0000",
                "0",
            ];
            for kind in kinds {
                let reply = c.send(json(PATH, format!(r#"{{"kind":"{kind}"}}"#))).await;
                reply.refused(400, "malformed").has_no("set-cookie");
            }
        }),
        Case::new("fields of another type are refused", async |c: &Client| {
            for field in ["kind", "action", "lang"] {
                for other in [
                    "1",
                    "true",
                    "[]",
                    "{}",
                    "[\"work\"]",
                    "{\"a\":1}",
                    "1.5",
                    "-0",
                ] {
                    c.send(json(PATH, format!(r#"{{"{field}":{other}}}"#)))
                        .await
                        .refused(400, "malformed");
                }
            }
        }),
        Case::new("a field that comes twice is refused", async |c: &Client| {
            for body in [
                r#"{"kind":"work","kind":"work"}"#,
                r#"{"kind":"slide","kind":"work"}"#,
                r#"{"action":"a","action":"b"}"#,
                r#"{"kind":null,"kind":"work"}"#,
                r#"{"lang":"en","\u006cang":"en"}"#,
            ] {
                c.send(json(PATH, body)).await.refused(400, "malformed");
            }
        }),
        Case::new(
            "what is no JSON object of the protocol is refused",
            async |c: &Client| {
                for body in hostile::BODIES {
                    c.send(json(PATH, body))
                        .await
                        .refused(400, "malformed")
                        .has_no("set-cookie");
                }
            },
        ),
        Case::new("deep nesting is refused", async |c: &Client| {
            for depth in [100, 127, 128, 129, 1_000, 4_000] {
                let deep = hostile::nested(depth);
                c.send(json(PATH, deep.clone()))
                    .await
                    .refused(400, "malformed");
                c.send(json(PATH, format!(r#"{{"kind":{deep}}}"#)))
                    .await
                    .refused(400, "malformed");
                c.send(json(PATH, "{\"a\":".repeat(depth / 5)))
                    .await
                    .refused(400, "malformed");
            }
        }),
        Case::new(
            "the body's own type is the one that is read",
            async |c: &Client| {
                for content_type in hostile::NOT_JSON {
                    let reply = c.send(post(PATH, content_type, r#"{"kind":"work"}"#)).await;
                    reply
                        .refused(415, "unsupported-media-type")
                        .has_no("set-cookie");
                }
                let untyped = Call::new("POST", PATH).body(r#"{"kind":"work"}"#);
                c.send(untyped).await.refused(415, "unsupported-media-type");
                let twice =
                    json(PATH, r#"{"kind":"work"}"#).header("content-type", "application/json");
                c.send(twice).await.refused(415, "unsupported-media-type");
                let own = [
                    "application/json",
                    "application/json; charset=utf-8",
                    "APPLICATION/JSON",
                    "application/json ;x=y",
                ];
                for content_type in own {
                    c.send(post(PATH, content_type, r#"{"kind":"work"}"#))
                        .await
                        .is(200);
                }
            },
        ),
        Case::new("8 KiB are read, and not a byte more", async |c: &Client| {
            let padded = |length: usize| format!("{:<length$}", r#"{"kind":"work"}"#);
            c.send(json(PATH, padded(8_192))).await.is(200);
            c.send(json(PATH, padded(8_192)).chunked()).await.is(200);
            c.send(json(PATH, padded(8_193)))
                .await
                .refused(413, "too-large");
            c.send(json(PATH, padded(8_193)).chunked())
                .await
                .refused(413, "too-large");
        }),
    ];
    cases.push(Case::new(
        "no field of the client's own is taken",
        async |c: &Client| {
            for name in hostile::FIELDS {
                for body in [
                    format!(r#"{{"{name}":true}}"#),
                    format!(r#"{{"kind":"work","{name}":0}}"#),
                ] {
                    c.send(json(PATH, body))
                        .await
                        .refused(400, "malformed")
                        .has_no("set-cookie");
                }
            }
        },
    ));
    cases.push(Case::new(
        "no field of the client's own is taken with an answer, and none costs the challenge",
        async |c: &Client| {
            let challenge = c.challenge("slide").await;
            let (answer, work) = c.solve(&challenge).await;
            for name in hostile::FIELDS {
                let body =
                    value!({"challenge": challenge, "answer": answer, "work": work, name: true});
                c.send(json("/captcha/answer", body.to_string()))
                    .await
                    .refused(400, "malformed");
            }
            c.send(answering(
                &challenge,
                &answer.to_string(),
                &work.to_string(),
            ))
            .await
            .is(200);
        },
    ));
    for (path, name) in [
        (PATH, "challenge"),
        ("/captcha/answer", "answer"),
        ("/captcha/frame", "frame"),
    ] {
        for (chunked, how) in [(false, "announced"), (true, "in chunks")] {
            cases.push(Case::new(
                format!("1 MiB to {name}, {how}, is refused unread"),
                async move |c: &Client| {
                    let call = json(path, vec![b' '; 1_024 * 1_024]);
                    let call = if chunked { call.chunked() } else { call };
                    c.send(call)
                        .await
                        .refused(413, "too-large")
                        .has_no("set-cookie");
                    c.challenge("work").await;
                },
            ));
        }
    }
    cases
}
