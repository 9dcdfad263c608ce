#![doc = include_str!("../README.md")]

mod arrival;
#[cfg(feature = "assets")]
mod assets;
mod builder;
mod captcha;
mod challenge;
mod clock;
mod cookie;
mod cost;
mod doctor;
pub mod endpoint;
mod error;
mod hints;
mod key;
mod keychain;
mod language;
mod limit;
#[cfg_attr(
    not(feature = "metrics"),
    allow(dead_code, reason = "names and words are for a recorder")
)]
mod observe;
mod page;
mod pending;
mod privacy;
mod prompt;
mod proxy;
mod random;
mod readiness;
mod render;
mod revoke;
mod rotate;
mod seal;
mod session;
mod stock;
pub mod store;
mod sync;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod widget;

#[cfg(feature = "assets")]
pub use assets::Assets;
pub use builder::CaptchaBuilder;
pub use captcha::{
    Answer, Captcha, Challenge, Redemption, Rotation, StoreFailure, Token, VerifiedCaptcha, Work,
};
pub use challenge::{Difficulty, Kind, TextOptions, Verdict};
pub use clock::{Clock, SystemClock};
pub use cookie::CookieConfig;
pub use cost::Cost;
pub use doctor::{Finding, Severity};
pub use error::{CaptchaError, ErrorKind};
pub use key::{KeyRing, MIN_SECRET_BYTES, SecretKey};
pub use limit::Limits;
pub use privacy::{
    audit::{AuditLog, BrokenAudit},
    config::{Audience, Claim, Privacy},
    feedback::Feedback,
    incident::{Incident, Revoked},
    issued::Artefacts,
    registry::{Basis, Purpose},
    statistics::Statistics,
};
pub use prompt::{Prompt, PromptPicture, PromptSound};
pub use proxy::TrustedProxies;
pub use random::{RandomSource, SystemRandom};
pub use readiness::Readiness;
pub use store::{MemoryStore, ShardedStore, Store};
#[cfg(feature = "redis")]
pub use store::{RedisStore, RedisStoreBuilder};
pub use widget::Widget;
