//! What a token is good for, and how often.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "a token is good for one use, however it is sent",
            async |c: &Client| {
                for first in SENT.into_iter().chain([Way::Cookie]) {
                    let token = c.token().await;
                    passed(&c.send(by(first, &token)).await);
                    for second in SENT {
                        refused(&c.send(by(second, &token)).await, "spent");
                    }
                    refused(&c.send(by(Way::Cookie, &token)).await, "missing");
                }
            },
        ),
        Case::new("a token lives 300 seconds", async |c: &Client| {
            let tokens = [c.token().await, c.token().await];
            c.engine
                .clock
                .advance(std::time::Duration::from_millis(299_999));
            passed(&c.send(by(Way::Header, &tokens[0])).await);
            c.engine.clock.advance(std::time::Duration::from_millis(1));
            for way in SENT {
                refused(&c.send(by(way, &tokens[1])).await, "expired");
            }
            refused(&c.send(by(Way::Cookie, &tokens[1])).await, "missing");
            c.engine.clock.set(crate::engine::START);
            refused(&c.send(by(Way::Header, &tokens[1])).await, "expired");
        }),
        Case::new(
            "a token for one action is refused by another, and not spent by it",
            async |c: &Client| {
                let token = c.token_for("login").await;
                for way in SENT.into_iter().chain([Way::Cookie]) {
                    refused(&c.send(by(way, &token)).await, "wrong-action");
                }
                let reply = c
                    .send(form("/login", format!("user=ada&captcha-token={token}")))
                    .await;
                assert_eq!(reply.is(200).text(), "login: ada");
                let other = c.token().await;
                let call = form("/login", format!("user=ada&captcha-token={other}"));
                refused(&c.send(call).await, "wrong-action");
                passed(&c.send(by(Way::Header, &other)).await);
            },
        ),
        Case::new(
            "actions are compared whole, and with regard to case",
            async |c: &Client| {
                for action in ["Signup", "SIGNUP", "signu", "signup2", "sign-up", "default"] {
                    refused(
                        &c.send(by(Way::Header, &c.token_for(action).await)).await,
                        "wrong-action",
                    );
                }
            },
        ),
        Case::new(
            "login expects its own action, by every way",
            async |c: &Client| {
                let login = |token: &str| form("/login", format!("user=ada&captcha-token={token}"));
                assert_eq!(
                    c.send(login(&c.token_for("login").await))
                        .await
                        .is(200)
                        .text(),
                    "login: ada"
                );
                let by_header =
                    form("/login", "user=ada").header(HEADER, c.token_for("login").await);
                assert_eq!(c.send(by_header).await.is(200).text(), "login: ada");
                let token = c.token_for("login").await;
                c.send(login(&token)).await.is(200);
                refused(&c.send(login(&token)).await, "spent");
            },
        ),
        Case::new(
            "guards and extractors of one request use the token once, and all have the proof",
            async |c: &Client| {
                let token = c.token().await;
                let call = form("/double", FIELDS).header(HEADER, &token);
                let reply = c.send(call.clone()).await;
                assert_eq!(
                    reply.is(200).text(),
                    "signup, solved, signup: welcome Ada <ada@example.org>"
                );
                refused(&c.send(call).await, "spent");
            },
        ),
        Case::new(
            "an answer from the endpoint opens the form, by field and by cookie",
            async |c: &Client| {
                for way in [Way::Field, Way::Json, Way::Header, Way::Cookie] {
                    let challenge = c.challenge("text").await;
                    let solved = c.send(c.right(&challenge).await).await;
                    let token = solved.sets(TOKEN.0, TOKEN.1);
                    passed(&c.send(by(way, &token)).await);
                }
            },
        ),
        Case::new(
            "a route that takes a proof or none tells them apart from a wrong one",
            async |c: &Client| {
                let optional = || get("/optional");
                assert_eq!(c.send(optional()).await.is(200).text(), "unsolved");
                let token = c.token().await;
                assert_eq!(
                    c.send(optional().header(HEADER, &token))
                        .await
                        .is(200)
                        .text(),
                    "solved"
                );
                refused(&c.send(optional().header(HEADER, &token)).await, "spent");
                refused(
                    &c.send(optional().header(HEADER, "forged")).await,
                    "malformed",
                );
                refused(
                    &c.send(optional().header(HEADER, c.token_for("login").await))
                        .await,
                    "wrong-action",
                );
                refused(
                    &c.send(optional().header(HEADER, "a").header(HEADER, "b"))
                        .await,
                    "malformed",
                );
                refused(
                    &c.send(optional().cookie(TOKEN.0, "forged")).await,
                    "malformed",
                );
                // A used token that the browser sends by itself is as good as none.
                assert_eq!(
                    c.send(optional().cookie(TOKEN.0, &token))
                        .await
                        .is(200)
                        .text(),
                    "unsolved"
                );
                let old = c.token().await;
                c.engine.wait(300);
                assert_eq!(
                    c.send(optional().cookie(TOKEN.0, &old))
                        .await
                        .is(200)
                        .text(),
                    "unsolved"
                );
                refused(&c.send(optional().header(HEADER, &old)).await, "expired");
            },
        ),
        Case::new(
            "a route that takes a proof or none finds it in the cookie",
            async |c: &Client| {
                let call = get("/optional").cookie(TOKEN.0, &c.token().await);
                assert_eq!(c.send(call).await.is(200).text(), "solved");
            },
        ),
    ]
}
