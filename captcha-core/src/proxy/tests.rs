mod forwarded;

use super::*;
use crate::ErrorKind;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn loopback() -> TrustedProxies {
    TrustedProxies::at(["127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48"]).unwrap()
}

/// What `proxies` make of a request with these header lines.
fn source(proxies: &TrustedProxies, peer: &str, headers: &[(&str, &[u8])]) -> Source {
    let peer = Some(peer).filter(|peer| !peer.is_empty()).map(ip);
    proxies.source(peer, |name| {
        (headers.iter())
            .filter(move |(other, _)| *other == name)
            .map(|(_, value)| *value)
    })
}

fn visitor(proxies: &TrustedProxies, header: &str, lines: &[&str]) -> Option<IpAddr> {
    let lines: Vec<_> = (lines.iter())
        .map(|line| (header, line.as_bytes()))
        .collect();
    match source(proxies, "127.0.0.1", &lines) {
        Source::Reported { visitor, .. } => visitor,
        Source::Direct(_) => panic!("the loopback address is trusted"),
    }
}

/// One header line to a visitor's address, or to none.
type Cases<'a> = &'a [(&'a [&'a str], &'a str)];

fn check(proxies: &TrustedProxies, header: &str, cases: Cases<'_>) {
    for (lines, expected) in cases {
        let expected = Some(*expected).filter(|text| !text.is_empty()).map(ip);
        assert_eq!(visitor(proxies, header, lines), expected, "{lines:?}");
    }
}

#[test]
fn the_first_from_the_right_that_is_not_trusted_is_the_visitor() {
    let cases: Cases<'_> = &[
        (&["192.0.2.1"], "192.0.2.1"),
        (&["192.0.2.1, 10.0.0.9"], "192.0.2.1"),
        (&["192.0.2.1,10.0.0.9 ,\t10.1.2.3"], "192.0.2.1"),
        (&["203.0.113.7, 192.0.2.1"], "192.0.2.1"),
        (&["203.0.113.7, 192.0.2.1, 10.0.0.9"], "192.0.2.1"),
        (&["10.0.0.1, 192.0.2.1, 10.0.0.9"], "192.0.2.1"),
        (&["203.0.113.7", "192.0.2.1"], "192.0.2.1"),
        (&["203.0.113.7", "192.0.2.1", "10.0.0.9"], "192.0.2.1"),
        (&["192.0.2.1:80"], "192.0.2.1"),
        (&["192.0.2.1:65535, 10.0.0.9:1"], "192.0.2.1"),
        (&["2001:db8::1"], "2001:db8::1"),
        (&["[2001:db8::1]"], "2001:db8::1"),
        (&["[2001:db8::1]:443"], "2001:db8::1"),
        (&["2001:db8::1, 2001:db8:ffff::9"], "2001:db8::1"),
        (&["::ffff:192.0.2.1"], "192.0.2.1"),
        (&["[::ffff:192.0.2.1]:443"], "192.0.2.1"),
        (&["192.0.2.1, ::ffff:10.0.0.9"], "192.0.2.1"),
        // What a visitor writes to the left is not looked at, whatever it is.
        (&["unknown, 192.0.2.1"], "192.0.2.1"),
        (&["\u{0}\u{7f}<script>;\", 192.0.2.1"], "192.0.2.1"),
        (&[", , ,192.0.2.1"], "192.0.2.1"),
        (&["\"", "192.0.2.1"], "192.0.2.1"),
    ];
    check(&loopback(), "x-forwarded-for", cases);
}

