use std::{
    sync::Arc,
    task::{Context, Poll},
};

use tower_layer::Layer;
use tower_service::Service;

/// The action that the routes beneath expect, instead of the engine's default one.
///
/// ```
/// # use axum::{Router, routing::post};
/// use captcha_axum::ExpectedAction;
///
/// # async fn login() {}
/// let app: Router = Router::new()
///     .route("/login", post(login))
///     .route_layer(ExpectedAction::layer("login"));
/// ```
#[derive(Clone, Debug)]
pub struct ExpectedAction(Arc<str>);

impl ExpectedAction {
    /// A layer that says so to every extractor and guard within it.
    #[must_use]
    pub fn layer(action: &str) -> ExpectedActionLayer {
        ExpectedActionLayer(Self(action.into()))
    }

    pub(crate) fn in_extensions(extensions: &http::Extensions) -> Option<Self> {
        extensions.get::<Self>().cloned()
    }

    pub(crate) fn name(&self) -> &str {
        &self.0
    }
}

/// Made by [`ExpectedAction::layer`].
#[derive(Clone, Debug)]
pub struct ExpectedActionLayer(ExpectedAction);

impl<S> Layer<S> for ExpectedActionLayer {
    type Service = ExpectingService<S>;

    fn layer(&self, inner: S) -> ExpectingService<S> {
        ExpectingService {
            inner,
            action: self.0.clone(),
        }
    }
}

/// The service of [`ExpectedActionLayer`].
#[derive(Clone, Debug)]
pub struct ExpectingService<S> {
    inner: S,
    action: ExpectedAction,
}

impl<S, B> Service<http::Request<B>> for ExpectingService<S>
where
    S: Service<http::Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<B>) -> S::Future {
        request.extensions_mut().insert(self.action.clone());
        self.inner.call(request)
    }
}
