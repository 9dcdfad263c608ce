//! One node: a guarded route, one without a guard, and the captcha below `/captcha`.

mod actix;
mod axum;
mod fields;
mod local;
mod rocket;

use std::{
    env, io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use captcha_core::{
    Captcha, CaptchaBuilder, CookieConfig, Kind, Limits, Privacy, RedisStore, SecretKey, Store,
};

use self::local::LocalMarks;
use crate::{
    Fallible,
    options::{Framework, Marks},
    say,
};

/// Where a node finds its secret. Not an argument, which everybody on the machine can read.
pub(crate) const SECRET: &str = "CAPTCHA_SECRET";
/// Where a node finds the address of Redis.
pub(crate) const REDIS: &str = "CAPTCHA_REDIS";
/// What a node says first.
pub(crate) const LISTENING: &str = "listening on http://";

/// Few, so that the visitors do not need the machine for themselves: a real site leaves this alone.
const WORK_BITS: u8 = 10;
/// All visitors come from one address here.
const LIMITS: Limits = Limits {
    per_visitor: 10_000_000,
    per_site: 10_000_000,
};
const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Serves until standard input is closed.
pub(crate) fn run(framework: Framework, marks: Marks) -> Fallible<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    // Whoever started this node may be killed, which closes the pipe as well.
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        std::process::exit(0);
    });
    let store: Arc<dyn Store> = match marks {
        Marks::Local => Arc::new(LocalMarks::default()),
        Marks::Shared => Arc::new(RedisStore::connect(&env::var(REDIS)?)?),
    };
    let captcha = alike(SecretKey::from_env(SECRET)?).store(store).build()?;
    match framework {
        Framework::Actix => actix::serve(captcha),
        Framework::Axum => axum::serve(captcha),
        Framework::Rocket => rocket::serve(captcha),
    }
}

/// What all nodes have in common: with one secret, one site and one store they are one captcha.
pub(crate) fn alike(secret: SecretKey) -> CaptchaBuilder {
    Captcha::builder()
        .key(secret)
        .privacy(
            Privacy::new("Lantern Letters Ltd (made up)", "privacy@lantern.example")
                .legitimate_interest("keeping automated sign-ups away from our readers' letter"),
        )
        .site("cluster-example")
        .action("signup")
        .kinds([Kind::Work])
        .work_bits(WORK_BITS, WORK_BITS)
        .limits(LIMITS)
        // Everything here is on this machine.
        .cookies(CookieConfig::insecure_localhost())
}

fn announce(address: SocketAddr) {
    say(&format!("{LISTENING}{address}"));
}
