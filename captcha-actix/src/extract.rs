use std::{ops::Deref, rc::Rc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use captcha_core::{
    Captcha, Redemption, StoreFailure,
    endpoint::{
        Problem,
        guard::{self, TokenField},
    },
};
use futures_util::{future::LocalBoxFuture, lock::Mutex};

use crate::{convert, rejection::CaptchaRejection};

/// Proof that a captcha was solved for this request; as an extractor, it reads the token from the
/// header `X-Captcha-Token` or the cookie and redeems it. The body is not touched.
///
/// It has no public constructor, so a handler that asks for it cannot run without it.
///
/// Do not ask for `Option<VerifiedCaptcha>`: actix-web makes `None` of every refusal, of a forged
/// token as well. [`OptionalCaptcha`] tells them apart.
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

/// The action that the routes beneath expect, instead of the engine's default one. It goes into
/// the `app_data` of a resource or a scope:
///
/// ```
/// use actix_web::{App, web};
/// use captcha_actix::{ExpectedAction, VerifiedCaptcha};
///
/// # async fn login(_: VerifiedCaptcha) -> &'static str { "" }
/// let app = App::new().service(
///     web::resource("/login")
///         .app_data(ExpectedAction::new("login"))
///         .route(web::post().to(login)),
/// );
/// ```
#[derive(Clone, Debug)]
pub struct ExpectedAction(String);

impl ExpectedAction {
    /// Expects tokens for `action`.
    #[must_use]
    pub fn new(action: impl Into<String>) -> Self {
        Self(action.into())
    }
}

impl FromRequest for VerifiedCaptcha {
    type Error = CaptchaRejection;
    type Future = LocalBoxFuture<'static, Result<Self, CaptchaRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let redeemed =
                redeem(engine(&request)?, &request, &TokenField::Absent, None, None).await?;
            Ok(redeemed.ok_or_else(guard::missing)?.proof)
        })
    }
}

impl FromRequest for OptionalCaptcha {
    type Error = CaptchaRejection;
    type Future = LocalBoxFuture<'static, Result<Self, CaptchaRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let redeemed =
                redeem(engine(&request)?, &request, &TokenField::Absent, None, None).await?;
            Ok(Self(redeemed.map(|redeemed| redeemed.proof)))
        })
    }
}

/// The installed engine.
pub(crate) fn engine(request: &HttpRequest) -> Result<&Captcha, CaptchaRejection> {
    if let Some(captcha) = request.app_data::<web::Data<Captcha>>() {
        return Ok(captcha);
    }
    tracing::error!(
        path = request.path(),
        "a handler asks for a captcha and no engine is installed: add \
         `App::configure(captcha_actix::install(captcha, \"/captcha\"))`"
    );
    Err(Problem::NOT_INSTALLED.into())
}

/// What a token was redeemed for.
pub(crate) struct Redeemed {
    pub(crate) proof: VerifiedCaptcha,
    /// The `Set-Cookie` value that is owed to the browser by whoever redeemed its cookie.
    pub(crate) forget: Option<String>,
}

/// The request's proof, once it has one. Extractors of one handler run side by side, so each waits
/// until the one before knows: two that redeem at a time would find the token spent.
#[derive(Clone, Default)]
struct Earned(Rc<Mutex<Option<VerifiedCaptcha>>>);

/// Redeems the request's token, once per request: a later guard or extractor is given what an
/// earlier one earned.
pub(crate) async fn redeem(
    captcha: &Captcha,
    request: &HttpRequest,
    field: &TokenField,
    action: Option<&str>,
    policy: Option<StoreFailure>,
) -> Result<Option<Redeemed>, CaptchaRejection> {
    let policy = policy.or(convert::setting::<StoreFailure>(request).copied());
    let terms = Redemption::new().on_store_failure(policy.unwrap_or_default());
    let expected = convert::setting::<ExpectedAction>(request);
    let action = (action.or(expected.map(|expected| expected.0.as_str())))
        .unwrap_or(captcha.default_action());
    let Earned(earned) = convert::once_per_request(request);
    let mut earned = earned.lock().await;
    if let Some(proof) = earned.as_ref() {
        if proof.action() != action {
            return Err(guard::wrong_action().into());
        }
        return Ok(Some(Redeemed {
            proof: proof.clone(),
            forget: None,
        }));
    }
    let admitted = captcha
        .admit_optional(
            field,
            &convert::headers(request),
            convert::peer(request),
            terms.action(action),
        )
        .await?;
    Ok(admitted.map(|admitted| {
        let proof = VerifiedCaptcha(admitted.verified);
        *earned = Some(proof.clone());
        Redeemed {
            proof,
            forget: admitted.forget,
        }
    }))
}
