//! Whether this process can do its work, for a load balancer that asks.

use std::time::Instant;

use serde::Serialize;

use crate::{captcha::Captcha, clock::millis};

/// What [`Captcha::readiness`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Readiness {
    /// Whether tokens can be redeemed: whether the store answers.
    pub ready: bool,
    /// Whether the store answered. Without it nothing is issued and nothing redeemed, but on routes that stay open.
    pub store: bool,
    /// How long that took, in milliseconds.
    pub store_millis: u64,
    /// Whether there is room in front of the drawing threads: where there is none, challenges are refused as busy. No
    /// reason to be taken out: whoever comes with a token is served, and the other nodes have no more room.
    pub drawing: bool,
}

impl Readiness {
    /// 200 when it is ready, else 503.
    #[must_use]
    pub const fn status(&self) -> u16 {
        if self.ready { 200 } else { 503 }
    }
}

impl Captcha {
    /// Whether this process can issue challenges and redeem tokens now, for the readiness probe of a balancer or of
    /// Kubernetes. It asks the store, unless that answered less than half a second ago, and draws nothing.
    ///
    /// For a liveness probe answer 200 without asking: a process that is started again does not bring a
    /// store back.
    ///
    /// ```
    /// # use captcha_core::{Captcha, Privacy, SecretKey, testing::block_on};
    /// # let privacy = Privacy::new("Lantern Ltd", "privacy@lantern.example").legitimate_interest("keeping bots out");
    /// # let captcha = Captcha::builder().key(SecretKey::generate()?).privacy(privacy).build()?;
    /// # block_on(async {
    /// let readiness = captcha.readiness().await;
    /// assert_eq!(readiness.status(), 200);
    /// # });
    /// # Ok::<(), captcha_core::CaptchaError>(())
    /// ```
    pub async fn readiness(&self) -> Readiness {
        let engine = self.engine();
        let start = Instant::now();
        let store = engine.current_generation().await.is_ok();
        let drawing = engine.stock.has_room();
        Readiness {
            ready: store,
            store,
            store_millis: millis(start.elapsed()),
            drawing,
        }
    }
}
