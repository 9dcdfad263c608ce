//! The site's secret, and the ring of keys that a rotation needs.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    error::CaptchaError,
    random::{self, RandomSource, SystemRandom},
};

/// Fewest bytes a secret may have.
pub const MIN_SECRET_BYTES: usize = 32;

const HOW_TO_MAKE_ONE: &str =
    "make one with `openssl rand -base64 32` and keep it out of the repository";

/// Words that only stand in a secret that somebody copied from a page.
const PLACEHOLDERS: [&str; 9] = [
    "change-me",
    "changeme",
    "change_me",
    "example",
    "placeholder",
    "replace-",
    "replace_",
    "your-",
    "your_",
];

/// The site's secret: at least 32 bytes from a generator. Every key in use is derived from it.
///
/// It cannot be printed or compared, and its memory is wiped when it is dropped.
///
/// ```
/// use captcha_core::SecretKey;
///
/// assert!(SecretKey::new("too short").is_err());
/// let key = SecretKey::generate()?;
/// assert_eq!(format!("{key:?}"), "SecretKey(..)");
/// # Ok::<(), captcha_core::CaptchaError>(())
/// ```
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretKey(Vec<u8>);

impl SecretKey {
    /// Takes a secret as it is: the bytes, or the characters, that a generator gave.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when it is shorter than 32
    /// bytes, repeats itself, or is a known example. The message names the fix.
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self, CaptchaError> {
        let secret = secret.as_ref();
        if secret.len() < MIN_SECRET_BYTES {
            return Err(CaptchaError::configuration(format!(
                "the captcha secret has {} bytes and needs at least {MIN_SECRET_BYTES}; {HOW_TO_MAKE_ONE}",
                secret.len()
            )));
        }
        if is_example(secret) {
            return Err(CaptchaError::configuration(format!(
                "the captcha secret is an example or a pattern, which anyone can guess; {HOW_TO_MAKE_ONE}"
            )));
        }
        Ok(Self(secret.to_vec()))
    }

    /// Reads the secret from an environment variable; white space around it is ignored.
    ///
    /// # Errors
    /// As [`SecretKey::new`], and when the variable is absent or not Unicode.
    pub fn from_env(variable: &str) -> Result<Self, CaptchaError> {
        match std::env::var(variable) {
            Ok(value) => {
                let value = Zeroizing::new(value);
                Self::new(value.trim())
            }
            Err(cause) => Err(CaptchaError::configuration(format!(
                "the environment variable {variable} holds no captcha secret; {HOW_TO_MAKE_ONE}"
            ))
            .caused_by(cause)),
        }
    }

    /// A secret that lives as long as this process: for development, and for a single process
    /// whose visitors may be asked again after a restart.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) when the operating system gives
    /// no randomness.
    pub fn generate() -> Result<Self, CaptchaError> {
        let bytes = Zeroizing::new(random::array::<32>(&SystemRandom as &dyn RandomSource)?);
        Ok(Self(bytes.to_vec()))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

fn is_example(secret: &[u8]) -> bool {
    let mut seen = [false; 256];
    for &byte in secret {
        if let Some(slot) = seen.get_mut(usize::from(byte)) {
            *slot = true;
        }
    }
    let distinct = seen.into_iter().filter(|&seen| seen).count();
    let repeats = (1..=16).any(|period| {
        secret
            .iter()
            .zip(secret.iter().skip(period))
            .all(|(one, other)| one == other)
    });
    let counts_up = secret
        .iter()
        .zip(secret.iter().skip(1))
        .all(|(one, next)| one.wrapping_add(1) == *next);
    let lower = Zeroizing::new(secret.to_ascii_lowercase());
    let named = PLACEHOLDERS.iter().any(|word| {
        lower
            .windows(word.len())
            .any(|part| part == word.as_bytes())
    });
    distinct < 8 || repeats || counts_up || named
}

/// One key that seals and tags, and any number that only open and verify: what was issued before
/// a rotation stays good until it expires.
///
/// ```
/// use captcha_core::{KeyRing, SecretKey};
///
/// let ring = KeyRing::new(SecretKey::generate()?).verify_also(SecretKey::generate()?);
/// # Ok::<(), captcha_core::CaptchaError>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeyRing {
    active: SecretKey,
    verify_only: Vec<SecretKey>,
}

impl KeyRing {
    /// A ring with one key.
    #[must_use]
    pub fn new(active: SecretKey) -> Self {
        Self {
            active,
            verify_only: Vec::new(),
        }
    }

