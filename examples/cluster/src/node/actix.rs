use actix_web::{App, HttpServer, web};
use captcha_actix::CaptchaForm;
use captcha_core::Captcha;

use super::fields::{PAGE, Signup};
use crate::Fallible;

#[actix_web::main]
pub(super) async fn serve(captcha: Captcha) -> Fallible<()> {
    let server = HttpServer::new(move || {
        App::new()
            .configure(captcha_actix::install(captcha.clone(), "/captcha"))
            .route("/", web::get().to(|| async { PAGE }))
            .route("/signup", web::post().to(signup))
    })
    .workers(2)
    .disable_signals()
    .bind(super::ANY_PORT)?;
    for address in server.addrs() {
        super::announce(address);
    }
    Ok(server.run().await?)
}

/// Runs only if the captcha was solved.
async fn signup(form: CaptchaForm<Signup>) -> String {
    form.value.welcome()
}
