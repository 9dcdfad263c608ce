//! What a guarded form costs beside an unguarded one, in one run:
//! `cargo bench -p captcha-axum --features testing,redis --bench post`.
//!
//! First without a network, so that it is processor time alone; then over HTTP on loopback, one server thread and
//! one client thread. With Redis where `redis-server` is installed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::items_after_statements,
    reason = "a benchmark: what fails ends it"
)]

#[allow(dead_code, reason = "shared with tests")]
#[path = "../../captcha-core/tests/redis/server.rs"]
mod redis_server;

use std::{
    net::SocketAddr,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use axum::{
    Form, Router,
    body::Body,
    routing::{get, post},
};
use captcha_axum::{
    Captcha, CaptchaForm, Kind, Limits, MemoryStore, RedisStore, SecretKey, Store,
    captcha_core::testing::{self, block_on},
};
use http::{Request, header::CONTENT_TYPE};
use serde::Deserialize;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tower::ServiceExt as _;

const ROUNDS: usize = 7;
const IN_PROCESS: usize = 20_000;
const OVER_HTTP: usize = 20_000;
const CONNECTIONS: usize = 32;

#[derive(Deserialize)]
struct Signup {
    name: String,
}

fn engine(store: Arc<dyn Store>) -> Captcha {
    Captcha::builder()
        .privacy(testing::privacy())
        .key(SecretKey::generate().unwrap())
        .limits(Limits::UNLIMITED)
        .kinds([Kind::Work])
        .work_bits(1, 1)
        .store(store)
        .build()
        .unwrap()
}

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::with_max_marks(usize::MAX).unwrap())
}

fn app(captcha: Captcha) -> Router {
    async fn plain(form: Form<Vec<(String, String)>>) -> String {
        form.0
            .into_iter()
            .map(|(_, value)| value)
            .next()
            .unwrap_or_default()
    }
    async fn guarded(form: CaptchaForm<Signup>) -> String {
        form.value.name
    }
    Router::new()
        .route("/plain", post(plain))
        .route("/guarded", post(guarded))
        .route("/cpu", get(|| async { cpu_micros().to_string() }))
        .with_state(captcha)
}

/// Processor time of this thread so far.
fn cpu_micros() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000 + time.tv_nsec as u64 / 1_000
}

