#![doc = include_str!("../README.md")]

mod catcher;
mod convert;
mod endpoints;
mod fairing;
mod form;
mod guard;
mod json;
mod rejection;
mod sentinel;
mod visit;

#[cfg(feature = "assets")]
pub use captcha_core::Assets;
pub use captcha_core::{
    self, Audience, AuditLog, Basis, Captcha, CaptchaBuilder, CaptchaError, Claim, CookieConfig,
    Cost, Difficulty, ErrorKind, Feedback, Finding, Incident, KeyRing, Kind, Limits, MemoryStore,
    Privacy, Purpose, Readiness, Redemption, Revoked, Rotation, SecretKey, Severity, ShardedStore,
    Statistics, Store, StoreFailure, TextOptions, TrustedProxies, Widget,
};
#[cfg(feature = "redis")]
pub use captcha_core::{RedisStore, RedisStoreBuilder};
pub use fairing::CaptchaFairing;
pub use form::CaptchaForm;
pub use guard::{OptionalCaptcha, VerifiedCaptcha};
pub use json::CaptchaJson;
pub use rejection::CaptchaRejection;
