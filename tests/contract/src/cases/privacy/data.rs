//! Access, correction, deletion, portability.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("without a cookie nothing is held", async |c: &Client| {
            let reply = c.send(get(DATA)).await;
            reply
                .is(200)
                .has("content-type", "application/json")
                .has_no("set-cookie");
            assert_eq!(reply.json()["items"], Value::Array(Vec::new()));
        }),
        Case::new(
            "everything that is held is shown, with purpose, basis and end",
            async |c: &Client| {
                let mut jar = visitor(c).await;
                jar.take(&c.send(jar.on(patch(r#"{"theme":"dark"}"#))).await);
                jar.take(
                    &c.send(jar.on(Call::new("PUT", "/captcha/privacy/restriction")))
                        .await,
                );
                let data = c.send(jar.on(get(DATA))).await.json();
                let items = data["items"].as_array().unwrap();
                let fields: Vec<_> = items
                    .iter()
                    .map(|item| item["field"].as_str().unwrap())
                    .collect();
                assert_eq!(
                    fields,
                    [
                        "session_id",
                        "session_started",
                        "session_seen",
                        "token_action",
                        "token_issued",
                        "theme",
                        "restricted"
                    ]
                );
                for item in items {
                    let purpose = item["purpose"].as_str().unwrap();
                    assert!(["verification", "compliance"].contains(&purpose), "{item}");
                    assert!(
                        item["basis"].is_string()
                            && item["cookie"]
                                .as_str()
                                .unwrap()
                                .starts_with("__Host-captcha-")
                    );
                }
                assert_eq!(
                    items[0]["expires"], "2027-01-15T08:30:00Z",
                    "thirty idle minutes"
                );
                assert_eq!(items[3]["value"], "signup");
                assert_eq!(items[4]["expires"], "2027-01-15T08:05:00Z");
                assert_eq!(items[5]["expires"], Value::Null);
            },
        ),
        Case::new(
            "forged, foreign and expired cookies hold nothing",
            async |c: &Client| {
                let jar = visitor(c).await;
                let mut call = get(DATA);
                for (name, _) in &jar.0 {
                    call = call.cookie(name, "forged");
                }
                assert_eq!(c.send(call).await.json()["items"], Value::Array(Vec::new()));
                c.engine.wait(9 * 3_600);
                let late = held(c, &jar).await;
                assert!(
                    late.iter().all(|(field, _)| !field.starts_with("session")),
                    "{late:?}"
                );
            },
        ),
        Case::new(
            "a selection is corrected by merge patch",
            async |c: &Client| {
                let reply = c
                    .send(patch(
                        r#"{"language":"zh","kind":"work","motion":"reduce"}"#,
                    ))
                    .await;
                let _ = reply.is(200).sets(PREFS.0, PREFS.1);
                assert_eq!(
                    reply.json(),
                    serde_json::json!({"language":"zh","theme":null,"kind":"work","contrast":null,"motion":"reduce"})
                );
                let mut jar = Jar::default();
                jar.take(&reply);
                let reply = c
                    .send(jar.on(patch(r#"{"kind":null,"contrast":"more"}"#)))
                    .await;
                jar.take(&reply);
                let held = held(c, &jar).await;
                assert!(
                    has(&held, "language", "zh") && has(&held, "contrast", "more"),
                    "{held:?}"
                );
                assert!(!held.iter().any(|(field, _)| field == "kind"));
                // It takes effect.
                c.send(jar.on(get(NOTICE)))
                    .await
                    .has("content-language", "zh");
                // The last one gone, the cookie goes.
                let reply = c
                    .send(jar.on(patch(r#"{"language":null,"contrast":null,"motion":null}"#)))
                    .await;
                assert!(jar.take(&reply).names().is_empty());
            },
        ),
        Case::new(
            "a selected kind is the one that comes",
            async |c: &Client| {
                let mut jar = Jar::default();
                jar.take(&c.send(patch(r#"{"kind":"text"}"#)).await);
                let reply = c.send(jar.on(json("/captcha/challenge", "{}"))).await;
                assert_eq!(reply.json()["kind"], "text");
                let reply = c
                    .send(jar.on(json("/captcha/challenge", r#"{"kind":"work"}"#)))
                    .await;
                assert_eq!(reply.json()["kind"], "work");
            },
        ),
        Case::new("what is no selection is not changed", async |c: &Client| {
            for field in [
                "session_id",
                "token_action",
                "consent",
                "restricted",
                "counted_today",
            ] {
                let reply = c.send(patch(&format!(r#"{{"{field}":"x"}}"#))).await;
                reply.refused(403, "read-only").has_no("set-cookie");
            }
            for body in [
                r#"{"theme":"purple"}"#,
                r#"{"theme":1}"#,
                r#"{"theme":{"a":null}}"#,
                r#"{"nothing":"x"}"#,
                r#"{"theme":"dark","nothing":"x"}"#,
                "{\"language\":\"\u{202e}en\"}",
            ] {
                let reply = c.send(patch(body)).await;
                reply.refused(422, "invalid-fields").has_no("set-cookie");
                assert!(!reply.text().contains("purple") && !reply.text().contains("nothing"));
            }
            let doubled = [
                r#"{"theme":"dark","theme":"light"}"#,
                r#"{"theme":"dark","th\u0065me":"light"}"#,
            ];
            for body in ["", "[]", "null", "{", "\"x\""].into_iter().chain(doubled) {
                c.send(patch(body)).await.refused(400, "malformed");
            }
            let plain = Call::new("PATCH", DATA)
                .header("content-type", "text/plain")
                .body("{}");
            c.send(plain).await.refused(415, "unsupported-media-type");
            let long = format!(r#"{{"theme":"{}"}}"#, "d".repeat(9_000));
            c.send(patch(&long)).await.refused(413, "too-large");
        }),
        Case::new(
            "equal selections give equal cookies, in every browser",
            async |c: &Client| {
                let mut seen = std::collections::BTreeSet::new();
                for _ in 0..50 {
                    seen.insert(
                        c.send(patch(r#"{"theme":"dark"}"#))
                            .await
                            .sets(PREFS.0, PREFS.1),
                    );
                }
                assert_eq!(seen.len(), 1);
                let other = c
                    .send(patch(r#"{"theme":"light"}"#))
                    .await
                    .sets(PREFS.0, PREFS.1);
                assert!(!seen.contains(&other));
            },
        ),
        Case::new(
            "deletion forgets every cookie by name and voids the token",
            async |c: &Client| {
                let mut jar = visitor(c).await;
                let token = jar
                    .0
                    .iter()
                    .find(|(name, _)| name == TOKEN.0)
                    .unwrap()
                    .1
                    .clone();
                let reply = c.send(jar.on(Call::new("DELETE", DATA))).await;
                reply.is(204).has_no("clear-site-data");
                assert_eq!(reply.all("set-cookie").count(), 5);
                assert!(
                    reply
                        .all("set-cookie")
                        .all(|cookie| cookie.contains("=; Path=/; Max-Age=0; "))
                );
                assert!(reply.body.is_empty());
                let reuse = get("/members").header("x-captcha-token", &token);
                c.send(reuse).await.refused(403, "spent");
                assert!(jar.take(&reply).names().is_empty());
                c.send(Call::new("DELETE", DATA)).await.is(204);
            },
        ),
        Case::new(
            "a token sent along in the header is voided, too",
            async |c: &Client| {
                let token = c.token().await;
                let call = Call::new("DELETE", DATA).header("x-captcha-token", &token);
                c.send(call.clone()).await.is(204);
                c.send(get("/members").header("x-captcha-token", &token))
                    .await
                    .refused(403, "spent");
                c.send(call).await.is(204);
                c.send(Call::new("DELETE", DATA).header("x-captcha-token", "forged"))
                    .await
                    .is(204);
            },
        ),
        Case::new(
            "a copy to take along, as JSON and as CSV",
            async |c: &Client| {
                let mut jar = visitor(c).await;
                jar.take(&c.send(jar.on(patch(r#"{"kind":"slide"}"#))).await);
                let export = c.send(jar.on(get("/captcha/privacy/export"))).await;
                export.is(200).has(
                    "content-disposition",
                    "attachment; filename=\"captcha-data.json\"",
                );
                let shown = c.send(jar.on(get(DATA))).await;
                assert_eq!(export.json(), shown.json());
                let csv = c
                    .send(jar.on(get("/captcha/privacy/export?format=csv")))
                    .await;
                csv.is(200)
                    .has("content-type", "text/csv; charset=utf-8; header=present");
                let lines: Vec<_> = csv.text().split("\r\n").collect();
                assert_eq!(lines[0], "field,value,cookie,purpose,basis,expires");
                assert_eq!(
                    lines.len(),
                    shown.json()["items"].as_array().unwrap().len() + 2
                );
                assert!(
                    csv.text()
                        .contains("\"kind\",\"slide\",\"__Host-captcha-prefs\"")
                );
                c.send(get("/captcha/privacy/export?format=xml"))
                    .await
                    .refused(400, "malformed");
            },
        ),
    ]
}
