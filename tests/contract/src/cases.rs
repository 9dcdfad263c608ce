//! The cases, by subject.

pub mod answer;
pub mod assets;
pub mod bodies;
pub mod challenge;
pub mod failures;
pub mod frame;
pub mod hostile;
pub mod limits;
pub mod origin;
pub mod privacy;
pub mod proxies;
pub mod tokens;

use crate::runner::Case;

/// All cases, under the name of their subject.
#[must_use]
pub fn all() -> Vec<(&'static str, Vec<Case>)> {
    vec![
        ("answer", answer::cases()),
        ("assets", assets::cases()),
        ("bodies", bodies::cases()),
        ("challenge", challenge::cases()),
        ("failures", failures::cases()),
        ("frame", frame::cases()),
        ("limits", limits::cases()),
        ("origin", origin::cases()),
        ("privacy", privacy::cases()),
        ("proxies", proxies::cases()),
        ("tokens", tokens::cases()),
    ]
}

/// The attributes of the session's cookie.
const SESSION: (&str, &str) = (
    "__Host-captcha-session",
    " Path=/; Secure; HttpOnly; SameSite=Strict",
);
/// The attributes of the token's cookie.
const TOKEN: (&str, &str) = (
    "__Host-captcha-token",
    " Path=/; Max-Age=300; Secure; HttpOnly; SameSite=Lax",
);
/// The attributes of the token's cookie when the browser is to forget it.
const FORGET: (&str, &str) = (
    "__Host-captcha-token",
    " Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax",
);
