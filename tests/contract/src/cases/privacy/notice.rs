//! The notice.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "the notice is there before anything is stored, and stores nothing",
            async |c: &Client| {
                let reply = c.send(get(NOTICE)).await;
                reply
                    .is(200)
                    .has("content-type", "text/html; charset=utf-8")
                    .has("vary", "Accept, Accept-Language, Cookie, Sec-GPC")
                    .has("content-language", "en")
                    .has_no("set-cookie");
                let policy = reply.header("content-security-policy").unwrap();
                assert!(
                    policy.starts_with("default-src 'none'; style-src 'self'"),
                    "{policy}"
                );
                assert!(!reply.text().contains("<script") && !reply.text().contains("style="));
                assert!(reply.text().contains("Test Ltd, 1 Hill Street"));
                let head = c.send(Call::new("HEAD", NOTICE)).await;
                head.is(200).has_no("set-cookie");
            },
        ),
        Case::new("by Accept or by format it is JSON", async |c: &Client| {
            let plain = c.send(get(&format!("{NOTICE}?format=json"))).await;
            plain
                .is(200)
                .has("content-type", "application/json")
                .has_no("set-cookie");
            for (accept, json) in [
                ("application/json", true),
                ("application/json, text/html;q=0.5", true),
                ("text/html, application/json;q=0.9", false),
                (
                    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                    false,
                ),
                ("application/json;q=0", false),
                ("application/json;q=nan", false),
                ("*/*", false),
                ("", false),
            ] {
                let reply = c.send(get(NOTICE).header("accept", accept)).await;
                assert_eq!(reply.body == plain.body, json, "{accept}");
            }
            c.send(get(&format!("{NOTICE}?format=html")))
                .await
                .has("content-language", "en");
            c.send(get(&format!("{NOTICE}?format=pdf")))
                .await
                .refused(400, "malformed");
            c.send(get(&format!("{NOTICE}?x=1")))
                .await
                .refused(400, "malformed");
        }),
        Case::new(
            "it has all that GDPR Art. 13, ePrivacy and CCPA ask for",
            async |c: &Client| {
                let notice = c.send(get(&format!("{NOTICE}?format=json"))).await.json();
                for (pointer, article) in [
                    ("/controller/name", "13(1)(a)"),
                    ("/controller/contact", "13(1)(a)"),
                    ("/purposes/0/text", "13(1)(c)"),
                    ("/purposes/0/article", "13(1)(c)"),
                    ("/purposes/0/reason", "13(1)(d)"),
                    ("/recipients", "13(1)(e)"),
                    ("/sharing/text", "13(1)(e), CCPA 1798.130"),
                    ("/cookies/0/life", "13(2)(a)"),
                    ("/cookies/0/set_when", "ePrivacy 5(3)"),
                    ("/records/0/life", "13(2)(a)"),
                    ("/rights/0/path", "13(2)(b)"),
                    ("/complaint", "13(2)(d)"),
                    ("/obligation", "13(2)(e)"),
                    ("/automated_decisions", "13(2)(f)"),
                    ("/children/text", "CCPA 1798.120(c)"),
                    ("/global_privacy_control/text", "CCPA 1798.135"),
                    ("/version", "changes"),
                ] {
                    let part = notice.pointer(pointer);
                    let there = part.is_some_and(|part| part.is_array() || part.is_string());
                    assert!(
                        there && part != Some(&Value::from("")),
                        "{article}: {pointer}"
                    );
                }
                assert_eq!(
                    (&notice["sharing"]["sold"], &notice["sharing"]["shared"]),
                    (&false.into(), &false.into())
                );
                let purposes = notice["purposes"].as_array().unwrap();
                for purpose in purposes {
                    let interest = purpose["basis"] == "legitimate-interest";
                    assert_eq!(purpose["reason"].is_string(), interest, "{purpose}");
                }
                assert!(purposes.iter().all(|purpose| purpose["id"] != "statistics"));
            },
        ),
        Case::new(
            "in the language that is asked for, else as the browser prefers, else English",
            async |c: &Client| {
                let chinese = c.send(get(&format!("{NOTICE}?lang=zh"))).await;
                chinese.is(200).has("content-language", "zh");
                assert!(chinese.text().contains("<html lang=\"zh\""));
                let by_header = c
                    .send(get(NOTICE).header("accept-language", "tlh, zh-CN;q=0.8, en;q=0.5"))
                    .await;
                assert_eq!(by_header.body, chinese.body);
                for strange in ["tlh", "", "zzzz", "en%0d%0aset-cookie:%20a=b", "%E2%80%AE"] {
                    c.send(get(&format!("{NOTICE}?lang={strange}")))
                        .await
                        .is(200)
                        .has("content-language", "en")
                        .has_no("set-cookie");
                }
                let long = "a".repeat(5_000);
                let reply = c.send(get(&format!("{NOTICE}?lang={long}"))).await;
                assert!(!reply.text().contains("aaaaaaaa"), "nothing is reflected");
            },
        ),
        Case::new("a version that never was is 404", async |c: &Client| {
            let json = c.send(get(&format!("{NOTICE}?format=json"))).await.json();
            let version = json["version"].as_str().unwrap();
            c.send(get(&format!("{NOTICE}?version={version}")))
                .await
                .is(200);
            c.send(get(&format!("{NOTICE}?version={}", "0".repeat(64))))
                .await
                .refused(404, "not-found");
        }),
        Case::new(
            "Global Privacy Control is shown as honoured",
            async |c: &Client| {
                let seen = "Your browser sends it";
                assert!(!c.send(get(NOTICE)).await.text().contains(seen));
                assert!(
                    c.send(get(NOTICE).header("sec-gpc", "1"))
                        .await
                        .text()
                        .contains(seen)
                );
                assert!(
                    !c.send(get(NOTICE).header("sec-gpc", "0"))
                        .await
                        .text()
                        .contains(seen)
                );
            },
        ),
    ]
}
