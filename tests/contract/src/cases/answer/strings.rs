//! Challenges that are none.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "a challenge that was tampered with is refused, and the true one stays good",
            async |c: &Client| {
                let challenge = c.challenge("work").await;
                let right = c.right(&challenge).await;
                for forged in hostile::forgeries(&challenge) {
                    let reply = c.send(answering(&forged, "{}", "0")).await;
                    assert_eq!(reply.status, 400, "{forged}");
                    reply.refused(400, "malformed").has_no("set-cookie");
                }
                c.send(right).await.is(200);
            },
        ),
        Case::new(
            "strings that nobody sealed are refused",
            async |c: &Client| {
                use captcha_core::RandomSource as _;
                let random = SeededRandom::new(99);
                for length in [0, 1, 16, 17, 40, 57, 64, 150, 190, 300, 700] {
                    let mut bytes = vec![0; length];
                    random.fill(&mut bytes).unwrap();
                    let text: String = bytes
                        .iter()
                        .map(|byte| char::from(b"AZaz09-_"[usize::from(byte % 8)]))
                        .collect();
                    c.send(answering(&text, "{}", "0"))
                        .await
                        .refused(400, "malformed");
                }
            },
        ),
        Case::new(
            "nothing else that we seal passes for a challenge",
            async |c: &Client| {
                let session = c
                    .send(json("/captcha/challenge", r#"{"kind":"work"}"#))
                    .await
                    .sets(SESSION.0, SESSION.1);
                for other in [c.token().await, session, c.frame_challenge().await] {
                    c.send(answering(&other, "{}", "0"))
                        .await
                        .refused(400, "malformed");
                    c.send(answering(&other, r#"{"text":"AAAAA"}"#, "0"))
                        .await
                        .refused(400, "malformed");
                }
            },
        ),
    ]
}
