//! What the store is handed, and what the notice says of it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use captcha_core::{
    Store,
    store::{Id, StoreFuture},
};
use serde_json::Value;

use super::{
    MakeStore, Recorder, flows, log,
    recorder::{Does, Operation},
};
use crate::{apps::Adapter, client::get, engine::Config};

/// The longest life that the store is handed, by the record's name in the notice.
pub type Lives = BTreeMap<&'static str, Duration>;

/// Makes what stands between an engine and a recorder.
pub type Between = fn(Arc<Recorder>) -> Arc<dyn Store>;

/// The record that stays in the memory of the process and never reaches the store.
pub const NOT_STORED: [&str; 1] = ["issued-counts"];
/// The record that reaches a store which several processes share, and for as long as it is used at most.
pub const IF_SHARED: &str = "call-salt";

const REVOCATION: &str = "revoke_all()";

/// Runs every flow on one adapter; `between` stands between engine and recorder.
#[must_use]
pub fn run(adapter: Adapter, store: MakeStore, between: Between) -> (Lives, Value) {
    log::keep();
    let mut lives = Lives::new();
    let mut keep = |operations: Vec<Operation>, counted| {
        for operation in operations {
            let life = lives.entry(record(&operation, counted)).or_default();
            *life = operation.life.max(*life);
        }
    };
    let visit = |config| {
        let recorder = Recorder::over(store());
        let between = between(Arc::clone(&recorder));
        flows::visit_through(adapter, recorder, between, config)
    };
    // The store is not told what it counts: one engine counts visitors alone, another the site.
    let visitors = visit(Config::with_limits(flows::COUNTED.per_visitor, u32::MAX));
    flows::without_rights(&visitors);
    keep(visitors.evidence().operations, "visitor-calls");
    let site = visit(Config::with_limits(u32::MAX, flows::COUNTED.per_site));
    flows::ordinary(&site);
    keep(site.evidence().operations, "site-calls");
    let all = Config::with_limits(u32::MAX, flows::COUNTED.per_site);
    let all = visit(flows::consented::config(all));
    flows::agreeing(&all);
    let notice = all
        .client
        .block_on(all.client.send(get("/captcha/privacy?format=json")));
    all.recorder.during(REVOCATION);
    let revoked = all.client.block_on(all.client.engine.captcha.revoke_all());
    revoked.expect("the store answers");
    keep(all.evidence().operations, "site-calls");
    (lives, notice.is(200).json())
}

fn record(operation: &Operation, counted: &'static str) -> &'static str {
    match (operation.does, operation.during.as_str()) {
        (Does::Hit, _) => counted,
        (Does::Count, _) => "daily-counters",
        (Does::Keep, _) => "feedback",
        (Does::Share, REVOCATION) => "generation",
        (Does::Share, _) => IF_SHARED,
        (Does::Spend, "POST /captcha/answer" | "POST /captcha/frame") => "challenge-mark",
        (Does::Spend, _) => "token-mark",
    }
}

/// Where the two disagree: a life that is longer than stated, or an operation that the notice does
/// not have, or a record that is never stored or never as long as stated.
#[must_use]
pub fn differences(handed: &Lives, notice: &Value) -> Vec<String> {
    let rows = notice["records"].as_array().expect("records");
    let stated: BTreeMap<&str, Duration> = (rows.iter())
        .map(|row| {
            let seconds = row["life_seconds"].as_u64().expect("seconds");
            (
                row["name"].as_str().expect("a name"),
                Duration::from_secs(seconds),
            )
        })
        .filter(|(name, _)| !NOT_STORED.contains(name))
        .collect();
    let names = handed.keys().chain(stated.keys());
    let names: std::collections::BTreeSet<_> = names.copied().collect();
    (names.into_iter())
        .filter(|name| match *name == IF_SHARED {
            true => handed.get(name) > stated.get(name),
            false => handed.get(name) != stated.get(name),
        })
        .map(|name| {
            format!(
                "{name}: {:?} stored, {:?} stated",
                handed.get(name),
                stated.get(name)
            )
        })
        .collect()
}

/// Hands on a longer life than it was handed.
pub struct Stretch {
    recorder: Arc<Recorder>,
    does: Does,
}

impl Stretch {
    /// One second more for every operation of a sort.
    #[must_use]
    pub fn one(recorder: Arc<Recorder>, does: Does) -> Arc<dyn Store> {
        Arc::new(Self { recorder, does })
    }

    fn life(&self, does: Does, life: Duration) -> Duration {
        life + Duration::from_secs(u64::from(does == self.does))
    }
}

impl Store for Stretch {
    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        self.recorder.spend(id, self.life(Does::Spend, ttl))
    }

    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.recorder.hit(key, self.life(Does::Hit, window))
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        self.recorder.generation()
    }

    fn count<'a>(&'a self, day: u32, cell: &'a str, ttl: Duration) -> StoreFuture<'a, ()> {
        self.recorder.count(day, cell, self.life(Does::Count, ttl))
    }

    fn keep<'a>(&'a self, id: &'a Id, sealed: &'a [u8], ttl: Duration) -> StoreFuture<'a, ()> {
        self.recorder.keep(id, sealed, self.life(Does::Keep, ttl))
    }

    fn counts(&self, day: u32) -> StoreFuture<'_, Vec<(String, u64)>> {
        self.recorder.counts(day)
    }

    fn forget_counts(&self) -> StoreFuture<'_, ()> {
        self.recorder.forget_counts()
    }

    fn renew_generation(&self) -> StoreFuture<'_, u64> {
        self.recorder.renew_generation()
    }
}
