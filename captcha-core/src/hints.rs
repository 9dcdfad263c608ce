//! What only requests show to be set up wrongly. Said once in the log, and by [`Captcha::doctor`](crate::Captcha::doctor)
//! from then on. A request can be made up, so that nothing follows but the hint.

use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hint {
    NoAddress,
    UntrustedProxy,
    UnreadableAddress,
    ChangedHost,
}

impl Hint {
    const ALL: [Self; 4] = [
        Self::NoAddress,
        Self::UntrustedProxy,
        Self::UnreadableAddress,
        Self::ChangedHost,
    ];

    /// Its name, what was seen, and what to do.
    pub(crate) const fn text(self) -> [&'static str; 3] {
        match self {
            Self::NoAddress => [
                "no-address",
                "Requests come without the address of their sender, so that limits count sessions, and whoever has none only \
                 for the whole site",
                "In axum, serve `app.into_make_service_with_connect_info::<SocketAddr>()`.",
            ],
            Self::UntrustedProxy => [
                "untrusted-proxy",
                "A request came with a forwarding header, and no proxy is trusted: behind a proxy all visitors count as one",
                "Behind a proxy, name it with `.trusted_proxies(TrustedProxies::at([..])?)`. Where there is none, somebody made \
                 the header up, and nothing is to be done.",
            ],
            Self::UnreadableAddress => [
                "unreadable-address",
                "A trusted proxy passed a request on without a visitor's address that can be read; such calls count by session",
                "Let each proxy append the address it sees to `X-Forwarded-For`, or check `TrustedProxies`.",
            ],
            Self::ChangedHost => [
                "changed-host",
                "A browser calls a request one of its own site, but `Origin` and `Host` differ, and it was refused (`foreign-origin`): \
                 a proxy seems to change `Host`",
                "Let the proxy pass `Host` on as it came; in nginx, `proxy_set_header Host $http_host;`.",
            ],
        }
    }
}

/// Which hints were given.
#[derive(Debug, Default)]
pub(crate) struct Hints([AtomicBool; Hint::ALL.len()]);

impl Hints {
    pub(crate) fn give(&self, hint: Hint) {
        let given = self.0.get(hint as usize);
        // Looked at first: most are given with every request or never.
        if given.is_some_and(|given| {
            !given.load(Ordering::Relaxed) && !given.swap(true, Ordering::Relaxed)
        }) {
            let [id, what, fix] = hint.text();
            tracing::warn!("captcha: {what} [{id}]. {fix} (Said once.)");
        }
    }

    pub(crate) fn given(&self) -> impl Iterator<Item = Hint> {
        let given = Hint::ALL.into_iter().zip(&self.0);
        given.filter_map(|(hint, given)| given.load(Ordering::Relaxed).then_some(hint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_kept_apart() {
        for (index, hint) in Hint::ALL.into_iter().enumerate() {
            assert_eq!(hint as usize, index);
            let hints = Hints::default();
            assert_eq!(hints.given().next(), None);
            (0..2).for_each(|_| hints.give(hint));
            assert_eq!(hints.given().collect::<Vec<_>>(), [hint]);
            assert!(hint.text().iter().all(|text| !text.is_empty()));
        }
    }
}
