//! One application in three frameworks: the captcha below `/captcha`, and the same guarded routes.

mod actix;
mod axum;
mod fields;
mod rocket;

use std::net::SocketAddr;

use fields::{Login, Signup};

use crate::engine::Engine;

/// A framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adapter {
    /// captcha-actix.
    Actix,
    /// captcha-axum.
    Axum,
    /// captcha-rocket.
    Rocket,
}

impl Adapter {
    /// All three; the others are compared with the first.
    pub const ALL: [Self; 3] = [Self::Axum, Self::Actix, Self::Rocket];
    /// Those whose middleware may read a body and hand it on.
    pub const BODY_MIDDLEWARE: [Self; 2] = [Self::Axum, Self::Actix];

    /// Starts the application on a free port of this machine.
    #[must_use]
    pub fn start(self, engine: Engine) -> Running {
        match self {
            Self::Actix => actix::start(engine),
            Self::Axum => axum::start(engine),
            Self::Rocket => rocket::start(engine),
        }
    }
}

/// A server that runs until this is dropped.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    stop: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl Running {
    fn new(addr: SocketAddr, stop: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self {
            addr,
            stop: Some(Box::new(stop)),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop();
        }
    }
}

/// Where single use of a proof was checked.
fn checked(proof: &captcha_core::VerifiedCaptcha) -> &'static str {
    match proof.is_degraded() {
        true => "by this process alone",
        false => "by the store",
    }
}

fn optional(proof: Option<&captcha_core::VerifiedCaptcha>) -> &'static str {
    if proof.is_some() {
        "solved"
    } else {
        "unsolved"
    }
}

/// Longest body that `/replay` takes.
const REPLAYED: usize = 16 * 1_024;