#[test]
fn what_cannot_be_read_on_the_way_is_no_address() {
    let cases: Cases<'_> = &[
        (&[], ""),
        (&[""], ""),
        (&["192.0.2.1", ""], ""),
        (&["192.0.2.1,"], ""),
        (&["192.0.2.1,,10.0.0.9"], ""),
        (&["10.0.0.9"], ""),
        (&["10.0.0.8, 10.0.0.9"], ""),
        (&["192.0.2.1, unknown"], ""),
        (&["192.0.2.1, _hidden"], ""),
        (&["192.0.2.1, unknown, 10.0.0.9"], ""),
        (&["192.0.2.1, 192.0.2.2 192.0.2.3"], ""),
        (&["192.0.2.1, 192.0.2.300"], ""),
        (&["192.0.2.1, 192.0.2"], ""),
        (&["192.0.2.1, 3221225985"], ""),
        (&["192.0.2.1, 0xC0000201"], ""),
        (&["192.0.2.1, 192.000.002.001"], ""),
        (&["192.0.2.1, 192.0.2.1:"], ""),
        (&["192.0.2.1, 192.0.2.1:80:80"], ""),
        (&["192.0.2.1, 192.0.2.1:+80"], ""),
        (&["192.0.2.1, 192.0.2.1:65536"], ""),
        (&["192.0.2.1, 192.0.2.1:_port"], ""),
        (&["192.0.2.1, :80"], ""),
        (&["192.0.2.1, 192.0.2.1/32"], ""),
        (&["192.0.2.1, [192.0.2.1]"], ""),
        (&["192.0.2.1, [2001:db8::1"], ""),
        (&["192.0.2.1, 2001:db8::1]"], ""),
        (&["192.0.2.1, [2001:db8::1]443"], ""),
        (&["192.0.2.1, [2001:db8::1]:"], ""),
        (&["192.0.2.1, [2001:db8::1%eth0]"], ""),
        (&["192.0.2.1, fe80::1%1"], ""),
        (&["192.0.2.1, \"192.0.2.1\""], ""),
        (&["192.0.2.1, for=192.0.2.1"], ""),
        (&["192.0.2.1, localhost"], ""),
        (&["192.0.2.1, 192.0.2.1\u{0}"], ""),
        (&["192.0.2.1, 192.0.2.1\u{a0}"], ""),
        (&["192.0.2.1, １９２.0.2.1"], ""),
    ];
    check(&loopback(), "x-forwarded-for", cases);
    let bytes: &[(&str, &[u8])] = &[("x-forwarded-for", b"192.0.2.1, \xff\xfe")];
    let expected = Source::Reported {
        visitor: None,
        plain: false,
    };
    assert_eq!(source(&loopback(), "127.0.0.1", bytes), expected);
}

#[test]
fn a_peer_that_is_not_trusted_is_the_visitor_and_its_headers_are_not_read() {
    let lies: &[(&str, &[u8])] = &[
        ("x-forwarded-for", b"203.0.113.7"),
        ("x-forwarded-proto", b"http"),
        ("forwarded", b"for=203.0.113.7;proto=http"),
    ];
    for proxies in [
        loopback(),
        loopback().read_forwarded(),
        loopback().with_hops(1).unwrap(),
    ] {
        for peer in ["192.0.2.9", "127.0.0.2", "11.0.0.1", "2001:db8::1", "::1"] {
            let expected = Source::Direct(Some(ip(peer)));
            assert_eq!(source(&proxies, peer, lies), expected, "{peer}");
        }
        assert_eq!(source(&proxies, "", lies), Source::Direct(None));
        // The control: the same headers from a trusted peer are read.
        let read = source(&proxies, "::ffff:127.0.0.1", lies);
        let expected = Source::Reported {
            visitor: Some(ip("203.0.113.7")),
            plain: true,
        };
        assert_eq!(read, expected);
    }
}

#[test]
fn hops_are_counted_from_the_right() {
    let hops = |count| TrustedProxies::hops(count).unwrap();
    let one: Cases<'_> = &[
        (&["192.0.2.1"], "192.0.2.1"),
        (&["203.0.113.7, 192.0.2.1"], "192.0.2.1"),
        (&["203.0.113.7", "192.0.2.1"], "192.0.2.1"),
        (&["10.0.0.1"], "10.0.0.1"),
        (&["192.0.2.1, unknown"], ""),
        (&[""], ""),
        (&[], ""),
    ];
    check(&hops(1), "x-forwarded-for", one);
    let two: Cases<'_> = &[
        (&["192.0.2.1, 198.51.100.2"], "192.0.2.1"),
        (&["203.0.113.7, 192.0.2.1", "198.51.100.2"], "192.0.2.1"),
        (&["192.0.2.1"], ""),
        (&["203.0.113.7, 192.0.2.1, unknown"], ""),
        (&["203.0.113.7, unknown, 198.51.100.2"], ""),
        (&["203.0.113.7, 192.0.2.1,"], ""),
    ];
    check(&hops(2), "x-forwarded-for", two);
    // With addresses as well: as many at most, and only those.
    let both: Cases<'_> = &[
        (&["203.0.113.7, 10.0.0.5, 10.0.0.9"], "10.0.0.5"),
        (&["203.0.113.7, 192.0.2.1"], "192.0.2.1"),
        (&["10.0.0.9"], ""),
    ];
    check(&loopback().with_hops(2).unwrap(), "x-forwarded-for", both);
}

