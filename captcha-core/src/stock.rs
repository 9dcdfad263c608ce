//! The drawing threads and the small stock of drawn puzzles that they keep.
//!
//! Each puzzle is served once. An empty stock makes the caller wait for a drawing, a full queue
//! makes it come back later; neither stalls an async thread or repeats a picture.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use futures_channel::oneshot;

use crate::{
    challenge::{self, Kind, Solution, Spec},
    error::{CaptchaError, ErrorKind},
    observe,
    prompt::Prompt,
    random::{self, RandomSource},
    render::voice::Language,
};

/// Seconds after which a refused caller may try again.
const RETRY_AFTER: u32 = 2;

/// One drawn puzzle, its pictures or sound already in the form that the protocol sends.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) seed: [u8; 32],
    pub(crate) prompt: Prompt,
    pub(crate) solution: Solution,
}

enum Job {
    Draw(Kind, Language, oneshot::Sender<Drawn>),
    /// A puzzle that was drawn before, from its seed.
    Redraw(Kind, Language, [u8; 32], oneshot::Sender<challenge::Prompt>),
    Restock(Kind),
}

#[derive(Default)]
struct State {
    stock: Vec<(Kind, VecDeque<Drawn>)>,
    queue: VecDeque<Job>,
    /// Drawings of each stock that a thread has in hand, so that two threads do not overfill it.
    in_hand: usize,
    closed: bool,
}

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    random: Arc<dyn RandomSource>,
    specs: Vec<Spec>,
    per_kind: usize,
    queue_limit: usize,
}

impl Shared {
    /// How a kind is drawn; of one that is not on offer, as by default.
    fn spec(&self, kind: Kind, language: Language) -> Spec {
        let known = self.specs.iter().find(|spec| spec.kind == kind);
        Spec {
            language,
            ..(known.cloned()).unwrap_or_else(|| Spec::of(kind))
        }
    }

    fn draw(&self, kind: Kind, language: Language) -> Result<Drawn, CaptchaError> {
        let seed = random::array(self.random.as_ref())?;
        let spec = self.spec(kind, language);
        let draw = || challenge::draw(&spec, &mut random::generator(seed));
        let (prompt, solution) = match kind.is_drawn() {
            true => observe::drawn(draw),
            false => draw(),
        };
        Ok(Drawn {
            seed,
            prompt: prompt.into(),
            solution,
        })
    }

    fn redraw(&self, kind: Kind, language: Language, seed: [u8; 32]) -> challenge::Prompt {
        challenge::draw(&self.spec(kind, language), &mut random::generator(seed)).0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A bounded queue in front of a few drawing threads. Dropping it ends the threads.
pub(crate) struct Stock {
    shared: Arc<Shared>,
    threads: usize,
}

/// How much the stock keeps and how it is drawn.
pub(crate) struct StockConfig {
    /// Threads that draw; with 0 the caller draws, in order, which only tests want.
    pub(crate) threads: usize,
    /// Puzzles kept ready of each kind.
    pub(crate) per_kind: usize,
    /// Callers that may wait for a drawing.
    pub(crate) queue_limit: usize,
}

impl Stock {
    pub(crate) fn new(
        specs: Vec<Spec>,
        config: &StockConfig,
        random: Arc<dyn RandomSource>,
    ) -> Result<Self, CaptchaError> {
        let drawn = specs
            .iter()
            .map(|spec| spec.kind)
            .filter(|kind| kind.is_drawn());
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                stock: drawn.map(|kind| (kind, VecDeque::new())).collect(),
                ..State::default()
            }),
            wake: Condvar::new(),
            random,
            specs,
            per_kind: config.per_kind,
            queue_limit: config.queue_limit,
        });
        for number in 0..config.threads {
            let shared = Arc::clone(&shared);
            thread::Builder::new()
                .name(format!("captcha-draw-{number}"))
                .spawn(move || run(&shared))
                .map_err(|cause| {
                    CaptchaError::configuration("a drawing thread could not be started")
                        .caused_by(cause)
                })?;
        }
        Ok(Self {
            shared,
            threads: config.threads,
        })
    }

    /// A puzzle that nobody has seen: from the stock, or drawn while the caller waits. What is
    /// spoken in another language than English is always drawn.
    pub(crate) async fn take(&self, kind: Kind, language: Language) -> Result<Drawn, CaptchaError> {
        // Where there is nothing to draw, nobody waits behind those who draw.
        if self.threads == 0 || !kind.is_drawn() {
            return self.shared.draw(kind, language);
        }
        let receiver = {
            let mut state = self.shared.lock();
            let ready = (state.stock.iter_mut())
                .find(|(of, _)| *of == kind && is_stocked(kind, language))
                .and_then(|(_, puzzles)| puzzles.pop_front());
            if let Some(drawn) = ready {
                self.shared.wake.notify_one();
                return Ok(drawn);
            }
            observe::count(&observe::STOCK_MISSES, "stock", "empty");
            let (sender, receiver) = oneshot::channel();
            self.enqueue(&mut state, Job::Draw(kind, language, sender))?;
            receiver
        };
        receiver.await.map_err(|_| undrawn())
    }

    /// Whether a caller that has to wait for a drawing would be let in.
    pub(crate) fn has_room(&self) -> bool {
        self.threads == 0 || self.shared.lock().queue.len() < self.shared.queue_limit
    }

    /// Draws again what `seed` gave before.
    pub(crate) async fn redraw(
        &self,
        kind: Kind,
        language: Language,
        seed: [u8; 32],
    ) -> Result<challenge::Prompt, CaptchaError> {
        if self.threads == 0 {
            return Ok(self.shared.redraw(kind, language, seed));
        }
        let (sender, receiver) = oneshot::channel();
        let job = Job::Redraw(kind, language, seed, sender);
        self.enqueue(&mut self.shared.lock(), job)?;
        receiver.await.map_err(|_| undrawn())
    }

    fn enqueue(&self, state: &mut State, job: Job) -> Result<(), CaptchaError> {
        if state.queue.len() >= self.shared.queue_limit {
            return Err(undrawn());
        }
        state.queue.push_back(job);
        self.shared.wake.notify_one();
        Ok(())
    }
}

