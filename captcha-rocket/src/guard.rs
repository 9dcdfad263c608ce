use std::ops::Deref;

use captcha_core::{
    Redemption,
    endpoint::{
        Problem,
        guard::{self, Admitted, TokenField},
    },
};
use rocket::{
    Request, async_trait,
    http::Status,
    outcome::Outcome,
    request::{self, FromRequest},
};

use crate::{
    convert::{self, Incoming},
    fairing::Installed,
    rejection::CaptchaRejection,
    visit::Visit,
};

/// Proof that a captcha was solved for this request; as a guard, it reads the token from the header
/// or the cookie and redeems it. The body is not touched.
///
/// It has no public constructor, so a handler that asks for it cannot run without it.
#[derive(Clone, Debug)]
pub struct VerifiedCaptcha(captcha_core::VerifiedCaptcha);

impl VerifiedCaptcha {
    /// A proof out of nothing, for tests of handlers.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn for_tests(action: &str) -> Self {
        Self(captcha_core::VerifiedCaptcha::for_tests(action))
    }
}

impl Deref for VerifiedCaptcha {
    type Target = captcha_core::VerifiedCaptcha;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// As [`VerifiedCaptcha`], but a request without a token is let through with `None`. A token that
/// is forged, spent or for another action is still refused.
///
/// Rocket's `Option<VerifiedCaptcha>` would be `None` for those as well.
#[derive(Clone, Debug)]
pub struct OptionalCaptcha(pub Option<VerifiedCaptcha>);

#[async_trait]
impl<'r> FromRequest<'r> for VerifiedCaptcha {
    type Error = CaptchaRejection;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, CaptchaRejection> {
        let proof = redeem(request, &TokenField::Absent).await;
        let mut notes = Visit::of(request).notes();
        // In front of a whole route, this guard is Rocket's middleware, which makes the browser
        // forget a cookie that it redeemed.
        notes.forget = notes.redeemed_cookie.take();
        drop(notes);
        settle(
            request,
            proof.and_then(|proof| proof.ok_or_else(|| guard::missing().into())),
        )
    }
}

#[async_trait]
impl<'r> FromRequest<'r> for OptionalCaptcha {
    type Error = CaptchaRejection;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, CaptchaRejection> {
        let proof = redeem(request, &TokenField::Absent).await;
        settle(request, proof.map(Self))
    }
}

/// As [`redeem`], and without a token the request is refused.
pub(crate) async fn require(
    request: &Request<'_>,
    field: &TokenField,
) -> Result<VerifiedCaptcha, CaptchaRejection> {
    redeem(request, field)
        .await?
        .ok_or_else(|| guard::missing().into())
}

/// Redeems the request's token, once per request: a later guard is given what an earlier one earned.
async fn redeem(
    request: &Request<'_>,
    field: &TokenField,
) -> Result<Option<VerifiedCaptcha>, CaptchaRejection> {
    // Cannot happen behind the sentinel, unless a host asks for the guard from a fairing.
    let Some(installed) = request.rocket().state::<Installed>() else {
        tracing::error!(
            "a guard ran but no captcha is attached: \
             add `rocket::build().attach(CaptchaFairing::new(captcha))`"
        );
        return Err(Problem::NOT_INSTALLED.into());
    };
    let action = installed.action(request.route());
    let visit = Visit::of(request);
    let mut redeemed = visit.proof.lock().await;
    if let Some(proof) = &*redeemed {
        if proof.action() == action {
            return Ok(Some(proof.clone()));
        }
        return Err(guard::wrong_action().into());
    }
    let incoming = Incoming::of(request);
    let admitted = installed
        .captcha
        .admit_optional(
            field,
            &incoming.headers(),
            convert::peer(request),
            Redemption::new()
                .action(action)
                .on_store_failure(installed.policy(request.route())),
        )
        .await?;
    Ok(admitted.map(|Admitted { verified, forget }| {
        visit.notes().redeemed_cookie = forget;
        redeemed.insert(VerifiedCaptcha(verified)).clone()
    }))
}

/// The outcome of a guard. It never forwards: a request that was refused must not reach a route of
/// a lower rank. The refusal is kept for the catchers, for as long as no other guard succeeds.
pub(crate) fn settle<T, F>(
    request: &Request<'_>,
    result: Result<T, CaptchaRejection>,
) -> Outcome<T, (Status, CaptchaRejection), F> {
    let mut notes = Visit::of(request).notes();
    match result {
        Ok(value) => {
            notes.rejection = None;
            Outcome::Success(value)
        }
        Err(rejection) => {
            notes.rejection = Some(rejection.clone());
            Outcome::Error((rejection.status(), rejection))
        }
    }
}
