//! Every flow: challenge, answer, redemption, the frame, the privacy routes, and every refusal.

pub mod consented;
mod privacy;
mod puzzles;
mod redemption;
mod refusals;

use std::{collections::BTreeSet, sync::Arc};

use captcha_core::{Limits, Store, TrustedProxies};

use super::{Evidence, MakeStore, Recorder, Visit, log, markers::PEER, switched};
use crate::{
    apps::Adapter,
    engine::{Config, Engine},
    stores::Mode,
};

/// Every kind of refusal that the flows have to meet. `internal` and `not-installed` are faults of
/// the application.
pub const REFUSALS: [&str; 19] = [
    "busy",
    "expired",
    "foreign-origin",
    "invalid-fields",
    "malformed",
    "method-not-allowed",
    "missing",
    "not-found",
    "nothing-to-consent-to",
    "read-only",
    "spent",
    "stale-notice",
    "too-large",
    "too-many",
    "unauthorised",
    "unavailable",
    "unsupported-media-type",
    "wrong-action",
    "wrong-answer",
];

/// Limits that let everything through and count it all the same.
pub const COUNTED: Limits = Limits {
    per_visitor: 100_000,
    per_site: 1_000_000,
};

/// Starts a visit of an engine on `store`, recorded.
#[must_use]
pub fn visit(adapter: Adapter, store: Arc<dyn Store>, config: Config) -> Visit {
    let recorder = Recorder::over(store);
    let store = Arc::clone(&recorder) as _;
    visit_through(adapter, recorder, store, config)
}

/// As [`visit`], where `store` hands on to `recorder`.
#[must_use]
pub fn visit_through(
    adapter: Adapter,
    recorder: Arc<Recorder>,
    store: Arc<dyn Store>,
    config: Config,
) -> Visit {
    Visit::to(adapter, Engine::build_on(Some(store), config), recorder)
}

/// What a visitor does who decides nothing about their data.
pub fn without_rights(visit: &Visit) {
    visit.client.block_on(async {
        puzzles::run(visit).await;
        redemption::run(visit).await;
    });
}

/// What a visitor does on a site that works.
pub fn ordinary(visit: &Visit) {
    without_rights(visit);
    visit.client.block_on(async {
        privacy::run(visit).await;
        refusals::run(visit).await;
    });
}

/// What a visitor does who agrees to statistics and gives feedback.
pub fn agreeing(visit: &Visit) {
    visit.client.block_on(consented::run(visit));
}

/// Every flow on one adapter and one store, and what was written down.
#[must_use]
pub fn all(adapter: Adapter, store: MakeStore) -> Evidence {
    log::keep();
    let _ = log::take();
    let counted = || Config {
        limits: COUNTED,
        ..Config::default()
    };
    let works = visit(adapter, store(), counted());
    ordinary(&works);
    let mut evidence = works.evidence();

    let all = visit(adapter, store(), consented::config(counted()));
    agreeing(&all);
    evidence.add(all.evidence());

    // Where proxies are trusted, forwarding headers are read, and the addresses in them used.
    let proxied = Config {
        proxies: TrustedProxies::at([PEER]).ok(),
        ..counted()
    };
    let proxied = visit(adapter, store(), proxied);
    ordinary(&proxied);
    evidence.add(proxied.evidence());

    let limited = visit(adapter, store(), Config::with_limits(2, 100));
    limited.client.block_on(refusals::too_many(&limited));
    evidence.add(limited.evidence());

    let saturated = Config {
        drawing: Some((1, 0, 0)),
        ..counted()
    };
    let saturated = visit(adapter, store(), saturated);
    saturated
        .client
        .block_on(refusals::everything(&saturated, ""));
    evidence.add(saturated.evidence());

    let blind = visit(
        adapter,
        store(),
        Config {
            random_fails: true,
            ..counted()
        },
    );
    blind.client.block_on(refusals::everything(&blind, ""));
    evidence.add(blind.evidence());

    let (switch, store) = switched();
    let broken = visit(adapter, store, counted());
    let token = broken.client.block_on(broken.client.token());
    for mode in [Mode::Fails, Mode::SpendFails] {
        let challenge = broken
            .client
            .block_on(puzzles::challenge(&broken, "work"))
            .0;
        switch.set(mode);
        broken.client.block_on(async {
            refusals::everything(&broken, &token).await;
            puzzles::wrong(&broken, &challenge).await;
        });
        switch.set(Mode::Works);
    }
    evidence.add(broken.evidence());
    evidence
}

/// The kinds of refusal among the answers.
#[must_use]
pub fn refusals(evidence: &Evidence) -> BTreeSet<String> {
    let documents = evidence.answers.iter().filter(|answer| {
        answer
            .reply
            .all("content-type")
            .any(|kind| kind == "application/problem+json")
            && !answer.reply.body.is_empty()
    });
    documents
        .filter_map(|answer| {
            let kind = answer.reply.json()["type"].as_str()?.to_owned();
            Some(kind.strip_prefix("urn:captcha:")?.to_owned())
        })
        .collect()
}
