//! The proof-of-work stamp: a nonce for which SHA-256(salt ‖ nonce) begins with enough zero bits.
//! Every challenge carries one; kind `work` is nothing else.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Verdict;

/// Length of a salt in bytes. With the nonce it fits one SHA-256 block.
pub(crate) const SALT_BYTES: usize = 16;
/// Nonces stay below 2^53, which a JavaScript number holds exactly.
pub(crate) const NONCE_LIMIT: u64 = 1 << 53;
/// The name of the stamp's hash in the protocol.
pub(crate) const ALGORITHM: &str = "sha256";

/// The answer of kind `work`: nothing beside the stamp.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {}

/// The stamp that a challenge asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) salt: [u8; SALT_BYTES],
    pub(crate) bits: u8,
}

impl Stamp {
    pub(crate) fn judge(&self, nonce: u64) -> Verdict {
        Verdict::of(nonce < NONCE_LIMIT && self.zero_bits(nonce) >= u32::from(self.bits))
    }

    /// The smallest nonce that fits: what a client computes.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn solve(&self) -> u64 {
        (0..NONCE_LIMIT)
            .find(|&nonce| self.judge(nonce) == Verdict::Right)
            .unwrap_or(0)
    }

    fn zero_bits(&self, nonce: u64) -> u32 {
        let digest = Sha256::new()
            .chain_update(self.salt)
            .chain_update(nonce.to_be_bytes())
            .finalize();
        let mut zeros = 0;
        for byte in digest {
            zeros += byte.leading_zeros();
            if byte != 0 {
                break;
            }
        }
        zeros
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_nonce_passes_and_all_before_it_fail() {
        let stamp = Stamp {
            salt: [9; SALT_BYTES],
            bits: 10,
        };
        let nonce = stamp.solve();
        assert_eq!(stamp.judge(nonce), Verdict::Right);
        for nonce in 0..nonce {
            assert_eq!(stamp.judge(nonce), Verdict::Wrong);
        }
    }

    #[test]
    fn a_nonce_from_2_to_the_53_on_is_wrong() {
        let anything = Stamp {
            salt: [0; SALT_BYTES],
            bits: 0,
        };
        assert_eq!(anything.judge(NONCE_LIMIT - 1), Verdict::Right);
        assert_eq!(anything.judge(NONCE_LIMIT), Verdict::Wrong);
        assert_eq!(anything.judge(u64::MAX), Verdict::Wrong);
    }

    /// Computed once with Python's hashlib: sha256(bytes(range(16)) + (56427).to_bytes(8, "big")).
    #[test]
    fn agrees_with_another_implementation() {
        let stamp = Stamp {
            salt: std::array::from_fn(|i| i as u8),
            bits: 16,
        };
        assert_eq!(stamp.solve(), 56_427);
    }
}
