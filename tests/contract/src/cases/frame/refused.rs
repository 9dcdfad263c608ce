//! Filled in by somebody who is up to something.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "a frame's challenge that was tampered with is refused",
            async |c: &Client| {
                let challenge = c.frame_challenge().await;
                for forged in hostile::forgeries(&challenge) {
                    let forged = hostile::escaped(&forged);
                    c.send(filled(&forged, "signup", "AAAAA"))
                        .await
                        .refused(400, "malformed")
                        .has_no("set-cookie");
                    c.send(get(&format!("/captcha/frame/image?challenge={forged}")))
                        .await
                        .refused(400, "malformed");
                }
                page(&c.send(right(c, &challenge).await).await, 200);
            },
        ),
        Case::new(
            "queries of another shape are refused",
            async |c: &Client| {
                let challenge = c.frame_challenge().await;
                let queries = [
                    "frame?solved=1".to_owned(),
                    "frame?action=a&action=b".to_owned(),
                    "frame?challenge=x".to_owned(),
                    "frame?bits=0".to_owned(),
                    "frame?action=".to_owned(),
                    "frame/image".to_owned(),
                    "frame/image?".to_owned(),
                    "frame/image?challenge=".to_owned(),
                    format!("frame/image?challenge={challenge}&challenge={challenge}"),
                    format!("frame/image?challenge={challenge}&width=9999"),
                    format!("frame/image?CHALLENGE={challenge}"),
                    format!("frame/image?{challenge}"),
                ];
                for query in queries {
                    c.send(get(&format!("/captcha/{query}")))
                        .await
                        .refused(400, "malformed");
                }
            },
        ),
        Case::new(
            "forms of another shape are refused, and cost the challenge nothing",
            async |c: &Client| {
                let challenge = c.frame_challenge().await;
                let call = right(c, &challenge).await;
                let text = hidden_text(&call);
                let bodies = [
                    String::new(),
                    format!("challenge={challenge}"),
                    format!("challenge={challenge}&text={text}"),
                    format!("challenge={challenge}&action=signup"),
                    format!("action=signup&text={text}"),
                    format!("challenge={challenge}&action=signup&text={text}&text={text}"),
                    format!("challenge={challenge}&action=signup&text[]={text}"),
                    format!("challenge={challenge}&action=&text={text}"),
                    "=".to_owned(),
                    "&&&".to_owned(),
                    "\0".to_owned(),
                ];
                for body in bodies {
                    c.send(form(PATH, body))
                        .await
                        .refused(400, "malformed")
                        .has_no("set-cookie");
                }
                for name in hostile::FIELDS.iter().filter(|name| **name != "text") {
                    let body = format!("challenge={challenge}&action=signup&text={text}&{name}=1");
                    c.send(form(PATH, body))
                        .await
                        .refused(400, "malformed")
                        .has_no("set-cookie");
                }
                c.send(call).await.is(200);
            },
        ),
        Case::new(
            "a body of another type or size is refused by the frame",
            async |c: &Client| {
                let challenge = c.frame_challenge().await;
                let body = format!("challenge={challenge}&action=signup&text=AAAAA");
                for kind in [
                    "",
                    "text/plain",
                    "application/json",
                    "multipart/form-data; boundary=x",
                    "application/x-www-form-urlencodedx",
                ] {
                    c.send(post(PATH, kind, body.clone()))
                        .await
                        .refused(415, "unsupported-media-type");
                }
                c.send(Call::new("POST", PATH).body(body.clone()))
                    .await
                    .refused(415, "unsupported-media-type");
                c.send(json(PATH, "{}"))
                    .await
                    .refused(415, "unsupported-media-type");
                let long = format!("{body}{}", "A".repeat(8_193 - body.len()));
                c.send(form(PATH, long.clone()))
                    .await
                    .refused(413, "too-large");
                c.send(form(PATH, long).chunked())
                    .await
                    .refused(413, "too-large");
                page(&c.send(right(c, &challenge).await).await, 200);
            },
        ),
        Case::new(
            "markup as an action is refused and not said again",
            async |c: &Client| {
                let challenge = c.frame_challenge().await;
                for markup in hostile::MARKUP {
                    let action = hostile::escaped(markup);
                    for call in [
                        get(&format!("/captcha/frame?action={action}")),
                        filled(&challenge, &action, "AAAAA"),
                    ] {
                        let reply = c.send(call).await;
                        reply.refused(400, "malformed");
                        assert!(
                            !reply.text().contains("alert") && !reply.text().contains("<"),
                            "{}",
                            reply.text()
                        );
                    }
                }
            },
        ),
        Case::new(
            "markup as a language or an answer is not said again",
            async |c: &Client| {
                for markup in hostile::MARKUP {
                    let said = hostile::escaped(markup);
                    let reply = c.send(get(&format!("/captcha/frame?lang={said}"))).await;
                    assert!(!reply.text().contains("alert(1)"), "{}", reply.text());
                    assert!([200, 400].contains(&reply.status), "{}", reply.status);
                    let challenge = c.frame_challenge().await;
                    let reply = c.send(filled(&challenge, "signup", markup)).await;
                    let html = page(&reply, 422);
                    assert!(
                        !html.contains("alert(1)") && !html.contains("onfocus"),
                        "{html}"
                    );
                }
            },
        ),
    ]
}
