#![doc = include_str!("../README.md")]

mod convert;
mod endpoints;
mod extract;
mod layer;
mod payload;
mod rejection;
mod route;
mod service;

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
pub use endpoints::CaptchaEndpoints;
pub use extract::{HasCaptcha, OptionalCaptcha, VerifiedCaptcha};
pub use layer::RequireCaptchaLayer;
pub use payload::{CaptchaForm, CaptchaJson};
pub use rejection::CaptchaRejection;
pub use route::{ExpectedAction, OnStoreFailure, RouteLayer, RouteService};
pub use service::RequireCaptcha;
