//! For tests, and only for tests: the solution of a challenge, a clock that is set by hand, a
//! seeded source of randomness, and the suite that every [`Store`](crate::Store) has to pass.
//!
//! Feature `testing` is never on by default, and an engine built with it says so in the log.

use std::{
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rand::Rng;

mod bent;
mod contract;
mod pixels;

pub use bent::{BENDING, bent};
pub use contract::store_contract;
pub use pixels::Pixels;

use crate::{
    captcha::{Answer, Captcha, Token},
    challenge::{self, Difficulty, Generator, Kind, Solution, Spec, TextOptions, work::Stamp},
    clock::{Clock, millis},
    error::CaptchaError,
    key::{KeyRing, SecretKey},
    pending::Pending,
    random::{self, RandomSource},
    render::{lettering::Style, recital, voice::Language},
    seal::{Generation, Purpose, Sealer},
};

/// What solves a challenge.
#[derive(Clone, Debug)]
pub struct Solved {
    /// The answer to send.
    pub answer: Answer,
    /// The stamp to send.
    pub work: u64,
}

fn solved(pending: &Pending) -> Solved {
    Solved {
        answer: answer(&pending.solution),
        work: pending.stamp.solve(),
    }
}

pub(crate) fn answer(solution: &Solution) -> Answer {
    let answer = match solution {
        Solution::Slide(solution) => serde_json::json!({ "x": solution.x }),
        Solution::Text(solution) => serde_json::json!({ "text": solution.text }),
        Solution::Rotate(solution) => serde_json::json!({ "angle": solution.angle }),
        Solution::Click(solution) => {
            let points = solution.points.iter();
            let points: Vec<_> = points
                .map(|(x, y)| serde_json::json!({ "x": x, "y": y }))
                .collect();
            serde_json::json!({ "points": points })
        }
        Solution::Drag(solution) => serde_json::json!({ "x": solution.x, "y": solution.y }),
        Solution::Audio(solution) => serde_json::json!({ "text": solution.text() }),
        Solution::Work => serde_json::json!({}),
    };
    Answer(answer.to_string())
}

/// Opens a challenge, of the widget or of the frame, with the secret and site that sealed it.
///
/// # Errors
/// When the challenge is of another site or secret.
pub fn solve(secret: &SecretKey, site: &str, challenge: &str) -> Result<Solved, CaptchaError> {
    let sealer = Sealer::new(&KeyRing::new(secret.clone()), site)?;
    let opened = sealer
        .open(Purpose::Challenge, challenge)
        .or_else(|_| sealer.open(Purpose::FrameChallenge, challenge))?;
    Ok(solved(&Pending::from_bytes(&opened.content)?))
}

impl Captcha {
    /// What solves a challenge of this engine.
    ///
    /// # Errors
    /// When the challenge is not of this engine, or is past its life.
    pub async fn solve(&self, challenge: &str) -> Result<Solved, CaptchaError> {
        let engine = self.engine();
        let opened = match engine.open(Purpose::Challenge, challenge).await {
            Ok(opened) => opened,
            Err(_) => engine.open(Purpose::FrameChallenge, challenge).await?,
        };
        Ok(solved(&opened.0))
    }

    /// A token as a visitor would get it: a challenge is issued, solved and answered.
    ///
    /// # Errors
    /// As [`Captcha::issue`] and [`Captcha::answer`].
    pub async fn token_for_tests(&self, action: Option<&str>) -> Result<Token, CaptchaError> {
        let challenge = self.issue(None, action).await?.challenge;
        let solved = self.solve(&challenge).await?;
        self.answer(&challenge, &solved.answer, solved.work).await
    }
}

/// A clock that stands still until it is set.
#[derive(Clone, Debug)]
pub struct HandClock(Arc<AtomicU64>);

impl HandClock {
    /// A clock that shows `unix_millis`.
    #[must_use]
    pub fn at(unix_millis: u64) -> Self {
        Self(Arc::new(AtomicU64::new(unix_millis)))
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(millis(by), Ordering::Relaxed);
    }

    /// Sets it, back as well.
    pub fn set(&self, unix_millis: u64) {
        self.0.store(unix_millis, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn unix_millis(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// ChaCha from a seed: the same bytes in every run.
#[derive(Debug)]
pub struct SeededRandom(Mutex<Generator>);

impl SeededRandom {
    /// A source that gives the same bytes for the same `seed`.
    #[must_use]
    pub fn new(seed: u8) -> Self {
        Self(Mutex::new(random::generator([seed; 32])))
    }
}

impl RandomSource for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        (self.0.lock())
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(bytes);
        Ok(())
    }
}

/// Runs a future of the engine to its end on this thread, for tests without a runtime.
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut context = std::task::Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(output) => return output,
            std::task::Poll::Pending => std::thread::park(),
        }
    }
}

/// Seals and opens one slide challenge, for the benchmark.
#[allow(missing_debug_implementations, reason = "it holds keys")]
pub struct Sealing {
    sealer: Sealer,
    pending: Pending,
    nonce: u64,
}

/// Something to measure sealing with.
#[must_use]
pub fn sealing() -> Option<Sealing> {
    let sealer = Sealer::new(&KeyRing::new(SecretKey::generate().ok()?), "site").ok()?;
    let (_, solution) = challenge::draw(&Spec::of(Kind::Slide), &mut random::generator([1; 32]));
    let pending = Pending {
        id: [1; 16],
        issued: 1,
        expires: 2,
        action: "signup".to_owned(),
        stamp: Stamp {
            salt: [2; 16],
            bits: 14,
        },
        solution,
        seed: None,
    };
    Some(Sealing {
        sealer,
        pending,
        nonce: 0,
    })
}

