//! How long a challenge may be answered, and by which engine.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "a challenge may be answered for 120 seconds",
            async |c: &Client| {
                let challenges = [c.challenge("text").await, c.challenge("text").await];
                let (one, two) = (c.right(&challenges[0]).await, c.right(&challenges[1]).await);
                c.engine
                    .clock
                    .advance(std::time::Duration::from_millis(119_999));
                c.send(one).await.is(200);
                c.engine.clock.advance(std::time::Duration::from_millis(1));
                c.send(two.clone())
                    .await
                    .refused(410, "expired")
                    .has_no("set-cookie");
                c.send(two).await.refused(410, "expired");
            },
        ),
        Case::new(
            "turning the clock back revives nothing",
            async |c: &Client| {
                let challenge = c.challenge("text").await;
                let right = c.right(&challenge).await;
                c.engine.wait(121);
                c.send(right.clone()).await.refused(410, "expired");
                c.engine.clock.set(crate::engine::START);
                c.send(right).await.refused(410, "expired");
            },
        ),
        Case::new(
            "a restart makes what was issued before expired",
            async |c: &Client| {
                let before = Engine::build(Config {
                    seed: 8,
                    ..Config::default()
                });
                let challenge = before.captcha.issue(None, None).await.unwrap().challenge;
                c.send(answering(&challenge, r#"{"x":1}"#, "0"))
                    .await
                    .refused(410, "expired");
                let token = before.captcha.token_for_tests(None).await.unwrap();
                c.send(get("/members").header("x-captcha-token", token.as_str()))
                    .await
                    .refused(403, "expired");
            },
        ),
        Case::new(
            "a raised generation makes what was issued before expired",
            async |c: &Client| {
                let before = Engine::build(Config::default());
                let challenge = before.captcha.issue(None, None).await.unwrap().challenge;
                c.send(answering(&challenge, r#"{"x":1}"#, "0"))
                    .await
                    .refused(410, "expired");
                let token = before.captcha.token_for_tests(None).await.unwrap();
                c.send(get("/members").header("x-captcha-token", token.as_str()))
                    .await
                    .refused(403, "expired");
            },
        )
        .config(|| Config {
            generation: 1,
            ..Config::default()
        }),
        Case::new(
            "another site's and another secret's are not ours",
            async |c: &Client| {
                for other in [
                    Config {
                        site: "other.example",
                        ..Config::default()
                    },
                    Config {
                        secret: OTHER_SECRET,
                        ..Config::default()
                    },
                ] {
                    let other = Engine::build(other);
                    let challenge = other.captcha.issue(None, None).await.unwrap().challenge;
                    c.send(answering(&challenge, r#"{"x":1}"#, "0"))
                        .await
                        .refused(400, "malformed");
                    let token = other.captcha.token_for_tests(None).await.unwrap();
                    c.send(get("/members").header("x-captcha-token", token.as_str()))
                        .await
                        .refused(403, "malformed");
                }
            },
        ),
    ]
}
