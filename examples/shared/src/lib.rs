//! What the three sign-up examples share: the page and its policy, and an engine set up from the
//! environment. An application of its own would hold these few lines itself.

use std::{net::SocketAddr, sync::Arc};

use captcha_core::{
    Captcha, CaptchaError, CookieConfig, Privacy, RedisStore, SecretKey, Severity, Statistics,
};
use serde::{Deserialize, Serialize};

/// The sign-up page.
pub const INDEX: &str = include_str!("../index.html");
/// Its style sheet.
pub const APP_CSS: &str = include_str!("../app.css");
/// Its script, which sends the JSON form.
pub const APP_JS: &str = include_str!("../app.js");
/// The page behind the guard.
pub const MEMBERS: &str = include_str!("../members.html");

/// The Content-Security-Policy of every page: nothing but this server's own files.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; worker-src 'self'; media-src 'self' blob:; \
    frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'; \
    require-trusted-types-for 'script'";

/// The fields of the form.
#[derive(Debug, Deserialize)]
pub struct Signup {
    /// How to call the visitor.
    pub name: String,
    /// Where to write to.
    pub email: String,
}

/// The answer to a sign-up by JSON.
#[derive(Debug, Serialize)]
pub struct Welcome {
    /// The visitor's name.
    pub welcome: String,
}

/// Says on standard output where the page is.
#[allow(
    clippy::print_stdout,
    reason = "the one line that the person who runs it waits for"
)]
pub fn announce(address: SocketAddr) {
    println!("listening on http://{address}");
}

/// The page after a sign-up, with `name` as text.
#[must_use]
pub fn welcome(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    include_str!("../welcome.html").replace("{{name}}", &escaped)
}

/// Logs to standard error; `RUST_LOG` chooses how much.
pub fn init_logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

/// Where to listen: `ADDR`, or 127.0.0.1:3000. An address that cannot be read is an error and not
/// a silent default.
///
/// # Errors
/// When `ADDR` is not an address and a port.
pub fn addr() -> Result<SocketAddr, std::net::AddrParseError> {
    std::env::var("ADDR").map_or_else(
        |_| Ok(SocketAddr::from(([127, 0, 0, 1], 3000))),
        |text| text.parse(),
    )
}

/// The engine: its secret from `CAPTCHA_SECRET`, or one for this run, with a warning. With
/// `CAPTCHA_STATS_KEY` it counts visitors who agree, and with `REDIS_URL` it shares its state with other
/// servers.
///
/// # Errors
/// When `CAPTCHA_SECRET`, `REDIS_URL` or `CAPTCHA_STATS_KEY` is set to something that cannot be used.
pub fn captcha() -> Result<Captcha, CaptchaError> {
    let secret = if std::env::var_os("CAPTCHA_SECRET").is_some() {
        SecretKey::from_env("CAPTCHA_SECRET")?
    } else {
        tracing::warn!(
            "CAPTCHA_SECRET is not set: a secret is made up for this run. For a real site, keep \
             one made with `openssl rand -base64 32` in the environment"
        );
        SecretKey::generate()?
    };
    let mut builder = Captcha::builder()
        .privacy(
            Privacy::new(
                "Lantern Letters Ltd, 1 Hill Street, Dublin (made up)",
                "privacy@lantern.example",
            )
            .legitimate_interest("keeping automated sign-ups away from our readers' letter"),
        )
        .site("signup-example")
        .action("signup")
        // The examples speak plain HTTP on this machine. Leave this line out behind HTTPS.
        .cookies(CookieConfig::insecure_localhost());
    // Statistics of visitors who agree, at http://127.0.0.1:3000/captcha/stats for who sends the key.
    if let Ok(key) = std::env::var("CAPTCHA_STATS_KEY") {
        builder = builder.statistics(Statistics::new().bearer_key(key));
    }
    // Several servers that share what was used, counted and revoked.
    if let Ok(url) = std::env::var("REDIS_URL") {
        builder = builder.store(Arc::new(RedisStore::connect(&url)?));
    }
    let captcha = builder.key(secret).build()?;
    for finding in captcha.doctor() {
        match finding.severity {
            Severity::Warning => tracing::warn!("{finding}"),
            _ => tracing::info!("{finding}"),
        }
    }
    Ok(captcha)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_is_text_and_never_markup() {
        let page = super::welcome("<script>alert('&\"')</script>");
        assert!(!page.contains("<script>alert"));
        assert!(page.contains("&lt;script&gt;alert(&#39;&amp;&quot;&#39;)"));
    }
}