impl Sealing {
    /// The challenge, sealed once more.
    pub fn seal(&mut self) -> String {
        self.nonce += 1;
        let mut nonce = [0; 24];
        nonce
            .split_at_mut(8)
            .0
            .copy_from_slice(&self.nonce.to_be_bytes());
        let generation = Generation {
            configured: 0,
            store: 1,
        };
        (self.sealer)
            .seal(
                Purpose::Challenge,
                generation,
                nonce,
                &self.pending.to_bytes(),
            )
            .unwrap_or_default()
    }

    /// Whether `sealed` opens and reads.
    #[must_use]
    pub fn open(&self, sealed: &str) -> bool {
        (self.sealer.open(Purpose::Challenge, sealed))
            .is_ok_and(|opened| Pending::from_bytes(&opened.content).is_ok())
    }
}

/// One drawn challenge, as files.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// The picture.
    pub image: Vec<u8>,
    /// What lies beside it: a piece, a disc or an order.
    pub part: Vec<u8>,
    /// The sound, of a kind to listen to.
    pub sound: Vec<u8>,
    /// Top edge at which a piece starts.
    pub top: u32,
    /// The answer in the JSON of the protocol.
    pub answer: String,
    /// How far it may be off.
    pub tolerance: u8,
}

/// The variants that a kind is drawn in: styles of text, any of them at random, and languages of
/// audio, English unless another is named.
#[must_use]
pub fn styles(kind: Kind) -> Vec<&'static str> {
    match kind {
        Kind::Text => Style::ALL.map(Style::name).to_vec(),
        Kind::Audio => Language::ALL.map(Language::code).to_vec(),
        _ => Vec::new(),
    }
}

/// A digit in English, said once in a voice made from `seed`, without anything else.
#[must_use]
pub fn plain_digit(digit: u8, seed: u64) -> Vec<u8> {
    recital::plain(digit, Language::English, &mut generator(seed)).bytes
}

fn generator(seed: u64) -> Generator {
    let mut bytes = [0; 32];
    bytes.split_at_mut(8).0.copy_from_slice(&seed.to_be_bytes());
    random::generator(bytes)
}

/// Draws and encodes one challenge from `seed`, in a style of its own choice unless one is named.
#[must_use]
pub fn draw(kind: Kind, difficulty: Difficulty, style: Option<&str>, seed: u64) -> Drawing {
    drawing(&spec(kind, difficulty, style), seed)
}

/// As [`draw`], with other characters, lengths or a sum where the kind is text.
#[must_use]
pub fn draw_text(
    options: &TextOptions,
    difficulty: Difficulty,
    style: Option<&str>,
    seed: u64,
) -> Drawing {
    let spec = Spec {
        text: options.clone(),
        ..spec(Kind::Text, difficulty, style)
    };
    drawing(&spec, seed)
}

/// As [`draw`], with backgrounds, icons and fonts of the host's own.
///
/// # Errors
/// As [`CaptchaBuilder::build`](crate::CaptchaBuilder::build) for such assets.
#[cfg(feature = "assets")]
pub fn draw_with(
    assets: &crate::Assets,
    kind: Kind,
    difficulty: Difficulty,
    style: Option<&str>,
    seed: u64,
) -> Result<Drawing, CaptchaError> {
    let shown = challenge::click::shown(difficulty);
    let spec = Spec {
        host: Some(Arc::new(
            assets.equip(TextOptions::default().characters(), shown)?,
        )),
        ..spec(kind, difficulty, style)
    };
    Ok(drawing(&spec, seed))
}

fn spec(kind: Kind, difficulty: Difficulty, style: Option<&str>) -> Spec {
    Spec {
        difficulty,
        style: style.and_then(|name| Style::ALL.into_iter().find(|style| style.name() == name)),
        language: style.and_then(Language::from_tag).unwrap_or_default(),
        ..Spec::of(kind)
    }
}

fn drawing(spec: &Spec, seed: u64) -> Drawing {
    let (prompt, solution) = challenge::draw(spec, &mut generator(seed));
    let top = prompt.piece.as_ref().map_or(0, |piece| piece.y);
    let piece = prompt.piece.map(|piece| piece.picture);
    let order = prompt.order.map(|(order, _)| order);
    let part = piece.or(prompt.disc).or(order);
    Drawing {
        image: prompt.image.map(|image| image.bytes).unwrap_or_default(),
        part: part.map(|part| part.bytes).unwrap_or_default(),
        sound: prompt.audio.map(|sound| sound.bytes).unwrap_or_default(),
        top,
        answer: answer(&solution).0,
        tolerance: match solution {
            Solution::Slide(solution) => solution.tolerance,
            Solution::Rotate(solution) => solution.tolerance,
            Solution::Click(solution) => solution.tolerance,
            Solution::Drag(solution) => solution.tolerance,
            Solution::Text(_) | Solution::Audio(_) | Solution::Work => 0,
        },
    }
}

/// Privacy details for tests, where nobody reads the notice.
pub fn privacy() -> crate::Privacy {
    crate::Privacy::new("Test Ltd, 1 Hill Street", "privacy@example.org")
        .legitimate_interest("keeping bots out of the tests")
}
