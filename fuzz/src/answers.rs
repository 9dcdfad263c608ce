//! Answers to each kind: right ones are near the solution, and only JSON of the right shape is judged.

use std::sync::LazyLock;

use captcha_core::{Answer, Captcha, ErrorKind, Kind, endpoint::BODY_LIMIT, testing::block_on};
use serde_json::Value;

use super::{
    Target,
    site::{Call, challenge, engine},
};

pub const TARGET: Target = Target {
    name: "answers",
    run,
    seeds,
    mutations: 60_000,
    controls: &[
        || fits(Kind::Slide, r#"{"x":100}"#, r#"{"x":150}"#, None),
        || fits(Kind::Slide, r#"{"x":100}"#, r#"{"x":100,"y":1}"#, None),
        || {
            fits(
                Kind::Slide,
                r#"{"x":100}"#,
                r#"{"x":100}"#,
                Some(ErrorKind::WrongAnswer),
            )
        },
        || {
            fits(
                Kind::Slide,
                r#"{"x":100}"#,
                r#"{"x":9}"#,
                Some(ErrorKind::Malformed),
            )
        },
        || {
            fits(
                Kind::Slide,
                r#"{"x":100}"#,
                "[100]",
                Some(ErrorKind::WrongAnswer),
            )
        },
        || fits(Kind::Text, r#"{"text":"ABC"}"#, r#"{"text":"ABD"}"#, None),
        || fits(Kind::Audio, r#"{"text":"123"}"#, r#"{"text":"124"}"#, None),
        || fits(Kind::Work, "{}", "[]", None),
    ],
};

type Puzzle = (String, String, u64);

static SITE: LazyLock<(Captcha, [Puzzle; Kind::ALL.len()])> = LazyLock::new(|| {
    let captcha = engine();
    let puzzles = Kind::ALL.map(|kind| challenge(&captcha, kind));
    (captcha, puzzles)
});

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (number, (_, answer, _)) in (0..).zip(&SITE.1) {
        let other = [
            "{}",
            "[1]",
            r#"{"x":1e3,"y":-0.5}"#,
            r#"{"text":" \u0661\uff12 "}"#,
        ];
        for json in other.into_iter().chain([answer.as_str()]) {
            seeds.push([&[number], json.as_bytes()].concat());
        }
    }
    seeds
        .push(b"\x03{\"points\":[{\"x\":1,\"y\":2},{\"x\":3,\"y\":4},{\"x\":5,\"y\":6}]}".to_vec());
    seeds
}

/// The first byte chooses the kind, the rest is the answer.
pub fn run(data: &[u8]) {
    let Some((number, json)) = data.split_first() else {
        return;
    };
    let Ok(json) = std::str::from_utf8(json) else {
        return;
    };
    let (captcha, puzzles) = &*SITE;
    let number = usize::from(*number) % puzzles.len();
    let (kind, (challenge, solution, work)) = (Kind::ALL[number], &puzzles[number]);
    let judged = block_on(captcha.answer(challenge, &Answer::from_json(json), *work));
    let refused = judged.err().map(|error| error.kind());
    fits(kind, solution, json, refused);
    let body = format!(r#"{{"challenge":"{challenge}","answer":{json},"work":{work}}}"#);
    let call = Call {
        method: "POST",
        path: "/answer",
        headers: vec![("content-type", b"application/json")],
        body: body.as_bytes(),
        ..Call::default()
    };
    let status = call.answer(captcha).status;
    let expected = match refused {
        _ if body.len() > BODY_LIMIT => 413,
        None => 200,
        Some(ErrorKind::WrongAnswer) => 422,
        Some(_) => 400,
    };
    // What is no JSON by itself may end the answer and begin another field.
    if status != 400 || serde_json::from_str::<Value>(json).is_ok() {
        assert_eq!(status, expected, "{json}");
    }
}

/// Panics unless the outcome is one that the answer and the solution allow.
fn fits(kind: Kind, solution: &str, json: &str, refused: Option<ErrorKind>) {
    let solution: Value = serde_json::from_str(solution).expect("a solution is JSON");
    let answer: Option<Value> = serde_json::from_str(json).ok();
    let off = answer
        .as_ref()
        .and_then(|answer| off(kind, &solution, answer));
    match refused {
        None => assert!(off.is_some_and(|off| off <= 24.0), "{json}"),
        Some(ErrorKind::WrongAnswer) => assert!(off.is_some_and(|off| off > 1.0), "{json}"),
        Some(ErrorKind::Malformed) => {
            // Only a doubled key, which a `Value` does not show, would be another reason.
            let plain = answer.map(|answer| answer.to_string());
            assert!(off.is_none() || plain.as_deref() != Some(json), "{json}");
        }
        Some(other) => panic!("{other:?} for {json}"),
    }
}

/// How far an answer is off, at the most; `None` for one that is no answer of that kind.
fn off(kind: Kind, solution: &Value, answer: &Value) -> Option<f64> {
    let keys = |value: &Value| -> Option<Vec<String>> {
        let mut keys: Vec<String> = value.as_object()?.keys().cloned().collect();
        keys.sort();
        Some(keys)
    };
    if keys(answer)? != keys(solution)? {
        return None;
    }
    let text = |value: &Value| Some(value.get("text")?.as_str()?.to_owned());
    let same = |same: bool| Some(if same { 0.0 } else { f64::INFINITY });
    let number = |value: &Value, name: &str| value.get(name)?.as_f64();
    let by = |name: &str| Some((number(answer, name)? - number(solution, name)?).abs());
    match kind {
        Kind::Text => same(text(answer)?.trim().to_uppercase() == text(solution)?),
        Kind::Audio => same(digits(&text(answer)?) == text(solution)?),
        Kind::Slide => by("x"),
        Kind::Drag => Some(by("x")?.max(by("y")?)),
        Kind::Rotate => {
            let turned = by("angle")?;
            let within = (-360.0..=360.0).contains(&number(answer, "angle")?);
            let off = (turned % 360.0).min(360.0 - turned % 360.0);
            Some(if within { off } else { f64::INFINITY })
        }
        Kind::Click => taps(solution, answer),
        _ => Some(0.0),
    }
}

fn taps(solution: &Value, answer: &Value) -> Option<f64> {
    let points = |value: &Value| -> Option<Vec<(f64, f64)>> {
        let points = value.get("points")?.as_array()?.iter();
        let point = |point: &Value| {
            let number = |name: &str| point.get(name)?.as_f64();
            let two = point.as_object().is_some_and(|point| point.len() == 2);
            two.then_some((number("x")?, number("y")?))
        };
        points.map(point).collect()
    };
    let (right, tapped) = (points(solution)?, points(answer)?);
    if tapped.len() > 4 {
        return None;
    }
    if right.len() != tapped.len() {
        return Some(f64::INFINITY);
    }
    let distances = right
        .iter()
        .zip(&tapped)
        .map(|((x, y), (a, b))| (x - a).hypot(y - b));
    Some(distances.fold(0.0, f64::max))
}

/// European digits for those of other scripts that keyboards type.
fn digits(text: &str) -> String {
    let digit = |character: char| match character {
        '\u{660}'..='\u{669}' => char::from_digit(character as u32 - 0x660, 10),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(character as u32 - 0x6f0, 10),
        '\u{ff10}'..='\u{ff19}' => char::from_digit(character as u32 - 0xff10, 10),
        other => Some(other),
    };
    let seen = text.chars().filter(|character| !character.is_whitespace());
    seen.filter_map(digit).collect()
}
