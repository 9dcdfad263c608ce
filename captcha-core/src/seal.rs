//! Sealing (XChaCha20-Poly1305) for what hides something, tagging (HMAC-SHA-256) for what only
//! must not be forged. Apart from [`crate::key`], the only code that touches a key.
//!
//! Every string is `base64url(no pad)` of `version (1) | key id (4) | generation (12) | rest`.
//! What is authenticated beside it, the type and any context, goes in length-prefixed, so that
//! no two tuples give one input (the splicing of CVE-2025-68113).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::{
    error::{CaptchaError, ErrorKind},
    key::{self, KeyRing},
    privacy::audit::hex,
};

const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const GENERATION: usize = 12;
const HEADER: usize = 1 + KEY_ID + GENERATION;
const NONCE: usize = 24;
const TAG: usize = 32;

/// Longest sealed or tagged string that is looked at, in characters.
pub(crate) const MAX_LENGTH: usize = 1_024;
/// As [`MAX_LENGTH`], for what was sealed to be stored.
const MAX_STORED: usize = 4_096;

/// What a sealed or tagged string is: its own key, its own name in the authenticated data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Challenge,
    Consent,
    Feedback,
    FrameChallenge,
    Preferences,
    Salt,
    Session,
    Statistics,
    Token,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Challenge => "challenge",
            Self::Consent => "consent",
            Self::Feedback => "feedback",
            Self::FrameChallenge => "frame-challenge",
            Self::Preferences => "preferences",
            Self::Salt => "call-salt",
            Self::Session => "session",
            Self::Statistics => "statistics",
            Self::Token => "token",
        }
    }

    const fn max_length(self) -> usize {
        match self {
            Self::Feedback => MAX_STORED,
            _ => MAX_LENGTH,
        }
    }
}

/// The configured generation and the store's: what was made under another pair is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Generation {
    pub(crate) configured: u32,
    pub(crate) store: u64,
}

impl Generation {
    fn to_bytes(self) -> [u8; GENERATION] {
        let mut bytes = [0; GENERATION];
        let (configured, store) = bytes.split_at_mut(4);
        configured.copy_from_slice(&self.configured.to_be_bytes());
        store.copy_from_slice(&self.store.to_be_bytes());
        bytes
    }
}

/// An opened or verified string, with the generation it was made under.
pub(crate) struct Opened<T> {
    /// The id of the key that made it.
    pub(crate) key: [u8; KEY_ID],
    pub(crate) generation: Generation,
    pub(crate) content: T,
}

/// The keys of one secret, one a purpose.
struct Keys {
    id: [u8; KEY_ID],
    challenge: XChaCha20Poly1305,
    consent: XChaCha20Poly1305,
    feedback: XChaCha20Poly1305,
    frame_challenge: XChaCha20Poly1305,
    preferences: XChaCha20Poly1305,
    salt: XChaCha20Poly1305,
    session: XChaCha20Poly1305,
    statistics: XChaCha20Poly1305,
    token: Hmac<Sha256>,
    nonce: Hmac<Sha256>,
    noise: Hmac<Sha256>,
}

impl Keys {
    fn derive(secret: &key::SecretKey, site: &str) -> Result<Self, CaptchaError> {
        let cipher = |purpose: Purpose| -> Result<_, CaptchaError> {
            Ok(cipher_of(&*key::derive(secret, purpose.name(), site)?))
        };
        let mac = |name: &str| -> Result<_, CaptchaError> {
            Ok(mac_of(&*key::derive(secret, name, site)?))
        };
        Ok(Self {
            id: *key::derive::<KEY_ID>(secret, "key-id", site)?,
            challenge: cipher(Purpose::Challenge)?,
            consent: cipher(Purpose::Consent)?,
            feedback: cipher(Purpose::Feedback)?,
            frame_challenge: cipher(Purpose::FrameChallenge)?,
            preferences: cipher(Purpose::Preferences)?,
            salt: cipher(Purpose::Salt)?,
            session: cipher(Purpose::Session)?,
            statistics: cipher(Purpose::Statistics)?,
            token: mac(Purpose::Token.name())?,
            nonce: mac("nonce")?,
            noise: mac("statistics-noise")?,
        })
    }

