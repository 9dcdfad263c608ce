//! Tags over something else, under another key, or rightly over a content that is out of shape.

use super::{
    super::forge::{Parts, SECRET, SITE, bytes, mac, mac_with, odd_key, own, prefixed},
    Vector, bad, malformed, with_action,
};
use crate::{
    key::KeyRing,
    seal::{Generation, Purpose, Sealer, to_text},
};

pub(super) fn vectors() -> Vec<Vector> {
    let groups = [contents(), tags(), other_keys(), purposes(), splices()];
    groups.into_iter().flatten().collect()
}

/// Rightly tagged, so that only a reader of the content finds out.
fn contents() -> Vec<Vector> {
    let (header, content) = (Parts::default().header(), Parts::default().content());
    let behind = |tail: &[u8]| {
        let tail = tail.to_vec();
        Parts {
            tail,
            ..Parts::default()
        }
        .token()
    };
    let of = |content: &[u8]| {
        let input = prefixed(&[b"token", SITE.as_bytes(), &header, content]);
        let tag = mac(&own(), "token", SITE, &input);
        to_text(&[&header[..], content, &tag].concat())
    };
    let counted = |length: u8| {
        let mut content = content.clone();
        content[32] = length;
        of(&content)
    };
    let version = |version: u8| {
        Parts {
            version,
            ..Parts::default()
        }
        .token()
    };
    let action = |action: &[u8]| with_action(action).token();
    let mark = action("\u{feff}signup".as_bytes());
    vec![
        malformed("a zero byte behind the content", behind(b"\0")),
        malformed("an action behind the action", behind(b"\x05login")),
        malformed("half an id", of(&content[..8])),
        malformed("no times", of(&content[..16])),
        malformed("no action", of(&content[..32])),
        malformed("an action cut short", of(&content[..content.len() - 1])),
        malformed("an action said to be a byte longer", counted(7)),
        malformed("an action said to be a byte shorter", counted(5)),
        malformed("an action said to be empty", counted(0)),
        malformed("an action said to have 255 bytes", counted(255)),
        malformed("an action that is no UTF-8", action(b"sign\xffp")),
        malformed("an action cut off within a character", action(b"signu\xc3")),
        malformed(
            "an action with a slash in two bytes",
            action(b"sign\xc0\xaf"),
        ),
        malformed(
            "an action with half of a pair of surrogates",
            action(b"sig\xed\xa0\x80"),
        ),
        malformed("version 0, rightly tagged", version(0)),
        malformed("version 2, rightly tagged", version(2)),
        malformed("version 129, rightly tagged", version(129)),
        bad("a byte order mark before the action", "wrong-action", mark),
    ]
}

fn tags() -> Vec<Vector> {
    let parts = Parts::default();
    let wire = bytes(&parts.token());
    let (body, tag) = wire.split_at(wire.len() - 32);
    let reversed: Vec<u8> = tag.iter().rev().copied().collect();
    let with = |name: &str, tag: &[u8]| malformed(name, parts.with_tag(tag));
    let other = Parts {
        id: [7; 16],
        ..parts.clone()
    };
    let moved = [&body[..17], tag, &body[17..]].concat();
    vec![
        with("a tag of zeros", &[0; 32]),
        with("a tag of ones", &[0xff; 32]),
        with("half a tag", &tag[..16]),
        with("half a tag and zeros", &[&tag[..16], &[0; 16]].concat()),
        with("zeros and half a tag", &[&[0; 16], &tag[16..]].concat()),
        with("a tag back to front", &reversed),
        with("a tag with another behind it", &[tag, tag].concat()),
        malformed("the tag before the content", to_text(&moved)),
        malformed("the tag of a token of another id", other.with_tag(tag)),
    ]
}

