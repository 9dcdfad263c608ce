//! The widget's files, and what is not there.

use crate::{
    apps::Adapter,
    client::{Call, get, json},
    runner::{Case, Client},
};

const ASSETS: [(&str, &str); 7] = [
    ("consent.js", "text/javascript; charset=utf-8"),
    ("lang/en.json", "application/json"),
    ("lang/zh-Hant.json", "application/json"),
    ("privacy.css", "text/css; charset=utf-8"),
    ("widget.js", "text/javascript; charset=utf-8"),
    ("widget.css", "text/css; charset=utf-8"),
    ("worker.js", "text/javascript; charset=utf-8"),
];

/// Each route with the methods that it serves.
pub(super) const ROUTES: [(&str, &str); 21] = [
    ("consent.js", "GET, HEAD"),
    ("lang/de.json", "GET, HEAD"),
    ("lang/tlh.json", "GET, HEAD"),
    ("answer", "POST"),
    ("challenge", "POST"),
    ("frame", "GET, HEAD, POST"),
    ("frame/image", "GET, HEAD"),
    ("privacy", "GET, HEAD"),
    ("privacy.css", "GET, HEAD"),
    ("privacy/choices", "GET, HEAD, POST"),
    ("privacy/consent", "DELETE, PUT"),
    ("privacy/data", "DELETE, GET, HEAD, PATCH"),
    ("privacy/export", "GET, HEAD"),
    ("privacy/objection", "DELETE, PUT"),
    ("privacy/requests", "POST"),
    ("privacy/restriction", "DELETE, PUT"),
    ("privacy/schema/data", "GET, HEAD"),
    ("privacy/schema/notice", "GET, HEAD"),
    ("widget.css", "GET, HEAD"),
    ("widget.js", "GET, HEAD"),
    ("worker.js", "GET, HEAD"),
];

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, content_type) in ASSETS {
        let path = format!("/captcha/{name}");
        let at = path.clone();
        cases.push(Case::new(
            format!("{name} is the same bytes for everyone"),
            async move |c: &Client| {
                same_for_everyone(c, &at, content_type).await;
            },
        ));
        let at = path.clone();
        cases.push(Case::new(
            format!("HEAD {name} has the headers and no body"),
            async move |c: &Client| {
                let full = c.send(get(&at)).await;
                let head = c.send(Call::new("HEAD", &at)).await;
                head.is(200)
                    .has("etag", full.header("etag").unwrap())
                    .has("content-type", content_type);
                let length = head.header("content-length");
                assert!(
                    length.is_none_or(|length| length == full.body.len().to_string()),
                    "{length:?}"
                );
            },
        ));
        let at = path;
        cases.push(Case::new(
            format!("{name} is not sent again to who has it"),
            async move |c: &Client| {
                not_again(c, &at).await;
            },
        ));
    }
    for (name, allow) in ROUTES {
        cases.push(Case::new(
            format!("{name} serves {allow} alone"),
            async move |c: &Client| {
                for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
                    if allow.split(", ").any(|served| served == method) {
                        continue;
                    }
                    let reply = c.send(Call::new(method, &format!("/captcha/{name}"))).await;
                    if method == "HEAD" {
                        reply.is(405);
                    } else {
                        reply.refused(405, "method-not-allowed");
                    }
                    reply.has("allow", allow).has_no("set-cookie");
                }
            },
        ));
    }
    cases.extend([
        Case::new("each file has a tag of its own", async |c: &Client| {
            let mut tags = Vec::new();
            for (name, _) in ASSETS {
                let reply = c.send(get(&format!("/captcha/{name}"))).await;
                let tag = reply.header("etag").unwrap().to_owned();
                // 96 bits of a digest, in quotes, strong.
                assert_eq!(tag.len(), 18, "{tag}");
                assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
                tags.push(tag);
            }
            tags.sort();
            tags.dedup();
            assert_eq!(tags.len(), ASSETS.len());
        }),
        Case::new(
            "words in the language of the tag, and in English where it is not known",
            async |c: &Client| {
                for (tag, language) in [
                    ("de", "de"),
                    ("DE-at", "de"),
                    ("zh_TW", "zh-Hant"),
                    ("kr", "ko"),
                    ("tlh", "en"),
                ] {
                    let reply = c.send(get(&format!("/captcha/lang/{tag}.json"))).await;
                    reply.is(200).has("content-language", language);
                    assert_eq!(reply.json()[0], language, "{tag}");
                }
                for path in [
                    "lang/de",
                    "lang/de.js",
                    "lang/",
                    "lang",
                    "lang/a/b.json",
                    "lang/de%2fx.json",
                    "lang/%22%3E%3Cb%3E.json",
                    "lang/.json",
                ] {
                    c.send(get(&format!("/captcha/{path}")))
                        .await
                        .refused(404, "not-found");
                }
            },
        ),
        Case::new(
            "unknown paths below the mount point are 404",
            async |c: &Client| {
                for path in UNKNOWN {
                    for method in ["GET", "POST", "DELETE"] {
                        c.send(Call::new(method, path))
                            .await
                            .refused(404, "not-found")
                            .has_no("allow");
                    }
                    c.send(Call::new("HEAD", path)).await.is(404);
                }
            },
        ),
        Case::new(
            "no other spelling of a path is a route",
            async |c: &Client| {
                for path in SPELLINGS {
                    c.send(get(path)).await.refused(404, "not-found");
                }
            },
        ),
        Case::new("a doubled slash is another path", async |c: &Client| {
            for path in [
                "/captcha//widget.js",
                "/captcha///widget.js",
                "//captcha/widget.js",
            ] {
                c.send(get(path)).await.is(404);
            }
        })
        // Above the mount point the 404 is the framework's own.
        .uncompared(),
        Case::new(
            "a path that leaves the mount point and comes back is not served",
            async |c: &Client| {
                for path in [
                    "/captcha/../captcha/widget.js",
                    "/captcha/frame/../widget.js",
                    "/captcha/./widget.js",
                    "/captcha/%2e%2e/captcha/widget.js",
                ] {
                    c.send(get(path)).await.refused(404, "not-found");
                }
            },
        ),
        Case::new(
            "a query changes nothing about a file",
            async |c: &Client| {
                let plain = c.send(get("/captcha/widget.js")).await;
                for query in ["?", "?v=2", "?callback=evil", "?../../etc/passwd"] {
                    let reply = c.send(get(&format!("/captcha/widget.js{query}"))).await;
                    reply.is(200).has("etag", plain.header("etag").unwrap());
                    assert!(reply.body == plain.body, "{query}");
                }
            },
        ),
        Case::new(
            "a preflight is answered 405, without a word that would allow it",
            async |c: &Client| {
                let preflight = Call::new("OPTIONS", "/captcha/challenge")
                    .header("origin", "https://evil.example")
                    .header("access-control-request-method", "POST")
                    .header("access-control-request-headers", "content-type");
                c.send(preflight)
                    .await
                    .refused(405, "method-not-allowed")
                    .has("allow", "POST")
                    .has_no("vary");
            },
        ),
        Case::new(
            "the route comes before the method, the method before origin, size and type",
            async |c: &Client| {
                let big = vec![b'x'; 9_000];
                let hostile = |method, path| {
                    Call::new(method, path)
                        .header("origin", "https://evil.example")
                        .body(big.clone())
                };
                c.send(hostile("POST", "/captcha/nothing"))
                    .await
                    .refused(404, "not-found");
                c.send(hostile("PUT", "/captcha/challenge"))
                    .await
                    .refused(405, "method-not-allowed");
                c.send(hostile("POST", "/captcha/challenge"))
                    .await
                    .refused(403, "foreign-origin");
                let own = Call::new("POST", "/captcha/challenge").body(big.clone());
                c.send(own).await.refused(413, "too-large");
                c.send(json("/captcha/challenge", ""))
                    .await
                    .refused(400, "malformed");
            },
        ),
        Case::new(
            "a request line with the whole address is the same request",
            async |c: &Client| {
                let plain = c.send(get("/captcha/worker.js")).await;
                let whole = c.send(get("http://shop.example/captcha/worker.js")).await;
                whole.is(200).has("etag", plain.header("etag").unwrap());
                c.send(get("http://shop.example/captcha/nothing"))
                    .await
                    .refused(404, "not-found");
            },
        ),
        Case::new(
            "methods that nobody serves are refused",
            async |c: &Client| {
                for method in ODD {
                    let reply = c.send(Call::new(method, "/captcha/challenge")).await;
                    reply
                        .refused(405, "method-not-allowed")
                        .has("allow", "POST");
                }
            },
        )
        .only_on(&Adapter::BODY_MIDDLEWARE),
        Case::new(
            "methods that Rocket does not know are refused by Rocket",
            async |c: &Client| {
                for method in ODD {
                    let reply = c
                        .send_unrecorded(&Call::new(method, "/captcha/challenge"))
                        .await;
                    assert!(
                        (400..=501).contains(&reply.status),
                        "{method}: {}",
                        reply.status
                    );
                    reply.has_no("set-cookie");
                }
            },
        )
        .only_on(&[Adapter::Rocket])
        .uncompared(),
    ]);
    cases
}

