//! Which totals count a visitor already today, in a cookie that all browsers in one state share.

use crate::{error::CaptchaError, seal::Reader};

/// What the cookie says: the day, and the events that counted the visitor on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) day: u32,
    pub(crate) flags: u8,
}

impl Counted {
    pub(crate) fn to_bytes(self) -> [u8; 5] {
        let [a, b, c, d] = self.day.to_be_bytes();
        [a, b, c, d, self.flags]
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, CaptchaError> {
        let mut reader = Reader(bytes);
        let day = u32::from_be_bytes(reader.array()?);
        let [flags] = reader.array()?;
        reader.finish()?;
        Ok(Self { day, flags })
    }
}
