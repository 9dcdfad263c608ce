//! Input that nobody may get anything by.

/// Names that a client might set to be let off.
pub const FIELDS: [&str; 120] = [
    "accepted",
    "admin",
    "algorithm",
    "allow",
    "alternatives",
    "answered",
    "approved",
    "attempts",
    "audio",
    "authorized",
    "bits",
    "bot",
    "bypass",
    "captcha",
    "captcha-token",
    "captchaSolved",
    "captcha_type",
    "cdata",
    "challengeId",
    "challenge_id",
    "chars",
    "check",
    "clear",
    "client",
    "code",
    "complexity",
    "config",
    "confidence",
    "correct",
    "cost",
    "count",
    "debug",
    "dev",
    "difficulty",
    "disabled",
    "done",
    "easy",
    "enabled",
    "expire",
    "expired",
    "expires",
    "expires_at",
    "expires_in",
    "expiry",
    "force",
    "free",
    "frame",
    "generation",
    "granted",
    "height",
    "hostname",
    "human",
    "id",
    "image",
    "ip",
    "isHuman",
    "isValid",
    "iss",
    "issued",
    "iv",
    "kid",
    "kinds",
    "length",
    "level",
    "level_id",
    "life",
    "limit",
    "max",
    "maxNumber",
    "maxnumber",
    "min",
    "mode",
    "nonce",
    "ok",
    "options",
    "origin",
    "override",
    "passed",
    "passthrough",
    "prefs",
    "prompt",
    "purpose",
    "random",
    "remoteip",
    "result",
    "retries",
    "risk",
    "role",
    "salt",
    "score",
    "secret",
    "seed",
    "session",
    "signature",
    "site",
    "sitekey",
    "size",
    "skip",
    "skipped",
    "solution",
    "solved",
    "spent",
    "status",
    "success",
    "test",
    "testing",
    "threshold",
    "timeout",
    "token",
    "tolerance",
    "trusted",
    "ttl",
    "type",
    "user",
    "valid",
    "verdict",
    "verified",
    "verify",
    "version",
    "width",
];

/// Bodies that are no JSON object of the protocol, for any route that reads JSON.
pub const BODIES: [&[u8]; 40] = [
    b"",
    b" ",
    b"\n\r\t",
    b"null",
    b"true",
    b"0",
    b"-1.5e3",
    b"\"\"",
    b"\"challenge\"",
    b"[]",
    b"[{}]",
    b"[null,null,null]",
    b"[\"slide\",\"signup\",\"en\"]",
    b"{",
    b"}",
    b"{}}",
    b"{}{}",
    b"{} x",
    b"{,}",
    b"{\"kind\"}",
    b"{\"kind\":}",
    b"{\"kind\":\"work\",}",
    b"{kind:\"work\"}",
    b"{'kind':'work'}",
    b"{\"kind\":\"work\"//x\n}",
    b"\xef\xbb\xbf{}",
    b"{\"kind\":\"work\"}\0",
    b"{\"kind\":\"\xff\"}",
    b"{\"kind\":\"\\ud800\"}",
    b"{\"kind\":\"wo\nrk\"}",
    b"{\"\":1}",
    b"{\"Kind\":\"work\"}",
    b"{\"kind \":\"work\"}",
    b"{\"kind\\u0000\":\"work\"}",
    b"{\"__proto__\":{\"solved\":true}}",
    b"{\"constructor\":{}}",
    b"kind=work",
    b"<kind>work</kind>",
    b"NaN",
    b"\x1f\x8b\x08\0\0\0\0\0",
];

/// JSON that is nested too deep to be anything.
#[must_use]
pub fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

/// Content types that are not JSON, whatever the body is.
pub const NOT_JSON: [&str; 12] = [
    "",
    "text/plain",
    "text/plain; charset=application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/json",
    "application/json5",
    "application/jsonx",
    "application/problem+json",
    "application",
    "application/javascript",
    "*/*",
];

/// Strings that would be markup or a command wherever they were reflected unescaped.
pub const MARKUP: [&str; 10] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{challenge}}",
    "{{action}}",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "a\" autofocus onfocus=\"alert(1)",
    "\u{202e}gnp.exe",
    "signup\r\nset-cookie: a=b",
];

/// A form's or query's value, every byte escaped that is not plain.
#[must_use]
pub fn escaped(value: &str) -> String {
    (value.bytes())
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// Strings that a sealed string is not, though each is close to it.
#[must_use]
pub fn forgeries(sealed: &str) -> Vec<String> {
    let mut forged = vec![
        String::new(),
        "A".to_owned(),
        "null".to_owned(),
        "A".repeat(22),
        "A".repeat(1_024),
        "A".repeat(1_025),
        "A".repeat(4_096),
        format!("{sealed}="),
        format!("{sealed}=="),
        format!("{sealed}A"),
        format!("{sealed}AAAA"),
        format!("A{sealed}"),
        format!("{sealed}{sealed}"),
        sealed.chars().rev().collect(),
        sealed.to_lowercase(),
        sealed.to_uppercase(),
        format!("{sealed}.{sealed}"),
        format!("{}+/{}", &sealed[..10], &sealed[12..]),
        format!("{}%00", &sealed[..20]),
    ];
    // Every part of it in turn: version, key id, generation, nonce or content, tag.
    for at in (0..sealed.len())
        .step_by(7)
        .chain([1, 2, 5, 6, 22, 23, sealed.len() - 1])
    {
        forged.push(swapped(sealed, at));
        forged.push(sealed[..at].to_owned());
    }
    forged
}

/// The string with another character of the alphabet in one place.
#[must_use]
pub fn swapped(sealed: &str, at: usize) -> String {
    let mut bytes = sealed.as_bytes().to_vec();
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).unwrap()
}
