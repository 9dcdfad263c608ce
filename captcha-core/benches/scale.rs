//! What one process and one Redis do, for `docs/scaling.md`:
//! `cargo bench -p captcha-core --features testing,redis --bench scale`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark: what fails ends it"
)]

#[allow(dead_code, reason = "shared with tests")]
#[path = "../tests/redis/server.rs"]
mod server;

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::Poll,
    thread,
    time::{Duration, Instant},
};

use captcha_core::{
    Captcha, Kind, Limits, MemoryStore, RedisStore, SecretKey, Store,
    store::Id,
    testing::{self, block_on},
};

const ROUNDS: usize = 5;

fn engine(store: Arc<dyn Store>) -> Captcha {
    Captcha::builder()
        .privacy(testing::privacy())
        .key(SecretKey::generate().unwrap())
        .limits(Limits::UNLIMITED)
        .kinds([Kind::Work])
        .work_bits(1, 1)
        .store(store)
        .build()
        .unwrap()
}

fn tokens(captcha: &Captcha, number: usize) -> Vec<String> {
    let token = |_| {
        block_on(captcha.token_for_tests(None))
            .unwrap()
            .as_str()
            .to_owned()
    };
    (0..number).map(token).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Redemptions a second on so many threads.
fn redemptions(threads: usize) -> f64 {
    let captcha = engine(Arc::new(MemoryStore::with_max_marks(usize::MAX).unwrap()));
    let each = 150_000;
    let shares: Vec<_> = (0..threads).map(|_| tokens(&captcha, each)).collect();
    let start = Instant::now();
    thread::scope(|scope| {
        for share in &shares {
            let captcha = &captcha;
            scope.spawn(move || {
                for token in share {
                    assert!(block_on(captcha.redeem(token, None)).is_ok());
                }
            });
        }
    });
    (each * threads) as f64 / start.elapsed().as_secs_f64()
}

/// Resident memory in KiB.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok())
        .unwrap_or(0.0)
}

fn id(number: usize) -> Id {
    let mut id = [0; 16];
    // As random ids are: spread over every shard.
    id[..8].copy_from_slice(
        &(number as u64)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .to_be_bytes(),
    );
    id
}

/// Runs so many futures at a time on this thread, each as often as its share.
fn in_flight<F: Future<Output = ()>>(width: usize, each: usize, run: impl Fn(usize) -> F) -> f64 {
    let start = Instant::now();
    let mut running: Vec<Option<(usize, Pin<Box<F>>)>> = (0..width)
        .map(|at| Some((0, Box::pin(run(at * each)))))
        .collect();
    block_on(std::future::poll_fn(|context| {
        let mut left = false;
        for (at, slot) in running.iter_mut().enumerate() {
            while let Some((done, future)) = slot {
                if future.as_mut().poll(context).is_pending() {
                    left = true;
                    break;
                }
                let done = *done + 1;
                *slot = (done < each).then(|| (done, Box::pin(run(at * each + done))));
            }
        }
        if left { Poll::Pending } else { Poll::Ready(()) }
    }));
    (width * each) as f64 / start.elapsed().as_secs_f64()
}

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    // First, while nothing was given back that could be used again.
    let store = MemoryStore::with_max_marks(usize::MAX).unwrap();
    let before = resident();
    for number in 0..1_000_000 {
        block_on(store.spend(&id(number), Duration::from_secs(3_600))).unwrap();
    }
    println!(
        "a million marks: {:.1} MiB",
        (resident() - before) / 1_024.0
    );
    let captcha = engine(Arc::new(MemoryStore::new().unwrap()));
    let before = resident();
    for _ in 0..1_000_000 {
        block_on(captcha.issue(Some(Kind::Work), None)).unwrap();
    }
    println!(
        "a million outstanding challenges: {:.1} MiB",
        (resident() - before) / 1_024.0
    );

    for threads in [1, 2] {
        let rates = (0..ROUNDS).map(|_| redemptions(threads)).collect();
        println!(
            "memory, {threads} threads: {:.0} redemptions a second",
            median(rates)
        );
    }

    let server = server::Server::start(&[]);
    let store = RedisStore::builder(&server.url()).deadline(Duration::from_secs(5));
    let store: Arc<dyn Store> = Arc::new(store.connect().unwrap());
    let mut number = 0;
    for width in [1, 16, 64, 256] {
        let each = 20_000 / width;
        let rates = (0..ROUNDS).map(|_| {
            number += 1_000_000;
            let base = number;
            let store = &store;
            in_flight(width, each, move |at| {
                let id = id(base + at);
                async move { assert!(store.spend(&id, Duration::from_secs(60)).await.unwrap()) }
            })
        });
        println!(
            "Redis, {width} spends in flight: {:.0} a second",
            median(rates.collect())
        );
    }
    let captcha = engine(Arc::clone(&store));
    for width in [1, 64] {
        let each = 10_000 / width;
        let rates = (0..ROUNDS).map(|_| {
            let tokens = tokens(&captcha, width * each);
            let (tokens, captcha) = (&tokens, &captcha);
            in_flight(width, each, move |at| async move {
                captcha.redeem(&tokens[at], None).await.unwrap();
            })
        });
        println!(
            "Redis, {width} redemptions in flight: {:.0} a second",
            median(rates.collect())
        );
    }
    let memory = server.cli(&["INFO", "memory"]);
    let used = memory
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"));
    let keys = server.cli(&["DBSIZE"]);
    println!(
        "Redis holds {} keys in {} bytes",
        keys.trim(),
        used.unwrap_or_default().trim()
    );
}
