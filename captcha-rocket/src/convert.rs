//! Between Rocket's types and the core's.

use std::{io::Cursor, net::IpAddr};

use captcha_core::endpoint::{self, Headers};
use rocket::{
    Request, Response,
    http::{Header, Status},
};

use crate::visit::Visit;

/// Headers that Rocket's `Shield` may write as well. It warns about each one that it finds set, so
/// they are set once it has run; the core's word is the last.
const SHIELDED: [&str; 6] = [
    "permissions-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-dns-prefetch-control",
    "x-frame-options",
];

/// The headers of a request, with what Rocket keeps beside them.
pub(crate) struct Incoming<'r> {
    headers: Vec<Header<'r>>,
    host: Option<String>,
    cookies: Option<String>,
}

impl<'r> Incoming<'r> {
    pub(crate) fn of(request: &'r Request<'_>) -> Self {
        let headers = request.headers();
        // Under HTTP/2 the host is in the request line.
        let host = (!headers.contains("host"))
            .then(|| request.host().map(ToString::to_string))
            .flatten();
        // Rocket's local client puts cookies into the jar alone. A request from outside has them in
        // its header too, so this cannot add any to it.
        let cookies = (!headers.contains("cookie"))
            .then(|| {
                let pairs = request.cookies().iter();
                let pairs: Vec<_> = pairs
                    .map(|c| format!("{}={}", c.name(), c.value()))
                    .collect();
                (!pairs.is_empty()).then(|| pairs.join("; "))
            })
            .flatten();
        Self {
            headers: headers.iter().collect(),
            host,
            cookies,
        }
    }

    pub(crate) fn headers(&self) -> Headers<'_> {
        let headers: Headers<'_> = (self.headers.iter())
            .map(|header| (header.name().as_str(), header.value().as_bytes()))
            .collect();
        headers
            .or("host", self.host.as_deref())
            .or("cookie", self.cookies.as_deref())
    }
}

/// The socket's other end. Never `client_ip`: it believes a header that any client can write.
pub(crate) fn peer(request: &Request<'_>) -> Option<IpAddr> {
    request.remote().map(|remote| remote.ip())
}

/// An answer of the core as one of Rocket's.
pub(crate) fn respond<'o>(request: &Request<'_>, answer: endpoint::Response) -> Response<'o> {
    let mut response = Response::new();
    response.set_status(Status::new(answer.status));
    let (late, now): (Vec<_>, Vec<_>) = (answer.headers.into_iter())
        .partition(|(name, _)| SHIELDED.iter().any(|shielded| shielded == name));
    for (name, value) in now {
        response.adjoin_raw_header(name, value);
    }
    Visit::of(request).notes().late = late;
    // Without a body, Rocket gives the answer to a HEAD no length, rather than a wrong one.
    if !answer.body.is_empty() {
        response.set_sized_body(answer.body.len(), Cursor::new(answer.body));
    }
    response
}
