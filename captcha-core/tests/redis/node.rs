//! Processes over one store, as tests set them up.

use std::{sync::Arc, time::Duration};

use captcha_core::{
    Captcha, ErrorKind, KeyRing, Kind, Limits, Redemption, RedisStore, SecretKey, Store,
    VerifiedCaptcha,
    store::StoreFuture,
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

pub(crate) fn redis(server: &Server) -> Arc<dyn Store> {
    let store = RedisStore::builder(&server.url()).deadline(Duration::from_secs(2));
    Arc::new(store.connect().unwrap())
}

pub(crate) fn node_with(
    store: Arc<dyn Store>,
    keys: impl Into<KeyRing>,
    limits: Limits,
) -> Captcha {
    Captcha::builder()
        .key(keys)
        .privacy(testing::privacy())
        .kinds([Kind::Work])
        .work_bits(1, 2)
        .limits(limits)
        .store(store)
        .build()
        .unwrap()
}

pub(crate) fn node(server: &Server) -> Captcha {
    node_with(redis(server), key(1), Limits::default())
}

pub(crate) fn token(captcha: &Captcha) -> String {
    let token = block_on(captcha.token_for_tests(None)).unwrap();
    token.as_str().to_owned()
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

/// A store that only says a generation.
pub(crate) struct Same(pub(crate) u64);

impl Store for Same {
    fn spend<'a>(&'a self, _: &'a [u8; 16], _: Duration) -> StoreFuture<'a, bool> {
        Box::pin(std::future::ready(Ok(true)))
    }
    fn hit<'a>(&'a self, _: &'a [u8; 16], _: Duration) -> StoreFuture<'a, u64> {
        Box::pin(std::future::ready(Ok(1)))
    }
    fn generation(&self) -> StoreFuture<'_, u64> {
        Box::pin(std::future::ready(Ok(self.0)))
    }
}
