//! What the layer costs: `cargo bench -p captcha-axum --features testing`.

use std::{convert::Infallible, future::Future, hint::black_box, pin::pin, task};

use axum::{body::Body, response::Response};
use captcha_axum::{Captcha, Limits, RequireCaptchaLayer, SecretKey};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use http::{Method, Request};
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

fn poll<F: Future>(future: F) -> Option<F::Output> {
    let mut context = task::Context::from_waker(task::Waker::noop());
    match pin!(future).poll(&mut context) {
        task::Poll::Ready(output) => Some(output),
        task::Poll::Pending => None,
    }
}

async fn answer(_: Request<Body>) -> Result<Response, Infallible> {
    Ok(Response::new(Body::empty()))
}

fn request(method: Method) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method;
    for (name, value) in [
        ("host", "shop.example"),
        (
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
        ),
        ("accept", "text/html,application/xhtml+xml"),
        ("accept-language", "en-GB,en;q=0.9"),
        ("cookie", "theme=dark; id=0123456789abcdef"),
    ] {
        request
            .headers_mut()
            .insert(name, http::HeaderValue::from_static(value));
    }
    request
}

fn measure<S>(c: &mut Criterion, name: &str, service: S, method: Method)
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone,
{
    c.bench_function(name, |b| {
        b.iter_batched(
            || (service.clone(), request(method.clone())),
            |(service, request)| black_box(poll(service.oneshot(request)).is_some()),
            BatchSize::SmallInput,
        );
    });
}

fn layer(c: &mut Criterion) {
    let Some(captcha) = SecretKey::generate()
        .and_then(|key| {
            Captcha::builder()
                .privacy(captcha_core::testing::privacy())
                .key(key)
                .limits(Limits::UNLIMITED)
                .build()
        })
        .ok()
    else {
        return;
    };
    let layer = RequireCaptchaLayer::new(captcha).for_methods([Method::POST]);
    let guarded = ServiceBuilder::new()
        .layer(layer)
        .service(service_fn(answer));
    measure(c, "bare service", service_fn(answer), Method::GET);
    measure(
        c,
        "unguarded route under the layer",
        guarded.clone(),
        Method::GET,
    );
    measure(c, "guarded route, no token: refusal", guarded, Method::POST);
}

criterion_group!(benches, layer);
criterion_main!(benches);
