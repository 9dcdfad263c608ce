//! Cookies as strings: read from the header, written byte by byte the same for every framework.

use crate::privacy::registry::{Cookie, HOST_PREFIX, Lives};

/// How cookies are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CookieConfig {
    insecure: bool,
}

impl CookieConfig {
    /// Cookies without `Secure` and without the `__Host-` prefix, for development over plain HTTP
    /// on this machine. Anyone on the way can read them; the engine warns when it is built so.
    #[must_use]
    pub const fn insecure_localhost() -> Self {
        Self { insecure: true }
    }

    /// Whether cookies carry `Secure`.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        !self.insecure
    }

    /// The name under which `cookie` travels.
    #[must_use]
    pub(crate) fn name(&self, cookie: Cookie) -> &'static str {
        let name = cookie.entry().name;
        if self.insecure {
            name.strip_prefix(HOST_PREFIX).unwrap_or(name)
        } else {
            name
        }
    }

    /// A `Set-Cookie` value, with the life that the registry gives the cookie.
    pub(crate) fn set(&self, cookie: Cookie, value: &str, lives: &Lives) -> String {
        let life = cookie.entry().life.longest(lives);
        self.write(cookie, value, life.map(|life| life.as_secs()))
    }

    /// A `Set-Cookie` value that makes the browser forget `cookie`.
    pub(crate) fn expire(&self, cookie: Cookie) -> String {
        self.write(cookie, "", Some(0))
    }

    fn write(&self, cookie: Cookie, value: &str, max_age: Option<u64>) -> String {
        let name = self.name(cookie);
        let life = max_age.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
        let secure = if self.insecure { "" } else { "; Secure" };
        let site = cookie.entry().same_site;
        format!("{name}={value}; Path=/{life}{secure}; HttpOnly; SameSite={site}")
    }
}

/// The value of the cookie of that name in `Cookie` header values. The first one wins, as browsers
/// send the most specific first; another of the same name cannot displace it.
pub(crate) fn find<'a>(headers: impl Iterator<Item = &'a [u8]>, name: &str) -> Option<&'a str> {
    headers
        .filter_map(|value| std::str::from_utf8(value).ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn cookies_are_written_as_the_design_says() {
        let lives = Lives {
            challenge: Duration::from_secs(120),
            token: Duration::from_secs(300),
            statistics: Duration::from_secs(400 * 86_400),
        };
        let secure = CookieConfig::default();
        assert_eq!(
            secure.set(Cookie::Session, "v", &lives),
            "__Host-captcha-session=v; Path=/; Secure; HttpOnly; SameSite=Strict"
        );
        assert_eq!(
            secure.set(Cookie::Token, "v", &lives),
            "__Host-captcha-token=v; Path=/; Max-Age=300; Secure; HttpOnly; SameSite=Lax"
        );
        let insecure = CookieConfig::insecure_localhost();
        assert_eq!(
            insecure.expire(Cookie::Token),
            "captcha-token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn only_the_exact_name_is_found() {
        let headers: [&[u8]; 3] = [
            b"a=1; xcaptcha-token=no",
            b"\xff=2",
            b"b=; captcha-token=x=y ",
        ];
        let find = |name| find(headers.iter().copied(), name);
        assert_eq!(find("captcha-token"), Some("x=y"));
        assert_eq!(find("a"), Some("1"));
        assert_eq!(find("b"), Some(""));
        assert_eq!(find("token"), None);
    }
}
