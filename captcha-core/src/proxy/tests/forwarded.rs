use super::*;

#[test]
fn forwarded_is_read_as_rfc_7239_writes_it() {
    let cases: Cases<'_> = &[
        (&["for=192.0.2.1"], "192.0.2.1"),
        (&["For=\"192.0.2.1:47011\""], "192.0.2.1"),
        (&["for=\"[2001:db8::1]:4711\""], "2001:db8::1"),
        (&["for=192.0.2.1;proto=https;by=203.0.113.43"], "192.0.2.1"),
        (&["proto=https ; for=192.0.2.1 ;"], "192.0.2.1"),
        (
            &["for=203.0.113.7, for=192.0.2.1, for=10.0.0.9"],
            "192.0.2.1",
        ),
        (&["for=203.0.113.7", "for=192.0.2.1"], "192.0.2.1"),
        (&["for=192.0.2.1;host=\"a,b;for=203.0.113.7\""], "192.0.2.1"),
        (
            &[r#"for=192.0.2.1;host="a\",for=203.0.113.7;x=\"b""#],
            "192.0.2.1",
        ),
        (&[r#"for=192.0.2.1;host="a\\", for=10.0.0.9"#], "192.0.2.1"),
        // A quotation mark that a visitor left open does not swallow what the proxy adds.
        (&["for=\"203.0.113.7, for=192.0.2.1"], "192.0.2.1"),
        (&["\"\", \\\", for=192.0.2.1"], "192.0.2.1"),
        (&["for=\"x\\\", for=\"[2001:db8::1]\""], "2001:db8::1"),
        (&["for=unknown"], ""),
        (&["for=203.0.113.7, for=_gazonk"], ""),
        (&["for=203.0.113.7, for=\"_gazonk:80\""], ""),
        (&["for=203.0.113.7, by=10.0.0.9;proto=https"], ""),
        (&["for=203.0.113.7;for=192.0.2.1"], ""),
        (&["for=203.0.113.7 for=192.0.2.1"], ""),
        (&["for=203.0.113.7;FOR=203.0.113.7"], ""),
        (&["for=203.0.113.7;proto=https;proto=https"], ""),
        (&["for=203.0.113.7, 192.0.2.1"], ""),
        (&["for=203.0.113.7, for"], ""),
        (&["for=203.0.113.7, for="], ""),
        (&["for=203.0.113.7, for=\""], ""),
        (&["for=203.0.113.7, for=192.0.2.1\""], ""),
        (&["for=203.0.113.7, for=\"192.0.2.1\"x"], ""),
        (&[r#"for=203.0.113.7, for="192.0.2\.1""#], ""),
        (&["for=203.0.113.7, x\"=1;for=192.0.2.1"], ""),
        (&["for=203.0.113.7, =1;for=192.0.2.1"], ""),
        (&["for =192.0.2.1"], ""),
        (&[], ""),
    ];
    check(&loopback().read_forwarded(), "forwarded", cases);
    // The other header is the visitor's own then.
    let other = ["203.0.113.7"];
    let both = visitor(&loopback().read_forwarded(), "x-forwarded-for", &other);
    assert_eq!(both, None);
    assert_eq!(
        visitor(&loopback(), "forwarded", &["for=203.0.113.7"]),
        None
    );
}

#[test]
fn the_outermost_trusted_proxy_says_whether_the_visitor_came_in_plain() {
    let x = |for_: &'static str, proto: &'static str, expected: bool| {
        let headers: &[(&str, &[u8])] = &[
            ("x-forwarded-for", for_.as_bytes()),
            ("x-forwarded-proto", proto.as_bytes()),
        ];
        let seen = source(&loopback(), "127.0.0.1", headers);
        assert!(
            matches!(seen, Source::Reported { plain, .. } if plain == expected),
            "{for_:?} {proto:?} {seen:?}"
        );
    };
    x("192.0.2.1", "http", true);
    x("192.0.2.1", "HTTP", true);
    x("192.0.2.1", " ws ", true);
    x("192.0.2.1", "https", false);
    x("192.0.2.1", "", false);
    x("192.0.2.1", "garbage", false);
    // What stands left of it, the visitor wrote.
    x("192.0.2.1", "http, https", false);
    x("192.0.2.1", "https, http", true);
    x("192.0.2.1, 10.0.0.9", "https, http", false);
    x("192.0.2.1, 10.0.0.9", "http, https", true);
    x("192.0.2.1, 10.0.0.9", "http", true);
    x("", "http", true);
    x("192.0.2.1, unknown", "https, http", true);

    let forwarded = |line: &'static str, expected: bool| {
        let headers: &[(&str, &[u8])] = &[
            ("forwarded", line.as_bytes()),
            ("x-forwarded-proto", b"http"),
        ];
        let seen = source(&loopback().read_forwarded(), "127.0.0.1", headers);
        assert!(
            matches!(seen, Source::Reported { plain, .. } if plain == expected),
            "{line:?} {seen:?}"
        );
    };
    forwarded("for=192.0.2.1;proto=http", true);
    forwarded("for=192.0.2.1;Proto=\"HTTP\"", true);
    forwarded("for=_hidden;proto=http", true);
    forwarded("for=192.0.2.1;proto=https", false);
    forwarded("for=192.0.2.1", false);
    forwarded("for=192.0.2.1;proto=https, for=10.0.0.9;proto=http", false);
    forwarded("for=192.0.2.1;proto=http, for=10.0.0.9;proto=https", true);
    forwarded("proto=http, for=192.0.2.1;proto=https", false);
}
