use captcha_core::endpoint::{
    Problem,
    payload::{self, Format},
};
use rocket::{
    Data, Request, async_trait,
    data::{self, FromData, Limits},
};
use serde::de::DeserializeOwned;

use crate::{
    convert::Incoming,
    guard::{self, VerifiedCaptcha},
    rejection::CaptchaRejection,
};

/// A JSON object that was sent with a solved captcha. Works as [`CaptchaForm`](crate::CaptchaForm)
/// does: the fields are read first, then the token is redeemed.
///
/// The body may be as long as Rocket's limit `json` says. `T` may refuse unknown fields: the token's
/// is taken out before.
#[derive(Clone, Debug)]
pub struct CaptchaJson<T> {
    /// The object's own fields.
    pub value: T,
    /// The proof.
    pub proof: VerifiedCaptcha,
}

#[async_trait]
impl<'r, T: DeserializeOwned + Send> FromData<'r> for CaptchaJson<T> {
    type Error = CaptchaRejection;

    async fn from_data(
        request: &'r Request<'_>,
        data: Data<'r>,
    ) -> data::Outcome<'r, Self, CaptchaRejection> {
        let outcome = async {
            let split = read(request, data).await?;
            let proof = guard::require(request, &split.token).await?;
            Ok(Self {
                value: split.value,
                proof,
            })
        };
        guard::settle(request, outcome.await)
    }
}

async fn read<T: DeserializeOwned>(
    request: &Request<'_>,
    data: Data<'_>,
) -> Result<payload::Split<T>, Problem> {
    if Format::of(&Incoming::of(request).headers()) != Some(Format::Json) {
        return Err(Problem::UNSUPPORTED_MEDIA_TYPE);
    }
    let limit = request.limits().get("json").unwrap_or(Limits::JSON);
    let body = (data.open(limit).into_bytes().await).map_err(|cause| {
        tracing::debug!(%cause, "captcha: the body of a request broke off");
        Problem::INTERRUPTED
    })?;
    if !body.is_complete() {
        return Err(Problem::TOO_LARGE);
    }
    payload::split(Format::Json, &body)
}
