//! Where a Redis store is, and how it is reached.

use std::time::Duration;

use ::redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

use super::{
    RedisStore,
    connect::Trouble,
    known::Shown,
    locate::{Place, Topology, link},
    worker::{self, Settings},
};
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::{error::CaptchaError, store::Link};

/// Longest that [`RedisStoreBuilder::connect`] waits for the first answer.
const START: Duration = Duration::from_secs(5);

/// A [`RedisStore`] in the making.
#[derive(Clone)]
#[must_use]
pub struct RedisStoreBuilder {
    urls: Vec<String>,
    sentinel: Option<String>,
    sentinel_password: Option<String>,
    prefix: String,
    deadline: Duration,
    #[cfg(feature = "redis-tls")]
    tls: super::tls::Certificates,
}

impl RedisStoreBuilder {
    pub(super) fn new(url: &str) -> Self {
        Self {
            urls: vec![url.to_owned()],
            sentinel: None,
            sentinel_password: None,
            prefix: "captcha".to_owned(),
            deadline: Duration::from_millis(250),
            #[cfg(feature = "redis-tls")]
            tls: super::tls::Certificates::default(),
        }
    }

    /// Another address that may be asked: of a further Sentinel, or of a further node of a cluster, for
    /// the day on which the first does not answer. User, password and database are those of the first.
    pub fn or_at(mut self, url: &str) -> Self {
        self.urls.push(url.to_owned());
        self
    }

    /// The addresses are those of Sentinels, which are asked before each connection which server is the
    /// master of this name, such as `mymaster`. User, password and database of the first address
    /// are the server's; see [`sentinel_password`](Self::sentinel_password) for the Sentinels' own.
    ///
    /// Behind TLS, let the Sentinels announce host names (`resolve-hostnames yes`,
    /// `announce-hostnames yes`), or certificates cannot be verified.
    pub fn sentinel(mut self, master: &str) -> Self {
        self.sentinel = Some(master.to_owned());
        self
    }

    /// The password of the Sentinels themselves (`requirepass` in their file). None unless set.
    pub fn sentinel_password(mut self, password: &str) -> Self {
        self.sentinel_password = Some(password.to_owned());
        self
    }

    /// What every key begins with: 1 to 40 of a to z, 0 to 9, `.`, `_` and `-`. Sites that share a server
    /// need one each. In a cluster, it decides which of its nodes holds them all.
    pub fn prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// How long a call may take. What is not answered by then is refused.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The certificates (PEM) that a server's must be signed by, instead of those that this machine trusts:
    /// of an authority of your own.
    #[cfg(feature = "redis-tls")]
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.roots = Some(pem.into());
        self
    }

    /// The certificate chain and key (PEM) that this process shows, where the server asks for one.
    #[cfg(feature = "redis-tls")]
    pub fn client_certificate(
        mut self,
        chain_pem: impl Into<Vec<u8>>,
        key_pem: impl Into<Vec<u8>>,
    ) -> Self {
        self.tls.client = Some((chain_pem.into(), key_pem.into()));
        self
    }

    /// Connects and looks whether the server can be relied on. This thread waits for it, at most five
    /// seconds: call it before the server starts, not within a request.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] says what to change: an address that is none, a password that is
    /// refused, a certificate that is not trusted, a server that may drop marks under memory pressure,
    /// a replica, or one that is too old. [`ErrorKind::Unavailable`] when nobody answers.
    pub fn connect(self) -> Result<RedisStore, CaptchaError> {
        let (settings, link) = self.settings()?;
        let (jobs, waiting) = tokio::sync::mpsc::unbounded_channel();
        let (ready, first) = std::sync::mpsc::channel();
        let shown = Shown::default();
        let seen = shown.clone();
        let unavailable = |error: Box<_>| CaptchaError::from(Trouble::Unavailable(error));
        std::thread::Builder::new()
            .name("captcha-redis".into())
            .spawn(move || worker::run(settings, seen, waiting, &ready))
            .map_err(|error| unavailable(error.into()))?;
        match first.recv_timeout(START) {
            Ok(Ok(())) => Ok(RedisStore::over(jobs, shown, link)),
            Ok(Err(error)) => Err(error),
            Err(error) => Err(unavailable(error.into())),
        }
    }

    fn settings(self) -> Result<(Settings, Link), CaptchaError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        if !(1..=40).contains(&self.prefix.len()) || !self.prefix.chars().all(plain) {
            return Err(CaptchaError::configuration(format!(
                "{:?} is no prefix for keys: use 1 to 40 of a to z, 0 to 9, '.', '_' and '-'",
                self.prefix
            )));
        }
        let infos = self.urls.iter().map(|url| self.info(url));
        let infos = infos.collect::<Result<Vec<_>, _>>()?;
        let links = infos.iter().map(|info| link(info.addr()));
        let link = links.fold(Link::Local, worse);
        let topology = match self.sentinel {
            Some(master) => Topology::Sentinel {
                master,
                password: self.sentinel_password,
            },
            None => Topology::Server,
        };
        let place = Place::new(infos, topology)
            .ok_or_else(|| CaptchaError::configuration("a Redis store needs an address"))?;
        let settings = Settings {
            place,
            prefix: self.prefix,
            deadline: self.deadline,
        };
        Ok((settings, link))
    }

    fn info(&self, url: &str) -> Result<ConnectionInfo, CaptchaError> {
        if url.starts_with("rediss:") && !cfg!(feature = "redis-tls") {
            return Err(CaptchaError::configuration(
                "the address asks for TLS: enable feature `redis-tls` of the captcha crate, or use a \
                 tunnel on this machine, or a Unix socket",
            ));
        }
        let unreadable = |error| {
            // Without the address: it may hold a password.
            CaptchaError::configuration(
                "this is no address of a Redis server, such as redis://127.0.0.1:6379, \
                 rediss://user:password@redis.internal:6380 or redis+unix:///run/redis.sock",
            )
            .caused_by(error)
        };
        let info = url.into_connection_info().map_err(unreadable)?;
        if matches!(info.addr(), ConnectionAddr::TcpTls { insecure: true, .. }) {
            return Err(CaptchaError::configuration(
                "the address asks for TLS without verifying whom it talks to (#insecure): leave that out, \
                 and name the authority with `.root_certificates(..)`",
            ));
        }
        #[cfg(feature = "redis-tls")]
        let info = self.tls.equip(info)?;
        Ok(info)
    }
}

