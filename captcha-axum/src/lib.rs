#![doc = include_str!("../README.md")]

mod action;
mod convert;
mod endpoints;
mod extract;
mod layer;
mod payload;
mod rejection;
mod service;

pub use action::{ExpectedAction, ExpectedActionLayer};
#[cfg(feature = "assets")]
pub use captcha_core::Assets;
pub use captcha_core::{
    self, Audience, Captcha, CaptchaBuilder, CaptchaError, Claim, CookieConfig, ErrorKind, Finding,
    KeyRing, Kind, Limits, MemoryStore, Privacy, Purpose, Revoked, SecretKey, Severity, Statistics,
    Store, TrustedProxies, Widget,
};
#[cfg(feature = "redis")]
pub use captcha_core::{RedisStore, RedisStoreBuilder};
pub use endpoints::CaptchaEndpoints;
pub use extract::{HasCaptcha, OptionalCaptcha, VerifiedCaptcha};
pub use layer::RequireCaptchaLayer;
pub use payload::{CaptchaForm, CaptchaJson};
pub use rejection::CaptchaRejection;
pub use service::RequireCaptcha;
