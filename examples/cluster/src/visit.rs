//! One visitor: a challenge of one node, answered at another, redeemed at a third.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use crate::{
    client::Call,
    cluster::{Cluster, Token},
    figures::{Outcome, Step},
    stamp,
};

/// One visit in so many tries its token once more, at all nodes at the same moment.
const AGAIN: u64 = 5;
/// One visit in so many sends a forged token.
const FORGED: u64 = 20;

#[derive(Deserialize)]
struct Challenge {
    challenge: String,
    work: Work,
}

#[derive(Deserialize)]
struct Work {
    salt: String,
    bits: u8,
}

#[derive(Deserialize)]
struct Solved {
    token: String,
}

pub(crate) async fn visit(cluster: Arc<Cluster>, number: u64) {
    let node = |step: u64| match (number / 3).is_multiple_of(2) {
        true => cluster.fleet.pick(number + step),
        // The other way around: every pair of nodes in either order.
        false => cluster.fleet.pick(number + 3 - step),
    };
    cluster.ask(node(0), Step::Page, Call::get("/")).await;
    let asked = Call::json(
        "/captcha/challenge",
        &json!({"kind": "work", "action": "signup"}),
    );
    let Some(given) = read::<Challenge>(cluster.ask(node(0), Step::Challenge, asked).await) else {
        return;
    };
    let Some(nonce) = stamp::solve(&given.work.salt, given.work.bits) else {
        return;
    };
    let answer = json!({"challenge": given.challenge, "answer": {}, "work": nonce});
    let answer = Call::json("/captcha/answer", &answer);
    let Some(solved) = read::<Solved>(cluster.ask(node(1), Step::Answer, answer).await) else {
        return;
    };
    let token = Token::new(solved.token);
    if number % FORGED == FORGED - 1
        && let Ok(forged) = cluster.forger.forge(number / FORGED, &token.text).await
    {
        let taken = cluster.sign_up(node(0), Step::Redeem, &forged).await;
        cluster.figures.tokens(|tokens| {
            tokens.forged += 1;
            tokens.forged_taken += u64::from(taken);
        });
    }
    match number % AGAIN {
        // Afterwards, when one of them has said that it is used.
        0 => {
            cluster.redeem(node(2), Step::Redeem, &token).await;
            cluster.redeem_everywhere(Step::Redeem, &token).await;
        }
        // And where nobody has yet: all three are asked, and one may say yes.
        1 => cluster.redeem_everywhere(Step::Redeem, &token).await,
        _ => cluster.redeem(node(2), Step::Redeem, &token).await,
    }
}

fn read<T: for<'a> Deserialize<'a>>(outcome: Outcome) -> Option<T> {
    match outcome {
        Outcome::Passed(body) => serde_json::from_slice(&body).ok(),
        Outcome::Broken | Outcome::Refused(_) => None,
    }
}
