//! Whether anything of a visitor stays where it should not: markers are planted in everything that a
//! visitor sends, every flow is run, and whatever was written down is searched for them.

pub mod drift;
pub mod flows;
pub mod log;
pub mod markers;
pub mod recorder;
pub mod search;
mod visit;

use std::sync::Arc;

use captcha_core::{MemoryStore, Store};

use crate::{own_redis, stores::Switch};
pub use markers::Marker;
pub use recorder::Recorder;
pub use search::{Finding, Search, Sink};
pub use visit::{Answered, Visit};

/// Makes an empty store.
pub type MakeStore = fn() -> Arc<dyn Store>;

/// Every store there is, by name. What is proven is proven on each.
pub const STORES: [(&str, MakeStore); 2] = [
    ("memory", || Arc::new(MemoryStore::new().unwrap())),
    ("redis", own_redis::start),
];

/// What was written down while flows ran.
#[derive(Default)]
pub struct Evidence {
    /// What the store was handed.
    pub operations: Vec<recorder::Operation>,
    /// Our lines of the log.
    pub log: Vec<u8>,
    /// What was answered.
    pub answers: Vec<Answered>,
    /// Right answers, which are known only once a challenge is drawn.
    pub answered_right: Vec<Marker>,
}

impl Evidence {
    /// Everything in it, piece by piece, with the sink that it is in and a name for messages.
    pub fn pieces(&self) -> impl Iterator<Item = (Sink, String, Vec<u8>)> {
        let operations = (self.operations.iter())
            .map(|operation| (operation.sink(), operation.to_string(), operation.bytes()));
        let answers = self.answers.iter().flat_map(|answer| {
            let head = (Sink::Head, answer.asked.clone(), answer.head());
            // What the host's own handler says on success is the host's.
            let body = (answer.ours || answer.reply.status >= 400)
                .then(|| (Sink::Body, answer.asked.clone(), answer.reply.body.clone()));
            [Some(head), body].into_iter().flatten()
        });
        let log = (Sink::Log, "the log".to_owned(), self.log.clone());
        operations.chain(answers).chain([log])
    }

    /// Adds another part of the evidence.
    pub fn add(&mut self, other: Self) {
        self.operations.extend(other.operations);
        self.log.extend(other.log);
        self.answers.extend(other.answers);
        self.answered_right.extend(other.answered_right);
    }

    /// Every marker found, with where and how it is written.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut markers = markers::planted();
        markers.extend(self.answered_right.iter().cloned());
        Search::new(&markers).all(self.pieces())
    }
}

/// Something to break: the store that a flow of refusals runs on.
pub(crate) fn switched() -> (Arc<Switch>, Arc<dyn Store>) {
    let switch = Arc::new(Switch::new());
    (Arc::clone(&switch), switch)
}
