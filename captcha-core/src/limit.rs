//! Limits, counted under pseudonyms: keyed by a random salt that serves ten minutes, is looked at
//! for one more, and is then destroyed, so that nobody can compute afterwards whose calls were
//! counted. Nothing else about a peer is kept.
//!
//! Processes that share a store share the salts, sealed, and so count together.

mod load;
mod salts;

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use hmac::{Hmac, KeyInit, Mac};
use load::Load;
use salts::{Current, Salts};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    error::{CaptchaError, ErrorKind},
    privacy::{ledger::Ledger, registry::Count},
    random::{self, RandomSource},
    seal::{Generation, Purpose, Sealer},
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

    /// Calls a minute of all together who are not told apart, since they restricted processing.
    const fn restricted(self) -> u32 {
        match (self.per_visitor, self.per_site) {
            (u32::MAX, u32::MAX) => u32::MAX,
            // Whoever limits visitors here and the site elsewhere.
            (_, u32::MAX) => RESTRICTED,
            (_, site) if site < 10 => 1,
            (_, site) => site / 10,
        }
    }

    fn of(self, call: Call) -> Self {
        match call {
            Call::Answer | Call::Challenge | Call::Wrong => self,
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
    /// An answer that was wrong. Never refused: it makes the next stamp heavier.
    Wrong,
}

/// As many as by default.
const RESTRICTED: u32 = 3_000;

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
    /// a tenth of the site's calls and their wrong answers together, so that a right is honoured and no way around
    /// the limits.
    Restricted,
    Unknown,
}

pub(crate) struct Limiter {
    limits: Limits,
    salts: Salts,
    load: Load,
    random: Arc<dyn RandomSource>,
}

impl Limiter {
    pub(crate) fn new(limits: Limits, random: Arc<dyn RandomSource>) -> Self {
        Self {
            limits,
            salts: Salts::new(Arc::clone(&random)),
            load: Load::default(),
            random,
        }
    }

    pub(crate) const fn limits(&self) -> Limits {
        self.limits
    }

    /// Challenges that were asked for in this minute or the one before, whichever are more, by
    /// everybody and of all processes together.
    pub(crate) fn load(&self, now: u64) -> u64 {
        self.load.at(now)
    }

    /// Agrees with the other processes on the salt of this epoch, where a store is shared: the first that
    /// needs one offers it to all, sealed.
    pub(crate) async fn agree(
        &self,
        ledger: &Ledger,
        sealer: &Sealer,
        generation: Generation,
        now: u64,
    ) -> Result<(), CaptchaError> {
        if !ledger.is_shared() {
            return Ok(());
        }
        let Some(missing) = self.salts.missing(now, generation.store) else {
            return Ok(());
        };
        let (epoch, left) = missing;
        let own = Zeroizing::new(random::array::<32>(self.random.as_ref())?);
        let nonce = random::array(self.random.as_ref())?;
        let sealed = sealer.seal(Purpose::Salt, generation, nonce, own.as_slice())?;
        let kept = ledger
            .share_salt(&salt_name(epoch, generation), &sealed, left)
            .await?;
        let opened = (std::str::from_utf8(&kept).ok())
            .and_then(|kept| sealer.open(Purpose::Salt, kept).ok())
            .and_then(|opened| {
                opened
                    .content
                    .as_slice()
                    .try_into()
                    .ok()
                    .map(Zeroizing::new)
            });
        if opened.is_none() {
            // Between two keys, processes cannot read each other: they count by themselves for as long.
            tracing::debug!(
                "captcha: the shared salt is of another key; calls are counted by process"
            );
        }
        self.salts
            .adopt(missing, generation.store, &opened.unwrap_or(own));
        Ok(())
    }

    /// Counts an answer that was wrong.
    pub(crate) async fn wrong(
        &self,
        ledger: &Ledger,
        visitor: Visitor,
        now: u64,
    ) -> Result<(), CaptchaError> {
        if !self.counts_wrong(visitor) {
            return Ok(());
        }
        let count = match visitor {
            Visitor::Restricted => Count::Site,
            _ => Count::Visitor,
        };
        let Current { own, before } = self.pseudonyms(Call::Wrong, visitor, now)?;
        for (key, window) in before.into_iter().chain([(own, salts::OVERLAP)]) {
            ledger.hit(count, &key, window).await?;
        }
        Ok(())
    }

    /// How many answers of a visitor were wrong within a minute; of those who are counted together, as many as
    /// that is for one.
    pub(crate) async fn wrong_so_far(
        &self,
        ledger: &Ledger,
        visitor: Visitor,
        now: u64,
    ) -> Result<u64, CaptchaError> {
        if !self.counts_wrong(visitor) {
            return Ok(0);
        }
        let Current { own, before } = self.pseudonyms(Call::Wrong, visitor, now)?;
        let mut most = ledger.hits(&own).await?;
        if let Some((before, _)) = before {
            most = most.max(ledger.hits(&before).await?);
        }
        if matches!(visitor, Visitor::Restricted) {
            let (all, one) = (self.limits.restricted(), self.limits.per_visitor);
            most /= u64::from(all / one.max(1)).max(1);
        }
        Ok(most)
    }

    /// Where nothing is limited, nothing is counted, and of somebody unknown nothing can be.
    fn counts_wrong(&self, visitor: Visitor) -> bool {
        self.limits.per_visitor != u32::MAX && !matches!(visitor, Visitor::Unknown)
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
            Visitor::Restricted => (Count::Site, limits.restricted(), visitor),
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
                let calls = ledger.hit(count, &key, window).await?;
                if count == Count::Site
                    && matches!((call, who), (Call::Challenge, Visitor::Unknown))
                {
                    self.load.saw(calls, now);
                }
                if calls > u64::from(limit) {
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

/// Under which names the processes of a site find the salts of this moment.
pub(crate) fn salt_names(now: u64, generation: Generation) -> [Id; 2] {
    let epoch = now / salts::EPOCH_MILLIS;
    [epoch, epoch.saturating_sub(1)].map(|epoch| salt_name(epoch, generation))
}

/// Under which name the processes of a site find the salt of an epoch.
fn salt_name(epoch: u64, generation: Generation) -> Id {
    let mut hash = Sha256::new();
    hash.update(b"captcha call-salt");
    hash.update(epoch.to_be_bytes());
    hash.update(generation.configured.to_be_bytes());
    hash.update(generation.store.to_be_bytes());
    id(&hash.finalize())
}

fn id(digest: &[u8]) -> Id {
    std::array::from_fn(|i| digest.get(i).copied().unwrap_or(0))
}

/// An IPv4 address as such, also one that a translator wrote as IPv6 (`64:ff9b::/96`, RFC 6052): all of those are one
/// network of 64 bits.
fn canonical(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if address.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0] => {
            IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() as u32))
        }
        address => address,
    }
}

fn pseudonym(salt: &[u8; 32], call: Call, visitor: Visitor) -> Result<Id, CaptchaError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(salt)
        .map_err(|_| CaptchaError::configuration("HMAC refuses its key"))?;
    mac.update(&[call as u8]);
    let visitor = match visitor {
        Visitor::Peer(address) => Visitor::Peer(canonical(address)),
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
    Ok(id(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests;
