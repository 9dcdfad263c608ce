//! Requests that are carried out before they are answered, feedback, and the published schemas.

use serde_json::json as value;

use super::*;
use crate::engine::Config;

const REQUESTS: &str = "/captcha/privacy/requests";
const FEEDBACK: &str = "/captcha/privacy/feedback";

fn open() -> Config {
    Config {
        feedback: true,
        ..Config::default()
    }
}

async fn schema(c: &Client, name: &str) -> jsonschema::Validator {
    let reply = c
        .send(get(&format!("/captcha/privacy/schema/{name}")))
        .await;
    reply.is(200).has("content-type", "application/schema+json");
    jsonschema::validator_for(&reply.json()).unwrap()
}

/// Every value of `json` by its path, objects' fields alone.
fn fields(json: &Value, path: &str, found: &mut Vec<String>) {
    match json {
        Value::Object(map) => {
            for (name, inner) in map {
                let path = format!("{path}/{name}");
                fields(inner, &path, found);
                found.push(path);
            }
        }
        Value::Array(items) => {
            for (at, inner) in items.iter().enumerate() {
                fields(inner, &format!("{path}/{at}"), found);
            }
        }
        _ => {}
    }
}

/// Each document without one field, with a field more, and with a field of another type.
fn mutants(document: &Value) -> Vec<(String, Value)> {
    let mut paths = Vec::new();
    fields(document, "", &mut paths);
    let mut mutants = Vec::new();
    for path in &paths {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let change = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
            let mut mutant = document.clone();
            let there = mutant.pointer_mut(parent).unwrap();
            change(there.as_object_mut().unwrap());
            mutant
        };
        mutants.push((
            format!("without {path}"),
            change(&|map| {
                map.remove(name);
            }),
        ));
        mutants.push((
            format!("one beside {path}"),
            change(&|map| {
                map.insert("fingerprint".to_owned(), "x".into());
            }),
        ));
        mutants.push((
            format!("another type of {path}"),
            change(&|map| {
                map.insert(name.to_owned(), value!([[1.5]]));
            }),
        ));
    }
    mutants
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "the notice keeps to its published schema, and no field can be missing",
            async |c: &Client| {
                let schema = schema(c, "notice").await;
                for language in ["en", "zh"] {
                    let notice = c
                        .send(get(&format!("{NOTICE}?format=json&lang={language}")))
                        .await
                        .json();
                    let problems: Vec<_> = (schema.iter_errors(&notice))
                        .map(|error| format!("{}: {error}", error.instance_path()))
                        .collect();
                    assert!(problems.is_empty(), "{problems:?}");
                    let mutants = mutants(&notice);
                    assert!(mutants.len() > 300);
                    for (what, mutant) in mutants {
                        assert!(!schema.is_valid(&mutant), "{what}");
                    }
                }
            },
        )
        .config(|| Config {
            statistics: Some(captcha_core::Statistics::new()),
            ..open()
        }),
        Case::new(
            "what is held keeps to its published schema",
            async |c: &Client| {
                let schema = schema(c, "data").await;
                let mut jar = visitor(c).await;
                jar.take(&c.send(jar.on(patch(r#"{"theme":"dark"}"#))).await);
                jar.take(
                    &c.send(jar.on(Call::new("PUT", "/captcha/privacy/restriction")))
                        .await,
                );
                for path in [DATA, "/captcha/privacy/export?format=json"] {
                    let data = c.send(jar.on(get(path))).await.json();
                    assert!(schema.is_valid(&data), "{data}");
                    assert_eq!(data["items"].as_array().unwrap().len(), 7);
                    for (what, mutant) in mutants(&data) {
                        assert!(!schema.is_valid(&mutant), "{what}");
                    }
                }
            },
        ),
        Case::new(
            "a request of kind child deletes and answers at once",
            async |c: &Client| {
                let mut jar = visitor(c).await;
                let token = jar
                    .0
                    .iter()
                    .find(|(name, _)| name == TOKEN.0)
                    .unwrap()
                    .1
                    .clone();
                let reply = c.send(jar.on(json(REQUESTS, r#"{"kind":"child"}"#))).await;
                let done = reply.is(200).json();
                assert_eq!(done["outcome"], "deleted");
                assert_eq!(done["removed"].as_array().unwrap().len(), 5);
                assert_eq!(done["contact"], "privacy@example.org");
                assert!(jar.take(&reply).names().is_empty());
                let reuse = get("/members").header("x-captcha-token", &token);
                c.send(reuse).await.refused(403, "spent");
                // It asks for no cookie, no age and no proof.
                c.send(json(REQUESTS, r#"{"kind":"child"}"#)).await.is(200);
                let mut jar = visitor(c).await;
                let reply = c.send(jar.on(press("child"))).await;
                assert!(jar.take(reply.is(303)).names().is_empty());
            },
        ),
        Case::new(
            "hostile input to every privacy route: a clear refusal, nothing stored, nothing reflected",
            async |c: &Client| {
                let word = "Zq7hostile9v";
                let json_routes = [
                    ("PATCH", DATA, "theme"),
                    ("PUT", "/captcha/privacy/consent", "choice"),
                    ("POST", REQUESTS, "kind"),
                ];
                let strings = ["\r\nset-cookie: a=b", "\u{202e}\u{2066}", "<script>", "\u{0}", "\u{1b}[2J"];
                for (method, path, field) in json_routes {
                    let call = |body: String| {
                        Call::new(method, path)
                            .header("content-type", "application/json")
                            .body(body)
                    };
                    let text = |text: &str| value!({ field: text }).to_string();
                    let mut bodies: Vec<String> = strings
                        .iter()
                        .map(|string| text(&format!("{word}{string}{word}")))
                        .collect();
                    bodies.extend([
                        text(&word.repeat(600)),
                        format!(r#"{{"{field}":"dark","{field}":"{word}"}}"#),
                        format!(r#"{{"{word}":{{"{word}":["{word}"]}}}}"#),
                        format!(r#"{{"{field}":{{"{word}":1}}}}"#),
                        format!(r#"{{"{field}":1e999,"{word}":-0}}"#),
                        format!(r#"["{word}"]"#),
                        super::super::hostile::nested(4_000),
                        word.to_owned(),
                        word.repeat(1_048_576 / word.len()),
                    ]);
                    for body in bodies {
                        let reply = c.send(call(body.clone())).await;
                        let short: String = body.chars().take(60).collect();
                        assert!((400..500).contains(&reply.status), "{path} {short}: {}", reply.status);
                        reply
                            .has("content-type", "application/problem+json")
                            .has_no("set-cookie");
                        assert!(!reply.text().contains(word), "{path} {short}");
                    }
                }
                let form_routes = [CHOICES, FEEDBACK];
                for path in form_routes {
                    for body in [
                        format!("do={word}%0d%0aset-cookie:a&text="),
                        format!("do=select&theme={word}"),
                        format!("{word}={word}"),
                        format!("do=delete&do={word}&text=a&text=b"),
                        "%ff=%fe".to_owned(),
                        word.repeat(1_048_576 / word.len()),
                    ] {
                        let reply = c.send(form(path, body)).await;
                        assert!((400..500).contains(&reply.status), "{path}");
                        reply
                            .has("content-type", "application/problem+json")
                            .has_no("set-cookie");
                        assert!(!reply.text().contains(word));
                    }
                }
                let long = word.repeat(900);
                for path in [NOTICE, CHOICES, FEEDBACK] {
                    for query in [format!("lang={long}"), format!("lang={word}%0d%0aa:b")] {
                        let reply = c.send(get(&format!("{path}?{query}"))).await;
                        reply.has_no("set-cookie");
                        assert!(!reply.text().contains(word), "{path}");
                    }
                    let reply = c.send(get(path).header("accept-language", &long)).await;
                    assert!(!reply.text().contains(word));
                    reply.has_no("set-cookie");
                    c.send(get(&format!("{path}?{word}={word}")))
                        .await
                        .refused(400, "malformed");
                }
                assert!(c.engine.captcha.feedback().await.unwrap().is_empty());
            },
        )
        .config(|| Config {
            statistics: Some(captcha_core::Statistics::new()),
            ..open()
        }),
        Case::new("no other request is taken", async |c: &Client| {
            for (body, status, kind) in [
                (r#"{"kind":"adult"}"#, 422, "invalid-fields"),
                (r#"{"kind":""}"#, 422, "invalid-fields"),
                (r#"{"kind":"child","age":9}"#, 400, "malformed"),
                (r#"{"kind":"child","kind":"child"}"#, 400, "malformed"),
                ("{}", 400, "malformed"),
                ("[]", 400, "malformed"),
            ] {
                c.send(json(REQUESTS, body))
                    .await
                    .refused(status, kind)
                    .has_no("set-cookie");
            }
            c.send(form(REQUESTS, "kind=child"))
                .await
                .refused(415, "unsupported-media-type");
            c.send(json(REQUESTS, r#"{"kind":"child"}"#).header("origin", "https://evil.example"))
                .await
                .refused(403, "foreign-origin");
        }),
        Case::new(
            "the feedback form is there where it is on",
            async |c: &Client| {
                c.send(get(FEEDBACK)).await.refused(404, "not-found");
                c.send(form(FEEDBACK, "text=x"))
                    .await
                    .refused(404, "not-found");
                assert!(
                    !c.send(get(NOTICE))
                        .await
                        .text()
                        .contains("privacy/feedback")
                );
            },
        ),
        Case::new(
            "feedback is kept sealed for 30 days, and asks for nothing else",
            async |c: &Client| {
                let page = c.send(get(FEEDBACK)).await;
                page.is(200)
                    .has("content-type", "text/html; charset=utf-8")
                    .has_no("set-cookie");
                assert_eq!(page.text().matches("<input").count(), 0);
                assert_eq!(page.text().matches("<textarea").count(), 1);
                assert!(!page.text().contains("<script"));
                let chinese = c.send(get(&format!("{FEEDBACK}?lang=zh&done=1"))).await;
                assert!(chinese.text().contains("谢谢"));
                assert!(
                    c.send(get(NOTICE))
                        .await
                        .text()
                        .contains("\"privacy/feedback?lang=en\"")
                );

                c.send(form(FEEDBACK, "text=Well+done%21"))
                    .await
                    .is(303)
                    .has("location", "feedback?done=1")
                    .has_no("set-cookie");
                c.engine.wait(86_400);
                c.send(json(FEEDBACK, r#"{"text":"Too long."}"#))
                    .await
                    .is(204);
                let texts = async || -> Vec<(String, String)> {
                    let all = c.engine.captcha.feedback().await.unwrap();
                    (all.into_iter())
                        .map(|one| (one.day.unwrap(), one.text.unwrap()))
                        .collect()
                };
                let one = |day: &str, text: &str| (day.to_owned(), text.to_owned());
                assert_eq!(
                    texts().await,
                    [
                        one("2027-01-15", "Well done!"),
                        one("2027-01-16", "Too long.")
                    ]
                );
                c.engine.wait(29 * 86_400);
                assert_eq!(texts().await, [one("2027-01-16", "Too long.")]);
                let id = c.engine.captcha.feedback().await.unwrap().remove(0).id;
                for strange in ["", "zz", &"é".repeat(16), &format!("{id}0")] {
                    assert!(c.engine.captcha.delete_feedback(strange).await.is_err());
                }
                c.engine.captcha.delete_feedback(&id).await.unwrap();
                assert!(texts().await.is_empty());
                let audit = c.engine.captcha.audit_log();
                assert!(audit.contains("\"feedback-read\""));
                assert_eq!(audit.matches("\"feedback-delete\"").count(), 1);
            },
        )
        .config(open),
        Case::new(
            "texts of one day end together, so that no end tells when a text came",
            async |c: &Client| {
                let left = async || c.engine.captcha.feedback().await.unwrap().len();
                c.send(form(FEEDBACK, "text=morning")).await.is(303);
                c.engine.wait(10 * 3_600 + 7);
                c.send(form(FEEDBACK, "text=evening")).await.is(303);
                // From 18:00:07 to the last second of the 30th day.
                c.engine.wait(29 * 86_400 + 6 * 3_600 - 8);
                assert_eq!(left().await, 2);
                c.engine.wait(1);
                assert_eq!(left().await, 0);
            },
        )
        .config(open),
        Case::new(
            "what can no longer be read says so, and can be deleted",
            async |c: &Client| {
                c.send(form(FEEDBACK, "text=before")).await.is(303);
                c.engine.captcha.revoke_all().await.unwrap();
                c.send(form(FEEDBACK, "text=after")).await.is(303);
                let all = c.engine.captcha.feedback().await.unwrap();
                let texts: Vec<_> = all.iter().map(|one| one.text.as_deref()).collect();
                assert_eq!(texts, [None, Some("after")]);
                assert_eq!(all[0].day, None);
                c.engine.captcha.delete_feedback(&all[0].id).await.unwrap();
                let all = c.engine.captcha.feedback().await.unwrap();
                assert_eq!(all.len(), 1);
                assert_eq!(all[0].day.as_deref(), Some("2027-01-15"));
            },
        )
        .config(open),
        Case::new("hostile feedback is inert", async |c: &Client| {
            let hostile = "<script>alert(1)</script>\r\n\u{1b}[2J\u{202e}=cmd|' /C calc'!A0\u{0}";
            let reply = c
                .send(json(FEEDBACK, value!({ "text": hostile }).to_string()))
                .await;
            assert!(!reply.is(204).has_no("set-cookie").text().contains("script"));
            let kept = c.engine.captcha.feedback().await.unwrap();
            assert_eq!(
                kept[0].text.as_deref().unwrap(),
                "<script>alert(1)</script>\n[2J=cmd|' /C calc'!A0"
            );
            for (body, status) in [
                (value!({ "text": "" }), 422),
                (value!({ "text": " \u{200b}\n\u{1b} " }), 422),
                (value!({ "text": "x".repeat(2_001) }), 422),
                (value!({ "text": "日".repeat(667) }), 422),
                (value!({ "text": 1 }), 400),
                (value!({ "text": "x", "email": "a@b.example" }), 400),
                (value!([]), 400),
            ] {
                c.send(json(FEEDBACK, body.to_string())).await.is(status);
            }
            c.send(json(
                FEEDBACK,
                value!({ "text": "x".repeat(9_000) }).to_string(),
            ))
            .await
            .refused(413, "too-large");
            c.send(json(FEEDBACK, r#"{"text":"x"}"#).header("sec-fetch-site", "cross-site"))
                .await
                .refused(403, "foreign-origin");
            assert_eq!(c.engine.captcha.feedback().await.unwrap().len(), 1);
            let full = value!({ "text": "日".repeat(666) }).to_string();
            c.send(json(FEEDBACK, full)).await.is(204);
        })
        .config(open),
        Case::new("feedback is limited, and more strictly than answers", async |c: &Client| {
            for _ in 0..5 {
                c.send(form(FEEDBACK, "text=x")).await.is(303);
            }
            c.send(form(FEEDBACK, "text=x"))
                .await
                .refused(429, "too-many");
        })
        .config(|| Config {
            feedback: true,
            ..Config::with_limits(600, 30_000)
        }),
        Case::new(
            "with a store that keeps no texts, feedback is refused and not lost silently",
            async |c: &Client| {
                c.send(form(FEEDBACK, "text=x"))
                    .await
                    .refused(503, "unavailable");
            },
        )
        .config(|| Config {
            feedback: true,
            ..Config::with_store(crate::stores::Switch::new())
        }),
    ]
}
