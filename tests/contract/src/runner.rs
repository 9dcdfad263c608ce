//! Runs cases against the three adapters and compares what they answered.

use std::{
    cell::RefCell,
    fmt::Write as _,
    future::Future,
    net::SocketAddr,
    panic::{self, AssertUnwindSafe},
    sync::{Mutex, Once},
};

use serde_json::Value;
use tokio::runtime::Runtime;

use crate::{
    apps::{Adapter, Running},
    client::{self, Call, Reply, json},
    engine::{Config, Engine},
    stores,
    transcript::{self, Entry},
};

/// A case: what a client sends, and what it expects of every adapter.
pub struct Case {
    name: String,
    config: fn() -> Config,
    on: &'static [Adapter],
    compared: bool,
    run: Box<dyn Fn(&Client) + Send + Sync>,
}

impl Case {
    /// A case on an engine as [`Config::default`] sets it up.
    pub fn new(
        name: impl Into<String>,
        run: impl AsyncFn(&Client) + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            config: Config::default,
            on: &Adapter::ALL,
            compared: true,
            run: Box::new(move |client| client.runtime.block_on(run(client))),
        }
    }

    /// Another engine.
    #[must_use]
    pub fn config(mut self, config: fn() -> Config) -> Self {
        self.config = config;
        self
    }

    /// Only on some adapters, where the others have no such part. These are counted apart.
    #[must_use]
    pub fn only_on(mut self, on: &'static [Adapter]) -> Self {
        self.on = on;
        self
    }

    /// What is answered is the framework's own, so that only the expectations count. These are
    /// counted apart.
    #[must_use]
    pub fn uncompared(mut self) -> Self {
        self.compared = false;
        self
    }
}

/// What a case is given: a server of one adapter and a notebook.
pub struct Client {
    /// Which adapter answers.
    pub adapter: Adapter,
    /// Its engine.
    pub engine: Engine,
    server: Running,
    runtime: Runtime,
    log: Mutex<Vec<Entry>>,
}

impl Client {
    /// A server of `adapter` with an engine of `config`.
    #[must_use]
    pub fn start(adapter: Adapter, config: Config) -> Self {
        Self::serve(adapter, Engine::build(config))
    }

    /// A server of `adapter` with this engine.
    #[must_use]
    pub fn serve(adapter: Adapter, engine: Engine) -> Self {
        Self {
            adapter,
            server: adapter.start(engine.clone()),
            engine,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            log: Mutex::default(),
        }
    }

