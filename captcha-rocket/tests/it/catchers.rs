use std::collections::BTreeSet;

use captcha_rocket::{CaptchaFairing, CaptchaRejection, VerifiedCaptcha};
use rocket::{
    Request, catch, catchers,
    fairing::AdHoc,
    get,
    http::{Accept, Status},
    routes,
};

use crate::*;

#[get("/members")]
fn members(_proof: VerifiedCaptcha) -> &'static str {
    "in"
}

#[get("/closed")]
fn closed() -> Status {
    Status::Forbidden
}

#[get("/ignored")]
fn ignored(_proof: Option<VerifiedCaptcha>) -> Status {
    Status::UnprocessableEntity
}

#[catch(403)]
fn own(request: &Request<'_>) -> String {
    match CaptchaRejection::of(request) {
        Some(rejection) => format!("own: {}", rejection.problem().kind),
        None => "own".to_owned(),
    }
}

#[catch(default)]
fn default(status: Status, _request: &Request<'_>) -> String {
    format!("default {}", status.code)
}

fn app() -> Rocket<Build> {
    rocket(&engine(), routes![members, closed, ignored])
}

#[rocket::async_test]
async fn what_is_not_about_the_captcha_looks_as_before() {
    let plain = rocket::custom(rocket::Config {
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::debug_default()
    });
    let before = client(plain.mount("/", routes![closed])).await;
    let after = client(app()).await;
    for accept in [Accept::HTML, Accept::JSON, Accept::Any] {
        let get = async |client: &Client| {
            let response = client
                .get("/closed")
                .header(accept.clone())
                .dispatch()
                .await;
            // Shield writes its headers in no fixed order.
            let headers: BTreeSet<_> = response
                .headers()
                .iter()
                .map(|header| header.to_string())
                .collect();
            (response.status(), headers, response.into_string().await)
        };
        assert_eq!(get(&after).await, get(&before).await);
    }
}

#[rocket::async_test]
async fn a_refusal_of_another_status_is_not_shown() {
    let client = client(app()).await;
    let (status, body) = send(client.get("/ignored")).await;
    assert_eq!(status, Status::UnprocessableEntity);
    assert!(body.contains("<small>Rocket</small>"), "{body}");
}

#[rocket::async_test]
async fn the_hosts_default_catcher_is_asked() {
    let client = client(app().register("/", catchers![default])).await;
    assert_eq!(
        send(client.get("/closed")).await,
        (Status::Forbidden, "default 403".to_owned())
    );
    assert_eq!(
        refusal(client.get("/members")).await,
        refused(403, "missing")
    );
}

#[rocket::async_test]
async fn the_hosts_catcher_wins() {
    let late = AdHoc::on_ignite("late", |rocket| async {
        rocket.register("/", catchers![own])
    });
    for rocket in [
        app().register("/", catchers![own, default]),
        app().attach(late),
    ] {
        let client = client(rocket).await;
        assert_eq!(
            send(client.get("/closed")).await,
            (Status::Forbidden, "own".to_owned())
        );
        let refused = (Status::Forbidden, "own: missing".to_owned());
        assert_eq!(send(client.get("/members")).await, refused);
    }
}

#[rocket::async_test]
async fn catchers_can_be_left_out() {
    let config = rocket::Config {
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::debug_default()
    };
    let rocket = rocket::custom(config)
        .attach(CaptchaFairing::new(engine()).without_catchers())
        .mount("/", routes![members]);
    assert_eq!(rocket.catchers().count(), 0);
    let (status, body) = send(client(rocket).await.get("/members")).await;
    assert_eq!(status, Status::Forbidden);
    assert!(body.contains("<small>Rocket</small>"), "{body}");
}
