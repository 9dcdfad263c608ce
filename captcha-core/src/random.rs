//! Randomness comes in from outside; the default is the operating system's.

use rand::{SeedableRng, TryRng, rngs::SysRng};

use crate::{challenge::Generator, error::CaptchaError};

/// A source of unpredictable bytes.
pub trait RandomSource: Send + Sync + 'static {
    /// Fills `bytes`, or says that it cannot.
    ///
    /// # Errors
    /// Whatever kept the source from answering; the engine then refuses with
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable).
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl RandomSource for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        SysRng.try_fill_bytes(bytes).map_err(Into::into)
    }
}

/// `N` fresh bytes.
pub(crate) fn array<const N: usize>(source: &dyn RandomSource) -> Result<[u8; N], CaptchaError> {
    let mut bytes = [0; N];
    fill(source, &mut bytes)?;
    Ok(bytes)
}

/// Fresh bytes in their place, for secrets of which no copy may stay behind.
pub(crate) fn fill(source: &dyn RandomSource, bytes: &mut [u8]) -> Result<(), CaptchaError> {
    source.fill(bytes).map_err(|error| {
        CaptchaError::unavailable("the source of randomness did not answer").caused_by(error)
    })
}

/// The generator that draws from a seed: the same seed, the same pixels.
pub(crate) fn generator(seed: [u8; 32]) -> Generator {
    Generator::from_seed(seed)
}
