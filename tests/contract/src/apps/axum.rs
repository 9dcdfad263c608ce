use std::{net::SocketAddr, sync::mpsc, thread};

use axum::{
    Router,
    body::Bytes,
    routing::{get, post},
};
use captcha_axum::{
    CaptchaEndpoints, CaptchaForm, CaptchaJson, ExpectedAction, OnStoreFailure, OptionalCaptcha,
    RequireCaptchaLayer, StoreFailure, VerifiedCaptcha,
};
use tokio::{net::TcpListener, sync::oneshot};

use super::{Login, REPLAYED, Running, Signup};
use crate::engine::Engine;

pub(super) fn start(engine: Engine) -> Running {
    let (address, bound) = mpsc::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            address.send(listener.local_addr().unwrap()).unwrap();
            let app = app(&engine).into_make_service_with_connect_info::<SocketAddr>();
            tokio::select! {
                served = async { axum::serve(listener, app).await } => served.unwrap(),
                _ = stopped => {}
            }
        });
        runtime.shutdown_background();
    });
    Running::new(bound.recv().unwrap(), move || drop(stop))
}

fn app(engine: &Engine) -> Router {
    let captcha = engine.captcha.clone();
    let require = || RequireCaptchaLayer::new(captcha.clone());
    let members = Router::new()
        .route("/members", get(members))
        .route_layer(require());
    let double = Router::new()
        .route("/double", post(double))
        .route_layer(require());
    let replay = Router::new()
        .route("/replay", post(|body: Bytes| async { body }))
        .route_layer(require().form_body(REPLAYED));
    let login = Router::new()
        .route("/login", post(login))
        .route_layer(ExpectedAction::layer("login"));
    let open = Router::new()
        .route("/open", get(open))
        .route_layer(require().on_store_failure(StoreFailure::Degraded));
    let open_form = Router::new()
        .route("/open-form", post(open_form))
        .route_layer(OnStoreFailure::layer(StoreFailure::Degraded));
    Router::new()
        .route("/signup", post(signup))
        .route("/api/signup", post(api_signup))
        .route("/optional", get(optional))
        .merge(members)
        .merge(double)
        .merge(replay)
        .merge(login)
        .merge(open)
        .merge(open_form)
        .nest_service("/captcha", CaptchaEndpoints::new(captcha.clone()))
        .with_state(captcha)
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
