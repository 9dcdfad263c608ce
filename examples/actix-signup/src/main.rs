//! The sign-up page on actix-web: `cargo run -p actix-signup`, then http://127.0.0.1:3000.

use actix_web::{
    App, HttpResponse, HttpServer, Responder,
    http::{StatusCode, header::CONTENT_SECURITY_POLICY},
    web,
};
use captcha_actix::{Captcha, CaptchaForm, CaptchaJson, RequireCaptcha};
use signup_page::{APP_CSS, APP_JS, INDEX, MEMBERS, POLICY, Signup};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    signup_page::init_logging();
    // Once, outside the closure, which runs once per worker.
    let captcha = signup_page::captcha()?;
    let server = HttpServer::new(move || {
        App::new()
            .configure(captcha_actix::install(captcha.clone(), "/captcha"))
            .route("/", web::get().to(|| async { page(INDEX) }))
            .route(
                "/app.css",
                web::get().to(|| async { file("text/css; charset=utf-8", APP_CSS) }),
            )
            .route(
                "/app.js",
                web::get().to(|| async { file("text/javascript; charset=utf-8", APP_JS) }),
            )
            .route("/signup", web::post().to(signup))
            .route("/api/signup", web::post().to(api_signup))
            .route("/ready", web::get().to(ready))
            .service(
                web::resource("/members")
                    .wrap(RequireCaptcha::new(captcha.clone()))
                    .route(web::get().to(|| async { page(MEMBERS) })),
            )
    })
    .workers(2)
    .bind(signup_page::addr()?)?;
    for address in server.addrs() {
        signup_page::announce(address);
    }
    server.run().await?;
    Ok(())
}

/// Runs only if the captcha was solved.
async fn signup(form: CaptchaForm<Signup>) -> impl Responder {
    page(signup_page::welcome(&form.value.name))
}

async fn api_signup(body: CaptchaJson<Signup>) -> impl Responder {
    web::Json(signup_page::Welcome {
        welcome: body.value.name,
    })
}

/// For a balancer's readiness probe. A liveness probe asks for anything else, such as `/app.css`.
async fn ready(captcha: web::Data<Captcha>) -> impl Responder {
    let readiness = captcha.readiness().await;
    let status = StatusCode::from_u16(readiness.status());
    HttpResponse::build(status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE)).json(readiness)
}

fn page(html: impl Into<String>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(html.into())
}

fn file(content_type: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type(content_type).body(text)
}
