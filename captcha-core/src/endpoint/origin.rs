//! Whether a state-changing call comes from another site. Browsers say so in `Sec-Fetch-Site`, and
//! in `Origin`; a client that sends neither is no browser and cannot be ridden.

use super::headers::{Headers, Unreadable};
use crate::hints::{Hint, Hints};

pub(super) fn is_foreign(headers: &Headers<'_>, hints: &Hints) -> bool {
    foreign(headers, hints).unwrap_or(true)
}

fn foreign(headers: &Headers<'_>, hints: &Hints) -> Result<bool, Unreadable> {
    let site = headers.one("sec-fetch-site")?;
    let own_by_site = match site {
        None => false,
        Some("same-origin" | "none") => true,
        Some(_) => return Ok(true),
    };
    let Some(origin) = headers.one("origin")? else {
        return Ok(false);
    };
    if origin == "null" {
        // A page that sends no referrer posts its forms with a null origin; the browser's own
        // word on the site then decides.
        return Ok(!own_by_site);
    }
    let host = headers.one("host")?.unwrap_or_default();
    let same = same_authority(origin, host);
    if !same && site == Some("same-origin") {
        hints.give(Hint::ChangedHost);
    }
    Ok(!same)
}

/// Compares authorities; behind a proxy that ends TLS the schemes differ, so only the default
/// ports are normalised.
fn same_authority(origin: &str, host: &str) -> bool {
    let (authority, default_port) = match origin.split_once("://") {
        Some(("https", rest)) => (rest, ":443"),
        Some(("http", rest)) => (rest, ":80"),
        _ => return false,
    };
    let plain = |text: &str| {
        text.strip_suffix(default_port)
            .unwrap_or(text)
            .to_ascii_lowercase()
    };
    !authority.is_empty() && plain(authority) == plain(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_origin_may_change_state() {
        let host = ("host", "shop.example");
        let cases: [(&[(&str, &str)], bool); 22] = [
            (&[host], false),
            (&[host, ("origin", "https://shop.example")], false),
            (&[host, ("origin", "http://shop.example")], false),
            (&[host, ("origin", "https://SHOP.example")], false),
            (&[host, ("origin", "https://shop.example:443")], false),
            (&[host, ("sec-fetch-site", "same-origin")], false),
            (&[host, ("sec-fetch-site", "none")], false),
            (
                &[host, ("sec-fetch-site", "same-origin"), ("origin", "null")],
                false,
            ),
            (
                &[
                    ("host", "127.0.0.1:3000"),
                    ("origin", "http://127.0.0.1:3000"),
                ],
                false,
            ),
            (
                &[("host", "[::1]:3000"), ("origin", "http://[::1]:3000")],
                false,
            ),
            (&[host, ("origin", "null")], true),
            (&[host, ("origin", "")], true),
            (&[host, ("origin", "https://")], true),
            (&[host, ("origin", "https://evil.example")], true),
            (
                &[host, ("origin", "https://shop.example.evil.example")],
                true,
            ),
            (&[host, ("origin", "https://shop.example:8443")], true),
            (
                &[
                    host,
                    ("origin", "https://evil.example"),
                    ("sec-fetch-site", "same-origin"),
                ],
                true,
            ),
            (&[host, ("sec-fetch-site", "cross-site")], true),
            (&[host, ("sec-fetch-site", "same-site")], true),
            (
                &[
                    host,
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://shop.example"),
                ],
                true,
            ),
            (
                &[
                    host,
                    ("origin", "https://shop.example"),
                    ("origin", "https://shop.example"),
                ],
                true,
            ),
            (&[("origin", "https://shop.example")], true),
        ];
        for (headers, expected) in cases {
            let headers = headers
                .iter()
                .map(|(name, value)| (*name, value.as_bytes()))
                .collect();
            let hints = Hints::default();
            assert_eq!(is_foreign(&headers, &hints), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_proxy_that_changes_the_host_is_named() {
        let origin = ("origin", "https://shop.example");
        for (site, host, seen) in [
            ("same-origin", "127.0.0.1:3000", true),
            ("same-origin", "shop.example", false),
            ("cross-site", "127.0.0.1:3000", false),
        ] {
            let headers = [("host", host), origin, ("sec-fetch-site", site)];
            let headers = headers.map(|(name, value)| (name, value.as_bytes()));
            let hints = Hints::default();
            is_foreign(&headers.into_iter().collect(), &hints);
            assert_eq!(hints.given().next(), seen.then_some(Hint::ChangedHost));
        }
    }
}
