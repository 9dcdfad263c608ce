//! Opening a connection, and looking whether the server can be relied on.

use std::{collections::HashMap, error::Error, rc::Rc};

use ::redis::{RedisError, aio::MultiplexedConnection};
use tokio::time::Instant;

use super::{
    locate::Place,
    scripts::{self, FENCE_MILLIS, Keys},
};
use crate::{
    error::CaptchaError,
    random::{self, SystemRandom},
};

/// A connection and the fence that stood when it was opened.
#[derive(Clone)]
pub(super) struct Live<C = MultiplexedConnection> {
    pub(super) connection: C,
    pub(super) opened: Instant,
    /// The run of the server: another one after every start, and after every promotion.
    pub(super) run: Rc<str>,
    pub(super) fence: Rc<str>,
}

impl<C> Live<C> {
    /// The random number of the fence.
    pub(super) fn generation(&self) -> u64 {
        let number = self.fence.rsplit(':').next().unwrap_or_default();
        u64::from_str_radix(number, 16).unwrap_or_default()
    }
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Something to change.
    Settings(String),
    /// Nobody answers, or not as one should.
    Unavailable(Box<dyn Error + Send + Sync>),
}

impl From<RedisError> for Trouble {
    fn from(error: RedisError) -> Self {
        let refused = matches!(error.code(), Some("WRONGPASS" | "NOAUTH"))
            || error.kind() == ::redis::ErrorKind::AuthenticationFailed;
        if refused {
            return Self::Settings(
                "Redis refuses the user or the password of the address".to_owned(),
            );
        }
        // What rustls says of a certificate, and this library of a line, has no code.
        let said = error.to_string();
        if said.contains("invalid peer certificate") {
            return Self::Settings(format!(
                "the certificate of Redis is not trusted ({said}): name its authority with \
                 `.root_certificates(..)`, and use a host name that the certificate is for"
            ));
        }
        if error.code() == Some("NOPERM") {
            return Self::Settings(format!(
                "this Redis user may not do what the store needs ({}): allow it \
                 `+info +evalsha +script|load +get +mget +set +del +incr +pexpire +pttl +time +hincrby +hgetall \
                 +sadd +smembers +zadd +zcard +zrem +zpopmin +zrange +zremrangebyscore +cluster|keyslot \
                 +cluster|slots +select` on its keys",
                error.detail().unwrap_or_default()
            ));
        }
        Self::Unavailable(error.into())
    }
}

impl From<Trouble> for CaptchaError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Settings(fix) => Self::configuration(fix),
            Trouble::Unavailable(error) => {
                Self::unavailable("the Redis store cannot be reached").caused_by(error)
            }
        }
    }
}

impl From<Trouble> for crate::store::StoreError {
    fn from(trouble: Trouble) -> Self {
        Self::Unavailable(match trouble {
            Trouble::Settings(fix) => fix.into(),
            Trouble::Unavailable(error) => error,
        })
    }
}

/// A time of the server, in milliseconds since 1970, and since when it is that time here, at the latest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    pub(super) time: u64,
    pub(super) at: Instant,
}

impl Heard {
    pub(super) fn now(time: u64) -> Self {
        Self {
            time,
            at: Instant::now(),
        }
    }
}

/// Opens a connection to a server that can be relied on.
pub(super) async fn open(place: &Place, keys: &Keys) -> Result<(Live, Heard), Trouble> {
    let mut connection = place.open(&keys.fence()).await?;
    permitted(&mut connection, keys).await?;
    fenced(connection, keys).await
}

/// Whether the user may do all that will be asked of it, so that the start says so and not the first visitor.
async fn permitted(connection: &mut MultiplexedConnection, keys: &Keys) -> Result<(), Trouble> {
    let mut script = scripts::PERMITTED.prepare_invoke();
    for key in keys.tried() {
        script.key(key);
    }
    let pattern = keys.pattern();
    let denied: Vec<String> = match script.invoke_async(connection).await {
        Err(error)
            if error
                .detail()
                .is_some_and(|why| why.contains("of the keys")) =>
        {
            return Err(Trouble::Settings(format!(
                "this Redis user may not use the store's keys: allow it `{pattern}`"
            )));
        }
        told => told?,
    };
    match denied.is_empty() {
        true => Ok(()),
        false => Err(Trouble::Settings(format!(
            "this Redis user may not do what the store needs: allow it `+{}` on `{pattern}`",
            denied.join(" +")
        ))),
    }
}