impl Drop for Stock {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.closed = true;
        // Waiting callers are told at once.
        state.queue.clear();
        drop(state);
        self.shared.wake.notify_all();
    }
}

fn undrawn() -> CaptchaError {
    CaptchaError::new(
        ErrorKind::Busy,
        "more puzzles are asked for than can be drawn",
    )
    .retry_after(RETRY_AFTER)
}

fn run(shared: &Shared) {
    while let Some(job) = next_job(shared) {
        let restocks = matches!(job, Job::Restock(_));
        // A panic loses one drawing, not the thread: its caller is told to come back.
        let outcome = catch_unwind(AssertUnwindSafe(|| perform(shared, job)));
        if restocks {
            shared.lock().in_hand -= 1;
        }
        let failure = match outcome {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "a drawing panicked".to_owned(),
        };
        tracing::error!(failure, "a puzzle could not be drawn");
        // Whatever is broken, trying again at full speed does not mend it.
        thread::sleep(std::time::Duration::from_millis(50));
    }
}

fn perform(shared: &Shared, job: Job) -> Result<(), CaptchaError> {
    match job {
        // A caller that went away leaves its puzzle unseen, so another may have it.
        Job::Draw(kind, language, sender) => {
            if let Err(unseen) = sender.send(shared.draw(kind, language)?)
                && is_stocked(kind, language)
            {
                shelve(&mut shared.lock(), kind, unseen, shared.per_kind);
            }
        }
        Job::Redraw(kind, language, seed, sender) => {
            let _ = sender.send(shared.redraw(kind, language, seed));
        }
        Job::Restock(kind) => {
            let drawn = shared.draw(kind, Language::English)?;
            shelve(&mut shared.lock(), kind, drawn, shared.per_kind);
        }
    }
    Ok(())
}

/// Whether puzzles of the kind are kept ready in the language: a stock of each would be twelve.
fn is_stocked(kind: Kind, language: Language) -> bool {
    kind != Kind::Audio || language == Language::English
}

fn shelve(state: &mut State, kind: Kind, drawn: Drawn, per_kind: usize) {
    if let Some((_, shelf)) = state.stock.iter_mut().find(|(of, _)| *of == kind)
        && shelf.len() < per_kind
    {
        shelf.push_back(drawn);
    }
}

/// The next thing to draw: for somebody who waits, else for the emptiest shelf. `None` ends the
/// thread.
fn next_job(shared: &Shared) -> Option<Job> {
    let mut state = shared.lock();
    loop {
        if state.closed {
            return None;
        }
        if let Some(job) = state.queue.pop_front() {
            return Some(job);
        }
        let in_hand = state.in_hand;
        let emptiest = (state.stock.iter())
            .map(|(kind, shelf)| (shelf.len() + in_hand, *kind))
            .min()
            .filter(|(ready, _)| *ready < shared.per_kind);
        if let Some((_, kind)) = emptiest {
            state.in_hand += 1;
            return Some(Job::Restock(kind));
        }
        state = (shared.wake.wait(state)).unwrap_or_else(PoisonError::into_inner);
    }
}

#[cfg(test)]
mod tests;
