//! Makes tokens that the engine never would, by the words of `docs/token-v1.md`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Secret, SecretKey, derive, to_text};

pub(super) const SECRET: &str = "pZ4mQ1nq0vJ8cXr2T6yBwE9hKsLdFgUa3o7iR5WxYtM=";
pub(super) const SITE: &str = "shop.example";
pub(super) const NOW: u64 = 1_800_000_000_000;
/// The life of a token in milliseconds, unless a host sets another.
pub(super) const LIFE: u64 = 300_000;

pub(super) fn secret(secret: &Secret) -> SecretKey {
    match secret {
        Secret::Text(text) => SecretKey::new(text),
        Secret::Hex(digits) => {
            let (pairs, []) = digits.as_bytes().as_chunks::<2>() else {
                panic!("an odd number of digits");
            };
            let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
            SecretKey::new(pairs.iter().map(|pair| byte(pair)).collect::<Vec<_>>())
        }
    }
    .unwrap()
}

pub(super) fn own() -> SecretKey {
    secret(&Secret::Text(SECRET.to_owned()))
}

pub(super) fn bytes(token: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(token).unwrap()
}

/// Each part behind its length in 8 bytes.
pub(super) fn prefixed(parts: &[&[u8]]) -> Vec<u8> {
    (parts.iter())
        .flat_map(|part| [&(part.len() as u64).to_be_bytes(), *part].concat())
        .collect()
}

/// A tag under the key that belongs to `purpose` and `site`.
pub(super) fn mac(secret: &SecretKey, purpose: &str, site: &str, input: &[u8]) -> [u8; 32] {
    mac_with(&*derive::<64>(secret, purpose, site).unwrap(), input)
}

pub(super) fn mac_with(key: &[u8], input: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(input);
    mac.finalize().into_bytes().into()
}

/// A key that is derived otherwise than it should be.
pub(super) fn odd_key(salt: Option<&[u8]>, info: &[u8]) -> [u8; 64] {
    let mut key = [0; 64];
    let kdf = Hkdf::<Sha256>::new(salt, SECRET.as_bytes());
    kdf.expand(info, &mut key).unwrap();
    key
}

/// What stands in a token before its tag.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) version: u8,
    pub(super) key_id: [u8; 4],
    pub(super) configured: u32,
    pub(super) store: u64,
    pub(super) id: [u8; 16],
    pub(super) issued: u64,
    pub(super) expires: u64,
    pub(super) action: Vec<u8>,
    /// What is too much, behind the content.
    pub(super) tail: Vec<u8>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            version: 1,
            key_id: key_id(&own(), SITE),
            configured: 3,
            store: 0x0102_0304_0506_0708,
            // Both characters of base64url that base64 does not have.
            id: *b"\x00\xff\xef\xbe id of token",
            issued: NOW - 1_000,
            expires: NOW - 1_000 + LIFE,
            action: b"signup".to_vec(),
            tail: Vec::new(),
        }
    }
}

pub(super) fn key_id(secret: &SecretKey, site: &str) -> [u8; 4] {
    *derive::<4>(secret, "key-id", site).unwrap()
}

impl Parts {
    pub(super) fn header(&self) -> Vec<u8> {
        let mut header = vec![self.version];
        header.extend(self.key_id);
        header.extend(self.configured.to_be_bytes());
        header.extend(self.store.to_be_bytes());
        header
    }

    pub(super) fn content(&self) -> Vec<u8> {
        let mut content = self.id.to_vec();
        content.extend(self.issued.to_be_bytes());
        content.extend(self.expires.to_be_bytes());
        content.push(self.action.len() as u8);
        content.extend(&self.action);
        content.extend(&self.tail);
        content
    }

    /// What the tag is computed over.
    pub(super) fn authenticated(&self, purpose: &str, site: &str) -> Vec<u8> {
        let (header, content) = (self.header(), self.content());
        prefixed(&[purpose.as_bytes(), site.as_bytes(), &header, &content])
    }

    pub(super) fn with_tag(&self, tag: &[u8]) -> String {
        to_text(&[&self.header()[..], &self.content(), tag].concat())
    }

    /// Tagged as it should be.
    pub(super) fn token(&self) -> String {
        self.token_of(&own(), SITE)
    }

    pub(super) fn token_of(&self, secret: &SecretKey, site: &str) -> String {
        self.with_tag(&mac(
            secret,
            "token",
            site,
            &self.authenticated("token", site),
        ))
    }

    /// Tagged over something else.
    pub(super) fn over(&self, input: &[u8]) -> String {
        self.with_tag(&mac(&own(), "token", SITE, input))
    }
}
