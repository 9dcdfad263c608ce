//! The one error type. What went wrong is a [`ErrorKind`]; the cause behind it is for the log.

use std::{borrow::Cow, error::Error, fmt};

/// Why a call was refused or could not be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The engine is drawing as fast as it may and its queue is full. Worth a retry.
    Busy,
    /// The engine was set up with something it cannot run with. Only builders and keys say this.
    Configuration,
    /// The challenge or token is past its life, or was issued before the current generation.
    Expired,
    /// The visitor came over plain HTTP, as a trusted proxy reports, and the site expects HTTPS.
    InsecureTransport,
    /// The string is not one that this site sealed, or the input has the wrong shape.
    Malformed,
    /// No token came with the request.
    Missing,
    /// The challenge or token was used before.
    Spent,
    /// Too many calls from one visitor, or for the whole site. Worth a retry.
    TooMany,
    /// The store or the operating system's randomness could not answer. Nothing was let through.
    Unavailable,
    /// The token was issued for another action.
    WrongAction,
    /// The answer, or the work stamp beside it, is not right.
    WrongAnswer,
}

impl ErrorKind {
    /// The stable last part of the problem type `urn:captcha:<name>`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Configuration => "configuration",
            Self::Expired => "expired",
            Self::InsecureTransport => "insecure-transport",
            Self::Malformed => "malformed",
            Self::Missing => "missing",
            Self::Spent => "spent",
            Self::TooMany => "too-many",
            Self::Unavailable => "unavailable",
            Self::WrongAction => "wrong-action",
            Self::WrongAnswer => "wrong-answer",
        }
    }
}

/// An error of the engine: a kind to act on and, for the log alone, a cause.
pub struct CaptchaError {
    kind: ErrorKind,
    message: Cow<'static, str>,
    retry_after: Option<u32>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl CaptchaError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            retry_after: None,
            source: None,
        }
    }

    pub(crate) fn configuration(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// Something this engine depends on did not answer. Nothing is let through.
    pub(crate) fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Unavailable, message).retry_after(5)
    }

    pub(crate) fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub(crate) fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What to act on.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Seconds after which a retry is worthwhile, where one is.
    #[must_use]
    pub const fn retry_after_seconds(&self) -> Option<u32> {
        self.retry_after
    }
}

impl fmt::Debug for CaptchaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaptchaError")
            .field("kind", &self.kind)
            .field("message", &self.message)
            .field("source", &self.source)
            .finish()
    }
}

impl fmt::Display for CaptchaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for CaptchaError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
