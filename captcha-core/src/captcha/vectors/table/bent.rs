//! What is out of shape: flipped bits, other encodings, other lengths.

use super::{
    super::forge::{Parts, SITE, bytes, mac, own, prefixed},
    Vector, malformed,
};
use crate::{
    privacy::audit::hex,
    seal::{MAX_LENGTH, to_text},
};

pub(super) fn vectors() -> Vec<Vector> {
    let groups = [flips(), encodings(), lengths()];
    groups.into_iter().flatten().collect()
}

/// One bit of each field, after the tag was made.
fn flips() -> Vec<Vector> {
    let wire = bytes(&Parts::default().token());
    let last = wire.len() - 1;
    let places = [
        ("the version", 0, 1),
        ("the version, its highest bit", 0, 0x80),
        ("the key id", 1, 1),
        ("the configured generation", 8, 1),
        ("the store's generation", 16, 1),
        ("the id", 17, 0x80),
        ("the time of issue", 40, 1),
        ("the time of expiry", 41, 0x80),
        ("the length of the action", 49, 2),
        ("the action", 50, 0x20),
        ("the first byte of the tag", last - 31, 0x80),
        ("the last byte of the tag", last, 1),
    ];
    let flipped = places.map(|(field, at, bit)| {
        let mut bent = wire.clone();
        bent[at] ^= bit;
        malformed(&format!("a flipped bit in {field}"), to_text(&bent))
    });
    flipped.into()
}

fn encodings() -> Vec<Vector> {
    let token = Parts::default().token();
    let (stem, last) = token.split_at(token.len() - 1);
    // 88 bytes leave four bits over, which are zero: the next letter has the lowest of them set.
    let next = char::from(last.as_bytes()[0] + 1);
    let (left, right) = token.split_at(40);
    let base64 = token.replace('_', "/").replace('-', "+");
    vec![
        malformed("stray bits in the last character", format!("{stem}{next}")),
        malformed("padded as base64 is", format!("{token}==")),
        malformed("padded by one character", format!("{token}=")),
        malformed("a character behind it", format!("{token}A")),
        malformed("base64 instead of base64url", base64),
        malformed("one character of base64", token.replacen('_', "/", 1)),
        malformed("a space before it", format!(" {token}")),
        malformed("a line end behind it", format!("{token}\n")),
        malformed("a line end within", format!("{left}\r\n{right}")),
        malformed("a space within", format!("{left} {right}")),
        malformed("a zero byte behind it", format!("{token}\0")),
        malformed("percent-encoded", token.replacen('_', "%5F", 1)),
        malformed("in quotes", format!("\"{token}\"")),
        malformed("in capitals", token.to_uppercase()),
        malformed("a full-width letter", token.replacen('A', "\u{ff21}", 1)),
        malformed("in hexadecimal", hex(&bytes(&token))),
        malformed("twice, behind each other", format!("{token}{token}")),
        malformed("twice, joined by a comma", format!("{token},{token}")),
    ]
}

fn lengths() -> Vec<Vector> {
    let (parts, token) = (Parts::default(), Parts::default().token());
    let wire = bytes(&token);
    let bare = |length: usize| to_text(&wire[..length]);
    let long = |length: usize| {
        let parts = Parts {
            tail: vec![0; length * 3 / 4 - wire.len()],
            ..Parts::default()
        };
        let token = parts.token();
        assert_eq!(token.len(), length);
        token
    };
    let header = parts.header();
    let nothing = prefixed(&[b"token", SITE.as_bytes(), &header, b""]);
    let nothing = mac(&own(), "token", SITE, &nothing);
    vec![
        malformed("empty", String::new()),
        malformed("one character", "A".to_owned()),
        malformed("a space alone", " ".to_owned()),
        malformed("the header without its last byte", bare(16)),
        malformed("the header alone", bare(17)),
        malformed("the header and 31 bytes", bare(17 + 31)),
        malformed("without its tag", bare(wire.len() - 32)),
        malformed("without the last byte of its tag", bare(wire.len() - 1)),
        malformed("without its last character", stem(&token)),
        malformed("without its first character", token[1..].to_owned()),
        malformed("rightly tagged, without content", {
            to_text(&[&header[..], &nothing].concat())
        }),
        malformed("1,024 characters, the most that are looked at", {
            long(MAX_LENGTH)
        }),
        malformed("1,028 characters, rightly tagged", long(MAX_LENGTH + 4)),
        malformed("1,025 characters of nothing", "A".repeat(MAX_LENGTH + 1)),
    ]
}

fn stem(token: &str) -> String {
    token[..token.len() - 1].to_owned()
}
