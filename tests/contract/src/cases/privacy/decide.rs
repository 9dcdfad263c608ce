//! Restriction, objection, consent.

use super::*;
use crate::engine::Config;

const RESTRICTION: &str = "/captcha/privacy/restriction";
const OBJECTION: &str = "/captcha/privacy/objection";

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "restriction and objection, there and back",
            async |c: &Client| {
                let mut jar = Jar::default();
                for (path, field) in [(RESTRICTION, "restricted"), (OBJECTION, "objected")] {
                    for _ in 0..2 {
                        let reply = c.send(jar.on(Call::new("PUT", path))).await;
                        reply.is(204);
                        jar.take(&reply);
                        assert!(has(&held(c, &jar).await, field, "yes"));
                    }
                }
                for path in [RESTRICTION, OBJECTION] {
                    let reply = c.send(jar.on(Call::new("DELETE", path))).await;
                    reply.is(204);
                    jar.take(&reply);
                }
                assert!(jar.names().is_empty(), "nothing is left to remember");
            },
        ),
        Case::new(
            "verification goes on for who restricted",
            async |c: &Client| {
                let mut jar = Jar::default();
                let reply = c.send(Call::new("PUT", RESTRICTION)).await;
                assert!(jar.take(&reply).names().contains(&CONSENT.0));
                let reply = c
                    .send(jar.on(json("/captcha/challenge", r#"{"kind":"work"}"#)))
                    .await;
                jar.take(&reply);
                let challenge = reply.is(200).json()["challenge"]
                    .as_str()
                    .unwrap()
                    .to_owned();
                let reply = c.send(jar.on(c.right(&challenge).await)).await;
                reply.is(200);
            },
        ),
        Case::new(
            "who restricted is not counted by address, and the right is no way around the limits",
            async |c: &Client| {
                let ask = || json("/captcha/challenge", r#"{"kind":"work"}"#);
                for _ in 0..2 {
                    c.send(ask()).await.is(200);
                }
                c.send(ask()).await.refused(429, "too-many");
                let mut jar = Jar::default();
                jar.take(&c.send(Call::new("PUT", OBJECTION)).await);
                for _ in 0..4 {
                    c.send(jar.on(ask())).await.is(200);
                }
                c.send(jar.on(ask())).await.refused(429, "too-many");
            },
        )
        .config(|| Config::with_limits(2, 40)),
        Case::new(
            "equal decisions of one day give equal cookies",
            async |c: &Client| {
                let mut seen = std::collections::BTreeSet::new();
                for _ in 0..50 {
                    let reply = c.send(Call::new("PUT", RESTRICTION)).await;
                    seen.insert(reply.all("set-cookie").next().unwrap().to_owned());
                }
                assert_eq!(seen.len(), 1);
                let cookie = seen.pop_first().unwrap();
                assert!(
                    cookie.starts_with(CONSENT.0) && cookie.ends_with(CONSENT.1),
                    "{cookie}"
                );
            },
        ),
        Case::new(
            "without statistics there is nothing to consent to",
            async |c: &Client| {
                let put = Call::new("PUT", "/captcha/privacy/consent")
                    .header("content-type", "application/json")
                    .body(r#"{"choice":"granted","version":""}"#);
                c.send(put)
                    .await
                    .refused(404, "nothing-to-consent-to")
                    .has_no("set-cookie");
                c.send(Call::new("DELETE", "/captcha/privacy/consent"))
                    .await
                    .refused(404, "nothing-to-consent-to");
            },
        ),
        Case::new(
            "other sites cannot decide for a visitor",
            async |c: &Client| {
                for (method, path) in [
                    ("PUT", RESTRICTION),
                    ("DELETE", RESTRICTION),
                    ("PUT", OBJECTION),
                    ("DELETE", DATA),
                    ("PATCH", DATA),
                    ("POST", CHOICES),
                ] {
                    for (name, value) in [
                        ("origin", "https://evil.example"),
                        ("sec-fetch-site", "cross-site"),
                    ] {
                        c.send(Call::new(method, path).header(name, value))
                            .await
                            .refused(403, "foreign-origin")
                            .has_no("set-cookie");
                    }
                }
            },
        ),
    ]
}
