//! A Redis server on a free port of this machine, in a folder of its own; both are gone afterwards.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

pub(crate) struct Server {
    process: Child,
    port: u16,
    folder: PathBuf,
    settings: Vec<String>,
}

/// A port that nobody listens on. Another process could take it before it is used.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Server {
    pub(crate) fn start(settings: &[&str]) -> Self {
        Self::start_with(|_, _| settings.iter().map(|word| (*word).to_owned()).collect())
    }

    /// With settings that depend on the port and the folder.
    pub(crate) fn start_with(settings: impl Fn(u16, &Path) -> Vec<String>) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("captcha-redis-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        // A port that is asked of the system and given back may be taken in between, and the server
        // would then not start, which is tried again.
        for _ in 0..5 {
            let port = free_port();
            let settings = settings(port, &folder);
            let process = launch(port, &folder, &settings);
            let mut server = Self {
                process,
                port,
                folder: folder.clone(),
                settings,
            };
            if server.answers() {
                return server;
            }
        }
        panic!("redis-server does not start: is it installed?");
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// What `redis-cli` prints.
    pub(crate) fn cli(&self, words: &[&str]) -> String {
        let mut command = Command::new("redis-cli");
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        let mut password = self
            .settings
            .iter()
            .skip_while(|word| *word != "--requirepass");
        if let Some(password) = password.nth(1) {
            command.args(["-a", password, "--no-auth-warning"]);
        }
        let output = command.args(words).output().expect("redis-cli runs");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Killed without a word, and not started again.
    pub(crate) fn stop(&mut self) {
        self.kill();
    }

    /// The server answers nobody while `meanwhile` runs.
    pub(crate) fn hold<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        let pid = self.pid();
        let signal = |name: &str| {
            let sent = Command::new("kill").args([name, pid.as_str()]).status();
            assert!(sent.unwrap().success(), "kill {name} {pid}");
        };
        signal("-STOP");
        let done = meanwhile();
        signal("-CONT");
        done
    }

    /// The process of the server itself.
    fn pid(&self) -> String {
        let info = self.cli(&["INFO", "server"]);
        let pid = info
            .lines()
            .find_map(|line| line.strip_prefix("process_id:"));
        pid.expect("a running server").trim().to_owned()
    }

    /// Killed without a word, and started again with what lies in its folder.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.process = launch(self.port, &self.folder, &self.settings);
        assert!(self.answers(), "redis-server starts again");
    }

    /// Throws away what lies in the folder.
    pub(crate) fn forget(&self) {
        fs::remove_dir_all(&self.folder).unwrap();
        fs::create_dir_all(&self.folder).unwrap();
    }

    fn kill(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }

    fn answers(&mut self) -> bool {
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            if self.process.try_wait().unwrap().is_some() {
                return false;
            }
            if self.cli(&["PING"]).trim() == "PONG" {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn launch(port: u16, folder: &Path, settings: &[String]) -> Child {
    // Killed as soon as this process closes the pipe, be it by ending: a test may be stopped, and
    // threads may keep a store.
    const UNTIL_CLOSED: &str = "exec 3<&0; redis-server \"$@\" </dev/null & server=$!
        { read _ <&3; kill -9 $server; } & wait $server";
    // A file of settings comes first.
    let (file, settings) = match settings.split_first() {
        Some((file, rest)) if !file.starts_with("--") => (Some(file), rest),
        _ => (None, settings),
    };
    Command::new("sh")
        .args(["-c", UNTIL_CLOSED, "redis-server"])
        .args(file)
        .args([
            "--port",
            &port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--daemonize",
            "no",
        ])
        .arg("--dir")
        .arg(folder)
        .args(settings)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh runs")
}
