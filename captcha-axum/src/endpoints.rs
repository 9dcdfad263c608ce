use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{BoxError, body::Body};
use bytes::Bytes;
use captcha_core::{
    Captcha,
    endpoint::{BODY_LIMIT, Request},
};
use http_body::Body as HttpBody;
use tower_service::Service;

use crate::convert::{self, Read};

/// The captcha's own routes, to be nested where the page's script tag points:
/// `.nest_service("/captcha", CaptchaEndpoints::new(captcha))`.
#[derive(Clone, Debug)]
pub struct CaptchaEndpoints {
    captcha: Captcha,
}

impl CaptchaEndpoints {
    /// The routes of `captcha`.
    #[must_use]
    pub fn new(captcha: Captcha) -> Self {
        Self { captcha }
    }
}

impl<B> Service<http::Request<B>> for CaptchaEndpoints
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError> + Send,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = EndpointFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> EndpointFuture {
        let captcha = self.captcha.clone();
        EndpointFuture(Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = match convert::read(body, BODY_LIMIT).await {
                Read::Whole(body) | Read::TooLong(body) => body,
                // Nobody is there to read the answer.
                Read::Broken => Bytes::new(),
            };
            let request = Request {
                method: parts.method.as_str(),
                path: convert::path_below_mount(&parts),
                query: parts.uri.query(),
                headers: convert::headers(&parts),
                body: &body,
                peer: convert::peer(&parts),
            };
            convert::response(captcha.handle(&request).await)
        }))
    }
}

/// The response future of [`CaptchaEndpoints`].
#[must_use = "futures do nothing unless polled"]
pub struct EndpointFuture(Pin<Box<dyn Future<Output = http::Response<Body>> + Send>>);

impl Future for EndpointFuture {
    type Output = Result<http::Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context).map(Ok)
    }
}

impl std::fmt::Debug for EndpointFuture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EndpointFuture")
    }
}
