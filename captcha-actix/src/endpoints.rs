use actix_web::{
    Error, HttpRequest, HttpResponse, Scope,
    dev::{AppService, HttpServiceFactory, Payload, ServiceRequest, fn_service},
    http::Method,
    web::{self, Bytes},
};
use captcha_core::{
    Captcha,
    endpoint::{BODY_LIMIT, Request},
};

use crate::convert::{self, Read};

/// Installs the engine below the path `at`: it serves the captcha's own routes there, and hands
/// the engine to every extractor of the application as `web::Data<Captcha>`.
///
/// Build the engine once, outside the closure of `HttpServer::new`, which runs once per worker:
/// engines built within would not know each other's spent tokens.
///
/// ```
/// use actix_web::App;
/// use captcha_actix::{Captcha, SecretKey};
///
/// # let privacy = captcha_actix::Privacy::new("Example Ltd", "privacy@example.org").legitimate_interest("keeping bots out");
/// let captcha = Captcha::builder().key(SecretKey::generate()?).privacy(privacy).build()?;
/// let app = App::new().configure(captcha_actix::install(captcha.clone(), "/captcha"));
/// # Ok::<(), captcha_actix::CaptchaError>(())
/// ```
///
/// Install it before services that catch every path, as actix-web takes the first that matches.
pub fn install(
    captcha: Captcha,
    at: &str,
) -> impl Fn(&mut web::ServiceConfig) + Clone + Send + Sync + use<> {
    let endpoints = CaptchaEndpoints::new(captcha, at);
    move |config| {
        config
            .app_data(web::Data::new(endpoints.captcha.clone()))
            .service(endpoints.clone());
    }
}

/// The captcha's own routes alone, for applications that wrap or nest them:
/// `web::scope("/captcha").wrap(..).service(CaptchaEndpoints::new(captcha, ""))`.
///
/// [`install`] is this and the `app_data` that extractors need.
#[derive(Clone, Debug)]
pub struct CaptchaEndpoints {
    captcha: Captcha,
    at: String,
}

impl CaptchaEndpoints {
    /// The routes of `captcha` below the path `at`.
    #[must_use]
    pub fn new(captcha: Captcha, at: &str) -> Self {
        Self {
            captcha,
            at: at.trim_end_matches('/').to_owned(),
        }
    }
}

impl HttpServiceFactory for CaptchaEndpoints {
    fn register(self, config: &mut AppService) {
        let Self { captcha, at } = self;
        // One service for every method and path: which of them exist is for the core to say.
        let serve = fn_service(move |request: ServiceRequest| {
            let captcha = captcha.clone();
            async move {
                let (http, mut payload) = request.into_parts();
                let response = answer(&captcha, &http, &mut payload).await;
                Ok::<_, Error>(actix_web::dev::ServiceResponse::new(http, response))
            }
        });
        Scope::new(&at).default_service(serve).register(config);
    }
}

async fn answer(captcha: &Captcha, http: &HttpRequest, payload: &mut Payload) -> HttpResponse {
    let body = match convert::read(payload, BODY_LIMIT).await {
        Read::Whole(body) | Read::TooLong(body) => body,
        // Nobody is there to read the answer.
        Read::Broken => Bytes::new(),
    };
    let request = Request {
        method: http.method().as_str(),
        path: path_below(http),
        query: http.uri().query(),
        headers: convert::headers(http),
        body: &body,
        peer: convert::peer(http),
    };
    let plain = captcha.handle(&request).await;
    if http.method() == Method::HEAD {
        convert::head_response(&plain)
    } else {
        convert::response(plain)
    }
}

/// What follows the mount point, as it was sent. The router matches decoded paths; one that is
/// spelled with escapes is no route of ours in the other adapters, so it is none here.
fn path_below(http: &HttpRequest) -> &str {
    let (sent, decoded) = (http.uri().path(), http.match_info().unprocessed());
    if sent.ends_with(decoded) {
        decoded
    } else {
        sent
    }
}