    /// Adds a key that opens and verifies but seals nothing new: the former active one, kept for
    /// as long as the longest token life.
    #[must_use]
    pub fn verify_also(mut self, key: SecretKey) -> Self {
        self.verify_only.push(key);
        self
    }

    /// A ring from an environment variable: secrets with commas or white space between them, the active one
    /// first, each of which may be up to its rotation the only one.
    ///
    /// # Errors
    /// As [`SecretKey::from_env`].
    pub fn from_env(variable: &str) -> Result<Self, CaptchaError> {
        match std::env::var(variable) {
            Ok(text) => Self::from_text(Zeroizing::new(text), &format!("the variable {variable}")),
            Err(cause) => Err(CaptchaError::configuration(format!(
                "the environment variable {variable} holds no captcha secret; {HOW_TO_MAKE_ONE}"
            ))
            .caused_by(cause)),
        }
    }

    /// A ring from a file, such as a mounted secret, written as for [`KeyRing::from_env`]. With
    /// [`CaptchaBuilder::keys_from`](crate::CaptchaBuilder::keys_from) it is read again and again, and a
    /// rotation needs no restart.
    ///
    /// # Errors
    /// When it cannot be read, and as [`SecretKey::new`].
    pub fn from_file(path: impl AsRef<std::path::Path>) -> Result<Self, CaptchaError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|cause| {
            CaptchaError::configuration(format!(
                "the captcha secrets cannot be read from {}",
                path.display()
            ))
            .caused_by(cause)
        })?;
        Self::from_text(Zeroizing::new(text), &path.display().to_string())
    }

    fn from_text(text: Zeroizing<String>, from: &str) -> Result<Self, CaptchaError> {
        let secrets = text.split(|c: char| c == ',' || c.is_whitespace());
        let mut keys = secrets
            .filter(|secret| !secret.is_empty())
            .map(SecretKey::new);
        let active = keys.next().unwrap_or_else(|| {
            Err(CaptchaError::configuration(format!(
                "{from} holds no captcha secret; {HOW_TO_MAKE_ONE}"
            )))
        })?;
        keys.try_fold(Self::new(active), |ring, key| Ok(ring.verify_also(key?)))
    }

    /// Whether both hold the same keys in the same order.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.keys()
            .map(|key| &key.0)
            .eq(other.keys().map(|key| &key.0))
    }

    /// A ring whose keys nobody has who has only these.
    pub(crate) fn mixed(&self, share: &[u8; 32]) -> Result<Self, CaptchaError> {
        let share = Zeroizing::new(crate::seal::to_text(share));
        let mix = |key: &SecretKey| {
            let mixed = derive::<32>(key, "revocation", &share)?;
            Ok::<_, CaptchaError>(SecretKey(mixed.to_vec()))
        };
        Ok(Self {
            active: mix(&self.active)?,
            verify_only: (self.verify_only.iter())
                .map(mix)
                .collect::<Result<_, _>>()?,
        })
    }

    /// All keys, the active one first.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &SecretKey> {
        std::iter::once(&self.active).chain(&self.verify_only)
    }
}

impl From<SecretKey> for KeyRing {
    fn from(key: SecretKey) -> Self {
        Self::new(key)
    }
}

/// Derives the key of one purpose at one site. HKDF-SHA-256 (RFC 5869); the purpose and the site
/// are length-prefixed in the info, so that no two pairs give one input.
pub(crate) fn derive<const N: usize>(
    key: &SecretKey,
    purpose: &str,
    site: &str,
) -> Result<Zeroizing<[u8; N]>, CaptchaError> {
    let mut info = Vec::with_capacity(purpose.len() + site.len() + 16);
    for part in [purpose, site] {
        info.extend_from_slice(&(part.len() as u64).to_be_bytes());
        info.extend_from_slice(part.as_bytes());
    }
    let mut derived = Zeroizing::new([0; N]);
    expand(&key.0, b"captcha-core v1", &info, derived.as_mut())?;
    Ok(derived)
}

