//! Setting up an engine: safe by default.

mod build;

use std::{fmt, sync::Arc, time::Duration};

#[cfg(feature = "assets")]
use crate::assets::Assets;
use crate::{
    arrival::Transport,
    captcha::Rotation,
    challenge::{Difficulty, Kind, TextOptions},
    clock::{Clock, SystemClock},
    cookie::CookieConfig,
    error::CaptchaError,
    key::KeyRing,
    limit::Limits,
    privacy::{audit::AuditLog, config::Privacy, statistics::Statistics},
    proxy::TrustedProxies,
    random::{RandomSource, SystemRandom},
    rotate::KeySource,
    stock::StockConfig,
    store::Store,
};

/// Longest name of a site or an action.
pub(crate) const MAX_NAME: usize = 64;

/// Sets up a [`Captcha`](crate::Captcha). The key and the privacy details are required.
#[must_use]
pub struct CaptchaBuilder {
    keys: Option<KeyRing>,
    key_source: Option<KeySource>,
    site: String,
    action: String,
    kinds: Vec<Kind>,
    difficulties: Vec<(Kind, Difficulty)>,
    text: TextOptions,
    rotation: Rotation,
    store: Option<Arc<dyn Store>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn RandomSource>,
    cookies: CookieConfig,
    limits: Limits,
    proxies: Option<TrustedProxies>,
    transport: Transport,
    challenge_life: Duration,
    token_life: Duration,
    puzzle_bits: Option<u8>,
    work_bits: u8,
    generation: u32,
    frame: bool,
    stock: StockConfig,
    privacy: Option<Privacy>,
    statistics: Option<Statistics>,
    audit: Option<AuditLog>,
    feedback: bool,
    #[cfg(feature = "assets")]
    assets: Option<Assets>,
}

impl CaptchaBuilder {
    pub(crate) fn new() -> Self {
        Self {
            keys: None,
            key_source: None,
            site: "default".to_owned(),
            action: "default".to_owned(),
            kinds: Kind::ALL.to_vec(),
            difficulties: Vec::new(),
            text: TextOptions::default(),
            rotation: Rotation::default(),
            store: None,
            clock: Arc::new(SystemClock::new()),
            random: Arc::new(SystemRandom),
            cookies: CookieConfig::default(),
            limits: Limits::default(),
            proxies: None,
            transport: Transport::default(),
            challenge_life: Duration::from_secs(120),
            token_life: Duration::from_secs(300),
            puzzle_bits: None,
            work_bits: 18,
            generation: 0,
            frame: true,
            stock: StockConfig {
                threads: std::thread::available_parallelism().map_or(1, |n| n.get().min(2)),
                per_kind: 16,
                queue_limit: 64,
            },
            privacy: None,
            statistics: None,
            audit: None,
            feedback: false,
            #[cfg(feature = "assets")]
            assets: None,
        }
    }

    /// The secret, or a ring of them. Required.
    pub fn key(mut self, keys: impl Into<KeyRing>) -> Self {
        self.keys = Some(keys.into());
        self
    }

    /// Where the secrets come from, and how often to look (at least every second; often enough is a tenth of a
    /// token's life): a file that is mounted, or a vault of yours. The first ring is taken when the engine is
    /// built, and whatever comes later takes its place without a restart. In place of [`key`](Self::key).
    ///
    /// A ring that cannot be had changes nothing and is logged. The source runs on a thread of its
    /// own, and may wait.
    ///
    /// ```no_run
    /// use captcha_core::{Captcha, KeyRing};
    /// use std::time::Duration;
    ///
    /// let builder = Captcha::builder()
    ///     .keys_from(Duration::from_secs(10), || KeyRing::from_file("/run/secrets/captcha"));
    /// ```
    ///
    /// To rotate without a refusal on several servers, first add the new secret **behind** the old one,
    /// wait until all have seen it, put it in front, and take the old one out when no token of
    /// it can be alive (`docs/scaling.md`).
    pub fn keys_from(
        mut self,
        every: Duration,
        source: impl Fn() -> Result<KeyRing, CaptchaError> + Send + Sync + 'static,
    ) -> Self {
        self.key_source = Some(KeySource::new(every, source));
        self
    }

    /// Who answers for the data, for the notice that visitors read. Required.
    pub fn privacy(mut self, privacy: Privacy) -> Self {
        self.privacy = Some(privacy);
        self
    }

    /// Daily statistics of visitors who agree to them. Off unless set.
    pub fn statistics(mut self, statistics: Statistics) -> Self {
        self.statistics = Some(statistics);
        self
    }

    /// A form at `GET privacy/feedback` for what visitors think of the notice and of data
    /// protection: sealed, kept for 30 days at most, without an address. Off unless set; read it with
    /// [`Captcha::feedback`](crate::Captcha::feedback).
    pub fn feedback_form(mut self) -> Self {
        self.feedback = true;
        self
    }

    /// Where administrative actions are written down; in memory unless set.
    pub fn audit_log(mut self, log: AuditLog) -> Self {
        self.audit = Some(log);
        self
    }

    /// The deployment's own name, sealed into everything: two sites with one secret do not accept
    /// each other's tokens. Up to 64 visible ASCII characters; `default` unless set.
    pub fn site(mut self, site: impl Into<String>) -> Self {
        self.site = site.into();
        self
    }