    fn cipher(&self, purpose: Purpose) -> Option<&XChaCha20Poly1305> {
        match purpose {
            Purpose::Challenge => Some(&self.challenge),
            Purpose::Consent => Some(&self.consent),
            Purpose::Feedback => Some(&self.feedback),
            Purpose::FrameChallenge => Some(&self.frame_challenge),
            Purpose::Preferences => Some(&self.preferences),
            Purpose::Salt => Some(&self.salt),
            Purpose::Session => Some(&self.session),
            Purpose::Statistics => Some(&self.statistics),
            Purpose::Token => None,
        }
    }
}

/// Seals and tags for one site, with every key of its ring.
pub(crate) struct Sealer {
    site: String,
    active: Keys,
    verify_only: Vec<Keys>,
    /// What seeds the noise of statistics, with the first day that it is for.
    noise: Vec<(u32, Hmac<Sha256>)>,
}

impl Sealer {
    pub(crate) fn new(ring: &KeyRing, site: &str) -> Result<Self, CaptchaError> {
        let mut keys = ring.keys().map(|secret| Keys::derive(secret, site));
        let active = keys
            .next()
            .ok_or_else(|| CaptchaError::configuration("the key ring is empty"))??;
        let verify_only = keys.collect::<Result<Vec<_>, _>>()?;
        // Of the oldest key: a rotation would otherwise draw released days once more.
        let oldest = verify_only.last().unwrap_or(&active);
        Ok(Self {
            site: site.to_owned(),
            noise: vec![(0, oldest.noise.clone())],
            active,
            verify_only,
        })
    }

    pub(crate) fn site(&self) -> &str {
        &self.site
    }

    /// A sealer for the same site with another ring. The noise of days before `today` stays as it is, or
    /// two draws of a day would tell what hides in it.
    pub(crate) fn successor(&self, ring: &KeyRing, today: u32) -> Result<Self, CaptchaError> {
        let mut renewed = Self::new(ring, &self.site)?;
        let before = self.noise.iter().filter(|(since, _)| *since < today);
        let new = (renewed.noise.drain(..)).map(|(_, noise)| (today, noise));
        renewed.noise = before.cloned().chain(new).collect();
        Ok(renewed)
    }

    /// The ids of all keys, the active one first, in hexadecimal.
    pub(crate) fn key_ids(&self) -> Vec<String> {
        std::iter::once(&self.active)
            .chain(&self.verify_only)
            .map(|keys| hex(&keys.id))
            .collect()
    }

    /// Hides `content` and binds it to `purpose`, this site and the generation.
    pub(crate) fn seal(
        &self,
        purpose: Purpose,
        generation: Generation,
        nonce: [u8; NONCE],
        content: &[u8],
    ) -> Result<String, CaptchaError> {
        let mut wire = self.header(generation);
        let aad = self.context(purpose, &wire);
        let sealed = self
            .active
            .cipher(purpose)
            .and_then(|cipher| encrypt(cipher, nonce, content, &aad))
            .ok_or_else(|| CaptchaError::unavailable("nothing could be sealed"))?;
        wire.extend_from_slice(&nonce);
        wire.extend_from_slice(&sealed);
        Ok(to_text(&wire))
    }

    /// As [`Sealer::seal`], and the same content gives the same string: under a random nonce, a
    /// cookie that many visitors share would become the mark of one.
    pub(crate) fn seal_alike(
        &self,
        purpose: Purpose,
        generation: Generation,
        content: &[u8],
    ) -> Result<String, CaptchaError> {
        let header = self.header(generation);
        let mut mac = self.active.nonce.clone();
        mac.update(&self.context(purpose, &header));
        mac.update(content);
        let digest: [u8; TAG] = mac.finalize().into_bytes().into();
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(digest.split_at(NONCE).0);
        self.seal(purpose, generation, nonce, content)
    }

