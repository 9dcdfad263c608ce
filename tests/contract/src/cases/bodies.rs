//! The bodies of the host's own routes.

mod replay;

use super::{FORGET, TOKEN, hostile};
use crate::{
    apps::Adapter,
    client::{Call, form, get, json, post},
    runner::{Case, Client},
};

const HEADER: &str = "x-captcha-token";

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = fields();
    cases.extend(replay::cases());
    cases
}

fn fields() -> Vec<Case> {
    vec![
        Case::new(
            "a form's text arrives as it was typed",
            async |c: &Client| {
                let bodies = [
                    ("name=Ada+L.&email=a%2Bb%40c.d", "Ada L. <a+b@c.d>"),
                    ("email=a&name=J%C3%BCrgen%20%E2%82%AC", "Jürgen € <a>"),
                    ("name=%26%3D%3F&email=%0D%0A", "&=? <\r\n>"),
                    ("name=&email=", " <>"),
                    ("name=a%3Db&email=%25", "a=b <%>"),
                ];
                for (body, expected) in bodies {
                    let body = format!("{body}&captcha-token={}", c.token().await);
                    let reply = c.send(form("/signup", body)).await;
                    assert_eq!(reply.is(200).text(), format!("signup: welcome {expected}"));
                }
            },
        ),
        Case::new(
            "the token's field may stand anywhere",
            async |c: &Client| {
                for at in 0..3 {
                    let token = format!("captcha-token={}", c.token().await);
                    let mut pairs = vec!["name=Ada", "email=a"];
                    pairs.insert(at, &token);
                    c.send(form("/signup", pairs.join("&"))).await.is(200);
                }
                let escaped = format!("name=Ada&captcha%2Dtoken={}&email=a", c.token().await);
                c.send(form("/signup", escaped)).await.is(200);
            },
        ),
        Case::new(
            "a typo in a form does not cost the token",
            async |c: &Client| {
                let token = c.token().await;
                let typos = ["name=Ada", "email=a", "", "Name=Ada&email=a"];
                for typo in typos {
                    let body = format!("{typo}&captcha-token={token}");
                    c.send_unrecorded(&form("/signup", body))
                        .await
                        .refused(422, "invalid-fields");
                }
                c.send(form(
                    "/signup",
                    format!("name=Ada&email=a&captcha-token={token}"),
                ))
                .await
                .is(200);
            },
        ),
        Case::new(
            "a missing form field is named alike by all",
            async |c: &Client| {
                let reply = c
                    .send(form(
                        "/signup",
                        format!("name=Ada&captcha-token={}", c.token().await),
                    ))
                    .await;
                reply.refused(422, "invalid-fields");
                assert!(reply.text().contains("email"), "{}", reply.text());
            },
        ),
        Case::new(
            "an unknown form field is refused alike by all",
            async |c: &Client| {
                let token = c.token().await;
                for name in ["solved", "verified", "admin"] {
                    let body = format!("name=Ada&email=a&{name}=1&captcha-token={token}");
                    c.send(form("/signup", body))
                        .await
                        .refused(422, "invalid-fields");
                }
                c.send(form(
                    "/signup",
                    format!("name=Ada&email=a&captcha-token={token}"),
                ))
                .await
                .is(200);
            },
        ),
        Case::new(
            "a form field that comes twice is refused alike by all",
            async |c: &Client| {
                let token = c.token().await;
                let body = format!("name=Ada&name=Eve&email=a&captcha-token={token}");
                c.send(form("/signup", body))
                    .await
                    .refused(422, "invalid-fields");
                c.send(get("/members").header(HEADER, token)).await.is(200);
            },
        ),
        Case::new(
            "a typo in JSON does not cost the token",
            async |c: &Client| {
                let token = c.token().await;
                let typos = [
                    r#""name":"Ada""#,
                    r#""name":1,"email":"a""#,
                    r#""name":null,"email":"a""#,
                    r#""name":["Ada"],"email":"a""#,
                    r#""name":"Ada","email":"a","solved":true"#,
                    r#""Name":"Ada","email":"a""#,
                ];
                for typo in typos {
                    let body = format!(r#"{{{typo},"captcha-token":"{token}"}}"#);
                    c.send(json("/api/signup", body))
                        .await
                        .refused(422, "invalid-fields");
                }
                let right = format!(r#"{{"name":"Ada","email":"a","captcha-token":"{token}"}}"#);
                c.send(json("/api/signup", right)).await.is(200);
            },
        ),
        Case::new(
            "what is no JSON object does not cost the token",
            async |c: &Client| {
                let token = c.token().await;
                // All of these would be refused for their fields as well, if they were objects.
                for body in hostile::BODIES {
                    let reply = c
                        .send(json("/api/signup", body).header(HEADER, &token))
                        .await;
                    assert!(
                        reply.status == 400 || reply.status == 422,
                        "{}: {}",
                        reply.status,
                        body.escape_ascii()
                    );
                }
                for body in [
                    &b""[..],
                    b"[]",
                    b"null",
                    b"[\"Ada\",\"a\"]",
                    b"{\"name\":\"A\",\"name\":\"B\",\"email\":\"c\"}",
                ] {
                    c.send(json("/api/signup", body).header(HEADER, &token))
                        .await
                        .refused(400, "malformed");
                }
                c.send(json("/api/signup", hostile::nested(5_000)).header(HEADER, &token))
                    .await
                    .refused(400, "malformed");
                c.send(get("/members").header(HEADER, token)).await.is(200);
            },
        ),
        Case::new(
            "a body of another type is refused and does not cost the token",
            async |c: &Client| {
                let token = c.token().await;
                let (pairs, object) = ("name=Ada&email=a", r#"{"name":"Ada","email":"a"}"#);
                let calls = [
                    json("/signup", object),
                    post("/signup", "text/plain", pairs),
                    post("/signup", "application/x-www-form-urlencoded2", pairs),
                    Call::new("POST", "/signup").body(pairs),
                    form("/api/signup", pairs),
                    post("/api/signup", "text/plain", object),
                    Call::new("POST", "/api/signup").body(object),
                ];
                for call in calls {
                    c.send(call.header(HEADER, &token))
                        .await
                        .refused(415, "unsupported-media-type");
                }
                c.send(get("/members").header(HEADER, token)).await.is(200);
            },
        ),
        Case::new("JSON by another name is JSON", async |c: &Client| {
            let kinds = [
                "application/json; charset=utf-8",
                "APPLICATION/JSON",
                "application/vnd.shop+json",
            ];
            for kind in kinds {
                let call = post("/api/signup", kind, r#"{"name":"Ada","email":"a"}"#);
                c.send(call.header(HEADER, c.token().await)).await.is(200);
            }
            let call = post(
                "/signup",
                "application/x-www-form-urlencoded; charset=UTF-8",
                "name=Ada&email=a",
            );
            c.send(call.header(HEADER, c.token().await)).await.is(200);
        }),
        Case::new(
            "a body without end is refused and does not cost the token",
            async |c: &Client| {
                let token = c.token().await;
                let long = "a".repeat(3 * 1_024 * 1_024);
                for chunked in [false, true] {
                    let pairs = form(
                        "/signup",
                        format!("captcha-token={token}&name=Ada&email={long}"),
                    );
                    let object = json(
                        "/api/signup",
                        format!(r#"{{"captcha-token":"{token}","name":"Ada","email":"{long}"}}"#),
                    );
                    for call in [pairs, object] {
                        let call = if chunked { call.chunked() } else { call };
                        c.send(call).await.refused(413, "too-large");
                    }
                }
                c.send(get("/members").header(HEADER, token)).await.is(200);
            },
        ),
        Case::new(
            "a body in chunks is read like any other",
            async |c: &Client| {
                let call = form(
                    "/signup",
                    format!("name=Ada&email=a&captcha-token={}", c.token().await),
                );
                c.send(call.chunked()).await.is(200);
                let body = format!(
                    r#"{{"name":"{}","email":"a","captcha-token":"{}"}}"#,
                    "A".repeat(5_000),
                    c.token().await
                );
                c.send(json("/api/signup", body).chunked()).await.is(200);
            },
        ),
        Case::new(
            "escapes that are none, and bytes that are no text, are read alike by all",
            async |c: &Client| {
                for name in ["%", "%zz", "%4", "%C3", "%ff%fe", "a%00b", "%u0041"] {
                    let body = format!("name={name}&email=a&captcha-token={}", c.token().await);
                    c.send(form("/signup", body)).await;
                }
            },
        ),
        Case::new(
            "a form of bytes that are no text is refused and does not cost the token",
            async |c: &Client| {
                let token = c.token().await;
                let body = [b"name=\xff\xfe&email=a&captcha-token=", token.as_bytes()].concat();
                c.send(form("/signup", body))
                    .await
                    .refused(400, "malformed");
                c.send(get("/members").header(HEADER, token)).await.is(200);
            },
        ),
        Case::new(
            "a client that waits to be told to go on is told",
            async |c: &Client| {
                let call = form(
                    "/signup",
                    format!("name=Ada&email=a&captcha-token={}", c.token().await),
                );
                c.send(call.header("expect", "100-continue")).await.is(200);
                let call = json("/captcha/challenge", r#"{"kind":"work"}"#);
                c.send(call.header("expect", "100-continue")).await.is(200);
            },
        ),
        Case::new(
            "markup in a field is the host's to escape, and never in a refusal",
            async |c: &Client| {
                let token = c.token().await;
                for markup in hostile::MARKUP {
                    let body = format!("name={}&captcha-token={token}", hostile::escaped(markup));
                    let reply = c.send_unrecorded(&form("/signup", body)).await;
                    reply.refused(422, "invalid-fields");
                    assert!(!reply.text().contains("alert(1)"), "{}", reply.text());
                }
            },
        ),
    ]
}
