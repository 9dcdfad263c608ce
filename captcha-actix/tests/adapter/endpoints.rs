//! `install`, `CaptchaEndpoints`.

use actix_web::{
    App,
    http::Method,
    test::{TestRequest, call_service, init_service, read_body, read_body_json},
    web,
};
use captcha_actix::{CaptchaEndpoints, Limits, install};
use captcha_core::endpoint;

use super::*;

#[derive(serde::Deserialize)]
struct Issued {
    challenge: String,
}

#[actix_web::test]
async fn a_visitor_asks_answers_and_signs_up() {
    let captcha = engine();
    let app = init_service(
        App::new()
            .configure(install(captcha.clone(), "/captcha/"))
            .route("/", web::post().to(action_of)),
    )
    .await;
    let request = TestRequest::post()
        .uri("/captcha/challenge")
        .insert_header(JSON);
    let response = call_service(&app, request.set_payload("{}").to_request()).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers().contains_key("set-cookie"));
    let Issued { challenge } = read_body_json(response).await;

    let solved = captcha.solve(&challenge).await.unwrap();
    let body = format!(
        r#"{{"challenge":"{challenge}","answer":{},"work":{}}}"#,
        solved.answer.as_json(),
        solved.work
    );
    let request = TestRequest::post()
        .uri("/captcha/answer")
        .insert_header(JSON);
    let response = call_service(&app, request.set_payload(body).to_request()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let cookie = response
        .headers()
        .get("set-cookie")
        .unwrap()
        .to_str()
        .unwrap();
    let pair = cookie.split(';').next().unwrap().to_owned();

    let request = TestRequest::post().uri("/").insert_header(("cookie", pair));
    assert_eq!(
        text(call_service(&app, request.to_request()).await).await,
        "signup"
    );
}

#[actix_web::test]
async fn every_method_and_path_below_is_answered_as_the_core_answers() {
    let captcha = engine();
    let app = init_service(
        App::new()
            .configure(install(captcha.clone(), "/captcha"))
            .service(web::scope("/nested").service(CaptchaEndpoints::new(captcha.clone(), "/c"))),
    )
    .await;
    let paths = [
        ("/widget.js", "/widget.js"),
        ("/widget.css?v=1", "/widget.css"),
        ("/worker.js", "/worker.js"),
        ("/challenge", "/challenge"),
        ("/frame", "/frame"),
        ("", ""),
        ("/", "/"),
        ("/unknown/deeper", "/unknown/deeper"),
        ("//widget.js", "//widget.js"),
        // Spelled with escapes, it is another path.
        ("/widget%2ejs", "/widget%2ejs"),
        ("/widget.js/", "/widget.js/"),
    ];
    for mount in ["/captcha", "/nested/c"] {
        for (sent, path) in paths {
            for method in [Method::GET, Method::HEAD, Method::PUT, Method::OPTIONS] {
                let expected = captcha
                    .handle(&endpoint::Request {
                        method: method.as_str(),
                        path,
                        query: None,
                        headers: endpoint::Headers::default(),
                        body: &[],
                        peer: None,
                    })
                    .await;
                let uri = format!("{mount}{sent}");
                let request = TestRequest::with_uri(&uri)
                    .method(method.clone())
                    .to_request();
                let response = call_service(&app, request).await;
                assert_eq!(response.status(), expected.status, "{method} {uri}");
                assert_eq!(response.headers().len(), expected.headers.len());
                for (name, value) in &expected.headers {
                    assert_eq!(response.headers().get(*name).unwrap(), value.as_ref());
                }
                let answers = if method == Method::HEAD {
                    &[]
                } else {
                    expected.body.as_ref()
                };
                assert_eq!(read_body(response).await, answers, "{method} {uri}");
            }
        }
    }
    let beside = TestRequest::get().uri("/captchas/widget.js").to_request();
    let response = call_service(&app, beside).await;
    assert!(!response.headers().contains_key("content-type"));
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_body_over_the_limit_is_413() {
    let app = init_service(App::new().configure(install(engine(), "/captcha"))).await;
    for (length, expected) in [
        (endpoint::BODY_LIMIT, 400),
        (endpoint::BODY_LIMIT + 1, 413),
        (1 << 20, 413),
    ] {
        let request = TestRequest::post()
            .uri("/captcha/answer")
            .insert_header(JSON);
        let request = request.set_payload("x".repeat(length)).to_request();
        assert_eq!(call_service(&app, request).await.status(), expected);
    }
}

#[actix_web::test]
async fn the_peer_is_the_socket_whatever_headers_say() {
    let limits = Limits {
        per_visitor: 2,
        ..Limits::default()
    };
    let captcha = builder().limits(limits).build().unwrap();
    let app = init_service(App::new().configure(install(captcha, "/captcha"))).await;
    let ask = |peer: &str, claimed: &str| {
        let request = TestRequest::post()
            .uri("/captcha/challenge")
            .peer_addr(peer.parse().unwrap())
            .insert_header(JSON)
            .insert_header(("x-forwarded-for", claimed))
            .insert_header(("x-real-ip", claimed))
            .insert_header(("forwarded", format!("for={claimed}")))
            .set_payload("{}")
            .to_request();
        call_service(&app, request)
    };
    assert_eq!(ask("192.0.2.1:1000", "198.51.100.1").await.status(), 200);
    assert_eq!(ask("192.0.2.1:1001", "198.51.100.2").await.status(), 200);
    assert_eq!(ask("192.0.2.1:1002", "198.51.100.3").await.status(), 429);
    assert_eq!(ask("192.0.2.2:1000", "198.51.100.3").await.status(), 200);
}

#[actix_web::test]
async fn a_foreign_origin_is_refused_by_header_and_by_authority() {
    let app = init_service(App::new().configure(install(engine(), "/captcha"))).await;
    let ask = |uri: &str, origin: &str| {
        let request = TestRequest::post()
            .uri(uri)
            .insert_header(JSON)
            .insert_header(("origin", origin))
            .set_payload("{}")
            .to_request();
        call_service(&app, request)
    };
    // As HTTP/2 sends it: the host in the request line and in no header.
    let uri = "https://shop.example/captcha/challenge";
    assert_eq!(ask(uri, "https://shop.example").await.status(), 200);
    assert_eq!(ask(uri, "https://evil.example").await.status(), 403);
}
