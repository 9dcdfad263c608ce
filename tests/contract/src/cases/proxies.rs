//! Behind proxies: whose address counts, and over what visitors come.

use captcha_core::TrustedProxies;

use super::SESSION;
use crate::{
    client::{Call, form, get, json},
    engine::Config,
    runner::{Case, Client, answering},
};

/// What a visitor may have written before a proxy appended the address that it sees.
const WRITTEN: [&str; 14] = [
    "203.0.113.7",
    "127.0.0.1",
    "10.0.0.1, 127.0.0.1",
    "unknown",
    "_hidden",
    "",
    ", ,",
    "\"",
    "\\\"",
    "for=203.0.113.7",
    "[2001:db8::7]:443",
    "203.0.113.7:80:80",
    "<script>alert(1)</script>",
    "\u{fe}\u{ff}",
];

fn ask() -> Call {
    json("/captcha/challenge", r#"{"kind":"work"}"#)
}

fn from(chain: &str) -> Call {
    ask().header("x-forwarded-for", chain)
}

/// The proxy on this machine is trusted, and one behind it.
fn behind() -> Config {
    Config::behind(&["127.0.0.1", "10.0.0.0/8"], 3)
}

async fn serves_three(c: &Client, call: impl Fn(usize) -> Call) {
    for at in 0..3 {
        c.send(call(at)).await.is(200);
    }
    c.send(call(3)).await.refused(429, "too-many");
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("two visitors are counted apart", async |c: &Client| {
            serves_three(c, |_| from("192.0.2.1")).await;
            serves_three(c, |_| from("192.0.2.2, 10.0.0.9")).await;
            c.send(from("192.0.2.1")).await.refused(429, "too-many");
            c.engine.wait(60);
            c.send(from("192.0.2.1")).await.is(200);
        })
        .config(behind),
        Case::new(
            "one address is one visitor, however it is written",
            async |c: &Client| {
                let ways = ["192.0.2.1", "192.0.2.1:80", "::ffff:192.0.2.1"];
                serves_three(c, |at| from(ways[at % 3])).await;
                c.send(from("[::ffff:192.0.2.1]:443, 10.0.0.9:8080"))
                    .await
                    .refused(429, "too-many");
                let ways = ["2001:db8::1", "[2001:db8::2]", "[2001:db8::ffff:3]:443"];
                serves_three(c, |at| from(ways[at % 3])).await;
                c.send(from("2001:db8:0:1::1")).await.is(200);
            },
        )
        .config(behind),
        Case::new(
            "an answer and the frame are counted by the same address",
            async |c: &Client| {
                let wrong = || answering("forged", "{}", "0");
                for _ in 0..3 {
                    c.send(wrong().header("x-forwarded-for", "192.0.2.1"))
                        .await
                        .refused(400, "malformed");
                    c.send(get("/captcha/frame").header("x-forwarded-for", "192.0.2.1"))
                        .await
                        .is(200);
                }
                c.send(wrong().header("x-forwarded-for", "192.0.2.1"))
                    .await
                    .refused(429, "too-many");
                c.send(get("/captcha/frame").header("x-forwarded-for", "192.0.2.1"))
                    .await
                    .is(429);
                c.send(wrong().header("x-forwarded-for", "192.0.2.2"))
                    .await
                    .refused(400, "malformed");
                c.send(get("/captcha/frame").header("x-forwarded-for", "192.0.2.2"))
                    .await
                    .is(200);
            },
        )
        .config(behind),
        Case::new(
            "an address that cannot be read is none: the session counts",
            async |c: &Client| {
                let first = c.send(from("unknown")).await.sets(SESSION.0, SESSION.1);
                let second = c.send(ask()).await.sets(SESSION.0, SESSION.1);
                for (session, chain) in [(&first, "192.0.2.1, unknown"), (&second, "10.0.0.9")] {
                    serves_three(c, |_| from(chain).cookie(SESSION.0, session)).await;
                }
                // Whose address can be read is not counted with them.
                c.send(from("192.0.2.1").cookie(SESSION.0, &first))
                    .await
                    .is(200);
            },
        )
        .config(behind),
        Case::new(
            "headers of a client that is no trusted proxy are not read",
            async |c: &Client| {
                serves_three(c, |at| {
                    from(&format!("192.0.2.{at}"))
                        .header("forwarded", format!("for=192.0.2.{at};proto=http"))
                        .header("x-forwarded-proto", "http")
                })
                .await;
                let token = c.token().await;
                let members = get("/members").header("x-forwarded-proto", "http");
                c.send(members.header("x-captcha-token", token))
                    .await
                    .is(200);
            },
        )
        .config(|| Config::behind(&["192.0.2.0/24", "127.0.0.2", "::1"], 3)),
        Case::new("hops are counted from the right", async |c: &Client| {
            serves_three(c, |at| {
                from(&format!("203.0.113.{at}, 192.0.2.1, 198.51.100.{at}"))
            })
            .await;
            c.send(from("192.0.2.2, 198.51.100.1")).await.is(200);
        })
        .config(|| Config {
            proxies: Some(TrustedProxies::hops(2).unwrap()),
            ..Config::with_limits(3, u32::MAX)
        }),
        Case::new(
            "the header Forwarded is read where the proxies write that one",
            async |c: &Client| {
                let by = |line: &str| ask().header("forwarded", line);
                serves_three(c, |at| {
                    from(&format!("203.0.113.{at}"))
                        .header("forwarded", "for=\"203.0.113.7")
                        .header("forwarded", "for=192.0.2.1;host=\"a,b\";proto=https")
                })
                .await;
                c.send(by("for=\"x, For=\"192.0.2.1:80\", for=10.0.0.9;proto=http"))
                    .await
                    .refused(429, "too-many");
                serves_three(c, |_| by("for=\"[2001:db8::1]:443\"")).await;
                c.send(by("for=192.0.2.2;proto=http"))
                    .await
                    .refused(403, "insecure-transport");
                c.send(by("for=192.0.2.2").header("x-forwarded-proto", "http"))
                    .await
                    .is(200);
            },
        )
        .config(|| Config {
            proxies: Some(
                TrustedProxies::at(["127.0.0.1", "10.0.0.0/8"])
                    .unwrap()
                    .read_forwarded(),
            ),
            ..Config::with_limits(3, u32::MAX)
        }),
        Case::new(
            "a visitor in plain is refused at every route of the captcha",
            async |c: &Client| {
                let plain = |call: Call| call.header("x-forwarded-proto", "http");
                for target in [
                    "/captcha/widget.js",
                    "/captcha/widget.css",
                    "/captcha/worker.js",
                    "/captcha/frame",
                    "/captcha/frame/image?challenge=x",
                ] {
                    let reply = c.send(plain(get(target))).await;
                    reply
                        .refused(403, "insecure-transport")
                        .has_no("set-cookie");
                    assert!(
                        reply.text().contains("insecure_plain_http()"),
                        "{}",
                        reply.text()
                    );
                }
                let calls = [
                    ask(),
                    form("/captcha/frame", "a=b"),
                    answering("x", "{}", "0"),
                ];
                for call in calls {
                    c.send(plain(call).header("sec-fetch-site", "cross-site"))
                        .await
                        .refused(403, "insecure-transport")
                        .has_no("set-cookie");
                }
                c.send(plain(get("/captcha/none")))
                    .await
                    .refused(404, "not-found");
                for scheme in ["https", "HTTPS", "http, https", "garbage", ""] {
                    c.send(ask().header("x-forwarded-proto", scheme))
                        .await
                        .is(200);
                }
                for scheme in ["HTTP", "https, http", "ws"] {
                    c.send(ask().header("x-forwarded-proto", scheme))
                        .await
                        .refused(403, "insecure-transport");
                }
            },
        )
        .config(|| Config::behind(&["127.0.0.1"], u32::MAX)),
        Case::new(
            "the outermost trusted proxy says over what the visitor came",
            async |c: &Client| {
                let two =
                    |scheme: &str| from("192.0.2.1, 10.0.0.9").header("x-forwarded-proto", scheme);
                c.send(two("https, http")).await.is(200);
                c.send(two("http, https, http")).await.is(200);
                c.send(two("http, https"))
                    .await
                    .refused(403, "insecure-transport");
                c.send(two("http")).await.refused(403, "insecure-transport");
            },
        )
        .config(behind),
        Case::new(
            "a guard refuses a visitor in plain and spends no token",
            async |c: &Client| {
                let token = c.token().await;
                let fields = format!("name=a&email=b&captcha-token={token}");
                let json_fields =
                    format!(r#"{{"name":"a","email":"b","captcha-token":"{token}"}}"#);
                for call in [
                    get("/members").header("x-captcha-token", &token),
                    get("/members").cookie("__Host-captcha-token", &token),
                    get("/optional").header("x-captcha-token", &token),
                    get("/optional"),
                    form("/signup", fields.clone()),
                    json("/api/signup", json_fields),
                ] {
                    c.send(call.header("x-forwarded-proto", "http"))
                        .await
                        .refused(403, "insecure-transport")
                        .has_no("set-cookie");
                }
                c.send(form("/signup", fields).header("x-forwarded-proto", "https"))
                    .await
                    .is(200);
            },
        )
        .config(|| Config::behind(&["127.0.0.1"], u32::MAX)),
        Case::new(
            "plain HTTP is served where the builder says so",
            async |c: &Client| {
                let call = from("192.0.2.1").header("x-forwarded-proto", "http");
                let reply = c.send(call).await;
                let session = reply
                    .is(200)
                    .sets("captcha-session", " Path=/; HttpOnly; SameSite=Strict");
                let token = c.token().await;
                let members = get("/members").header("x-forwarded-proto", "http");
                c.send(
                    members
                        .cookie("captcha-session", &session)
                        .cookie("captcha-token", &token),
                )
                .await
                .is(200);
            },
        )
        .config(|| Config {
            plain_http: true,
            ..behind()
        }),
    ];
    for (at, written) in WRITTEN.into_iter().enumerate() {
        cases.push(
            Case::new(
                format!("what a visitor wrote to the left changes nothing: {at}"),
                async move |c: &Client| {
                    serves_three(c, |at| match at {
                        0 => from("192.0.2.1"),
                        1 => from(&format!("{written}, 192.0.2.1")),
                        // A proxy may add a line instead.
                        _ => from(written).header("x-forwarded-for", "192.0.2.1, 10.0.0.9"),
                    })
                    .await;
                    c.send(from(&format!("{written}, 192.0.2.2"))).await.is(200);
                },
            )
            .config(behind),
        );
    }
    cases
}
