//! Everything that can become of a Redis, under 500 redemptions a second: nothing is taken twice, nobody
//! waits for long, and it goes on by itself.

use std::{thread::sleep, time::Duration};

use super::{
    load::{Fence, Load, Report},
    lossy::{Line, Mode},
    server::Server,
};

const SHORT: Duration = Duration::from_millis(300);

/// Under load: `breaks`, for so long, `heals`, and what came of it.
fn through(
    mut server: Server,
    url: &str,
    breaks: impl FnOnce(&mut Server),
    lasts: Duration,
    heals: impl FnOnce(&mut Server),
) -> Report {
    let load = Load::start(url, Fence::There);
    load.settle();
    breaks(&mut server);
    sleep(lasts);
    heals(&mut server);
    load.finish()
}

pub(crate) fn sound(what: &str, report: &Report) {
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
    // 500 on a machine that has nothing else to do.
    assert!(report.a_second > 50.0, "{what}: {report:?}");
}

fn at(
    server: Server,
    what: &str,
    breaks: impl FnOnce(&mut Server),
    heals: impl FnOnce(&mut Server),
) {
    let url = server.url();
    sound(what, &through(server, &url, breaks, 3 * SHORT, heals));
}

/// What breaks and is whole again at the same moment.
fn in_passing(server: Server, what: &str, breaks: impl FnOnce(&mut Server)) {
    let url = server.url();
    let report = through(server, &url, breaks, Duration::ZERO, |_| {});
    sound(what, &report);
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
    in_passing(Server::start(&[]), "FLUSHALL", |server| {
        server.cli(&["FLUSHALL"]);
    });
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
    // Long enough that late answers come while it lasts, to whoever gave up on them.
    let lasts = Duration::from_secs(5);
    sound(
        "2 s of latency",
        &through(server, &url, slow, lasts, |_| line.set(Mode::Works)),
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
    let report = through(server, &url, dead, Duration::ZERO, |_| {});
    sound("half open", &report);
}

/// Kills a server under load over and over, at moments of no rhythm, and starts it with what `keeps` leaves of its files.
fn killed(mut server: Server, kills: u32, fence: Fence, keeps: impl Fn(&Server)) -> Report {
    let load = Load::start(&server.url(), fence);
    let mut slowest = Duration::ZERO;
    for kill in 0..kills {
        load.settle();
        sleep(Duration::from_millis(u64::from(kill * 7 % 50)));
        server.stop();
        keeps(&server);
        server.restart();
        slowest = slowest.max(load.recovery());
    }
    let mut report = load.finish();
    report.recovery = report.recovery.max(slowest);
    report
}

fn kills() -> u32 {
    match std::env::var_os("CAPTCHA_LONG") {
        Some(_) => 34,
        None => 4,
    }
}

#[test]
fn killed_over_and_over_with_an_append_only_file() {
    let server = Server::start(&["--appendonly", "yes"]);
    let report = killed(server, kills(), Fence::There, |_| {});
    sound("killed, AOF", &report);
}

#[test]
fn killed_over_and_over_with_a_snapshot_of_long_before() {
    let server = Server::start(&[]);
    server.cli(&["SAVE"]);
    let report = killed(server, kills(), Fence::There, |_| {});
    sound("killed, older snapshot", &report);
}

#[test]
fn killed_over_and_over_and_started_empty() {
    let report = killed(Server::start(&[]), kills(), Fence::There, Server::forget);
    sound("killed, empty", &report);
}

/// The control: the same kills over a store without a fence let tokens be taken twice.
#[test]
fn without_a_fence_the_same_kills_let_tokens_be_taken_twice() {
    let report = killed(Server::start(&[]), 2, Fence::Missing, Server::forget);
    assert!(report.taken_twice > 0, "{report:?}");
}
