//! What is no token.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "two fields are no token, even of one good one",
            async |c: &Client| {
                let token = c.token().await;
                let pair = format!("captcha-token={token}");
                let bodies = [
                    format!("{FIELDS}&{pair}&{pair}"),
                    format!("{pair}&{FIELDS}&{pair}"),
                    format!("{pair}&captcha-token=&{FIELDS}"),
                    format!("captcha-token=&{pair}&{FIELDS}"),
                    format!("captcha-token=x&{pair}&{FIELDS}"),
                    format!("{pair}&captcha%2Dtoken={token}&{FIELDS}"),
                ];
                for body in bodies {
                    refused(&c.send(form("/signup", body)).await, "malformed");
                }
                let twice = format!(
                    r#"{{"captcha-token":"{token}","name":"Ada","captcha-token":"{token}","email":"a"}}"#
                );
                refused(&c.send(json("/api/signup", twice)).await, "malformed");
                let escaped = format!(
                    r#"{{"captcha-token":"{token}","name":"Ada","captcha\u002dtoken":null,"email":"a"}}"#
                );
                refused(&c.send(json("/api/signup", escaped)).await, "malformed");
                passed(&c.send(by(Way::Field, &token)).await);
            },
        ),
        Case::new("two headers are no token", async |c: &Client| {
            let token = c.token().await;
            for (one, two) in [
                (&*token, &*token),
                (&token, ""),
                ("", &token),
                ("x", &token),
                ("", ""),
            ] {
                let call = get("/members").header(HEADER, one).header(HEADER, two);
                refused(&c.send(call).await, "malformed");
            }
            let list = format!("{token}, {token}");
            refused(
                &c.send(get("/members").header(HEADER, list)).await,
                "malformed",
            );
            passed(&c.send(by(Way::Header, &token)).await);
        }),
        Case::new(
            "a field that is no string is no token",
            async |c: &Client| {
                let token = c.token().await;
                for value in [
                    "1",
                    "0",
                    "true",
                    "false",
                    "[]",
                    "{}",
                    "1.5",
                    &format!("[\"{token}\"]"),
                    &format!("{{\"token\":\"{token}\"}}"),
                    &format!("[\"{token}\",\"{token}\"]"),
                ] {
                    refused(
                        &c.send(json("/api/signup", with_token(value))).await,
                        "malformed",
                    );
                    // Nor does it fall through to the next place.
                    let call = json("/api/signup", with_token(value)).header(HEADER, &token);
                    refused(&c.send(call).await, "malformed");
                }
                passed(&c.send(by(Way::Json, &token)).await);
            },
        ),
        Case::new(
            "a token that was tampered with is refused, and the true one stays good",
            async |c: &Client| {
                let token = c.token().await;
                for forged in hostile::forgeries(&token)
                    .iter()
                    .filter(|forged| !forged.is_empty())
                {
                    for way in SENT.into_iter().chain([Way::Cookie]) {
                        refused(&c.send(by(way, forged)).await, "malformed");
                    }
                }
                passed(&c.send(by(Way::Header, &token)).await);
            },
        ),
        Case::new(
            "white space around a header does not matter, within a field it does",
            async |c: &Client| {
                let token = c.token().await;
                let call = form("/signup", format!("{FIELDS}&captcha-token=+{token}"));
                refused(&c.send(call).await, "malformed");
                refused(
                    &c.send(json("/api/signup", with_token(&format!("\"{token} \""))))
                        .await,
                    "malformed",
                );
                passed(
                    &c.send(get("/members").header(HEADER, format!("  {token}  ")))
                        .await,
                );
            },
        ),
        Case::new("bytes that are no text are no token", async |c: &Client| {
            let token = c.token().await;
            refused(
                &c.send(form(
                    "/signup",
                    format!("{FIELDS}&captcha-token={token}%00"),
                ))
                .await,
                "malformed",
            );
            passed(&c.send(by(Way::Header, &token)).await);
        }),
        Case::new(
            "a header of bytes that are no text is no token",
            async |c: &Client| {
                let token = c.token().await;
                let bytes = [token.as_bytes(), b"\xff"].concat();
                refused(
                    &c.send(get("/members").header(HEADER, &bytes)).await,
                    "malformed",
                );
                passed(&c.send(by(Way::Header, &token)).await);
            },
        )
        .only_on(&Adapter::BODY_MIDDLEWARE),
        Case::new(
            "a header of bytes that are no text is none to Rocket, which drops it",
            async |c: &Client| {
                let token = c.token().await;
                let bytes = [token.as_bytes(), b"\xff"].concat();
                refused(
                    &c.send(get("/members").header(HEADER, &bytes)).await,
                    "missing",
                );
                passed(&c.send(by(Way::Header, &token)).await);
            },
        )
        .only_on(&[Adapter::Rocket]),
        Case::new(
            "nothing else that we seal passes for a token",
            async |c: &Client| {
                let session = c
                    .send(json("/captcha/challenge", r#"{"kind":"work"}"#))
                    .await;
                let session = session.sets(SESSION.0, SESSION.1);
                for other in [
                    c.challenge("work").await,
                    session,
                    c.frame_challenge().await,
                ] {
                    for way in SENT.into_iter().chain([Way::Cookie]) {
                        refused(&c.send(by(way, &other)).await, "malformed");
                    }
                }
            },
        ),
        Case::new(
            "a field with brackets is the host's own, and no token",
            async |c: &Client| {
                let token = c.token().await;
                for name in [
                    "captcha-token[]",
                    "captcha-token[0]",
                    "captcha-token.x",
                    "captcha_token",
                    "Captcha-Token",
                ] {
                    let body = format!("{FIELDS}&{}={token}", hostile::escaped(name));
                    let reply = c.send_unrecorded(&form("/signup", body)).await;
                    reply.refused(422, "invalid-fields");
                }
                passed(&c.send(by(Way::Header, &token)).await);
            },
        ),
    ]
}
