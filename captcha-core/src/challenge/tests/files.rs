//! The files of many challenges: none twice, and nothing in them but pixels.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::*;

/// What of a file could tell the answer: chunks beside those that a picture needs, bytes after its
/// end, and numbers that are not the same for every challenge. The row of a piece that slides is
/// shown by the picture.
fn told(file: &File, facts: &[(String, u64)]) -> Option<String> {
    let told = |what: &str| Some(format!("{what} of {}", file.name));
    if file
        .facts
        .iter()
        .zip(facts)
        .any(|(one, other)| one != other && one.0 != "y")
    {
        return told("facts");
    }
    if file.media_type != "image/png" {
        return None;
    }
    let mut rest = file.bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let mut names = Vec::new();
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        names.push(head[4..].to_vec());
        rest = tail.get(length + 4..)?;
        if head[4..] == *b"IEND" {
            break;
        }
    }
    // More than one IDAT is one stream in parts.
    names.dedup();
    names.retain(|name| name != b"tRNS");
    let needed = [b"IHDR", b"PLTE", b"IDAT", b"IEND"];
    if names != needed || !rest.is_empty() {
        return told("chunks or bytes");
    }
    None
}

#[test]
fn no_file_comes_twice_and_none_holds_more_than_pixels() {
    let challenges = count(500, 10_000);
    std::thread::scope(|scope| {
        for kind in drawn() {
            scope.spawn(move || {
                let facts: Vec<_> = Drawn::new(kind, Difficulty::Normal, 0)
                    .files
                    .into_iter()
                    .map(|file| file.facts)
                    .collect();
                let mut seen = HashSet::new();
                for seed in 0..challenges {
                    let drawn = Drawn::new(kind, Difficulty::Normal, seed);
                    assert_eq!(drawn.files.len(), facts.len());
                    for (file, facts) in drawn.files.iter().zip(&facts) {
                        assert_eq!(told(file, facts), None, "{kind:?}");
                        let mut hasher = DefaultHasher::new();
                        file.bytes.hash(&mut hasher);
                        assert!(
                            seen.insert(hasher.finish()),
                            "{kind:?}: {} twice",
                            file.name
                        );
                    }
                }
            });
        }
    });
}

#[test]
fn a_file_that_tells_more_is_caught() {
    let mut drawn = Drawn::new(Kind::Slide, Difficulty::Normal, 1);
    let facts: Vec<_> = drawn.files.iter().map(|file| file.facts.clone()).collect();
    let mut caught = |change: fn(&mut File)| {
        let file = &mut drawn.files[0];
        let (bytes, kept) = (file.bytes.clone(), file.facts.clone());
        change(file);
        let caught = told(file, &facts[0]).is_some();
        (file.bytes, file.facts) = (bytes, kept);
        caught
    };
    assert!(!caught(|_| ()));
    assert!(caught(|file| file.bytes.extend(b"x=120")));
    assert!(caught(|file| {
        let text = [&[0, 0, 0, 5][..], b"tEXtx=120", &[0; 4]].concat();
        let at = file.bytes.len() - 12;
        file.bytes.splice(at..at, text);
    }));
    assert!(caught(|file| file.facts[0].1 += 1));
}

#[test]
fn at_every_difficulty_the_same_seed_draws_the_same_within_the_budget() {
    for kind in drawn() {
        for difficulty in DIFFICULTIES {
            let budget = match (kind, difficulty) {
                (Kind::Text, _) => 12,
                (Kind::Rotate, _) => 24,
                (Kind::Slide | Kind::Click | Kind::Drag, _) => 20,
                // The budget is for five digits.
                (_, Difficulty::Hard) => 72,
                _ => 60,
            };
            for seed in 0..count(20, 2_000) {
                let one = Drawn::new(kind, difficulty, seed);
                let other = Drawn::new(kind, difficulty, seed);
                assert_eq!(one.solution, other.solution);
                for (one, other) in one.files.iter().zip(&other.files) {
                    assert!(one.bytes == other.bytes, "{kind:?} {difficulty:?} {seed}");
                }
                let bytes: usize = one.files.iter().map(|file| file.bytes.len()).sum();
                assert!(bytes <= budget * 1024, "{kind:?} {difficulty:?}: {bytes}");
            }
            let spec = Spec {
                difficulty,
                ..Spec::of(kind)
            };
            assert!((0.0..0.1).contains(&spec.blind_guess()), "{kind:?}");
        }
    }
}