/// The control: what others do, on rows of the tables above.
#[test]
fn a_reader_from_the_left_or_without_quotes_would_believe_the_visitor() {
    let leftmost = |line: &'static str| {
        let first = line.split(',').next().unwrap_or_default();
        element::node(first.trim())
    };
    let lie = Some(ip("203.0.113.7"));
    for line in ["203.0.113.7, 192.0.2.1", "203.0.113.7, 192.0.2.1, 10.0.0.9"] {
        assert_eq!(leftmost(line), lie);
        assert_ne!(visitor(&loopback(), "x-forwarded-for", &[line]), lie);
    }
    let line: &[u8] = br#"for=192.0.2.1;host="a\",for=203.0.113.7;x=\"b""#;
    let unquoted = Elements::plain([line].into_iter()).find_map(|element| {
        let pairs = element?.split(';').map(str::trim).collect::<Vec<_>>();
        let node = pairs.iter().find_map(|pair| pair.strip_prefix("for="))?;
        element::node(node)
    });
    assert_eq!(unquoted, lie);
    let read = loopback().read_forwarded();
    let seen = source(&read, "127.0.0.1", &[("forwarded", line)]);
    assert!(matches!(seen, Source::Reported { visitor, .. } if visitor == Some(ip("192.0.2.1"))));
}

#[test]
fn lengths_are_bounded_and_count_from_the_right() {
    let proxies = loopback();
    let junk = "203.0.113.7,".repeat(100_000);
    let long = format!("{junk}192.0.2.1");
    assert_eq!(
        visitor(&proxies, "x-forwarded-for", &[&long]),
        Some(ip("192.0.2.1"))
    );
    let long = format!("203.0.113.7,{}192.0.2.1", " ".repeat(MAX_HOPS * 1_000));
    assert_eq!(visitor(&proxies, "x-forwarded-for", &[&long]), None);
    let chain = |hops| format!("192.0.2.1{}", ",10.0.0.9".repeat(hops));
    let last = visitor(&proxies, "x-forwarded-for", &[&chain(MAX_HOPS - 1)]);
    assert_eq!(last, Some(ip("192.0.2.1")));
    let over = visitor(&proxies, "x-forwarded-for", &[&chain(MAX_HOPS)]);
    assert_eq!(over, None);
    let open = format!("for=192.0.2.1,for=\"{}", "\\\"".repeat(100_000));
    assert_eq!(
        visitor(&proxies.read_forwarded(), "forwarded", &[&open]),
        None
    );
}

#[test]
fn no_bytes_whatever_make_it_panic_or_believe_the_left() {
    use crate::RandomSource as _;

    let alphabet = b"for=\"\\,; \t_[]:.0123456789abcdef%proto=unknown\xff\0";
    let random = crate::testing::SeededRandom::new(5);
    let mut bytes = [0; 64];
    for round in 0..100_000 {
        random.fill(&mut bytes).unwrap();
        let (length, rest) = bytes.split_first().unwrap();
        let junk: Vec<u8> = (rest.iter().take(usize::from(*length) % 64))
            .map(|byte| alphabet[usize::from(*byte) % alphabet.len()])
            .collect();
        for (proxies, header, element) in [
            (loopback(), "x-forwarded-for", "192.0.2.1"),
            (loopback().read_forwarded(), "forwarded", "for=192.0.2.1"),
        ] {
            let mut appended = junk.clone();
            appended.extend_from_slice(b", ");
            appended.extend_from_slice(element.as_bytes());
            let _ = source(&proxies, "127.0.0.1", &[(header, &junk)]);
            let seen = source(&proxies, "127.0.0.1", &[(header, &appended)]);
            let expected = Some(ip("192.0.2.1"));
            assert!(
                matches!(seen, Source::Reported { visitor, .. } if visitor == expected),
                "round {round}: {:?} gives {seen:?}",
                appended.escape_ascii().to_string()
            );
        }
    }
}

#[test]
fn what_cannot_be_trusted_is_refused_with_the_fix() {
    let at = |text: &str| TrustedProxies::at([text]).map(drop);
    let cases = [
        (TrustedProxies::at([""; 0]).map(drop), "\"127.0.0.1\""),
        (at("nonsense"), "write one such as"),
        (at("10.0.0.1/8"), "\"10.0.0.0/8\""),
        (at("::/0"), "TrustedProxies::hops"),
        (TrustedProxies::hops(0).map(drop), "leave"),
        (TrustedProxies::hops(33).map(drop), "1 to 32"),
        (loopback().with_hops(0).map(drop), "leave"),
    ];
    for (outcome, fix) in cases {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(fix), "{error}");
    }
}
