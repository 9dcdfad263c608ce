//! Writes contact sheets of every kind and difficulty with one page to look (and listen) through, and
//! labelled samples for measuring solvers:
//!
//! ```text
//! cargo run --release -p gallery -- out/
//! cargo run --release -p gallery -- out/ --samples 300 --seed 7
//! cargo run --release -p gallery -- out/ --assets captcha-assets --only-own
//! ```
//!
//! `--assets` adds backgrounds, icons and fonts from a folder; `--only-own` leaves the built-in ones
//! out wherever the folder has some.

mod players;
mod samples;
mod sheet;

use std::{error::Error, fs, path::PathBuf};

use captcha_core::{Assets, CaptchaError, Difficulty, Kind, TextOptions, testing};

/// Voices in which digits are written alone.
const VOICES: u64 = 6;

/// The difficulties, and their names.
const DIFFICULTIES: [(Difficulty, &str); 3] = [
    (Difficulty::Easy, "easy"),
    (Difficulty::Normal, "normal"),
    (Difficulty::Hard, "hard"),
];

const USAGE: &str = "usage: gallery FOLDER [--samples N] [--seed N] [--kind NAME] [--sums] \
                      [--difficulty easy|normal|hard] [--assets FOLDER [--only-own]]";

struct Options {
    folder: PathBuf,
    samples: Option<u64>,
    seed: u64,
    kind: Option<Kind>,
    assets: Option<Assets>,
    difficulty: Difficulty,
    sums: bool,
}

impl Options {
    fn draw(
        &self,
        kind: Kind,
        difficulty: Difficulty,
        style: Option<&str>,
        number: u64,
    ) -> Result<testing::Drawing, CaptchaError> {
        let seed = self.seed << 32 | number;
        if self.sums && kind == Kind::Text {
            return Ok(testing::draw_text(
                &TextOptions::arithmetic(),
                difficulty,
                style,
                seed,
            ));
        }
        match &self.assets {
            Some(assets) => testing::draw_with(assets, kind, difficulty, style, seed),
            None => Ok(testing::draw(kind, difficulty, style, seed)),
        }
    }
}

/// Without the built-in ones wherever there are own ones.
fn only_own(mut assets: Assets) -> Assets {
    if assets.backgrounds() > 0 {
        assets = assets.only_own_backgrounds();
    }
    if assets.icons() > 0 {
        assets = assets.only_own_icons();
    }
    if assets.fonts() > 0 {
        assets = assets.only_own_fonts();
    }
    assets
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        folder: PathBuf::new(),
        samples: None,
        seed: 1,
        kind: None,
        assets: None,
        difficulty: Difficulty::Normal,
        sums: false,
    };
    let mut only = false;
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(USAGE);
        match arg.as_str() {
            "--samples" => options.samples = Some(value()?.parse()?),
            "--seed" => options.seed = value()?.parse()?,
            "--assets" => options.assets = Some(Assets::from_dir(value()?)?),
            "--only-own" => only = true,
            "--sums" => options.sums = true,
            "--difficulty" => {
                let name = value()?;
                let known = DIFFICULTIES.iter().find(|(_, of)| *of == name);
                options.difficulty = known.ok_or(USAGE)?.0;
            }
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
    if only {
        options.assets = options.assets.map(only_own);
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
                        let drawing = options.draw(*kind, options.difficulty, style, number)?;
                        samples::write(&folder, *kind, &drawing, number)?;
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
                            let sheet = sheet::draw(*kind, |number| {
                                options.draw(*kind, difficulty, style, number)
                            })?;
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
