//! Requests to one node, on connections that are kept.

use std::{
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, StatusCode,
    client::conn::http1::{SendRequest, handshake},
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use crate::Fallible;

/// Longer than any request may take, so that one that takes too long is seen as such.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Client {
    address: SocketAddr,
    idle: Mutex<Vec<Connection>>,
}

type Connection = SendRequest<Full<Bytes>>;

/// What is asked of a node.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    method: &'static str,
    path: &'static str,
    content_type: &'static str,
    body: Bytes,
}

impl Call {
    pub(crate) fn get(path: &'static str) -> Self {
        Self {
            method: "GET",
            path,
            content_type: "text/plain",
            body: Bytes::new(),
        }
    }

    pub(crate) fn json(path: &'static str, body: &serde_json::Value) -> Self {
        Self {
            method: "POST",
            path,
            content_type: "application/json",
            body: body.to_string().into(),
        }
    }

    pub(crate) fn form(path: &'static str, body: String) -> Self {
        Self {
            method: "POST",
            path,
            content_type: "application/x-www-form-urlencoded",
            body: body.into(),
        }
    }
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            idle: Mutex::default(),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The answer; an error where none came.
    pub(crate) async fn send(&self, call: &Call) -> Fallible<Reply> {
        timeout(PATIENCE, self.exchange(call)).await?
    }

    async fn exchange(&self, call: &Call) -> Fallible<Reply> {
        while let Some(mut connection) = self.take() {
            if connection.ready().await.is_err() {
                continue;
            }
            match self.send_on(connection, call).await {
                // Closed by the other end before anything was sent on it.
                Err(error) if is_unsent(error.as_ref()) => {}
                answered => return answered,
            }
        }
        self.send_on(self.open().await?, call).await
    }

    fn take(&self) -> Option<Connection> {
        (self.idle.lock().unwrap_or_else(PoisonError::into_inner)).pop()
    }

    async fn open(&self) -> Fallible<Connection> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (connection, work) = handshake(TokioIo::new(stream)).await?;
        // Ends with the connection; whoever waits for an answer is told of errors.
        tokio::spawn(work);
        Ok(connection)
    }

    async fn send_on(&self, mut connection: Connection, call: &Call) -> Fallible<Reply> {
        let request = Request::builder()
            .method(call.method)
            .uri(call.path)
            .header(HOST, self.address.to_string())
            .header(CONTENT_TYPE, call.content_type)
            .body(Full::new(call.body.clone()))?;
        let response = connection.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        (self.idle.lock().unwrap_or_else(PoisonError::into_inner)).push(connection);
        Ok(Reply { status, body })
    }
}

fn is_unsent(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    (error.downcast_ref::<hyper::Error>()).is_some_and(hyper::Error::is_canceled)
}
