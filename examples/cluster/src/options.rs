//! The command line.

use std::{ops::RangeInclusive, path::PathBuf, time::Duration};

/// What `--help` says.
pub(crate) const HELP: &str = "\
cluster: three nodes on one Redis, under load, while they and Redis are killed

    cargo run --release -p cluster -- [OPTIONS]

    --seconds N          how long visitors come, at most 3600 (20; events may make it longer)
    --rate N             visits a second, 5 to 1000 (50)
    --chaos WHICH        default: kills and empties things; none: only load
    --json FILE          writes the figures as JSON
    --longest-ms N       longest that a request may take (2000)
    --recovery-ms N      longest until every node redeems again after an event (3000)
    --control-local-marks
                         the control: every node keeps its marks for itself, and double spends
                         have to be found

The exit code is 1 if a token was taken twice, a forged one was taken, a request or a recovery took
too long, or nothing was redeemed at all; 2 if it could not run; 130 if it was stopped.

`cluster node axum|actix|rocket` is one node, which the program starts itself.";

/// What the program is to do.
#[derive(Debug)]
pub(crate) enum Command {
    Drive(Options),
    Help,
    Node(Framework, Marks),
}

/// How the cluster is driven.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) seconds: Duration,
    pub(crate) rate: u32,
    pub(crate) chaos: bool,
    pub(crate) json: Option<PathBuf>,
    pub(crate) longest: Duration,
    pub(crate) recovery: Duration,
    pub(crate) marks: Marks,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seconds: Duration::from_secs(20),
            rate: 50,
            chaos: true,
            json: None,
            longest: Duration::from_secs(2),
            recovery: Duration::from_secs(3),
            marks: Marks::Shared,
        }
    }
}

/// What a node is built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framework {
    Actix,
    Axum,
    Rocket,
}

impl Framework {
    pub(crate) const ALL: [Self; 3] = [Self::Axum, Self::Actix, Self::Rocket];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Actix => "actix",
            Self::Axum => "axum",
            Self::Rocket => "rocket",
        }
    }
}

/// Who remembers what was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marks {
    /// Each node for itself: the control.
    Local,
    /// Redis, for all of them.
    Shared,
}

impl Marks {
    pub(crate) const LOCAL_FLAG: &str = "--control-local-marks";
}

/// Reads the arguments; the error says what is wrong with them.
pub(crate) fn read(arguments: impl IntoIterator<Item = String>) -> Result<Command, String> {
    let mut arguments = arguments.into_iter().peekable();
    if arguments.next_if_eq("node").is_some() {
        return node(arguments);
    }
    let mut options = Options::default();
    while let Some(flag) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{flag} needs a value"));
        match flag.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--seconds" => {
                options.seconds = Duration::from_secs(number(&flag, &value()?, 1..=3_600)?)
            }
            "--rate" => options.rate = number(&flag, &value()?, 5..=1_000)? as u32,
            "--chaos" => {
                options.chaos = match value()?.as_str() {
                    "default" => true,
                    "none" => false,
                    other => return Err(format!("--chaos is default or none, and not {other:?}")),
                }
            }
            "--json" => options.json = Some(value()?.into()),
            "--longest-ms" => {
                options.longest = Duration::from_millis(number(&flag, &value()?, 1..=60_000)?)
            }
            "--recovery-ms" => {
                options.recovery = Duration::from_millis(number(&flag, &value()?, 1..=60_000)?);
            }
            Marks::LOCAL_FLAG => options.marks = Marks::Local,
            _ => return Err(format!("there is no {flag:?}: see --help")),
        }
    }
    Ok(Command::Drive(options))
}

fn node(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let wanted = arguments.next().unwrap_or_default();
    let framework = (Framework::ALL.into_iter())
        .find(|framework| framework.name() == wanted)
        .ok_or_else(|| format!("{wanted:?} is none of axum, actix and rocket"))?;
    match arguments.next().as_deref() {
        None => Ok(Command::Node(framework, Marks::Shared)),
        Some(Marks::LOCAL_FLAG) => Ok(Command::Node(framework, Marks::Local)),
        Some(other) => Err(format!("a node does not know {other:?}")),
    }
}

fn number(flag: &str, text: &str, fits: RangeInclusive<u64>) -> Result<u64, String> {
    (text.parse().ok().filter(|number| fits.contains(number))).ok_or_else(|| {
        let (least, most) = (fits.start(), fits.end());
        format!("{flag} is a number from {least} to {most}, and not {text:?}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Result<Command, String> {
        read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn what_is_asked_for_is_done() {
        let Ok(Command::Drive(options)) =
            of("--seconds 6 --rate 20 --chaos none --json out.json --control-local-marks")
        else {
            panic!("it drives");
        };
        assert_eq!(options.seconds, Duration::from_secs(6));
        assert_eq!((options.rate, options.chaos), (20, false));
        assert_eq!(options.marks, Marks::Local);
        assert!(matches!(
            of("node rocket"),
            Ok(Command::Node(Framework::Rocket, Marks::Shared))
        ));
    }

    #[test]
    fn what_makes_no_sense_is_an_error() {
        for line in [
            "--rate",
            "--rate 0",
            "--rate 1001",
            "--seconds x",
            "--chaos some",
            "--quick",
            "node",
            "node warp",
            "node axum --fast",
        ] {
            assert!(of(line).is_err(), "{line}");
        }
    }
}
