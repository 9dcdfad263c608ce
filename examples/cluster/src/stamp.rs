//! The proof-of-work stamp, computed as a visitor's browser does.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// The smallest nonce for which SHA-256(salt ‖ nonce as 8 big-endian bytes) begins with `bits` zero
/// bits; `None` for what is no salt.
pub(crate) fn solve(salt: &str, bits: u8) -> Option<u64> {
    let salt = BASE64_URL_SAFE_NO_PAD.decode(salt).ok()?;
    let begun = Sha256::new().chain_update(&salt);
    (0..1 << 53).find(|nonce: &u64| {
        let digest = begun.clone().chain_update(nonce.to_be_bytes()).finalize();
        let first = digest.first_chunk().copied().map_or(0, u64::from_be_bytes);
        first.leading_zeros() >= u32::from(bits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_has_the_zeros_that_were_asked_for() {
        let nonce = solve("AAECAwQFBgcICQoLDA0ODw", 10).unwrap();
        let salt: Vec<u8> = (0..16).collect();
        let digest = Sha256::new()
            .chain_update(salt)
            .chain_update(nonce.to_be_bytes())
            .finalize();
        assert_eq!((digest[0], digest[1] >> 6), (0, 0));
        assert_eq!(solve("no salt!", 10), None);
    }
}
