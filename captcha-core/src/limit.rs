//! Limits, counted under pseudonyms: keyed by a random salt that serves ten minutes, is looked at
//! for one more, and is then destroyed, so that nobody can compute afterwards whose calls were
//! counted. Nothing else about a peer is kept.

mod salts;

use std::{net::IpAddr, sync::Arc};

use hmac::{Hmac, KeyInit, Mac};
use salts::{Current, Salts};
use sha2::Sha256;

use crate::{
    error::{CaptchaError, ErrorKind},
    privacy::{ledger::Ledger, registry::Count},
    random::RandomSource,
    store::Id,
};

const RETRY_AFTER: u32 = salts::OVERLAP.as_secs() as u32;

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
    /// No limit on challenges and answers. A bot may then ask for as many challenges as the machine
    /// can draw. Feedback keeps its own limits.
    pub const UNLIMITED: Self = Self {
        per_visitor: u32::MAX,
        per_site: u32::MAX,
    };

    fn of(self, call: Call) -> Self {
        match call {
            Call::Answer | Call::Challenge => self,
            Call::Feedback => Self {
                per_visitor: self.per_visitor.min(FEEDBACK.per_visitor),
                per_site: self.per_site.min(FEEDBACK.per_site),
            },
        }
    }
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
    Feedback,
}

/// Texts a minute that are kept of one visitor and of all, whatever else is served: the store has
/// room for so many, and each stays for weeks.
const FEEDBACK: Limits = Limits {
    per_visitor: 5,
    per_site: 30,
};

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

pub(crate) struct Limiter {
    limits: Limits,
    salts: Salts,
}

impl Limiter {
    pub(crate) fn new(limits: Limits, random: Arc<dyn RandomSource>) -> Self {
        Self {
            limits,
            salts: Salts::new(random),
        }
    }

    pub(crate) const fn limits(&self) -> Limits {
        self.limits
    }

    /// Counts the call and refuses it when it is one too many.
    ///
    /// In the first minute of an epoch it is counted under the salt before as well: a window that
    /// began there goes on, and a burst over the boundary is not served twice.
    pub(crate) async fn admit(
        &self,
        ledger: &Ledger,
        call: Call,
        visitor: Visitor,
        now: u64,
    ) -> Result<(), CaptchaError> {
        let limits = self.limits.of(call);
        let first = match visitor {
            Visitor::Restricted => (Count::Site, (limits.per_site / 10).max(1), visitor),
            _ => (Count::Visitor, limits.per_visitor, visitor),
        };
        let counted = [first, (Count::Site, limits.per_site, Visitor::Unknown)];
        for (count, limit, who) in counted {
            if limit == u32::MAX || (count == Count::Visitor && matches!(who, Visitor::Unknown)) {
                continue;
            }
            let Current { own, before } = self.pseudonyms(call, who, now)?;
            // What the older count refuses is not counted in the new one, as if it were one.
            for (key, window) in before.into_iter().chain([(own, salts::OVERLAP)]) {
                if ledger.hit(count, &key, window).await? > u64::from(limit) {
                    return Err(CaptchaError::new(
                        ErrorKind::TooMany,
                        "too many calls within a minute",
                    )
                    .retry_after(RETRY_AFTER));
                }
            }
        }
        Ok(())
    }

    /// Destroys the salts of this moment, so that no pseudonym can be traced any more.
    pub(crate) fn forget(&self) {
        self.salts.forget();
    }

    fn pseudonyms(
        &self,
        call: Call,
        visitor: Visitor,
        now: u64,
    ) -> Result<Current<Id>, CaptchaError> {
        self.salts.at(now, |salt| pseudonym(salt, call, visitor))
    }
}

impl Drop for Limiter {
    fn drop(&mut self) {
        self.forget();
    }
}

fn pseudonym(salt: &[u8; 32], call: Call, visitor: Visitor) -> Result<Id, CaptchaError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(salt)
        .map_err(|_| CaptchaError::configuration("HMAC refuses its key"))?;
    mac.update(&[call as u8]);
    let visitor = match visitor {
        Visitor::Peer(address) => Visitor::Peer(address.to_canonical()),
        other => other,
    };
    match visitor {
        Visitor::Peer(IpAddr::V4(address)) => {
            mac.update(b"4");
            mac.update(&address.octets());
        }
        Visitor::Peer(IpAddr::V6(address)) => {
            mac.update(b"6");
            mac.update(&(address.to_bits() >> 64).to_be_bytes());
        }
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

#[cfg(test)]
mod tests;
