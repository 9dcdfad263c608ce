use std::{
    sync::Arc,
    task::{Context, Poll},
};

use captcha_core::StoreFailure;
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
    pub fn layer(action: &str) -> RouteLayer<Self> {
        RouteLayer(Self(action.into()))
    }

    pub(crate) fn name(&self) -> &str {
        &self.0
    }
}

/// What the routes beneath do while the store does not answer, instead of being closed.
///
/// ```
/// # use axum::{Router, routing::post};
/// use captcha_axum::{OnStoreFailure, StoreFailure};
///
/// # async fn newsletter() {}
/// let app: Router = Router::new()
///     .route("/newsletter", post(newsletter))
///     .route_layer(OnStoreFailure::layer(StoreFailure::Degraded));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OnStoreFailure(pub(crate) StoreFailure);

impl OnStoreFailure {
    /// A layer that says so to every extractor and guard within it.
    #[must_use]
    pub fn layer(policy: StoreFailure) -> RouteLayer<Self> {
        RouteLayer(Self(policy))
    }
}

/// What a layer says to the guards beneath it; see [`ExpectedAction`] and [`OnStoreFailure`].
#[derive(Clone, Debug)]
pub struct RouteLayer<T>(T);

impl<S, T: Clone> Layer<S> for RouteLayer<T> {
    type Service = RouteService<S, T>;

    fn layer(&self, inner: S) -> RouteService<S, T> {
        RouteService {
            inner,
            said: self.0.clone(),
        }
    }
}

/// The service of a [`RouteLayer`].
#[derive(Clone, Debug)]
pub struct RouteService<S, T> {
    inner: S,
    said: T,
}

impl<S, T, B> Service<http::Request<B>> for RouteService<S, T>
where
    S: Service<http::Request<B>>,
    T: Clone + Send + Sync + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<B>) -> S::Future {
        request.extensions_mut().insert(self.said.clone());
        self.inner.call(request)
    }
}
