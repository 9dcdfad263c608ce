//! One captcha on many processes: `cargo run -p cluster` starts a Redis server and three nodes, one on
//! each framework, sends them visitors, kills what it started, and counts tokens that were taken twice.

mod chaos;
mod client;
mod cluster;
mod figures;
mod fleet;
mod forge;
mod load;
mod node;
mod options;
mod redis;
mod report;
mod stamp;
mod table;
mod visit;

use std::{
    error::Error,
    io::Write as _,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::signal::unix::{SignalKind, signal};

use self::{
    cluster::Cluster,
    fleet::Fleet,
    options::{Command, HELP, Options},
    redis::Redis,
    report::Report,
};

/// What can go wrong is said to the person who runs it, and no code acts on its kind.
type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    let outcome = match options::read(std::env::args().skip(1)) {
        Ok(Command::Help) => {
            say(HELP);
            Ok(ExitCode::SUCCESS)
        }
        Ok(Command::Node(framework, marks)) => {
            node::run(framework, marks).map(|()| ExitCode::SUCCESS)
        }
        Ok(Command::Drive(options)) => drive(options),
        Err(error) => Err(error.into()),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("cluster: {error}");
        ExitCode::from(2)
    })
}

fn drive(options: Options) -> Fallible<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        // Dropped, and everything that was started with it, as soon as somebody stops the program.
        tokio::select! {
            outcome = run(options) => outcome,
            stopped = stopped() => {
                stopped?;
                say("stopped: what was started ends now");
                Ok(ExitCode::from(130))
            }
        }
    })
}

async fn run(options: Options) -> Fallible<ExitCode> {
    let redis = Redis::start().await?;
    say(&format!("redis-server answers at {}", redis.url()));
    let fleet = Fleet::start(redis.url(), options.marks).await?;
    for node in fleet.nodes() {
        say(&format!("{} listens on {}", node.name(), node.address()));
    }
    let cluster = Arc::new(Cluster::new(fleet, redis)?);
    let began = Instant::now();
    let events = load::run(&cluster, &options).await;
    let report = Report::new(&cluster, &options, began.elapsed(), events);
    cluster.end().await;
    say(&table::of(&report));
    if let Some(file) = &options.json {
        std::fs::write(file, serde_json::to_vec_pretty(&report)?)
            .map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    }
    Ok(match report.is_good() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// Ends when somebody asks this process to.
async fn stopped() -> std::io::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut hung_up = signal(SignalKind::hangup())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminated.recv() => Ok(()),
        _ = hung_up.recv() => Ok(()),
    }
}

/// A line on standard output. Nobody may be reading it, which is no reason to leave things running.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Seconds, for people.
fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
