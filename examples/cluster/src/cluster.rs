//! Everything that runs, and the one way to ask it something.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

use serde::Deserialize;

use crate::{
    Fallible,
    client::Call,
    figures::{Done, Figures, Outcome, Step},
    fleet::{Fleet, Node},
    forge::Forger,
    redis::Redis,
};

/// How many of the tokens that were taken last are remembered, to be tried again after an event.
const LATELY: usize = 60;

pub(crate) struct Cluster {
    pub(crate) fleet: Fleet,
    pub(crate) redis: tokio::sync::Mutex<Redis>,
    pub(crate) figures: Figures,
    pub(crate) forger: Forger,
    pub(crate) began: Instant,
    lately: Mutex<VecDeque<Arc<Token>>>,
}

/// A token, and how often it was taken over all tries.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    taken: AtomicU32,
}

impl Token {
    pub(crate) fn new(text: String) -> Arc<Self> {
        Arc::new(Self {
            text,
            taken: AtomicU32::new(0),
        })
    }

    pub(crate) fn was_taken(&self) -> bool {
        self.taken.load(Ordering::SeqCst) > 0
    }
}

/// Of a problem document, what says which one it is.
#[derive(Deserialize)]
struct Problem {
    r#type: String,
}

impl Cluster {
    pub(crate) fn new(fleet: Fleet, redis: Redis) -> Fallible<Self> {
        Ok(Self {
            fleet,
            redis: redis.into(),
            figures: Figures::default(),
            forger: Forger::new()?,
            began: Instant::now(),
            lately: Mutex::default(),
        })
    }

    pub(crate) async fn ask(&self, node: &Node, step: Step, call: Call) -> Outcome {
        let life = node.life();
        let began = Instant::now();
        let outcome = match node.client().send(&call).await {
            Err(_) => Outcome::Broken,
            Ok(reply) if reply.status.as_u16() == 200 => Outcome::Passed(reply.body),
            Ok(reply) => {
                let problem = serde_json::from_slice::<Problem>(&reply.body).ok();
                let kind = problem.as_ref().and_then(|problem| {
                    let kind = problem.r#type.strip_prefix("urn:captcha:")?;
                    Some(kind.to_owned())
                });
                let kind = kind.unwrap_or_else(|| format!("status {}", reply.status.as_u16()));
                Outcome::Refused(kind)
            }
        };
        let done = Done {
            node: node.number,
            step,
            began,
            took: began.elapsed(),
            node_lived: node.lived_since(life),
        };
        self.figures.note(&done, &outcome);
        outcome
    }

    /// Sends the form with a token; `true` if it was taken.
    pub(crate) async fn sign_up(&self, node: &Node, step: Step, token: &str) -> bool {
        let body = format!("name=Ada&email=ada%40lantern.example&captcha-token={token}");
        let asked = self.ask(node, step, Call::form("/signup", body));
        matches!(asked.await, Outcome::Passed(_))
    }

    /// Redeems a token that a node gave out.
    pub(crate) async fn redeem(&self, node: &Node, step: Step, token: &Arc<Token>) {
        if token.was_taken() {
            self.figures.tokens(|tokens| tokens.replays += 1);
        }
        if !self.sign_up(node, step, &token.text).await {
            return;
        }
        match token.taken.fetch_add(1, Ordering::SeqCst) {
            0 => {
                let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
                lately.push_back(Arc::clone(token));
                if lately.len() > LATELY {
                    lately.pop_front();
                }
            }
            1 => self.figures.tokens(|tokens| tokens.twice += 1),
            // A token counts once, however often it is taken.
            _ => {}
        }
    }

    /// At all three nodes at the same moment.
    pub(crate) async fn redeem_everywhere(&self, step: Step, token: &Arc<Token>) {
        let [first, second, third] = self.fleet.nodes();
        tokio::join!(
            self.redeem(first, step, token),
            self.redeem(second, step, token),
            self.redeem(third, step, token),
        );
    }

    /// The tokens that were taken last.
    pub(crate) fn lately(&self) -> Vec<Arc<Token>> {
        let lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        lately.iter().cloned().collect()
    }

    pub(crate) async fn end(&self) {
        self.fleet.end().await;
        self.redis.lock().await.end().await;
    }
}
