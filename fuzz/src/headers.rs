//! Whole requests: any method, path, query, headers and body. Answers keep to the protocol, pages hold
//! nothing of the input, and a guard lets nobody in without a token that was issued.

use std::{collections::HashSet, net::IpAddr, sync::LazyLock};

use captcha_core::{
    Captcha, Statistics,
    endpoint::{Headers, Response, guard::TokenField},
    testing::block_on,
};

use super::{
    Target,
    site::{Call, builder, header, says_nothing_of_the_input},
};

pub const TARGET: Target = Target {
    name: "headers",
    run,
    seeds,
    mutations: 10_000,
    controls: &[
        || holds_nothing_of(b"/frame?lang=<zq>", &reflecting()),
        || let_in(b"X-Captcha-Token: made-up", true),
    ],
};

/// The key of `GET stats`.
const KEY: &str = "Xo3yB7qLw9RkT2vZ5nHs8dFjG4mCpA1u";

struct Site {
    captcha: Captcha,
    tokens: [String; 2],
}

static SITE: LazyLock<Site> = LazyLock::new(|| {
    let captcha = builder(Default::default())
        .statistics(Statistics::default().bearer_key(KEY))
        .feedback_form()
        .build();
    let captcha = captcha.expect("it has all it needs");
    let token = || {
        block_on(captcha.token_for_tests(None))
            .expect("it is solved")
            .as_str()
            .to_owned()
    };
    Site {
        tokens: [token(), token()],
        captcha,
    }
});

/// Tags of the library's own pages: a `<` and what follows it.
static TAGS: LazyLock<HashSet<Vec<u8>>> = LazyLock::new(|| {
    let pages = [
        ("/frame", ""),
        ("/frame", "kind=audio"),
        ("/privacy", ""),
        ("/privacy/choices", "done=1"),
        ("/privacy/feedback", "done=1"),
        ("/stats", "format=html"),
    ];
    let bearer = format!("Bearer {KEY}");
    let page = |(path, query)| {
        let call = Call {
            method: "GET",
            path,
            query: Some(query),
            headers: vec![("authorization", bearer.as_bytes())],
            ..Call::default()
        };
        call.answer(&SITE.captcha).body.into_owned()
    };
    pages.into_iter().flat_map(|of| tags(&page(of))).collect()
});

/// Every `<` with the three bytes behind it.
fn tags(text: &[u8]) -> Vec<Vec<u8>> {
    let tags = text
        .windows(4)
        .filter(|window| window.first() == Some(&b'<'));
    tags.map(<[u8]>::to_vec).collect()
}

fn seeds() -> Vec<Vec<u8>> {
    let [one, other] = &SITE.tokens;
    let texts = [
        "GET /frame?action=login&kind=audio&lang=ar\nAccept-Language: de;q=0.5, fr\n\n".to_owned(),
        "GET /frame?lang=%3Cscript%3E&action=%22%3E%3Cb%3E\n\n".to_owned(),
        "POST /challenge\nContent-Type: application/json\nOrigin: https://shop.example\nHost: shop.example\n\n\
         {\"kind\":\"slide\",\"action\":\"login\",\"lang\":\"pl\",\"refreshed\":true}"
            .to_owned(),
        "POST /challenge\nSec-Fetch-Site: cross-site\n\n{}".to_owned(),
        "POST /answer\nContent-Type: application/json\n\n{\"challenge\":\"AQ\",\"answer\":{},\"work\":1}".to_owned(),
        "POST /frame\nContent-Type: application/x-www-form-urlencoded\n\nchallenge=AQ&action=a&text=x".to_owned(),
        "GET /privacy?format=json&lang=ja\nAccept: application/json;q=0.9, text/html;q=0.1\n\n".to_owned(),
        "HEAD /privacy?version=2020\nSec-GPC: 1\n\n".to_owned(),
        "GET /privacy/choices\nCookie: a=b; __Host-captcha-prefs=AQ\n\n".to_owned(),
        "POST /privacy/choices\nContent-Type: application/x-www-form-urlencoded\n\ndo=select&theme=dark".to_owned(),
        "POST /privacy/feedback\nContent-Type: application/json\n\n{\"text\":\"<b>good</b>\"}".to_owned(),
        "PUT /privacy/consent\nContent-Type: application/json\n\n{\"choice\":\"granted\",\"version\":\"x\"}".to_owned(),
        "DELETE /privacy/data\n\n".to_owned(),
        "GET /privacy/export?format=csv\n\n".to_owned(),
        "GET /widget.js\nIf-None-Match: W/\"x\", *\n\n".to_owned(),
        "GET /lang/zh-Hant.json\n\n".to_owned(),
        format!("GET /stats?format=prometheus\nAuthorization: Bearer {KEY}\n\n"),
        "OPTIONS /stats\n\n".to_owned(),
        format!("GET /privacy/data\nX-Captcha-Token: {one}\n\n"),
        format!("GET /privacy/data\nCookie: __Host-captcha-token={one}; b=c\nCookie: d=e\n\n"),
        format!("GET /\nX-Captcha-Token:  {one} \nX-Captcha-Token: {other}\n\n"),
        format!("POST /signup\nX: y\n\n{one}"),
    ];
    texts.map(String::into_bytes).into()
}

