//! The keys in force: of the configured ring, and after a revocation mixed with a number that whoever holds
//! the secret does not know.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use zeroize::Zeroizing;

use crate::{error::CaptchaError, key::KeyRing, seal::Sealer};

/// What a revocation mixes in.
pub(crate) type Share = Zeroizing<[u8; 32]>;

pub(crate) struct Keychain {
    /// Replaced as a whole.
    sealer: RwLock<Arc<Sealer>>,
    held: Mutex<Held>,
}

struct Held {
    ring: KeyRing,
    share: Option<Share>,
    /// The store's generation under which other processes were last asked for a share.
    seen: Option<u64>,
}

/// The sealers before and after a change.
pub(crate) struct Changed {
    pub(crate) old: Arc<Sealer>,
    pub(crate) new: Arc<Sealer>,
}

impl Keychain {
    pub(crate) fn new(ring: KeyRing, site: &str) -> Result<Self, CaptchaError> {
        let sealer = Sealer::new(&ring, site)?;
        Ok(Self {
            sealer: RwLock::new(Arc::new(sealer)),
            held: Mutex::new(Held {
                ring,
                share: None,
                seen: None,
            }),
        })
    }

    pub(crate) fn sealer(&self) -> Arc<Sealer> {
        Arc::clone(&self.sealer.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another ring in force; `None` where it is the one that is. A revocation stays one.
    pub(crate) fn rotate(
        &self,
        ring: KeyRing,
        today: u32,
    ) -> Result<Option<Changed>, CaptchaError> {
        let mut held = self.held();
        if held.ring.is_same(&ring) {
            return Ok(None);
        }
        let changed = self.replace(&ring, held.share.as_ref(), today)?;
        held.ring = ring;
        Ok(Some(changed))
    }

    /// Mixes a share in; `None` where it is in already.
    pub(crate) fn mix(&self, share: Share, today: u32) -> Result<Option<Changed>, CaptchaError> {
        let mut held = self.held();
        if held.share.as_deref() == Some(&*share) {
            return Ok(None);
        }
        let changed = self.replace(&held.ring, Some(&share), today)?;
        held.share = Some(share);
        Ok(Some(changed))
    }

    /// What is mixed in.
    pub(crate) fn share(&self) -> Option<Share> {
        self.held().share.clone()
    }

    /// Whether other processes were asked under this generation of the store.
    pub(crate) fn has_seen(&self, generation: u64) -> bool {
        self.held().seen == Some(generation)
    }

    pub(crate) fn saw(&self, generation: u64) {
        self.held().seen = Some(generation);
    }

    fn replace(
        &self,
        ring: &KeyRing,
        share: Option<&Share>,
        today: u32,
    ) -> Result<Changed, CaptchaError> {
        let mut sealer = self.sealer.write().unwrap_or_else(PoisonError::into_inner);
        let new = match share {
            Some(share) => sealer.successor(&ring.mixed(share)?, today)?,
            None => sealer.successor(ring, today)?,
        };
        let new = Arc::new(new);
        let old = std::mem::replace(&mut *sealer, Arc::clone(&new));
        Ok(Changed { old, new })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // What is held is whole after every statement.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SecretKey;

    #[test]
    fn a_change_is_one_once_and_a_share_stays_through_a_rotation() {
        let ring = || KeyRing::new(SecretKey::generate().unwrap());
        let (first, second) = (ring(), ring());
        let keychain = Keychain::new(first.clone(), "s").unwrap();
        let ids = || keychain.sealer().key_ids();
        let before = ids();
        assert!(keychain.rotate(first, 1).unwrap().is_none());
        let changed = keychain.rotate(second.clone(), 1).unwrap().unwrap();
        assert_eq!(
            (changed.old.key_ids(), changed.new.key_ids()),
            (before, ids())
        );
        assert!(keychain.share().is_none());

        let rotated = ids();
        let share = Share::new([7; 32]);
        assert!(keychain.mix(share.clone(), 1).unwrap().is_some());
        let mixed = ids();
        assert_ne!(mixed, rotated);
        assert!(keychain.mix(share.clone(), 1).unwrap().is_none());
        assert_eq!(keychain.share().as_deref(), Some(&[7; 32]));
        assert!(keychain.rotate(ring(), 1).unwrap().is_some());
        assert_ne!(ids(), mixed);
        assert!(keychain.rotate(second, 1).unwrap().is_some());
        assert_eq!(ids(), mixed);
    }

    #[test]
    fn a_generation_has_been_seen_that_was_seen_last() {
        let ring = KeyRing::new(SecretKey::generate().unwrap());
        let keychain = Keychain::new(ring, "s").unwrap();
        assert!(!keychain.has_seen(5));
        keychain.saw(5);
        assert!(keychain.has_seen(5) && !keychain.has_seen(6));
        keychain.saw(6);
        assert!(keychain.has_seen(6) && !keychain.has_seen(5));
    }
}
