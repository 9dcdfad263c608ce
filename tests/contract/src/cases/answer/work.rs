//! Stamps, and the shape of the whole.

use super::*;
use captcha_core::Kind;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "a stamp that is missing or no number is refused, and costs nothing",
            async |c: &Client| {
                let challenge = c.challenge("slide").await;
                let (answer, right) = c.solve(&challenge).await;
                let answer = answer.to_string();
                for work in [
                    "null",
                    "\"1\"",
                    "-1",
                    "-0",
                    "1.0",
                    "1.5",
                    "1e3",
                    "[1]",
                    "{}",
                    "true",
                    "18446744073709551616",
                    "1e400",
                    "0x10",
                    "01",
                    "NaN",
                    "Infinity",
                    "",
                ] {
                    c.send(answering(&challenge, &answer, work))
                        .await
                        .refused(400, "malformed");
                }
                let without = format!(r#"{{"challenge":"{challenge}","answer":{answer}}}"#);
                c.send(json(PATH, without)).await.refused(400, "malformed");
                let twice = format!(
                    r#"{{"challenge":"{challenge}","answer":{answer},"work":{right},"work":{right}}}"#
                );
                c.send(json(PATH, twice)).await.refused(400, "malformed");
                c.send(answering(&challenge, &answer, &right.to_string()))
                    .await
                    .is(200);
            },
        ),
        Case::new("a stamp from 2^53 on is wrong", async |c: &Client| {
            for work in [1 << 53, (1 << 53) + 1, 1 << 63, u64::MAX] {
                let challenge = c.challenge("slide").await;
                let (answer, _) = c.solve(&challenge).await;
                c.send(answering(
                    &challenge,
                    &answer.to_string(),
                    &work.to_string(),
                ))
                .await
                .refused(422, "wrong-answer");
            }
        }),
        Case::new(
            "too little work is wrong, and burns the challenge",
            async |c: &Client| {
                for kind in Kind::ALL.map(Kind::name) {
                    let challenge = c.challenge(kind).await;
                    let (answer, work) = c.solve(&challenge).await;
                    c.send(answering(
                        &challenge,
                        &answer.to_string(),
                        &too_little(work).to_string(),
                    ))
                    .await
                    .refused(422, "wrong-answer");
                    c.send(c.right(&challenge).await)
                        .await
                        .refused(409, "spent");
                }
            },
        ),
        Case::new("one challenge's stamp is no other's", async |c: &Client| {
            let (one, two) = (c.challenge("work").await, c.challenge("work").await);
            let (_, of_one) = c.solve(&one).await;
            c.send(answering(&two, "{}", &of_one.to_string()))
                .await
                .refused(422, "wrong-answer");
            c.send(c.right(&one).await).await.is(200);
        }),
        Case::new(
            "parts that are missing, null or of another type are refused, and cost nothing",
            async |c: &Client| {
                let challenge = c.challenge("work").await;
                let (_, work) = c.solve(&challenge).await;
                let bodies = [
                    format!(r#"{{"answer":{{}},"work":{work}}}"#),
                    format!(r#"{{"challenge":null,"answer":{{}},"work":{work}}}"#),
                    format!(r#"{{"challenge":["{challenge}"],"answer":{{}},"work":{work}}}"#),
                    format!(r#"{{"challenge":{{"$gt":""}},"answer":{{}},"work":{work}}}"#),
                    format!(r#"{{"challenge":1,"answer":{{}},"work":{work}}}"#),
                    format!(r#"{{"challenge":"{challenge}","work":{work}}}"#),
                    format!(
                        r#"{{"challenge":"{challenge}","challenge":"{challenge}","answer":{{}},"work":{work}}}"#
                    ),
                    format!(
                        r#"{{"challenge":"{challenge}","answer":{{}},"answer":{{}},"work":{work}}}"#
                    ),
                    format!(r#"["{challenge}",{{}},{work}]"#),
                    format!(r#"{{"challenge":"{challenge}","answer":{{"x":NaN}},"work":{work}}}"#),
                ];
                for body in bodies {
                    let reply = c.send(json(PATH, body.clone())).await;
                    assert_eq!(reply.status, 400, "{body}");
                    reply.refused(400, "malformed").has_no("set-cookie");
                }
                c.send(c.right(&challenge).await).await.is(200);
            },
        ),
        Case::new(
            "what is no JSON object of the protocol is refused as an answer",
            async |c: &Client| {
                for body in hostile::BODIES {
                    c.send(json(PATH, body))
                        .await
                        .refused(400, "malformed")
                        .has_no("set-cookie");
                }
                for content_type in hostile::NOT_JSON {
                    c.send(post(PATH, content_type, "{}"))
                        .await
                        .refused(415, "unsupported-media-type");
                }
            },
        ),
        Case::new(
            "8 KiB of answer are read, and not a byte more",
            async |c: &Client| {
                let challenge = c.challenge("work").await;
                let (_, work) = c.solve(&challenge).await;
                let body = format!(r#"{{"challenge":"{challenge}","answer":{{}},"work":{work}}}"#);
                c.send(json(PATH, format!("{body:<8193}")))
                    .await
                    .refused(413, "too-large");
                c.send(json(PATH, format!("{body:<8193}")).chunked())
                    .await
                    .refused(413, "too-large");
                c.send(json(PATH, format!("{body:<8192}"))).await.is(200);
            },
        ),
    ]
}
