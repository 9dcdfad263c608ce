//! The no-script page with digits to hear.

use super::*;
use crate::cases::challenge::check_wav;

const SOUND: &str = "/captcha/frame?kind=audio";

fn digits(challenge: &str, action: &str, text: &str) -> Call {
    form(
        PATH,
        format!(
            "challenge={challenge}&action={action}&kind=audio&lang=fr&text={}",
            hostile::escaped(text)
        ),
    )
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "the frame with a picture leads to one with digits to hear, and back",
            async |c: &Client| {
                let html = c.send(get("/captcha/frame?action=login&lang=pt-BR")).await;
                let link = "frame?action=login&amp;kind=audio&amp;lang=pt";
                assert!(page(&html, 200).contains(&format!("href=\"{link}\"")));
                let path = format!("/captcha/{}", link.replace("&amp;", "&"));
                let reply = c.send(get(&path)).await;
                reply.has_no("set-cookie");
                let html = page(&reply, 200);
                let challenge = hidden(html, "challenge");
                for part in [
                    format!("src=\"frame/sound?challenge={challenge}\""),
                    format!("href=\"frame/sound?challenge={challenge}\" download="),
                    "preload=\"none\"".to_owned(),
                    "<form method=\"post\" action=\"frame\">".to_owned(),
                    "<label for=\"text\">".to_owned(),
                    "href=\"frame?action=login&amp;lang=pt\"".to_owned(),
                ] {
                    assert!(html.contains(&part), "{part} in {html}");
                }
                for (name, value) in [("action", "login"), ("kind", "audio"), ("lang", "pt")] {
                    assert_eq!(hidden(html, name), value);
                }
            },
        ),
        Case::new(
            "the frame's sound is a WAV with nothing beside the samples",
            async |c: &Client| {
                let mut sounds = Vec::new();
                for _ in 0..3 {
                    let reply = c.send(get(SOUND)).await;
                    let challenge = hidden(reply.text(), "challenge");
                    let path = format!("/captcha/frame/sound?challenge={challenge}");
                    let reply = c.send(get(&path)).await;
                    reply
                        .is(200)
                        .has("content-type", "audio/wav")
                        .has("cache-control", "no-store")
                        .has("cross-origin-resource-policy", "same-origin")
                        .has_no("set-cookie")
                        .has_no("content-disposition");
                    check_wav(&reply.body);
                    let again = c.send(get(&path)).await;
                    assert!(again.body == reply.body, "the same again");
                    c.send(Call::new("HEAD", &path))
                        .await
                        .is(200)
                        .has("content-type", "audio/wav");
                    sounds.push(reply.body);
                }
                sounds.sort();
                sounds.dedup();
                assert_eq!(sounds.len(), 3, "not one that anybody gets twice");
            },
        ),
        Case::new(
            "digits that were heard earn the token's cookie, once, and wrong ones bring new digits",
            async |c: &Client| {
                let reply = c.send(get(SOUND)).await;
                let challenge = hidden(reply.text(), "challenge");
                let (answer, _) = c.solve(&challenge).await;
                let text = answer["text"].as_str().unwrap();
                assert!(!reply.text().replace(&challenge, "").contains(text));
                let spaced = text.replace("", " ");
                let right = digits(&challenge, "signup", &spaced);
                let token = c.send(right.clone()).await.is(200).sets(TOKEN.0, TOKEN.1);
                c.send(get("/members").header("x-captcha-token", &token))
                    .await
                    .is(200);
                let spent = c.send(right).await;
                let next = hidden(page(&spent, 409), "challenge");
                assert!(
                    spent
                        .text()
                        .contains("Ces chiffres avaient déjà été utilisés. En voici de nouveaux.")
                );
                let wrong = c.send(digits(&next, "signup", "x")).await;
                wrong.has_no("set-cookie");
                let html = page(&wrong, 422);
                assert!(
                    html.contains("Ce n’était pas la bonne réponse. Voici de nouveaux chiffres."),
                    "{html}"
                );
                assert_eq!(hidden(html, "kind"), "audio");
                assert_eq!(hidden(html, "lang"), "fr");
                assert_ne!(hidden(html, "challenge"), next);
            },
        ),
        Case::new(
            "a picture has no sound, a sound no picture, and the widget's challenge neither",
            async |c: &Client| {
                let picture = c.frame_challenge().await;
                let reply = c.send(get(SOUND)).await;
                let sound = hidden(reply.text(), "challenge");
                let own = c.challenge("audio").await;
                for (part, challenge) in [
                    ("sound", picture.as_str()),
                    ("image", sound.as_str()),
                    ("sound", own.as_str()),
                    ("sound", "x"),
                    ("sound", ""),
                ] {
                    let path = format!("/captcha/frame/{part}?challenge={challenge}");
                    c.send(get(&path)).await.refused(400, "malformed");
                }
                c.send(get("/captcha/frame/sound?challenge=x&lang=fr"))
                    .await
                    .refused(400, "malformed");
                c.send(form("/captcha/frame/sound", ""))
                    .await
                    .refused(405, "method-not-allowed");
            },
        ),
        Case::new(
            "the frame speaks as asked for, else as the browser prefers, and else English",
            async |c: &Client| {
                for (query, accepted, lang) in [
                    ("&lang=zh-Hant-TW", "fr", "zh-Hant"),
                    ("&lang=tlh", "de;q=0.5, ko", "ko"),
                    ("", "tlh, pt-BR;q=0.8, ru;q=0.3", "pt"),
                    ("", "tlh", "en"),
                    ("&lang=%3Cb%3E", "*", "en"),
                ] {
                    let call = get(&format!("{SOUND}{query}")).header("accept-language", accepted);
                    let reply = c.send(call).await;
                    assert_eq!(
                        hidden(page(&reply, 200), "lang"),
                        lang,
                        "{query} {accepted}"
                    );
                }
            },
        ),
        Case::new("no other kind is without script", async |c: &Client| {
            for kind in ["slide", "work", "", "AUDIO", "audio%20"] {
                c.send(get(&format!("/captcha/frame?kind={kind}")))
                    .await
                    .refused(400, "malformed");
            }
        }),
        Case::new(
            "without text the frame has digits to hear, and no way to a picture",
            async |c: &Client| {
                let reply = c.send(get(PATH)).await;
                let html = page(&reply, 200);
                assert!(html.contains("frame/sound?"), "{html}");
                assert!(!html.contains("instead"), "{html}");
                c.send(get("/captcha/frame?kind=text"))
                    .await
                    .refused(400, "malformed");
            },
        )
        .config(|| Config {
            kinds: vec![Kind::Audio, Kind::Work],
            ..Config::default()
        }),
    ]
}
