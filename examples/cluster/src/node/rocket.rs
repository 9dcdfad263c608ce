use std::net::SocketAddr;

use captcha_core::Captcha;
use captcha_rocket::{CaptchaFairing, CaptchaForm};
use rocket::{Config, config::LogLevel, fairing::AdHoc, get, post, routes};

use super::fields::{PAGE, Signup};
use crate::Fallible;

#[get("/")]
fn page() -> &'static str {
    PAGE
}

/// Runs only if the captcha was solved.
#[post("/signup", data = "<form>")]
fn signup(form: CaptchaForm<Signup>) -> String {
    form.value.welcome()
}

pub(super) fn serve(captcha: Captcha) -> Fallible<()> {
    let mut config = Config {
        address: super::ANY_PORT.ip(),
        port: super::ANY_PORT.port(),
        workers: 2,
        log_level: LogLevel::Off,
        ..Config::default()
    };
    // It ends with its standard input.
    config.shutdown.ctrlc = false;
    config.shutdown.signals.clear();
    let announce = AdHoc::on_liftoff("announce", |rocket| {
        Box::pin(async move {
            let config = rocket.config();
            super::announce(SocketAddr::new(config.address, config.port));
        })
    });
    let app = rocket::custom(config)
        .attach(CaptchaFairing::new(captcha).at("/captcha"))
        .attach(announce)
        .mount("/", routes![page, signup]);
    // As text: this error panics where it is dropped unread.
    rocket::execute(app.launch()).map_err(|error| error.to_string())?;
    Ok(())
}
