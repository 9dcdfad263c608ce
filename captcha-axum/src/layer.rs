use std::sync::Arc;

use captcha_core::{Captcha, StoreFailure};
use http::{Method, request::Parts};
use tower_layer::Layer;

use crate::service::RequireCaptcha;

/// Longest body that [`RequireCaptchaLayer::form_body`] buffers, in bytes.
const LONGEST_FORM: usize = 16 * 1_024;

/// Lets a request through when it carries a good token, and redeems it.
///
/// For each request, in this order: one that [`for_methods`](Self::for_methods) or
/// [`skip`](Self::skip) leaves out passes untouched; a token in the header `X-Captcha-Token`, else
/// in the cookie, is redeemed; with [`form_body`](Self::form_body), a field `captcha-token` of a
/// form or JSON body comes before both. Without a good token the answer is 403 and the handler
/// does not run; when the store fails it is 503.
///
/// Handlers behind it may ask for [`VerifiedCaptcha`](crate::VerifiedCaptcha): the token is not
/// redeemed again.
///
/// Apply it with `route_layer`: with `layer`, unknown paths would answer 403 instead of 404.
///
/// ```
/// use axum::{Router, routing::get};
/// use captcha_axum::{Captcha, RequireCaptchaLayer, SecretKey};
///
/// # async fn members() {}
/// # let privacy = captcha_axum::Privacy::new("Example Ltd", "privacy@example.org").legitimate_interest("keeping bots out");
/// let captcha = Captcha::builder().key(SecretKey::generate()?).privacy(privacy).build()?;
/// let app: Router = Router::new()
///     .route("/members", get(members))
///     .route_layer(RequireCaptchaLayer::new(captcha));
/// # Ok::<(), captcha_axum::CaptchaError>(())
/// ```
#[derive(Clone)]
pub struct RequireCaptchaLayer {
    pub(crate) captcha: Captcha,
    pub(crate) rules: Arc<Rules>,
}

type Skip = dyn Fn(&Parts) -> bool + Send + Sync;

#[derive(Clone, Default)]
pub(crate) struct Rules {
    pub(crate) action: Option<String>,
    pub(crate) on_store_failure: Option<StoreFailure>,
    pub(crate) form_body: Option<usize>,
    methods: Option<Vec<Method>>,
    skip: Option<Arc<Skip>>,
}

impl Rules {
    pub(crate) fn guards(&self, parts: &Parts) -> bool {
        let by_method =
            (self.methods.as_ref()).is_none_or(|methods| methods.contains(&parts.method));
        by_method && !self.skip.as_ref().is_some_and(|skip| skip(parts))
    }
}

impl RequireCaptchaLayer {
    /// Guards every request, for the engine's default action.
    #[must_use]
    pub fn new(captcha: Captcha) -> Self {
        Self {
            captcha,
            rules: Arc::default(),
        }
    }

    /// Expects tokens for `action`. Extractors behind it go by
    /// [`ExpectedAction`](crate::ExpectedAction), which names it for both.
    #[must_use]
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.rules_mut().action = Some(action.into());
        self
    }

    /// What to do while the store does not answer; closed (503) unless set here or by
    /// [`OnStoreFailure`](crate::OnStoreFailure).
    #[must_use]
    pub fn on_store_failure(mut self, policy: StoreFailure) -> Self {
        self.rules_mut().on_store_failure = Some(policy);
        self
    }

    /// Guards requests with these methods; all others pass.
    #[must_use]
    pub fn for_methods(mut self, methods: impl IntoIterator<Item = Method>) -> Self {
        self.rules_mut().methods = Some(methods.into_iter().collect());
        self
    }

    /// Lets requests pass for which `unguarded` says `true`.
    #[must_use]
    pub fn skip(mut self, unguarded: impl Fn(&Parts) -> bool + Send + Sync + 'static) -> Self {
        self.rules_mut().skip = Some(Arc::new(unguarded));
        self
    }

    /// Also looks for the field `captcha-token` in form and JSON bodies. These are buffered, up to
    /// `limit` bytes and 16 KiB at most, and handed on byte for byte; a longer one is refused with
    /// 413. Bodies of other types stream through unread.
    #[must_use]
    pub fn form_body(mut self, limit: usize) -> Self {
        self.rules_mut().form_body = Some(limit.min(LONGEST_FORM));
        self
    }

    fn rules_mut(&mut self) -> &mut Rules {
        Arc::make_mut(&mut self.rules)
    }
}

impl<S> Layer<S> for RequireCaptchaLayer {
    type Service = RequireCaptcha<S>;

    fn layer(&self, inner: S) -> RequireCaptcha<S> {
        RequireCaptcha::new(inner, self.clone())
    }
}

impl std::fmt::Debug for RequireCaptchaLayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RequireCaptchaLayer")
            .field("action", &self.rules.action)
            .field("form_body", &self.rules.form_body)
            .field("methods", &self.rules.methods)
            .finish_non_exhaustive()
    }
}
