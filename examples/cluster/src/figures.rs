//! What came of every request, counted as it comes.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// What a visitor asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Answer,
    Challenge,
    Page,
    Redeem,
    /// A used token, long afterwards and many at once: no visitor waits for it.
    Replay,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// No answer, or not a whole one.
    Broken,
    /// The body of a 200.
    Passed(bytes::Bytes),
    /// The kind of the refusal.
    Refused(String),
}

/// A request that is over.
pub(crate) struct Done {
    pub(crate) node: usize,
    pub(crate) step: Step,
    pub(crate) began: Instant,
    pub(crate) took: Duration,
    /// Whether its node was up all the time.
    pub(crate) node_lived: bool,
}

/// What one node did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) pages: u64,
    pub(crate) issued: u64,
    pub(crate) solved: u64,
    pub(crate) redeemed: u64,
    pub(crate) refused: BTreeMap<String, u64>,
    pub(crate) broken: u64,
    /// Of those, at a node that was up all the time.
    pub(crate) broken_alive: u64,
    /// Microseconds of each request of a visitor that was answered.
    pub(crate) challenge: Vec<u32>,
    pub(crate) answer: Vec<u32>,
    pub(crate) redeem: Vec<u32>,
    /// The longest of all at a node that was up all the time, answered or not.
    pub(crate) longest: Duration,
}

/// Tokens, whoever took them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens {
    /// Those that were taken more than once.
    pub(crate) twice: u64,
    pub(crate) forged: u64,
    pub(crate) forged_taken: u64,
    /// Requests with a token that was taken before.
    pub(crate) replays: u64,
    /// Visitors that were left out because too many were on their way.
    pub(crate) left_out: u64,
}

#[derive(Default)]
pub(crate) struct Figures(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    nodes: [Counts; 3],
    tokens: Tokens,
    watch: Option<Watch>,
}

/// When each node redeemed a token again.
struct Watch {
    since: Instant,
    first: [Option<Duration>; 3],
}

impl Figures {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn note(&self, done: &Done, outcome: &Outcome) {
        let mut inner = self.inner();
        if let (Step::Redeem, Outcome::Passed(_), Some(watch)) =
            (done.step, outcome, &mut inner.watch)
            && done.began >= watch.since
            && let Some(first) = watch.first.get_mut(done.node)
        {
            first.get_or_insert(watch.since.elapsed());
        }
        if let Some(counts) = inner.nodes.get_mut(done.node) {
            counts.note(done, outcome);
        }
    }

    /// Adds to what is known of tokens.
    pub(crate) fn tokens(&self, add: impl FnOnce(&mut Tokens)) {
        add(&mut self.inner().tokens);
    }

    /// Looks out for the first token that each node takes from now on.
    pub(crate) fn watch(&self, since: Instant) {
        self.inner().watch = Some(Watch {
            since,
            first: [None; 3],
        });
    }

    /// How long it took each node until then.
    pub(crate) fn seen(&self) -> [Option<Duration>; 3] {
        (self.inner().watch.as_ref()).map_or([None; 3], |watch| watch.first)
    }

    /// Everything so far.
    pub(crate) fn all(&self) -> ([Counts; 3], Tokens) {
        let inner = self.inner();
        (inner.nodes.clone(), inner.tokens.clone())
    }

    /// A line that says how it goes.
    pub(crate) fn line(&self) -> String {
        let inner = self.inner();
        let sum = |of: fn(&Counts) -> u64| inner.nodes.iter().map(of).sum::<u64>();
        let mut refused = BTreeMap::<&str, u64>::new();
        for (kind, count) in inner.nodes.iter().flat_map(|node| &node.refused) {
            *refused.entry(kind).or_default() += count;
        }
        let refused: Vec<_> = (refused.iter())
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        format!(
            "issued {}, solved {}, redeemed {}; refused: {}; no answer {}",
            sum(|node| node.issued),
            sum(|node| node.solved),
            sum(|node| node.redeemed),
            match refused.is_empty() {
                true => "none".to_owned(),
                false => refused.join(", "),
            },
            sum(|node| node.broken),
        )
    }
}

impl Counts {
    fn note(&mut self, done: &Done, outcome: &Outcome) {
        if done.node_lived {
            self.longest = self.longest.max(done.took);
        }
        match outcome {
            Outcome::Broken => {
                self.broken += 1;
                self.broken_alive += u64::from(done.node_lived);
                return;
            }
            Outcome::Passed(_) => {
                *match done.step {
                    Step::Answer => &mut self.solved,
                    Step::Challenge => &mut self.issued,
                    Step::Page => &mut self.pages,
                    Step::Redeem | Step::Replay => &mut self.redeemed,
                } += 1;
            }
            Outcome::Refused(kind) => *self.refused.entry(kind.clone()).or_default() += 1,
        }
        let micros = done.took.as_micros().try_into().unwrap_or(u32::MAX);
        match done.step {
            Step::Answer => self.answer.push(micros),
            Step::Challenge => self.challenge.push(micros),
            Step::Page | Step::Replay => {}
            Step::Redeem => self.redeem.push(micros),
        }
    }

    /// Both together.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.pages += other.pages;
        self.issued += other.issued;
        self.solved += other.solved;
        self.redeemed += other.redeemed;
        self.broken += other.broken;
        self.broken_alive += other.broken_alive;
        for (kind, count) in &other.refused {
            *self.refused.entry(kind.clone()).or_default() += count;
        }
        self.challenge.extend(&other.challenge);
        self.answer.extend(&other.answer);
        self.redeem.extend(&other.redeem);
        self.longest = self.longest.max(other.longest);
        self
    }
}
