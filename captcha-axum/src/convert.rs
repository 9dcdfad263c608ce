//! Between the types of `http` and the plain ones of the core.

use std::net::{IpAddr, SocketAddr};

use axum::{
    BoxError,
    body::Body,
    extract::{ConnectInfo, OriginalUri},
};
use bytes::{Bytes, BytesMut};
use captcha_core::endpoint::{self, Headers};
use http::{HeaderName, HeaderValue, StatusCode, request::Parts};
use http_body::Body as HttpBody;
use http_body_util::{BodyExt, LengthLimitError};

pub(crate) fn headers(parts: &Parts) -> Headers<'_> {
    (parts.headers.iter())
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect::<Headers<'_>>()
        // HTTP/2 sends the host in the request line.
        .or(
            "host",
            parts.uri.authority().map(|authority| authority.as_str()),
        )
}

/// What follows the mount point. Nesting takes one slash off a doubled one, so that it would be
/// served under two spellings, and a rule of a proxy kept for one of them.
pub(crate) fn path_below_mount(parts: &Parts) -> &str {
    let path = parts.uri.path();
    let original = (parts.extensions.get::<OriginalUri>()).map_or("", |uri| uri.0.path());
    match original.strip_suffix(path) {
        Some(mount) if mount.ends_with('/') => original.get(mount.len() - 1..).unwrap_or(path),
        _ => path,
    }
}

/// The socket's other end, where the application provides it. Never a header.
pub(crate) fn peer(parts: &Parts) -> Option<IpAddr> {
    let info = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(info.0.ip())
}

pub(crate) fn response(plain: endpoint::Response) -> http::Response<Body> {
    let mut response = http::Response::new(Body::from(plain.body));
    *response.status_mut() =
        StatusCode::from_u16(plain.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in plain.headers {
        // The core writes only what is valid here; one that is not would be left out.
        if let Ok(value) = HeaderValue::try_from(value.as_ref()) {
            (response.headers_mut()).append(HeaderName::from_static(name), value);
        }
    }
    response
}

/// What was read of a body.
pub(crate) enum Read {
    /// All of it.
    Whole(Bytes),
    /// It is longer than the limit. What was read until then.
    TooLong(Bytes),
    /// The connection broke.
    Broken,
}

/// Reads a body into memory, and stops as soon as it is longer than `limit`.
pub(crate) async fn read<B>(body: B, limit: usize) -> Read
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let mut body = std::pin::pin!(body);
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) => {
                let cut_off = is_over_a_limit(&error.into());
                return if cut_off {
                    Read::TooLong(whole.freeze())
                } else {
                    Read::Broken
                };
            }
        };
        if let Ok(data) = frame.into_data() {
            whole.extend_from_slice(&data);
        }
        if whole.len() > limit {
            return Read::TooLong(whole.freeze());
        }
    }
    Read::Whole(whole.freeze())
}

/// Whether a body ended because the application's own limit cut it off.
fn is_over_a_limit(error: &BoxError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error.as_ref());
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