impl std::fmt::Debug for RedisStoreBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Addresses may hold passwords.
        f.debug_struct("RedisStoreBuilder")
            .field("prefix", &self.prefix)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// The one of two that protects less.
fn worse(one: Link, other: Link) -> Link {
    let rank = |link| match link {
        Link::Local => 0,
        Link::Encrypted => 1,
        _ => 2,
    };
    if rank(one) >= rank(other) { one } else { other }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_into_logs_has_no_password_and_no_address() {
        let builder = RedisStore::builder("redis://:hunter2@redis.internal:6379").prefix("shop");
        let (jobs, _waiting) = tokio::sync::mpsc::unbounded_channel();
        let store = RedisStore::over(jobs, Shown::default(), Link::Local);
        let (builder, store) = (format!("{builder:?}"), format!("{store:?}"));
        assert!(builder.starts_with("RedisStoreBuilder") && builder.contains("shop"));
        assert!(store.starts_with("RedisStore") && store.contains("Local"));
        for said in [builder, store] {
            assert!(
                !said.contains("hunter2") && !said.contains("internal"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_prefix_is_short_and_plain() {
        let taken = |prefix: &str| {
            let store = RedisStore::builder("redis://127.0.0.1:6379").prefix(prefix);
            store.settings().is_ok()
        };
        let longest = "a".repeat(40);
        assert!(["shop", "shop-1.eu_west", &longest].into_iter().all(taken));
        let longer = "a".repeat(41);
        for prefix in ["", "Shop", "a b", "{a}", "a:b", "é", &longer] {
            assert!(!taken(prefix), "{prefix:?}");
        }
    }

    #[test]
    fn only_what_stays_on_this_machine_or_is_encrypted_is_not_plain() {
        let link = |url: &str| RedisStore::builder(url).settings().unwrap().1;
        for (url, way) in [
            ("redis://127.0.0.1:6379", Link::Local),
            ("redis://127.3.2.1", Link::Local),
            ("redis://localhost", Link::Local),
            ("redis://[::1]:6379", Link::Local),
            ("redis+unix:///run/redis.sock", Link::Local),
            ("redis://10.0.0.5:6379", Link::Plain),
            ("redis://redis.internal", Link::Plain),
            ("redis://localhost.example", Link::Plain),
            ("redis://[2001:db8::1]", Link::Plain),
        ] {
            assert_eq!(link(url), way, "{url}");
        }
        #[cfg(feature = "redis-tls")]
        assert_eq!(link("rediss://redis.internal"), Link::Encrypted);
        // Of several the one that protects least.
        let several = RedisStore::builder("redis://127.0.0.1").or_at("redis://10.0.0.5");
        assert_eq!(several.settings().unwrap().1, Link::Plain);
    }

    #[test]
    fn of_two_ways_the_one_that_protects_less_counts() {
        let ways = [Link::Local, Link::Encrypted, Link::Plain];
        for (one, first) in ways.into_iter().enumerate() {
            for (other, second) in ways.into_iter().enumerate() {
                assert_eq!(worse(first, second), ways[one.max(other)]);
            }
        }
    }
}
