//! A small HTTP/1.1 client that sends exactly what it is told, right or wrong.

mod reply;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(20);
const CHUNK: usize = 1_500;

pub use reply::Reply;

/// A request, byte by byte.
#[derive(Clone, Debug)]
pub struct Call {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    chunked: bool,
    sized: bool,
    from: Option<IpAddr>,
}

impl Call {
    /// A request without a body.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            chunked: false,
            sized: method == "POST",
            from: None,
        }
    }

    /// Sends it from this address of the machine; Linux has all of 127.0.0.0/8.
    #[must_use]
    pub fn from(mut self, address: IpAddr) -> Self {
        self.from = Some(address);
        self
    }

    /// Adds a header; one of the same name stays. A `host` replaces the client's own.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Whether it has a header of that name, as it is written.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(other, _)| other == name)
    }

    /// Adds a header `cookie`.
    #[must_use]
    pub fn cookie(self, name: &str, value: &str) -> Self {
        self.header("cookie", format!("{name}={value}"))
    }

    /// Adds a body, sent with its length.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.sized = true;
        self
    }

    /// Sends the body in chunks, without saying its length before.
    #[must_use]
    pub fn chunked(mut self) -> Self {
        self.chunked = true;
        self
    }

    /// The body as it is before it is cut into chunks.
    #[must_use]
    pub fn sent_body(&self) -> &[u8] {
        &self.body
    }

    fn head(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        if !self
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("host"))
        {
            // Not the address: a random port would show up where the host is compared.
            head.extend_from_slice(b"host: shop.example\r\n");
        }
        for (name, value) in &self.headers {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        }
        if self.chunked {
            head.extend_from_slice(b"transfer-encoding: chunked\r\n");
        } else if self.sized {
            head.extend_from_slice(format!("content-length: {}\r\n", self.body.len()).as_bytes());
        }
        head.extend_from_slice(b"connection: close\r\n\r\n");
        head
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head();
        if self.chunked {
            for chunk in self.body.chunks(CHUNK) {
                bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                bytes.extend_from_slice(chunk);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
        } else {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }
}

/// `GET target`.
#[must_use]
pub fn get(target: &str) -> Call {
    Call::new("GET", target)
}

/// `POST target` with `body` under a content type.
#[must_use]
pub fn post(target: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Call {
    Call::new("POST", target)
        .header("content-type", content_type)
        .body(body)
}

/// `POST target` with JSON text, well-formed or not.
#[must_use]
pub fn json(target: &str, body: impl Into<Vec<u8>>) -> Call {
    post(target, "application/json", body)
}

/// `POST target` with a form.
#[must_use]
pub fn form(target: &str, body: impl Into<Vec<u8>>) -> Call {
    post(target, "application/x-www-form-urlencoded", body)
}

/// Sends a request on a connection of its own.
///
/// # Errors
/// When the connection breaks before a whole response came.
pub async fn exchange(addr: SocketAddr, call: &Call) -> io::Result<Reply> {
    let bytes = call.bytes();
    let work = async {
        let stream = match call.from {
            Some(from) => {
                let socket = TcpSocket::new_v4()?;
                socket.bind(SocketAddr::new(from, 0))?;
                socket.connect(addr).await?
            }
            None => TcpStream::connect(addr).await?,
        };
        let _ = stream.set_nodelay(true);
        let (mut reader, mut writer) = stream.into_split();
        // At the same time: a server may refuse a long body before it has read it.
        let write = async {
            let _ = writer.write_all(&bytes).await;
            writer
        };
        let read = async {
            let mut received = Vec::with_capacity(4_096);
            let mut buffer = [0; 16 * 1_024];
            loop {
                match reader.read(&mut buffer).await {
                    Ok(0) | Err(_) => return parse(&received, call, true),
                    Ok(length) => received.extend_from_slice(&buffer[..length]),
                }
                if let Ok(reply) = parse(&received, call, false) {
                    return Ok(reply);
                }
            }
        };
        tokio::pin!(write, read);
        let mut kept = None;
        loop {
            tokio::select! {
                reply = &mut read => return reply,
                // Kept open: to close it would say that the client has gone.
                writer = &mut write, if kept.is_none() => kept = Some(writer),
            }
        }
    };
    timeout(PATIENCE, work).await.unwrap_or_else(|_| {
        Err(io::Error::other(format!(
            "no answer to {} {}",
            call.method, call.target
        )))
    })
}

fn broken(what: &str) -> io::Error {
    io::Error::other(format!("broken response: {what}"))
}

fn parse(received: &[u8], call: &Call, ended: bool) -> io::Result<Reply> {
    let end = (received.windows(4).position(|four| four == b"\r\n\r\n"))
        .ok_or_else(|| broken("no head"))?;
    let head = std::str::from_utf8(&received[..end]).map_err(|_| broken("head is not text"))?;
    let rest = &received[end + 4..];
    let mut lines = head.split("\r\n");
    let status = (lines.next().and_then(|line| line.split(' ').nth(1)))
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| broken("no status"))?;
    if status == 100 {
        return parse(rest, call, ended);
    }
    let headers: Vec<(String, String)> = lines
        .map(|line| {
            let (name, value) = line.split_once(':').ok_or_else(|| broken("a header"))?;
            Ok((name.to_ascii_lowercase(), value.trim().to_owned()))
        })
        .collect::<io::Result<_>>()?;
    let of = |wanted: &str| {
        headers
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value)
    };
    let body = if call.method == "HEAD" || status == 304 || status == 204 {
        if !ended {
            // Whatever follows would be a body where there is none to be.
            return Err(broken("not at its end yet"));
        }
        rest.to_vec()
    } else if of("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
        unchunk(rest)?
    } else if let Some(length) = of("content-length") {
        let length: usize = length.parse().map_err(|_| broken("content-length"))?;
        rest.get(..length)
            .ok_or_else(|| broken("body too short"))?
            .to_vec()
    } else if ended {
        rest.to_vec()
    } else {
        return Err(broken("not at its end yet"));
    };
    Ok(Reply {
        status,
        headers,
        body,
    })
}

fn unchunk(mut rest: &[u8]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line =
            (rest.windows(2).position(|two| two == b"\r\n")).ok_or_else(|| broken("chunk"))?;
        let size = std::str::from_utf8(&rest[..line]).map_err(|_| broken("chunk size"))?;
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)
            .map_err(|_| broken("chunk size"))?;
        let chunk = rest
            .get(line + 2..line + 2 + size)
            .ok_or_else(|| broken("chunk"))?;
        if size == 0 {
            return Ok(body);
        }
        body.extend_from_slice(chunk);
        rest = rest.get(line + 4 + size..).ok_or_else(|| broken("chunk"))?;
    }
}
