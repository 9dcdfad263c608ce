//! The captcha's own routes: everything below the mount point goes to the core.

use captcha_core::{
    Captcha,
    endpoint::{self, BODY_LIMIT},
};
use rocket::{
    Data, Request, Route, async_trait,
    data::ToByteUnit as _,
    http::Method,
    route::{Handler, Outcome},
};

use crate::convert::{self, Incoming};

/// Before every rank that Rocket gives by itself (-12 to -1): a route of the host with a dynamic
/// first segment neither takes a captcha's request nor collides with it.
const RANK: isize = -100;

/// All methods that Rocket routes, so that the core answers 404 and 405 here.
const METHODS: [Method; 7] = [
    Method::Delete,
    Method::Get,
    Method::Head,
    Method::Options,
    Method::Patch,
    Method::Post,
    Method::Put,
];

#[derive(Clone)]
struct Endpoints {
    captcha: Captcha,
    mount: String,
}

pub(crate) fn routes(captcha: &Captcha, mount: &str) -> Vec<Route> {
    let endpoints = Endpoints {
        captcha: captcha.clone(),
        mount: mount.to_owned(),
    };
    let route = |method| {
        let mut route = Route::ranked(RANK, method, "/<path..>", endpoints.clone());
        route.name = Some("captcha".into());
        route
    };
    METHODS.into_iter().map(route).collect()
}

#[async_trait]
impl Handler for Endpoints {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let mut body = Vec::new();
        // `into_bytes` would wait for one byte more than the limit.
        let read = data
            .open((BODY_LIMIT + 1).bytes())
            .stream_precise_to(&mut body)
            .await;
        if let Err(cause) = read {
            tracing::debug!(%cause, "captcha: the body of a request broke off");
        }
        let path = request.uri().path().as_str();
        let incoming = Incoming::of(request);
        let answer = self
            .captcha
            .handle(&endpoint::Request {
                method: request.method().as_str(),
                // A mount point in another spelling (`//captcha`, `/%63aptcha`) is a 404.
                path: path.strip_prefix(&self.mount).unwrap_or(path),
                query: request.uri().query().map(|query| query.as_str()),
                headers: incoming.headers(),
                body: &body,
                peer: convert::peer(request),
            })
            .await;
        Outcome::Success(convert::respond(request, answer))
    }
}
