//! A visitor all of whose requests are full of markers.

use std::{
    cell::{Cell, RefCell},
    sync::Arc,
};

use super::{
    Evidence, Marker,
    markers::{DESCRIBING, FORWARDED, PEER, word},
    recorder::Recorder,
};
use crate::{
    apps::Adapter,
    client::{Call, Reply},
    engine::Engine,
    runner::Client,
};

/// An answer, and what was asked.
#[derive(Clone, Debug)]
pub struct Answered {
    /// `METHOD target`.
    pub asked: String,
    /// Whether it is below the mount point.
    pub ours: bool,
    /// The answer.
    pub reply: Reply,
}

impl Answered {
    /// Its headers, one a line.
    #[must_use]
    pub fn head(&self) -> Vec<u8> {
        let lines = (self.reply.headers.iter()).map(|(name, value)| format!("{name}: {value}\n"));
        lines.collect::<String>().into_bytes()
    }
}

/// A visitor of one server.
pub struct Visit {
    /// The server.
    pub client: Client,
    pub(super) recorder: Arc<Recorder>,
    jar: RefCell<Vec<(String, String)>>,
    answers: RefCell<Vec<Answered>>,
    answered_right: RefCell<Vec<Marker>>,
    /// So that every stamp is another number.
    pub(super) stamps: Cell<u64>,
}

/// The cookies that are ours.
const OURS: [&str; 5] = ["session", "token", "prefs", "consent", "stats"];

impl Visit {
    /// Starts a server of `adapter` with this engine, whose store is `recorder`.
    #[must_use]
    pub fn to(adapter: Adapter, engine: Engine, recorder: Arc<Recorder>) -> Self {
        Self {
            client: Client::serve(adapter, engine),
            recorder,
            jar: RefCell::default(),
            answers: RefCell::default(),
            answered_right: RefCell::default(),
            // Sixteen digits, below 2^53.
            stamps: Cell::new(7_138_294_605_118_273),
        }
    }

    /// Sends a request from the marked address, with markers in every header and beside the
    /// visitor's own cookies, and keeps the answer.
    pub async fn send(&self, call: Call) -> Reply {
        let mut pairs = vec![format!("sid={}", word("foreign-cookie"))];
        pairs.extend(
            self.jar
                .borrow()
                .iter()
                .map(|(name, value)| format!("{name}={value}")),
        );
        self.send_with(call, &pairs.join("; ")).await
    }

    /// As [`Visit::send`], with garbage in the cookies of our names.
    pub async fn send_garbage(&self, call: Call) -> Reply {
        let pairs = OURS.map(|name| {
            let cookie = format!("captcha-{name}");
            format!("__Host-{cookie}={0}; {cookie}={0}", word(&cookie))
        });
        self.send_with(call, &pairs.join("; ")).await
    }

    /// As [`Visit::send`], by a visitor who has no cookies of ours.
    pub async fn send_new(&self, call: Call) -> Reply {
        self.jar.borrow_mut().clear();
        self.send(call).await
    }

    async fn send_with(&self, call: Call, cookies: &str) -> Reply {
        let mut call = call.from(PEER.parse().unwrap()).header("cookie", cookies);
        for (name, address) in FORWARDED {
            let value = match name {
                "forwarded" => format!("for=\"[{address}]:4711\";proto=https"),
                "via" => format!("1.1 {address}"),
                _ => address.to_owned(),
            };
            call = call.header(name, value);
        }
        for name in DESCRIBING {
            if call.has(name) {
                continue;
            }
            let value = match name {
                "referer" => format!("https://shop.example/{}", word(name)),
                "authorization" => format!("Bearer {}", word(name)),
                _ => word(name),
            };
            call = call.header(name, value);
        }
        let path = call.target.split('?').next().unwrap_or_default();
        self.recorder.during(&format!("{} {path}", call.method));
        let answered = |reply| Answered {
            asked: format!("{} {}", call.method, call.target),
            ours: call.target.starts_with("/captcha"),
            reply,
        };
        let reply = self.client.send(call.clone()).await;
        self.keep(&reply);
        self.answers.borrow_mut().push(answered(reply.clone()));
        reply
    }

    fn keep(&self, reply: &Reply) {
        let mut jar = self.jar.borrow_mut();
        for cookie in reply.all("set-cookie") {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a pair");
            jar.retain(|(other, _)| other != name);
            if !attributes.contains("Max-Age=0") {
                jar.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// Remembers a right answer as a marker.
    pub fn answered_right(&self, marker: Marker) {
        self.answered_right.borrow_mut().push(marker);
    }

    /// What was written down.
    #[must_use]
    pub fn evidence(self) -> Evidence {
        let Self {
            client,
            recorder,
            answers,
            answered_right,
            ..
        } = self;
        // The server ends first: what it still logs belongs to this visit.
        drop(client);
        Evidence {
            operations: recorder.take(),
            log: super::log::take(),
            answers: answers.into_inner(),
            answered_right: answered_right.into_inner(),
        }
    }
}
