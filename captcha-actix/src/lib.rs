#![doc = include_str!("../README.md")]

mod convert;
mod endpoints;
mod extract;
mod middleware;
mod payload;
mod rejection;

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
pub use endpoints::{CaptchaEndpoints, install};
pub use extract::{ExpectedAction, OptionalCaptcha, VerifiedCaptcha};
pub use middleware::{RequireCaptcha, RequireCaptchaService};
pub use payload::{CaptchaForm, CaptchaJson, CaptchaPayloadConfig};
pub use rejection::CaptchaRejection;
