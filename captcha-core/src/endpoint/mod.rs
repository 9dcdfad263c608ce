//! The HTTP protocol as plain data. All route logic is here, once; an adapter translates types.
//!
//! Of a request, in this order: the route (404), the method (405), the transport (403), the origin
//! of a state-changing call (403), the size of the body (413), its content type (415), its shape (400), the limits
//! (429), and only then the engine.

mod assets;
mod frame;
pub mod guard;
mod headers;
mod origin;
pub mod payload;
mod privacy;
mod problem;
mod puzzle;
mod statistics;

use std::{borrow::Cow, net::IpAddr};

use privacy::PrivacyRoute;

pub use headers::Headers;
pub use problem::{Problem, problem};

use crate::captcha::Captcha;

/// Longest body that an endpoint reads, in bytes. An adapter reads one byte more at most and hands
/// over what it has; the answer is then a 413.
pub const BODY_LIMIT: usize = 8 * 1_024;

/// A request, in the terms of no framework.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// The path below the mount point, such as `/challenge`.
    pub path: &'a str,
    /// The query string without its `?`.
    pub query: Option<&'a str>,
    /// All headers, with the authority of the request line as `host` where there is no such header.
    pub headers: Headers<'a>,
    /// The body, or its first [`BODY_LIMIT`] bytes and one more.
    pub body: &'a [u8],
    /// The address of the socket's other end, where the framework knows it.
    pub peer: Option<IpAddr>,
}

/// An answer, in the terms of no framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header names (lower case) and values, in order. No name but `set-cookie` comes twice.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body; empty for `HEAD`, with the length in the header `content-length` left to the
    /// framework.
    pub body: Cow<'static, [u8]>,
}

impl Response {
    fn new(status: u16, content_type: &'static str, body: impl Into<Cow<'static, [u8]>>) -> Self {
        Self {
            status,
            headers: vec![
                ("content-type", content_type.into()),
                ("cache-control", "no-store".into()),
                ("x-content-type-options", "nosniff".into()),
            ],
            body: body.into(),
        }
    }

    /// No body at all, as a 204 or a redirection has none.
    fn empty(status: u16) -> Self {
        Self {
            status,
            headers: vec![
                ("cache-control", "no-store".into()),
                ("x-content-type-options", "nosniff".into()),
            ],
            body: Cow::Borrowed(&[]),
        }
    }

    fn json<T: serde::Serialize>(status: u16, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::new(status, "application/json", body),
            Err(cause) => {
                tracing::error!(%cause, "an answer could not be written as JSON");
                problem(&Problem::INTERNAL)
            }
        }
    }

    fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        let value = value.into();
        let there = (self.headers.iter_mut()).find(|(other, _)| *other == name);
        match there {
            Some((_, old)) if name != "set-cookie" => *old = value,
            _ => self.headers.push((name, value)),
        }
        self
    }
}

/// A route of the protocol.
#[derive(Clone, Copy)]
enum Route {
    Answer,
    Asset(assets::Asset),
    Challenge,
    Frame,
    FrameImage,
    FrameSound,
    Privacy(PrivacyRoute),
    Statistics,
}

impl Route {
    fn at(path: &str) -> Option<Self> {
        Some(match path.strip_prefix('/').unwrap_or(path) {
            "answer" => Self::Answer,
            "challenge" => Self::Challenge,
            "frame" => Self::Frame,
            "frame/image" => Self::FrameImage,
            "frame/sound" => Self::FrameSound,
            "stats" => Self::Statistics,
            path => match assets::Asset::at(path) {
                Some(asset) => Self::Asset(asset),
                None => Self::Privacy(PrivacyRoute::at(path)?),
            },
        })
    }

    /// The methods of the route, as `Allow` lists them.
    const fn allow(self) -> &'static str {
        match self {
            Self::Answer | Self::Challenge => "POST",
            Self::Asset(_) | Self::FrameImage | Self::FrameSound => "GET, HEAD",
            Self::Frame => "GET, HEAD, POST",
            Self::Privacy(route) => route.allow(),
            Self::Statistics => "DELETE, GET, HEAD",
        }
    }
}

impl Captcha {
    /// Answers a request to one of the endpoints. It never fails: every refusal is a response.
    pub async fn handle(&self, request: &Request<'_>) -> Response {
        let mut response = self.answer_request(request).await;
        if request.method == "HEAD" {
            response.body = Cow::Borrowed(&[]);
        }
        response
    }

    async fn answer_request(&self, request: &Request<'_>) -> Response {
        let Some(route) = Route::at(request.path) else {
            return problem(&Problem::NOT_FOUND);
        };
        let mounted = match route {
            Route::Statistics => self.shows_statistics(),
            Route::Privacy(PrivacyRoute::Feedback) => self.engine().notices.feedback(),
            _ => true,
        };
        if !mounted {
            return problem(&Problem::NOT_FOUND);
        }
        if !route
            .allow()
            .split(", ")
            .any(|method| method == request.method)
        {
            return problem(&Problem::METHOD_NOT_ALLOWED).with("allow", route.allow());
        }
        let arrivals = &self.engine().arrivals;
        if let Err(error) = arrivals.check_transport(request.peer, |name| request.headers.all(name))
        {
            return puzzle::settle(Err(error));
        }
        if !matches!(request.method, "GET" | "HEAD") {
            if origin::is_foreign(&request.headers, arrivals.hints()) {
                return problem(&Problem::FOREIGN_ORIGIN);
            }
            if request.body.len() > BODY_LIMIT {
                return problem(&Problem::TOO_LARGE);
            }
        }
        // What is the same for everybody needs no cookie.
        if !matches!(route, Route::Asset(_)) {
            self.engine().join().await;
        }
        match route {
            Route::Answer => self.post_answer(request).await,
            Route::Asset(asset) => assets::serve(asset, request),
            Route::Challenge => self.post_challenge(request).await,
            Route::Frame if request.method == "POST" => self.post_frame(request).await,
            Route::Frame => self.show_frame(request).await,
            Route::FrameImage => self.frame_drawing(request, false).await,
            Route::FrameSound => self.frame_drawing(request, true).await,
            Route::Privacy(route) => self.privacy(route, request).await,
            Route::Statistics => self.show_statistics(request).await,
        }
    }
}
