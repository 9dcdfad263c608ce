//! Project Wycheproof's vectors for the three primitives, through the calls that everything here
//! goes through: [`key::expand`], and in the module above `mac_of`, `is_tag`, `cipher_of`, `encrypt` and `decrypt`.

use ::wycheproof::{TestResult, aead, hkdf, mac};
use sha2::Digest;

use super::*;

/// Whether what was computed is as it should be: `None` where the call refuses.
fn fits(expected: TestResult, agrees: Option<bool>) -> bool {
    match expected {
        TestResult::Valid => agrees == Some(true),
        TestResult::Invalid => agrees != Some(true),
        // These sets have none; one that comes is to be looked at.
        TestResult::Acceptable => false,
    }
}

/// Every vector through `agrees`: how many fit, how many of them must fail. The control is the same
/// vector with each expected byte bent in turn, which must be found out.
fn run<T>(
    tests: impl IntoIterator<Item = (T, TestResult)>,
    agrees: impl Fn(&T, &[u8]) -> Option<bool>,
    expected: impl Fn(&T) -> Vec<u8>,
    name: impl Fn(&T) -> usize,
) -> (usize, usize) {
    let (mut all, mut failing) = (0, 0);
    for (test, result) in tests {
        let right = expected(&test);
        assert!(fits(result, agrees(&test, &right)), "test {}", name(&test));
        all += 1;
        if result == TestResult::Invalid {
            failing += 1;
            continue;
        }
        // Of the longest outputs, some bytes stand for all.
        for at in (0..right.len()).step_by(1 + right.len() / 64) {
            let mut bent = right.clone();
            bent[at] ^= 1;
            let found = !fits(result, agrees(&test, &bent));
            assert!(found, "test {}, byte {at}", name(&test));
        }
    }
    (all, failing)
}

#[test]
fn hkdf_sha_256_is_what_wycheproof_says() {
    let set = hkdf::TestSet::load(hkdf::TestName::HkdfSha256).unwrap();
    let tests = set.test_groups.into_iter().flat_map(|group| group.tests);
    let counted = run(
        tests.map(|test| (test.clone(), test.result)),
        |test, okm| {
            let mut derived = vec![0; test.size];
            key::expand(&test.ikm, &test.salt, &test.info, &mut derived).ok()?;
            Some(derived == okm)
        },
        |test| test.okm.to_vec(),
        |test| test.tc_id,
    );
    assert_eq!(counted, (86, 3));
}

/// As RFC 2104 makes a key of one block: what is longer is hashed, what is shorter is filled up. The
/// keys of this crate are derived with that length.
fn block(key: &[u8]) -> [u8; 64] {
    let mut block = [0; 64];
    let digest = Sha256::digest(key);
    let key = if key.len() > 64 { &digest } else { key };
    block[..key.len()].copy_from_slice(key);
    block
}

#[test]
fn hmac_sha_256_is_what_wycheproof_says() {
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    let tests = set.test_groups.into_iter().flat_map(|group| group.tests);
    let counted = run(
        tests.map(|test| (test.clone(), test.result)),
        |test, tag| {
            let mut mac = mac_of(&block(&test.key));
            mac.update(&test.msg);
            match tag.try_into() {
                Ok(tag) => Some(is_tag(mac, tag)),
                // Half a tag, which no call here takes: its bits alone are compared.
                Err(_) => Some(mac.finalize().into_bytes()[..16] == *tag),
            }
        },
        |test| test.tag.to_vec(),
        |test| test.tc_id,
    );
    assert_eq!(counted, (174, 108));
}

#[test]
fn xchacha20_poly1305_is_what_wycheproof_says() {
    let set = aead::TestSet::load(aead::TestName::XChaCha20Poly1305).unwrap();
    let tests = || {
        let groups = set.test_groups.iter();
        let tests = groups.flat_map(|group| &group.tests);
        tests.map(|test| (test.clone(), test.result))
    };
    let sealed = |test: &aead::Test| [&test.ct[..], &test.tag].concat();
    let of = |test: &aead::Test| {
        let key: [u8; 32] = test.key[..].try_into().unwrap();
        // A nonce of another length is refused by its type.
        Some((cipher_of(&key), test.nonce[..].try_into().ok()?))
    };
    let opened = run(
        tests(),
        |test, sealed| {
            let (cipher, nonce) = of(test)?;
            Some(decrypt(&cipher, nonce, sealed, &test.aad)? == **test.pt)
        },
        sealed,
        |test| test.tc_id,
    );
    assert_eq!(opened, (315, 69));
    // A bent tag says nothing about sealing, since nothing seals to it.
    let made = run(
        tests(),
        |test, sealed| {
            let (cipher, nonce) = of(test)?;
            Some(encrypt(&cipher, nonce, &test.pt, &test.aad)? == sealed)
        },
        sealed,
        |test| test.tc_id,
    );
    assert_eq!(made, opened);
}
