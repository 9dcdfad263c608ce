//! The session's cookie.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "loading the widget's files sets no cookie, asking for a challenge sets the session's",
            async |c: &Client| {
                for file in ["widget.js", "widget.css", "worker.js"] {
                    c.send(get(&format!("/captcha/{file}")))
                        .await
                        .has_no("set-cookie");
                }
                let session = c
                    .send(json(PATH, r#"{"kind":"work"}"#))
                    .await
                    .sets(SESSION.0, SESSION.1);
                assert!(session.len() > 80 && session.len() < 256, "{session}");
            },
        ),
        Case::new(
            "the session is not set again within its minute, and kept alive after it",
            async |c: &Client| {
                let ask =
                    |session: &str| json(PATH, r#"{"kind":"work"}"#).cookie(SESSION.0, session);
                let first = c
                    .send(json(PATH, r#"{"kind":"work"}"#))
                    .await
                    .sets(SESSION.0, SESSION.1);
                for _ in 0..3 {
                    c.send(ask(&first)).await.is(200).has_no("set-cookie");
                }
                c.engine.wait(59);
                c.send(ask(&first)).await.is(200).has_no("set-cookie");
                c.engine.wait(1);
                let second = c.send(ask(&first)).await.sets(SESSION.0, SESSION.1);
                assert_ne!(first, second);
                c.send(ask(&second)).await.is(200).has_no("set-cookie");
                // Idle for half an hour: another session.
                c.engine.wait(30 * 60);
                let _ = c.send(ask(&second)).await.sets(SESSION.0, SESSION.1);
            },
        ),
        Case::new(
            "a session that is not ours is replaced, whatever it is",
            async |c: &Client| {
                let session = c
                    .send(json(PATH, r#"{"kind":"work"}"#))
                    .await
                    .sets(SESSION.0, SESSION.1);
                let token = c.token().await;
                let mut others = hostile::forgeries(&session);
                others.extend([token, c.challenge("work").await, "a b".into(), "\"".into()]);
                for other in others.iter().filter(|other| other.len() < 3_000) {
                    let ask = json(PATH, r#"{"kind":"work"}"#).cookie(SESSION.0, other);
                    let _ = c.send(ask).await.sets(SESSION.0, SESSION.1);
                }
                let ask = json(PATH, r#"{"kind":"work"}"#).header("cookie", b"\xff\xfe=\xfd; a");
                let _ = c.send(ask).await.sets(SESSION.0, SESSION.1);
            },
        ),
        Case::new(
            "on this machine cookies go without prefix and Secure",
            async |c: &Client| {
                let reply = c.send(json(PATH, r#"{"kind":"work"}"#)).await;
                let _ = reply.sets("captcha-session", " Path=/; HttpOnly; SameSite=Strict");
                let challenge = reply.json()["challenge"].as_str().unwrap().to_owned();
                let solved = c.send(c.right(&challenge).await).await;
                let token = solved.sets(
                    "captcha-token",
                    " Path=/; Max-Age=300; HttpOnly; SameSite=Lax",
                );
                let reply = c
                    .send(get("/members").cookie("captcha-token", &token))
                    .await;
                let _ = reply.is(200).sets(
                    "captcha-token",
                    " Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
                );
            },
        )
        .config(|| Config {
            cookies: CookieConfig::insecure_localhost(),
            ..Config::default()
        }),
    ]
}
