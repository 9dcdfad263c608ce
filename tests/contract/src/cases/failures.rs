//! When something is broken or full, nothing is let through.

use super::TOKEN;
use crate::{
    client::{Call, Reply, form, get, json},
    engine::Config,
    runner::{Case, Client, answering},
    stores::{Mode, Switch},
};
use captcha_core::Kind;

const FIELDS: &str = "name=Ada&email=ada%40example.org";
const HEADER: &str = "x-captcha-token";

#[track_caller]
fn unavailable(reply: &Reply) {
    reply
        .refused(503, "unavailable")
        .has("retry-after", "5")
        .has_no("set-cookie");
}

fn set(c: &Client, mode: Mode) {
    c.engine
        .switch
        .as_ref()
        .expect("a store with a switch")
        .set(mode);
}

/// Every way to present a token to the host.
fn presented(token: &str, login: &str) -> [Call; 6] {
    [
        get("/members").header(HEADER, token),
        get("/members").cookie(TOKEN.0, token),
        get("/optional").header(HEADER, token),
        form("/signup", format!("{FIELDS}&captcha-token={token}")),
        json(
            "/api/signup",
            format!(r#"{{"name":"Ada","email":"a","captcha-token":"{token}"}}"#),
        ),
        form("/login", format!("user=ada&captcha-token={login}")),
    ]
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let switched = || Config::with_store(Switch::new());
    vec![
        Case::new(
            "with a dead store no token passes, and none is lost",
            async |c: &Client| {
                let tokens = (c.token().await, c.token_for("login").await);
                set(c, Mode::Fails);
                for call in presented(&tokens.0, &tokens.1) {
                    unavailable(&c.send(call).await);
                }
                set(c, Mode::Works);
                c.send(get("/members").header(HEADER, &tokens.0))
                    .await
                    .is(200);
                c.send(form(
                    "/login",
                    format!("user=ada&captcha-token={}", tokens.1),
                ))
                .await
                .is(200);
            },
        )
        .config(switched),
        Case::new(
            "with a dead store a route that stays open takes each token once and says so",
            async |c: &Client| {
                let at = |path: &str, token: &str| match path {
                    "/open" => get(path).header(HEADER, token),
                    _ => form(path, format!("{FIELDS}&captcha-token={token}")),
                };
                for path in ["/open", "/open-form"] {
                    let tokens = [c.token().await, c.token().await, c.token_for("login").await];
                    let said = c.send(at(path, &tokens[0])).await;
                    assert_eq!(said.is(200).text(), "by the store");
                    for mode in [Mode::Fails, Mode::SpendFails] {
                        set(c, mode);
                        // Another route is closed as ever.
                        unavailable(&c.send(get("/members").header(HEADER, &tokens[1])).await);
                        c.send(at(path, &tokens[2]))
                            .await
                            .refused(403, "wrong-action");
                        c.send(at(path, "made up")).await.refused(403, "malformed");
                        c.send(at(path, &tokens[0])).await.refused(403, "spent");
                    }
                    let said = c.send(at(path, &tokens[1])).await;
                    assert_eq!(said.is(200).text(), "by this process alone");
                    c.send(at(path, &tokens[1])).await.refused(403, "spent");
                    set(c, Mode::Works);
                    c.send(at(path, &tokens[1])).await.refused(403, "spent");
                    c.send(get("/members").header(HEADER, &tokens[1]))
                        .await
                        .refused(403, "spent");
                }
            },
        )
        .config(switched),
        Case::new(
            "with a store that cannot write no token passes",
            async |c: &Client| {
                let tokens = (c.token().await, c.token_for("login").await);
                set(c, Mode::SpendFails);
                for call in presented(&tokens.0, &tokens.1) {
                    unavailable(&c.send(call).await);
                }
            },
        )
        .config(switched),
        Case::new(
            "with a dead store there are no challenges and no answers",
            async |c: &Client| {
                let challenge = c.challenge("slide").await;
                let right = c.right(&challenge).await;
                set(c, Mode::Fails);
                for kind in Kind::ALL.map(Kind::name) {
                    unavailable(
                        &c.send(json(
                            "/captcha/challenge",
                            format!(r#"{{"kind":"{kind}"}}"#),
                        ))
                        .await,
                    );
                }
                unavailable(&c.send(right.clone()).await);
                unavailable(&c.send(answering(&challenge, r#"{"x":1}"#, "0")).await);
                set(c, Mode::Works);
                c.send(right).await.is(200);
            },
        )
        .config(switched),
        Case::new(
            "with a store that cannot write no answer is judged",
            async |c: &Client| {
                let challenge = c.challenge("slide").await;
                let right = c.right(&challenge).await;
                set(c, Mode::SpendFails);
                // A guess that costs nothing would be an oracle: right and wrong read the same.
                let (one, two) = (
                    c.send(right).await,
                    c.send(answering(&challenge, r#"{"x":1}"#, "0")).await,
                );
                unavailable(&one);
                assert_eq!(one.body, two.body);
            },
        )
        .config(switched),
        Case::new(
            "with a dead store limits let nobody by",
            async |c: &Client| {
                set(c, Mode::Fails);
                unavailable(
                    &c.send(json("/captcha/challenge", r#"{"kind":"work"}"#))
                        .await,
                );
                unavailable(&c.send(answering("forged", "{}", "0")).await);
            },
        )
        .config(|| Config {
            limits: captcha_core::Limits {
                per_visitor: 100,
                per_site: 1_000,
            },
            ..Config::with_store(Switch::new())
        }),
        Case::new(
            "with a dead store the frame says so as a page",
            async |c: &Client| {
                let challenge = c.frame_challenge().await;
                let (answer, _) = c.solve(&challenge).await;
                let text = answer["text"].as_str().unwrap();
                let call = form(
                    "/captcha/frame",
                    format!("challenge={challenge}&action=signup&text={text}"),
                );
                set(c, Mode::Fails);
                for call in [get("/captcha/frame"), call.clone()] {
                    let reply = c.send(call).await;
                    reply
                        .is(503)
                        .has("content-type", "text/html; charset=utf-8")
                        .has("retry-after", "5")
                        .has_no("set-cookie");
                    assert!(reply.text().contains("in 5 s."), "{}", reply.text());
                }
                unavailable(
                    &c.send(get(&format!("/captcha/frame/image?challenge={challenge}")))
                        .await,
                );
                set(c, Mode::Works);
                let _ = c.send(call).await.is(200).sets(TOKEN.0, TOKEN.1);
            },
        )
        .config(switched),
        Case::new(
            "with a dead store the files are served, and refusals that need no store",
            async |c: &Client| {
                set(c, Mode::Fails);
                for file in ["widget.js", "widget.css", "worker.js"] {
                    c.send(get(&format!("/captcha/{file}"))).await.is(200);
                }
                c.send(get("/members")).await.refused(403, "missing");
                c.send(get("/members").header(HEADER, "forged"))
                    .await
                    .refused(403, "malformed");
                assert_eq!(c.send(get("/optional")).await.is(200).text(), "unsolved");
                c.send(answering("forged", "{}", "0"))
                    .await
                    .refused(400, "malformed");
            },
        )
        .config(switched),
        Case::new(
            "a full store forgets nothing and lets nothing through",
            async |c: &Client| {
                let spent = c.token().await;
                let waiting = c.token().await;
                let challenge = c.challenge("slide").await;
                let right = c.right(&challenge).await;
                // The two tokens cost a mark each for their challenges; this is the third.
                c.send(get("/members").header(HEADER, &spent)).await.is(200);
                unavailable(&c.send(get("/members").header(HEADER, &waiting)).await);
                unavailable(&c.send(right).await);
                unavailable(
                    &c.send(form("/signup", format!("{FIELDS}&captcha-token={waiting}")))
                        .await,
                );
                c.send(get("/members").header(HEADER, &spent))
                    .await
                    .refused(403, "spent");
            },
        )
        .config(|| Config::with_store(Switch::with_max_marks(3))),
        Case::new(
            "drawing that is saturated is a 503 with a time, and work is still to be had",
            async |c: &Client| {
                for kind in ["slide", "text"] {
                    let reply = c
                        .send(json(
                            "/captcha/challenge",
                            format!(r#"{{"kind":"{kind}"}}"#),
                        ))
                        .await;
                    reply
                        .refused(503, "busy")
                        .has("retry-after", "2")
                        .has_no("set-cookie");
                }
                let reply = c.send(get("/captcha/frame")).await;
                reply
                    .is(503)
                    .has("retry-after", "2")
                    .has("content-type", "text/html; charset=utf-8");
                assert!(reply.text().contains("in 2 s."), "{}", reply.text());
                let challenge = c.challenge("work").await;
                c.send(c.right(&challenge).await).await.is(200);
            },
        )
        .config(|| Config {
            drawing: Some((1, 0, 0)),
            ..Config::default()
        }),
        Case::new(
            "without randomness nothing is issued",
            async |c: &Client| {
                for kind in Kind::ALL.map(Kind::name) {
                    let reply = c
                        .send(json(
                            "/captcha/challenge",
                            format!(r#"{{"kind":"{kind}"}}"#),
                        ))
                        .await;
                    reply.refused(503, "unavailable").has_no("set-cookie");
                }
                let reply = c.send(get("/captcha/frame")).await;
                reply.is(503).has_no("set-cookie");
            },
        )
        .config(|| Config {
            random_fails: true,
            ..Config::default()
        }),
        Case::new(
            "without randomness the other limits hold too",
            async |c: &Client| {
                let reply = c
                    .send(json("/captcha/challenge", r#"{"kind":"work"}"#))
                    .await;
                reply.refused(503, "unavailable").has_no("set-cookie");
            },
        )
        .config(|| Config {
            random_fails: true,
            ..Config::with_limits(10, 10)
        }),
        Case::new(
            "a panic in the store never passes for a yes",
            async |c: &Client| {
                let tokens = (c.token().await, c.token_for("login").await);
                let challenge = c.challenge("slide").await;
                let right = c.right(&challenge).await;
                set(c, Mode::Panics);
                let calls = presented(&tokens.0, &tokens.1).into_iter().chain([
                    right.clone(),
                    json("/captcha/challenge", r#"{"kind":"work"}"#),
                    get("/captcha/frame"),
                ]);
                for call in calls {
                    // How a framework ends such a request is its own: an error, or no answer at all.
                    if let Some(reply) = c.try_send(call.clone()).await {
                        assert!(reply.status >= 500, "{call:?}: {}", reply.status);
                        reply.has_no("set-cookie");
                    }
                }
                set(c, Mode::Works);
                c.send(get("/members").header(HEADER, &tokens.0))
                    .await
                    .is(200);
                c.send(right).await.is(200);
            },
        )
        .config(switched)
        .uncompared(),
    ]
}
