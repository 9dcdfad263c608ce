use std::{net::SocketAddr, sync::mpsc, thread};

use captcha_rocket::{
    CaptchaFairing, CaptchaForm, CaptchaJson, OptionalCaptcha, StoreFailure, VerifiedCaptcha,
};
use rocket::{
    Build, Config, Rocket, config::LogLevel, error::ErrorKind, fairing::AdHoc, form::Strict, get,
    post, routes, tokio::runtime,
};

use super::{Login, Running, Signup};
use crate::engine::Engine;

pub(super) fn start(engine: Engine) -> Running {
    let (started, running) = mpsc::channel();
    thread::spawn(move || {
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let told = AdHoc::on_liftoff("Address", move |rocket| {
            Box::pin(async move {
                let config = rocket.config();
                let addr = SocketAddr::new(config.address, config.port);
                started.send((addr, rocket.shutdown())).unwrap();
            })
        });
        runtime.block_on(async {
            // A connection that is still open when a case ends is no failure.
            if let Err(error) = app(&engine).attach(told).launch().await
                && !matches!(error.kind(), ErrorKind::Shutdown(..))
            {
                panic!("{error}");
            }
        });
        runtime.shutdown_background();
    });
    let (addr, shutdown) = running.recv().unwrap();
    Running::new(addr, move || shutdown.notify())
}

fn app(engine: &Engine) -> Rocket<Build> {
    let mut config = Config {
        port: 0,
        log_level: LogLevel::Off,
        ..Config::default()
    };
    config.shutdown.ctrlc = false;
    config.shutdown.signals.clear();
    config.shutdown.grace = 0;
    config.shutdown.mercy = 0;
    let fairing = CaptchaFairing::new(engine.captcha.clone())
        .at("/captcha")
        .action("/login", "login")
        .on_store_failure("/open", StoreFailure::Degraded)
        .on_store_failure("/open-form", StoreFailure::Degraded);
    rocket::custom(config).attach(fairing).mount(
        "/",
        routes![
            signup, api_signup, login, members, optional, double, open, open_form
        ],
    )
}

// `Strict`, as the others refuse unknown fields.
#[post("/signup", data = "<form>")]
fn signup(form: CaptchaForm<Strict<Signup>>) -> String {
    form.value.welcome(form.proof.action())
}

#[post("/api/signup", data = "<body>")]
fn api_signup(body: CaptchaJson<Signup>) -> String {
    body.value.welcome(body.proof.action())
}

#[post("/login", data = "<form>")]
fn login(form: CaptchaForm<Strict<Login>>) -> String {
    format!("{}: {}", form.proof.action(), form.value.user)
}

#[get("/members")]
fn members(proof: VerifiedCaptcha) -> String {
    format!("members: {}", proof.action())
}

#[get("/open")]
fn open(proof: VerifiedCaptcha) -> &'static str {
    super::checked(&proof)
}

#[post("/open-form", data = "<form>")]
fn open_form(form: CaptchaForm<Strict<Signup>>) -> &'static str {
    super::checked(&form.proof)
}

#[get("/optional")]
fn optional(proof: OptionalCaptcha) -> &'static str {
    super::optional(proof.0.as_deref())
}

#[post("/double", data = "<form>")]
fn double(
    first: VerifiedCaptcha,
    second: OptionalCaptcha,
    form: CaptchaForm<Strict<Signup>>,
) -> String {
    let second = super::optional(second.0.as_deref());
    format!(
        "{}, {second}, {}",
        first.action(),
        form.value.welcome(form.proof.action())
    )
}
