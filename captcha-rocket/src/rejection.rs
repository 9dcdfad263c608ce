use std::fmt;

use captcha_core::{
    ErrorKind,
    endpoint::{self, Problem, guard::Refused},
};
use rocket::{
    Request,
    http::Status,
    response::{self, Responder},
};

use crate::{convert, visit::Visit};

/// Why a request was not let through; as a response, an RFC 9457 problem document.
///
/// The guards fail with it, so a handler may take `Result<VerifiedCaptcha, CaptchaRejection>` and
/// decide for itself. A catcher finds it with [`CaptchaRejection::of`].
#[derive(Clone)]
pub struct CaptchaRejection {
    problem: Problem,
    kind: Option<ErrorKind>,
}

impl CaptchaRejection {
    /// The refusal of this request by one of the guards, for a catcher of your own. `None` when the
    /// status has nothing to do with the captcha.
    ///
    /// ```
    /// use captcha_rocket::CaptchaRejection;
    /// use rocket::{Request, catch};
    ///
    /// #[catch(403)]
    /// fn forbidden(request: &Request<'_>) -> String {
    ///     match CaptchaRejection::of(request) {
    ///         Some(rejection) => rejection.problem().title.to_owned(),
    ///         None => "This is not for you.".to_owned(),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn of(request: &Request<'_>) -> Option<Self> {
        Visit::of(request).notes().rejection.clone()
    }

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

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> Status {
        Status::new(self.problem.status)
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

impl<'r> Responder<'r, 'static> for CaptchaRejection {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        Ok(convert::respond(request, endpoint::problem(&self.problem)))
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
