use std::fmt;

use axum_core::response::{IntoResponse, Response};
use captcha_core::{
    ErrorKind,
    endpoint::{Problem, guard::Refused},
};

use crate::convert;

/// Why a request was not let through, as a response: an RFC 9457 problem document.
///
/// It also travels in the response's extensions, so that middleware around a route can tell the
/// kinds apart whatever body is shown.
#[derive(Clone)]
pub struct CaptchaRejection {
    problem: Problem,
    kind: Option<ErrorKind>,
}

impl CaptchaRejection {
    /// The engine's reason; `None` where the engine was not asked, as for a body that is too large
    /// or fields that do not fit.
    #[must_use]
    pub fn kind(&self) -> Option<ErrorKind> {
        self.kind
    }

    /// What the client is told.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl From<Refused> for CaptchaRejection {
    fn from(refused: Refused) -> Self {
        Self {
            problem: refused.problem,
            kind: refused.kind,
        }
    }
}

impl From<Problem> for CaptchaRejection {
    fn from(problem: Problem) -> Self {
        Refused::other(problem).into()
    }
}

impl IntoResponse for CaptchaRejection {
    fn into_response(self) -> Response {
        let mut response = convert::response(captcha_core::endpoint::problem(&self.problem));
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Debug for CaptchaRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaptchaRejection({})", self.problem.kind)
    }
}

impl fmt::Display for CaptchaRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem.title)
    }
}

impl std::error::Error for CaptchaRejection {}
