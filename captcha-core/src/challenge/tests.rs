//! What holds for every kind that is drawn, at every difficulty.

mod files;
mod golden;
mod guesses;
mod judged;
mod leaks;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rand::SeedableRng;
use serde_json::Value;

use super::{Difficulty, Generator, Kind, Solution, Spec, Verdict, draw};
use crate::{prompt::Prompt, testing};

const DIFFICULTIES: [Difficulty; 3] = [Difficulty::Easy, Difficulty::Normal, Difficulty::Hard];

fn drawn() -> impl Iterator<Item = Kind> {
    Kind::ALL.into_iter().filter(|kind| kind.is_drawn())
}

/// `usual`, or `long` in the long run.
fn count(usual: u64, long: u64) -> u64 {
    if std::env::var_os("CAPTCHA_LONG").is_some() {
        long
    } else {
        usual
    }
}

/// One file of a prompt, as the protocol sends it.
struct File {
    name: String,
    media_type: String,
    /// What is said beside it: sizes, places, numbers.
    facts: Vec<(String, u64)>,
    bytes: Vec<u8>,
}

struct Drawn {
    files: Vec<File>,
    solution: Solution,
}

impl Drawn {
    fn new(kind: Kind, difficulty: Difficulty, seed: u64) -> Self {
        let spec = Spec {
            difficulty,
            ..Spec::of(kind)
        };
        let (prompt, solution) = draw(&spec, &mut Generator::seed_from_u64(seed));
        // By way of the protocol, so that whatever a kind sends is looked at.
        let prompt = serde_json::to_value(Prompt::from(prompt)).unwrap();
        let files = prompt.as_object().unwrap().iter().map(file).collect();
        Self { files, solution }
    }

    fn answer(&self) -> Value {
        serde_json::from_str(&testing::answer(&self.solution).0).unwrap()
    }

    fn judge(&self, answer: &Value) -> Verdict {
        self.solution.judge(&answer.to_string()).unwrap()
    }

    fn tolerance(&self) -> Option<u8> {
        match &self.solution {
            Solution::Slide(solution) => Some(solution.tolerance),
            Solution::Rotate(solution) => Some(solution.tolerance),
            Solution::Click(solution) => Some(solution.tolerance),
            Solution::Drag(solution) => Some(solution.tolerance),
            _ => None,
        }
    }

    /// A judge that lets more pass, which tests are to catch.
    fn laxer(mut self, by: u8) -> Self {
        match &mut self.solution {
            Solution::Slide(solution) => solution.tolerance += by,
            Solution::Rotate(solution) => solution.tolerance += by,
            Solution::Click(solution) => solution.tolerance += by,
            Solution::Drag(solution) => solution.tolerance += by,
            _ => {}
        }
        self
    }
}

fn file((name, value): (&String, &Value)) -> File {
    let mut facts: Vec<(String, u64)> = (value.as_object().unwrap().iter())
        .filter_map(|(fact, value)| Some((fact.clone(), value.as_u64()?)))
        .collect();
    facts.sort();
    File {
        name: name.clone(),
        media_type: value["type"].as_str().unwrap().to_owned(),
        facts,
        bytes: STANDARD.decode(value["data"].as_str().unwrap()).unwrap(),
    }
}

/// Where the numbers of an answer are, as JSON pointers.
fn numbers(answer: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Number(_) => found.push(at.to_owned()),
            Value::Array(list) => {
                (list.iter().enumerate())
                    .for_each(|(index, value)| walk(value, &format!("{at}/{index}"), found));
            }
            Value::Object(map) => {
                (map.iter()).for_each(|(name, value)| walk(value, &format!("{at}/{name}"), found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(answer, "", &mut found);
    found
}