    /// Where its server listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.server.addr
    }

    /// Runs a future of this client.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Sends a request without writing it down, for floods.
    pub async fn send_unrecorded(&self, call: &Call) -> Reply {
        client::exchange(self.server.addr, call)
            .await
            .unwrap_or_else(|error| panic!("{call:?}: {error}"))
    }

    /// Sends a request that may be answered by nothing at all.
    pub async fn try_send(&self, call: Call) -> Option<Reply> {
        client::exchange(self.server.addr, &call).await.ok()
    }

    /// Sends a request, writes down the answer, and looks at what has to hold for all of them.
    pub async fn send(&self, call: Call) -> Reply {
        let reply = self.send_unrecorded(&call).await;
        check_always(&call, &reply);
        self.log.lock().unwrap().push(Entry::new(&call, &reply));
        reply
    }

    /// A challenge of `kind`, whole.
    pub async fn challenge_json(&self, kind: &str) -> Value {
        let reply = self
            .send(json(
                "/captcha/challenge",
                format!(r#"{{"kind":"{kind}"}}"#),
            ))
            .await;
        reply.is(200).json()
    }

    /// The sealed string of a challenge of `kind`.
    pub async fn challenge(&self, kind: &str) -> String {
        self.challenge_json(kind).await["challenge"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The right answer to a challenge: its JSON and its work.
    pub async fn solve(&self, challenge: &str) -> (Value, u64) {
        let solved = self
            .engine
            .captcha
            .solve(challenge)
            .await
            .expect("a challenge of this engine");
        (
            serde_json::from_str(solved.answer.as_json()).unwrap(),
            solved.work,
        )
    }

    /// The request that answers a challenge right.
    pub async fn right(&self, challenge: &str) -> Call {
        let (answer, work) = self.solve(challenge).await;
        answering(challenge, &answer.to_string(), &work.to_string())
    }

    /// The challenge of a frame that is asked for now.
    pub async fn frame_challenge(&self) -> String {
        let page = self.send(client::get("/captcha/frame")).await;
        hidden(page.is(200).text(), "challenge")
    }

    /// A token for `signup`, by way of the engine.
    pub async fn token(&self) -> String {
        self.token_for("signup").await
    }

    /// A token for `action`, by way of the engine.
    pub async fn token_for(&self, action: &str) -> String {
        self.engine
            .captcha
            .token_for_tests(Some(action))
            .await
            .unwrap()
            .as_str()
            .to_owned()
    }
}

/// `POST answer` with the parts as JSON texts, right or wrong.
#[must_use]
pub fn answering(challenge: &str, answer: &str, work: &str) -> Call {
    json(
        "/captcha/answer",
        format!(r#"{{"challenge":"{challenge}","answer":{answer},"work":{work}}}"#),
    )
}

/// The value of a hidden input.
#[must_use]
pub fn hidden(page: &str, name: &str) -> String {
    let from = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&from)
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split_once('"').unwrap().0.to_owned()
}

fn check_always(call: &Call, reply: &Reply) {
    for (name, value) in &reply.headers {
        assert!(
            !name.starts_with("access-control-"),
            "{name}: {value} to {call:?}"
        );
    }
    let leaks = ["db7.internal", "StoreError", "panicked", ".rs:"];
    let ours = call.target.starts_with("/captcha");
    let script = reply
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("text/javascript"));
    if !script {
        let body = String::from_utf8_lossy(&reply.body);
        for leak in leaks {
            assert!(
                !body.contains(leak),
                "{leak:?} in the answer to {call:?}: {body}"
            );
        }
    }
    if ours && reply.status != 304 {
        reply.has("x-content-type-options", "nosniff");
        let asset = reply.header("etag").is_some();
        reply.has("cache-control", if asset { "no-cache" } else { "no-store" });
    }
    if call.method == "HEAD" {
        assert!(reply.body.is_empty(), "a body in the answer to {call:?}");
    }
}

thread_local! {
    /// Where the case that runs on this thread failed; `None` outside of cases.
    static FAILED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A case's panic is kept for the summary, a store's that is meant to panic is not shown.
fn keep_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let kept = FAILED.with_borrow_mut(|failed| {
                failed
                    .as_mut()
                    .map(|text| *text = info.to_string())
                    .is_some()
            });
            if !kept && !info.to_string().contains(stores::BUG) {
                before(info);
            }
        }));
    });
}

/// Runs every case against its adapters.
///
/// # Panics
/// With all failures, when there are any.
#[allow(
    clippy::print_stdout,
    reason = "the summary is read by people and by the script that counts"
)]
pub fn run(subject: &str, cases: Vec<Case>) {
    keep_panics();
    let only = std::env::var("CASE").unwrap_or_default();
    let mut failures = String::new();
    let (mut exchanges, mut counts) = (0, [0; 4]);
    for case in cases.iter().filter(|case| case.name.contains(&only)) {
        counts[0] += 1;
        counts[1] += case.on.len();
        counts[2] += usize::from(case.on.len() < Adapter::ALL.len());
        counts[3] += usize::from(!case.compared);
        let (sent, failure) = check(case);
        exchanges += sent;
        if !failure.is_empty() {
            let _ = write!(failures, "\n{subject}: {}{failure}", case.name);
        }
    }
    let [cases, runs, partial, uncompared] = counts;
    println!(
        "{subject}: {cases} cases, {runs} runs on three adapters, {exchanges} exchanges \
         ({partial} not on all adapters, {uncompared} not compared)"
    );
    assert!(failures.is_empty(), "{failures}\n");
}

/// The number of exchanges, and what went wrong.
fn check(case: &Case) -> (usize, String) {
    let mut failures = String::new();
    let mut transcripts = Vec::new();
    for &adapter in case.on {
        let client = Client::start(adapter, (case.config)());
        FAILED.set(Some(String::new()));
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| (case.run)(&client)));
        let failed = FAILED.take().unwrap_or_default();
        if outcome.is_err() {
            let _ = write!(failures, "\n  on {adapter:?}: {failed}");
        }
        transcripts.push((adapter, client.log.into_inner().unwrap()));
    }
    if let Some(((first, one), rest)) = transcripts.split_first().filter(|_| case.compared) {
        for (other, two) in rest {
            if let Some(difference) = transcript::difference(one, two) {
                let _ = write!(failures, "\n  {first:?} and {other:?} differ:{difference}");
            }
        }
    }
    let exchanges = transcripts.iter().map(|(_, entries)| entries.len()).sum();
    (exchanges, failures)
}

/// How many cases there are.
#[must_use]
pub fn count(cases: &[Case]) -> usize {
    let names: std::collections::BTreeSet<&str> =
        cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases of one name");
    names.len()
}
