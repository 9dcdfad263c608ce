use std::{
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::Body;
use axum_core::response::{IntoResponse, Response};
use captcha_core::endpoint::{
    Problem,
    guard::{self, TokenField},
    payload::{self, Format},
};
use http::{HeaderValue, Request, header::SET_COOKIE, request::Parts};
use tower_service::Service;

use crate::{
    convert::{self, Read},
    extract::{forget, redeem},
    layer::RequireCaptchaLayer,
    rejection::CaptchaRejection,
};

/// The service of [`RequireCaptchaLayer`].
#[derive(Clone, Debug)]
pub struct RequireCaptcha<S> {
    inner: S,
    guard: RequireCaptchaLayer,
}

impl<S> RequireCaptcha<S> {
    pub(crate) fn new(inner: S, guard: RequireCaptchaLayer) -> Self {
        Self { inner, guard }
    }
}

impl<S> Service<Request<Body>> for RequireCaptcha<S>
where
    S: Service<Request<Body>, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (parts, body) = request.into_parts();
        if !self.guard.rules.guards(&parts) {
            let passed = self.inner.call(Request::from_parts(parts, body));
            return ResponseFuture::Passed(Box::pin(passed));
        }
        // The clone is not ready; the service that was polled is the one to call.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let guard = self.guard.clone();
        ResponseFuture::Guarded(Box::pin(async move {
            match admit(&guard, parts, body).await {
                Ok(request) => {
                    let (parts, body) = request.into_parts();
                    let owed = forget(&parts).and_then(|value| HeaderValue::try_from(value).ok());
                    let mut response = inner.call(Request::from_parts(parts, body)).await?;
                    if let Some(owed) = owed {
                        response.headers_mut().append(SET_COOKIE, owed);
                    }
                    Ok(response)
                }
                Err(refusal) => Ok(refusal.into_response()),
            }
        }))
    }
}

async fn admit(
    layer: &RequireCaptchaLayer,
    mut parts: Parts,
    body: Body,
) -> Result<Request<Body>, CaptchaRejection> {
    let (field, body) = match layer.rules.form_body {
        Some(limit) => find_field(&parts, body, limit).await?,
        None => (TokenField::Absent, body),
    };
    let rules = &layer.rules;
    let action = rules.action.as_deref();
    let policy = rules.on_store_failure;
    match redeem(&layer.captcha, &mut parts, &field, action, policy).await? {
        Some(_) => Ok(Request::from_parts(parts, body)),
        None => Err(guard::missing().into()),
    }
}

/// The token's field of a form or JSON body, and the same bytes again.
async fn find_field(
    parts: &Parts,
    body: Body,
    limit: usize,
) -> Result<(TokenField, Body), CaptchaRejection> {
    let Some(format) = Format::of(&convert::headers(parts)) else {
        return Ok((TokenField::Absent, body));
    };
    match convert::read(body, limit).await {
        Read::Whole(bytes) => Ok((payload::find_token(format, &bytes)?, Body::from(bytes))),
        Read::TooLong(_) => Err(Problem::TOO_LARGE.into()),
        Read::Broken => Err(Problem::INTERRUPTED.into()),
    }
}

/// The response future of [`RequireCaptcha`].
#[must_use = "futures do nothing unless polled"]
pub enum ResponseFuture<F: Future> {
    /// The request was not guarded.
    #[doc(hidden)]
    Passed(Pin<Box<F>>),
    /// The request is being let through or refused.
    #[doc(hidden)]
    Guarded(Pin<Box<dyn Future<Output = F::Output> + Send>>),
}

impl<F: Future> Future for ResponseFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Passed(future) => future.as_mut().poll(context),
            Self::Guarded(future) => future.as_mut().poll(context),
        }
    }
}

impl<F: Future> std::fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ResponseFuture")
    }
}
