//! What stands in front of a host's own route: find the token that came with the request, redeem
//! it, and say in plain data why not.

use std::net::IpAddr;

use super::{Headers, Problem, Response, problem};
use crate::{
    captcha::{Captcha, Redemption, VerifiedCaptcha},
    cookie,
    error::{CaptchaError, ErrorKind},
    privacy::registry::Cookie,
};

/// The name of the form field or JSON field that carries a token.
pub const TOKEN_FIELD: &str = "captcha-token";
/// The name of the header that carries a token, in lower case.
pub const TOKEN_HEADER: &str = "x-captcha-token";

/// What a body said in the field [`TOKEN_FIELD`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TokenField {
    /// No such field, or an empty one.
    #[default]
    Absent,
    /// One token.
    Present(String),
    /// More than one field, or not a string.
    Unreadable,
}

/// A request that was let through.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The proof for the handler.
    pub verified: VerifiedCaptcha,
    /// The `Set-Cookie` value that makes the browser forget the token, where it came by cookie.
    /// Middleware sends it along.
    pub forget: Option<String>,
}

/// A request that was not let through.
#[derive(Clone, Debug)]
pub struct Refused {
    /// What the client is told.
    pub problem: Problem,
    /// Why, for the host's code: the kind of the engine's error, where it was one.
    pub kind: Option<ErrorKind>,
}

impl Refused {
    /// A refusal that the engine had no part in, such as a body that is too large.
    #[must_use]
    pub fn other(problem: Problem) -> Self {
        Self {
            problem,
            kind: None,
        }
    }

    /// The refusal as a response.
    #[must_use]
    pub fn response(&self) -> Response {
        problem(&self.problem)
    }
}

impl From<CaptchaError> for Refused {
    fn from(error: CaptchaError) -> Self {
        super::puzzle::log(&error);
        Self {
            problem: Problem::at_guard(&error),
            kind: Some(error.kind()),
        }
    }
}

impl Captcha {
    /// Redeems the token that came with a request: from the body's field, else from the header,
    /// else from the cookie. `Ok(None)` when none came, or when the one in the cookie was used or
    /// has expired: a cookie comes along by itself. `peer` is the address of the socket's other end,
    /// where the framework knows it; the terms are those of [`Captcha::redeem`].
    ///
    /// # Errors
    /// [`Refused`] for every token that was sent and is not good, when a trusted proxy reports that
    /// the visitor came over plain HTTP, and when the store fails. The last two spend no token.
    pub async fn admit_optional<'a>(
        &self,
        field: &TokenField,
        headers: &Headers<'_>,
        peer: Option<IpAddr>,
        terms: impl Into<Redemption<'a>>,
    ) -> Result<Option<Admitted>, Refused> {
        let terms = terms.into();
        let arrivals = &self.engine().arrivals;
        arrivals.check_transport(peer, |name| headers.all(name))?;
        let malformed = || Refused {
            problem: Problem::malformed("A request carries one captcha token at most."),
            kind: Some(ErrorKind::Malformed),
        };
        let sent = match field {
            TokenField::Present(token) => Some(token.as_str()),
            TokenField::Unreadable => return Err(refuse_as_guard(malformed())),
            TokenField::Absent => headers
                .one(TOKEN_HEADER)
                .map_err(|_| refuse_as_guard(malformed()))?
                .map(str::trim)
                .filter(|token| !token.is_empty()),
        };
        if let Some(token) = sent {
            let verified = self.redeem(token, terms).await?;
            return Ok(Some(Admitted {
                verified,
                forget: None,
            }));
        }
        let cookies = self.engine().cookies;
        let carried = cookie::find(headers.all("cookie"), cookies.name(Cookie::Token))
            .filter(|token| !token.is_empty());
        let Some(token) = carried else {
            return Ok(None);
        };
        match self.redeem(token, terms).await {
            Ok(verified) => Ok(Some(Admitted {
                verified,
                forget: Some(cookies.expire(Cookie::Token)),
            })),
            Err(error) if matches!(error.kind(), ErrorKind::Spent | ErrorKind::Expired) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// As [`Captcha::admit_optional`], and without a token the request is refused.
    ///
    /// # Errors
    /// [`Refused`], with kind `missing` when no token came.
    pub async fn admit<'a>(
        &self,
        field: &TokenField,
        headers: &Headers<'_>,
        peer: Option<IpAddr>,
        terms: impl Into<Redemption<'a>>,
    ) -> Result<Admitted, Refused> {
        (self.admit_optional(field, headers, peer, terms).await?).ok_or_else(missing)
    }
}

/// The refusal of a request that carries no token.
#[must_use]
pub fn missing() -> Refused {
    CaptchaError::new(ErrorKind::Missing, "no captcha token came with the request").into()
}

/// The refusal where an already proven request is asked for another action.
#[must_use]
pub fn wrong_action() -> Refused {
    CaptchaError::new(ErrorKind::WrongAction, "the proof is for another action").into()
}

/// Refusals at a host's route about the token are 403, whatever an endpoint would answer.
fn refuse_as_guard(refused: Refused) -> Refused {
    Refused {
        problem: Problem {
            status: 403,
            ..refused.problem
        },
        ..refused
    }
}