/// The one call of HKDF-SHA-256, apart so that published vectors can go through it.
pub(crate) fn expand(
    secret: &[u8],
    salt: &[u8],
    info: &[u8],
    derived: &mut [u8],
) -> Result<(), CaptchaError> {
    Hkdf::<Sha256>::new(Some(salt), secret)
        .expand(info, derived)
        .map_err(|_| CaptchaError::configuration("a derived key is too long for HKDF-SHA-256"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_example_secrets_are_refused_with_the_fix() {
        let refused: [&[u8]; 12] = [
            b"",
            b"short",
            &[7; 31],
            &[0; 32],
            &[0xff; 64],
            b"0123456789abcdef0123456789abcdef",
            b"abababababababababababababababababababab",
            b"passwordpasswordpasswordpassword",
            b"CHANGEME-7f3a9c51e8b24d60a1f2c3d4e5b6a798",
            b"this-is-an-example-secret-with-enough-bytes",
            b"your-secret-key-goes-here-0123456789abcdef",
            &std::array::from_fn::<u8, 40, _>(|i| i as u8),
        ];
        for secret in refused {
            let error = SecretKey::new(secret).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Configuration);
            assert!(
                error.to_string().contains("openssl rand -base64 32"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_generated_secret_is_accepted_and_never_printed() {
        let text = "pZ4mQ1nq0vJ8cXr2T6yBwE9hKsLdFgUa3o7iR5WxYtM=";
        let key = SecretKey::new(text).unwrap();
        assert_eq!(
            format!("{key:?} {:?}", KeyRing::new(key.clone()))
                .matches("pZ4")
                .count(),
            0
        );
        for _ in 0..1_000 {
            SecretKey::new(random::array::<32>(&SystemRandom).unwrap()).unwrap();
        }
    }

    #[test]
    fn an_absent_variable_names_itself_and_the_fix() {
        let error = SecretKey::from_env("CAPTCHA_SECRET_THAT_IS_NOT_SET").unwrap_err();
        assert!(error.to_string().contains("CAPTCHA_SECRET_THAT_IS_NOT_SET"));
        assert!(error.to_string().contains("openssl"));
    }

    #[test]
    fn a_ring_is_read_with_the_active_key_first() {
        let of = |text: &str| KeyRing::from_text(Zeroizing::new(text.to_owned()), "a file");
        let [one, two] = [
            "pZ4mQ1nq0vJ8cXr2T6yBwE9hKsLdFgUa3o7iR5WxYtM=",
            "b9YtX2mVq0rL5sZc8nEw1uJd4hGk7pAf3oTi6yReWq0=",
        ];
        let ring =
            KeyRing::new(SecretKey::new(one).unwrap()).verify_also(SecretKey::new(two).unwrap());
        for text in [
            format!("{one},{two}"),
            format!("\n{one} \n {two}\n"),
            format!("{one}, {two}"),
        ] {
            assert!(of(&text).unwrap().is_same(&ring), "{text:?}");
        }
        assert!(!of(&format!("{two},{one}")).unwrap().is_same(&ring));
        assert!(!of(one).unwrap().is_same(&ring));
        for (text, says) in [
            ("", "a file holds no"),
            (" \n,", "a file holds no"),
            ("short", "at least 32"),
        ] {
            let error = of(text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        let error = KeyRing::from_file("/nowhere/secrets")
            .unwrap_err()
            .to_string();
        assert!(error.contains("/nowhere/secrets"), "{error}");
        let mixed = ring.mixed(&[7; 32]).unwrap();
        assert!(!mixed.is_same(&ring) && mixed.is_same(&ring.mixed(&[7; 32]).unwrap()));
        assert!(!mixed.is_same(&ring.mixed(&[8; 32]).unwrap()));
    }

    #[test]
    fn derived_keys_differ_by_key_purpose_and_site() {
        let one = SecretKey::generate().unwrap();
        let other = SecretKey::generate().unwrap();
        let of = |key, purpose, site| *derive::<32>(key, purpose, site).unwrap();
        let base = of(&one, "token", "a");
        assert_eq!(base, of(&one, "token", "a"));
        for different in [
            of(&other, "token", "a"),
            of(&one, "challenge", "a"),
            of(&one, "token", "b"),
            of(&one, "toke", "na"),
        ] {
            assert_ne!(base, different);
        }
    }
}
