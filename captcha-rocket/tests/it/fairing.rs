use captcha_rocket::{CaptchaForm, CaptchaJson, OptionalCaptcha, VerifiedCaptcha};
use rocket::{State, error::ErrorKind, form::Form, get, post, routes, serde::json::Value};

use crate::*;

#[get("/")]
fn verified(_proof: VerifiedCaptcha) {}

#[get("/")]
fn optional(_proof: OptionalCaptcha) {}

#[get("/")]
fn result(_proof: Result<VerifiedCaptcha, captcha_rocket::CaptchaRejection>) {}

#[post("/", data = "<form>")]
fn form(form: CaptchaForm<Vec<String>>) {
    let _ = form.value;
}

#[post("/", data = "<json>")]
fn json(json: CaptchaJson<Value>) {
    let _ = json.value;
}

#[post("/", data = "<form>")]
fn plain(form: Form<Vec<String>>) {
    let _ = form;
}

#[get("/action")]
fn action(captcha: &State<Captcha>) -> String {
    captcha.default_action().to_owned()
}

fn bare() -> Rocket<Build> {
    rocket::custom(rocket::Config {
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::debug_default()
    })
}

#[rocket::async_test]
async fn without_the_fairing_the_launch_is_aborted() {
    let guarded = [
        routes![verified],
        routes![optional],
        routes![result],
        routes![form],
        routes![json],
    ];
    for routes in guarded {
        let error = bare()
            .mount("/", routes.clone())
            .ignite()
            .await
            .unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::SentinelAborts(_)),
            "{error:?}"
        );
        let error = bare()
            .manage(engine())
            .mount("/", routes.clone())
            .ignite()
            .await
            .unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::SentinelAborts(_)),
            "an engine alone is not enough"
        );
        assert!(rocket(&engine(), routes).ignite().await.is_ok());
    }
    assert!(bare().mount("/", routes![plain]).ignite().await.is_ok());
}

#[rocket::async_test]
async fn the_mount_point_has_to_be_a_path_of_its_own() {
    for mount in ["/captcha", "/captcha/", "/account/captcha"] {
        let rocket = bare().attach(CaptchaFairing::new(engine()).at(mount));
        let client = client(rocket).await;
        let script = format!("{}/widget.js", mount.trim_end_matches('/'));
        assert_eq!(send(client.get(script)).await.0, Status::Ok);
    }
    for mount in [
        "",
        "/",
        "captcha",
        "/captcha?a",
        "/cap tcha",
        "//captcha",
        "/<captcha>",
        "https://a/b",
    ] {
        let error = bare()
            .attach(CaptchaFairing::new(engine()).at(mount))
            .ignite()
            .await;
        let error = error
            .err()
            .unwrap_or_else(|| panic!("{mount:?} was mounted"));
        assert!(
            matches!(error.kind(), ErrorKind::FailedFairings(_)),
            "{mount:?}"
        );
    }
}

#[rocket::async_test]
async fn the_engine_is_managed_and_of_two_fairings_the_last_counts() {
    let other = Captcha::builder()
        .privacy(captcha_core::testing::privacy())
        .key(SecretKey::generate().unwrap())
        .kinds([Kind::Work]);
    let other = other.action("other").build().unwrap();
    let client =
        client(rocket(&other, routes![action]).attach(CaptchaFairing::new(engine()))).await;
    assert_eq!(send(client.get("/action")).await.1, "signup");
}

#[rocket::async_test]
async fn an_action_for_no_route_does_not_stop_the_launch() {
    let rocket = bare().attach(CaptchaFairing::new(engine()).action("/nowhere", "x"));
    assert!(Client::untracked(rocket).await.is_ok());
}

#[test]
fn a_handler_can_be_called_with_a_made_up_proof() {
    let proof = VerifiedCaptcha::for_tests("signup");
    assert_eq!(proof.action(), "signup");
    verified(proof);
}
