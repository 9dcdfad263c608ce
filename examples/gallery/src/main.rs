//! Writes contact sheets of every kind and difficulty with one page to look (and listen) through, and
//! labelled samples for measuring solvers:
//!
//! ```text
//! cargo run --release -p gallery -- out/
//! cargo run --release -p gallery -- out/ --samples 300 --seed 7
//! ```

mod players;
mod samples;
mod sheet;

use std::{error::Error, fs, path::PathBuf};

use captcha_core::{Difficulty, Kind, testing};

/// Voices in which digits are written alone.
const VOICES: u64 = 6;

/// The difficulties, and their names.
const DIFFICULTIES: [(Difficulty, &str); 3] = [
    (Difficulty::Easy, "easy"),
    (Difficulty::Normal, "normal"),
    (Difficulty::Hard, "hard"),
];

const USAGE: &str = "usage: gallery FOLDER [--samples N] [--seed N] [--kind NAME]";

struct Options {
    folder: PathBuf,
    samples: Option<u64>,
    seed: u64,
    kind: Option<Kind>,
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        folder: PathBuf::new(),
        samples: None,
        seed: 1,
        kind: None,
    };
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(USAGE);
        match arg.as_str() {
            "--samples" => options.samples = Some(value()?.parse()?),
            "--seed" => options.seed = value()?.parse()?,
            "--kind" => {
                let name = value()?;
                let kind = Kind::from_name(&name).ok_or_else(|| format!("no kind `{name}`"))?;
                options.kind = Some(kind);
            }
            flag if flag.starts_with('-') => return Err(USAGE.into()),
            folder => options.folder = folder.into(),
        }
    }
    if options.folder.as_os_str().is_empty() {
        return Err(USAGE.into());
    }
    Ok(options)
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options(std::env::args().skip(1))?;
    fs::create_dir_all(&options.folder)?;
    let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Work);
    let kinds: Vec<Kind> = kinds
        .filter(|kind| options.kind.is_none_or(|only| only == *kind))
        .collect();
    let mut sheets = Vec::new();
    for kind in &kinds {
        match options.samples {
            Some(count) => {
                if *kind == Kind::Audio {
                    let folder = options.folder.join("audio-clips");
                    samples::write_plain(&folder, options.seed, VOICES)?;
                }
                let styles = testing::styles(*kind);
                for style in std::iter::once(None).chain(styles.iter().map(|name| Some(*name))) {
                    let folder = options.folder.join(labelled(*kind, style));
                    fs::create_dir_all(&folder)?;
                    for number in 0..count {
                        samples::write(&folder, *kind, style, options.seed << 32 | number, number)?;
                    }
                }
            }
            None => {
                for (difficulty, name) in DIFFICULTIES {
                    let styles = testing::styles(*kind);
                    for style in std::iter::once(None).chain(styles.iter().map(|name| Some(*name)))
                    {
                        let label = format!("{}-{name}", labelled(*kind, style));
                        let shown = if *kind == Kind::Audio {
                            players::write(
                                &options.folder,
                                &label,
                                difficulty,
                                style,
                                options.seed,
                            )?
                        } else {
                            let sheet = sheet::draw(*kind, difficulty, style, options.seed)?;
                            sheet.save(options.folder.join(format!("{label}.png")))?;
                            format!(
                                "<p><img src=\"{label}.png\" alt=\"Drawings of challenges: {label}\">"
                            )
                        };
                        println(&label);
                        sheets.push((label, shown));
                    }
                }
            }
        }
    }
    if options.samples.is_none() {
        fs::write(options.folder.join("index.html"), page(&sheets))?;
    }
    Ok(())
}

/// Drawing takes a while without `--release`: what is done is said.
#[allow(clippy::print_stdout, reason = "a command line program")]
fn println(line: &str) {
    println!("{line}");
}

fn labelled(kind: Kind, style: Option<&str>) -> String {
    style.map_or_else(
        || kind.name().to_owned(),
        |style| format!("{}-{style}", kind.name()),
    )
}

fn page(sheets: &[(String, String)]) -> String {
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Challenges</title>\
         <style>body{font:16px system-ui;margin:2rem}img{max-width:100%}</style><h1>Challenges</h1>",
    );
    for (label, shown) in sheets {
        html += &format!("<h2>{label}</h2>{shown}");
    }
    html
}