/// Processor time of the server's thread so far, as it says itself.
fn server_cpu(address: SocketAddr) -> f64 {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream
        .write_all(b"GET /cpu HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.rsplit("\r\n").next().unwrap().parse().unwrap()
}

fn bodies(captcha: &Captcha, number: usize) -> Vec<String> {
    let body = |_| {
        let token = block_on(captcha.token_for_tests(None)).unwrap();
        format!("name=Ada&captcha-token={}", token.as_str())
    };
    (0..number).map(body).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Microseconds of one request at `path`, without a network.
fn in_process(app: &Router, path: &str, bodies: Vec<String>) -> f64 {
    let number = bodies.len() as f64;
    let requests: Vec<_> = (bodies.into_iter())
        .map(|body| {
            let request =
                Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            (app.clone(), request.body(Body::from(body)).unwrap())
        })
        .collect();
    let start = Instant::now();
    for (app, request) in requests {
        let response = block_on(app.oneshot(request)).unwrap();
        assert_eq!(response.status(), 200);
    }
    start.elapsed().as_secs_f64() * 1e6 / number
}

/// A server on one thread; it ends with the process.
fn serve(app: Router) -> SocketAddr {
    let (said, address) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            said.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    address.recv().unwrap()
}

/// Requests a second, over connections that stay open, and the latencies in milliseconds.
fn over_http(address: SocketAddr, path: &'static str, bodies: Vec<String>) -> (f64, Vec<f64>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let number = bodies.len();
    let shares: Vec<Vec<String>> = bodies
        .chunks(number.div_ceil(CONNECTIONS))
        .map(<[_]>::to_vec)
        .collect();
    let start = Instant::now();
    let latencies = runtime.block_on(async {
        let mut all = Vec::with_capacity(number);
        let mut clients = tokio::task::JoinSet::new();
        for share in shares {
            clients.spawn(client(address, path, share));
        }
        while let Some(latencies) = clients.join_next().await {
            all.extend(latencies.unwrap());
        }
        all
    });
    (number as f64 / start.elapsed().as_secs_f64(), latencies)
}

async fn client(address: SocketAddr, path: &str, bodies: Vec<String>) -> Vec<f64> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut latencies = Vec::with_capacity(bodies.len());
    let mut buffer = vec![0; 4_096];
    for body in bodies {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let start = Instant::now();
        stream.write_all(request.as_bytes()).await.unwrap();
        // An answer is so short that it comes in one piece.
        let read = stream.read(&mut buffer).await.unwrap();
        latencies.push(start.elapsed().as_secs_f64() * 1e3);
        assert!(
            buffer[..read].starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&buffer[..read])
        );
    }
    latencies
}

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let captcha = engine(memory());
    let router = app(captcha.clone());
    let (mut plain, mut guarded) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        plain.push(in_process(&router, "/plain", bodies(&captcha, IN_PROCESS)));
        guarded.push(in_process(
            &router,
            "/guarded",
            bodies(&captcha, IN_PROCESS),
        ));
    }
    let (plain, guarded) = (median(plain), median(guarded));
    println!("a form without a network, median of {ROUNDS} rounds of {IN_PROCESS}:");
    println!(
        "  unguarded {plain:.2} us, guarded {guarded:.2} us: {:.2} us more",
        guarded - plain
    );

    println!("over HTTP, {CONNECTIONS} connections, median of {ROUNDS} rounds of {OVER_HTTP}:");
    let server = std::panic::catch_unwind(|| redis_server::Server::start(&[])).ok();
    let mut stores = vec![("memory", captcha)];
    if let Some(server) = &server {
        let store = RedisStore::builder(&server.url()).deadline(Duration::from_secs(2));
        stores.push(("redis", engine(Arc::new(store.connect().unwrap()))));
    }
    for (name, captcha) in stores {
        let address = serve(app(captcha.clone()));
        let mut ratios = Vec::new();
        let mut rates = [Vec::new(), Vec::new()];
        let mut latencies = [Vec::new(), Vec::new()];
        let mut cpu = [Vec::new(), Vec::new()];
        for round in 0..ROUNDS {
            let mut pair = [0.0; 2];
            // Each goes first as often as the other.
            let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
            for at in order {
                let path = ["/plain", "/guarded"][at];
                let bodies = bodies(&captcha, OVER_HTTP);
                let before = server_cpu(address);
                let (rate, took) = over_http(address, path, bodies);
                cpu[at].push((server_cpu(address) - before) / OVER_HTTP as f64);
                pair[at] = rate;
                rates[at].push(rate);
                latencies[at].extend(took);
            }
            ratios.push(pair[1] / pair[0]);
        }
        let [plain, guarded] = rates.map(median);
        let percentiles = latencies.map(|mut latencies: Vec<f64>| {
            latencies.sort_by(f64::total_cmp);
            [
                latencies[latencies.len() / 2],
                latencies[latencies.len() * 99 / 100],
            ]
        });
        println!(
            "  {name}: unguarded {plain:.0}/s (p50 {:.2}, p99 {:.2} ms), guarded {guarded:.0}/s (p50 {:.2}, p99 {:.2} ms), ratio {:.2}",
            percentiles[0][0],
            percentiles[0][1],
            percentiles[1][0],
            percentiles[1][1],
            median(ratios)
        );
        let [plain, guarded] = cpu.map(median);
        println!(
            "  {name}: {plain:.1} us of the server thread's time unguarded, {guarded:.1} us guarded: {:.1} us more",
            guarded - plain
        );
    }
}
