//! From what was set to an engine, or an error that names the fix when it cannot run.

use std::{sync::Arc, time::Duration};

use super::{CaptchaBuilder, MAX_NAME, is_action};
#[cfg(feature = "assets")]
use crate::challenge::click;
use crate::{
    arrival::{Arrivals, Transport},
    captcha::{Captcha, Degraded, Engine},
    challenge::{Difficulty, Kind, Spec},
    clock::Timeline,
    cost::{self, Cost, MAX_BITS},
    error::CaptchaError,
    keychain::Keychain,
    limit::Limiter,
    privacy::{
        audit::AuditLog,
        issued::Issued,
        ledger::Ledger,
        notice::{Notices, Setup},
        registry::Lives,
    },
    render::host::Host,
    revoke::Revoking,
    stock::Stock,
    store::{Link, MemoryStore},
};

impl CaptchaBuilder {
    /// What of the host's own challenges are drawn with.
    #[cfg(feature = "assets")]
    fn host(&self) -> Result<Option<Arc<Host>>, CaptchaError> {
        let Some(assets) = &self.assets else {
            return Ok(None);
        };
        let click = (self.difficulties.iter()).find(|(kind, _)| *kind == Kind::Click);
        let shown = click::shown(click.map_or(Difficulty::Normal, |(_, difficulty)| *difficulty));
        let host = assets.equip(self.text.characters(), shown)?;
        Ok(Some(Arc::new(host)))
    }

