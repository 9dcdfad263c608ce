//! A sign-up page with a captcha, on Rocket: `cargo run -p rocket-signup`, then open
//! <http://127.0.0.1:3000>. `ADDR` moves it elsewhere.

use std::net::SocketAddr;

use captcha_rocket::{
    Captcha, CaptchaFairing, CaptchaForm, CaptchaJson, Readiness, VerifiedCaptcha,
};
use rocket::{
    FromForm, Responder, State,
    fairing::AdHoc,
    get,
    http::{Header, Status},
    post,
    response::content::{RawCss, RawHtml, RawJavaScript},
    routes,
    serde::json::Json,
};
use serde::Deserialize;
use signup_page::Welcome;

/// The fields of both forms.
#[derive(Deserialize, FromForm)]
struct Signup {
    name: String,
    #[expect(dead_code, reason = "a real application would write to it")]
    email: String,
}

/// An HTML page with the policy that every page has.
#[derive(Responder)]
struct Page {
    html: RawHtml<String>,
    policy: Header<'static>,
}

fn page(html: impl Into<String>) -> Page {
    Page {
        html: RawHtml(html.into()),
        policy: Header::new("Content-Security-Policy", signup_page::POLICY),
    }
}

#[get("/")]
fn index() -> Page {
    page(signup_page::INDEX)
}

#[get("/app.css")]
fn style() -> RawCss<&'static str> {
    RawCss(signup_page::APP_CSS)
}

#[get("/app.js")]
fn script() -> RawJavaScript<&'static str> {
    RawJavaScript(signup_page::APP_JS)
}

/// Runs only when the captcha was solved; otherwise the visitor gets the refusal.
#[post("/signup", data = "<form>")]
fn signup(form: CaptchaForm<Signup>) -> Page {
    page(signup_page::welcome(&form.value.name))
}

#[post("/api/signup", data = "<json>")]
fn api_signup(json: CaptchaJson<Signup>) -> Json<Welcome> {
    Json(Welcome {
        welcome: json.value.name,
    })
}

/// Behind the guard: the token comes in a header or the cookie.
#[get("/members")]
fn members(_proof: VerifiedCaptcha) -> Page {
    page(signup_page::MEMBERS)
}

/// For a balancer's readiness probe. A liveness probe asks for anything else, such as `/app.css`.
#[get("/ready")]
async fn ready(captcha: &State<Captcha>) -> (Status, Json<Readiness>) {
    let readiness = captcha.readiness().await;
    (Status::new(readiness.status()), Json(readiness))
}

/// Says where the server listens once it does, which matters for port 0.
fn announce() -> AdHoc {
    AdHoc::on_liftoff("announce", |rocket| {
        Box::pin(async move {
            let config = rocket.config();
            let bound = SocketAddr::new(config.address, config.port);
            signup_page::announce(bound);
        })
    })
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    signup_page::init_logging();
    let addr = signup_page::addr()?;
    let figment = rocket::Config::figment()
        .merge(("address", addr.ip()))
        .merge(("port", addr.port()))
        // What there is to say is logged through `tracing`.
        .merge(("log_level", "off"));
    rocket::custom(figment)
        .attach(CaptchaFairing::new(signup_page::captcha()?).at("/captcha"))
        .attach(announce())
        .mount(
            "/",
            routes![index, style, script, signup, api_signup, members, ready],
        )
        .launch()
        .await?;
    Ok(())
}
