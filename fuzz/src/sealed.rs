//! Sealed and tagged strings: none is taken for anything unless this engine made it.

use std::{collections::HashSet, sync::LazyLock};

use captcha_core::{Answer, Captcha, CaptchaError, ErrorKind, Kind, testing::block_on};
use serde_json::Value;

use super::{
    Target,
    site::{Call, challenge, engine, header},
};

pub const TARGET: Target = Target {
    name: "sealed",
    run,
    seeds,
    mutations: 20_000,
    controls: &[
        || is_made("made up", &HashSet::new(), true),
        || is_made("made up", &HashSet::from(["made up".to_owned()]), false),
        || is_nobody_s(&of_another_action()),
    ],
};

struct Site {
    captcha: Captcha,
    tokens: HashSet<String>,
    challenges: HashSet<String>,
    pages: HashSet<String>,
    /// Names of cookies and what they hold.
    cookies: Vec<(String, String)>,
}

static SITE: LazyLock<Site> = LazyLock::new(|| {
    let captcha = engine();
    let token = |action| block_on(captcha.token_for_tests(Some(action)));
    let tokens = ["signup", "signup"].map(|action| token(action).expect("it is solved"));
    let challenges = Kind::ALL.map(|kind| challenge(&captcha, kind).0);
    let page = Call {
        method: "GET",
        path: "/frame",
        ..Call::default()
    };
    let page = String::from_utf8_lossy(&page.answer(&captcha).body).into_owned();
    let hidden = page.split("name=\"challenge\" value=\"").nth(1);
    let hidden = hidden.and_then(|rest| rest.split('"').next());
    let cookies = [
        ("POST", "/challenge", r#"{"kind":"work"}"#),
        (
            "PATCH",
            "/privacy/data",
            r#"{"theme":"dark","motion":"reduce"}"#,
        ),
        ("PUT", "/privacy/restriction", ""),
    ];
    let cookies = cookies.map(|(method, path, body)| {
        let call = Call {
            method,
            path,
            headers: vec![("content-type", b"application/json")],
            body: body.as_bytes(),
            ..Call::default()
        };
        let response = call.answer(&captcha);
        let pair = header(&response, "set-cookie").and_then(|value| value.split_once(';'));
        let pair = pair.and_then(|(pair, _)| pair.split_once('='));
        let (name, value) = pair.expect("it sets a cookie");
        (name.to_owned(), value.to_owned())
    });
    Site {
        tokens: tokens.map(|token| token.as_str().to_owned()).into(),
        challenges: challenges.into(),
        pages: HashSet::from([hidden.expect("the page has a challenge").to_owned()]),
        cookies: cookies.into(),
        captcha,
    }
});

fn seeds() -> Vec<Vec<u8>> {
    let site = &*SITE;
    let cookies = site.cookies.iter().map(|(_, value)| value);
    let made = (site.tokens.iter())
        .chain(&site.challenges)
        .chain(&site.pages);
    let mut seeds: Vec<Vec<u8>> = made
        .chain(cookies)
        .map(|text| text.clone().into())
        .collect();
    seeds.sort();
    seeds.extend([b"AQAAAA".to_vec(), vec![b'A'; 1_025]]);
    seeds
}

/// Takes a string for a token, a challenge, the frame's challenge and each cookie.
pub fn run(data: &[u8]) {
    let (site, text) = (&*SITE, String::from_utf8_lossy(data));
    let captcha = &site.captcha;
    match block_on(captcha.redeem(&text, None)) {
        Ok(_) => is_made(&text, &site.tokens, true),
        Err(error) => {
            is_made(&text, &site.tokens, false);
            is_nobody_s(&error);
        }
    }
    // No nonce is that large, so that what opens is wrong, whatever it asks for.
    match block_on(captcha.answer(&text, &Answer::from_json("{}"), u64::MAX)) {
        Ok(_) => panic!("accepted without work"),
        Err(error) if error.kind() == ErrorKind::WrongAnswer => {
            is_made(&text, &site.challenges, true)
        }
        Err(error) => {
            is_made(&text, &site.challenges, false);
            is_nobody_s(&error);
        }
    }
    if text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b";&%+".contains(&byte))
    {
        let query = format!("challenge={text}");
        let picture = Call {
            method: "GET",
            path: "/frame/image",
            query: Some(&query),
            ..Call::default()
        };
        is_made(&text, &site.pages, picture.answer(captcha).status == 200);
        held(site, &text);
    }
}

/// What is read from cookies is shown, so that whatever is shown was read from one.
fn held(site: &Site, text: &str) {
    let mut names: Vec<&str> = site.cookies.iter().map(|(name, _)| name.as_str()).collect();
    names.push("__Host-captcha-token");
    for name in names {
        let cookie = format!("{name}={text}");
        let call = Call {
            method: "GET",
            path: "/privacy/data",
            headers: vec![("cookie", cookie.as_bytes())],
            ..Call::default()
        };
        let data: Value = serde_json::from_slice(&call.answer(&site.captcha).body).expect("JSON");
        let shown = data
            .get("items")
            .and_then(Value::as_array)
            .is_some_and(|items| !items.is_empty());
        let own = site.cookies.iter().filter(|(other, _)| other == name);
        let mut made: HashSet<String> = own.map(|(_, value)| value.clone()).collect();
        if name.ends_with("token") {
            made.clone_from(&site.tokens);
        }
        is_made(text, &made, shown);
    }
}

fn is_made(text: &str, made: &HashSet<String>, accepted: bool) {
    assert_eq!(made.contains(text), accepted, "{text:?}");
}

/// What nobody made is malformed, whatever else would be wrong with it.
fn is_nobody_s(error: &CaptchaError) {
    assert_eq!(error.kind(), ErrorKind::Malformed);
}

/// A refusal for another reason, for the control.
fn of_another_action() -> CaptchaError {
    let token = SITE.tokens.iter().next().expect("there is one");
    block_on(SITE.captcha.redeem(token, Some("login"))).expect_err("it is for another action")
}