const ODD: [&str; 6] = ["TRACE", "PROPFIND", "BREW", "post", "get", "POSTX"];

const UNKNOWN: [&str; 14] = [
    "/captcha",
    "/captcha/",
    "/captcha/index.html",
    "/captcha/challenges",
    "/captcha/challeng",
    "/captcha/answer/1",
    "/captcha/widget.js.map",
    "/captcha/widget",
    "/captcha/frame/",
    "/captcha/frame/image/x",
    "/captcha/image",
    "/captcha/verify",
    "/captcha/.env",
    "/captcha/stats",
];

const SPELLINGS: [&str; 9] = [
    "/captcha/widget.js/",
    "/captcha/Widget.js",
    "/captcha/WIDGET.JS",
    "/captcha/%77idget.js",
    "/captcha/widget%2ejs",
    "/captcha/widget.js%00",
    "/captcha/widget.js%20",
    "/captcha/widget.js;v=1",
    "/captcha/frame%2fimage",
];

async fn same_for_everyone(c: &Client, path: &str, content_type: &str) {
    let first = c.send(get(path)).await;
    first
        .is(200)
        .has("content-type", content_type)
        .has("cache-control", "no-cache")
        .has("cross-origin-resource-policy", "same-origin")
        .has_no("set-cookie")
        .has_no("vary")
        .has_no("content-encoding")
        .has_no("last-modified");
    assert!(first.body.len() > 100, "{} bytes", first.body.len());
    let visitors = [
        get(path).header(
            "cookie",
            "a=1; __Host-captcha-session=x; __Host-captcha-token=y",
        ),
        get(path)
            .header("accept-language", "de")
            .header("user-agent", "curl/8"),
        get(path)
            .header("accept-encoding", "gzip, br")
            .header("accept", "text/plain"),
        get(path)
            .header("origin", "https://evil.example")
            .header("sec-fetch-site", "cross-site"),
        get(path).header("range", "bytes=0-9"),
        get(path)
            .header("x-forwarded-for", "203.0.113.9")
            .header("host", "other.example"),
    ];
    for visitor in visitors {
        let reply = c.send(visitor).await;
        reply
            .is(200)
            .has("etag", first.header("etag").unwrap())
            .has_no("set-cookie");
        assert!(reply.body == first.body, "other bytes");
    }
}

async fn not_again(c: &Client, path: &str) {
    let tag = c.send(get(path)).await.header("etag").unwrap().to_owned();
    let held = [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        format!("{tag},\"other\""),
        "*".to_owned(),
    ];
    for held in held {
        let reply = c.send(get(path).header("if-none-match", &held)).await;
        reply.is(304).has("etag", &tag);
        assert!(reply.body.is_empty(), "a body with {held}");
    }
    let both = get(path)
        .header("if-none-match", "\"other\"")
        .header("if-none-match", &tag);
    c.send(both).await.is(304);
    let bare = tag.trim_matches('"');
    for other in ["\"other\"", "", bare, "\"\"", "W/", "\u{e9}"] {
        let reply = c.send(get(path).header("if-none-match", other)).await;
        reply.is(200).has("etag", &tag);
        assert!(!reply.body.is_empty(), "no body with {other:?}");
    }
    c.send(Call::new("HEAD", path).header("if-none-match", &tag))
        .await
        .is(304);
    // A date says nothing here, and a precondition that fails is no reason to send less.
    c.send(get(path).header("if-modified-since", "Fri, 15 Jan 2027 08:00:00 GMT"))
        .await
        .is(200);
}
