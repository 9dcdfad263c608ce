use axum::extract::{FromRequest, Request};
use axum_core::RequestExt as _;
use captcha_core::endpoint::{
    Problem, guard,
    payload::{self, Format},
};
use serde::de::DeserializeOwned;

use crate::{
    convert::{self, Read},
    extract::{HasCaptcha, VerifiedCaptcha, redeem},
    rejection::CaptchaRejection,
};

/// Longest form or JSON body that is read where the application's own body limit is not lower.
const LONGEST: usize = 2 * 1_024 * 1_024;

/// A form (`application/x-www-form-urlencoded`) that was sent with a solved captcha.
///
/// The fields are read first, so that a typo does not cost the visitor a token; then the token is
/// redeemed from the field `captcha-token`, the header `X-Captcha-Token` or the cookie.
///
/// `T` may refuse unknown fields: the token's is taken out before.
#[derive(Clone, Debug)]
pub struct CaptchaForm<T> {
    /// The form's own fields.
    pub value: T,
    /// The proof.
    pub proof: VerifiedCaptcha,
}

/// A JSON object that was sent with a solved captcha. Works as [`CaptchaForm`] does.
#[derive(Clone, Debug)]
pub struct CaptchaJson<T> {
    /// The object's own fields.
    pub value: T,
    /// The proof.
    pub proof: VerifiedCaptcha,
}

impl<T, S> FromRequest<S> for CaptchaForm<T>
where
    T: DeserializeOwned + Send,
    S: HasCaptcha,
{
    type Rejection = CaptchaRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, CaptchaRejection> {
        let (value, proof) = extract(request, state, Format::Form).await?;
        Ok(Self { value, proof })
    }
}

impl<T, S> FromRequest<S> for CaptchaJson<T>
where
    T: DeserializeOwned + Send,
    S: HasCaptcha,
{
    type Rejection = CaptchaRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, CaptchaRejection> {
        let (value, proof) = extract(request, state, Format::Json).await?;
        Ok(Self { value, proof })
    }
}

async fn extract<T, S>(
    request: Request,
    state: &S,
    format: Format,
) -> Result<(T, VerifiedCaptcha), CaptchaRejection>
where
    T: DeserializeOwned + Send,
    S: HasCaptcha,
{
    // Honours the application's `DefaultBodyLimit`.
    let (mut parts, body) = request.with_limited_body().into_parts();
    if Format::of(&convert::headers(&parts)) != Some(format) {
        return Err(Problem::UNSUPPORTED_MEDIA_TYPE.into());
    }
    let body = match convert::read(body, LONGEST).await {
        Read::Whole(body) => body,
        Read::TooLong(_) => return Err(Problem::TOO_LARGE.into()),
        Read::Broken => return Err(Problem::INTERRUPTED.into()),
    };
    let split = payload::split::<T>(format, &body)?;
    let proof = redeem(&state.captcha(), &mut parts, &split.token, None, None).await?;
    Ok((split.value, proof.ok_or_else(guard::missing)?))
}
