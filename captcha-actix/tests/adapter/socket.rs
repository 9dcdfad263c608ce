//! What only shows on the wire.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use actix_web::{App, HttpServer, web};
use captcha_actix::{RequireCaptcha, install};

use super::*;

/// Sends raw requests over one connection and reads until the server closes it.
fn exchange(address: SocketAddr, sent: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(sent.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[actix_web::test]
async fn head_says_nothing_wrong_about_the_length_and_413_needs_no_body() {
    let captcha = engine();
    let server = HttpServer::new(move || {
        let guard = RequireCaptcha::new(captcha.clone()).form_body(64);
        App::new()
            .configure(install(captcha.clone(), "/captcha"))
            .service(web::resource("/").wrap(guard).route(web::post().to(hello)))
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    web::block(move || {
        let close = "host: a\r\nconnection: close";
        let get = exchange(
            address,
            &format!("GET /captcha/widget.js HTTP/1.1\r\n{close}\r\n\r\n"),
        );
        let head = exchange(
            address,
            &format!("HEAD /captcha/widget.js HTTP/1.1\r\n{close}\r\n\r\n"),
        );
        let (get, script) = get.split_once("\r\n\r\n").unwrap();
        let (head, empty) = head.split_once("\r\n\r\n").unwrap();
        assert_eq!(empty, "");
        assert!(
            get.contains(&format!("content-length: {}", script.len())),
            "{get}"
        );
        assert!(!head.contains("content-length"), "{head}");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");

        // The body is announced and never sent.
        let announced = "content-type: application/x-www-form-urlencoded\r\ncontent-length: 65";
        let refused = exchange(
            address,
            &format!("POST / HTTP/1.1\r\n{close}\r\n{announced}\r\n\r\n"),
        );
        assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
        // One that stops early is not mistaken for a shorter one.
        let chunked =
            "content-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked";
        let sent = format!("POST / HTTP/1.1\r\n{close}\r\n{chunked}\r\n\r\n3\r\na=1\r\nzz\r\n");
        let refused = exchange(address, &sent);
        assert!(refused.starts_with("HTTP/1.1 400"), "{refused}");
    })
    .await
    .unwrap();
    handle.stop(false).await;
}
