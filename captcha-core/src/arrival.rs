//! How visitors arrive: from which address, and over which transport.

use std::net::IpAddr;

use crate::{
    error::{CaptchaError, ErrorKind},
    hints::{Hint, Hints},
    proxy::{Source, TrustedProxies},
};

/// What visitors' browsers speak to the site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Transport {
    /// HTTPS alone: a visitor whom a trusted proxy reports as plain is refused.
    #[default]
    Https,
    /// Plain HTTP as well.
    PlainHttp,
}

/// Headers that name somebody whom a proxy passes on.
const FORWARDING: [&str; 2] = ["x-forwarded-for", "forwarded"];

/// Reads from each request who sent it.
#[derive(Debug)]
pub(crate) struct Arrivals {
    proxies: Option<TrustedProxies>,
    transport: Transport,
    hints: Hints,
}

impl Arrivals {
    pub(crate) fn new(proxies: Option<TrustedProxies>, transport: Transport) -> Self {
        Self {
            proxies,
            transport,
            hints: Hints::default(),
        }
    }

    pub(crate) fn transport(&self) -> Transport {
        self.transport
    }

    pub(crate) fn hints(&self) -> &Hints {
        &self.hints
    }

    /// The visitor's address: the peer's own, or what trusted proxies report.
    pub(crate) fn visitor<'a, I>(
        &self,
        peer: Option<IpAddr>,
        lines: impl Fn(&'static str) -> I,
    ) -> Option<IpAddr>
    where
        I: DoubleEndedIterator<Item = &'a [u8]>,
    {
        let Some(proxies) = &self.proxies else {
            if peer.is_none() {
                self.hints.give(Hint::NoAddress);
            }
            let forwarded = |name| lines(name).next().is_some();
            if FORWARDING.into_iter().any(forwarded) {
                self.hints.give(Hint::UntrustedProxy);
            }
            return peer;
        };
        match proxies.source(peer, lines) {
            Source::Direct(peer) => peer,
            Source::Reported { visitor, .. } => {
                if visitor.is_none() {
                    self.hints.give(Hint::UnreadableAddress);
                }
                visitor
            }
        }
    }

