//! A Redis server of our own: on a free port of this machine, in a folder of its own, and ended with
//! this program however that ends.

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    process::{Child, Command},
    time::{Instant, sleep, timeout},
};

use crate::Fallible;

/// The server is killed as soon as the pipe is closed, be it because this program was killed; and its
/// folder goes with it, unless the word was given to keep it.
const UNTIL_CLOSED: &str = r#"folder=$1; shift; exec 3<&0
    redis-server "$@" </dev/null & server=$!
    { read -r word <&3; kill -9 $server; [ "$word" = keep ] || rm -rf "$folder"; } &
    wait $server"#;
/// How long it may take to start.
const START: Duration = Duration::from_secs(10);

pub(crate) struct Redis {
    guardian: Child,
    address: SocketAddr,
    folder: PathBuf,
}

impl Redis {
    pub(crate) async fn start() -> Fallible<Self> {
        let looked = Command::new("redis-server")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        match looked.await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(
                    "there is no redis-server on this machine: apt-get install redis-server".into(),
                );
            }
            looked => looked?,
        };
        let name = format!("captcha-cluster-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        // The port is asked of the system and given back: another process could take it in between.
        for _ in 0..5 {
            make(&folder)?;
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
            let mut redis = Self {
                guardian: launch(port, &folder)?,
                address: port,
                folder: folder.clone(),
            };
            if redis.answers().await {
                return Ok(redis);
            }
            redis.end().await;
        }
        Err("redis-server does not start: run it by hand to see why".into())
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// `kill -9`; what is in its folder stays.
    pub(crate) async fn kill(&mut self) {
        if let Some(mut pipe) = self.guardian.stdin.take() {
            let _ = pipe.write_all(b"keep\n").await;
        }
        let _ = self.guardian.wait().await;
    }

    /// Starts it again with what is in its folder.
    pub(crate) async fn start_again(&mut self) -> Fallible<()> {
        self.guardian = launch(self.address, &self.folder)?;
        match self.answers().await {
            true => Ok(()),
            false => Err("redis-server does not start again".into()),
        }
    }

    /// Throws away what is in its folder.
    pub(crate) fn forget(&self) -> io::Result<()> {
        fs::remove_dir_all(&self.folder)?;
        make(&self.folder)
    }

    /// A command that is answered with `OK`.
    pub(crate) async fn order(&self, command: &str) -> Fallible<()> {
        let answer = self.ask(command, |answer| answer.ends_with("\r\n")).await?;
        match answer.as_str() {
            "+OK\r\n" => Ok(()),
            other => Err(format!("redis-server answers {command} with {other:?}").into()),
        }
    }

    pub(crate) async fn end(&mut self) {
        drop(self.guardian.stdin.take());
        let _ = self.guardian.wait().await;
        // The guardian removes it as well, and one of the two is late.
        let _ = fs::remove_dir_all(&self.folder);
    }

    async fn answers(&mut self) -> bool {
        let folder = self.folder.to_string_lossy().into_owned();
        // Its folder says whether it is ours; `PONG` comes when it has read its file.
        let is_ours = |answer: &str| answer.contains(&folder) && answer.ends_with("+PONG\r\n");
        let end = Instant::now() + START;
        while Instant::now() < end && matches!(self.guardian.try_wait(), Ok(None)) {
            let asked = self.ask("CONFIG GET dir\r\nPING", is_ours).await;
            if asked.is_ok_and(|answer| is_ours(&answer)) {
                return true;
            }
            sleep(Duration::from_millis(10)).await;
        }
        false
    }

    /// What it says to an inline command, up to where `is_whole`.
    async fn ask(&self, command: &str, is_whole: impl Fn(&str) -> bool) -> Fallible<String> {
        let mut stream = TcpStream::connect(self.address).await?;
        stream
            .write_all(format!("{command}\r\n").as_bytes())
            .await?;
        let mut answer = String::new();
        let read = async {
            let mut buffer = [0; 512];
            while !is_whole(&answer) {
                match stream.read(&mut buffer).await? {
                    0 => break,
                    length => {
                        let part = buffer.get(..length).unwrap_or_default();
                        answer.push_str(&String::from_utf8_lossy(part));
                    }
                }
            }
            io::Result::Ok(())
        };
        // Cut short where it says something else: the caller sees what.
        if let Ok(read) = timeout(Duration::from_millis(500), read).await {
            read?;
        }
        Ok(answer)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // The guardian does the rest and is not waited for. Between a kill and a start there is none.
        drop(self.guardian.stdin.take());
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// For this user alone. That it is there already is an error, or somebody else could have put it there.
fn make(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(folder)
}

fn launch(address: SocketAddr, folder: &Path) -> io::Result<Child> {
    Command::new("sh")
        .args(["-c", UNTIL_CLOSED, "redis-server"])
        .arg(folder)
        .args(["--bind", &address.ip().to_string()])
        .args(["--port", &address.port().to_string()])
        .args(["--appendonly", "yes", "--save", "", "--daemonize", "no"])
        .arg("--dir")
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C is for this program, which then ends the rest.
        .process_group(0)
        .spawn()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_killed_started_and_leaves_nothing() {
        let mut redis = Redis::start().await.unwrap();
        redis.order("SET mark 1").await.unwrap();
        redis.kill().await;
        assert!(redis.order("FLUSHALL").await.is_err(), "it is gone");
        redis.start_again().await.unwrap();
        let kept = redis.ask("GET mark", |answer| answer.ends_with("1\r\n"));
        assert_eq!(kept.await.unwrap(), "$1\r\n1\r\n", "from its file");
        redis.kill().await;
        redis.forget().unwrap();
        redis.start_again().await.unwrap();
        let lost = redis.ask("GET mark", |answer| answer.ends_with("\r\n"));
        assert_eq!(lost.await.unwrap(), "$-1\r\n");
        let folder = redis.folder.clone();
        redis.end().await;
        assert!(!folder.exists());
    }
}
