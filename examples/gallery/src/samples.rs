//! Labelled samples: a picture or a sound named by its answer, or pictures with their answer in a JSON file
//! beside them.

use std::{error::Error, fs, path::Path};

use captcha_core::{
    Kind,
    testing::{self, Drawing},
};
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
        match kind {
            Kind::Audio => save(format!("{text}_{number}.wav"), &drawing.sound)?,
            _ => save(format!("{text}_{number}.png"), &drawing.image)?,
        }
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

/// Writes every digit alone, in `count` voices: what somebody who has this source compares with.
pub(crate) fn write_plain(folder: &Path, seed: u64, count: u64) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    for (digit, number) in (0..10).flat_map(|digit| (0..count).map(move |number| (digit, number))) {
        let sound = testing::plain_digit(digit, seed << 32 | number << 8 | u64::from(digit));
        fs::write(folder.join(format!("{digit}_{number}.wav")), sound)?;
    }
    Ok(())
}
