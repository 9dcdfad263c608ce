use std::{sync::mpsc, thread, time::Duration};

use actix_web::{
    App, HttpServer,
    rt::System,
    web::{self, Bytes, ServiceConfig},
};
use captcha_actix::{
    CaptchaForm, CaptchaJson, ExpectedAction, OptionalCaptcha, RequireCaptcha, StoreFailure,
    VerifiedCaptcha,
};

use super::{Login, REPLAYED, Running, Signup};
use crate::engine::Engine;

const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn start(engine: Engine) -> Running {
    let (started, running) = mpsc::channel();
    thread::spawn(move || {
        System::new().block_on(async move {
            let server = HttpServer::new(move || {
                let engine = engine.clone();
                App::new().configure(move |config| routes(config, &engine))
            })
            .workers(2)
            // Ten thousand connections take their time to open, on a busy machine, and wait for each other.
            .client_request_timeout(PATIENCE)
            .keep_alive(PATIENCE)
            .disable_signals()
            .bind(("127.0.0.1", 0))
            .unwrap();
            let addr = server.addrs()[0];
            let server = server.run();
            started.send((addr, server.handle())).unwrap();
            server.await.unwrap();
        });
    });
    let (addr, handle) = running.recv().unwrap();
    Running::new(addr, move || {
        captcha_core::testing::block_on(handle.stop(false))
    })
}

fn routes(config: &mut ServiceConfig, engine: &Engine) {
    let require = || RequireCaptcha::new(engine.captcha.clone());
    config
        .configure(captcha_actix::install(engine.captcha.clone(), "/captcha"))
        .route("/signup", web::post().to(signup))
        .route("/api/signup", web::post().to(api_signup))
        .route("/optional", web::get().to(optional))
        .service(
            web::resource("/members")
                .wrap(require())
                .route(web::get().to(members)),
        )
        .service(
            web::resource("/double")
                .wrap(require())
                .route(web::post().to(double)),
        )
        .service(
            web::resource("/replay")
                .wrap(require().form_body(REPLAYED))
                .route(web::post().to(|body: Bytes| async { body })),
        )
        .service(
            web::resource("/open")
                .wrap(require().on_store_failure(StoreFailure::Degraded))
                .route(web::get().to(open)),
        )
        .service(
            web::resource("/open-form")
                .app_data(StoreFailure::Degraded)
                .route(web::post().to(open_form)),
        )
        .service(
            web::resource("/login")
                .app_data(ExpectedAction::new("login"))
                .route(web::post().to(login)),
        );
}

async fn signup(form: CaptchaForm<Signup>) -> String {
    form.value.welcome(form.proof.action())
}

async fn api_signup(body: CaptchaJson<Signup>) -> String {
    body.value.welcome(body.proof.action())
}

async fn login(form: CaptchaForm<Login>) -> String {
    format!("{}: {}", form.proof.action(), form.value.user)
}

async fn members(proof: VerifiedCaptcha) -> String {
    format!("members: {}", proof.action())
}

async fn open(proof: VerifiedCaptcha) -> &'static str {
    super::checked(&proof)
}

async fn open_form(form: CaptchaForm<Signup>) -> &'static str {
    super::checked(&form.proof)
}

async fn optional(proof: OptionalCaptcha) -> &'static str {
    super::optional(proof.0.as_deref())
}

async fn double(
    first: VerifiedCaptcha,
    second: OptionalCaptcha,
    form: CaptchaForm<Signup>,
) -> String {
    let second = super::optional(second.0.as_deref());
    format!(
        "{}, {second}, {}",
        first.action(),
        form.value.welcome(form.proof.action())
    )
}
