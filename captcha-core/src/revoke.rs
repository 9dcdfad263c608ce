//! When something leaked: everything that was issued becomes worthless at once.

use std::sync::{Arc, PoisonError};

use serde::Serialize;

use crate::{captcha::Captcha, error::CaptchaError, random};

/// What [`Captcha::revoke_all`] did, for the record of the incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Revoked {
    /// When, in milliseconds since the Unix epoch.
    pub at_unix_millis: u64,
    /// The ids, in hexadecimal, of the keys that are out of use. An id gives no key away.
    pub keys: Vec<String>,
    /// The id of the key that replaced them.
    pub new_key: String,
    /// The store's generation from then on.
    pub generation: u64,
}

impl Captcha {
    /// Makes everything worthless that was issued before: tokens, challenges, sessions, and the
    /// cookies of selections and decisions. This process gets a new key out of nothing, the store
    /// another generation, which every process sees that shares it, and the salts behind the limits'
    /// pseudonyms are destroyed. Visitors solve once more; a call that is being answered at this
    /// moment may still pass.
    ///
    /// The configured secret comes into force again with the next start. If it was the secret that
    /// leaked, replace it **before** the next start: whoever holds it could make tokens for it.
    /// Decisions about statistics are forgotten with their cookies, which counts as no consent.
    ///
    /// # Errors
    /// `Unavailable` without randomness, and then nothing has changed; or when the store could not
    /// renew its generation: this process refuses everything issued before all the same, others may
    /// not yet. Call again.
    pub async fn revoke_all(&self) -> Result<Revoked, CaptchaError> {
        let engine = self.engine();
        let old = engine.sealer();
        let renewed = Arc::new(old.renewed(&random::array(engine.random.as_ref())?)?);
        let new_key = renewed.key_ids().into_iter().next().unwrap_or_default();
        *engine
            .sealer
            .write()
            .unwrap_or_else(PoisonError::into_inner) = renewed;
        engine.limiter.forget();
        let generation = engine.ledger.renew_generation().await?;
        let keys = old.key_ids();
        tracing::warn!(?keys, %new_key, "captcha: everything issued so far was revoked");
        Ok(Revoked {
            at_unix_millis: engine.timeline.now(),
            keys,
            new_key,
            generation,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ErrorKind, Kind, Limits, MemoryStore, SecretKey, Store,
        endpoint::{Headers, Request},
        testing::{block_on, privacy},
    };

    const SECRET: &str = "pZ4mQ1nq0vJ8cXr2T6yBwE9hKsLdFgUa3o7iR5WxYtM=";

    fn engine(store: &Arc<MemoryStore>) -> Captcha {
        Captcha::builder()
            .key(SecretKey::new(SECRET).unwrap())
            .privacy(privacy())
            .limits(Limits::UNLIMITED)
            .work_bits(0, 1)
            .store(Arc::clone(store) as Arc<dyn Store>)
            .draw_in_order()
            .build()
            .unwrap()
    }

    /// Everything that a site hands out, many times over.
    struct Artefacts {
        tokens: Vec<String>,
        challenges: Vec<String>,
        cookies: Vec<String>,
    }

    fn call(captcha: &Captcha, method: &str, path: &str, cookie: &str, body: &str) -> Vec<String> {
        let headers: [(&str, &[u8]); 2] = [
            ("content-type", b"application/json"),
            ("cookie", cookie.as_bytes()),
        ];
        let request = Request {
            method,
            path,
            query: None,
            headers: headers.into_iter().collect::<Headers<'_>>(),
            body: body.as_bytes(),
            peer: None,
        };
        let response = block_on(captcha.handle(&request));
        assert!(response.status < 300, "{path}: {}", response.status);
        let set = response
            .headers
            .iter()
            .filter(|(name, _)| *name == "set-cookie");
        set.filter_map(|(_, value)| Some(value.split_once(';')?.0.to_owned()))
            .collect()
    }

    fn issue(captcha: &Captcha, number: usize) -> Artefacts {
        let mut artefacts = Artefacts {
            tokens: Vec::new(),
            challenges: Vec::new(),
            cookies: Vec::new(),
        };
        for _ in 0..number {
            let token = block_on(captcha.token_for_tests(None)).unwrap();
            artefacts.tokens.push(token.as_str().to_owned());
            let challenge = block_on(captcha.issue(Some(Kind::Work), None)).unwrap();
            artefacts.challenges.push(challenge.challenge);
        }
        for (method, path, body) in [
            ("POST", "/challenge", r#"{"kind":"work"}"#),
            ("PATCH", "/privacy/data", r#"{"theme":"dark"}"#),
            ("PUT", "/privacy/restriction", ""),
        ] {
            let cookies = call(captcha, method, path, "", body);
            artefacts
                .cookies
                .extend(cookies.into_iter().filter(|pair| !pair.ends_with('=')));
        }
        artefacts
    }

    /// How many of them are still taken.
    fn taken(captcha: &Captcha, artefacts: &Artefacts) -> usize {
        let tokens = artefacts.tokens.iter().filter(|token| {
            let refused = block_on(captcha.redeem(token, None)).err();
            refused.is_none_or(|error| error.kind() == ErrorKind::Spent)
        });
        let challenges = (artefacts.challenges.iter())
            .filter(|challenge| block_on(captcha.solve(challenge)).is_ok());
        let cookies = artefacts.cookies.iter().filter(|cookie| {
            let headers: [(&str, &[u8]); 1] = [("cookie", cookie.as_bytes())];
            let request = Request {
                method: "GET",
                path: "/privacy/data",
                query: None,
                headers: headers.into_iter().collect::<Headers<'_>>(),
                body: b"",
                peer: None,
            };
            let data = String::from_utf8(block_on(captcha.handle(&request)).body.into()).unwrap();
            !data.contains("\"items\":[]")
        });
        tokens.count() + challenges.count() + cookies.count()
    }

    #[test]
    fn nothing_that_was_issued_before_is_taken_after() {
        let long = std::env::var_os("CAPTCHA_LONG").is_some();
        let number = if long { 50_000 } else { 1_000 };
        let store = Arc::new(MemoryStore::new().unwrap());
        let (captcha, neighbour) = (engine(&store), engine(&store));
        let (mine, theirs) = (issue(&captcha, number), issue(&neighbour, number));
        assert_eq!(mine.cookies.len(), 3);
        // The control: an engine that was left alone takes them.
        let control = issue(&captcha, 5);
        assert_eq!(taken(&captcha, &control), 5 + 5 + 3);

        let revoked = block_on(captcha.revoke_all()).unwrap();
        assert_eq!((revoked.keys.len(), revoked.new_key.len()), (1, 8));
        assert_ne!(revoked.keys.first(), Some(&revoked.new_key));
        for artefacts in [&mine, &theirs, &control] {
            assert_eq!(taken(&captcha, artefacts), 0);
        }
        // The neighbour keeps its key, and what lasts over restarts; the rest is dead by the store.
        assert_eq!(
            taken(&neighbour, &theirs),
            2,
            "the cookies of selections and decisions"
        );
        let fresh = issue(&captcha, 3);
        assert_eq!(taken(&captcha, &fresh), 3 + 3 + 3);
    }

    #[test]
    fn who_holds_the_old_secret_makes_nothing_that_is_taken() {
        let store = Arc::new(MemoryStore::new().unwrap());
        let captcha = engine(&store);
        block_on(captcha.revoke_all()).unwrap();
        // A thief's own engine, with the secret and even the store's new generation.
        let thief = engine(&store);
        assert_eq!(taken(&captcha, &issue(&thief, 20)), 0);
    }
}
