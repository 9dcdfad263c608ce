//! An engine whose every answer can be foreseen.

use std::{error::Error, sync::Arc, time::Duration};

use captcha_core::{
    Captcha, CookieConfig, KeyRing, Kind, Limits, RandomSource, SecretKey, Store, TrustedProxies,
    testing::{HandClock, SeededRandom},
};

use crate::stores::Switch;

/// The secret of every engine that is not told otherwise.
pub const SECRET: &str = "k7Qm2xV9tB4nJ8sW1zR6cY3pL5hD0gFa";
/// Another deployment's secret.
pub const OTHER_SECRET: &str = "Zq8Lw3Nv6Xc1Mb5Kj9Hg2Fd7Sa4Po0Iu";
/// The site of every engine that is not told otherwise.
pub const SITE: &str = "contract.example";
/// What the clock shows at first: 2027-01-15T08:00:00Z, on a full minute.
pub const START: u64 = 1_800_000_000_000;

/// How an engine is set up.
pub struct Config {
    /// Seed of its randomness. A restart is the same secret under another seed.
    pub seed: u8,
    /// Its secret.
    pub secret: &'static str,
    /// Its site.
    pub site: &'static str,
    /// Its configured generation.
    pub generation: u32,
    /// Kinds on offer.
    pub kinds: Vec<Kind>,
    /// Calls a minute.
    pub limits: Limits,
    /// Proxies in front of it.
    pub proxies: Option<TrustedProxies>,
    /// Whether visitors may come over plain HTTP.
    pub plain_http: bool,
    /// How cookies are written.
    pub cookies: CookieConfig,
    /// Zero bits beside a puzzle and without one; `None` leaves the library's own.
    pub work_bits: Option<(u8, u8)>,
    /// Threads, stock and queue of the drawing; `None` draws in order.
    pub drawing: Option<(usize, usize, usize)>,
    /// Daily statistics.
    pub statistics: Option<captcha_core::Statistics>,
    /// Whether the feedback form is on.
    pub feedback: bool,
    /// Whether the no-script frame is on.
    pub frame: bool,
    /// A store with a switch instead of the library's own.
    pub store: Option<Arc<Switch>>,
    /// Whether the source of randomness answers, once the engine is built.
    pub random_fails: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seed: 7,
            secret: SECRET,
            site: SITE,
            generation: 0,
            kinds: Kind::ALL.to_vec(),
            limits: Limits::UNLIMITED,
            proxies: None,
            plain_http: false,
            cookies: CookieConfig::default(),
            // Light stamps: what they are worth is no matter of the protocol.
            work_bits: Some((8, 10)),
            drawing: None,
            statistics: None,
            feedback: false,
            frame: true,
            store: None,
            random_fails: false,
        }
    }
}

impl Config {
    /// With a store that a test can break.
    #[must_use]
    pub fn with_store(store: Switch) -> Self {
        Self {
            store: Some(Arc::new(store)),
            ..Self::default()
        }
    }

    /// With limits, behind the proxies at these addresses. A test connects from 127.0.0.1.
    #[must_use]
    pub fn behind(proxies: &[&str], per_visitor: u32) -> Self {
        Self {
            proxies: Some(TrustedProxies::at(proxies).unwrap()),
            ..Self::with_limits(per_visitor, u32::MAX)
        }
    }

    /// With `limits`.
    #[must_use]
    pub fn with_limits(per_visitor: u32, per_site: u32) -> Self {
        Self {
            limits: Limits {
                per_visitor,
                per_site,
            },
            ..Self::default()
        }
    }
}

/// An engine, and the hands on its clock and its store.
#[derive(Clone)]
pub struct Engine {
    /// The engine.
    pub captcha: Captcha,
    /// Its clock.
    pub clock: HandClock,
    /// Its store's switch, where it has one.
    pub switch: Option<Arc<Switch>>,
}

impl Engine {
    /// Builds it, with the action `signup`.
    #[must_use]
    pub fn build(config: Config) -> Self {
        let store = config.store.clone().map(|switch| switch as Arc<dyn Store>);
        Self::build_on(store, config)
    }

    /// As [`Engine::build`], on any store.
    #[must_use]
    pub fn build_on(store: Option<Arc<dyn Store>>, config: Config) -> Self {
        let clock = HandClock::at(START);
        let random: Arc<dyn RandomSource> = if config.random_fails {
            Arc::new(FirstBytesOnly(SeededRandom::new(config.seed), 8.into()))
        } else {
            Arc::new(SeededRandom::new(config.seed))
        };
        let mut builder = Captcha::builder()
            .privacy(captcha_core::testing::privacy())
            .key(KeyRing::new(SecretKey::new(config.secret).unwrap()))
            .site(config.site)
            .action("signup")
            .kinds(config.kinds)
            .limits(config.limits)
            .cookies(config.cookies)
            .generation(config.generation)
            .no_script_frame(config.frame)
            .clock(Arc::new(clock.clone()))
            .random(random);
        if let Some(proxies) = config.proxies {
            builder = builder.trusted_proxies(proxies);
        }
        if config.plain_http {
            builder = builder.insecure_plain_http();
        }
        if config.feedback {
            builder = builder.feedback_form();
        }
        if let Some(statistics) = config.statistics {
            builder = builder.statistics(statistics);
        }
        if let Some((puzzle, none)) = config.work_bits {
            builder = builder.work_bits(puzzle, none);
        }
        builder = match config.drawing {
            Some((threads, ready, waiting)) => builder.drawing(threads, ready, waiting),
            None => builder.draw_in_order(),
        };
        if let Some(store) = store {
            builder = builder.store(store);
        }
        Self {
            captcha: builder.build().unwrap(),
            clock,
            switch: config.store,
        }
    }

    /// One over any store, such as a control.
    #[must_use]
    pub fn over(store: Arc<dyn Store>) -> Self {
        let clock = HandClock::at(START);
        let builder = Captcha::builder()
            .privacy(captcha_core::testing::privacy())
            .key(SecretKey::new(SECRET).unwrap())
            .site(SITE);
        let builder = builder
            .action("signup")
            .work_bits(0, 1)
            .limits(Limits::UNLIMITED);
        let builder = builder
            .clock(Arc::new(clock.clone()))
            .store(store)
            .draw_in_order();
        Self {
            captcha: builder.build().unwrap(),
            clock,
            switch: None,
        }
    }

    /// Moves the clock on.
    pub fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

/// Gives a few bytes, which an engine takes while it is built, and then no more.
struct FirstBytesOnly(SeededRandom, std::sync::atomic::AtomicUsize);

impl RandomSource for FirstBytesOnly {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
        use std::sync::atomic::Ordering::SeqCst;
        let enough = (self.1).fetch_update(SeqCst, SeqCst, |left| left.checked_sub(bytes.len()));
        enough.map_err(|_| "the entropy device is gone")?;
        self.0.fill(bytes)
    }
}
