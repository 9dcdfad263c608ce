//! Middleware that reads a body and hands it on.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    let only = |case: Case| case.only_on(&Adapter::BODY_MIDDLEWARE);
    vec![
        only(Case::new(
            "middleware that reads a form hands on the very bytes",
            async |c: &Client| {
                let token = c.token().await;
                let body = format!("b=%7e%7E&&a=+%20&captcha-token={token}&=&x&a=2&\u{fc}=\u{fc}");
                for chunked in [false, true] {
                    let call = form("/replay", body.replace(&token, &c.token().await));
                    let sent = call.clone();
                    let reply = c.send(if chunked { call.chunked() } else { call }).await;
                    assert!(
                        reply.is(200).body == sent.sent_body(),
                        "{}",
                        reply.body.escape_ascii()
                    );
                }
            },
        )),
        only(Case::new(
            "middleware that reads JSON hands on the very bytes",
            async |c: &Client| {
                let body = format!(
                    "\n {{\"b\" : 1.50e+01,\t\"captcha-token\":\"{}\", \"a\":\"\\u00fc\" }}\r\n",
                    c.token().await
                );
                let reply = c.send(json("/replay", body.clone())).await;
                assert_eq!(reply.is(200).text(), body);
            },
        )),
        only(Case::new(
            "middleware lets a body of another type through unread",
            async |c: &Client| {
                let bytes: Vec<u8> = (0..=255).cycle().take(40_000).collect();
                let call = post("/replay", "application/octet-stream", bytes.clone());
                let reply = c.send(call.clone().header(HEADER, c.token().await)).await;
                assert!(reply.is(200).body == bytes);
                c.send(call).await.refused(403, "missing");
                let text = format!("captcha-token={}", c.token().await);
                c.send(post("/replay", "text/plain", text))
                    .await
                    .refused(403, "missing");
            },
        )),
        only(Case::new(
            "middleware reads 16 KiB, and not a byte more",
            async |c: &Client| {
                let body = |token: &str, length: usize| {
                    let start = format!("captcha-token={token}&a=");
                    format!("{start}{}", "a".repeat(length - start.len()))
                };
                let full = body(&c.token().await, 16_384);
                assert_eq!(
                    c.send(form("/replay", full.clone())).await.is(200).text(),
                    full
                );
                let token = c.token().await;
                for chunked in [false, true] {
                    let call = form("/replay", body(&token, 16_385));
                    c.send(if chunked { call.chunked() } else { call })
                        .await
                        .refused(413, "too-large");
                }
                c.send(get("/members").header(HEADER, token)).await.is(200);
            },
        )),
        only(Case::new(
            "middleware goes by the same rules for the field",
            async |c: &Client| {
                let token = c.token().await;
                let twice = format!("captcha-token={token}&captcha-token={token}");
                c.send(form("/replay", twice))
                    .await
                    .refused(403, "malformed");
                c.send(form("/replay", "captcha-token=forged").header(HEADER, &token))
                    .await
                    .refused(403, "malformed");
                c.send(json("/replay", "[1]").header(HEADER, &token))
                    .await
                    .refused(400, "malformed");
                c.send(form("/replay", "a=1")).await.refused(403, "missing");
                let body = "a=1&captcha-token=";
                assert_eq!(
                    c.send(form("/replay", body).header(HEADER, &token))
                        .await
                        .is(200)
                        .text(),
                    body
                );
                c.send(form("/replay", format!("captcha-token={token}")))
                    .await
                    .refused(403, "spent");
            },
        )),
        only(Case::new(
            "middleware forgets the cookie that it used, behind a form as well",
            async |c: &Client| {
                let reply = c
                    .send(form("/replay", "a=1").cookie(TOKEN.0, &c.token().await))
                    .await;
                assert_eq!(reply.is(200).sets(FORGET.0, FORGET.1), "");
                assert_eq!(reply.text(), "a=1");
            },
        )),
    ]
}
