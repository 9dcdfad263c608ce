//! Runs the program as a person would. It needs redis-server.

use std::{
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpStream},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

fn cluster(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cluster"));
    // Other tests run at the same time: what is looked at here is what is taken, not how fast.
    command.args(["--longest-ms", "8000", "--recovery-ms", "15000"]);
    command.args(arguments);
    command
}

/// The last number of the row that begins so.
fn total(output: &Output, row: &str) -> Option<u64> {
    let text = String::from_utf8_lossy(&output.stdout);
    let row = text.lines().find(|line| line.starts_with(row))?;
    row.split_whitespace().last()?.parse().ok()
}

#[test]
fn nothing_is_taken_twice_whatever_is_killed() {
    let json = std::env::temp_dir().join(format!("captcha-cluster-{}.json", std::process::id()));
    let output = cluster(&["--seconds", "6", "--rate", "20", "--json"])
        .arg(&json)
        .output()
        .unwrap();
    let figures = std::fs::read(&json);
    let _ = std::fs::remove_file(&json);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert_eq!(total(&output, "double spends"), Some(0), "{text}");
    assert_eq!(total(&output, "forged tokens taken"), Some(0), "{text}");
    // Not for want of trying.
    assert!(total(&output, "redeemed") > Some(20), "{text}");
    assert!(
        total(&output, "used tokens sent again") > Some(100),
        "{text}"
    );
    assert!(total(&output, "forged tokens sent") > Some(3), "{text}");
    assert!(total(&output, "refused: spent") > Some(20), "{text}");
    assert!(total(&output, "refused: expired") > Some(0), "{text}");
    assert_eq!(text.matches(" ** ").count(), 5, "{text}");
    let figures: serde_json::Value = serde_json::from_slice(&figures.unwrap()).unwrap();
    assert_eq!(figures["double_spends"], 0);
    assert_eq!(figures["columns"][3]["name"], "total");
    assert_eq!(figures["events"].as_array().unwrap().len(), 5);
}

/// The control: nodes that do not share their marks are found out.
#[test]
fn double_spends_are_found_where_there_are_some() {
    let output = cluster(&["--seconds", "3", "--rate", "20", "--chaos", "none"])
        .arg("--control-local-marks")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(total(&output, "double spends") > Some(5), "{text}");
    assert_eq!(total(&output, "forged tokens taken"), Some(0), "{text}");
}

/// What was started is gone soon after the program, however that ended.
#[test]
fn nothing_is_left_running() {
    for (signal, code) in [("-TERM", Some(130)), ("-INT", Some(130)), ("-KILL", None)] {
        let mut program = cluster(&["--chaos", "none"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(program.stdout.take().unwrap());
        let addresses: Vec<SocketAddr> = (said.lines().take(4))
            .map(|line| {
                let line = line.unwrap();
                let address = line.rsplit([' ', '/']).next().unwrap().parse();
                address.unwrap_or_else(|_| panic!("no address in {line:?}"))
            })
            .collect();
        let running = |address: &SocketAddr| TcpStream::connect(address).is_ok();
        assert!(addresses.iter().all(running), "{addresses:?}");
        let pid = program.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
        assert_eq!(program.wait().unwrap().code(), code);
        let end = Instant::now() + Duration::from_secs(10);
        while addresses.iter().any(running) {
            assert!(Instant::now() < end, "{signal}: {addresses:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        let folder = std::env::temp_dir().join(format!("captcha-cluster-{pid}"));
        while folder.exists() {
            assert!(Instant::now() < end, "{signal}: {}", folder.display());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn a_missing_redis_server_is_named_with_the_fix() {
    let output = cluster(&[]).env("PATH", "/nonexistent").output().unwrap();
    let says = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(says.contains("apt-get install redis-server"), "{says}");
}
