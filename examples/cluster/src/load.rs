//! Visitors, as many a second as were asked for.

use std::{sync::Arc, time::Duration};

use tokio::{
    task::JoinSet,
    time::{interval, sleep_until, timeout},
};

use crate::{
    chaos::{self, Past},
    cluster::Cluster,
    options::Options,
    say, seconds,
    visit::visit,
};

/// Most visitors that are on their way at once. One that comes then is left out, and counted as such.
const AT_ONCE: usize = 500;
/// How long the last of them may take.
const LAST: Duration = Duration::from_secs(45);

/// Sends visitors until the time is over and everything has happened that was to happen.
pub(crate) async fn run(cluster: &Arc<Cluster>, options: &Options) -> Vec<Past> {
    let mut visits = JoinSet::new();
    let mut comes = interval(Duration::from_secs(1) / options.rate);
    let mut tells = interval(Duration::from_secs(1));
    // The first tick is at once.
    tells.tick().await;
    let happens = async {
        let past = match options.chaos {
            true => chaos::run(cluster, options).await,
            false => Vec::new(),
        };
        sleep_until((cluster.began + options.seconds).into()).await;
        past
    };
    tokio::pin!(happens);
    let mut number = 0;
    let past = loop {
        tokio::select! {
            past = &mut happens => break past,
            _ = comes.tick() => {
                if visits.len() < AT_ONCE {
                    visits.spawn(visit(Arc::clone(cluster), number));
                } else {
                    cluster.figures.tokens(|tokens| tokens.left_out += 1);
                }
                number += 1;
            }
            _ = tells.tick() => {
                let now = seconds(cluster.began.elapsed());
                say(&format!("[{now:>7}] {}", cluster.figures.line()));
            }
            Some(_) = visits.join_next() => {}
        }
    };
    let _ = timeout(LAST, async { while visits.join_next().await.is_some() {} }).await;
    past
}
