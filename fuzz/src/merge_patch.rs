//! `PATCH privacy/data`: nothing but a selection is kept, and what was kept is what the patch said.

use std::{fmt, sync::LazyLock};

use captcha_core::{Captcha, endpoint::BODY_LIMIT};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::{
    Target,
    site::{Call, engine, header},
};

pub const TARGET: Target = Target {
    name: "merge_patch",
    run,
    seeds,
    mutations: 40_000,
    controls: &[
        || fits(&Map::new(), br#"{"theme":"dark"}"#, 200, &shown("{}")),
        || {
            fits(
                &Map::new(),
                br#"{"theme":"x"}"#,
                200,
                &shown(r#"{"theme":"dark"}"#),
            )
        },
        || {
            fits(
                &shown(r#"{"theme":"dark"}"#),
                br#"{"kind":null}"#,
                200,
                &shown("{}"),
            )
        },
        || {
            fits(
                &Map::new(),
                br#"{"theme":"light","theme":"dark"}"#,
                200,
                &shown(r#"{"theme":"dark"}"#),
            )
        },
        || fits(&Map::new(), br#"{"consent":"granted"}"#, 200, &shown("{}")),
        || fits(&Map::new(), b"[]", 200, &shown("{}")),
        || fits(&Map::new(), br#"{"theme":"dark"}"#, 422, &Map::new()),
    ],
};

const FIELDS: [&str; 5] = ["language", "theme", "kind", "contrast", "motion"];

static CAPTCHA: LazyLock<Captcha> = LazyLock::new(engine);

/// All five selections, those that are not named being open.
fn shown(json: &str) -> Map<String, Value> {
    let some: Map<String, Value> = serde_json::from_str(json).expect("it is written above");
    let value = |name: &str| some.get(name).cloned().unwrap_or_default();
    FIELDS
        .map(|name| (name.to_owned(), value(name)))
        .into_iter()
        .collect()
}

fn seeds() -> Vec<Vec<u8>> {
    let patches: [&[u8]; 17] = [
        br#"{"language":"zh-Hant","theme":"dark","kind":"audio","contrast":"more","motion":"reduce"}"#,
        br#"{"theme":null,"kind":null}"#,
        b"{}",
        br#"{"theme":"light","theme":"dark"}"#,
        br#"{"th\u0065me":"light"}"#,
        br#"{"theme":"DARK"}"#,
        br#"{"theme":1}"#,
        br#"{"theme":{"theme":"dark"}}"#,
        br#"{"session_id":null}"#,
        br#"{"consent":"granted","theme":"dark"}"#,
        br#"{"other":"dark"}"#,
        br#"[{"theme":"dark"}]"#,
        br#"["theme","dark"]"#,
        br#"{"language":"tlh"}"#,
        br#"{"language":"en\u0000"}"#,
        b"\xef\xbb\xbf{}",
        b"null",
    ];
    let number = 0..;
    patches
        .iter()
        .zip(number)
        .map(|(patch, number)| [&[number], *patch].concat())
        .collect()
}

/// The first byte chooses what was selected before, the rest is the patch.
pub fn run(data: &[u8]) {
    let Some((before, patch)) = data.split_first() else {
        return;
    };
    let earlier = match before % 3 {
        0 => "{}",
        1 => r#"{"theme":"dark","contrast":"more"}"#,
        _ => {
            r#"{"language":"pl","theme":"light","kind":"drag","contrast":"more","motion":"reduce"}"#
        }
    };
    let (_, _, cookie) = send(earlier.as_bytes(), "");
    let (status, selected, kept) = send(patch, &cookie);
    fits(&shown(earlier), patch, status, &selected);
    if status == 200 {
        // The cookie alone holds it, and the same selections give the same bytes.
        let again = send(b"{}", &kept);
        assert_eq!(again, (200, selected, kept));
    }
}

/// Sends a patch with a cookie: the status, what is selected, and the cookie that keeps it.
fn send(patch: &[u8], cookie: &str) -> (u16, Map<String, Value>, String) {
    let call = Call {
        method: "PATCH",
        path: "/privacy/data",
        headers: vec![
            ("content-type", b"application/merge-patch+json"),
            ("cookie", cookie.as_bytes()),
        ],
        body: patch,
        ..Call::default()
    };
    let response = call.answer(&CAPTCHA);
    let selected = match response.status {
        200 => serde_json::from_slice(&response.body).expect("it is JSON"),
        _ => Map::new(),
    };
    let kept = header(&response, "set-cookie").and_then(|value| value.split_once(';'));
    (
        response.status,
        selected,
        kept.map(|(pair, _)| pair.to_owned()).unwrap_or_default(),
    )
}

fn fits(earlier: &Map<String, Value>, patch: &[u8], status: u16, selected: &Map<String, Value>) {
    let said = || format!("{} gives {status} {selected:?}", patch.escape_ascii());
    if patch.len() > BODY_LIMIT {
        return assert_eq!(status, 413);
    }
    // Each name once: another reader would take the other of two.
    let Ok(Once(patch)) = serde_json::from_slice(patch) else {
        return assert_eq!(status, 400, "{}", said());
    };
    let known = |(name, value): (&String, &Value)| match (name.as_str(), value) {
        (name, Value::Null) => FIELDS.contains(&name),
        ("theme", value) => value == "light" || value == "dark",
        ("contrast", value) => value == "more",
        ("motion", value) => value == "reduce",
        ("kind", value) => value
            .as_str()
            .and_then(captcha_core::Kind::from_name)
            .is_some(),
        // Which languages there are is the library's to know.
        ("language", Value::String(_)) => status == 200,
        _ => false,
    };
    if patch.iter().all(known) {
        let mut expected = shown("{}");
        expected.extend(earlier.clone());
        expected.extend(patch);
        assert_eq!((status, selected), (200, &expected), "{}", said());
    } else {
        assert!(matches!(status, 403 | 422), "{}", said());
    }
}

/// An object in which no name comes twice.
struct Once(Map<String, Value>);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Once;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Once, A::Error> {
                let mut once = Map::new();
                while let Some((name, value)) = entries.next_entry()? {
                    if once.insert(name, value).is_some() {
                        return Err(serde::de::Error::custom("a name comes twice"));
                    }
                }
                Ok(Once(once))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}