    /// The action of a challenge that names none, and the one that handlers expect unless they are
    /// told otherwise. Up to 64 of `A-Z a-z 0-9 _ -`; `default` unless set.
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = action.into();
        self
    }

    /// The kinds on offer; the first is shown unless the visitor chooses another or
    /// [`rotation`](Self::rotation) says otherwise. All unless set.
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.kinds = kinds.into_iter().collect();
        self
    }

    /// Which kind is shown to a visitor who did not choose one; the first unless set.
    pub fn rotation(mut self, rotation: Rotation) -> Self {
        self.rotation = rotation;
        self
    }

    /// How hard the puzzles of a kind are; [`Difficulty::Normal`] unless set.
    pub fn difficulty(mut self, kind: Kind, difficulty: Difficulty) -> Self {
        self.difficulties.retain(|(of, _)| *of != kind);
        self.difficulties.push((kind, difficulty));
        self
    }

    /// What pictures of kind `text` say: other characters, other lengths, or a sum.
    pub fn text(mut self, text: TextOptions) -> Self {
        self.text = text;
        self
    }

    /// Backgrounds, icons and fonts of your own, from a folder that [`Assets`] has checked. None unless
    /// set.
    #[cfg(feature = "assets")]
    pub fn assets(mut self, assets: Assets) -> Self {
        self.assets = Some(assets);
        self
    }

    /// Where single use is remembered; a [`MemoryStore`](crate::MemoryStore) unless set.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// Another clock. The engine never lets it go back.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Another source of randomness. Whoever can predict it can solve every challenge.
    pub fn random(mut self, random: Arc<dyn RandomSource>) -> Self {
        self.random = random;
        self
    }

    /// How cookies are written; `Secure` with the `__Host-` prefix unless set.
    pub fn cookies(mut self, cookies: CookieConfig) -> Self {
        self.cookies = cookies;
        self
    }

    /// Calls a minute that are served.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The proxies in front of the application. None unless set: limits then count the address of
    /// the socket's other end, and no forwarding header is read.
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.proxies = Some(proxies);
        self
    }

    /// Serves visitors over plain HTTP. Unless set, one whom a trusted proxy reports as plain
    /// (`X-Forwarded-Proto: http`, or `proto=http` in `Forwarded`) is refused with
    /// `insecure-transport`, at the captcha's routes and at guarded ones.
    ///
    /// Anyone on the way can then read and use what visitors send. Cookies are written as by
    /// [`CookieConfig::insecure_localhost`], since browsers take no `Secure` ones over plain HTTP;
    /// [`cookies`](Self::cookies) after it chooses otherwise.
    /// Development on this machine needs that alone: without a trusted proxy nothing is refused.
    pub fn insecure_plain_http(mut self) -> Self {
        self.transport = Transport::PlainHttp;
        self.cookies = CookieConfig::insecure_localhost();
        self
    }

    /// How long a challenge may be answered: 120 s unless set, between 10 s and 1 h.
    pub fn challenge_life(mut self, life: Duration) -> Self {
        self.challenge_life = life;
        self
    }

    /// How long a token may be redeemed: 300 s unless set, between 10 s and 1 h.
    pub fn token_life(mut self, life: Duration) -> Self {
        self.token_life = life;
        self
    }

    /// Zero bits of the work stamp: beside a puzzle, and for "no puzzle" (18 unless set). Each bit
    /// doubles the work; at most 26. Unless set, each kind has the bits with which it costs a
    /// machine about as much as "no puzzle"; see [`Captcha::ledger`](crate::Captcha::ledger).
    pub fn work_bits(mut self, beside_a_puzzle: u8, no_puzzle: u8) -> Self {
        self.puzzle_bits = Some(beside_a_puzzle);
        self.work_bits = no_puzzle;
        self
    }

    /// Raise it to make everything that was issued before invalid. 0 unless set.
    pub fn generation(mut self, generation: u32) -> Self {
        self.generation = generation;
        self
    }

    /// Whether visitors without JavaScript are served: an image or a sound, and a text field in a
    /// plain form. Such a form cannot carry a work stamp, so the image or the sound alone stands
    /// between it and a bot. On unless set, and only with [`Kind::Text`] or [`Kind::Audio`] among
    /// the kinds.
    pub fn no_script_frame(mut self, on: bool) -> Self {
        self.frame = on;
        self
    }

    /// Threads that draw (1 or 2 unless set, at least 1), puzzles kept ready of each kind (16) and
    /// callers that may wait for one (64).
    pub fn drawing(mut self, threads: usize, ready_per_kind: usize, waiting: usize) -> Self {
        self.stock = StockConfig {
            threads: threads.max(1),
            per_kind: ready_per_kind,
            queue_limit: waiting,
        };
        self
    }

    /// Draws within the call, in order, so that a seeded source gives the same pictures each time.
    #[cfg(any(test, feature = "testing"))]
    pub fn draw_in_order(mut self) -> Self {
        self.stock.threads = 0;
        self
    }
}

impl fmt::Debug for CaptchaBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaptchaBuilder")
            .field("site", &self.site)
            .field("kinds", &self.kinds)
            .finish_non_exhaustive()
    }
}

pub(crate) fn is_action(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len())
        && (name.bytes()).all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