fn other_keys() -> Vec<Vector> {
    let (parts, site) = (Parts::default(), SITE.as_bytes());
    let input = parts.authenticated("token", SITE);
    let under = |name: &str, key: &[u8]| malformed(name, parts.with_tag(&mac_with(key, &input)));
    let (salt, info) = (Some(&b"captcha-core v1"[..]), prefixed(&[b"token", site]));
    let right = odd_key(salt, &info);
    let is_right = parts.with_tag(&mac_with(&right, &input)) == parts.token();
    assert!(
        is_right,
        "what is odd below is what the names say, and nothing else"
    );
    let swapped = prefixed(&[site, b"token"]);
    let joined = [b"token", site].concat();
    vec![
        under("the secret itself as the key", SECRET.as_bytes()),
        under("an empty key", b""),
        under("the first 32 bytes of the key", &right[..32]),
        under("a key without salt", &odd_key(None, &info)),
        under(
            "a key under another salt",
            &odd_key(Some(b"captcha-core v2"), &info),
        ),
        under("a key without site", &odd_key(salt, &prefixed(&[b"token"]))),
        under("a key whose info has no lengths", &odd_key(salt, &joined)),
        under(
            "a key whose info begins with the site",
            &odd_key(salt, &swapped),
        ),
    ]
}

/// What this site made for something else.
fn purposes() -> Vec<Vector> {
    let parts = Parts::default();
    let sealer = Sealer::new(&KeyRing::new(own()), SITE).unwrap();
    let generation = Generation {
        configured: parts.configured,
        store: parts.store,
    };
    let content = parts.content();
    let seal = |purpose| (sealer.seal(purpose, generation, [9; 24], &content)).unwrap();
    let tag = |purpose| sealer.tag(purpose, generation, &content);
    let of = |key: &str, purpose: &str| {
        parts.with_tag(&mac(&own(), key, SITE, &parts.authenticated(purpose, SITE)))
    };
    vec![
        malformed("sealed as a challenge", seal(Purpose::Challenge)),
        malformed("sealed as a session", seal(Purpose::Session)),
        malformed("sealed as a consent", seal(Purpose::Consent)),
        malformed("tagged as a challenge", tag(Purpose::Challenge)),
        malformed("tagged as a session", tag(Purpose::Session)),
        malformed(
            "tagged as a challenge, with its key",
            of("challenge", "challenge"),
        ),
        malformed(
            "tagged with the key of challenges",
            of("challenge", "token"),
        ),
        malformed("tagged as a token in capitals", of("token", "TOKEN")),
    ]
}

/// The right bytes under the right key, cut into parts elsewhere.
fn splices() -> Vec<Vector> {
    let (parts, site) = (Parts::default(), SITE.as_bytes());
    let (header, content) = (parts.header(), parts.content());
    let over = |name: &str, input: &[u8]| malformed(name, parts.over(input));
    let cut = |name: &str, cut: [&[u8]; 4]| over(name, &prefixed(&cut));
    let all: [&[u8]; 4] = [b"token", site, &header, &content];
    let lengths = |length: fn(usize) -> Vec<u8>| -> Vec<u8> {
        let each = all.map(|part| [&length(part.len())[..], part].concat());
        each.concat()
    };
    let short = lengths(|length| (length as u32).to_be_bytes().into());
    let turned = lengths(|length| (length as u64).to_le_bytes().into());
    let three = prefixed(&[b"token", site, &header]);
    let site_more = [site, &header[..1]].concat();
    let header_more = [&header[..], &content[..1]].concat();
    vec![
        cut(
            "the site begins a letter early",
            [b"toke", b"nshop.example", &header, &content],
        ),
        cut(
            "the site begins a letter late",
            [b"tokens", &site[1..], &header, &content],
        ),
        cut(
            "the site takes a byte of the header",
            [b"token", &site_more, &header[1..], &content],
        ),
        cut(
            "the header takes a byte of the content",
            [b"token", site, &header_more, &content[1..]],
        ),
        cut(
            "the site stands before the type",
            [site, b"token", &header, &content],
        ),
        over("the parts without lengths", &all.concat()),
        over("the parts joined by dots", &all.join(&b"."[..])),
        over("lengths of four bytes", &short),
        over("lengths of one byte", &lengths(|length| vec![length as u8])),
        over("lengths in the other byte order", &turned),
        over(
            "the content without its length",
            &[&three[..], &content].concat(),
        ),
        over("the content is not covered", &three),
        over(
            "the header is not covered",
            &prefixed(&[b"token", site, &content]),
        ),
        over(
            "the site is not covered",
            &prefixed(&[b"token", &header, &content]),
        ),
        over(
            "the type is not covered",
            &prefixed(&[site, &header, &content]),
        ),
        over("the content alone is covered", &content),
    ]
}
