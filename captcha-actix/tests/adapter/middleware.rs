//! `RequireCaptcha`.

use std::{cell::RefCell, rc::Rc};

use actix_web::{
    App,
    dev::Service as _,
    http::{Method, header::SET_COOKIE},
    middleware::DefaultHeaders,
    test::{TestRequest, call_service, init_service},
    web,
};
use captcha_actix::{
    CaptchaForm, ErrorKind, ExpectedAction, RequireCaptcha, VerifiedCaptcha, install,
};

use super::*;

async fn echo(body: web::Bytes) -> web::Bytes {
    body
}

async fn form(form: CaptchaForm<Vec<(String, String)>>) -> String {
    format!("{:?} {}", form.value, form.proof.action())
}

macro_rules! app {
    ($captcha:expr, $guard:expr) => {
        init_service(
            App::new()
                .configure(install($captcha.clone(), "/captcha"))
                .service(
                    web::resource("/hello")
                        .wrap($guard.clone())
                        .route(web::route().to(hello)),
                )
                .service(
                    web::resource("/echo")
                        .wrap($guard.clone())
                        .route(web::post().to(echo)),
                )
                .service(
                    web::resource("/form")
                        .wrap($guard.clone())
                        .route(web::post().to(form)),
                )
                .service(
                    web::resource("/proof")
                        .wrap($guard.clone())
                        .route(web::get().to(action_of)),
                )
                .service(
                    web::resource("/login")
                        .wrap($guard.clone())
                        .app_data(ExpectedAction::new("login"))
                        .route(web::get().to(action_of)),
                ),
        )
        .await
    };
}

fn cookies<B>(response: &ServiceResponse<B>) -> Vec<&str> {
    let headers = response.headers().get_all(SET_COOKIE);
    headers.map(|value| value.to_str().unwrap()).collect()
}

#[actix_web::test]
async fn a_good_token_passes_once_and_its_cookie_is_forgotten() {
    let captcha = engine();
    let app = app!(captcha, RequireCaptcha::new(captcha.clone()));
    let get = || TestRequest::get().uri("/hello");
    let sent = token(&captcha).await;
    let response = call_service(&app, by_header(get(), &sent).to_request()).await;
    assert!(cookies(&response).is_empty());
    assert_eq!(text(response).await, "hello");
    let response = call_service(&app, by_header(get(), &sent).to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "spent"));

    let sent = token(&captcha).await;
    let response = call_service(&app, by_cookie(get(), &sent).to_request()).await;
    let forgotten = format!("{COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
    assert_eq!(cookies(&response), [forgotten]);
    assert_eq!(text(response).await, "hello");
    let response = call_service(&app, by_cookie(get(), &sent).to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "missing"));
}

#[actix_web::test]
async fn without_one_the_handler_does_not_run() {
    let captcha = engine();
    let app = app!(captcha, RequireCaptcha::new(captcha.clone()));
    let get = || TestRequest::get().uri("/hello");
    let response = call_service(&app, get().to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "missing"));
    let response = call_service(&app, by_header(get(), "made-up").to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "malformed"));
    // A field is not looked for unless asked.
    let sent = token(&captcha).await;
    let request = TestRequest::post().uri("/form").insert_header(FORM);
    let request = request.set_payload(format!("captcha-token={sent}"));
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "missing"));
    // Wrapped by resource, an unknown path is what it is.
    let response = call_service(&app, TestRequest::get().uri("/unknown").to_request()).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn only_the_named_methods_are_guarded() {
    let captcha = engine();
    let guard = RequireCaptcha::new(captcha.clone()).for_methods([Method::POST]);
    let app = app!(captcha, guard);
    let response = call_service(&app, TestRequest::get().uri("/hello").to_request()).await;
    assert_eq!(text(response).await, "hello");
    let response = call_service(&app, TestRequest::post().uri("/hello").to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "missing"));
}

#[actix_web::test]
async fn middleware_and_extractor_redeem_once() {
    let store = SlowStore::new();
    let captcha = builder().store(store.clone()).build().unwrap();
    let app = app!(
        captcha,
        RequireCaptcha::new(captcha.clone()).form_body(1_024)
    );
    let sent = token(&captcha).await;
    let before = store.spends();
    let request = by_header(TestRequest::get().uri("/proof"), &sent);
    assert_eq!(
        text(call_service(&app, request.to_request()).await).await,
        "signup"
    );
    assert_eq!(store.spends(), before + 1);

    let sent = token(&captcha).await;
    let before = store.spends();
    let request = TestRequest::post().uri("/form").insert_header(FORM);
    let request = request.set_payload(format!("a=1&captcha-token={sent}"));
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(text(response).await, r#"[("a", "1")] signup"#);
    assert_eq!(store.spends(), before + 1);
}

#[actix_web::test]
async fn guard_and_extractor_agree_on_the_action_or_refuse() {
    let captcha = engine();
    let app = app!(captcha, RequireCaptcha::new(captcha.clone()));
    let login = token_for(&captcha, "login").await;
    let request = by_header(TestRequest::get().uri("/login"), &login);
    assert_eq!(
        text(call_service(&app, request.to_request()).await).await,
        "login"
    );

    let app = app!(
        captcha,
        RequireCaptcha::new(captcha.clone()).action("login")
    );
    let login = token_for(&captcha, "login").await;
    let request = by_header(TestRequest::get().uri("/hello"), &login);
    assert_eq!(
        text(call_service(&app, request.to_request()).await).await,
        "hello"
    );
    let login = token_for(&captcha, "login").await;
    let request = by_header(TestRequest::get().uri("/proof"), &login);
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "wrong-action"));
}

