//! Work stamps: a nonce is accepted when SHA-256 says so, and only as a whole number in JSON.

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use captcha_core::{Answer, Captcha, ErrorKind, Kind, endpoint::BODY_LIMIT, testing::block_on};
use sha2::{Digest, Sha256};

use super::{
    Target,
    site::{Call, engine},
};

/// Zero bits that the engine's stamps ask for.
const BITS: u32 = 8;

pub const TARGET: Target = Target {
    name: "work",
    run,
    seeds,
    mutations: 60_000,
    controls: &[
        || fits(&[0; 16], 1, None),
        || fits(&[0; 16], 1 << 53, None),
        || fits(&[0; 16], smallest(&[0; 16]), Some(ErrorKind::WrongAnswer)),
        || fits(&[0; 16], 1, Some(ErrorKind::Malformed)),
    ],
};

struct Site {
    captcha: Captcha,
    challenge: String,
    salt: Vec<u8>,
}

static SITE: LazyLock<Site> = LazyLock::new(|| {
    let captcha = engine();
    let issued = block_on(captcha.issue(Some(Kind::Work), None)).expect("there is nothing to draw");
    Site {
        salt: URL_SAFE_NO_PAD
            .decode(issued.work.salt)
            .expect("a salt is base64url"),
        challenge: issued.challenge,
        captcha,
    }
});

fn seeds() -> Vec<Vec<u8>> {
    let right = smallest(&SITE.salt);
    let nonces = [right, 0, 1, (1 << 53) - 1, 1 << 53, u64::MAX];
    let numbers =
        nonces.map(|nonce| [&nonce.to_be_bytes()[..], nonce.to_string().as_bytes()].concat());
    let other = [
        "-1",
        "1.0",
        "1e3",
        "\"5\"",
        "null",
        "18446744073709551616",
        " 7 ",
        "01",
        "[]",
        "-0",
    ];
    let other = other.map(|text| [&right.to_be_bytes()[..], text.as_bytes()].concat());
    numbers.into_iter().chain(other).collect()
}

/// The first eight bytes are a nonce, the rest stands in the JSON where a nonce should.
pub fn run(data: &[u8]) {
    let Some((nonce, text)) = data.split_first_chunk::<8>() else {
        return;
    };
    let (site, nonce) = (&*SITE, u64::from_be_bytes(*nonce));
    let judged = block_on((site.captcha).answer(&site.challenge, &Answer::from_json("{}"), nonce));
    fits(&site.salt, nonce, judged.err().map(|error| error.kind()));
    let start = format!(
        r#"{{"challenge":"{}","answer":{{}},"work":"#,
        site.challenge
    );
    let body = [start.as_bytes(), text, b"}"].concat();
    let call = Call {
        method: "POST",
        path: "/answer",
        headers: vec![("content-type", b"application/json; charset=utf-8")],
        body: &body,
        ..Call::default()
    };
    let expected = match number(text) {
        _ if body.len() > BODY_LIMIT => 413,
        None => 400,
        Some(nonce) if is_right(&site.salt, nonce) => 200,
        Some(_) => 422,
    };
    assert_eq!(
        call.answer(&site.captcha).status,
        expected,
        "{}",
        text.escape_ascii()
    );
}

fn fits(salt: &[u8], nonce: u64, refused: Option<ErrorKind>) {
    let expected = (!is_right(salt, nonce)).then_some(ErrorKind::WrongAnswer);
    assert_eq!(refused, expected, "{nonce}");
}

fn is_right(salt: &[u8], nonce: u64) -> bool {
    let digest = Sha256::new()
        .chain_update(salt)
        .chain_update(nonce.to_be_bytes())
        .finalize();
    let first = digest
        .first_chunk()
        .map_or(u64::MAX, |first| u64::from_be_bytes(*first));
    nonce < 1 << 53 && first.leading_zeros() >= BITS
}

fn smallest(salt: &[u8]) -> u64 {
    (0..)
        .find(|nonce| is_right(salt, *nonce))
        .unwrap_or_default()
}

/// A whole number as JSON writes it, with white space around it.
fn number(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let digits = text.trim_matches([' ', '\t', '\n', '\r']);
    let number: u64 = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}
