//! The sign-up page on axum: `cargo run -p axum-signup`, then http://127.0.0.1:3000.

use std::net::SocketAddr;

use axum::{
    Json, Router,
    extract::State,
    http::{
        StatusCode,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::IntoResponse,
    routing::{get, post},
};
use captcha_axum::{Captcha, CaptchaEndpoints, CaptchaForm, CaptchaJson, RequireCaptchaLayer};
use signup_page::{APP_CSS, APP_JS, INDEX, MEMBERS, POLICY, Signup};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    signup_page::init_logging();
    let captcha = signup_page::captcha()?;
    let members = Router::new()
        .route("/members", get(|| async { page(MEMBERS) }))
        .route_layer(RequireCaptchaLayer::new(captcha.clone()));
    let app = Router::new()
        .route("/", get(|| async { page(INDEX) }))
        .route(
            "/app.css",
            get(|| async { ([(CONTENT_TYPE, "text/css; charset=utf-8")], APP_CSS) }),
        )
        .route(
            "/app.js",
            get(|| async { ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], APP_JS) }),
        )
        .route("/signup", post(signup))
        .route("/api/signup", post(api_signup))
        .route("/ready", get(ready))
        .merge(members)
        .nest_service("/captcha", CaptchaEndpoints::new(captcha.clone()))
        .with_state(captcha);

    let listener = tokio::net::TcpListener::bind(signup_page::addr()?).await?;
    signup_page::announce(listener.local_addr()?);
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}

/// Runs only if the captcha was solved.
async fn signup(form: CaptchaForm<Signup>) -> impl IntoResponse {
    page(signup_page::welcome(&form.value.name))
}

async fn api_signup(body: CaptchaJson<Signup>) -> impl IntoResponse {
    Json(signup_page::Welcome {
        welcome: body.value.name,
    })
}

/// For a balancer's readiness probe. A liveness probe asks for anything else, such as `/app.css`.
async fn ready(State(captcha): State<Captcha>) -> impl IntoResponse {
    let readiness = captcha.readiness().await;
    let status = StatusCode::from_u16(readiness.status());
    (
        status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
        Json(readiness),
    )
}

fn page(html: impl Into<String>) -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, html.into())
}
