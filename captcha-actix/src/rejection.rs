use std::{error, fmt};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use captcha_core::{
    CaptchaError, ErrorKind,
    endpoint::{self, Problem, guard::Refused},
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

impl ResponseError for CaptchaRejection {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = convert::response(endpoint::problem(&self.problem));
        response.extensions_mut().insert(self.clone());
        response
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

/// For handlers that redeem a token by hand.
impl From<CaptchaError> for CaptchaRejection {
    fn from(error: CaptchaError) -> Self {
        Refused::from(error).into()
    }
}

impl From<Problem> for CaptchaRejection {
    fn from(problem: Problem) -> Self {
        Refused::other(problem).into()
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

impl error::Error for CaptchaRejection {}