    /// The name of whoever redeems a token for `purpose`: the same as long as the key is kept that made the
    /// token, and without it nobody's to compute.
    pub(crate) fn caller(&self, key: [u8; KEY_ID], token: &[u8; 16], purpose: &str) -> [u8; 16] {
        let mut mac = self.keys(key).nonce.clone();
        for part in [b"idempotency", token.as_slice(), purpose.as_bytes()] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let digest: [u8; TAG] = mac.finalize().into_bytes().into();
        let mut name = [0; 16];
        name.copy_from_slice(digest.split_at(16).0);
        name
    }

    /// The seed of a cell's noise: the same whenever it is asked for, and nobody else's to know.
    pub(crate) fn noise_seed(&self, day: u32, cell: &str) -> [u8; 32] {
        let noise = (self.noise.iter().rev()).find(|(since, _)| *since <= day);
        let mut mac = noise.map_or(&self.active.noise, |(_, noise)| noise).clone();
        mac.update(&day.to_be_bytes());
        mac.update(cell.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Opens what [`Sealer::seal`] made for the same purpose and site.
    pub(crate) fn open(
        &self,
        purpose: Purpose,
        text: &str,
    ) -> Result<Opened<Zeroizing<Vec<u8>>>, CaptchaError> {
        let wire = decode(purpose, text)?;
        let (header, id, generation, rest) = split(&wire)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or_else(malformed)?;
        let aad = self.context(purpose, header);
        let content = self
            .keys(id)
            .cipher(purpose)
            .and_then(|cipher| decrypt(cipher, *nonce, sealed, &aad))
            .ok_or_else(malformed)?;
        Ok(Opened {
            key: id,
            generation,
            content: Zeroizing::new(content),
        })
    }

    /// Writes `content` in the open and binds it to `purpose`, this site and the generation.
    pub(crate) fn tag(&self, purpose: Purpose, generation: Generation, content: &[u8]) -> String {
        let mut wire = self.header(generation);
        let tag = self.mac(&self.active, purpose, &wire, content).finalize();
        wire.extend_from_slice(content);
        wire.extend_from_slice(&tag.into_bytes());
        to_text(&wire)
    }

    /// Reads what [`Sealer::tag`] wrote, in constant time as far as the tag goes.
    pub(crate) fn verify(
        &self,
        purpose: Purpose,
        text: &str,
    ) -> Result<Opened<Vec<u8>>, CaptchaError> {
        let wire = decode(purpose, text)?;
        let (header, id, generation, rest) = split(&wire)?;
        let (content, tag) = rest.split_last_chunk::<TAG>().ok_or_else(malformed)?;
        if !is_tag(self.mac(self.keys(id), purpose, header, content), tag) {
            return Err(malformed());
        }
        Ok(Opened {
            key: id,
            generation,
            content: content.to_vec(),
        })
    }

    fn header(&self, generation: Generation) -> Vec<u8> {
        let mut header = Vec::with_capacity(256);
        header.push(VERSION);
        header.extend_from_slice(&self.active.id);
        header.extend_from_slice(&generation.to_bytes());
        header
    }

    /// The keys of that id, the active ones first: should two secrets have one id, what is made now is
    /// read. For an unknown id the active ones as well, which then do the same work and fail on the header.
    /// Every id is looked at, whichever it is: leaving off at the first that fits took a nanosecond less.
    fn keys(&self, id: [u8; KEY_ID]) -> &Keys {
        let mut place = 0u32;
        for (at, keys) in (1..).zip(&self.verify_only) {
            let is_first = place.ct_eq(&0) & keys.id.ct_eq(&id);
            place.conditional_assign(&at, is_first);
        }
        place.conditional_assign(&0, self.active.id.ct_eq(&id));
        let verify_only = |at: u32| self.verify_only.get(usize::try_from(at).ok()?);
        (place.checked_sub(1).and_then(verify_only)).unwrap_or(&self.active)
    }

    fn context(&self, purpose: Purpose, header: &[u8]) -> Vec<u8> {
        let mut context = Vec::with_capacity(256);
        for part in [purpose.name().as_bytes(), self.site.as_bytes(), header] {
            context.extend_from_slice(&(part.len() as u64).to_be_bytes());
            context.extend_from_slice(part);
        }
        context
    }

    fn mac(&self, keys: &Keys, purpose: Purpose, header: &[u8], content: &[u8]) -> Hmac<Sha256> {
        let mut mac = keys.token.clone();
        mac.update(&self.context(purpose, header));
        mac.update(&(content.len() as u64).to_be_bytes());
        mac.update(content);
        mac
    }
}

// Every call of a primitive, apart from what this crate feeds it, so that published vectors can go
// through the same calls.

fn cipher_of(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

fn encrypt(
    cipher: &XChaCha20Poly1305,
    nonce: [u8; NONCE],
    content: &[u8],
    aad: &[u8],
) -> Option<Vec<u8>> {
    let payload = Payload { msg: content, aad };
    cipher.encrypt(&XNonce::from(nonce), payload).ok()
}

fn decrypt(
    cipher: &XChaCha20Poly1305,
    nonce: [u8; NONCE],
    sealed: &[u8],
    aad: &[u8],
) -> Option<Vec<u8>> {
    let payload = Payload { msg: sealed, aad };
    cipher.decrypt(&XNonce::from(nonce), payload).ok()
}

fn mac_of(key: &[u8; 64]) -> Hmac<Sha256> {
    <Hmac<Sha256> as KeyInit>::new(key.into())
}

/// In constant time.
fn is_tag(mac: Hmac<Sha256>, tag: &[u8; TAG]) -> bool {
    mac.verify(tag.into()).is_ok()
}

/// Bytes as the protocol writes them.
pub(crate) fn to_text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn malformed() -> CaptchaError {
    CaptchaError::new(
        ErrorKind::Malformed,
        "the string is not one that this site made",
    )
}

/// The engine refuses padding, other alphabets and stray bits: one content, one encoding.
fn decode(purpose: Purpose, text: &str) -> Result<Vec<u8>, CaptchaError> {
    if text.len() > purpose.max_length() {
        return Err(malformed());
    }
    URL_SAFE_NO_PAD.decode(text).map_err(|_| malformed())
}

type Parts<'a> = (&'a [u8], [u8; KEY_ID], Generation, &'a [u8]);

fn split(wire: &[u8]) -> Result<Parts<'_>, CaptchaError> {
    let (header, rest) = wire.split_at_checked(HEADER).ok_or_else(malformed)?;
    let mut reader = Reader(header);
    let version = reader.array::<1>()?;
    let id = reader.array()?;
    let generation = Generation {
        configured: u32::from_be_bytes(reader.array()?),
        store: u64::from_be_bytes(reader.array()?),
    };
    if version != [VERSION] {
        return Err(malformed());
    }
    Ok((header, id, generation, rest))
}

/// Reads fixed-size pieces off the front; running out is malformed.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], CaptchaError> {
        let (head, tail) = self.0.split_first_chunk().ok_or_else(malformed)?;
        self.0 = tail;
        Ok(*head)
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Result<&'a [u8], CaptchaError> {
        let (head, tail) = self.0.split_at_checked(length).ok_or_else(malformed)?;
        self.0 = tail;
        Ok(head)
    }

    /// A string behind one byte of length.
    pub(crate) fn text(&mut self) -> Result<&'a str, CaptchaError> {
        let [length] = self.array()?;
        std::str::from_utf8(self.bytes(usize::from(length))?).map_err(|_| malformed())
    }

    pub(crate) fn finish(self) -> Result<(), CaptchaError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(malformed())
        }
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wycheproof;
