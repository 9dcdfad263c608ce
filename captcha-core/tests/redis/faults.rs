//! Everything that can become of a Redis, under 500 redemptions a second: nothing is taken twice, nobody
//! waits for long, and it goes on by itself.

use std::{thread::sleep, time::Duration};

use super::{
    load::{Fence, Load, Report},
    lossy::{Line, Mode},
    server::Server,
};

const SHORT: Duration = Duration::from_millis(300);

/// Under load: `breaks`, a while, `heals`, and what came of it.
fn through(
    mut server: Server,
    url: &str,
    breaks: impl FnOnce(&mut Server),
    heals: impl FnOnce(&mut Server),
) -> Report {
    let load = Load::start(url, Fence::There);
    load.settle();
    breaks(&mut server);
    sleep(3 * SHORT);
    heals(&mut server);
    load.finish()
}

fn sound(what: &str, report: &Report) {
    println!("{what}: {report:?}");
    assert_eq!(report.taken_twice, 0, "{what}: {report:?}");
    assert!(
        report.slowest < Duration::from_secs(2),
        "{what}: {report:?}"
    );
    assert!(
        report.recovery < Duration::from_secs(3),
        "{what}: {report:?}"
    );
    assert!(report.redeemed > 50, "{what}: {report:?}");
}

fn at(
    server: Server,
    what: &str,
    breaks: impl FnOnce(&mut Server),
    heals: impl FnOnce(&mut Server),
) {
    let url = server.url();
    sound(what, &through(server, &url, breaks, heals));
}

#[test]
fn killed_and_started_from_its_append_only_file() {
    let server = Server::start(&["--appendonly", "yes"]);
    at(server, "AOF", |_| {}, Server::restart);
}

#[test]
fn killed_and_started_from_a_snapshot_of_long_before() {
    let server = Server::start(&[]);
    server.cli(&["SAVE"]);
    at(server, "older snapshot", |_| {}, Server::restart);
}

#[test]
fn killed_and_started_from_a_snapshot_of_just_now() {
    let server = Server::start(&[]);
    at(
        server,
        "snapshot",
        |server| drop(server.cli(&["SAVE"])),
        Server::restart,
    );
}

#[test]
fn killed_and_started_empty() {
    at(
        Server::start(&[]),
        "empty",
        |_| {},
        |server| {
            server.stop();
            server.forget();
            server.restart();
        },
    );
}

#[test]
fn away_for_a_while() {
    at(
        Server::start(&["--appendonly", "yes"]),
        "away",
        Server::stop,
        Server::restart,
    );
}

#[test]
fn emptied() {
    at(
        Server::start(&[]),
        "FLUSHALL",
        |server| drop(server.cli(&["FLUSHALL"])),
        |_| {},
    );
}

#[test]
fn paused() {
    at(
        Server::start(&[]),
        "CLIENT PAUSE",
        |server| drop(server.cli(&["CLIENT", "PAUSE", "900", "ALL"])),
        |_| {},
    );
}

#[test]
fn full() {
    at(
        Server::start(&[]),
        "maxmemory",
        |server| drop(server.cli(&["CONFIG", "SET", "maxmemory", "1"])),
        |server| drop(server.cli(&["CONFIG", "SET", "maxmemory", "0"])),
    );
}

#[test]
fn with_another_password() {
    at(
        Server::start(&[]),
        "wrong password",
        |server| {
            server.cli(&["CONFIG", "SET", "requirepass", "changed"]);
            server.cli(&[
                "-a",
                "changed",
                "--no-auth-warning",
                "CLIENT",
                "KILL",
                "TYPE",
                "normal",
            ]);
        },
        |server| {
            server.cli(&[
                "-a",
                "changed",
                "--no-auth-warning",
                "CONFIG",
                "SET",
                "requirepass",
                "",
            ]);
        },
    );
}

#[test]
fn disconnected() {
    at(
        Server::start(&[]),
        "disconnected",
        |server| drop(server.cli(&["CLIENT", "KILL", "TYPE", "normal"])),
        |server| drop(server.cli(&["CLIENT", "KILL", "TYPE", "normal"])),
    );
}

#[test]
fn two_seconds_away() {
    let server = Server::start(&[]);
    let line = Line::to(server.port());
    let url = line.url();
    let slow = |_: &mut Server| line.set(Mode::Slow);
    sound(
        "2 s of latency",
        &through(server, &url, slow, |_| line.set(Mode::Works)),
    );
}

#[test]
fn half_open() {
    let server = Server::start(&[]);
    let line = Line::to(server.port());
    let url = line.url();
    let dead = |_: &mut Server| {
        line.set(Mode::HalfOpen);
        sleep(SHORT / 3);
        // The lines that are open stay dead; new ones work.
        line.set(Mode::Works);
    };
    sound("half open", &through(server, &url, dead, |_| {}));
}

/// The control: the same load over a store without a fence takes tokens twice.
#[test]
fn without_a_fence_the_same_load_takes_tokens_twice() {
    let mut server = Server::start(&[]);
    let load = Load::start(&server.url(), Fence::Missing);
    load.settle();
    server.cli(&["FLUSHALL"]);
    sleep(SHORT);
    server.restart();
    let report = load.finish();
    assert!(report.taken_twice > 0, "{report:?}");
}
