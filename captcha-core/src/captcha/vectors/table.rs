//! The vectors: what is accepted, and what comes from elsewhere. What comes from another time or
//! another key is in [`timed`], what is out of shape in [`bent`], what was tagged otherwise in [`tagged`].

mod bent;
mod tagged;
mod timed;

use super::{
    DerivedKey, Expected, Outcome, Secret, SecretKey, Vector,
    forge::{NOW, Parts, SECRET, SITE, key_id, mac, own, secret},
};
use crate::privacy::audit::hex;

/// A secret of bytes that are no text, as one is after a rotation.
const OLD: &str = "8f03f1c2d45b9e7700ab12ce6d5fe3498810b7a4ffd93c26e15807c94ab2d36f";
const OLDER: &str = "e8c4a1f7390d52b6017fbc48de95238a64f01b97c35ead1209f38476bde05c1a";

fn text(secret: &str) -> Secret {
    Secret::Text(secret.to_owned())
}

fn old() -> Secret {
    Secret::Hex(OLD.to_owned())
}

fn older() -> Secret {
    Secret::Hex(OLDER.to_owned())
}

/// A token under the settings that are the same in most vectors.
fn vector(name: &str, token: String, verdict: Outcome) -> Vector {
    Vector {
        name: name.to_owned(),
        secret: text(SECRET),
        verify_only: Vec::new(),
        site: SITE.to_owned(),
        action: "signup".to_owned(),
        now: NOW,
        generation: Expected {
            configured: 3,
            store: 0x0102_0304_0506_0708,
        },
        token,
        verdict,
    }
}

fn good(name: &str, parts: &Parts) -> Vector {
    Vector {
        action: String::from_utf8(parts.action.clone()).unwrap(),
        ..vector(name, parts.token(), ok(parts))
    }
}

fn bad(name: &str, kind: &str, token: String) -> Vector {
    vector(name, token, Outcome::Error(kind.to_owned()))
}

fn malformed(name: &str, token: String) -> Vector {
    bad(name, "malformed", token)
}

fn ok(parts: &Parts) -> Outcome {
    Outcome::Ok {
        id: hex(&parts.id),
        action: String::from_utf8(parts.action.clone()).unwrap(),
        issued: parts.issued,
        expires: parts.expires,
    }
}

fn with_action(action: impl AsRef<[u8]>) -> Parts {
    Parts {
        action: action.as_ref().to_vec(),
        ..Parts::default()
    }
}

pub(super) fn vectors() -> Vec<Vector> {
    let groups = [
        accepted(),
        sites_and_actions(),
        timed::vectors(),
        bent::vectors(),
        tagged::vectors(),
    ];
    groups.into_iter().flatten().collect()
}

pub(super) fn keys() -> Vec<DerivedKey> {
    let long = "x8K".repeat(70) + "!2345?";
    let (one, other) = (text(SECRET), old());
    let key = |secret: &Secret, purpose: &str, site: &str| {
        let from = super::forge::secret(secret);
        DerivedKey {
            key: match purpose {
                "key-id" => hex(&key_id(&from, site)),
                _ => hex(&*super::derive::<64>(&from, purpose, site).unwrap()),
            },
            secret: secret.clone(),
            purpose: purpose.to_owned(),
            site: site.to_owned(),
        }
    };
    vec![
        key(&one, "token", SITE),
        key(&one, "key-id", SITE),
        key(&one, "token", "a"),
        key(&one, "toke", "na"),
        key(&one, "challenge", SITE),
        key(&other, "token", SITE),
        key(&other, "key-id", SITE),
        key(&text(&long), "token", SITE),
        key(&text(&long), "key-id", SITE),
    ]
}

fn accepted() -> Vec<Vector> {
    let long = "x8K".repeat(70) + "!2345?";
    let of = |name: &str, from: Secret, site: &str| {
        let key: SecretKey = secret(&from);
        let parts = Parts {
            key_id: key_id(&key, site),
            ..Parts::default()
        };
        Vector {
            secret: from,
            site: site.to_owned(),
            ..vector(name, parts.token_of(&key, site), ok(&parts))
        }
    };
    vec![
        good("a token", &Parts::default()),
        good("an action of one character", &with_action("a")),
        good(
            "an action of 64 characters",
            &with_action("Az09-_zA".repeat(8)),
        ),
        good(
            "an id of zeros",
            &Parts {
                id: [0; 16],
                ..Parts::default()
            },
        ),
        good(
            "an id of ones",
            &Parts {
                id: [0xff; 16],
                ..Parts::default()
            },
        ),
        of("a secret that is no text", old(), SITE),
        of(
            "a secret longer than a block of the hash",
            text(&long),
            SITE,
        ),
        of("a site of one character", text(SECRET), "a"),
        of(
            "a site of 64 characters",
            text(SECRET),
            &"Shop~:8!".repeat(8),
        ),
    ]
}

fn sites_and_actions() -> Vec<Vector> {
    let parts = Parts::default();
    let of_site = |site: &str| {
        let parts = Parts {
            key_id: key_id(&own(), site),
            ..Parts::default()
        };
        parts.token_of(&own(), site)
    };
    let key_of_here = |site: &str| parts.over(&parts.authenticated("token", site));
    let key_of_there = |site: &str| {
        parts.with_tag(&mac(
            &own(),
            "token",
            site,
            &parts.authenticated("token", SITE),
        ))
    };
    let other = |name: &str, action: &[u8]| bad(name, "wrong-action", with_action(action).token());
    vec![
        malformed("of another site", of_site("forum.example")),
        malformed(
            "of a site whose name is a beginning of this one",
            of_site("shop.exampl"),
        ),
        malformed("of a site whose name goes on", of_site("shop.example2")),
        malformed("of a site in capitals", of_site("SHOP.EXAMPLE")),
        malformed(
            "another site in what is authenticated alone",
            key_of_here("forum.example"),
        ),
        malformed(
            "another site in the key alone",
            key_of_there("forum.example"),
        ),
        other("of another action", b"login"),
        other("of an action in capitals", b"SIGNUP"),
        other("of an action that is a beginning of this one", b"sign"),
        other("of an action that goes on", b"signup2"),
        other("an action with a zero byte behind it", b"signup\0"),
        other("an action with a space behind it", b"signup "),
        other("an action of no characters", b""),
        other("an action outside of ASCII", "s\u{ed}gnup".as_bytes()),
        other(
            "an action of 128 bytes, a length with its highest bit",
            &[b'a'; 128],
        ),
        other("an action of 255 bytes", &[b'a'; 255]),
    ]
}
