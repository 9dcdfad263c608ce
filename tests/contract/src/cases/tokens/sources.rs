//! Where a token is looked for, and in which order.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "a token is found in the form's field",
            async |c: &Client| {
                passed(&c.send(by(Way::Field, &c.token().await)).await).has_no("set-cookie");
            },
        ),
        Case::new("a token is found in the JSON field", async |c: &Client| {
            passed(&c.send(by(Way::Json, &c.token().await)).await).has_no("set-cookie");
        }),
        Case::new(
            "a token is found in the header, with a form, JSON or nothing",
            async |c: &Client| {
                passed(&c.send(by(Way::HeaderOfForm, &c.token().await)).await).has_no("set-cookie");
                let body = json("/api/signup", r#"{"name":"Ada","email":"ada@example.org"}"#);
                passed(
                    &c.send(body.header("X-CAPTCHA-Token", c.token().await))
                        .await,
                );
                passed(&c.send(by(Way::Header, &c.token().await)).await).has_no("set-cookie");
            },
        ),
        Case::new(
            "a token is found in the cookie by the form that has no other",
            async |c: &Client| {
                passed(
                    &c.send(form("/signup", FIELDS).cookie(TOKEN.0, &c.token().await))
                        .await,
                );
            },
        ),
        Case::new(
            "a token is found in the cookie by the JSON that has no other",
            async |c: &Client| {
                let body = json("/api/signup", r#"{"name":"Ada","email":"ada@example.org"}"#);
                passed(&c.send(body.cookie(TOKEN.0, &c.token().await)).await);
            },
        ),
        Case::new(
            "without a token every route is closed",
            async |c: &Client| {
                let fields = r#"{"name":"Ada","email":"ada@example.org"}"#;
                let calls = [
                    form("/signup", FIELDS),
                    json("/api/signup", fields),
                    get("/members"),
                    form("/login", "user=ada"),
                    form("/double", FIELDS),
                ];
                for call in calls {
                    refused(&c.send(call).await, "missing");
                }
            },
        ),
        Case::new(
            "a field that is empty or null is none",
            async |c: &Client| {
                let empty = [
                    form("/signup", format!("{FIELDS}&captcha-token=")),
                    form("/signup", format!("{FIELDS}&captcha-token")),
                    form("/signup", format!("captcha-token=&{FIELDS}")),
                    json("/api/signup", with_token("\"\"")),
                    json("/api/signup", with_token("null")),
                ];
                for call in empty {
                    refused(&c.send(call.clone()).await, "missing");
                    let token = c.token().await;
                    passed(&c.send(call.header(HEADER, token)).await);
                }
            },
        ),
        Case::new(
            "an empty header and an empty cookie are none",
            async |c: &Client| {
                refused(&c.send(get("/members").header(HEADER, "")).await, "missing");
                refused(
                    &c.send(get("/members").header(HEADER, "  ")).await,
                    "missing",
                );
                refused(
                    &c.send(get("/members").cookie(TOKEN.0, "")).await,
                    "missing",
                );
                refused(
                    &c.send(get("/members").header("cookie", TOKEN.0)).await,
                    "missing",
                );
                let both = get("/members")
                    .header(HEADER, "")
                    .cookie(TOKEN.0, &c.token().await);
                passed(&c.send(both).await);
            },
        ),
        Case::new("the field comes before the header", async |c: &Client| {
            let (one, two) = (c.token().await, c.token().await);
            passed(&c.send(by(Way::Field, &one).header(HEADER, "forged")).await);
            passed(&c.send(by(Way::Json, &two).header(HEADER, "forged")).await);
            let good = c.token().await;
            refused(
                &c.send(by(Way::Field, "forged").header(HEADER, &good)).await,
                "malformed",
            );
            refused(
                &c.send(by(Way::Json, "forged").header(HEADER, &good)).await,
                "malformed",
            );
            passed(&c.send(by(Way::Header, &good)).await);
        }),
        Case::new("the header comes before the cookie", async |c: &Client| {
            let (one, two) = (c.token().await, c.token().await);
            passed(&c.send(by(Way::Header, &one).cookie(TOKEN.0, &two)).await).has_no("set-cookie");
            refused(
                &c.send(by(Way::Header, "forged").cookie(TOKEN.0, &two))
                    .await,
                "malformed",
            );
            refused(
                &c.send(by(Way::Header, &one).cookie(TOKEN.0, &two)).await,
                "spent",
            );
            passed(&c.send(by(Way::Cookie, &two)).await);
        }),
        Case::new("the field comes before the cookie", async |c: &Client| {
            let (one, two) = (c.token().await, c.token().await);
            passed(&c.send(by(Way::Field, &one).cookie(TOKEN.0, &two)).await).has_no("set-cookie");
            refused(
                &c.send(by(Way::Field, "forged").cookie(TOKEN.0, &two)).await,
                "malformed",
            );
            passed(&c.send(by(Way::Cookie, &two)).await);
        }),
        Case::new(
            "a token is never looked for in a query",
            async |c: &Client| {
                let token = c.token().await;
                for name in ["captcha-token", "x-captcha-token", "token", "captcha_token"] {
                    refused(
                        &c.send(get(&format!("/members?{name}={token}"))).await,
                        "missing",
                    );
                    refused(
                        &c.send(form(&format!("/signup?{name}={token}"), FIELDS))
                            .await,
                        "missing",
                    );
                    let body = r#"{"name":"Ada","email":"ada@example.org"}"#;
                    refused(
                        &c.send(json(&format!("/api/signup?{name}={token}"), body))
                            .await,
                        "missing",
                    );
                    c.send(get(&format!("/optional?{name}={token}")))
                        .await
                        .is(200);
                }
                passed(&c.send(by(Way::Header, &token)).await);
            },
        ),
        Case::new(
            "a token is found under no other name",
            async |c: &Client| {
                let token = c.token().await;
                for name in [
                    "authorization",
                    "captcha-token",
                    "x-captcha",
                    "x-captcha-token2",
                    "x-token",
                ] {
                    refused(
                        &c.send(get("/members").header(name, &token)).await,
                        "missing",
                    );
                }
                for name in [
                    "captcha-token",
                    "__Secure-captcha-token",
                    "__host-captcha-token",
                    "__Host-captcha-session",
                    "x__Host-captcha-token",
                ] {
                    refused(
                        &c.send(get("/members").cookie(name, &token)).await,
                        "missing",
                    );
                }
                passed(&c.send(by(Way::Header, &token)).await);
            },
        ),
    ]
}
