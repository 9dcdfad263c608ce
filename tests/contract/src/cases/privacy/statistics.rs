//! Consent, what is counted by it, and who may see that.

use captcha_core::Kind;
use captcha_core::Statistics;

use super::*;
use crate::engine::Config;

const CONSENT_ROUTE: &str = "/captcha/privacy/consent";
const STATS: &str = "/captcha/stats";
const KEY: &str = "x7Kq2mV9tB4nJ8sW1zR6cY3pL5hD0gFa";
const DAY: u64 = 86_400;

/// The attributes of the cookie of statistics.
const COUNTED: (&str, &str) = (
    "__Host-captcha-stats",
    " Path=/; Max-Age=86400; Secure; HttpOnly; SameSite=Strict",
);

fn counting() -> Config {
    Config {
        statistics: Some(Statistics::new().bearer_key(KEY)),
        ..Config::default()
    }
}

async fn version(c: &Client) -> String {
    let notice = c.send(get(&format!("{NOTICE}?format=json"))).await.json();
    notice["version"].as_str().unwrap().to_owned()
}

fn put(choice: &str, version: &str) -> Call {
    Call::new("PUT", CONSENT_ROUTE)
        .header("content-type", "application/json")
        .body(format!(r#"{{"choice":"{choice}","version":"{version}"}}"#))
}

/// A visitor who agreed.
async fn agreed(c: &Client) -> Jar {
    let mut jar = Jar::default();
    let reply = c.send(put("granted", &version(c).await)).await;
    assert_eq!(reply.is(200).json()["consent"], "granted");
    jar.take(&reply);
    jar
}

/// Solves a challenge with these cookies.
async fn solve(c: &Client, jar: &mut Jar) {
    let reply = c
        .send(jar.on(json("/captcha/challenge", r#"{"kind":"work"}"#)))
        .await;
    jar.take(&reply);
    let challenge = reply.is(200).json()["challenge"]
        .as_str()
        .unwrap()
        .to_owned();
    let reply = c.send(jar.on(c.right(&challenge).await)).await;
    jar.take(reply.is(200));
}

fn counted(jar: &Jar) -> bool {
    jar.names().contains(&COUNTED.0)
}

async fn stats(c: &Client) -> Value {
    let call =
        get(&format!("{STATS}?format=json")).header("authorization", format!("Bearer {KEY}"));
    c.send(call).await.is(200).json()
}

/// The count of a cell on the newest day.
fn cell(stats: &Value, event: &str, by: &str, name: &str) -> Value {
    let tables = stats["days"][0]["tables"].as_array().unwrap();
    let table = tables
        .iter()
        .find(|table| table["event"] == event && table["by"] == by)
        .unwrap();
    let cells = table["cells"].as_array().unwrap();
    cells.iter().find(|cell| cell["name"] == name).unwrap()["visitors"].clone()
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "nobody is counted who has not agreed",
            async |c: &Client| {
                let version = version(c).await;
                for call in [
                    None,
                    Some(put("refused", &version)),
                    Some(put("granted", &version).header("sec-gpc", "1")),
                    Some(Call::new("DELETE", CONSENT_ROUTE)),
                ] {
                    let mut jar = Jar::default();
                    let gpc = call.is_some();
                    if let Some(call) = call {
                        jar.take(&c.send(call).await);
                    }
                    let ask = json("/captcha/challenge", r#"{"kind":"work"}"#);
                    let ask = if gpc { ask.header("sec-gpc", "1") } else { ask };
                    let reply = c.send(jar.on(ask)).await;
                    jar.take(reply.is(200));
                    assert!(!counted(&jar), "{:?}", jar.names());
                }
                c.engine.wait(2 * DAY);
                assert_eq!(stats(c).await["days"], Value::Array(Vec::new()));
            },
        )
        .config(counting),
        Case::new(
            "a cookie that comes after a withdrawal is taken back with the next call",
            async |c: &Client| {
                let mut jar = agreed(c).await;
                solve(c, &mut jar).await;
                let late = (jar.0.iter().find(|(name, _)| name == COUNTED.0)).cloned();
                assert!(late.is_some());
                jar.take(&c.send(jar.on(Call::new("DELETE", CONSENT_ROUTE))).await);
                assert!(!counted(&jar));
                // A call that was under way brings it once more.
                jar.0.extend(late);
                assert!(counted(&jar));
                let ask = || json("/captcha/challenge", r#"{"kind":"work"}"#);
                jar.take(c.send(jar.on(ask())).await.is(200));
                assert!(!counted(&jar));
                // The control: who agreed keeps it, and who has none is sent none.
                let mut jar = agreed(c).await;
                solve(c, &mut jar).await;
                jar.take(c.send(jar.on(ask())).await.is(200));
                assert!(counted(&jar));
                let reply = c.send(ask()).await;
                assert!(
                    !reply
                        .all("set-cookie")
                        .any(|cookie| cookie.contains(COUNTED.0))
                );
            },
        )
        .config(counting),
        Case::new(
            "who agreed is counted once a day, and every browser says it alike",
            async |c: &Client| {
                let mut seen = std::collections::BTreeSet::new();
                for _ in 0..25 {
                    let mut jar = agreed(c).await;
                    for _ in 0..2 {
                        solve(c, &mut jar).await;
                    }
                    let (_, value) = jar
                        .0
                        .iter()
                        .find(|(name, _)| name == COUNTED.0)
                        .unwrap()
                        .clone();
                    seen.insert(value);
                    assert!(has(&held(c, &jar).await, "counted_today", "issued solved"));
                }
                assert_eq!(seen.len(), 1, "no number stands for a visitor");
                c.engine.wait(DAY);
                let stats = stats(c).await;
                for event in ["issued", "solved"] {
                    // Twenty-five and not fifty. Of a kind that nobody had nothing is said, nor of one
                    // more, so that it cannot be worked out.
                    let kinds = Kind::ALL
                        .map(Kind::name)
                        .map(|kind| cell(&stats, event, "kind", kind));
                    assert!(
                        kinds.iter().all(|count| count.is_null() || *count == 25),
                        "{kinds:?}"
                    );
                }
                assert_eq!(cell(&stats, "failed", "kind", "work"), Value::Null);
            },
        )
        .config(counting),
        Case::new("the open day is not shown", async |c: &Client| {
            solve(c, &mut agreed(c).await).await;
            assert_eq!(stats(c).await["days"], Value::Array(Vec::new()));
            c.engine.wait(DAY);
            assert_eq!(stats(c).await["days"].as_array().unwrap().len(), 1);
        })
        .config(counting),
        Case::new(
            "withdrawal takes effect on the next call, with one call",
            async |c: &Client| {
                let mut jar = agreed(c).await;
                solve(c, &mut jar).await;
                assert!(counted(&jar));
                let reply = c.send(jar.on(Call::new("DELETE", CONSENT_ROUTE))).await;
                jar.take(reply.is(204));
                assert!(!counted(&jar) && has(&held(c, &jar).await, "consent", "withdrawn"));
                solve(c, &mut jar).await;
                assert!(!counted(&jar));
            },
        )
        .config(counting),
        Case::new(
            "consent is to the notice that was read",
            async |c: &Client| {
                for stale in ["", "0", &"0".repeat(64)] {
                    c.send(put("granted", stale))
                        .await
                        .refused(409, "stale-notice")
                        .has_no("set-cookie");
                }
                let version = version(c).await;
                c.send(put("perhaps", &version))
                    .await
                    .refused(422, "invalid-fields");
                let body = put("granted", &version).header("content-type", "text/plain");
                assert_eq!(c.send(body).await.status, 415);
                let page = c.send(get(CHOICES)).await;
                assert!(
                    page.text().contains("value=\"grant\"")
                        && page.text().contains("value=\"refuse\"")
                );
                assert!(page.text().contains(&version));
                c.send(press("grant")).await.refused(409, "stale-notice");
                c.send(press(&format!("grant&version={version}")))
                    .await
                    .is(303);
            },
        )
        .config(counting),
        Case::new(
            "the statistics are for who holds the key",
            async |c: &Client| {
                for value in [
                    "",
                    "Bearer",
                    "Bearer x",
                    "Basic eDp5",
                    &format!("Bearer {KEY}x"),
                    KEY,
                ] {
                    c.send(get(STATS).header("authorization", value))
                        .await
                        .refused(401, "unauthorised")
                        .has("www-authenticate", "Bearer");
                }
                c.send(get(STATS)).await.refused(401, "unauthorised");
                let with_key =
                    |target: &str| get(target).header("authorization", format!("bearer {KEY}"));
                let page = c.send(with_key(STATS)).await;
                page.is(200)
                    .has("content-type", "text/html; charset=utf-8")
                    .has_no("set-cookie");
                let text = c
                    .send(with_key(&format!("{STATS}?format=prometheus")))
                    .await;
                text.is(200)
                    .has("content-type", "text/plain; version=0.0.4; charset=utf-8");
                c.send(with_key(&format!("{STATS}?format=xml")))
                    .await
                    .refused(400, "malformed");
                c.send(Call::new("POST", STATS))
                    .await
                    .refused(405, "method-not-allowed");
            },
        )
        .config(counting),
        Case::new(
            "the widget asks who has not decided, and lets stop who agreed",
            async |c: &Client| {
                let ask = || json("/captcha/challenge", r#"{"kind":"work"}"#);
                let version = version(c).await;
                let standing = async |jar: &Jar, call: Call| {
                    let body = c.send(jar.on(call)).await.is(200).json();
                    let mut consent = body.get("consent").cloned()?;
                    // The words come along, in the visitor's language.
                    let text = consent.as_object_mut()?.remove("text")?;
                    assert!(text["question"].is_string() && text["agree"].is_string());
                    Some(consent)
                };
                let is =
                    |state: &str| Some(serde_json::json!({"state": state, "version": version}));
                let nobody = Jar::default();
                assert_eq!(standing(&nobody, ask()).await, is("unknown"));
                let gpc = ask().header("sec-gpc", "1");
                assert_eq!(standing(&nobody, gpc).await, None);
                let mut jar = agreed(c).await;
                assert_eq!(standing(&jar, ask()).await, is("granted"));
                jar.take(
                    &c.send(jar.on(Call::new("PUT", "/captcha/privacy/objection")))
                        .await,
                );
                assert_eq!(standing(&jar, ask()).await, None);
                for decision in [put("refused", &version), Call::new("DELETE", CONSENT_ROUTE)] {
                    let mut jar = Jar::default();
                    jar.take(&c.send(decision).await);
                    assert_eq!(standing(&jar, ask()).await, None);
                }
            },
        )
        .config(counting),
        Case::new(
            "without statistics the widget asks nothing",
            async |c: &Client| {
                let body = c.send(json("/captcha/challenge", "{}")).await.json();
                assert!(body.get("consent").is_none() && body.get("notice_changed").is_none());
            },
        ),
        Case::new(
            "who agreed and asks for another is counted so",
            async |c: &Client| {
                let mut jar = agreed(c).await;
                let another = || json("/captcha/challenge", r#"{"kind":"work","refreshed":true}"#);
                let reply = c.send(jar.on(another())).await;
                jar.take(reply.is(200));
                assert!(has(
                    &held(c, &jar).await,
                    "counted_today",
                    "issued refreshed"
                ));
                c.send(another()).await.is(200);
                c.send(json("/captcha/challenge", r#"{"refreshed":"yes"}"#))
                    .await
                    .refused(400, "malformed");
            },
        )
        .config(counting),
        Case::new(
            "a purge is for who holds the key, forgets every count, and is written down",
            async |c: &Client| {
                for _ in 0..25 {
                    solve(c, &mut agreed(c).await).await;
                }
                c.engine.wait(DAY);
                let days = |stats: Value| stats["days"].as_array().unwrap().len();
                assert_eq!(days(stats(c).await), 1);
                let purge = Call::new("DELETE", STATS);
                for value in ["", "Bearer x", KEY] {
                    c.send(purge.clone().header("authorization", value))
                        .await
                        .refused(401, "unauthorised");
                }
                assert_eq!(days(stats(c).await), 1);
                c.send(purge.header("authorization", format!("Bearer {KEY}")))
                    .await
                    .is(204);
                assert_eq!(days(stats(c).await), 0);
                let log = c.engine.captcha.audit_log();
                assert_eq!(captcha_core::AuditLog::verify(&log, None), Ok(2));
                let actions: Vec<_> = log
                    .lines()
                    .map(|line| {
                        let line: Value = serde_json::from_str(line).unwrap();
                        line["action"].as_str().unwrap().to_owned()
                    })
                    .collect();
                assert_eq!(actions, ["statistics-read", "purge"]);
            },
        )
        .config(counting),
        Case::new(
            "the notice speaks of statistics where there are any",
            async |c: &Client| {
                let notice = c.send(get(&format!("{NOTICE}?format=json"))).await.json();
                let named = |list: &str, name: &str| {
                    (notice[list].as_array().unwrap().iter())
                        .any(|item| item["name"] == name || item["id"] == name)
                };
                assert!(named("cookies", COUNTED.0) && named("records", "daily-counters"));
                assert!(named("purposes", "statistics") && named("rights", "withdrawal"));
                assert_eq!(notice["statistics"]["on"], true);
            },
        )
        .config(counting),
        Case::new(
            "with a store that cannot count, visitors notice nothing",
            async |c: &Client| {
                let mut jar = agreed(c).await;
                solve(c, &mut jar).await;
                assert!(!counted(&jar));
            },
        )
        .config(|| Config {
            statistics: Some(Statistics::new()),
            ..Config::with_store(crate::stores::Switch::new())
        }),
    ]
}
