use std::ops::Deref;

use axum::extract::{FromRef, FromRequestParts};
use captcha_core::{
    Captcha, Redemption, StoreFailure,
    endpoint::guard::{self, Admitted, TokenField},
};
use http::request::Parts;

use crate::{
    convert,
    rejection::CaptchaRejection,
    route::{ExpectedAction, OnStoreFailure},
};

/// Proof that a captcha was solved for this request; as an extractor, it reads the token from the
/// header or the cookie and redeems it. The body is not touched.
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
#[derive(Clone, Debug)]
pub struct OptionalCaptcha(pub Option<VerifiedCaptcha>);

/// A state from which the engine can be had: `Captcha` itself, or any state with
/// `impl FromRef<YourState> for Captcha`.
#[diagnostic::on_unimplemented(
    message = "the state `{Self}` holds no captcha engine",
    label = "this router's state has no `Captcha`",
    note = "use `.with_state(captcha)`, or write `impl FromRef<{Self}> for Captcha` (or derive `FromRef`) for your own state"
)]
pub trait HasCaptcha: Send + Sync {
    /// The engine.
    fn captcha(&self) -> Captcha;
}

// The reader is told of the state that lacks an engine, not of the trait behind it.
#[diagnostic::do_not_recommend]
impl<S> HasCaptcha for S
where
    S: Send + Sync,
    Captcha: FromRef<S>,
{
    fn captcha(&self) -> Captcha {
        Captcha::from_ref(self)
    }
}

impl<S: HasCaptcha> FromRequestParts<S> for VerifiedCaptcha {
    type Rejection = CaptchaRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, CaptchaRejection> {
        let proof = redeem(&state.captcha(), parts, &TokenField::Absent, None, None).await?;
        Ok(proof.ok_or_else(guard::missing)?)
    }
}

impl<S: HasCaptcha> FromRequestParts<S> for OptionalCaptcha {
    type Rejection = CaptchaRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, CaptchaRejection> {
        let proof = redeem(&state.captcha(), parts, &TokenField::Absent, None, None).await?;
        Ok(Self(proof))
    }
}

/// What a guard leaves in the request for the extractors behind it.
#[derive(Clone)]
struct Redeemed {
    proof: VerifiedCaptcha,
    forget: Option<String>,
}

/// Redeems the request's token, once per request: a later guard or extractor is given what an
/// earlier one earned.
pub(crate) async fn redeem(
    captcha: &Captcha,
    parts: &mut Parts,
    field: &TokenField,
    action: Option<&str>,
    policy: Option<StoreFailure>,
) -> Result<Option<VerifiedCaptcha>, CaptchaRejection> {
    let expected = parts.extensions.get::<ExpectedAction>().cloned();
    let policy = policy.or(parts.extensions.get().map(|OnStoreFailure(policy)| *policy));
    let terms = Redemption::new().on_store_failure(policy.unwrap_or_default());
    let action = (action.or(expected.as_ref().map(ExpectedAction::name)))
        .unwrap_or(captcha.default_action());
    if let Some(Redeemed { proof, .. }) = parts.extensions.get::<Redeemed>() {
        if proof.action() == action {
            return Ok(Some(proof.clone()));
        }
        return Err(guard::wrong_action().into());
    }
    let admitted = captcha
        .admit_optional(
            field,
            &convert::headers(parts),
            convert::peer(parts),
            terms.action(action),
        )
        .await?;
    Ok(admitted.map(|Admitted { verified, forget }| {
        let proof = VerifiedCaptcha(verified);
        parts.extensions.insert(Redeemed {
            proof: proof.clone(),
            forget,
        });
        proof
    }))
}

/// The `Set-Cookie` value that a guard owes the browser, where the token came by cookie.
pub(crate) fn forget(parts: &Parts) -> Option<String> {
    parts.extensions.get::<Redeemed>()?.forget.clone()
}
