use actix_web::{FromRequest, HttpRequest, dev::Payload};
use captcha_core::endpoint::{
    Problem, guard,
    payload::{self, Format},
};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use crate::{
    convert::{self, Read},
    extract::{VerifiedCaptcha, engine, redeem},
    rejection::CaptchaRejection,
};

/// Longest form that [`CaptchaForm`] reads unless configured, in bytes.
const LONGEST_FORM: usize = 64 * 1_024;
/// Longest body that [`CaptchaJson`] reads unless configured, in bytes.
const LONGEST_JSON: usize = 2 * 1_024 * 1_024;

/// A form (`application/x-www-form-urlencoded`) that was sent with a solved captcha.
///
/// The fields are read first, so that a typo does not cost the visitor a token; then the token is
/// redeemed from the field `captcha-token`, the header `X-Captcha-Token` or the cookie.
///
/// `T` may refuse unknown fields: the token's is taken out before. Forms of up to 64 KiB are read,
/// or as [`CaptchaPayloadConfig`] says.
#[derive(Clone, Debug)]
pub struct CaptchaForm<T> {
    /// The form's own fields.
    pub value: T,
    /// The proof.
    pub proof: VerifiedCaptcha,
}

/// A JSON object that was sent with a solved captcha. Works as [`CaptchaForm`] does, with bodies
/// of up to 2 MiB.
#[derive(Clone, Debug)]
pub struct CaptchaJson<T> {
    /// The object's own fields.
    pub value: T,
    /// The proof.
    pub proof: VerifiedCaptcha,
}

/// How much [`CaptchaForm`] and [`CaptchaJson`] read, for the `app_data` of an application, a
/// scope or a resource. The limits of `web::FormConfig` and `web::JsonConfig` are not theirs.
///
/// ```
/// use actix_web::App;
/// use captcha_actix::CaptchaPayloadConfig;
///
/// let app = App::new().app_data(CaptchaPayloadConfig::default().limit(4_096));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CaptchaPayloadConfig {
    limit: Option<usize>,
}

impl CaptchaPayloadConfig {
    /// Longest body that is read, in bytes; a longer one is refused with 413.
    #[must_use]
    pub const fn limit(mut self, bytes: usize) -> Self {
        self.limit = Some(bytes);
        self
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for CaptchaForm<T> {
    type Error = CaptchaRejection;
    type Future = LocalBoxFuture<'static, Result<Self, CaptchaRejection>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let extracted = extract(request.clone(), payload.take(), Format::Form, LONGEST_FORM);
        Box::pin(async { extracted.await.map(|(value, proof)| Self { value, proof }) })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for CaptchaJson<T> {
    type Error = CaptchaRejection;
    type Future = LocalBoxFuture<'static, Result<Self, CaptchaRejection>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let extracted = extract(request.clone(), payload.take(), Format::Json, LONGEST_JSON);
        Box::pin(async { extracted.await.map(|(value, proof)| Self { value, proof }) })
    }
}

async fn extract<T: DeserializeOwned>(
    request: HttpRequest,
    mut payload: Payload,
    format: Format,
    longest: usize,
) -> Result<(T, VerifiedCaptcha), CaptchaRejection> {
    let captcha = engine(&request)?;
    if Format::of(&convert::headers(&request)) != Some(format) {
        return Err(Problem::UNSUPPORTED_MEDIA_TYPE.into());
    }
    let configured = convert::setting::<CaptchaPayloadConfig>(&request);
    let limit = configured
        .and_then(|config| config.limit)
        .unwrap_or(longest);
    if convert::announces_more_than(limit, &request) {
        return Err(Problem::TOO_LARGE.into());
    }
    let body = match convert::read(&mut payload, limit).await {
        Read::Whole(body) => body,
        Read::TooLong(_) => return Err(Problem::TOO_LARGE.into()),
        Read::Broken => return Err(Problem::INTERRUPTED.into()),
    };
    let split = payload::split::<T>(format, &body)?;
    let redeemed = redeem(captcha, &request, &split.token, None, None).await?;
    Ok((split.value, redeemed.ok_or_else(guard::missing)?.proof))
}
