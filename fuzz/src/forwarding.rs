//! Forwarding headers: whatever a visitor writes into them stands left of what the proxies append, and
//! changes neither under whom the call is counted nor whether it came in plain.

use std::{
    collections::HashSet,
    net::IpAddr,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use captcha_core::{Captcha, TrustedProxies, store::Id};

use super::{
    Target,
    site::{Call, Forgetful, builder},
};

pub const TARGET: Target = Target {
    name: "forwarding",
    run,
    seeds,
    mutations: 15_000,
    controls: &[
        || counted(&SITES[0], &[("x-forwarded-for", b"198.51.100.9")]),
        || counted(&SITES[0], &[]),
        || {
            counted(
                &SITES[1],
                &[("forwarded", b"for=203.0.113.7, for=198.51.100.9")],
            )
        },
        || counted(&SITES[0], &[("x-forwarded-proto", b"http"), APPENDED]),
    ],
};

const PROXY: [u8; 4] = [10, 0, 0, 1];
const APPENDED: (&str, &[u8]) = ("x-forwarded-for", b"203.0.113.7");

/// An engine, and the proxies before it.
struct Site {
    captcha: Captcha,
    store: Arc<Forgetful>,
    /// What the proxies append: header and value.
    appended: Vec<(&'static str, &'static str)>,
    /// One call at a time, or the counts of two would mix.
    turn: Mutex<()>,
}

static SITES: LazyLock<[Site; 5]> = LazyLock::new(|| {
    let at = || TrustedProxies::at(["10.0.0.0/8", "fd00::/8"]).expect("these are networks");
    let hops = |count| TrustedProxies::hops(count).expect("a few");
    let one = ("x-forwarded-for", "203.0.113.7");
    let https = ("x-forwarded-proto", "https");
    let forwarded = ("forwarded", "for=\"203.0.113.7:4711\";proto=https");
    [
        site(at(), vec![one, https]),
        site(at().read_forwarded(), vec![forwarded]),
        site(hops(1), vec![one, https]),
        site(hops(1).read_forwarded(), vec![forwarded]),
        site(
            at().with_hops(2).expect("a few"),
            vec![one, https, ("x-forwarded-for", "10.0.0.2"), https],
        ),
    ]
});

fn site(proxies: TrustedProxies, appended: Vec<(&'static str, &'static str)>) -> Site {
    let store = Arc::new(Forgetful::default());
    let captcha = builder(Arc::clone(&store)).trusted_proxies(proxies).build();
    Site {
        captcha: captcha.expect("it has all it needs"),
        store,
        appended,
        turn: Mutex::default(),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let written: [&[u8]; 16] = [
        b"198.51.100.9",
        b"198.51.100.9, 10.0.0.9\n192.0.2.1",
        b"unknown, _hidden",
        b"[2001:db8::1]:80, 2001:db8::2",
        b"10.0.0.2",
        b"\"",
        b"for=\"",
        b"for=\"\\",
        b"for=\"a, b\", for=198.51.100.9",
        b"for=198.51.100.9;proto=http;for=1",
        b"for=\"[2001:db8::1]:4711\";by=_x;PROTO=HTTP",
        b"http",
        b"https, http",
        b"\xff\xfe,,,",
        b" \t,\t ",
        &[b','; 600],
    ];
    let count = (0..).flat_map(|mode: u8| [mode, mode + 5, mode + 10]);
    written
        .iter()
        .zip(count)
        .map(|(text, mode)| [&[mode], *text].concat())
        .collect()
}

/// The first byte chooses the engine and how the proxies append, the rest is what the visitor writes into
/// each header, a line each.
pub fn run(data: &[u8]) {
    let Some((mode, text)) = data.split_first() else {
        return;
    };
    let mode = usize::from(*mode);
    let site = &SITES[mode % SITES.len()];
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let all = ["x-forwarded-for", "x-forwarded-proto", "forwarded"];
    let mut headers: Vec<(&str, Vec<u8>)> = Vec::new();
    for name in all {
        headers.extend(lines.iter().map(|line| (name, line.to_vec())));
    }
    // Nothing is known of a header that no proxy appended to, but that it makes nothing fall over.
    let raw: Vec<(&str, &[u8])> = headers
        .iter()
        .map(|(name, value)| (*name, &value[..]))
        .collect();
    assert!(matches!(call(site, &raw, PROXY).0, 200 | 403));
    if site.captcha_knows_its_proxies(mode) {
        let stranger = [198, 51, 100, 1];
        assert!(alike(
            || call(site, &raw, stranger),
            || call(site, &[], stranger)
        ));
    }
    for (name, value) in &site.appended {
        let last = headers.iter().rposition(|(other, _)| other == name);
        match last {
            // To the line that is there, as most proxies do.
            Some(at) if (mode / SITES.len()).is_multiple_of(2) => {
                headers[at].1.extend([b", ", value.as_bytes()].concat());
            }
            _ => headers.push((name, value.as_bytes().to_vec())),
        }
    }
    let headers: Vec<(&str, &[u8])> = headers
        .iter()
        .map(|(name, value)| (*name, &value[..]))
        .collect();
    counted(site, &headers);
}

impl Site {
    /// Whether it trusts by address, so that another peer is not believed.
    fn captcha_knows_its_proxies(&self, mode: usize) -> bool {
        !matches!(mode % SITES.len(), 2 | 3)
    }
}

/// Panics unless the call is served and counted under the visitor whom the proxies report.
fn counted(site: &Site, headers: &[(&str, &[u8])]) {
    let plain = site.appended.iter();
    let plain: Vec<_> = plain
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    let reported = || (200, call(site, &plain, PROXY).1);
    assert!(alike(|| call(site, headers, PROXY), reported));
}

/// Whether two calls come to the same. Pseudonyms change every ten minutes, perhaps between the two.
fn alike<T: PartialEq>(one: impl Fn() -> T, other: impl Fn() -> T) -> bool {
    (0..2).any(|_| one() == other())
}

fn call(site: &Site, headers: &[(&str, &[u8])], peer: [u8; 4]) -> (u16, HashSet<Id>) {
    let _turn = site.turn.lock().unwrap_or_else(PoisonError::into_inner);
    let json: (&str, &[u8]) = ("content-type", b"application/json");
    let call = Call {
        method: "POST",
        path: "/challenge",
        headers: headers.iter().copied().chain([json]).collect(),
        body: br#"{"kind":"work"}"#,
        peer: Some(IpAddr::from(peer)),
        ..Call::default()
    };
    let status = call.answer(&site.captcha).status;
    (status, site.store.hits())
}