/// A request as HTTP writes it, with line ends of one byte.
pub fn run(data: &[u8]) {
    let end = data
        .windows(2)
        .position(|two| two == b"\n\n")
        .unwrap_or(data.len());
    let (head, body) = (&data[..end], data.get(end + 2..).unwrap_or_default());
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let (method, target) = first.split_once(' ').unwrap_or(("GET", &first));
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let headers: Vec<(&str, &[u8])> = lines.filter_map(header_line).collect();
    let (captcha, peer) = (&SITE.captcha, Some(IpAddr::from([192, 0, 2, 1])));
    let call = Call {
        method,
        path,
        query,
        headers,
        body,
        peer,
    };
    let response = call.answer(captcha);
    assert!(response.status != 405 || header(&response, "allow").is_some());
    assert!(method != "HEAD" || response.body.is_empty());
    holds_nothing_of(data, &response);

    let headers: Headers<'_> = call.headers.iter().copied().collect();
    let field = match std::str::from_utf8(body) {
        Ok("") => TokenField::Absent,
        Ok(text) => TokenField::Present(text.to_owned()),
        Err(_) => TokenField::Unreadable,
    };
    for field in [field, TokenField::Absent] {
        match block_on(captcha.admit(&field, &headers, peer, None)) {
            Ok(_) => let_in(data, true),
            Err(refused) => {
                assert_eq!(refused.problem.status, 403);
                says_nothing_of_the_input(&refused.problem.detail);
            }
        }
    }
}

fn header_line(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = std::str::from_utf8(&line[..colon]).ok()?;
    Some((name, line[colon + 1..].trim_ascii()))
}

/// Panics if somebody was let in who did not bring a token that was issued.
fn let_in(data: &[u8], admitted: bool) {
    let brought = (SITE.tokens.iter()).any(|token| {
        data.windows(token.len())
            .any(|window| window == token.as_bytes())
    });
    assert!(brought || !admitted, "{}", data.escape_ascii());
}

/// Panics if a page has a tag that is not the library's own and stands in the input, percent-encoded
/// or not.
fn holds_nothing_of(data: &[u8], response: &Response) {
    if !header(response, "content-type").is_some_and(|of| of.starts_with("text/html")) {
        return;
    }
    let plain = String::from_utf8_lossy(data)
        .replace("%3C", "<")
        .replace("%3c", "<");
    let written = tags(data).into_iter().chain(tags(plain.as_bytes()));
    for tag in written.filter(|tag| !TAGS.contains(tag)) {
        let shown = response.body.windows(4).any(|window| window == tag);
        assert!(!shown, "{}", data.escape_ascii());
    }
}

/// A page that shows what it was sent, for the control.
fn reflecting() -> Response {
    Response {
        status: 200,
        headers: vec![("content-type", "text/html; charset=utf-8".into())],
        body: b"<p><zq></p>".to_vec().into(),
    }
}
