//! Answers: the right ones, those that just miss, and what is none.

use serde_json::json;

use super::*;

/// How often a judge is wrong about answers at the edge of its tolerance, and beyond it, on both
/// sides of every number.
fn misjudged(drawn: &Drawn, tolerance: u8) -> u32 {
    let right = drawn.answer();
    let mut misjudged = 0;
    for at in numbers(&right) {
        for (off, verdict) in [
            (f64::from(tolerance), Verdict::Right),
            (f64::from(tolerance) + 0.01, Verdict::Wrong),
        ] {
            for off in [-off, off] {
                let mut answer = right.clone();
                let number = answer.pointer_mut(&at).unwrap();
                *number = json!(number.as_f64().unwrap() + off);
                let inside = reachable(drawn, &at, number.as_f64().unwrap());
                misjudged += u32::from(inside && drawn.judge(&answer) != verdict);
            }
        }
    }
    misjudged
}

/// Whether a piece can be put there: it stays in the picture.
fn reachable(drawn: &Drawn, at: &str, value: f64) -> bool {
    let size = |file: &str, fact: &str| {
        let file = drawn.files.iter().find(|of| of.name == file)?;
        let (_, size) = file.facts.iter().find(|(name, _)| name == fact)?;
        Some(*size as f64)
    };
    let fact = if at == "/x" { "width" } else { "height" };
    match (size("image", fact), size("piece", fact)) {
        (Some(picture), Some(piece)) => (0.0..=picture - piece).contains(&value),
        _ => true,
    }
}

#[test]
fn right_to_the_edge_of_the_tolerance_and_wrong_beyond_it() {
    for kind in drawn() {
        for difficulty in DIFFICULTIES {
            let mut caught = 0;
            for seed in 0..10 {
                let drawn = Drawn::new(kind, difficulty, seed);
                assert_eq!(drawn.judge(&drawn.answer()), Verdict::Right);
                let Some(tolerance) = drawn.tolerance() else {
                    continue;
                };
                assert_eq!(misjudged(&drawn, tolerance), 0, "{kind:?} {difficulty:?}");
                // The control: a judge that lets a hundredth of what is wrong pass is noticed.
                caught += misjudged(&drawn.laxer(1), tolerance);
            }
            let exact = Drawn::new(kind, difficulty, 0).tolerance().is_none();
            assert!(exact || caught > 10, "{kind:?}: {caught}");
        }
    }
}

#[test]
fn a_text_with_one_character_more_or_less_or_another_is_wrong() {
    for kind in drawn() {
        for seed in 0..20 {
            let drawn = Drawn::new(kind, Difficulty::Normal, seed);
            let answer = drawn.answer();
            let Some(text) = answer["text"].as_str() else {
                continue;
            };
            for at in 0..text.len() {
                for with in ["", "Z", "%", "11"] {
                    let mut near = text.to_owned();
                    near.replace_range(at..=at, with);
                    let verdict = Verdict::of(near == text);
                    assert_eq!(drawn.judge(&json!({ "text": near })), verdict, "{near}");
                }
            }
        }
    }
}

#[test]
fn what_has_another_shape_is_malformed_for_every_kind() {
    let points = |count: usize| format!("[{}]", vec![r#"{"x":1,"y":2}"#; count].join(","));
    let values = [
        "null".to_owned(),
        "true".to_owned(),
        "NaN".to_owned(),
        "-Infinity".to_owned(),
        "1e999".to_owned(),
        "-1e999".to_owned(),
        "0x10".to_owned(),
        "{}".to_owned(),
        "[{\"x\":[]}]".to_owned(),
        "[".repeat(10_000),
        format!("{}1{}", "[".repeat(100), "]".repeat(100)),
        format!("{}1{}", "{\"x\":".repeat(100), "}".repeat(100)),
        points(100_000),
        format!("\"{}", "9".repeat(100_000)),
    ];
    for kind in drawn() {
        let drawn = Drawn::new(kind, Difficulty::Normal, 1);
        let right = drawn.answer();
        for value in &values {
            for field in ["x", "y", "angle", "text", "points", "solved", "__proto__"] {
                // As the whole answer, as its only field, and beside the right ones.
                let mut beside = right.to_string();
                beside.insert_str(1, &format!("\"{field}\":{value},"));
                for answer in [value.clone(), format!("{{\"{field}\":{value}}}"), beside] {
                    let judged = drawn.solution.judge(&answer);
                    assert!(judged.is_err(), "{kind:?}: {answer:.60}");
                }
            }
        }
        for other in self::drawn().filter(|other| *other != kind) {
            let answer = Drawn::new(other, Difficulty::Normal, 1).answer();
            let same_shape = answer
                .as_object()
                .unwrap()
                .keys()
                .eq(right.as_object().unwrap().keys());
            let judged = drawn.solution.judge(&answer.to_string());
            assert!(same_shape || judged.is_err(), "{kind:?} takes {other:?}");
        }
    }
}

#[test]
fn numbers_that_are_nowhere_are_wrong() {
    for kind in drawn() {
        let drawn = Drawn::new(kind, Difficulty::Easy, 2);
        let right = drawn.answer();
        for at in numbers(&right) {
            for number in [-1.0, -1e9, -1e308, 1e9, 1e308, 9_007_199_254_740_993.0] {
                let mut answer = right.clone();
                *answer.pointer_mut(&at).unwrap() = json!(number);
                let near = (right.pointer(&at).unwrap().as_f64().unwrap() - number).abs() < 30.0;
                assert!(near || drawn.judge(&answer) == Verdict::Wrong, "{answer}");
            }
        }
    }
}
