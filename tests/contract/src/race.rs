//! Many at once.

use std::{
    future::Future,
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    thread,
};

use captcha_core::{Answer, Captcha, CaptchaError, ErrorKind, testing};

const THREADS: usize = 8;

/// Lets everybody else run first.
pub async fn hesitate() {
    let mut waited = false;
    std::future::poll_fn(move |context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What came of a race.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Let through, or judged.
    pub first: usize,
    /// Refused as spent.
    pub spent: usize,
    /// Anything else.
    pub other: usize,
}

/// Runs `racers` futures made by `run` on several threads that start together, each with many in
/// flight: futures on one thread take turns at every await.
pub fn race<F, T>(
    racers: usize,
    run: impl Fn() -> F + Sync,
    is_first: fn(&Result<T, CaptchaError>) -> bool,
) -> Outcome
where
    F: Future<Output = Result<T, CaptchaError>>,
{
    let (first, spent, other) = <(AtomicUsize, AtomicUsize, AtomicUsize)>::default();
    let barrier = Barrier::new(THREADS);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (run, first, spent, other, barrier) = (&run, &first, &spent, &other, &barrier);
            scope.spawn(move || {
                let share = racers / THREADS + usize::from(number < racers % THREADS);
                let mut racing: Vec<_> = (0..share).map(|_| Some(Box::pin(run()))).collect();
                barrier.wait();
                testing::block_on(std::future::poll_fn(|context| {
                    for slot in &mut racing {
                        let Some(future) = slot else { continue };
                        if let Poll::Ready(result) = future.as_mut().poll(context) {
                            *slot = None;
                            let count = match &result {
                                result if is_first(result) => first,
                                Err(error) if error.kind() == ErrorKind::Spent => spent,
                                _ => other,
                            };
                            count.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                    racing.retain(Option::is_some);
                    if racing.is_empty() {
                        Poll::Ready(())
                    } else {
                        Poll::Pending
                    }
                }));
            });
        }
    });
    Outcome {
        first: first.into_inner(),
        spent: spent.into_inner(),
        other: other.into_inner(),
    }
}

/// `racers` redemptions of one token.
#[must_use]
pub fn redemptions(captcha: &Captcha, token: &str, racers: usize) -> Outcome {
    race(racers, || captcha.redeem(token, None), Result::is_ok)
}

/// `racers` wrong guesses at one challenge: each that is judged is an oracle's answer.
#[must_use]
pub fn guesses(captcha: &Captcha, challenge: &str, racers: usize) -> Outcome {
    let guess = Arc::new(Answer::from_json(r#"{"x":1}"#));
    race(
        racers,
        || {
            let guess = Arc::clone(&guess);
            async move { captcha.answer(challenge, &guess, 0).await }
        },
        |result| match result {
            Ok(_) => true,
            Err(error) => error.kind() == ErrorKind::WrongAnswer,
        },
    )
}
