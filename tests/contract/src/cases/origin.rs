//! Calls from other sites.

use super::assets::ROUTES;
use crate::{
    client::{Call, form, get, json},
    runner::{Case, Client, answering},
};

const HOST: (&str, &str) = ("host", "shop.example");
const CROSS: (&str, &str) = ("sec-fetch-site", "cross-site");
const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");
const OWN: (&str, &str) = ("origin", "https://shop.example");

type Headers = &'static [(&'static str, &'static str)];

/// What a browser or a forger says of where a call comes from, and whether that is foreign.
const CALLS: [(&str, Headers, bool); 46] = [
    ("no browser", &[HOST], false),
    ("our own origin", &[HOST, OWN], false),
    (
        "our own origin, plain HTTP",
        &[HOST, ("origin", "http://shop.example")],
        false,
    ),
    (
        "our own origin, in capitals",
        &[HOST, ("origin", "https://SHOP.EXAMPLE")],
        false,
    ),
    (
        "our own host, in capitals",
        &[("host", "SHOP.example"), OWN],
        false,
    ),
    (
        "our own origin with the default port",
        &[HOST, ("origin", "https://shop.example:443")],
        false,
    ),
    (
        "our own host with the default port",
        &[("host", "shop.example:443"), OWN],
        false,
    ),
    (
        "our own port",
        &[
            ("host", "127.0.0.1:3000"),
            ("origin", "http://127.0.0.1:3000"),
        ],
        false,
    ),
    (
        "our own IPv6 address",
        &[("host", "[::1]:3000"), ("origin", "http://[::1]:3000")],
        false,
    ),
    ("same-origin", &[HOST, SAME], false),
    ("a call by hand", &[HOST, ("sec-fetch-site", "none")], false),
    ("same-origin and our origin", &[HOST, SAME, OWN], false),
    (
        "same-origin without a referrer",
        &[HOST, SAME, ("origin", "null")],
        false,
    ),
    (
        "a referrer alone says nothing",
        &[HOST, ("referer", "https://evil.example/")],
        false,
    ),
    (
        "other fetch headers say nothing",
        &[
            HOST,
            ("sec-fetch-mode", "no-cors"),
            ("sec-fetch-dest", "image"),
        ],
        false,
    ),
    (
        "another origin",
        &[HOST, ("origin", "https://evil.example")],
        true,
    ),
    ("null", &[HOST, ("origin", "null")], true),
    ("Null", &[HOST, ("origin", "Null")], true),
    ("an empty origin", &[HOST, ("origin", "")], true),
    ("a scheme alone", &[HOST, ("origin", "https://")], true),
    ("no scheme", &[HOST, ("origin", "shop.example")], true),
    (
        "another scheme",
        &[HOST, ("origin", "file://shop.example")],
        true,
    ),
    (
        "an extension",
        &[HOST, ("origin", "chrome-extension://shop.example")],
        true,
    ),
    (
        "our name in front",
        &[HOST, ("origin", "https://shop.example.evil.example")],
        true,
    ),
    (
        "our name behind",
        &[HOST, ("origin", "https://evilshop.example")],
        true,
    ),
    (
        "a subdomain",
        &[HOST, ("origin", "https://www.shop.example")],
        true,
    ),
    (
        "the domain above",
        &[("host", "www.shop.example"), OWN],
        true,
    ),
    (
        "another port",
        &[HOST, ("origin", "https://shop.example:8443")],
        true,
    ),
    (
        "the other scheme's port",
        &[HOST, ("origin", "http://shop.example:443")],
        true,
    ),
    (
        "a user part",
        &[HOST, ("origin", "https://shop.example@evil.example")],
        true,
    ),
    (
        "a user part of ours",
        &[HOST, ("origin", "https://evil.example@shop.example")],
        true,
    ),
    ("a path", &[HOST, ("origin", "https://shop.example/")], true),
    (
        "two in one",
        &[
            HOST,
            ("origin", "https://shop.example https://evil.example"),
        ],
        true,
    ),
    (
        "a list",
        &[
            HOST,
            ("origin", "https://shop.example, https://evil.example"),
        ],
        true,
    ),
    ("our origin twice", &[HOST, OWN, OWN], true),
    (
        "ours and another",
        &[HOST, OWN, ("origin", "https://evil.example")],
        true,
    ),
    (
        "another and ours",
        &[HOST, ("origin", "https://evil.example"), OWN],
        true,
    ),
    (
        "a trailing dot",
        &[HOST, ("origin", "https://shop.example.")],
        true,
    ),
    ("cross-site", &[HOST, CROSS], true),
    ("same-site", &[HOST, ("sec-fetch-site", "same-site")], true),
    ("cross-site with our origin", &[HOST, CROSS, OWN], true),
    (
        "same-origin with another origin",
        &[HOST, SAME, ("origin", "https://evil.example")],
        true,
    ),
    (
        "an unknown site",
        &[HOST, ("sec-fetch-site", "cross-planet")],
        true,
    ),
    ("an empty site", &[HOST, ("sec-fetch-site", "")], true),
    (
        "same-origin in capitals",
        &[HOST, ("sec-fetch-site", "Same-Origin")],
        true,
    ),
    ("same-origin twice", &[HOST, SAME, SAME], true),
];

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = (CALLS.iter())
        .map(|&(name, headers, foreign)| {
            let word = if foreign { "refused" } else { "served" };
            Case::new(
                format!("a call from elsewhere or not: {name} is {word}"),
                async move |c: &Client| {
                    let mut call = json("/captcha/challenge", r#"{"kind":"work"}"#);
                    for (name, value) in headers {
                        call = call.header(name, value);
                    }
                    let reply = c.send(call).await;
                    if foreign {
                        reply.refused(403, "foreign-origin").has_no("set-cookie");
                    } else {
                        reply.is(200);
                    }
                },
            )
        })
        .collect();
    cases.extend([
        Case::new(
            "a foreign answer is refused and costs the challenge nothing",
            async |c: &Client| {
                let challenge = c.challenge("slide").await;
                let right = c.right(&challenge).await;
                c.send(right.clone().header(CROSS.0, CROSS.1))
                    .await
                    .refused(403, "foreign-origin")
                    .has_no("set-cookie");
                let wrong = answering(&challenge, r#"{"x":1}"#, "0")
                    .header("origin", "https://evil.example");
                c.send(wrong).await.refused(403, "foreign-origin");
                c.send(right).await.is(200);
            },
        ),
        Case::new(
            "a foreign frame form is refused and costs the challenge nothing",
            async |c: &Client| {
                let challenge = c.frame_challenge().await;
                let (answer, _) = c.solve(&challenge).await;
                let text = answer["text"].as_str().unwrap();
                let call = form(
                    "/captcha/frame",
                    format!("challenge={challenge}&action=signup&text={text}"),
                );
                c.send(call.clone().header("origin", "null"))
                    .await
                    .refused(403, "foreign-origin")
                    .has_no("set-cookie");
                c.send(call.clone().header(CROSS.0, CROSS.1))
                    .await
                    .refused(403, "foreign-origin");
                // Our frame sends `referrer-policy: same-origin`; a stricter page above it makes this.
                c.send(call.header("origin", "null").header(SAME.0, SAME.1))
                    .await
                    .is(200);
            },
        ),
        Case::new(
            "what changes no state is served to anyone who links to it",
            async |c: &Client| {
                let challenge = c.frame_challenge().await;
                let image = format!("/captcha/frame/image?challenge={challenge}");
                for path in [
                    "/captcha/widget.js",
                    "/captcha/widget.css",
                    "/captcha/worker.js",
                    "/captcha/frame",
                    &image,
                ] {
                    let call = get(path)
                        .header(CROSS.0, CROSS.1)
                        .header("origin", "https://evil.example");
                    c.send(call).await.is(200);
                }
            },
        ),
        Case::new("no route ever says a word of CORS", async |c: &Client| {
            for (route, _) in ROUTES {
                for origin in ["https://shop.example", "https://evil.example", "null"] {
                    for method in ["GET", "HEAD", "POST", "OPTIONS", "DELETE"] {
                        let call = Call::new(method, &format!("/captcha/{route}"))
                            .header("origin", origin)
                            .header("access-control-request-method", "POST")
                            .header("access-control-request-private-network", "true");
                        // `send` looks for such headers in every answer.
                        c.send(call).await.has_no("timing-allow-origin");
                    }
                }
            }
        }),
        Case::new(
            "a host's route that asks for a captcha has no say in origins",
            async |c: &Client| {
                let token = c.token().await;
                let call = get("/members")
                    .header("x-captcha-token", &token)
                    .header("origin", "https://evil.example");
                c.send(call).await.is(200);
            },
        ),
    ]);
    cases
}
