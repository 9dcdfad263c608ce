use captcha_rocket::{CaptchaRejection, ErrorKind, OptionalCaptcha, VerifiedCaptcha};
use rocket::{get, http::Status, post, routes};

use crate::*;

#[get("/members")]
fn members(proof: VerifiedCaptcha) -> String {
    proof.action().to_owned()
}

#[get("/twice")]
fn twice(first: VerifiedCaptcha, _second: VerifiedCaptcha, third: OptionalCaptcha) -> String {
    assert!(third.0.is_some());
    first.action().to_owned()
}

#[get("/search")]
fn search(captcha: OptionalCaptcha) -> &'static str {
    if captcha.0.is_some() { "all" } else { "few" }
}

#[get("/own")]
fn own(proof: Result<VerifiedCaptcha, CaptchaRejection>) -> Result<&'static str, CaptchaRejection> {
    match proof {
        Ok(_) => Ok("solved"),
        Err(rejection) if rejection.kind() == Some(ErrorKind::Missing) => Ok("please solve it"),
        Err(rejection) => Err(rejection),
    }
}

#[get("/forward")]
fn first(_proof: VerifiedCaptcha) -> &'static str {
    "guarded"
}

#[get("/forward", rank = 2)]
fn second() -> &'static str {
    "unguarded"
}

#[post("/poll/<_id>/vote?<_way>")]
fn vote(_id: u32, _way: Option<&str>, proof: VerifiedCaptcha) -> String {
    proof.action().to_owned()
}

async fn app(captcha: &Captcha) -> Client {
    client(rocket(
        captcha,
        routes![members, twice, search, own, first, second, vote],
    ))
    .await
}

#[rocket::async_test]
async fn a_token_is_read_from_the_header_or_the_cookie_and_redeemed_once() {
    let captcha = engine();
    let client = app(&captcha).await;
    let solved = (Status::Ok, "signup".to_owned());
    let get = || client.get("/members");

    assert_eq!(refusal(get()).await, refused(403, "missing"));
    let sent = token(&captcha).await;
    assert_eq!(send(get().header(token_header(&sent))).await, solved);
    assert_eq!(
        refusal(get().header(token_header(&sent))).await,
        refused(403, "spent")
    );
    let carried = token(&captcha).await;
    assert_eq!(send(get().header(cookie_header(&carried))).await, solved);
    // A cookie comes along by itself.
    assert_eq!(
        refusal(get().header(cookie_header(&carried))).await,
        refused(403, "missing")
    );
    // The local client's own way to send one.
    let jarred = token(&captcha).await;
    assert_eq!(send(get().cookie((COOKIE, jarred))).await, solved);
    // Never from the query.
    let asked = format!("/members?captcha-token={}", token(&captcha).await);
    assert_eq!(refusal(client.get(asked)).await, refused(403, "missing"));
}

#[rocket::async_test]
async fn what_was_sent_and_is_not_good_is_refused() {
    let captcha = engine();
    let client = app(&captcha).await;
    let get = || client.get("/members");

    assert_eq!(
        refusal(get().header(token_header("forged"))).await,
        refused(403, "malformed")
    );
    assert_eq!(
        refusal(get().header(cookie_header("forged"))).await,
        refused(403, "malformed")
    );
    let foreign = token(&engine()).await;
    assert_eq!(
        refusal(get().header(token_header(&foreign))).await,
        refused(403, "malformed")
    );
    let good = token(&captcha).await;
    let double = get()
        .header(token_header(&good))
        .header(token_header(&good));
    assert_eq!(refusal(double).await, refused(403, "malformed"));
    let other = captcha.token_for_tests(Some("login")).await.unwrap();
    let other = token_header(other.as_str());
    assert_eq!(
        refusal(get().header(other)).await,
        refused(403, "wrong-action")
    );
    // None of this has spent the good one.
    assert_eq!(send(get().header(token_header(&good))).await.0, Status::Ok);
}

#[rocket::async_test]
async fn two_guards_redeem_once() {
    let captcha = engine();
    let client = app(&captcha).await;
    let token = token(&captcha).await;
    let request = || client.get("/twice").header(token_header(&token));
    assert_eq!(send(request()).await, (Status::Ok, "signup".to_owned()));
    assert_eq!(refusal(request()).await, refused(403, "spent"));
}

#[rocket::async_test]
async fn an_optional_guard_passes_a_missing_token_and_no_forged_one() {
    let captcha = engine();
    let client = app(&captcha).await;
    let get = || client.get("/search");
    assert_eq!(send(get()).await.1, "few");
    assert_eq!(
        send(get().header(token_header(&token(&captcha).await)))
            .await
            .1,
        "all"
    );
    assert_eq!(
        refusal(get().header(token_header("forged"))).await,
        refused(403, "malformed")
    );
}

#[rocket::async_test]
async fn a_handler_may_decide_about_a_refusal() {
    let captcha = engine();
    let client = app(&captcha).await;
    let get = || client.get("/own");
    assert_eq!(
        send(get()).await,
        (Status::Ok, "please solve it".to_owned())
    );
    assert_eq!(
        send(get().header(token_header(&token(&captcha).await)))
            .await
            .1,
        "solved"
    );
    assert_eq!(
        refusal(get().header(token_header("forged"))).await,
        refused(403, "malformed")
    );
}

#[rocket::async_test]
async fn a_refused_request_never_reaches_the_next_route() {
    let captcha = engine();
    let client = app(&captcha).await;
    assert_eq!(
        refusal(client.get("/forward")).await,
        refused(403, "missing")
    );
}

#[rocket::async_test]
async fn a_redeemed_cookie_is_forgotten() {
    let captcha = engine();
    let client = app(&captcha).await;
    let set = |response: &rocket::local::asynchronous::LocalResponse<'_>| -> Vec<String> {
        response
            .headers()
            .get("set-cookie")
            .map(str::to_owned)
            .collect()
    };
    let carried = cookie_header(&token(&captcha).await);
    let response = client
        .get("/members")
        .header(carried.clone())
        .dispatch()
        .await;
    assert_eq!(
        set(&response),
        ["__Host-captcha-token=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"]
    );
    let response = client.get("/members").header(carried).dispatch().await;
    assert!(set(&response).is_empty(), "it was not redeemed");
    let sent = token_header(&token(&captcha).await);
    let response = client.get("/members").header(sent).dispatch().await;
    assert!(set(&response).is_empty(), "it did not come by cookie");
}

#[rocket::async_test]
async fn a_route_may_expect_an_action_of_its_own() {
    let captcha = engine();
    let config = rocket::Config {
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::debug_default()
    };
    let rocket = rocket::custom(config)
        .mount("/api", routes![vote])
        .mount("/", routes![members])
        .attach(CaptchaFairing::new(captcha.clone()).action("/api/poll/<_id>/vote", "vote"));
    let client = client(rocket).await;
    let vote = || client.post("/api/poll/7/vote?_way=yes");
    let token = captcha.token_for_tests(Some("vote")).await.unwrap();
    let token = token_header(token.as_str());

    let elsewhere = client.get("/members").header(token.clone());
    assert_eq!(refusal(elsewhere).await, refused(403, "wrong-action"));
    let default = token_header(&crate::token(&captcha).await);
    assert_eq!(
        refusal(vote().header(default)).await,
        refused(403, "wrong-action")
    );
    assert_eq!(
        send(vote().header(token)).await,
        (Status::Ok, "vote".to_owned())
    );
}
