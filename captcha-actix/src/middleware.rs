use std::{
    future::{Ready, ready},
    rc::Rc,
    sync::Arc,
};

use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{
        Method,
        header::{HeaderValue, SET_COOKIE},
    },
};
use captcha_core::{
    Captcha, StoreFailure,
    endpoint::{
        Problem,
        guard::{self, TokenField},
        payload::{self, Format},
    },
};
use futures_util::future::LocalBoxFuture;

use crate::{
    convert::{self, Read},
    extract::{Redeemed, redeem},
    rejection::CaptchaRejection,
};

/// Longest body that [`RequireCaptcha::form_body`] buffers, in bytes.
const LONGEST_BUFFERED: usize = 16 * 1_024;

/// Middleware that lets a request through when it carries a good token, and redeems it.
///
/// For each request, in this order: one that [`for_methods`](Self::for_methods) leaves out passes
/// untouched; a token in the header `X-Captcha-Token`, else in the cookie, is redeemed; with
/// [`form_body`](Self::form_body), a field `captcha-token` of a form or JSON body comes before
/// both. Without a good token the answer is 403 and the handler does not run; when the store fails
/// it is 503.
///
/// Handlers behind it may ask for [`VerifiedCaptcha`](crate::VerifiedCaptcha): the token is not
/// redeemed again.
///
/// A refusal is a response and no error, so that middleware around it (CORS, logging) still runs;
/// it finds the [`CaptchaRejection`] in the response's extensions.
///
/// Wrap resources rather than scopes: around a scope, its unknown paths answer 403 instead of 404.
///
/// ```
/// use actix_web::{App, web};
/// use captcha_actix::{Captcha, RequireCaptcha, SecretKey};
///
/// # async fn members() -> &'static str { "" }
/// # let privacy = captcha_actix::Privacy::new("Example Ltd", "privacy@example.org").legitimate_interest("keeping bots out");
/// let captcha = Captcha::builder().key(SecretKey::generate()?).privacy(privacy).build()?;
/// let app = App::new().service(
///     web::resource("/members")
///         .wrap(RequireCaptcha::new(captcha))
///         .route(web::get().to(members)),
/// );
/// # Ok::<(), captcha_actix::CaptchaError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RequireCaptcha {
    captcha: Captcha,
    rules: Arc<Rules>,
}

#[derive(Clone, Debug, Default)]
struct Rules {
    action: Option<String>,
    on_store_failure: Option<StoreFailure>,
    form_body: Option<usize>,
    methods: Option<Vec<Method>>,
}

impl RequireCaptcha {
    /// Guards every request, for the action that [`ExpectedAction`](crate::ExpectedAction) names
    /// or else the engine's default one.
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

    /// What to do while the store does not answer; closed (503) unless set here, or by a
    /// [`StoreFailure`] in the `app_data` of the resource or scope, which extractors go by as well.
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

    /// Also looks for the field `captcha-token` in form and JSON bodies. These are buffered, up to
    /// `limit` bytes and 16 KiB at most, and handed on byte for byte; a longer one is refused with
    /// 413. Bodies of other types stream through unread.
    #[must_use]
    pub fn form_body(mut self, limit: usize) -> Self {
        self.rules_mut().form_body = Some(limit.min(LONGEST_BUFFERED));
        self
    }

    fn rules_mut(&mut self) -> &mut Rules {
        Arc::make_mut(&mut self.rules)
    }

    fn guards(&self, method: &Method) -> bool {
        (self.rules.methods.as_ref()).is_none_or(|methods| methods.contains(method))
    }

    async fn admit(&self, request: &mut ServiceRequest) -> Result<Redeemed, CaptchaRejection> {
        let field = match self.rules.form_body {
            Some(limit) => find_field(request, limit).await?,
            None => TokenField::Absent,
        };
        let action = self.rules.action.as_deref();
        let policy = self.rules.on_store_failure;
        let redeemed = redeem(&self.captcha, request.request(), &field, action, policy).await?;
        Ok(redeemed.ok_or_else(guard::missing)?)
    }
}

/// The token's field of a form or JSON body; the request keeps the same bytes.
async fn find_field(
    request: &mut ServiceRequest,
    limit: usize,
) -> Result<TokenField, CaptchaRejection> {
    let Some(format) = Format::of(&convert::headers(request.request())) else {
        return Ok(TokenField::Absent);
    };
    if convert::announces_more_than(limit, request.request()) {
        return Err(Problem::TOO_LARGE.into());
    }
    match convert::read(request.parts_mut().1, limit).await {
        Read::Whole(body) => {
            let field = payload::find_token(format, &body);
            request.set_payload(Payload::from(body));
            Ok(field?)
        }
        Read::TooLong(_) => Err(Problem::TOO_LARGE.into()),
        Read::Broken => Err(Problem::INTERRUPTED.into()),
    }
}

impl<S, B> Transform<S, ServiceRequest> for RequireCaptcha
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = RequireCaptchaService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(RequireCaptchaService {
            service: Rc::new(service),
            guard: self.clone(),
        }))
    }
}

/// The service of [`RequireCaptcha`].
#[derive(Debug)]
pub struct RequireCaptchaService<S> {
    service: Rc<S>,
    guard: RequireCaptcha,
}

impl<S, B> Service<ServiceRequest> for RequireCaptchaService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        if !self.guard.guards(request.method()) {
            let passed = self.service.call(request);
            return Box::pin(async { Ok(passed.await?.map_into_left_body()) });
        }
        let (service, guard) = (Rc::clone(&self.service), self.guard.clone());
        Box::pin(async move {
            let redeemed = match guard.admit(&mut request).await {
                Ok(redeemed) => redeemed,
                Err(refusal) => return Ok(request.error_response(refusal).map_into_right_body()),
            };
            let mut response = service.call(request).await?;
            let forget = redeemed
                .forget
                .and_then(|value| HeaderValue::try_from(value).ok());
            if let Some(forget) = forget {
                response.headers_mut().append(SET_COOKIE, forget);
            }
            Ok(response.map_into_left_body())
        })
    }
}
