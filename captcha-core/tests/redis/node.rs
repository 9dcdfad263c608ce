//! Processes over one store, as tests set them up.

use std::{
    fmt::Debug,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use captcha_core::{
    Captcha, CaptchaBuilder, CaptchaError, ErrorKind, KeyRing, Kind, Limits, Redemption,
    RedisStore, SecretKey, Store, VerifiedCaptcha,
    endpoint::{Headers, Request, Response},
    store::{Id, StoreFuture},
    testing::{self, block_on},
};

use super::server::Server;

pub(crate) const LIMITS: Limits = Limits {
    per_visitor: 60,
    per_site: 100,
};

pub(crate) fn key(number: u32) -> SecretKey {
    SecretKey::new(format!("b9YtX2mVq0rL5sZc8nEw1uJd4hGk7pAf{number:08x}")).unwrap()
}

/// With a deadline that a busy machine keeps as well.
pub(crate) fn redis(server: &Server) -> Arc<dyn Store> {
    let store = RedisStore::builder(&server.url()).deadline(Duration::from_secs(2));
    Arc::new(store.connect().unwrap())
}

/// What a route answers to a visitor at this address, if any.
pub(crate) fn call(
    captcha: &Captcha,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: &str,
    peer: Option<&str>,
) -> Response {
    let headers = headers
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()));
    let request = Request {
        method,
        path,
        query: None,
        headers: headers.collect::<Headers<'_>>(),
        body: body.as_bytes(),
        peer: peer.map(|peer| peer.parse().unwrap()),
    };
    block_on(captcha.handle(&request))
}

pub(crate) fn node_with(
    store: Arc<dyn Store>,
    keys: impl Into<KeyRing>,
    limits: Limits,
) -> Captcha {
    builder(store, keys, limits).build().unwrap()
}

pub(crate) fn builder(
    store: Arc<dyn Store>,
    keys: impl Into<KeyRing>,
    limits: Limits,
) -> CaptchaBuilder {
    Captcha::builder()
        .key(keys)
        .privacy(testing::privacy())
        .kinds([Kind::Work])
        .work_bits(1, 2)
        .limits(limits)
        .store(store)
}

pub(crate) fn node(server: &Server) -> Captcha {
    node_with(redis(server), key(1), Limits::default())
}

pub(crate) fn issue(captcha: &Captcha) -> Result<String, CaptchaError> {
    block_on(captcha.token_for_tests(None)).map(|token| token.as_str().to_owned())
}

pub(crate) fn token(captcha: &Captcha) -> String {
    issue(captcha).unwrap()
}

pub(crate) fn redeem(
    captcha: &Captcha,
    token: &str,
    terms: Redemption<'_>,
) -> Result<VerifiedCaptcha, ErrorKind> {
    block_on(captcha.redeem(token, terms)).map_err(|error| error.kind())
}

pub(crate) fn closed(captcha: &Captcha, token: &str) -> Result<(), ErrorKind> {
    redeem(captcha, token, Redemption::new()).map(drop)
}

/// Asks until it is answered, and says how long that took.
pub(crate) fn recovery<T, E: Debug>(ask: impl Fn() -> Result<T, E>) -> (T, Duration) {
    let start = Instant::now();
    loop {
        match ask() {
            Ok(value) => return (value, start.elapsed()),
            Err(error) if start.elapsed() > Duration::from_secs(15) => panic!("{error:?}"),
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// What becomes of a token once the store answers again, and how long that took.
pub(crate) fn settled(captcha: &Captcha, token: &str) -> (Result<(), ErrorKind>, Duration) {
    recovery(|| match closed(captcha, token) {
        Err(ErrorKind::Unavailable) => Err("the store does not answer"),
        verdict => Ok(verdict),
    })
}

/// Within so long somebody is served again.
pub(crate) fn recovers(captcha: &Captcha, longest: Duration) {
    let start = Instant::now();
    let (token, _) = recovery(|| issue(captcha));
    assert_eq!(settled(captcha, &token).0, Ok(()));
    assert!(start.elapsed() < longest, "{:?}", start.elapsed());
}

/// What was issued before is refused once the store answers again; says how long that took.
pub(crate) fn void(captcha: &Captcha, token: &str, what: &str) -> Duration {
    let (refused, took) = settled(captcha, token);
    // Spent, where another process has tried it under the new fence.
    let kinds = [Err(ErrorKind::Expired), Err(ErrorKind::Spent)];
    assert!(kinds.contains(&refused), "{what}: {refused:?}");
    took
}

pub(crate) fn wait_for(is_so: impl Fn() -> bool, what: &str) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(20), "not yet: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// The control of what the fence is for: marks in the same Redis, without one.
pub(crate) struct Unfenced(pub(crate) RedisStore);

impl Store for Unfenced {
    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        self.0.spend(id, ttl)
    }
    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.0.hit(key, window)
    }
    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(std::future::ready(Ok(1)))
    }
}

/// A store that only says a generation.
pub(crate) struct Same(pub(crate) u64);

impl Store for Same {
    fn spend<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, bool> {
        Box::pin(std::future::ready(Ok(true)))
    }
    fn hit<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, u64> {
        Box::pin(std::future::ready(Ok(1)))
    }
    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(std::future::ready(Ok(self.0)))
    }
}
