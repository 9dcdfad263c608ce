//! Refusals as RFC 9457 problem documents.

use std::borrow::Cow;

use serde::Serialize;

use super::Response;
use crate::error::{CaptchaError, ErrorKind};

/// A refusal: its type, its words, its status.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The status code.
    pub status: u16,
    /// The last part of the type `urn:captcha:<kind>`; stable.
    pub kind: &'static str,
    /// A short sentence, the same for every occurrence.
    pub title: &'static str,
    /// What to do about it, or what exactly did not fit. Never an internal cause.
    pub detail: Cow<'static, str>,
    /// Seconds after which a retry is worthwhile.
    pub retry_after: Option<u32>,
}

impl Problem {
    pub(super) const FOREIGN_ORIGIN: Self = Self::fixed(
        403,
        "foreign-origin",
        "The call comes from another site",
        "Call this endpoint from a page of the same origin.",
    );
    pub(super) const INTERNAL: Self = Self::fixed(
        500,
        "internal",
        "The captcha could not answer",
        "The cause is in the server's log.",
    );
    /// A body whose connection broke before its end.
    pub const INTERRUPTED: Self = Self::fixed(
        400,
        "malformed",
        "The input is not understood",
        "The body ended early.",
    );
    pub(super) const METHOD_NOT_ALLOWED: Self = Self::fixed(
        405,
        "method-not-allowed",
        "This method is not served here",
        "The header Allow lists the methods.",
    );
    pub(super) const NOTHING_TO_CONSENT_TO: Self = Self::fixed(
        404,
        "nothing-to-consent-to",
        "There is nothing to consent to",
        "No statistics are made here.",
    );
    pub(super) const READ_ONLY: Self = Self::fixed(
        403,
        "read-only",
        "This cannot be changed",
        "Only selections can be corrected: language, theme, kind, contrast, motion.",
    );
    pub(super) const UNAUTHORISED: Self = Self::fixed(
        401,
        "unauthorised",
        "This page needs a key",
        "Send the key as `Authorization: Bearer <key>`.",
    );
    pub(super) const STALE_NOTICE: Self = Self::fixed(
        409,
        "stale-notice",
        "The notice has changed",
        "Read the notice in force and decide again, with its version.",
    );
    pub(super) const NOT_FOUND: Self = Self::fixed(
        404,
        "not-found",
        "There is nothing here",
        "Check the path below the captcha's mount point.",
    );
    /// A body over its limit.
    pub const TOO_LARGE: Self = Self::fixed(
        413,
        "too-large",
        "The body is too large",
        "Send a smaller body.",
    );
    /// A body of a type that is not read here.
    pub const UNSUPPORTED_MEDIA_TYPE: Self = Self::fixed(
        415,
        "unsupported-media-type",
        "The body has another type than this route reads",
        "Send the content type that this route reads.",
    );
    /// A handler asks for a proof and no engine was installed.
    pub const NOT_INSTALLED: Self = Self::fixed(
        500,
        "not-installed",
        "The captcha is not installed in this application",
        "The fix is in the server's log.",
    );

    const fn fixed(
        status: u16,
        kind: &'static str,
        title: &'static str,
        detail: &'static str,
    ) -> Self {
        Self {
            status,
            kind,
            title,
            detail: Cow::Borrowed(detail),
            retry_after: None,
        }
    }

    /// The host's own fields could not be read; `detail` says which.
    #[must_use]
    pub fn invalid_fields(detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            detail: detail.into(),
            ..Self::fixed(422, "invalid-fields", "The fields do not fit", "")
        }
    }

    /// Input of the wrong shape; `detail` says what.
    #[must_use]
    pub fn malformed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            detail: detail.into(),
            ..Self::fixed(400, "malformed", "The input is not understood", "")
        }
    }

    /// What an endpoint of ours answers to an error of the engine.
    pub(super) fn at_endpoint(error: &CaptchaError) -> Self {
        let status = match error.kind() {
            ErrorKind::Malformed => 400,
            ErrorKind::InsecureTransport | ErrorKind::Missing | ErrorKind::WrongAction => 403,
            ErrorKind::Spent => 409,
            ErrorKind::Expired => 410,
            ErrorKind::WrongAnswer => 422,
            ErrorKind::TooMany => 429,
            ErrorKind::Busy | ErrorKind::Unavailable => 503,
            ErrorKind::Configuration => 500,
        };
        let (title, detail) = match error.kind() {
            ErrorKind::Busy => (
                "More puzzles are asked for than can be drawn",
                "Try again after the time in Retry-After.",
            ),
            ErrorKind::Configuration => (Self::INTERNAL.title, "The cause is in the server's log."),
            ErrorKind::Expired => ("It has expired", "Ask for a fresh challenge."),
            ErrorKind::InsecureTransport => (
                "The connection is not encrypted",
                "Open the page over https. For the operator: redirect plain HTTP at the proxy, see \
                 that it reports the visitor's own scheme, or allow plain HTTP with \
                 `insecure_plain_http()`.",
            ),
            ErrorKind::Malformed => (
                "The input is not understood",
                "Send what the protocol describes, unchanged.",
            ),
            ErrorKind::Missing => (
                "The captcha was not solved",
                "Send the token as field captcha-token, header X-Captcha-Token or cookie.",
            ),
            ErrorKind::Spent => (
                "It was used before",
                "Each is good for one use. Ask for a fresh challenge.",
            ),
            ErrorKind::TooMany => ("Too many calls", "Try again after the time in Retry-After."),
            ErrorKind::Unavailable => (
                "The captcha cannot answer right now",
                "Nothing was let through. Try again after the time in Retry-After.",
            ),
            ErrorKind::WrongAction => (
                "The token was given for something else",
                "The page's data-action and the action that this route expects differ.",
            ),
            ErrorKind::WrongAnswer => (
                "The answer is not right",
                "The answer or its work stamp does not fit. Ask for a fresh challenge.",
            ),
        };
        Self {
            retry_after: error.retry_after_seconds(),
            ..Self::fixed(status, error.kind().name(), title, detail)
        }
    }

    /// What a guarded route of the host answers: 403 with the kind, 503 when the store failed.
    #[must_use]
    pub fn at_guard(error: &CaptchaError) -> Self {
        let problem = Self::at_endpoint(error);
        let status = if problem.status < 500 {
            403
        } else {
            problem.status
        };
        Self { status, ..problem }
    }
}

/// The problem as a response.
#[must_use]
pub fn problem(problem: &Problem) -> Response {
    #[derive(Serialize)]
    struct Document<'a> {
        r#type: String,
        title: &'a str,
        status: u16,
        detail: &'a str,
    }
    let document = Document {
        r#type: format!("urn:captcha:{}", problem.kind),
        title: problem.title,
        status: problem.status,
        detail: &problem.detail,
    };
    let body = serde_json::to_vec(&document).unwrap_or_default();
    let response = Response::new(problem.status, "application/problem+json", body);
    match problem.retry_after {
        Some(seconds) => response.with("retry-after", seconds.to_string()),
        None => response,
    }
}
