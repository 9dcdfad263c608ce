//! The engine that is fuzzed, and what every answer of it has to keep to.

use std::{
    collections::HashSet,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use captcha_core::{
    Captcha, CaptchaBuilder, Kind, SecretKey, Store,
    endpoint::{Headers, Request, Response},
    store::{Id, StoreFuture},
    testing::{HandClock, SeededRandom, block_on, privacy},
};
use serde_json::Value;

/// When it is, in milliseconds since 1970.
pub(crate) const NOW: u64 = 1_800_000_000_000;

/// A store to which every id is new, so that no input depends on the ones before, and which says
/// under which pseudonyms calls were counted.
#[derive(Default)]
pub(crate) struct Forgetful {
    hits: Mutex<HashSet<Id>>,
}

impl Forgetful {
    /// The pseudonyms since the last call.
    pub(crate) fn hits(&self) -> HashSet<Id> {
        std::mem::take(&mut *self.hits.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Store for Forgetful {
    fn spend<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, bool> {
        Box::pin(std::future::ready(Ok(true)))
    }

    fn hit<'a>(&'a self, key: &'a Id, _: Duration) -> StoreFuture<'a, u64> {
        (self.hits.lock().unwrap_or_else(PoisonError::into_inner)).insert(*key);
        Box::pin(std::future::ready(Ok(1)))
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(std::future::ready(Ok(7)))
    }

    fn count<'a>(&'a self, _: u32, _: &'a str, _: Duration) -> StoreFuture<'a, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn counts(&self, _: u32) -> StoreFuture<'_, Vec<(String, u64)>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    fn forget_counts(&self) -> StoreFuture<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn keep<'a>(&'a self, _: &'a Id, _: &'a [u8], _: Duration) -> StoreFuture<'a, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// An engine that is the same in every run.
pub(crate) fn builder(store: Arc<Forgetful>) -> CaptchaBuilder {
    let secret = SecretKey::new("pZ4mQ1nq0vJ8cXr2T6yBwE9hKsLdFgUa3o7iR5WxYtM=");
    Captcha::builder()
        .key(secret.expect("it is long enough"))
        .privacy(privacy().dated("2027-01-01"))
        .site("shop.example")
        .action("signup")
        .clock(Arc::new(HandClock::at(NOW)))
        .random(Arc::new(SeededRandom::new(1)))
        .store(store)
        .work_bits(8, 8)
        .draw_in_order()
}

pub(crate) fn engine() -> Captcha {
    let captcha = builder(Arc::default()).build();
    captcha.expect("it has all it needs")
}

/// A challenge of that kind, its solution and the nonce of its stamp.
pub(crate) fn challenge(captcha: &Captcha, kind: Kind) -> (String, String, u64) {
    let challenge = block_on(captcha.issue(Some(kind), None)).expect("it can be drawn");
    let solved = block_on(captcha.solve(&challenge.challenge)).expect("it is this engine's");
    let answer = solved.answer.as_json().to_owned();
    (challenge.challenge, answer, solved.work)
}

/// A request for `handle`.
#[derive(Default)]
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) headers: Vec<(&'a str, &'a [u8])>,
    pub(crate) body: &'a [u8],
    pub(crate) peer: Option<IpAddr>,
}

impl Call<'_> {
    /// The answer, which keeps to what is true of all of them.
    pub(crate) fn answer(&self, captcha: &Captcha) -> Response {
        let response = block_on(captcha.handle(&Request {
            method: self.method,
            path: self.path,
            query: self.query,
            headers: self.headers.iter().copied().collect::<Headers<'_>>(),
            body: self.body,
            peer: self.peer,
        }));
        keeps_to_the_protocol(&response, self.method == "HEAD");
        response
    }
}

pub(crate) fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    let mut headers = response.headers.iter();
    (headers.find(|(other, _)| *other == name)).map(|(_, value)| value.as_ref())
}

/// Every status that `docs/protocol.md` knows. A 503 or a 500 would be a fault of this engine, whose
/// store always answers and whose pictures are always drawn.
const STATUSES: &[u16] = &[
    200, 204, 303, 304, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422,
];

/// What refusals say. Numbers may stand in them, and nothing of the input.
const DETAILS: &[&str] = &[
    "Ask for a fresh challenge.",
    "Call this endpoint from a page of the same origin.",
    "Check the path below the captcha's mount point.",
    "No statistics are made here.",
    "Only selections can be corrected: language, theme, kind, contrast, motion.",
    "Read the notice in force and decide again, with its version.",
    "Send a smaller body.",
    "Send the content type that this route reads.",
    "Send what the protocol describes, unchanged.",
    "The answer or its work stamp does not fit. Ask for a fresh challenge.",
    "The header Allow lists the methods.",
    "The JSON does not fit at line # column #; unknown fields are refused.",
    "The JSON is `{\"choice\":\"granted\" or \"refused\",\"version\":\"...\"}`.",
    "The JSON is `{\"kind\":\"child\"}`.",
    "The form does not fit.",
    "The form is not percent-encoded text.",
    "The body is not a JSON object (line # column #).",
    "The patch is not a JSON object.",
    "The query does not fit; unknown parameters are refused.",
    "There is no such choice.",
    "There is no such kind of challenge.",
    "There is no such selection.",
    "`choice` is `granted` or `refused`.",
    "`format` is `html` or `json`.",
    "`format` is `json` or `csv`.",
    "`kind` is `child`; every other request has a route of its own.",
    "A request carries one captcha token at most.",
    "A selection is `language`, `theme`, `kind`, `contrast` or `motion`, with a value that the page \
     of choices offers, or null.",
    "It takes `text`, and nothing else.",
    "Send the key as `Authorization: Bearer <key>`.",
    "Send the token as field captcha-token, header X-Captcha-Token or cookie.",
    "The page's data-action and the action that this route expects differ.",
    "`format` is `html`, `json` or `prometheus`.",
    "`text` has # to # bytes that can be seen.",
    "Open the page over https. For the operator: redirect plain HTTP at the proxy, see that it \
     reports the visitor's own scheme, or allow plain HTTP with `insecure_plain_http()`.",
];

/// Panics unless an answer is one of the protocol.
pub(crate) fn keeps_to_the_protocol(response: &Response, head: bool) {
    assert!(STATUSES.contains(&response.status), "{}", response.status);
    let mut names = HashSet::new();
    for (name, value) in &response.headers {
        let visible = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        assert!(visible, "{name}: {value:?}");
        assert!(*name == "set-cookie" || names.insert(*name), "two {name}");
        assert!(*name != "set-cookie" || is_own_cookie(value), "{value}");
    }
    if response.status >= 400 && !head {
        let html = header(response, "content-type").is_some_and(|of| of.starts_with("text/html"));
        // The frame says what was wrong on a page with another picture.
        if !(html && matches!(response.status, 409 | 410 | 422)) {
            is_a_problem(response);
        }
    }
}

fn is_own_cookie(value: &str) -> bool {
    let attributes = value.split_once("; ").map(|(_, attributes)| attributes);
    let pair = value
        .split_once(';')
        .and_then(|(pair, _)| pair.split_once('='));
    pair.is_some_and(|(name, content)| {
        name.starts_with("__Host-captcha-")
            && content
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    }) && attributes.is_some_and(|attributes| attributes.contains("Secure; HttpOnly"))
}

fn is_a_problem(response: &Response) {
    let problem: Value = serde_json::from_slice(&response.body).expect("a problem is JSON");
    let text = |name: &str| {
        problem
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    assert_eq!(problem.as_object().map(serde_json::Map::len), Some(4));
    assert_eq!(problem.get("status"), Some(&response.status.into()));
    assert!(text("type").starts_with("urn:captcha:") && !text("title").is_empty());
    says_nothing_of_the_input(text("detail"));
}

/// Panics unless a detail is one that the library has ready.
pub(crate) fn says_nothing_of_the_input(detail: &str) {
    let mut plain = String::new();
    for character in detail.chars() {
        match character {
            '0'..='9' if plain.ends_with('#') => {}
            '0'..='9' => plain.push('#'),
            other => plain.push(other),
        }
    }
    assert!(DETAILS.contains(&plain.as_str()), "{detail:?}");
}
