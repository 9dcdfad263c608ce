//! Three nodes, each a process of this same program.

use std::{
    net::SocketAddr,
    process::Stdio,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use captcha_core::{RandomSource as _, SystemRandom};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::{
    Fallible,
    client::Client,
    node,
    options::{Framework, Marks},
};

/// How long a node may take to start.
const START: Duration = Duration::from_secs(10);
/// How long it may take to end.
const END: Duration = Duration::from_secs(2);

pub(crate) struct Fleet {
    nodes: [Node; 3],
    setup: Setup,
}

/// What all nodes are given.
struct Setup {
    secret: String,
    redis: String,
    marks: Marks,
}

pub(crate) struct Node {
    pub(crate) number: usize,
    framework: Framework,
    child: tokio::sync::Mutex<Child>,
    client: Mutex<Arc<Client>>,
    /// Odd while the node is down: one more with each time that it is killed or started.
    life: AtomicU32,
}

impl Fleet {
    pub(crate) async fn start(redis: String, marks: Marks) -> Fallible<Self> {
        let mut secret = [0; 32];
        SystemRandom.fill(&mut secret)?;
        let setup = Setup {
            secret: BASE64_STANDARD.encode(secret),
            redis,
            marks,
        };
        let [first, second, third] = Framework::ALL;
        let nodes = tokio::try_join!(
            Node::start(0, first, &setup),
            Node::start(1, second, &setup),
            Node::start(2, third, &setup),
        )?;
        Ok(Self {
            nodes: nodes.into(),
            setup,
        })
    }

    pub(crate) fn nodes(&self) -> &[Node; 3] {
        &self.nodes
    }

    /// One after the other.
    pub(crate) fn pick(&self, number: u64) -> &Node {
        let [first, second, third] = &self.nodes;
        match number % 3 {
            0 => first,
            1 => second,
            _ => third,
        }
    }

    /// `kill -9`.
    pub(crate) async fn kill(&self, node: &Node) -> Fallible<()> {
        node.life.fetch_add(1, Ordering::SeqCst);
        Ok(node.child.lock().await.kill().await?)
    }

    /// Starts a node again that was killed, on another port.
    pub(crate) async fn start_again(&self, node: &Node) -> Fallible<()> {
        let (child, client) = launch(node.framework, &self.setup).await?;
        *node.child.lock().await = child;
        *node.client.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(client);
        node.life.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    pub(crate) async fn end(&self) {
        let [first, second, third] = &self.nodes;
        tokio::join!(first.end(), second.end(), third.end());
    }
}

impl Node {
    async fn start(number: usize, framework: Framework, setup: &Setup) -> Fallible<Self> {
        let (child, client) = launch(framework, setup).await?;
        Ok(Self {
            number,
            framework,
            child: child.into(),
            client: Mutex::new(client.into()),
            life: AtomicU32::new(0),
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.framework.name()
    }

    pub(crate) fn client(&self) -> Arc<Client> {
        Arc::clone(&self.client.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.client().address()
    }

    pub(crate) fn life(&self) -> u32 {
        self.life.load(Ordering::SeqCst)
    }

    /// Whether the node was up all the time since `life` was looked at.
    pub(crate) fn lived_since(&self, life: u32) -> bool {
        life.is_multiple_of(2) && self.life() == life
    }

    async fn end(&self) {
        let mut child = self.child.lock().await;
        // A node ends when its standard input is closed.
        drop(child.stdin.take());
        if !matches!(timeout(END, child.wait()).await, Ok(Ok(_))) {
            let _ = child.kill().await;
        }
    }
}

async fn launch(framework: Framework, setup: &Setup) -> Fallible<(Child, Client)> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["node", framework.name()])
        .env(node::SECRET, &setup.secret)
        .env(node::REDIS, &setup.redis)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Ctrl-C is for this program, which then ends the rest.
        .process_group(0)
        .kill_on_drop(true);
    if setup.marks == Marks::Local {
        command.arg(Marks::LOCAL_FLAG);
    }
    let mut child = command.spawn()?;
    let said = child.stdout.take().ok_or("a node has no standard output")?;
    let mut line = String::new();
    timeout(START, BufReader::new(said).read_line(&mut line)).await??;
    let address = (line.trim().strip_prefix(node::LISTENING))
        .ok_or_else(|| format!("the node on {} does not start", framework.name()))?;
    Ok((child, Client::new(address.parse()?)))
}
