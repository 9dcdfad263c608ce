//! The adapter through Rocket's local client.
#![allow(clippy::unwrap_used, clippy::panic)]

mod catchers;
mod endpoints;
mod fairing;
mod forms;
mod guards;

use captcha_rocket::{Captcha, CaptchaFairing, Kind, SecretKey};
use rocket::{
    Build, Rocket, Route,
    http::{Header, Status},
    local::asynchronous::{Client, LocalRequest},
};

const COOKIE: &str = "__Host-captcha-token";

/// An engine whose challenges need no drawing, with the action `signup`.
fn engine() -> Captcha {
    Captcha::builder()
        .privacy(captcha_core::testing::privacy())
        .key(SecretKey::generate().unwrap())
        .action("signup")
        .kinds([Kind::Work])
        .work_bits(1, 1)
        .build()
        .unwrap()
}

async fn token(captcha: &Captcha) -> String {
    captcha
        .token_for_tests(None)
        .await
        .unwrap()
        .as_str()
        .to_owned()
}

fn rocket(captcha: &Captcha, routes: Vec<Route>) -> Rocket<Build> {
    let config = rocket::Config {
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::debug_default()
    };
    rocket::custom(config)
        .attach(CaptchaFairing::new(captcha.clone()))
        .mount("/", routes)
}

async fn client(rocket: Rocket<Build>) -> Client {
    Client::untracked(rocket).await.unwrap()
}

fn token_header(token: &str) -> Header<'static> {
    Header::new("X-Captcha-Token", token.to_owned())
}

fn cookie_header(token: &str) -> Header<'static> {
    Header::new("Cookie", format!("a=1; {COOKIE}={token}"))
}

/// Status and body.
async fn send(request: LocalRequest<'_>) -> (Status, String) {
    let response = request.dispatch().await;
    (
        response.status(),
        response.into_string().await.unwrap_or_default(),
    )
}

/// The status and the kind of a refusal, which has to be a problem document with its headers.
async fn refusal(request: LocalRequest<'_>) -> (u16, String) {
    let response = request.dispatch().await;
    let header = |name| {
        response
            .headers()
            .get_one(name)
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(header("content-type"), "application/problem+json");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-content-type-options"), "nosniff");
    let status = response.status().code;
    let body = response.into_string().await.unwrap();
    let kind = body
        .strip_prefix(r#"{"type":"urn:captcha:"#)
        .and_then(|rest| rest.split('"').next());
    (status, kind.unwrap_or_else(|| panic!("{body}")).to_owned())
}

fn refused(status: u16, kind: &str) -> (u16, String) {
    (status, kind.to_owned())
}
