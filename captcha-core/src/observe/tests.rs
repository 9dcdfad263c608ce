#![cfg(feature = "metrics")]

use std::collections::{BTreeMap, BTreeSet};

use metrics_util::debugging::{DebugValue, DebuggingRecorder};

use super::*;
use crate::{
    Captcha, Kind, SecretKey,
    endpoint::{Headers, Request},
    testing::block_on,
};

const DASHBOARD: &str = include_str!("../../../docs/grafana/captcha.json");

fn call(captcha: &Captcha, path: &str, body: &str) -> serde_json::Value {
    let headers: [(&str, &[u8]); 4] = [
        ("content-type", b"application/json"),
        ("user-agent", b"marker-browser"),
        ("referer", b"https://marker-page.example"),
        ("accept-language", b"de-marker"),
    ];
    let request = Request {
        method: "POST",
        path,
        query: None,
        headers: headers.into_iter().collect::<Headers<'_>>(),
        body: body.as_bytes(),
        peer: Some([192, 0, 2, 99].into()),
    };
    serde_json::from_slice(&block_on(captcha.handle(&request)).body).unwrap()
}

/// What a recorder gets to hear of a day in the life of an engine, by name and labels.
fn heard() -> BTreeMap<(String, Vec<(String, String)>), u64> {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        let captcha = Captcha::builder()
            .key(SecretKey::generate().unwrap())
            .privacy(crate::testing::privacy())
            .kinds([Kind::Slide, Kind::Work])
            .work_bits(1, 1)
            .draw_in_order()
            .build()
            .unwrap();
        let challenge = call(
            &captcha,
            "/challenge",
            r#"{"kind":"slide","action":"marker-action"}"#,
        );
        let sealed = challenge["challenge"].as_str().unwrap();
        let solved = block_on(captcha.solve(sealed)).unwrap();
        let answer = format!(
            r#"{{"challenge":"{sealed}","answer":{},"work":{}}}"#,
            solved.answer.as_json(),
            solved.work
        );
        let token = call(&captcha, "/answer", &answer)["token"]
            .as_str()
            .unwrap()
            .to_owned();
        call(&captcha, "/answer", &answer);
        call(&captcha, "/challenge", r#"{"kind":"audio"}"#);
        block_on(captcha.redeem(&token, Some("marker-action"))).unwrap();
        let _ = block_on(captcha.redeem(&token, Some("marker-action")));
        captcha.rotate_keys(SecretKey::generate().unwrap()).unwrap();
        block_on(captcha.revoke_all()).unwrap();
    });
    let mut heard = BTreeMap::new();
    for (key, _, _, value) in snapshotter.snapshot().into_vec() {
        let key = key.key();
        let labels = key
            .labels()
            .map(|label| (label.key().to_owned(), label.value().to_owned()));
        let count = match value {
            DebugValue::Counter(count) => count,
            DebugValue::Histogram(values) => values.len() as u64,
            DebugValue::Gauge(_) => 1,
        };
        heard.insert((key.name().to_owned(), labels.collect()), count);
    }
    heard
}

#[test]
fn verdicts_and_durations_are_counted_and_nothing_about_anybody() {
    let heard = heard();
    let of = |metric: &Metric, label: &str, value: &str| {
        let labels = vec![(label.to_owned(), value.to_owned())];
        heard
            .get(&(metric.name.to_owned(), labels))
            .copied()
            .unwrap_or(0)
    };
    assert_eq!(of(&CHALLENGES, "verdict", "issued"), 1);
    assert_eq!(of(&CHALLENGES, "verdict", "malformed"), 1);
    assert_eq!(of(&ANSWERS, "verdict", "right"), 1);
    assert_eq!(of(&ANSWERS, "verdict", "spent"), 1);
    assert_eq!(of(&REDEMPTIONS, "verdict", "verified"), 1);
    assert_eq!(of(&REDEMPTIONS, "verdict", "spent"), 1);
    assert_eq!(of(&REFUSALS, "kind", "spent"), 1);
    assert_eq!(of(&ROTATIONS, "cause", "rotated"), 1);
    assert_eq!(of(&ROTATIONS, "cause", "revoked"), 1);
    assert!(of(&STORE_SECONDS, "call", "spend") >= 4);
    // Labels have few values, all of them ours.
    let known: BTreeSet<&str> = [
        "issued",
        "right",
        "verified",
        "spent",
        "malformed",
        "rotated",
        "revoked",
        "spend",
        "hit",
        "hits",
        "generation",
        "renew-generation",
    ]
    .into();
    for (name, labels) in heard.keys() {
        assert!(
            ALL.iter().any(|metric| metric.name == name),
            "{name} has no description"
        );
        for (label, value) in labels {
            assert!(
                ["verdict", "kind", "call", "cause"].contains(&label.as_str()),
                "{label}"
            );
            assert!(known.contains(value.as_str()), "{name} {label}={value}");
        }
    }
}

#[test]
fn the_dashboard_shows_every_metric_and_none_that_does_not_exist() {
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    let mut shown = BTreeSet::new();
    let mut queries = 0;
    for panel in dashboard["panels"].as_array().unwrap() {
        assert!(
            panel["description"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{panel}"
        );
        for target in panel["targets"].as_array().into_iter().flatten() {
            queries += 1;
            let query = target["expr"].as_str().unwrap();
            let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            shown.extend(
                words
                    .filter(|word| word.starts_with("captcha_"))
                    .map(|word| {
                        word.trim_end_matches("_bucket")
                            .trim_end_matches("_count")
                            .trim_end_matches("_sum")
                            .to_owned()
                    }),
            );
        }
    }
    assert!(queries >= ALL.len());
    let known: BTreeSet<String> = ALL.iter().map(|metric| metric.name.to_owned()).collect();
    assert_eq!(shown, known);
}
