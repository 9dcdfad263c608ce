//! The adapter as an application sees it. What the core answers is tested in the core; here it is
//! that every road to it is the same.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that panics has failed"
)]

mod endpoints;
mod extract;
mod middleware;
mod payload;
mod socket;

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};

use actix_web::{
    HttpResponse,
    body::MessageBody,
    dev::ServiceResponse,
    http::StatusCode,
    test::{TestRequest, read_body, read_body_json},
};
use captcha_actix::{
    Captcha, CaptchaBuilder, ErrorKind, Kind, MemoryStore, SecretKey, Store, VerifiedCaptcha,
};
use captcha_core::store::{Id, StoreFuture};

const COOKIE: &str = "__Host-captcha-token";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

fn builder() -> CaptchaBuilder {
    Captcha::builder()
        .privacy(captcha_core::testing::privacy())
        .key(SecretKey::generate().unwrap())
        .action("signup")
        .kinds([Kind::Work])
        .work_bits(0, 1)
        .no_script_frame(false)
}

fn engine() -> Captcha {
    builder().build().unwrap()
}

async fn token(captcha: &Captcha) -> String {
    token_for(captcha, "signup").await
}

async fn token_for(captcha: &Captcha, action: &str) -> String {
    let token = captcha.token_for_tests(Some(action)).await.unwrap();
    token.as_str().to_owned()
}

fn by_header(request: TestRequest, token: &str) -> TestRequest {
    request.insert_header(("x-captcha-token", token))
}

fn by_cookie(request: TestRequest, token: &str) -> TestRequest {
    request.insert_header(("cookie", format!("a=1; {COOKIE}={token}")))
}

async fn action_of(proof: VerifiedCaptcha) -> String {
    proof.action().to_owned()
}

/// The status and the last part of the problem's type.
async fn refusal<B: MessageBody>(response: ServiceResponse<B>) -> (u16, String) {
    let status = response.status().as_u16();
    let content_type = response.headers().get("content-type").unwrap();
    assert_eq!(content_type, "application/problem+json");
    assert_eq!(response.headers().get("cache-control").unwrap(), "no-store");
    let problem: Problem = read_body_json(response).await;
    assert_eq!(problem.status, status);
    let kind = problem.r#type.strip_prefix("urn:captcha:").unwrap();
    (status, kind.to_owned())
}

#[derive(serde::Deserialize)]
struct Problem {
    r#type: String,
    status: u16,
}

fn refused(status: u16, kind: &str) -> (u16, String) {
    (status, kind.to_owned())
}

async fn text<B: MessageBody>(response: ServiceResponse<B>) -> String {
    assert_eq!(response.status(), StatusCode::OK);
    String::from_utf8(read_body(response).await.to_vec()).unwrap()
}

/// A store that lets others run before it answers, as one behind a network does.
struct SlowStore {
    inner: MemoryStore,
    spends: AtomicUsize,
}

impl SlowStore {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryStore::new().unwrap(),
            spends: AtomicUsize::new(0),
        })
    }

    fn spends(&self) -> usize {
        self.spends.load(Ordering::Relaxed)
    }
}

impl Store for SlowStore {
    fn spend<'a>(&'a self, id: &'a Id, ttl: Duration) -> StoreFuture<'a, bool> {
        self.spends.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            let mut waited = false;
            std::future::poll_fn(|context| {
                if waited {
                    return Poll::Ready(());
                }
                waited = true;
                context.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
            let spending = pin!(self.inner.spend(id, ttl));
            spending.await
        })
    }

    fn hit<'a>(&'a self, key: &'a Id, window: Duration) -> StoreFuture<'a, u64> {
        self.inner.hit(key, window)
    }

    fn generation(&self) -> StoreFuture<'_, u64> {
        self.inner.generation()
    }
}

async fn hello() -> HttpResponse {
    HttpResponse::Ok().body("hello")
}

/// What outer middleware finds of a refusal.
fn reason<B>(response: &ServiceResponse<B>) -> Option<ErrorKind> {
    let extensions = response.response().extensions();
    extensions.get::<captcha_actix::CaptchaRejection>()?.kind()
}
