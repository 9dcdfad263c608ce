use std::path::PathBuf;

use rand::{RngExt, SeedableRng};

use super::*;
use crate::{ErrorKind, challenge::Generator};

const START: u64 = 1_800_000_000_000;

fn filled(lines: u64) -> AuditLog {
    let log = AuditLog::in_memory();
    for n in 0..lines {
        let action = match n % 3 {
            0 => Action::Purge,
            1 => Action::Revoke,
            _ => Action::StatisticsRead,
        };
        log.record(action, format!("\"{n}\"\n<b>"), START + n * 1_000)
            .unwrap();
    }
    log
}

/// One change to a log that somebody might make to hide something.
fn mutate(text: &str, generator: &mut Generator) -> Vec<u8> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let at = generator.random_range(0..lines.len());
    let other = generator.random_range(0..lines.len());
    let mut bytes = text.as_bytes().to_vec();
    let place = generator.random_range(0..bytes.len());
    match generator.random_range(0..8) {
        0 => bytes[place] ^= 1 << generator.random_range(0..8),
        1 => bytes[place] = generator.random(),
        2 => {
            bytes.remove(place);
        }
        3 => bytes.insert(place, generator.random()),
        4 => bytes.truncate(place),
        kind => {
            let mut lines = lines;
            match kind {
                5 => {
                    lines.remove(at);
                }
                6 => lines.insert(other, lines[at]),
                _ => lines.swap(at, other),
            }
            bytes = lines.concat().into_bytes();
        }
    }
    bytes
}

/// How many of the mutations a verifier does not notice.
fn missed(text: &str, mutations: u32, sound: impl Fn(&str) -> bool) -> u32 {
    let mut generator = Generator::from_seed([3; 32]);
    let mut missed = 0;
    let mut done = 0;
    while done < mutations {
        let mutant = mutate(text, &mut generator);
        if mutant == text.as_bytes() {
            continue;
        }
        done += 1;
        let unnoticed = std::str::from_utf8(&mutant).is_ok_and(&sound);
        missed += u32::from(unnoticed);
    }
    missed
}

#[test]
fn ten_thousand_single_mutations_are_all_detected() {
    let log = filled(12);
    let (text, head) = (log.text(), log.lock().head.clone());
    assert_eq!(AuditLog::verify(&text, Some(&head)), Ok(12));
    let verify = |text: &str| AuditLog::verify(text, Some(&head)).is_ok();
    assert_eq!(missed(&text, 10_000, verify), 0);
    // The controls: without the last hash a shortened log passes, and a verifier that believes the
    // hashes which the lines state lets changed lines by.
    assert!(missed(&text, 10_000, |text| AuditLog::verify(text, None).is_ok()) > 0);
    let believing = |text: &str| {
        let mut before = GENESIS.to_owned();
        text.lines().all(|line| {
            let entry = serde_json::from_str::<Entry>(line);
            entry.is_ok_and(|entry| std::mem::replace(&mut before, entry.hash) == entry.previous)
        }) && before == head
    };
    assert!(believing(&text));
    assert!(missed(&text, 10_000, believing) > 0);
}

#[test]
fn a_broken_line_is_named() {
    let text = filled(5).text();
    let changed = text.replacen("\\\"2\\\"", "\\\"9\\\"", 1);
    assert_eq!(
        AuditLog::verify(&changed, None).unwrap_err().to_string(),
        "line 3: the line was changed"
    );
    let shorter: String = text.split_inclusive('\n').skip(1).collect();
    assert_eq!(AuditLog::verify(&shorter, None).unwrap_err().line, 1);
    assert_eq!(AuditLog::verify("", None), Ok(0));
}

#[test]
fn readings_are_written_once_an_hour() {
    let log = AuditLog::in_memory();
    for minute in 0..180 {
        log.record_read(Action::StatisticsRead, START + minute * 60_000)
            .unwrap();
        log.record_read(Action::FeedbackRead, START + minute * 60_000)
            .unwrap();
    }
    assert_eq!(AuditLog::verify(&log.text(), None), Ok(6));
}

struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn scratch(name: &str) -> Scratch {
    let unique = format!("captcha-audit-{name}-{}.jsonl", std::process::id());
    Scratch(std::env::temp_dir().join(unique))
}

#[test]
fn a_file_is_continued_locked_and_refused_when_broken() {
    let path = scratch("whole");
    let open = || AuditLog::open(&path.0);
    let log = open().unwrap();
    log.record(Action::Purge, String::new(), START).unwrap();
    let error = open().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("in use"), "{error}");
    drop(log);

    let log = open().unwrap();
    log.record(Action::Revoke, "again".to_owned(), START + 1)
        .unwrap();
    let text = std::fs::read_to_string(&path.0).unwrap();
    assert_eq!(text, log.text());
    assert_eq!(AuditLog::verify(&text, None), Ok(2));
    drop(log);

    std::fs::write(&path.0, text.replacen("purge", "revoke", 1)).unwrap();
    let error = open().unwrap_err().to_string();
    assert!(error.contains("line 1: the line was changed"), "{error}");
}

#[test]
fn a_line_that_was_cut_off_is_taken_out_and_the_chain_goes_on() {
    let path = scratch("cut");
    let text = filled(3).text();
    let whole: String = text.split_inclusive('\n').take(2).collect();
    // Cut within the last line, anywhere, and within a character too.
    for end in whole.len()..text.len() {
        std::fs::write(&path.0, &text[..end]).unwrap();
        let log = AuditLog::open(&path.0).unwrap();
        assert_eq!(log.text(), whole, "{end}");
        log.record(Action::Purge, "é".to_owned(), START).unwrap();
        drop(log);
        let mended = std::fs::read_to_string(&path.0).unwrap();
        assert_eq!(AuditLog::verify(&mended, None), Ok(3));
    }
    std::fs::write(&path.0, [text.as_bytes(), &"é".as_bytes()[..1]].concat()).unwrap();
    assert_eq!(AuditLog::open(&path.0).unwrap().text(), text);
    // A whole line that does not fit is no accident, and stays.
    std::fs::write(&path.0, format!("{text}{{}}\n")).unwrap();
    let error = AuditLog::open(&path.0).unwrap_err().to_string();
    assert!(error.contains("line 4"), "{error}");
    assert_eq!(
        std::fs::read_to_string(&path.0).unwrap().len(),
        text.len() + 3
    );
}

#[test]
fn after_a_line_that_could_not_be_taken_back_none_is_written() {
    let path = scratch("failed");
    let log = AuditLog::open(&path.0).unwrap();
    log.record(Action::Purge, String::new(), START).unwrap();
    let handle = |write: bool| {
        let file = OpenOptions::new().read(true).append(write).open(&path.0);
        log.lock().file.replace(file.unwrap()).unwrap()
    };
    let record = || log.record(Action::Purge, String::new(), START);
    // A handle for reading alone takes no line, and cannot shorten the file.
    let good = handle(false);
    assert!(record().is_err());
    log.lock().file = Some(good);
    let error = record().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("opened again"), "{error}");
    assert_eq!(log.lock().lines, 1);
    // The control: it was the failure that stopped it.
    log.lock().failed = false;
    record().unwrap();
    drop(handle(true));
    record().unwrap();
    let text = std::fs::read_to_string(&path.0).unwrap();
    assert_eq!(AuditLog::verify(&text, None), Ok(3));
}
