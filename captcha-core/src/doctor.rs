//! A careful colleague's look at a configuration before it meets visitors.

use std::fmt;

use crate::{
    arrival::Transport, captcha::Captcha, challenge::Kind, limit::Limits, privacy::config::day,
    privacy::notice::date_of, store::Link,
};

/// How much a [`Finding`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Worth a thought.
    Advice,
    /// Not fit for visitors as it is.
    Warning,
}

/// Something in the configuration that deserves a look, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// A stable short name, such as `insecure-cookies`.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What was found.
    pub what: String,
    /// What to do.
    pub fix: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]. {}", self.what, self.id, self.fix)
    }
}

/// Pictures of the host's own below which they are collected soon.
const FEW_BACKGROUNDS: usize = 30;
/// Days after which a notice should be read again.
const STALE_DAYS: i64 = 365;
/// Days before a statement runs out on which that is said.
const SOON_DAYS: i64 = 30;

impl Captcha {
    /// Looks the configuration over, as of now: what is unsafe for visitors, and what is forgotten
    /// easily; and what requests so far have shown of the proxies and the server around it. An empty list does not mean that all is well; it means that nothing was seen.
    ///
    /// ```
    /// # use captcha_core::{Captcha, Privacy, SecretKey};
    /// # let privacy = Privacy::new("Lantern Ltd", "privacy@lantern.example").legitimate_interest("keeping bots out");
    /// # let captcha = Captcha::builder().key(SecretKey::generate()?).privacy(privacy).build()?;
    /// for finding in captcha.doctor() {
    ///     eprintln!("captcha: {finding}");
    /// }
    /// # Ok::<(), captcha_core::CaptchaError>(())
    /// ```
    #[must_use]
    pub fn doctor(&self) -> Vec<Finding> {
        let engine = self.engine();
        let mut findings = Vec::new();
        let mut find = |id, severity, what: String, fix| {
            findings.push(Finding {
                id,
                severity,
                what,
                fix,
            });
        };
        if cfg!(any(test, feature = "testing")) {
            find(
                "testing-build",
                Severity::Warning,
                "This build gives away every solution (feature `testing`)".into(),
                "Enable it in dev-dependencies alone.",
            );
        }
        if !engine.cookies.is_secure() {
            find(
                "insecure-cookies",
                Severity::Warning,
                "Cookies are set without `Secure`".into(),
                "Leave `.cookies(CookieConfig::insecure_localhost())` out behind HTTPS.",
            );
        }
        if engine.arrivals.transport() == Transport::PlainHttp {
            find(
                "plain-http",
                Severity::Warning,
                "Visitors may arrive by plain HTTP".into(),
                "Leave `.insecure_plain_http()` out behind HTTPS.",
            );
        }
        match engine.link {
            Link::Plain => find(
                "plain-store",
                Severity::Warning,
                "What the store is handed travels in the open to another host".into(),
                "Give it an address with TLS, such as rediss://.",
            ),
            Link::Unstated => find(
                "unstated-store",
                Severity::Advice,
                "The store does not say how what it is handed travels".into(),
                "Let its `Store::link` say so.",
            ),
            Link::Local | Link::Encrypted => {}
        }
        if engine.limiter.limits() == Limits::UNLIMITED {
            find(
                "no-limits",
                Severity::Warning,
                "Nothing limits how often challenges are asked for".into(),
                "Leave `.limits(Limits::UNLIMITED)` out.",
            );
        }
        if engine.frame {
            find(
                "frame-without-work",
                Severity::Advice,
                "The no-script frame is on, and cannot ask for a work stamp".into(),
                "Where that matters more than visitors without JavaScript, call `.no_script_frame(false)`.",
            );
        }
        if (1..FEW_BACKGROUNDS).contains(&engine.backgrounds)
            && engine.kinds.contains(&Kind::Rotate)
        {
            find(
                "few-backgrounds",
                Severity::Warning,
                format!(
                    "Rotate shows {} pictures of your own, which are soon collected: who has a picture \
                     sees by how much its middle was turned",
                    engine.backgrounds
                ),
                "Put at least 30 into `backgrounds/`, or leave rotate out: procedural scenes never come twice, and slide and drag do not rest on them.",
            );
        }
        for hint in engine.arrivals.hints().given() {
            let [id, what, fix] = hint.text();
            find(id, Severity::Warning, what.into(), fix);
        }
        self.look_at_the_notice(&mut find);
        findings
    }

