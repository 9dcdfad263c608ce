//! Where statistics and the feedback form are on: agreeing, being counted, writing, withdrawing.

use captcha_core::{Clock, Kind, Statistics};

use super::puzzles;
use crate::{
    canary::{Visit, markers::word},
    client::{Call, form, get, json},
    engine::Config,
};

const KEY: &str = "x7Kq2mV9tB4nJ8sW1zR6cY3pL5hD0gFa";
const FEEDBACK: &str = "/captcha/privacy/feedback";
const CONSENT: &str = "/captcha/privacy/consent";

/// `config` with statistics and the form.
pub fn config(config: Config) -> Config {
    Config {
        statistics: Some(Statistics::new().bearer_key(KEY)),
        feedback: true,
        ..config
    }
}

pub(super) async fn run(v: &Visit) {
    let put = |choice: &str, version: &str| {
        Call::new("PUT", CONSENT)
            .header("content-type", "application/json")
            .body(format!(r#"{{"choice":"{choice}","version":"{version}"}}"#))
    };
    v.send_new(put("granted", &word("version")))
        .await
        .refused(409, "stale-notice");
    let notice = v.send(get("/captcha/privacy?format=json")).await.json();
    let version = notice["version"].as_str().unwrap();
    v.send(put("granted", version)).await.is(200);
    for kind in Kind::ALL.map(Kind::name) {
        puzzles::token(v, kind, false).await;
    }
    let (challenge, _) = puzzles::challenge(v, "text").await;
    puzzles::wrong(v, &challenge).await;

    let value = word("feedback");
    v.send(json(FEEDBACK, format!(r#"{{"text":"{value}"}}"#)))
        .await
        .is(204);
    v.send(form(FEEDBACK, format!("text={value}")))
        .await
        .is(303);
    for body in [
        format!(r#"{{"text":"{value}","{}":""}}"#, word("field")),
        format!(r#"{{"text":["{value}"]}}"#),
        format!(r#"{{"text":"{}"}}"#, value.repeat(150)),
        value.clone(),
    ] {
        let reply = v.send(json(FEEDBACK, body)).await;
        assert!(reply.status >= 400, "{reply:?}");
    }
    v.send(get(&format!("{FEEDBACK}?lang={}", word("lang"))))
        .await;
    v.send(get(&format!("{FEEDBACK}?{}", word("query")))).await;

    for method in ["GET", "DELETE"] {
        let stats = Call::new(method, "/captcha/stats");
        v.send(stats.clone()).await.refused(401, "unauthorised");
        let keyed = |query: &str| {
            Call::new(method, &format!("/captcha/stats{query}"))
                .header("authorization", format!("Bearer {KEY}"))
        };
        for format in ["html", "json", "prometheus", &value] {
            v.send(keyed(&format!("?format={format}"))).await;
        }
        v.send(keyed("")).await;
    }
    v.send(Call::new("DELETE", CONSENT)).await.is(204);
    puzzles::token(v, "work", false).await;
    let request = |kind: &str| {
        json(
            "/captcha/privacy/requests",
            format!(r#"{{"kind":"{kind}"}}"#),
        )
    };
    v.send(request(&value)).await.refused(422, "invalid-fields");
    v.send(request("child")).await.is(200);

    // At midnight, when a text is kept the longest.
    let day = 86_400_000;
    let since_midnight = v.client.engine.clock.unix_millis() % day;
    v.client.engine.wait((day - since_midnight) / 1_000);
    v.send(form(FEEDBACK, format!("text={value}")))
        .await
        .is(303);
}
