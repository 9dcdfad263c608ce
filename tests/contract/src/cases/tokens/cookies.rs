//! Tokens that come along by themselves.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "middleware makes the browser forget a cookie's token that it used",
            async |c: &Client| {
                let reply = c.send(by(Way::Cookie, &c.token().await)).await;
                assert_eq!(passed(&reply).sets(FORGET.0, FORGET.1), "");
            },
        ),
        Case::new(
            "a forged cookie is refused, and so is one for another action",
            async |c: &Client| {
                refused(&c.send(by(Way::Cookie, "forged")).await, "malformed");
                refused(
                    &c.send(form("/signup", FIELDS).cookie(TOKEN.0, "forged"))
                        .await,
                    "malformed",
                );
                let token = c.token_for("login").await;
                refused(&c.send(by(Way::Cookie, &token)).await, "wrong-action");
            },
        ),
        Case::new(
            "of two cookies the first counts, in one header or in two",
            async |c: &Client| {
                let name = TOKEN.0;
                let (one, two) = (c.token().await, c.token().await);
                let call = get("/members").header("cookie", format!("{name}={one}; {name}=forged"));
                passed(&c.send(call).await);
                let call = get("/members").header("cookie", format!("{name}=forged; {name}={two}"));
                refused(&c.send(call).await, "malformed");
                let call = get("/members").cookie(name, &two).cookie(name, "forged");
                passed(&c.send(call).await);
            },
        ),
        Case::new(
            "a cookie is found among others, however they look",
            async |c: &Client| {
                let token = c.token().await;
                let name = TOKEN.0;
                let others = format!("a=1;; =; b; c=\"x; y\"; {name}x=no; {name}={token}; z=%00");
                passed(&c.send(get("/members").header("cookie", others)).await);
            },
        ),
        Case::new(
            "a cookie in quotes or escapes is another value",
            async |c: &Client| {
                let token = c.token().await;
                refused(
                    &c.send(by(Way::Cookie, &format!("\"{token}\""))).await,
                    "malformed",
                );
                let escaped = format!("%{:02X}{}", token.as_bytes()[0], &token[1..]);
                refused(&c.send(by(Way::Cookie, &escaped)).await, "malformed");
                passed(&c.send(by(Way::Cookie, &token)).await);
            },
        ),
        Case::new(
            "a refused request leaves the cookie as it is",
            async |c: &Client| {
                let token = c.token().await;
                passed(&c.send(by(Way::Header, &token)).await);
                // Spent: it counts as missing, and the answer sets nothing.
                refused(&c.send(by(Way::Cookie, &token)).await, "missing");
            },
        ),
    ]
}
