//! The layer and the extractors on axum; what all adapters share is in the contract suite.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is a failed test"
)]

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, Response, StatusCode, header},
    response::IntoResponse,
    routing::{get, post},
};
use captcha_axum::{
    Captcha, CaptchaForm, CaptchaRejection, ErrorKind, ExpectedAction, OptionalCaptcha,
    RequireCaptchaLayer, SecretKey, VerifiedCaptcha,
};
use tower::ServiceExt as _;

fn captcha() -> Captcha {
    Captcha::builder()
        .privacy(captcha_core::testing::privacy())
        .key(SecretKey::generate().unwrap())
        .build()
        .unwrap()
}

async fn token(captcha: &Captcha, action: Option<&str>) -> String {
    captcha
        .token_for_tests(action)
        .await
        .unwrap()
        .as_str()
        .to_owned()
}

async fn send(app: &Router, request: Request<Body>) -> Response<Body> {
    app.clone().oneshot(request).await.unwrap()
}

fn by_header(path: &str, token: &str) -> Request<Body> {
    Request::post(path)
        .header("x-captcha-token", token)
        .body(Body::empty())
        .unwrap()
}

#[tokio::test]
async fn a_layer_and_two_extractors_redeem_once() {
    async fn twice(one: VerifiedCaptcha, OptionalCaptcha(two): OptionalCaptcha) -> String {
        format!("{} {}", one.action(), two.is_some())
    }
    let captcha = captcha();
    let app = Router::new()
        .route("/", post(twice))
        .route_layer(RequireCaptchaLayer::new(captcha.clone()))
        .with_state(captcha.clone());
    let token = token(&captcha, None).await;
    let response = send(&app, by_header("/", &token)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        to_bytes(response.into_body(), 99).await.unwrap(),
        "default true"
    );
    let again = send(&app, by_header("/", &token)).await;
    assert_eq!(again.status(), StatusCode::FORBIDDEN);
    let reason = again.extensions().get::<CaptchaRejection>().unwrap();
    assert_eq!(reason.kind(), Some(ErrorKind::Spent));
}

#[tokio::test]
async fn a_proof_for_one_action_does_not_serve_another_within_the_request() {
    let captcha = captcha();
    let app = Router::new()
        .route("/", post(|_: VerifiedCaptcha| async {}))
        .route_layer(RequireCaptchaLayer::new(captcha.clone()).action("login"))
        .with_state(captcha.clone());
    let login = token(&captcha, Some("login")).await;
    let response = send(&app, by_header("/", &login)).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let reason = response.extensions().get::<CaptchaRejection>().unwrap();
    assert_eq!(reason.kind(), Some(ErrorKind::WrongAction));

    let app = Router::new()
        .route("/", post(|_: VerifiedCaptcha| async {}))
        .route_layer(RequireCaptchaLayer::new(captcha.clone()).action("login"))
        .route_layer(ExpectedAction::layer("login"))
        .with_state(captcha.clone());
    let login = token(&captcha, Some("login")).await;
    assert_eq!(
        send(&app, by_header("/", &login)).await.status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_body_is_handed_on_byte_for_byte() {
    let captcha = captcha();
    let app = Router::new()
        .route("/", post(|body: axum::body::Bytes| async { body }))
        .route_layer(RequireCaptchaLayer::new(captcha.clone()).form_body(200));
    let sent = format!(
        "b=%20x&&a=+&captcha-token={}&c",
        token(&captcha, None).await
    );
    let form = |body: String| {
        Request::post("/")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap()
    };
    let response = send(&app, form(sent.clone())).await;
    assert_eq!(to_bytes(response.into_body(), 999).await.unwrap(), sent);
    let long = send(&app, form("x".repeat(201))).await;
    assert_eq!(long.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn unknown_paths_stay_404_and_unguarded_methods_pass() {
    let captcha = captcha();
    let layer = RequireCaptchaLayer::new(captcha).for_methods([Method::POST]);
    let app: Router = Router::new()
        .route("/", get(|| async { "open" }).post(|| async { "guarded" }))
        .route_layer(layer);
    let status = |request: Request<Body>| {
        let app = app.clone();
        async move { send(&app, request).await.status() }
    };
    assert_eq!(
        status(Request::get("/nowhere").body(Body::empty()).unwrap()).await,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        status(Request::get("/").body(Body::empty()).unwrap()).await,
        StatusCode::OK
    );
    assert_eq!(
        status(Request::post("/").body(Body::empty()).unwrap()).await,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn the_body_limit_of_the_application_holds() {
    let captcha = captcha();
    let app = Router::new()
        .route("/", post(|_: CaptchaForm<Vec<(String, String)>>| async {}))
        .layer(axum::extract::DefaultBodyLimit::max(100))
        .with_state(captcha.clone());
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("x-captcha-token", token(&captcha, None).await)
        .body(Body::from("a=".to_owned() + &"x".repeat(200)))
        .unwrap();
    assert_eq!(
        send(&app, request).await.status(),
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn a_panic_in_the_store_is_never_a_pass() {
    use captcha_axum::captcha_core::store::{Id, Store, StoreFuture};

    struct Panics;
    impl Store for Panics {
        fn spend<'a>(&'a self, _: &'a Id, _: std::time::Duration) -> StoreFuture<'a, bool> {
            panic!("injected");
        }
        fn hit<'a>(&'a self, _: &'a Id, _: std::time::Duration) -> StoreFuture<'a, u64> {
            Box::pin(std::future::ready(Ok(1)))
        }
        fn generation(&self) -> StoreFuture<'_, u64> {
            Box::pin(std::future::ready(Ok(1)))
        }
    }

    let key = SecretKey::generate().unwrap();
    let solver = Captcha::builder()
        .privacy(captcha_core::testing::privacy())
        .key(key.clone())
        .store(std::sync::Arc::new(Once))
        .build()
        .unwrap();
    let broken = Captcha::builder()
        .privacy(captcha_core::testing::privacy())
        .key(key)
        .store(std::sync::Arc::new(Panics))
        .build()
        .unwrap();
    let token = token(&solver, None).await;
    let app = Router::new()
        .route(
            "/",
            post(|_: VerifiedCaptcha| async { "in".into_response() }),
        )
        .with_state(broken);
    let outcome = tokio::spawn(async move { send(&app, by_header("/", &token)).await }).await;
    assert!(
        outcome.is_err(),
        "the panic ends the request; the handler never ran"
    );

    /// Same generation as `Panics`, and everything is spent for the first time.
    struct Once;
    impl Store for Once {
        fn spend<'a>(&'a self, _: &'a Id, _: std::time::Duration) -> StoreFuture<'a, bool> {
            Box::pin(std::future::ready(Ok(true)))
        }
        fn hit<'a>(&'a self, _: &'a Id, _: std::time::Duration) -> StoreFuture<'a, u64> {
            Box::pin(std::future::ready(Ok(1)))
        }
        fn generation(&self) -> StoreFuture<'_, u64> {
            Box::pin(std::future::ready(Ok(1)))
        }
    }
}