    fn look_at_the_notice(
        &self,
        find: &mut impl FnMut(&'static str, Severity, String, &'static str),
    ) {
        let engine = self.engine();
        let today = date_of(engine.timeline.now());
        let privacy = engine.notices.privacy();
        let made_up = |text: &str| {
            let text = text.to_ascii_lowercase();
            [
                ".example",
                "example.com",
                "example.net",
                "example.org",
                "your organisation",
            ]
            .iter()
            .any(|word| text.contains(word))
        };
        if made_up(&privacy.contact) || made_up(&privacy.controller) {
            find(
                "made-up-contact",
                Severity::Warning,
                "The privacy notice names a made-up controller or contact".into(),
                "Name your organisation and an address that is read, in `Privacy::new(..)`.",
            );
        }
        let date = engine.notices.date();
        if day(date).is_some_and(|date| (today - date).whole_days() > STALE_DAYS) {
            find(
                "old-notice",
                Severity::Advice,
                format!("The privacy notice is of {date}, more than a year ago"),
                "Read it again, and confirm it with `.dated(\"YYYY-MM-DD\")`.",
            );
        }
        if privacy.attestations.is_empty() {
            find(
                "no-attestations",
                Severity::Advice,
                "The privacy notice says nothing of audits, access control and training".into(),
                "What your organisation does, state with `.attest(Claim::.., made, until)`.",
            );
        }
        for attestation in &privacy.attestations {
            let left = day(&attestation.until).map_or(0, |until| (until - today).whole_days());
            if left <= SOON_DAYS {
                let what = if left > 0 { "runs out" } else { "ran out" };
                find(
                    "attestation-runs-out",
                    Severity::Warning,
                    format!(
                        "The statement {} {what} on {}",
                        attestation.claim.name(),
                        attestation.until
                    ),
                    "Check that it is still true, and state it anew; until then the notice leaves it out.",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;
    use crate::{
        CookieConfig, SecretKey,
        privacy::config::{Claim, Privacy},
        store::{Id, Store, StoreFuture},
        testing::HandClock,
    };

    /// A store somewhere.
    struct Linked(Link);

    impl Store for Linked {
        fn link(&self) -> Link {
            self.0
        }

        fn spend<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, bool> {
            Box::pin(std::future::ready(Ok(true)))
        }

        fn hit<'a>(&'a self, _: &'a Id, _: Duration) -> StoreFuture<'a, u64> {
            Box::pin(std::future::ready(Ok(1)))
        }

        fn generation(&self) -> StoreFuture<'_, u64> {
            Box::pin(std::future::ready(Ok(0)))
        }
    }

    fn ids(captcha: &Captcha) -> Vec<&'static str> {
        captcha.doctor().iter().map(|finding| finding.id).collect()
    }

    fn privacy() -> Privacy {
        Privacy::new("Lantern Letters Ltd, Dublin", "privacy@lantern-letters.ie")
            .legitimate_interest("keeping bots out")
            .dated("2027-01-01")
            .attest(Claim::SecurityAudits, "2027-01-01", "2028-01-01")
    }

    #[test]
    fn each_finding_is_there_when_it_should_be_and_only_then() {
        // 2027-01-15.
        let clock = HandClock::at(1_800_000_000_000);
        let base = || {
            Captcha::builder()
                .key(SecretKey::generate().unwrap())
                .clock(Arc::new(clock.clone()))
                .no_script_frame(false)
        };
        let sound = base().privacy(privacy()).build().unwrap();
        assert_eq!(ids(&sound), ["testing-build"]);
        let with = |privacy: Privacy| ids(&base().privacy(privacy).build().unwrap());
        let one = |found: Vec<&'static str>, id: &str| {
            assert_eq!(found, ["testing-build", id]);
        };
        one(
            ids(&base()
                .privacy(privacy())
                .limits(Limits::UNLIMITED)
                .build()
                .unwrap()),
            "no-limits",
        );
        one(
            ids(&base()
                .privacy(privacy())
                .no_script_frame(true)
                .build()
                .unwrap()),
            "frame-without-work",
        );
        let insecure = base()
            .privacy(privacy())
            .cookies(CookieConfig::insecure_localhost());
        one(ids(&insecure.build().unwrap()), "insecure-cookies");
        let plain = base().privacy(privacy()).insecure_plain_http();
        one(
            ids(&plain.cookies(CookieConfig::default()).build().unwrap()),
            "plain-http",
        );
        let on = |link| {
            let base = base().privacy(privacy()).store(Arc::new(Linked(link)));
            base.cookies(CookieConfig::default())
        };
        one(ids(&on(Link::Unstated).build().unwrap()), "unstated-store");
        for sound in [Link::Local, Link::Encrypted] {
            assert_eq!(ids(&on(sound).build().unwrap()), ["testing-build"]);
        }
        let refused = on(Link::Plain).build().unwrap_err().to_string();
        assert!(refused.contains("rediss://"), "{refused}");
        let developing = on(Link::Plain).cookies(CookieConfig::insecure_localhost());
        assert_eq!(
            ids(&developing.build().unwrap()),
            ["testing-build", "insecure-cookies", "plain-store"]
        );
        one(with(privacy().dated("2026-01-01")), "old-notice");
        one(
            with(privacy().attest(Claim::SecurityTraining, "2026-01-01", "2027-02-01")),
            "attestation-runs-out",
        );
        let unattested = Privacy::new("Lantern", "privacy@lantern-letters.ie")
            .legitimate_interest("keeping bots out")
            .dated("2027-01-01");
        one(with(unattested), "no-attestations");
        let made_up = Privacy::new("Lantern", "privacy@example.org")
            .legitimate_interest("keeping bots out")
            .dated("2027-01-01")
            .attest(Claim::SecurityAudits, "2027-01-01", "2028-01-01");
        one(with(made_up), "made-up-contact");
        clock.advance(Duration::from_secs(366 * 86_400));
        assert_eq!(
            ids(&sound),
            ["testing-build", "old-notice", "attestation-runs-out"],
            "as of now, not of the start"
        );
    }
}
