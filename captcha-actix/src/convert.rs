//! Between the types of actix-web and the plain ones of the core.

use std::{borrow::Cow, net::IpAddr};

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    body::{self, BoxBody},
    dev::Payload,
    http::{StatusCode, header::CONTENT_LENGTH},
    web::{Bytes, BytesMut},
};
use captcha_core::endpoint::{self, Headers};
use futures_util::StreamExt as _;

pub(crate) fn headers(request: &HttpRequest) -> Headers<'_> {
    (request.headers().iter())
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect::<Headers<'_>>()
        // HTTP/2 sends the host in the request line.
        .or(
            "host",
            request
                .uri()
                .authority()
                .map(|authority| authority.as_str()),
        )
}

/// The socket's other end. What a header says about it, any client can write.
pub(crate) fn peer(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|address| address.ip())
}

pub(crate) fn response(plain: endpoint::Response) -> HttpResponse {
    let body = match plain.body {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    respond(plain.status, &plain.headers, BoxBody::new(body))
}

/// As [`response`], without a body and without a word about its length: `content-length: 0` would
/// be wrong about what `GET` answers (RFC 9110, section 8.6).
pub(crate) fn head_response(plain: &endpoint::Response) -> HttpResponse {
    respond(
        plain.status,
        &plain.headers,
        BoxBody::new(body::None::new()),
    )
}

fn respond(
    status: u16,
    headers: &[(&'static str, Cow<'static, str>)],
    body: BoxBody,
) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for (name, value) in headers {
        response.append_header((*name, value.as_ref()));
    }
    response.body(body)
}

/// What was read of a body.
pub(crate) enum Read {
    /// All of it.
    Whole(Bytes),
    /// It is longer than the limit. What was read until then, one byte over the limit at most.
    TooLong(Bytes),
    /// The connection broke.
    Broken,
}

/// Reads a body into memory, and stops as soon as it is longer than `limit`.
pub(crate) async fn read(payload: &mut Payload, limit: usize) -> Read {
    let mut whole = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let Ok(mut chunk) = chunk else {
            return Read::Broken;
        };
        chunk.truncate(limit.saturating_add(1).saturating_sub(whole.len()));
        whole.extend_from_slice(&chunk);
        if whole.len() > limit {
            return Read::TooLong(whole.freeze());
        }
    }
    Read::Whole(whole.freeze())
}

/// Whether the request itself says that its body is longer than `limit`.
pub(crate) fn announces_more_than(limit: usize, request: &HttpRequest) -> bool {
    (request.headers().get(CONTENT_LENGTH))
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok())
        .is_some_and(|length| length > limit as u64)
}

/// What the host put into `app_data` nearest to the route, bare or as `web::Data`.
pub(crate) fn setting<T: 'static>(request: &HttpRequest) -> Option<&T> {
    (request.app_data::<T>())
        .or_else(|| Some(request.app_data::<actix_web::web::Data<T>>()?.as_ref()))
}

/// The request's own value of `T`, made on first use. The borrow ends before this returns.
pub(crate) fn once_per_request<T: Clone + Default + 'static>(request: &HttpRequest) -> T {
    let mut extensions = request.extensions_mut();
    if let Some(there) = extensions.get::<T>() {
        return there.clone();
    }
    let made = T::default();
    extensions.insert(made.clone());
    made
}
