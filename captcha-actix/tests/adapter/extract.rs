//! `VerifiedCaptcha`, `OptionalCaptcha`, `ExpectedAction`.

use std::sync::{Arc, Mutex};

use actix_web::{
    App,
    test::{TestRequest, call_service, init_service},
    web,
};
use captcha_actix::{ErrorKind, ExpectedAction, OptionalCaptcha, VerifiedCaptcha, install};

use super::*;

async fn optional(OptionalCaptcha(proof): OptionalCaptcha) -> String {
    proof.map_or_else(|| "none".to_owned(), |proof| proof.action().to_owned())
}

async fn both(one: VerifiedCaptcha, other: OptionalCaptcha) -> String {
    format!("{} {}", one.action(), other.0.is_some())
}

macro_rules! app {
    ($captcha:expr) => {
        init_service(
            App::new()
                .configure(install($captcha.clone(), "/captcha"))
                .route("/", web::post().to(action_of))
                .route("/optional", web::post().to(optional))
                .route("/both", web::post().to(both))
                .service(
                    web::resource("/login")
                        .app_data(ExpectedAction::new("login"))
                        .route(web::post().to(action_of)),
                ),
        )
        .await
    };
}

fn post(path: &str) -> TestRequest {
    TestRequest::post().uri(path)
}

#[actix_web::test]
async fn a_token_is_taken_from_the_header_or_the_cookie_once() {
    let captcha = engine();
    let app = app!(captcha);
    let sent = token(&captcha).await;
    let response = call_service(&app, by_header(post("/"), &sent).to_request()).await;
    assert_eq!(text(response).await, "signup");

    let again = call_service(&app, by_header(post("/"), &sent).to_request()).await;
    assert_eq!(reason(&again), Some(ErrorKind::Spent));
    assert_eq!(refusal(again).await, refused(403, "spent"));

    let sent = token(&captcha).await;
    let response = call_service(&app, by_cookie(post("/"), &sent).to_request()).await;
    assert_eq!(text(response).await, "signup");
    let again = call_service(&app, by_cookie(post("/"), &sent).to_request()).await;
    assert_eq!(refusal(again).await, refused(403, "missing"));
}

#[actix_web::test]
async fn a_request_without_a_good_token_is_refused() {
    let captcha = engine();
    let app = app!(captcha);
    let response = call_service(&app, post("/").to_request()).await;
    assert_eq!(reason(&response), Some(ErrorKind::Missing));
    assert_eq!(refusal(response).await, refused(403, "missing"));

    let foreign = token(&engine()).await;
    for forged in ["made-up", foreign.as_str()] {
        let response = call_service(&app, by_header(post("/"), forged).to_request()).await;
        assert_eq!(refusal(response).await, refused(403, "malformed"));
        let response = call_service(&app, by_cookie(post("/"), forged).to_request()).await;
        assert_eq!(refusal(response).await, refused(403, "malformed"));
    }
    let twice = post("/")
        .append_header(("x-captcha-token", "a"))
        .append_header(("x-captcha-token", "b"));
    let response = call_service(&app, twice.to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "malformed"));

    // Not in a query string, where it would be logged.
    let sent = token(&captcha).await;
    let query = post(&format!("/?captcha-token={sent}"));
    let response = call_service(&app, query.to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "missing"));
}

#[actix_web::test]
async fn optional_is_none_for_absent_and_a_refusal_for_wrong() {
    let captcha = engine();
    let app = app!(captcha);
    let response = call_service(&app, post("/optional").to_request()).await;
    assert_eq!(text(response).await, "none");
    let sent = token(&captcha).await;
    let response = call_service(&app, by_header(post("/optional"), &sent).to_request()).await;
    assert_eq!(text(response).await, "signup");
    let spent = call_service(&app, by_header(post("/optional"), &sent).to_request()).await;
    assert_eq!(refusal(spent).await, refused(403, "spent"));
    let forged = call_service(&app, by_cookie(post("/optional"), "made-up").to_request()).await;
    assert_eq!(refusal(forged).await, refused(403, "malformed"));
}

#[actix_web::test]
async fn a_token_is_good_for_its_action_alone() {
    let captcha = engine();
    let app = app!(captcha);
    let login = token_for(&captcha, "login").await;
    let response = call_service(&app, by_header(post("/"), &login).to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "wrong-action"));
    // The refusal did not spend it.
    let response = call_service(&app, by_header(post("/login"), &login).to_request()).await;
    assert_eq!(text(response).await, "login");

    let signup = token(&captcha).await;
    let response = call_service(&app, by_header(post("/login"), &signup).to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "wrong-action"));
}

#[actix_web::test]
async fn two_extractors_redeem_once_even_when_the_store_is_slow() {
    let store = SlowStore::new();
    let captcha = builder().store(store.clone()).build().unwrap();
    let app = app!(captcha);
    let sent = token(&captcha).await;
    let before = store.spends();
    let response = call_service(&app, by_header(post("/both"), &sent).to_request()).await;
    assert_eq!(text(response).await, "signup true");
    assert_eq!(store.spends(), before + 1);
}

#[actix_web::test]
async fn without_an_engine_the_answer_is_500_and_the_log_names_the_fix() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let app = init_service(App::new().route("/", web::post().to(action_of))).await;
    let response = call_service(&app, by_header(post("/"), "any").to_request()).await;
    assert_eq!(refusal(response).await, refused(500, "not-installed"));
    let lines = log.0.lock().unwrap().join("\n");
    assert!(
        lines.contains("App::configure(captcha_actix::install(captcha, \"/captcha\"))"),
        "{lines}"
    );
}

/// Keeps the messages of errors.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl tracing::field::Visit for Log {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0.lock().unwrap().push(format!("{value:?}"));
        }
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::ERROR
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}
