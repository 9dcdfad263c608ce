use std::net::SocketAddr;

use axum::{
    Router,
    routing::{get, post},
};
use captcha_axum::{CaptchaEndpoints, CaptchaForm};
use captcha_core::Captcha;
use tokio::net::TcpListener;

use super::fields::{PAGE, Signup};
use crate::Fallible;

#[tokio::main(worker_threads = 2)]
pub(super) async fn serve(captcha: Captcha) -> Fallible<()> {
    let app = Router::new()
        .route("/", get(|| async { PAGE }))
        .route("/signup", post(signup))
        .nest_service("/captcha", CaptchaEndpoints::new(captcha.clone()))
        .with_state(captcha);
    let listener = TcpListener::bind(super::ANY_PORT).await?;
    super::announce(listener.local_addr()?);
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, service).await?)
}

/// Runs only if the captcha was solved.
async fn signup(form: CaptchaForm<Signup>) -> String {
    form.value.welcome()
}
