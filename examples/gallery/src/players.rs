//! What is heard instead of looked at: a few clips of each language, with their digits beside them.

use std::{error::Error, fs, path::Path};

use captcha_core::{Difficulty, Kind, testing};
use serde_json::Value;

const CLIPS: u64 = 3;

/// Writes the clips of a language, and gives the part of the page that plays them.
pub(crate) fn write(
    folder: &Path,
    label: &str,
    difficulty: Difficulty,
    language: Option<&str>,
    seed: u64,
) -> Result<String, Box<dyn Error>> {
    let mut html = String::new();
    for number in 0..CLIPS {
        let drawing = testing::draw(Kind::Audio, difficulty, language, seed << 32 | number);
        let answer: Value = serde_json::from_str(&drawing.answer)?;
        let text = answer.get("text").and_then(Value::as_str).unwrap_or("");
        let file = format!("{label}_{number}.wav");
        fs::write(folder.join(&file), &drawing.sound)?;
        html += &format!(
            "<p><audio controls preload=\"none\" src=\"{file}\"></audio> \
             <details><summary>What it says</summary>{text}</details>"
        );
    }
    Ok(html)
}
