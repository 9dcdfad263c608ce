//! The splitter of forms and JSON bodies: the token's field is taken out, the host's own are not
//! touched, and both readings of a body agree.

use std::collections::BTreeMap;

use captcha_core::endpoint::{
    guard::TokenField,
    payload::{Format, Split, find_token, split},
};
use serde_json::{Map, Value};

use super::{Target, site::says_nothing_of_the_input};

pub const TARGET: Target = Target {
    name: "form",
    run,
    seeds,
    mutations: 150_000,
    controls: &[
        || {
            form_fits(
                b"a=1&captcha-token=t",
                Some((TokenField::Absent, vec![pair("a", "1")])),
            )
        },
        || form_fits(b"captcha-token=t", Some((present("u"), vec![]))),
        || {
            form_fits(
                b"captcha-token=t&captcha-token=t",
                Some((present("t"), vec![])),
            )
        },
        || {
            form_fits(
                b"a=1&captcha-token=t&b=2",
                Some((present("t"), vec![pair("a", "1")])),
            )
        },
        || {
            json_fits(
                br#"{"captcha-token":1}"#,
                Some((TokenField::Absent, Map::new())),
            )
        },
        || json_fits(b"[]", Some((TokenField::Absent, Map::new()))),
        || json_fits(br#"{"a":1}"#, Some((TokenField::Absent, Map::new()))),
    ],
};

type Pairs = Vec<(String, String)>;

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn present(token: &str) -> TokenField {
    TokenField::Present(token.to_owned())
}

fn seeds() -> Vec<Vec<u8>> {
    let forms: [&[u8]; 12] = [
        b"name=Ada&captcha-token=AQAB&email=a%40b.example",
        b"captcha-token=",
        b"captcha-token",
        b"captcha%2Dtoken=a&b=c",
        b"%63aptcha-token=a%2Bb",
        b"captcha-token=a&captcha-token=b",
        b"captcha-token=&captcha%2dtoken=b",
        b"a=captcha-token&&=&a=b=c",
        b"a=%zz&%=%f&b=+%2B+",
        b"CAPTCHA-TOKEN=a&captcha_token=b&captcha-token+=c",
        b"a=\xff%ff",
        b"",
    ];
    let jsons: [&[u8]; 12] = [
        br#"{"name":"Ada","captcha-token":"AQAB"}"#,
        br#"{"captcha-token":null,"list":[1,2.5,{"captcha-token":"inner"}]}"#,
        br#"{"captcha-token":"a","captcha-token":"b"}"#,
        br#"{"captcha\u002dtoken":"a"}"#,
        br#"{"a":1,"a":2}"#,
        br#"{"captcha-token":["a"]}"#,
        br#"{"captcha-token":""}"#,
        br#"["captcha-token","a"]"#,
        br#"{"a":"\ud83d\ude00","b":1e400}"#,
        br#"{"a":{"b":{"b":1,"b":2}}}"#,
        b" {} ",
        b"null",
    ];
    let with = |first: u8| move |body: &[u8]| [&[first], body].concat();
    (forms.map(with(0)).into_iter())
        .chain(jsons.map(with(1)))
        .collect()
}

/// The first byte chooses the format, the rest is the body.
pub fn run(data: &[u8]) {
    match data.split_first() {
        None => {}
        Some((first, body)) if first % 2 == 0 => {
            let read = split::<Pairs>(Format::Form, body);
            form_fits(body, read.map(taken).map_err(quiet).ok());
            let typed = split::<BTreeMap<String, u8>>(Format::Form, body);
            let _ = typed.map_err(|problem| assert!(matches!(problem.status, 400 | 422)));
        }
        Some((_, body)) => {
            let read = split::<Map<String, Value>>(Format::Json, body);
            json_fits(body, read.map(taken).map_err(quiet).ok());
        }
    }
}

fn taken<T>(split: Split<T>) -> (TokenField, T) {
    (split.token, split.value)
}

fn quiet(problem: captcha_core::endpoint::Problem) {
    assert_eq!((problem.status, problem.kind), (400, "malformed"));
    says_nothing_of_the_input(&problem.detail);
}

/// What a form says, read as the URL standard does; `None` for what is no UTF-8.
fn pairs(body: &[u8]) -> Option<Pairs> {
    let text = std::str::from_utf8(body).ok()?;
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let decoded = pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    });
    Some(decoded.collect())
}

fn decoded(text: &str) -> String {
    let mut plain = Vec::new();
    let mut rest = text.as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    while let [byte, after @ ..] = rest {
        let number = match after {
            [high, low, ..] if *byte == b'%' => digit(*high).zip(digit(*low)),
            _ => None,
        };
        plain.push(match number {
            Some((high, low)) => (high * 16 + low) as u8,
            None if *byte == b'+' => b' ',
            None => *byte,
        });
        rest = if number.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn form_fits(body: &[u8], read: Option<(TokenField, Pairs)>) {
    let found = find_token(Format::Form, body).ok();
    let token = read.as_ref().map(|(token, _)| token);
    assert_eq!(found.as_ref(), token, "{}", body.escape_ascii());
    let expected = pairs(body).map(|pairs| {
        let (tokens, rest): (Pairs, Pairs) = pairs
            .into_iter()
            .partition(|(name, _)| name == "captcha-token");
        let token = match &tokens[..] {
            [] => TokenField::Absent,
            [(_, value)] if value.is_empty() => TokenField::Absent,
            [(_, value)] => present(value),
            _ => TokenField::Unreadable,
        };
        (token, rest)
    });
    assert_eq!(read, expected, "{}", body.escape_ascii());
}

fn json_fits(body: &[u8], read: Option<(TokenField, Map<String, Value>)>) {
    let found = find_token(Format::Json, body).ok();
    let token = read.as_ref().map(|(token, _)| token);
    assert_eq!(found.as_ref(), token, "{}", body.escape_ascii());
    let Some((token, rest)) = read else {
        return;
    };
    // Where it is read, another reader says the same, but for a token that came twice.
    let value: Value = serde_json::from_slice(body).expect("it was read");
    let mut object = value.as_object().expect("an object").clone();
    let single = match object.remove("captcha-token") {
        None | Some(Value::Null) => TokenField::Absent,
        Some(Value::String(text)) if text.is_empty() => TokenField::Absent,
        Some(Value::String(text)) => TokenField::Present(text),
        Some(_) => TokenField::Unreadable,
    };
    assert!(
        token == single || token == TokenField::Unreadable,
        "{}",
        body.escape_ascii()
    );
    assert_eq!(rest, object, "{}", body.escape_ascii());
}