    #[cfg(not(feature = "assets"))]
    #[expect(
        clippy::unused_self,
        reason = "the builder holds no assets without the feature"
    )]
    fn host(&self) -> Result<Option<Arc<Host>>, CaptchaError> {
        Ok(None)
    }

    fn specs(&self, host: Option<&Arc<Host>>) -> Vec<Spec> {
        let difficulty = |kind| {
            let set = self.difficulties.iter().find(|(of, _)| *of == kind);
            set.map_or(Difficulty::Normal, |(_, difficulty)| *difficulty)
        };
        let specs = self.kinds.iter().map(|&kind| Spec {
            difficulty: difficulty(kind),
            text: self.text.clone(),
            host: host.cloned(),
            ..Spec::of(kind)
        });
        specs.collect()
    }

    /// The engine.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when a part is missing or out
    /// of range; the message names the part and the fix.
    pub fn build(mut self) -> Result<Captcha, CaptchaError> {
        let key_source = self.key_source.take();
        let keys = match &key_source {
            Some(source) => Some(source.ask()?),
            None => self.keys.take(),
        };
        let keys = keys.ok_or_else(|| {
            CaptchaError::configuration(
                "the captcha has no key: call `.key(SecretKey::from_env(\"CAPTCHA_SECRET\")?)` \
                 and make the secret with `openssl rand -base64 32`",
            )
        })?;
        self.check()?;
        let host = self.host()?;
        let specs = self.specs(host.as_ref());
        let costs: Vec<Cost> = (specs.iter())
            .map(|spec| Cost::of(spec, self.bits(spec)))
            .collect();
        let spread = cost::spread(&costs);
        if spread > 2.0 {
            tracing::warn!(
                "captcha: one kind is {spread:.1} times as cheap for a bot as another, and it is the \
                 cheapest that counts: leave `.work_bits(..)` out, or set one difficulty for all \
                 (Captcha::ledger shows each)"
            );
        }
        let privacy = self.privacy.ok_or_else(|| {
            CaptchaError::configuration(
                "the captcha has no privacy details, which its notice must name: call \
                 `.privacy(Privacy::new(\"Your organisation, its address\", \"privacy@your.example\")\
                 .legitimate_interest(\"keeping automated sign-ups out of our newsletter\"))`",
            )
        })?;
        #[cfg(any(test, feature = "testing"))]
        tracing::warn!(
            "captcha-core was built with feature `testing`, which gives away every solution: \
             never serve visitors with this build"
        );
        let arrivals = Arrivals::new(self.proxies, self.transport);
        if arrivals.transport() == Transport::PlainHttp {
            tracing::warn!(
                "captcha visitors are served over plain HTTP (insecure_plain_http): anyone on the \
                 way can read and use what they send"
            );
        } else if !self.cookies.is_secure() {
            tracing::warn!(
                "captcha cookies are set without `Secure` (CookieConfig::insecure_localhost): \
                 for development on this machine only"
            );
        }
        let store = match self.store {
            Some(store) => store,
            None => Arc::new(MemoryStore::assemble(
                MemoryStore::DEFAULT_MAX_MARKS,
                u64::from_be_bytes(crate::random::array(self.random.as_ref())?),
                Arc::clone(&self.clock),
            )),
        };
        let link = store.link();
        let encrypted = arrivals.transport() == Transport::Https && self.cookies.is_secure();
        if link == Link::Plain && encrypted {
            return Err(CaptchaError::configuration(
                "the store is on another host and what it is handed travels in the open: give it an \
                 address with TLS (such as rediss://), or one on this machine",
            ));
        }
        if let Some(statistics) = &self.statistics {
            statistics.check()?;
        }
        let retention_days =
            (self.statistics.as_ref()).map_or(0, |statistics| statistics.retention_days);
        let lives = Lives {
            challenge: self.challenge_life,
            token: self.token_life,
            statistics: Duration::from_secs(86_400 * u64::from(retention_days)),
        };
        let notices = Notices::new(
            privacy,
            lives,
            Setup {
                secure: self.cookies.is_secure(),
                encrypted,
                limits: self.limits,
                shared: store.is_shared(),
                statistics: self.statistics.is_some(),
                feedback: self.feedback,
            },
        )?;
        let without_script = [Kind::Text, Kind::Audio]
            .iter()
            .any(|kind| self.kinds.contains(kind));
        #[cfg(feature = "metrics")]
        crate::observe::describe();
        let captcha = Captcha::assemble(Engine {
            notices,
            statistics: self.statistics,
            issued: Issued::default(),
            revoking: Revoking::default(),
            audit: self.audit.unwrap_or_else(AuditLog::in_memory),
            keys: Keychain::new(keys, &self.site)?,
            stock: Stock::new(specs, &self.stock, Arc::clone(&self.random))?,
            limiter: Limiter::new(self.limits, Arc::clone(&self.random)),
            arrivals,
            degraded: Degraded::new(Arc::clone(&self.clock)),
            timeline: Timeline::new(self.clock),
            frame: self.frame && without_script,
            link,
            ledger: Ledger::new(store, lives),
            random: self.random,
            action: self.action,
            arithmetic: self.text.is_arithmetic(),
            kinds: self.kinds,
            cookies: self.cookies,
            costs,
            backgrounds: host.map_or(0, |host| host.photos.len()),
            rotation: self.rotation,
            generation: self.generation,
        });
        if let Some(source) = key_source {
            source.watch(&captcha)?;
        }
        Ok(captcha)
    }

    fn bits(&self, spec: &Spec) -> u8 {
        match (spec.kind, self.puzzle_bits) {
            (Kind::Work, _) => self.work_bits,
            (_, Some(bits)) => bits,
            (_, None) => Cost::balanced(spec, self.work_bits),
        }
    }

    fn check(&self) -> Result<(), CaptchaError> {
        let refuse = |message: String| Err(CaptchaError::configuration(message));
        let visible = self.site.bytes().all(|byte| byte.is_ascii_graphic());
        if self.site.is_empty() || self.site.len() > MAX_NAME || !visible {
            return refuse(format!(
                "the site {:?} must be 1 to {MAX_NAME} visible ASCII characters, such as \"shop.example\"",
                self.site
            ));
        }
        if !is_action(&self.action) {
            return refuse(format!(
                "the action {:?} must be 1 to {MAX_NAME} of A-Z a-z 0-9 _ -, such as \"signup\"",
                self.action
            ));
        }
        let twice = (self.kinds.iter().enumerate())
            .find(|(at, kind)| self.kinds.iter().skip(at + 1).any(|other| other == *kind));
        if let Some((_, kind)) = twice {
            return refuse(format!("the kind `{}` is listed twice", kind.name()));
        }
        self.text.check().or_else(refuse)?;
        if self.kinds.is_empty() {
            return refuse(
                "no kind of challenge is enabled: leave `.kinds(..)` out for all".into(),
            );
        }
        let lives = [
            ("challenge", self.challenge_life),
            ("token", self.token_life),
        ];
        for (what, life) in lives {
            if !(Duration::from_secs(10)..=Duration::from_secs(3_600)).contains(&life) {
                return refuse(format!(
                    "the {what} life of {life:?} must be between 10 s and 1 h"
                ));
            }
        }
        if self.puzzle_bits.unwrap_or(0).max(self.work_bits) > MAX_BITS || self.work_bits == 0 {
            return refuse(format!(
                "work of {} and {} bits: at most {MAX_BITS}, and not 0 where there is no puzzle",
                self.puzzle_bits.unwrap_or(0),
                self.work_bits
            ));
        }
        if self.limits.per_visitor == 0 || self.limits.per_site == 0 {
            return refuse("a limit of 0 calls a minute would refuse everybody".into());
        }
        Ok(())
    }
}
