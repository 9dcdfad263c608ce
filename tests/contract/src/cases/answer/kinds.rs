//! What is right, and what is not, by kind.

use serde_json::Value;

use super::*;

/// What is done to the points of a right answer, and the status that follows.
type Change = (fn(&mut Vec<Value>), u16);

/// Digits in the script that has its zero there.
fn shifted(text: &str, zero: u32) -> String {
    let digits = text.chars().filter_map(|digit| digit.to_digit(10));
    digits
        .filter_map(|digit| char::from_u32(zero + digit))
        .collect()
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "slide: five pixels off are right, six are not",
            async |c: &Client| {
                for (off, status) in [
                    (-6.0, 422),
                    (-5.0, 200),
                    (-0.5, 200),
                    (0.0, 200),
                    (5.0, 200),
                    (5.01, 422),
                    (6.0, 422),
                ] {
                    let challenge = c.challenge("slide").await;
                    let (answer, work) = c.solve(&challenge).await;
                    let x = answer["x"].as_f64().unwrap() + off;
                    c.send(answering(
                        &challenge,
                        &value!({"x": x}).to_string(),
                        &work.to_string(),
                    ))
                    .await
                    .is(status);
                }
            },
        ),
        Case::new(
            "slide: what is no place in the picture is wrong",
            async |c: &Client| {
                for x in [
                    "-1",
                    "-0.0",
                    "1e308",
                    "-1e308",
                    "5e-324",
                    "9007199254740993",
                    "18446744073709551616",
                    "320",
                    "1E2000000000",
                ] {
                    let challenge = c.challenge("slide").await;
                    let (_, work) = c.solve(&challenge).await;
                    let reply = c
                        .send(answering(
                            &challenge,
                            &format!("{{\"x\":{x}}}"),
                            &work.to_string(),
                        ))
                        .await;
                    assert!(
                        reply.status == 422 || reply.status == 400,
                        "{x}: {}",
                        reply.status
                    );
                    c.send(c.right(&challenge).await)
                        .await
                        .refused(409, "spent");
                }
            },
        ),
        Case::new(
            "rotate: the short way round counts, and nothing beyond the tolerance",
            async |c: &Client| {
                for (off, status) in [
                    (-8.0, 200),
                    (8.0, 200),
                    (-8.5, 422),
                    (9.0, 422),
                    (180.0, 422),
                ] {
                    let challenge = c.challenge("rotate").await;
                    let (answer, work) = c.solve(&challenge).await;
                    let angle = (answer["angle"].as_f64().unwrap() + off).rem_euclid(360.0);
                    c.send(answering(
                        &challenge,
                        &value!({ "angle": angle }).to_string(),
                        &work.to_string(),
                    ))
                    .await
                    .is(status);
                }
            },
        ),
        Case::new("drag: both directions count", async |c: &Client| {
            for (across, down, status) in [
                (6.0, -6.0, 200),
                (-6.0, 6.0, 200),
                (6.5, 0.0, 422),
                (0.0, 6.5, 422),
                (-40.0, 0.0, 422),
            ] {
                let challenge = c.challenge("drag").await;
                let (answer, work) = c.solve(&challenge).await;
                let x = answer["x"].as_f64().unwrap() + across;
                let y = answer["y"].as_f64().unwrap() + down;
                let reply = c
                    .send(answering(
                        &challenge,
                        &value!({ "x": x, "y": y }).to_string(),
                        &work.to_string(),
                    ))
                    .await;
                // A place within the tolerance may lie outside the picture.
                let outside = !(0.0..=276.0).contains(&x) || !(0.0..=114.0).contains(&y);
                if !(outside && status == 200) {
                    reply.is(status);
                }
            }
        }),
        Case::new(
            "click: each tap near its own thing, in order, and as many as asked",
            async |c: &Client| {
                let changes: [Change; 7] = [
                    (|_| (), 200),
                    (
                        |points| points[0]["x"] = value!(points[0]["x"].as_f64().unwrap() + 24.0),
                        200,
                    ),
                    (
                        |points| points[2]["y"] = value!(points[2]["y"].as_f64().unwrap() - 25.0),
                        422,
                    ),
                    (|points| points.swap(0, 1), 422),
                    (
                        |points| {
                            points.pop();
                        },
                        422,
                    ),
                    (|points| points.push(points[0].clone()), 422),
                    (Vec::clear, 422),
                ];
                for (change, status) in changes {
                    let challenge = c.challenge("click").await;
                    let (mut answer, work) = c.solve(&challenge).await;
                    change(answer["points"].as_array_mut().unwrap());
                    c.send(answering(
                        &challenge,
                        &answer.to_string(),
                        &work.to_string(),
                    ))
                    .await
                    .is(status);
                }
            },
        ),
        Case::new(
            "the new kinds refuse what has not their shape",
            async |c: &Client| {
                let many = format!(
                    r#"{{"points":[{}]}}"#,
                    vec![r#"{"x":1,"y":2}"#; 500].join(",")
                );
                for (kind, answer) in [
                    ("rotate", r#"{"angle":"90"}"#),
                    ("rotate", r#"{"angle":null}"#),
                    ("rotate", r#"{"angle":90,"x":1}"#),
                    ("rotate", r#"{"angle":1e999}"#),
                    ("rotate", "{}"),
                    ("drag", r#"{"x":1}"#),
                    ("drag", r#"{"x":1,"y":"2"}"#),
                    ("drag", r#"{"x":[1],"y":2}"#),
                    ("drag", "[1,2]"),
                    ("click", r#"{"points":{"x":1,"y":2}}"#),
                    ("click", r#"{"points":[[1,2]]}"#),
                    ("click", r#"{"points":[{"x":1}]}"#),
                    ("click", r#"{"points":[null]}"#),
                    ("click", r#"{"points":[{"x":1,"y":2,"z":3}]}"#),
                    ("click", many.as_str()),
                    ("audio", r#"{"text":12345}"#),
                    ("audio", r#"{"text":null}"#),
                    ("audio", r#"{"text":["1","2"]}"#),
                    ("audio", r#"{"digits":"12345"}"#),
                    ("audio", r#"{"text":"12345","x":1}"#),
                    ("audio", "\"12345\""),
                ] {
                    let challenge = c.challenge(kind).await;
                    let (_, work) = c.solve(&challenge).await;
                    c.send(answering(&challenge, answer, &work.to_string()))
                        .await
                        .refused(400, "malformed");
                }
            },
        ),
        Case::new(
            "text: case and white space around it do not matter",
            async |c: &Client| {
                for change in [
                    str::to_lowercase,
                    |text: &str| format!(" {text}\n"),
                    |text: &str| format!("\t{}", text.to_lowercase()),
                ] {
                    let challenge = c.challenge("text").await;
                    let (answer, work) = c.solve(&challenge).await;
                    let text = change(answer["text"].as_str().unwrap());
                    c.send(answering(
                        &challenge,
                        &value!({"text": text}).to_string(),
                        &work.to_string(),
                    ))
                    .await
                    .is(200);
                }
            },
        ),
        Case::new("text: anything else does", async |c: &Client| {
            let changes: [fn(&str) -> String; 7] = [
                |_| String::new(),
                |text| text[1..].to_owned(),
                |text| format!("{text}A"),
                |text| text.chars().rev().chain(['A']).collect(),
                |text| format!("{}\0", text),
                |text| text.chars().map(|c| format!("{c} ")).collect(),
                |text| text.repeat(500),
            ];
            for change in changes {
                let challenge = c.challenge("text").await;
                let (answer, work) = c.solve(&challenge).await;
                let text = change(answer["text"].as_str().unwrap());
                let reply = c
                    .send(answering(
                        &challenge,
                        &value!({"text": text}).to_string(),
                        &work.to_string(),
                    ))
                    .await;
                reply.refused(422, "wrong-answer");
            }
        }),
        Case::new(
            "audio: digits count in any script and spacing, and nothing else does",
            async |c: &Client| {
                type Change = (fn(&str) -> String, u16);
                let changes: [Change; 11] = [
                    (str::to_owned, 200),
                    (|text| format!(" {}\n", text.replace("", " ")), 200),
                    (|text| shifted(text, 0xFF10), 200),
                    (|text| shifted(text, 0x660), 200),
                    (|text| shifted(text, 0x6F0), 200),
                    (|_| String::new(), 422),
                    (|text| text[1..].to_owned(), 422),
                    (|text| format!("{text}0"), 422),
                    (|text| format!("{text}\0"), 422),
                    (|text| shifted(text, 0x966), 422),
                    (|text| text.repeat(500), 422),
                ];
                for (change, status) in changes {
                    let challenge = c.challenge("audio").await;
                    let (answer, work) = c.solve(&challenge).await;
                    let text = change(answer["text"].as_str().unwrap());
                    c.send(answering(
                        &challenge,
                        &value!({"text": text}).to_string(),
                        &work.to_string(),
                    ))
                    .await
                    .is(status);
                }
            },
        ),
        Case::new(
            "a hundred thousand points are no answer",
            async |c: &Client| {
                let challenge = c.challenge("slide").await;
                let points = |count: usize| {
                    format!(
                        r#"{{"points":[{}]}}"#,
                        vec![r#"{"x":1,"y":2}"#; count].join(",")
                    )
                };
                c.send(answering(&challenge, &points(100_000), "0"))
                    .await
                    .refused(413, "too-large");
                // It was not looked at, so nothing is spent; what fits is looked at.
                let (_, work) = c.solve(&challenge).await;
                c.send(answering(&challenge, &points(500), &work.to_string()))
                    .await
                    .refused(400, "malformed");
                c.send(c.right(&challenge).await)
                    .await
                    .refused(409, "spent");
            },
        ),
        Case::new(
            "a wrong answer and a wrong stamp read the same",
            async |c: &Client| {
                let one = c.challenge("text").await;
                let (_, work) = c.solve(&one).await;
                let wrong_answer = c
                    .send(answering(&one, r#"{"text":"AAAAA"}"#, &work.to_string()))
                    .await;
                let two = c.challenge("text").await;
                let (answer, work) = c.solve(&two).await;
                let wrong_work = c
                    .send(answering(
                        &two,
                        &answer.to_string(),
                        &too_little(work).to_string(),
                    ))
                    .await;
                wrong_answer.refused(422, "wrong-answer");
                wrong_work.refused(422, "wrong-answer");
                assert_eq!(wrong_answer.body, wrong_work.body);
            },
        ),
        Case::new(
            "a guess at one challenge leaves another alone, and a new one revives none",
            async |c: &Client| {
                let (one, two) = (c.challenge("slide").await, c.challenge("text").await);
                c.send(answering(&one, r#"{"x":1}"#, "0"))
                    .await
                    .refused(422, "wrong-answer");
                c.challenge("slide").await;
                c.challenge("text").await;
                c.send(c.right(&one).await).await.refused(409, "spent");
                c.send(c.right(&two).await).await.is(200);
            },
        ),
    ]
}