#[actix_web::test]
async fn a_buffered_body_reaches_the_handler_byte_for_byte() {
    let captcha = engine();
    let app = app!(
        captcha,
        RequireCaptcha::new(captcha.clone()).form_body(usize::MAX)
    );
    let (one, other) = (token(&captcha).await, token(&captcha).await);
    let bodies = [
        (FORM, format!("b=%ff&&=x&a=%20+&captcha%2Dtoken={one}&&")),
        (
            JSON,
            format!(" {{\"z\": 1.0e2 ,\"captcha-token\" : \"{other}\",\n\"a\":\"\\u00e9\"}} "),
        ),
    ];
    for (content_type, body) in bodies {
        let request = TestRequest::post().uri("/echo").insert_header(content_type);
        let response = call_service(&app, request.set_payload(body.clone()).to_request()).await;
        assert_eq!(text(response).await, body);
    }
    // Other bodies are not read: this one is longer than any limit, and passes by its header.
    let sent = token(&captcha).await;
    let long = "x".repeat(20_000);
    let request = by_header(TestRequest::post().uri("/echo"), &sent)
        .insert_header(("content-type", "text/plain"))
        .set_payload(long.clone());
    assert_eq!(
        text(call_service(&app, request.to_request()).await).await,
        long
    );
}

#[actix_web::test]
async fn a_body_over_the_limit_is_413_and_the_limit_is_16_kib_at_most() {
    let captcha = engine();
    let sent = token(&captcha).await;
    for (limit, longest) in [(32, 32), (usize::MAX, 16 * 1_024)] {
        let app = app!(
            captcha,
            RequireCaptcha::new(captcha.clone()).form_body(limit)
        );
        let post = |length: usize| {
            by_header(TestRequest::post().uri("/echo").insert_header(FORM), &sent)
                .set_payload("x".repeat(length))
        };
        let response = call_service(&app, post(longest + 1).to_request()).await;
        assert_eq!(refusal(response).await, refused(413, "too-large"));
        let announced = post(1).insert_header(("content-length", (longest + 1).to_string()));
        let response = call_service(&app, announced.to_request()).await;
        assert_eq!(refusal(response).await, refused(413, "too-large"));
    }
    let app = app!(
        captcha,
        RequireCaptcha::new(captcha.clone()).form_body(usize::MAX)
    );
    let request = by_header(TestRequest::post().uri("/echo").insert_header(FORM), &sent);
    let request = request.set_payload("x".repeat(16 * 1_024));
    assert_eq!(
        text(call_service(&app, request.to_request()).await)
            .await
            .len(),
        16 * 1_024
    );
}

#[actix_web::test]
async fn outer_middleware_runs_on_a_refusal_and_sees_the_reason() {
    let captcha = engine();
    let seen = Rc::new(RefCell::new(None));
    let noted = Rc::clone(&seen);
    let app = init_service(
        App::new()
            .service(
                web::resource("/")
                    .wrap(RequireCaptcha::new(captcha))
                    .route(web::get().to(|_: VerifiedCaptcha| hello())),
            )
            .wrap(DefaultHeaders::new().add(("x-outer", "ran")))
            .wrap_fn(move |request, service| {
                let answered = service.call(request);
                let noted = Rc::clone(&noted);
                async move {
                    let response = answered.await?;
                    *noted.borrow_mut() = reason(&response);
                    Ok(response)
                }
            }),
    )
    .await;
    let response = call_service(&app, TestRequest::get().uri("/").to_request()).await;
    assert_eq!(response.headers().get("x-outer").unwrap(), "ran");
    assert_eq!(*seen.borrow(), Some(ErrorKind::Missing));
    assert_eq!(refusal(response).await, refused(403, "missing"));
}

#[actix_web::test]
async fn a_rejection_says_no_more_than_its_problem() {
    let captcha = engine();
    let error = captcha.redeem("made up", None).await.unwrap_err();
    let rejection = captcha_actix::CaptchaRejection::from(error);
    assert_eq!(rejection.kind(), Some(ErrorKind::Malformed));
    assert_eq!(rejection.to_string(), rejection.problem().title);
    assert_eq!(format!("{rejection:?}"), "CaptchaRejection(malformed)");
}