    /// Refuses a visitor who came over plain HTTP where HTTPS is expected.
    pub(crate) fn check_transport<'a, I>(
        &self,
        peer: Option<IpAddr>,
        lines: impl Fn(&'static str) -> I,
    ) -> Result<(), CaptchaError>
    where
        I: DoubleEndedIterator<Item = &'a [u8]>,
    {
        let Some(proxies) = &self.proxies else {
            return Ok(());
        };
        let plain = matches!(
            proxies.source(peer, lines),
            Source::Reported { plain: true, .. }
        );
        if plain && self.transport() == Transport::Https {
            return Err(CaptchaError::new(
                ErrorKind::InsecureTransport,
                "a trusted proxy reports that the visitor came over plain HTTP",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Captcha, CaptchaBuilder, CookieConfig, SecretKey,
        endpoint::{Headers, Request, Response, guard::TokenField},
        testing::block_on,
    };

    fn builder() -> CaptchaBuilder {
        Captcha::builder()
            .privacy(crate::testing::privacy())
            .key(SecretKey::generate().unwrap())
            .work_bits(0, 1)
            .draw_in_order()
    }

    fn proxied() -> CaptchaBuilder {
        builder().trusted_proxies(TrustedProxies::at(["127.0.0.1"]).unwrap())
    }

    fn ask(captcha: &Captcha, path: &str, headers: &[(&str, &str)]) -> Response {
        let (method, body): (_, &[u8]) = match path {
            "/challenge" => ("POST", br#"{"kind":"work"}"#),
            _ => ("GET", b""),
        };
        let json = ("content-type", "application/json");
        let headers = (headers.iter().chain([&json]))
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        block_on(captcha.handle(&Request {
            method,
            path,
            query: None,
            headers,
            body,
            peer: Some(IpAddr::from([127, 0, 0, 1])),
        }))
    }

    #[test]
    fn a_visitor_in_plain_is_refused_unless_the_builder_says_otherwise() {
        let plain = [
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-proto", "http"),
        ];
        for path in ["/challenge", "/frame", "/frame/image", "/widget.js"] {
            let status = |captcha: CaptchaBuilder| {
                let response = ask(&captcha.build().unwrap(), path, &plain);
                (response.status, response.body)
            };
            let (refused, body) = status(proxied());
            assert_eq!(refused, 403, "{path}");
            let body = String::from_utf8(body.into_owned()).unwrap();
            assert!(body.contains("urn:captcha:insecure-transport"), "{body}");
            assert!(body.contains("insecure_plain_http()"), "{body}");
            // Development on this machine has no proxy; a proxy in plain is said so.
            for other in [
                builder(),
                builder().cookies(CookieConfig::insecure_localhost()),
                proxied().insecure_plain_http(),
            ] {
                let (_, body) = status(other);
                let body = String::from_utf8_lossy(&body).into_owned();
                assert!(!body.contains("insecure-transport"), "{path}: {body}");
            }
        }
    }

    #[test]
    fn a_guard_refuses_it_too_and_spends_no_token() {
        let captcha = proxied().build().unwrap();
        let token = block_on(captcha.token_for_tests(None)).unwrap();
        let field = TokenField::Present(token.as_str().to_owned());
        let peer = Some(IpAddr::from([127, 0, 0, 1]));
        let admit = |scheme: &'static str| {
            let headers: Headers<'_> = [("x-forwarded-proto", scheme.as_bytes())]
                .into_iter()
                .collect();
            block_on(captcha.admit_optional(&field, &headers, peer, None))
        };
        let refused = admit("http").unwrap_err();
        assert_eq!(refused.kind, Some(ErrorKind::InsecureTransport));
        assert_eq!(refused.problem.status, 403);
        assert!(admit("https").unwrap().is_some());
    }

    #[test]
    fn what_requests_show_is_said_by_the_doctor() {
        let found = |captcha: CaptchaBuilder, peer: Option<[u8; 4]>, headers: &[(&str, &str)]| {
            let captcha = captcha.build().unwrap();
            let headers = headers
                .iter()
                .map(|(name, value)| (*name, value.as_bytes()));
            let headers: Headers<'_> = headers.collect();
            let arrivals = &captcha.engine().arrivals;
            arrivals.visitor(peer.map(IpAddr::from), |name| headers.all(name));
            let ids = captcha.doctor().into_iter().map(|finding| finding.id);
            ids.collect::<Vec<_>>()
        };
        let local = Some([127, 0, 0, 1]);
        let via = [("x-forwarded-for", "192.0.2.1")];
        let odd = [("x-forwarded-for", "somebody")];
        for (captcha, peer, headers, id) in [
            (builder(), None, &[][..], "no-address"),
            (builder(), local, &via[..], "untrusted-proxy"),
            (proxied(), local, &odd[..], "unreadable-address"),
        ] {
            let ids = found(captcha, peer, headers);
            assert!(ids.contains(&id), "{id}: {ids:?}");
        }
        for (captcha, headers) in [(builder(), &[][..]), (proxied(), &via[..])] {
            let ids = found(captcha, local, headers);
            assert!(
                !ids.iter()
                    .any(|id| id.ends_with("address") || id.ends_with("proxy")),
                "{ids:?}"
            );
        }
    }

    #[test]
    fn over_plain_http_cookies_are_such_as_browsers_keep_there() {
        let cookie = |captcha: CaptchaBuilder| {
            let captcha = captcha.build().unwrap();
            let response = ask(&captcha, "/challenge", &[]);
            let mut headers = response.headers.into_iter();
            let (_, value) = headers.find(|(name, _)| *name == "set-cookie").unwrap();
            (
                value.contains("Secure"),
                captcha.engine().arrivals.transport(),
            )
        };
        assert_eq!(cookie(builder()), (true, Transport::Https));
        let plain = builder().insecure_plain_http();
        assert_eq!(cookie(plain), (false, Transport::PlainHttp));
        let local = builder().cookies(CookieConfig::insecure_localhost());
        assert_eq!(cookie(local), (false, Transport::Https));
    }
}
