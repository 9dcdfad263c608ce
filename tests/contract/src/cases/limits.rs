//! Limits, and what does not get around them.

use super::SESSION;
use crate::{
    client::{Call, Reply, get, json},
    engine::Config,
    runner::{Case, Client, answering},
};

/// Headers in which a proxy might say an address, and in which any client can.
pub const SPOOFED: [(&str, &str); 14] = [
    ("x-forwarded-for", "203.0.113.7"),
    ("x-forwarded-for", "203.0.113.7, 198.51.100.2"),
    ("forwarded", "for=203.0.113.7;proto=https"),
    ("x-real-ip", "203.0.113.7"),
    ("x-client-ip", "203.0.113.7"),
    ("client-ip", "203.0.113.7"),
    ("true-client-ip", "203.0.113.7"),
    ("cf-connecting-ip", "203.0.113.7"),
    ("fastly-client-ip", "203.0.113.7"),
    ("x-cluster-client-ip", "203.0.113.7"),
    ("x-originating-ip", "203.0.113.7"),
    ("x-remote-ip", "203.0.113.7"),
    ("x-forwarded", "for=203.0.113.7"),
    ("via", "1.1 203.0.113.7"),
];

fn ask() -> Call {
    json("/captcha/challenge", r#"{"kind":"work"}"#)
}

#[track_caller]
fn too_many(reply: &Reply) {
    reply
        .refused(429, "too-many")
        .has("retry-after", "60")
        .has_no("set-cookie");
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let three = || Config::with_limits(3, u32::MAX);
    let mut cases = vec![
        Case::new(
            "the call after the last is refused, for a minute",
            async |c: &Client| {
                for _ in 0..3 {
                    c.send(ask()).await.is(200);
                }
                too_many(&c.send(ask()).await);
                c.engine.wait(59);
                too_many(&c.send(ask()).await);
                c.engine.wait(1);
                c.send(ask()).await.is(200);
            },
        )
        .config(three),
        Case::new(
            "a new session, or none, is not a new visitor",
            async |c: &Client| {
                let session = c.send(ask()).await.sets(SESSION.0, SESSION.1);
                c.send(ask().cookie(SESSION.0, &session)).await.is(200);
                c.send(ask().cookie(SESSION.0, "forged")).await.is(200);
                too_many(&c.send(ask()).await);
                too_many(&c.send(ask().cookie(SESSION.0, &session)).await);
                too_many(&c.send(ask().header("user-agent", "another")).await);
            },
        )
        .config(three),
        Case::new(
            "answers are counted apart from challenges",
            async |c: &Client| {
                let mut challenges = Vec::new();
                for _ in 0..3 {
                    challenges.push(c.challenge("work").await);
                }
                too_many(&c.send(ask()).await);
                for challenge in &challenges {
                    c.send(answering(challenge, r#"{}"#, "0"))
                        .await
                        .refused(422, "wrong-answer");
                }
                too_many(&c.send(answering(&challenges[0], "{}", "0")).await);
            },
        )
        .config(three),
        Case::new(
            "a refused answer does not cost the challenge",
            async |c: &Client| {
                let challenge = c.challenge("work").await;
                for _ in 0..3 {
                    c.send(answering("forged", "{}", "0"))
                        .await
                        .refused(400, "malformed");
                }
                let right = c.right(&challenge).await;
                too_many(&c.send(right.clone()).await);
                c.engine.wait(60);
                c.send(right).await.is(200);
            },
        )
        .config(three),
        Case::new(
            "what is refused for its shape is not counted",
            async |c: &Client| {
                for _ in 0..10 {
                    c.send(json("/captcha/challenge", "{\"bits\":0}"))
                        .await
                        .refused(400, "malformed");
                    c.send(ask().header("sec-fetch-site", "cross-site"))
                        .await
                        .refused(403, "foreign-origin");
                    c.send(get("/captcha/widget.js")).await.is(200);
                }
                for _ in 0..3 {
                    c.send(ask()).await.is(200);
                }
                too_many(&c.send(ask()).await);
            },
        )
        .config(three),
        Case::new("the whole site has a limit too", async |c: &Client| {
            for _ in 0..5 {
                c.send(ask()).await.is(200);
            }
            too_many(&c.send(ask()).await);
            c.engine.wait(60);
            c.send(ask()).await.is(200);
        })
        .config(|| Config::with_limits(u32::MAX, 5)),
        Case::new("the frame says it as a page", async |c: &Client| {
            for _ in 0..3 {
                c.send(get("/captcha/frame")).await.is(200);
            }
            let reply = c.send(get("/captcha/frame")).await;
            reply
                .is(429)
                .has("retry-after", "60")
                .has("content-type", "text/html; charset=utf-8")
                .has_no("set-cookie");
            assert!(reply.text().contains("in 60 s."), "{}", reply.text());
            assert!(
                !reply.text().contains("name=\"challenge\""),
                "{}",
                reply.text()
            );
            c.send(Call::new("HEAD", "/captcha/frame"))
                .await
                .is(429)
                .has("retry-after", "60");
            too_many(&c.send(get("/captcha/frame/image?challenge=x")).await);
        })
        .config(three),
        Case::new(
            "a host's own route is not limited, and a token stays good",
            async |c: &Client| {
                for _ in 0..4 {
                    c.send(ask()).await;
                }
                for _ in 0..10 {
                    c.send(get("/members")).await.refused(403, "missing");
                }
                c.send(get("/members").header("x-captcha-token", c.token().await))
                    .await
                    .is(200);
            },
        )
        .config(three),
    ];
    for (at, (name, value)) in SPOOFED.into_iter().enumerate() {
        cases.push(
            Case::new(
                format!("limits do not go by what a client writes: {at} {name}"),
                async move |c: &Client| {
                    for _ in 0..3 {
                        c.send(ask()).await.is(200);
                    }
                    too_many(&c.send(ask().header(name, value)).await);
                    too_many(
                        &c.send(ask().header(name, value).header(name, "192.0.2.77"))
                            .await,
                    );
                    too_many(&c.send(ask()).await);
                },
            )
            .config(three),
        );
    }
    cases.push(
        Case::new(
            "an address that a client writes is not counted in its stead",
            async |c: &Client| {
                for at in 0..3 {
                    c.send(ask().header("x-forwarded-for", format!("203.0.113.{at}")))
                        .await
                        .is(200);
                }
                too_many(&c.send(ask()).await);
            },
        )
        .config(three),
    );
    cases
}
