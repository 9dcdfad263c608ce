//! `CaptchaForm`, `CaptchaJson`.

use actix_web::{
    App,
    test::{TestRequest, call_service, init_service},
    web,
};
use captcha_actix::{CaptchaForm, CaptchaJson, CaptchaPayloadConfig, install};

use super::*;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Signup {
    name: String,
    age: u8,
}

async fn form(CaptchaForm { value, proof }: CaptchaForm<Signup>) -> String {
    format!("{} {} {}", value.name, value.age, proof.action())
}

async fn json(CaptchaJson { value, proof }: CaptchaJson<Signup>) -> String {
    format!("{} {} {}", value.name, value.age, proof.action())
}

macro_rules! app {
    ($captcha:expr) => {
        init_service(
            App::new()
                .configure(install($captcha.clone(), "/captcha"))
                .route("/form", web::post().to(form))
                .route("/json", web::post().to(json))
                .service(
                    web::resource("/short")
                        .app_data(CaptchaPayloadConfig::default().limit(40))
                        .route(web::post().to(form)),
                ),
        )
        .await
    };
}

fn post(path: &str, content_type: (&'static str, &'static str), body: &str) -> TestRequest {
    (TestRequest::post().uri(path))
        .insert_header(content_type)
        .set_payload(body.to_owned())
}

#[actix_web::test]
async fn the_token_comes_by_field_header_or_cookie() {
    let captcha = engine();
    let app = app!(captcha);
    let (by_form, by_json) = (token(&captcha).await, token(&captcha).await);
    let fields = "name=Ada+L&age=36";
    let object = r#"{"name":"Ada L","age":36}"#;
    let requests = [
        post("/form", FORM, &format!("{fields}&captcha-token={by_form}")),
        by_header(post("/form", FORM, fields), &token(&captcha).await),
        by_cookie(post("/form", FORM, fields), &token(&captcha).await),
        post(
            "/json",
            JSON,
            &format!(r#"{{"captcha-token":"{by_json}","name":"Ada L","age":36}}"#),
        ),
        by_header(post("/json", JSON, object), &token(&captcha).await),
        by_cookie(post("/json", JSON, object), &token(&captcha).await),
    ];
    for request in requests {
        let response = call_service(&app, request.to_request()).await;
        assert_eq!(text(response).await, "Ada L 36 signup");
    }
}

#[actix_web::test]
async fn the_field_comes_before_the_header_and_the_cookie() {
    let captcha = engine();
    let app = app!(captcha);
    let sent = token(&captcha).await;
    let forged = post("/form", FORM, "name=A&age=1&captcha-token=made-up");
    let response = call_service(&app, by_header(forged, &sent).to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "malformed"));
    let twice = post(
        "/form",
        FORM,
        "name=A&age=1&captcha-token=a&captcha-token=b",
    );
    let response = call_service(&app, by_cookie(twice, &sent).to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "malformed"));
}

#[actix_web::test]
async fn a_typo_does_not_burn_the_token() {
    let captcha = engine();
    let app = app!(captcha);
    let sent = token(&captcha).await;
    let typo = post(
        "/form",
        FORM,
        &format!("name=A&age=old&captcha-token={sent}"),
    );
    let response = call_service(&app, typo.to_request()).await;
    assert_eq!(reason(&response), None);
    assert_eq!(refusal(response).await, refused(422, "invalid-fields"));
    let broken = by_header(post("/json", JSON, r#"{"name":"#), &sent);
    let response = call_service(&app, broken.to_request()).await;
    assert_eq!(refusal(response).await, refused(400, "malformed"));
    let right = post("/form", FORM, &format!("name=A&age=1&captcha-token={sent}"));
    let response = call_service(&app, right.to_request()).await;
    assert_eq!(text(response).await, "A 1 signup");
}

#[actix_web::test]
async fn missing_spent_and_wrong_action_are_told_apart() {
    let captcha = engine();
    let app = app!(captcha);
    let missing = post("/form", FORM, "name=A&age=1&captcha-token=");
    let response = call_service(&app, missing.to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "missing"));
    let login = token_for(&captcha, "login").await;
    let wrong = post(
        "/form",
        FORM,
        &format!("name=A&age=1&captcha-token={login}"),
    );
    let response = call_service(&app, wrong.to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "wrong-action"));
    let spent = token(&captcha).await;
    captcha.redeem(&spent, None).await.unwrap();
    let spent = post(
        "/json",
        JSON,
        &format!(r#"{{"name":"A","age":1,"captcha-token":"{spent}"}}"#),
    );
    let response = call_service(&app, spent.to_request()).await;
    assert_eq!(refusal(response).await, refused(403, "spent"));
}

#[actix_web::test]
async fn another_content_type_is_415_and_a_long_body_413() {
    let captcha = engine();
    let app = app!(captcha);
    let sent = token(&captcha).await;
    let others = [
        post("/form", JSON, "{}"),
        post("/json", FORM, "name=A"),
        post(
            "/form",
            ("content-type", "multipart/form-data; boundary=x"),
            "--x--",
        ),
        TestRequest::post().uri("/form").set_payload("name=A"),
    ];
    for other in others {
        let response = call_service(&app, by_header(other, &sent).to_request()).await;
        assert_eq!(
            refusal(response).await,
            refused(415, "unsupported-media-type")
        );
    }
    let at_limit = format!("age=1&name={}", "a".repeat(29));
    assert_eq!(at_limit.len(), 40);
    let over_limit = format!("{at_limit}a");
    let over_default = format!("age=1&name={}", "a".repeat(64 * 1_024));
    let longs = [
        post("/short", FORM, &over_limit),
        post("/form", FORM, &over_default),
        post("/form", FORM, "").insert_header(("content-length", "70000")),
    ];
    for long in longs {
        let response = call_service(&app, by_header(long, &sent).to_request()).await;
        assert_eq!(refusal(response).await, refused(413, "too-large"));
    }
    let fits = by_header(post("/short", FORM, &at_limit), &sent);
    let response = call_service(&app, fits.to_request()).await;
    assert!(response.status().is_success());
}
