//! Limits, counted under pseudonyms: the salt behind them lives ten minutes, in memory alone, so
//! that nobody can compute afterwards whose calls were counted.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    error::{CaptchaError, ErrorKind},
    privacy::{ledger::Ledger, registry::Count},
    random::{self, RandomSource},
    store::Id,
};

const EPOCH_MILLIS: u64 = 10 * 60 * 1_000;
const RETRY_AFTER: u32 = 60;

/// Calls a minute that are served: for one visitor, and for the whole site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls of one kind (challenges, answers) a minute from one visitor: an IPv4 address, an IPv6
    /// /64 network, or a session where the peer's address is not known.
    pub per_visitor: u32,
    /// Calls of one kind a minute for the whole site.
    pub per_site: u32,
}

impl Limits {
    /// No limit at all. A bot may then ask for as many challenges as the machine can draw.
    pub const UNLIMITED: Self = Self {
        per_visitor: u32::MAX,
        per_site: u32::MAX,
    };
}

impl Default for Limits {
    /// 600 a minute for one visitor, which leaves room for an office behind one address, and
    /// 30,000 for the site.
    fn default() -> Self {
        Self {
            per_visitor: 600,
            per_site: 30_000,
        }
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    Answer,
    Challenge,
}

/// Who is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Visitor {
    Peer(IpAddr),
    Session(Id),
    /// Somebody who restricted processing or objected to it: all of them are counted as one, with
    /// a tenth of the site's calls, so that a right is honoured and no way around the limits.
    Restricted,
    Unknown,
}

struct Epoch {
    number: u64,
    salt: Zeroizing<[u8; 32]>,
}

pub(crate) struct Limiter {
    limits: Limits,
    random: Arc<dyn RandomSource>,
    epoch: Mutex<Option<Epoch>>,
}

impl Limiter {
    pub(crate) fn new(limits: Limits, random: Arc<dyn RandomSource>) -> Self {
        Self {
            limits,
            random,
            epoch: Mutex::new(None),
        }
    }

    pub(crate) const fn limits(&self) -> Limits {
        self.limits
    }

    /// Counts the call and refuses it when it is one too many.
    pub(crate) async fn admit(
        &self,
        ledger: &Ledger,
        call: Call,
        visitor: Visitor,
        now: u64,
    ) -> Result<(), CaptchaError> {
        let first = match visitor {
            Visitor::Restricted => (Count::Site, (self.limits.per_site / 10).max(1), visitor),
            _ => (Count::Visitor, self.limits.per_visitor, visitor),
        };
        let counted = [first, (Count::Site, self.limits.per_site, Visitor::Unknown)];
        for (count, limit, who) in counted {
            if limit == u32::MAX || (count == Count::Visitor && matches!(who, Visitor::Unknown)) {
                continue;
            }
            let key = self.pseudonym(call, who, now)?;
            if ledger.hit(count, &key).await? > u64::from(limit) {
                return Err(CaptchaError::new(
                    ErrorKind::TooMany,
                    "too many calls within a minute",
                )
                .retry_after(RETRY_AFTER));
            }
        }
        Ok(())
    }

    fn pseudonym(&self, call: Call, visitor: Visitor, now: u64) -> Result<Id, CaptchaError> {
        let number = now / EPOCH_MILLIS;
        let mut epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        let current = match epoch.take() {
            Some(current) if current.number == number => current,
            _ => Epoch {
                number,
                salt: Zeroizing::new(random::array(self.random.as_ref())?),
            },
        };
        let mut mac = Hmac::<Sha256>::new_from_slice(current.salt.as_ref())
            .map_err(|_| CaptchaError::configuration("HMAC refuses its key"))?;
        *epoch = Some(current);
        drop(epoch);
        mac.update(&[call as u8]);
        match visitor {
            Visitor::Peer(IpAddr::V4(address)) => {
                mac.update(b"4");
                mac.update(&address.octets());
            }
            Visitor::Peer(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(address) => {
                    mac.update(b"4");
                    mac.update(&address.octets());
                }
                None => {
                    mac.update(b"6");
                    mac.update(&(address.to_bits() >> 64).to_be_bytes());
                }
            },
            Visitor::Session(id) => {
                mac.update(b"s");
                mac.update(&id);
            }
            Visitor::Restricted => mac.update(b"r"),
            Visitor::Unknown => mac.update(b"*"),
        }
        let digest = mac.finalize().into_bytes();
        Ok(std::array::from_fn(|i| digest.get(i).copied().unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    fn limiter() -> Limiter {
        Limiter::new(Limits::default(), Arc::new(SystemRandom))
    }

    fn peer(text: &str) -> Visitor {
        Visitor::Peer(text.parse().unwrap())
    }

    #[test]
    fn a_pseudonym_is_whole_for_ipv4_and_a_64_for_ipv6() {
        let limiter = limiter();
        let of = |text| limiter.pseudonym(Call::Challenge, peer(text), 0).unwrap();
        assert_eq!(of("192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
        assert_eq!(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff::9"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
        let answers = limiter
            .pseudonym(Call::Answer, peer("192.0.2.1"), 0)
            .unwrap();
        assert_ne!(of("192.0.2.1"), answers);
    }

    #[test]
    fn a_pseudonym_cannot_be_computed_again_after_its_epoch() {
        let limiter = limiter();
        let at = |now| {
            limiter
                .pseudonym(Call::Challenge, peer("192.0.2.1"), now)
                .unwrap()
        };
        let first = at(0);
        assert_eq!(first, at(EPOCH_MILLIS - 1));
        assert_ne!(first, at(EPOCH_MILLIS));
        assert_ne!(first, at(0), "the salt is gone, even for the same time");
    }
}
