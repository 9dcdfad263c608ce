use std::{
    collections::HashSet,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use super::*;
use crate::{random::SystemRandom, testing::block_on};

fn stock(threads: usize, per_kind: usize, queue_limit: usize) -> Stock {
    let config = StockConfig {
        threads,
        per_kind,
        queue_limit,
    };
    Stock::new(
        Kind::ALL.map(Spec::of).to_vec(),
        &config,
        Arc::new(SystemRandom),
    )
    .unwrap()
}

#[test]
fn ten_times_the_stock_in_parallel_and_no_two_pictures_alike() {
    let stock = stock(2, 8, 1_000);
    let pictures: Vec<String> = std::thread::scope(|scope| {
        let takers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    (0..10)
                        .map(|_| block_on(stock.take(Kind::Slide, Language::English)).unwrap())
                        .map(|drawn| drawn.prompt.image.unwrap().data)
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        takers
            .into_iter()
            .flat_map(|taker| taker.join().unwrap())
            .collect()
    });
    assert_eq!(pictures.len(), 80);
    assert_eq!(pictures.iter().collect::<HashSet<_>>().len(), 80);
}

#[test]
fn a_full_queue_is_busy_at_once() {
    let stock = stock(1, 0, 0);
    let error = block_on(stock.take(Kind::Text, Language::English)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert_eq!(error.retry_after_seconds(), Some(RETRY_AFTER));
}

#[test]
fn the_seed_draws_the_same_picture_again() {
    let stock = stock(1, 2, 4);
    let drawn = block_on(stock.take(Kind::Text, Language::English)).unwrap();
    let again = block_on(stock.redraw(Kind::Text, Language::English, drawn.seed)).unwrap();
    let again = Prompt::from(again).image.unwrap();
    assert_eq!(again.data, drawn.prompt.image.unwrap().data);
    let drawn = block_on(stock.take(Kind::Audio, Language::French)).unwrap();
    let again = |language| {
        let prompt = block_on(stock.redraw(Kind::Audio, language, drawn.seed)).unwrap();
        Prompt::from(prompt).audio.unwrap().data
    };
    let data = drawn.prompt.audio.unwrap().data;
    assert_eq!(again(Language::French), data);
    assert_ne!(again(Language::English), data);
}

#[test]
fn every_language_is_spoken_and_only_english_is_kept_ready() {
    let stock = stock(1, 1, 4);
    for language in Language::ALL {
        let drawn = block_on(stock.take(Kind::Audio, language)).unwrap();
        let Solution::Audio(solution) = drawn.solution else {
            panic!("{:?}", drawn.solution);
        };
        assert_eq!(solution.language, language);
        let state = stock.shared.lock();
        let shelf = state.stock.iter().find(|(kind, _)| *kind == Kind::Audio);
        assert!(shelf.unwrap().1.iter().all(|drawn| matches!(
            &drawn.solution,
            Solution::Audio(solution) if solution.language == Language::English
        )));
    }
}

#[test]
fn a_panic_or_failure_while_drawing_costs_one_caller_and_not_the_thread() {
    struct Broken(AtomicBool);
    impl RandomSource for Broken {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            assert!(
                !self.0.swap(false, Ordering::Relaxed),
                "a drawing that panics"
            );
            SystemRandom.fill(bytes)
        }
    }
    let config = StockConfig {
        threads: 1,
        per_kind: 0,
        queue_limit: 4,
    };
    let stock = Stock::new(
        vec![Spec::of(Kind::Text)],
        &config,
        Arc::new(Broken(AtomicBool::new(true))),
    )
    .unwrap();
    let first = block_on(stock.take(Kind::Text, Language::English))
        .map(|_| ())
        .unwrap_err();
    assert_eq!(first.kind(), ErrorKind::Busy);
    assert!(block_on(stock.take(Kind::Text, Language::English)).is_ok());
}

#[test]
fn dropping_the_stock_ends_its_threads() {
    let stock = stock(2, 4, 4);
    let shared = Arc::downgrade(&stock.shared);
    drop(stock);
    for _ in 0..200 {
        if shared.strong_count() == 0 {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("drawing threads outlive their stock");
}

#[test]
fn no_puzzle_never_waits_behind_those_that_are_drawn() {
    let stock = stock(1, 0, 0);
    assert_eq!(
        block_on(stock.take(Kind::Work, Language::English))
            .unwrap()
            .solution,
        Solution::Work
    );
}
