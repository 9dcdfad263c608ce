//! A connection that stays open: for load, where a connection a call would be most of it.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

/// One connection, one call at a time.
pub struct Pipe(BufReader<TcpStream>);

/// The request that redeems a token at `/members`.
#[must_use]
pub fn redeeming(token: &str) -> String {
    format!("GET /members HTTP/1.1\r\nhost: localhost\r\nx-captcha-token: {token}\r\n\r\n")
}

/// A request with a JSON body.
#[must_use]
pub fn posting(path: &str, json: &str) -> String {
    let length = json.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{json}"
    )
}

impl Pipe {
    /// Connects.
    pub async fn to(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    /// Sends a request as it is, and reads the status and the body of its answer.
    pub async fn send(&mut self, request: &str) -> (u16, Vec<u8>) {
        self.0.write_all(request.as_bytes()).await.unwrap();
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await.unwrap();
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().unwrap();
            } else if let Some(rest) = line.strip_prefix("content-length: ") {
                length = rest.parse().unwrap();
            } else if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.unwrap();
        (status, body)
    }
}
