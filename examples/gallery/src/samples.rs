//! Labelled samples: a picture named by its answer, or pictures with their answer in a JSON file
//! beside them.

use std::{error::Error, fs, path::Path};

use captcha_core::{Kind, testing::Drawing};
use serde_json::{Value, json};

/// Writes sample `number`.
pub(crate) fn write(
    folder: &Path,
    kind: Kind,
    drawing: &Drawing,
    number: u64,
) -> Result<(), Box<dyn Error>> {
    let answer: Value = serde_json::from_str(&drawing.answer)?;
    let save = |name: String, bytes: &[u8]| fs::write(folder.join(name), bytes);
    if let Some(text) = answer.get("text").and_then(Value::as_str) {
        save(format!("{text}_{number}.png"), &drawing.image)?;
        return Ok(());
    }
    let part = match kind {
        Kind::Slide | Kind::Drag => "tile",
        _ => "thumb",
    };
    save(format!("{number}_master.png"), &drawing.image)?;
    save(format!("{number}_{part}.png"), &drawing.part)?;
    let mut label = answer;
    if let Some(label) = label.as_object_mut() {
        label.insert("tol".into(), json!(drawing.tolerance));
        // A slider's piece is shown on its row; where a dragged one belongs is not told to anybody.
        if kind == Kind::Slide {
            label.insert("y".into(), json!(drawing.top));
        } else if let Some(y) = label.remove("y") {
            label.insert("answer_y".into(), y);
        }
    }
    save(format!("{number}.json"), label.to_string().as_bytes())?;
    Ok(())
}
