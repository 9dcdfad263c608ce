//! Filled in, right and wrong.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "a right answer in the frame sets the token's cookie, and the form just works",
            async |c: &Client| {
                let challenge = c.frame_challenge().await;
                let reply = c.send(right(c, &challenge).await).await;
                let html = page(&reply, 200);
                let token = reply.sets(TOKEN.0, TOKEN.1);
                assert!(
                    !html.contains(&token) && !html.contains(&challenge),
                    "{html}"
                );
                c.send(get("/members").cookie(TOKEN.0, &token))
                    .await
                    .is(200);
                c.send(get("/members").cookie(TOKEN.0, &token))
                    .await
                    .refused(403, "missing");
            },
        ),
        Case::new(
            "the frame reads an answer in any case",
            async |c: &Client| {
                let challenge = c.frame_challenge().await;
                let (answer, _) = c.solve(&challenge).await;
                let typed = format!(" {} ", answer["text"].as_str().unwrap().to_lowercase());
                page(&c.send(filled(&challenge, "signup", &typed)).await, 200);
            },
        ),
        Case::new(
            "a wrong answer in the frame burns the challenge and shows a fresh one",
            async |c: &Client| {
                let challenge = c.frame_challenge().await;
                let reply = c.send(filled(&challenge, "signup", "AAAAA")).await;
                reply.has_no("set-cookie");
                let fresh = hidden(page(&reply, 422), "challenge");
                assert_ne!(fresh, challenge);
                let reply = c.send(right(c, &challenge).await).await;
                reply.has_no("set-cookie");
                page(&reply, 409);
                page(&c.send(right(c, &fresh).await).await, 200);
            },
        ),
        Case::new("a frame's answer is good once", async |c: &Client| {
            let challenge = c.frame_challenge().await;
            let call = right(c, &challenge).await;
            c.send(call.clone()).await.is(200);
            let reply = c.send(call).await;
            reply.has_no("set-cookie");
            let fresh = hidden(page(&reply, 409), "challenge");
            page(&c.send(right(c, &fresh).await).await, 200);
        }),
        Case::new(
            "a frame's challenge expires, picture and all",
            async |c: &Client| {
                let challenge = c.frame_challenge().await;
                let call = right(c, &challenge).await;
                let picture = get(&format!("/captcha/frame/image?challenge={challenge}"));
                c.engine.wait(120);
                c.send(picture).await.refused(410, "expired");
                let reply = c.send(call).await;
                reply.has_no("set-cookie");
                let fresh = hidden(page(&reply, 410), "challenge");
                page(&c.send(right(c, &fresh).await).await, 200);
            },
        ),
        Case::new(
            "the action in the form does not change what the challenge is for",
            async |c: &Client| {
                let reply = c.send(get("/captcha/frame?action=login")).await;
                let challenge = hidden(reply.text(), "challenge");
                let token = c
                    .send(right(c, &challenge).await)
                    .await
                    .is(200)
                    .sets(TOKEN.0, TOKEN.1);
                c.send(get("/members").cookie(TOKEN.0, &token))
                    .await
                    .refused(403, "wrong-action");
            },
        ),
        Case::new(
            "a frame's challenge is none of the widget's, and the reverse",
            async |c: &Client| {
                let of_frame = c.frame_challenge().await;
                let (answer, work) = c.solve(&of_frame).await;
                c.send(answering(&of_frame, &answer.to_string(), &work.to_string()))
                    .await
                    .refused(400, "malformed");
                // Refused is not spent.
                page(&c.send(right(c, &of_frame).await).await, 200);

                let of_widget = c.challenge("text").await;
                let call = right(c, &of_widget).await;
                c.send(call)
                    .await
                    .refused(400, "malformed")
                    .has_no("set-cookie");
                c.send(get(&format!("/captcha/frame/image?challenge={of_widget}")))
                    .await
                    .refused(400, "malformed");
                c.send(c.right(&of_widget).await).await.is(200);
            },
        ),
    ]
}
