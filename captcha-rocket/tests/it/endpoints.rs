use captcha_rocket::Limits;
use rocket::{
    get,
    http::{ContentType, Method, Status},
    routes,
};

use crate::*;

#[get("/<lang>/about")]
fn about(lang: &str) -> String {
    lang.to_owned()
}

#[rocket::get("/<_..>")]
fn everything() -> &'static str {
    "the host's"
}

fn challenge(client: &Client) -> LocalRequest<'_> {
    client
        .post("/captcha/challenge")
        .header(ContentType::JSON)
        .body("{}")
}

#[rocket::async_test]
async fn the_core_answers_below_the_mount_point() {
    let captcha = engine();
    // Neither of these collides with the captcha or takes its requests.
    let client = client(rocket(&captcha, routes![about, everything])).await;

    let response = client.get("/captcha/widget.js").dispatch().await;
    assert_eq!(response.status(), Status::Ok);
    let tag = response.headers().get_one("etag").unwrap().to_owned();
    assert_eq!(response.headers().get("x-content-type-options").count(), 1);
    assert!(!response.into_bytes().await.unwrap().is_empty());
    let known = client
        .get("/captcha/widget.js")
        .header(Header::new("If-None-Match", tag));
    assert_eq!(known.dispatch().await.status(), Status::NotModified);
    let head = client.head("/captcha/widget.js").dispatch().await;
    assert_eq!(head.status(), Status::Ok);
    assert!(head.into_bytes().await.unwrap_or_default().is_empty());

    let response = challenge(&client).dispatch().await;
    assert_eq!(response.status(), Status::Ok);
    assert!(
        response
            .headers()
            .get_one("set-cookie")
            .unwrap()
            .starts_with("__Host-captcha-session=")
    );

    for path in [
        "/captcha",
        "/captcha/",
        "/captcha/about",
        "/captcha//widget.js",
        "/%63aptcha/widget.js",
    ] {
        assert_eq!(
            refusal(client.get(path)).await,
            refused(404, "not-found"),
            "{path}"
        );
    }
    for method in [
        Method::Delete,
        Method::Get,
        Method::Options,
        Method::Patch,
        Method::Put,
    ] {
        let other = client.req(method, "/captcha/challenge");
        assert_eq!(
            refusal(other).await,
            refused(405, "method-not-allowed"),
            "{method}"
        );
    }
    assert_eq!(send(client.get("/en/about")).await.1, "en");
    assert_eq!(send(client.get("/elsewhere")).await.1, "the host's");
}

#[rocket::async_test]
async fn a_long_body_is_refused() {
    let client = client(rocket(&engine(), routes![])).await;
    for (length, expected) in [
        (8 * 1_024, (400, "malformed")),
        (8 * 1_024 + 1, (413, "too-large")),
    ] {
        let request = challenge(&client).body("x".repeat(length));
        assert_eq!(refusal(request).await, refused(expected.0, expected.1));
    }
    let request = challenge(&client).body("x".repeat(1 << 20));
    assert_eq!(refusal(request).await, refused(413, "too-large"));
}

#[rocket::async_test]
async fn a_call_from_another_site_is_refused() {
    let client = client(rocket(&engine(), routes![])).await;
    let call = |origin: &'static str| {
        let host = Header::new("Host", "shop.example");
        challenge(&client)
            .header(host)
            .header(Header::new("Origin", origin))
    };
    assert_eq!(send(call("https://shop.example")).await.0, Status::Ok);
    assert_eq!(
        refusal(call("https://evil.example")).await,
        refused(403, "foreign-origin")
    );
}

#[rocket::async_test]
async fn the_peer_is_the_socket_whatever_headers_say() {
    let limits = Limits {
        per_visitor: 2,
        ..Limits::default()
    };
    let captcha = Captcha::builder()
        .privacy(captcha_core::testing::privacy())
        .key(SecretKey::generate().unwrap())
        .kinds([Kind::Work])
        .limits(limits)
        .build()
        .unwrap();
    let client = client(rocket(&captcha, routes![])).await;
    let call = async |remote: &str, claimed: &str| {
        let request = challenge(&client)
            .remote(remote.parse().unwrap())
            .header(Header::new("X-Real-IP", claimed.to_owned()))
            .header(Header::new("X-Forwarded-For", claimed.to_owned()));
        send(request).await.0.code
    };
    assert_eq!(call("192.0.2.1:1000", "198.51.100.1").await, 200);
    assert_eq!(call("192.0.2.1:1001", "198.51.100.2").await, 200);
    assert_eq!(call("192.0.2.1:1002", "198.51.100.3").await, 429);
    assert_eq!(call("192.0.2.2:1000", "198.51.100.1").await, 200);
}