/// The connection with the fence that stands now; a new one is put up where it has to be.
pub(super) async fn fenced(
    mut connection: MultiplexedConnection,
    keys: &Keys,
) -> Result<(Live, Heard), Trouble> {
    let opened = Instant::now();
    let info: String = ::redis::cmd("INFO").query_async(&mut connection).await?;
    let run: Rc<str> = reliable(&info)?.into();
    let (fence, time) = scripts::FENCE
        .key(keys.fence())
        .arg(&*run)
        .arg(number()?)
        .arg(FENCE_MILLIS)
        .invoke_async::<(String, u64)>(&mut connection)
        .await?;
    let live = Live {
        connection,
        opened,
        run,
        fence: fence.into(),
    };
    Ok((live, Heard::now(time)))
}

/// A random number for a fence.
pub(super) fn number() -> Result<String, Trouble> {
    let bytes = random::array::<8>(&SystemRandom);
    let bytes = bytes.map_err(|error| Trouble::Unavailable(error.into()))?;
    Ok(scripts::hex(&bytes))
}

/// The run of a server, if it keeps marks until they expire.
pub(super) fn reliable(info: &str) -> Result<String, Trouble> {
    let facts: HashMap<&str, &str> = (info.lines())
        .filter_map(|line| line.split_once(':'))
        .collect();
    let fact = |name: &str| facts.get(name).copied().unwrap_or_default();
    let fix = |text: String| Err(Trouble::Settings(text));
    let version = fact("redis_version");
    let major = version
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < 7) {
        return fix(format!(
            "this is Redis {version:?}: Redis 7, or Valkey, or a later one is needed"
        ));
    }
    if fact("role") != "master" {
        return fix(format!(
            "this server is a {}: give the address of the one that takes writes",
            if fact("role") == "slave" {
                "replica"
            } else {
                fact("role")
            }
        ));
    }
    let policy = fact("maxmemory_policy");
    if fact("maxmemory") != "0" && policy != "noeviction" {
        return fix(format!(
            "under memory pressure this server drops keys ({policy:?}), and what was used could be used \
             again: set `maxmemory-policy noeviction`, or use a server of its own"
        ));
    }
    if fact("loading") == "1" || fact("run_id").is_empty() {
        return Err(Trouble::Unavailable("Redis is still loading".into()));
    }
    // A master that was demoted and is promoted again is the same run, and has lost what it had not handed on.
    Ok(format!("{}-{}", fact("run_id"), fact("master_replid")))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The error that a server says with a line.
    pub(in super::super) fn said(line: &str) -> RedisError {
        let value = ::redis::parse_redis_value(format!("-{line}\r\n").as_bytes());
        value.unwrap().extract_error().unwrap_err()
    }

    const GOOD: &str = "# Server\r\nredis_version:7.0.15\r\nrun_id:c0ffee\r\nmaster_replid:7ea\r\nrole:master\r\nloading:0\r\n\
        maxmemory:0\r\nmaxmemory_policy:noeviction\r\ncluster_enabled:0\r\n";

    #[test]
    fn servers_that_keep_marks_are_told_from_those_that_do_not() {
        assert_eq!(reliable(GOOD).unwrap(), "c0ffee-7ea");
        let full = GOOD.replace("maxmemory:0", "maxmemory:1000");
        assert_eq!(reliable(&full).unwrap(), "c0ffee-7ea");
        for (from, to, says) in [
            ("7.0.15", "6.2.0", "Redis 7"),
            ("role:master", "role:slave", "replica"),
            (
                "maxmemory:0\r\nmaxmemory_policy:noeviction",
                "maxmemory:9\r\nmaxmemory_policy:allkeys-lru",
                "noeviction",
            ),
        ] {
            let Err(Trouble::Settings(text)) = reliable(&GOOD.replace(from, to)) else {
                panic!("{to} is taken");
            };
            assert!(text.contains(says), "{text}");
        }
        assert!(matches!(
            reliable(&GOOD.replace("loading:0", "loading:1")),
            Err(Trouble::Unavailable(_))
        ));
    }
}
