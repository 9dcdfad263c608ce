//! Setting up an engine: safe by default, and an error that names the fix when it cannot run.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    arrival::{Arrivals, Transport},
    captcha::{Captcha, Degraded, Engine, Rotation},
    challenge::{Difficulty, Kind, Spec, TextOptions},
    clock::{Clock, SystemClock, Timeline},
    cookie::CookieConfig,
    cost::{self, Cost, MAX_BITS},
    error::CaptchaError,
    key::KeyRing,
    keychain::Keychain,
    limit::{Limiter, Limits},
    privacy::{
        audit::AuditLog,
        config::Privacy,
        issued::Issued,
        ledger::Ledger,
        notice::{Notices, Setup},
        registry::Lives,
        statistics::Statistics,
    },
    proxy::TrustedProxies,
    random::{RandomSource, SystemRandom},
    render::host::Host,
    revoke::Revoking,
    rotate::KeySource,
    stock::{Stock, StockConfig},
    store::{Link, MemoryStore, Store},
};
#[cfg(feature = "assets")]
use crate::{assets::Assets, challenge::click};

/// Longest name of a site or an action.
pub(crate) const MAX_NAME: usize = 64;

/// Sets up a [`Captcha`]. The key and the privacy details are required.
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
    /// [`Captcha::feedback`].
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

    /// What of the host's own challenges are drawn with.
    #[cfg(feature = "assets")]
    fn host(&self) -> Result<Option<Arc<Host>>, CaptchaError> {
        let Some(assets) = &self.assets else {
            return Ok(None);
        };
        let click = (self.difficulties.iter()).find(|(kind, _)| *kind == Kind::Click);
        let shown = click::shown(click.map_or(Difficulty::Normal, |(_, difficulty)| *difficulty));
        let host = assets.equip(self.text.characters(), shown)?;
        Ok(Some(Arc::new(host)))
    }

    #[cfg(not(feature = "assets"))]
    #[expect(
        clippy::unused_self,
        reason = "the builder holds no assets without the feature"
    )]
    fn host(&self) -> Result<Option<Arc<Host>>, CaptchaError> {
        Ok(None)
    }

    fn specs(&self, host: Option<&Arc<Host>>) -> Vec<Spec> {
        let difficulty = |kind| {
            let set = self.difficulties.iter().find(|(of, _)| *of == kind);
            set.map_or(Difficulty::Normal, |(_, difficulty)| *difficulty)
        };
        let specs = self.kinds.iter().map(|&kind| Spec {
            difficulty: difficulty(kind),
            text: self.text.clone(),
            host: host.cloned(),
            ..Spec::of(kind)
        });
        specs.collect()
    }

    /// Where single use is remembered; a [`MemoryStore`] unless set.
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
    /// machine about as much as "no puzzle"; see [`Captcha::ledger`].
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

    /// The engine.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when a part is missing or out
    /// of range; the message names the part and the fix.
    pub fn build(mut self) -> Result<Captcha, CaptchaError> {
        let key_source = self.key_source.take();
        let keys = match &key_source {
            Some(source) => Some(source.ask()?),
            None => self.keys.take(),
        };
        let keys = keys.ok_or_else(|| {
            CaptchaError::configuration(
                "the captcha has no key: call `.key(SecretKey::from_env(\"CAPTCHA_SECRET\")?)` \
                 and make the secret with `openssl rand -base64 32`",
            )
        })?;
        self.check()?;
        let host = self.host()?;
        let specs = self.specs(host.as_ref());
        let costs: Vec<Cost> = (specs.iter())
            .map(|spec| Cost::of(spec, self.bits(spec)))
            .collect();
        let spread = cost::spread(&costs);
        if spread > 2.0 {
            tracing::warn!(
                "captcha: one kind is {spread:.1} times as cheap for a bot as another, and it is the \
                 cheapest that counts: leave `.work_bits(..)` out, or set one difficulty for all \
                 (Captcha::ledger shows each)"
            );
        }
        let privacy = self.privacy.ok_or_else(|| {
            CaptchaError::configuration(
                "the captcha has no privacy details, which its notice must name: call \
                 `.privacy(Privacy::new(\"Your organisation, its address\", \"privacy@your.example\")\
                 .legitimate_interest(\"keeping automated sign-ups out of our newsletter\"))`",
            )
        })?;
        #[cfg(any(test, feature = "testing"))]
        tracing::warn!(
            "captcha-core was built with feature `testing`, which gives away every solution: \
             never serve visitors with this build"
        );
        let arrivals = Arrivals::new(self.proxies, self.transport);
        if arrivals.transport() == Transport::PlainHttp {
            tracing::warn!(
                "captcha visitors are served over plain HTTP (insecure_plain_http): anyone on the \
                 way can read and use what they send"
            );
        } else if !self.cookies.is_secure() {
            tracing::warn!(
                "captcha cookies are set without `Secure` (CookieConfig::insecure_localhost): \
                 for development on this machine only"
            );
        }
        let store = match self.store {
            Some(store) => store,
            None => Arc::new(MemoryStore::assemble(
                MemoryStore::DEFAULT_MAX_MARKS,
                u64::from_be_bytes(crate::random::array(self.random.as_ref())?),
                Arc::clone(&self.clock),
            )),
        };
        let link = store.link();
        let encrypted = arrivals.transport() == Transport::Https && self.cookies.is_secure();
        if link == Link::Plain && encrypted {
            return Err(CaptchaError::configuration(
                "the store is on another host and what it is handed travels in the open: give it an \
                 address with TLS (such as rediss://), or one on this machine",
            ));
        }
        if let Some(statistics) = &self.statistics {
            statistics.check()?;
        }
        let retention_days =
            (self.statistics.as_ref()).map_or(0, |statistics| statistics.retention_days);
        let lives = Lives {
            challenge: self.challenge_life,
            token: self.token_life,
            statistics: Duration::from_secs(86_400 * u64::from(retention_days)),
        };
        let notices = Notices::new(
            privacy,
            lives,
            Setup {
                secure: self.cookies.is_secure(),
                encrypted,
                limits: self.limits,
                shared: store.is_shared(),
                statistics: self.statistics.is_some(),
                feedback: self.feedback,
            },
        )?;
        let without_script = [Kind::Text, Kind::Audio]
            .iter()
            .any(|kind| self.kinds.contains(kind));
        #[cfg(feature = "metrics")]
        crate::observe::describe();
        let captcha = Captcha::assemble(Engine {
            notices,
            statistics: self.statistics,
            issued: Issued::default(),
            revoking: Revoking::default(),
            audit: self.audit.unwrap_or_else(AuditLog::in_memory),
            keys: Keychain::new(keys, &self.site)?,
            stock: Stock::new(specs, &self.stock, Arc::clone(&self.random))?,
            limiter: Limiter::new(self.limits, Arc::clone(&self.random)),
            arrivals,
            degraded: Degraded::new(Arc::clone(&self.clock)),
            timeline: Timeline::new(self.clock),
            frame: self.frame && without_script,
            link,
            ledger: Ledger::new(store, lives),
            random: self.random,
            action: self.action,
            arithmetic: self.text.is_arithmetic(),
            kinds: self.kinds,
            cookies: self.cookies,
            costs,
            backgrounds: host.map_or(0, |host| host.photos.len()),
            rotation: self.rotation,
            generation: self.generation,
        });
        if let Some(source) = key_source {
            source.watch(&captcha)?;
        }
        Ok(captcha)
    }

    fn bits(&self, spec: &Spec) -> u8 {
        match (spec.kind, self.puzzle_bits) {
            (Kind::Work, _) => self.work_bits,
            (_, Some(bits)) => bits,
            (_, None) => Cost::balanced(spec, self.work_bits),
        }
    }

    fn check(&self) -> Result<(), CaptchaError> {
        let refuse = |message: String| Err(CaptchaError::configuration(message));
        let visible = self.site.bytes().all(|byte| byte.is_ascii_graphic());
        if self.site.is_empty() || self.site.len() > MAX_NAME || !visible {
            return refuse(format!(
                "the site {:?} must be 1 to {MAX_NAME} visible ASCII characters, such as \"shop.example\"",
                self.site
            ));
        }
        if !is_action(&self.action) {
            return refuse(format!(
                "the action {:?} must be 1 to {MAX_NAME} of A-Z a-z 0-9 _ -, such as \"signup\"",
                self.action
            ));
        }
        let twice = (self.kinds.iter().enumerate())
            .find(|(at, kind)| self.kinds.iter().skip(at + 1).any(|other| other == *kind));
        if let Some((_, kind)) = twice {
            return refuse(format!("the kind `{}` is listed twice", kind.name()));
        }
        self.text.check().or_else(refuse)?;
        if self.kinds.is_empty() {
            return refuse(
                "no kind of challenge is enabled: leave `.kinds(..)` out for all".into(),
            );
        }
        let lives = [
            ("challenge", self.challenge_life),
            ("token", self.token_life),
        ];
        for (what, life) in lives {
            if !(Duration::from_secs(10)..=Duration::from_secs(3_600)).contains(&life) {
                return refuse(format!(
                    "the {what} life of {life:?} must be between 10 s and 1 h"
                ));
            }
        }
        if self.puzzle_bits.unwrap_or(0).max(self.work_bits) > MAX_BITS || self.work_bits == 0 {
            return refuse(format!(
                "work of {} and {} bits: at most {MAX_BITS}, and not 0 where there is no puzzle",
                self.puzzle_bits.unwrap_or(0),
                self.work_bits
            ));
        }
        if self.limits.per_visitor == 0 || self.limits.per_site == 0 {
            return refuse("a limit of 0 calls a minute would refuse everybody".into());
        }
        Ok(())
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
