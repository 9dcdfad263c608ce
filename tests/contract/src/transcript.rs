//! What was asked and answered in a case, reduced to what the core owns.

use std::fmt::Write as _;

use crate::client::{Call, Reply};

/// Headers that a server or a framework writes by itself.
const NOT_OURS: [&str; 7] = [
    "connection",
    "content-length",
    "date",
    "permissions-policy",
    "server",
    "transfer-encoding",
    "x-frame-options",
];

/// One exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    asked: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Entry {
    /// Keeps what has to be equal.
    #[must_use]
    pub fn new(call: &Call, reply: &Reply) -> Self {
        let problem = (
            "content-type".to_owned(),
            "application/problem+json".to_owned(),
        );
        // On the host's own pages the framework may say it.
        let host = !call.target.contains("/captcha") && !reply.headers.contains(&problem);
        let ours =
            |name: &str| !(NOT_OURS.contains(&name) || host && name == "x-content-type-options");
        let mut headers: Vec<_> = reply
            .headers
            .iter()
            .filter(|(name, _)| ours(name))
            .cloned()
            .collect();
        headers.sort();
        Self {
            asked: format!("{} {}", call.method, call.target),
            status: reply.status,
            headers,
            body: reply.body.clone(),
        }
    }

    fn difference(&self, other: &Self) -> Option<String> {
        let mut out = String::new();
        if self.asked != other.asked {
            let _ = write!(
                out,
                "\n    asked {:?}\n    and   {:?}",
                self.asked, other.asked
            );
        }
        if self.status != other.status {
            let _ = write!(out, "\n    status {} and {}", self.status, other.status);
        }
        for header in self
            .headers
            .iter()
            .filter(|header| !other.headers.contains(header))
        {
            let _ = write!(out, "\n    - {}: {}", header.0, header.1);
        }
        for header in other
            .headers
            .iter()
            .filter(|header| !self.headers.contains(header))
        {
            let _ = write!(out, "\n    + {}: {}", header.0, header.1);
        }
        if self.body != other.body {
            let pairs = self.body.iter().zip(&other.body);
            let at = pairs.take_while(|(one, two)| one == two).count();
            let _ = write!(
                out,
                "\n    bodies of {} and {} bytes part at byte {at}:\n    - {}\n    + {}",
                self.body.len(),
                other.body.len(),
                around(&self.body, at),
                around(&other.body, at)
            );
        }
        (!out.is_empty()).then_some(out)
    }
}

fn around(body: &[u8], at: usize) -> String {
    let start = at.saturating_sub(40);
    let end = body.len().min(at + 120);
    format!("…{}…", body[start..end].escape_ascii())
}

/// The first few places where two transcripts part; `None` where they are equal.
#[must_use]
pub fn difference(one: &[Entry], two: &[Entry]) -> Option<String> {
    let mut out = String::new();
    let parts = one.iter().zip(two).enumerate();
    let parts = parts.filter_map(|(at, (one, two))| Some((at, one, one.difference(two)?)));
    for (at, entry, text) in parts.take(3) {
        let _ = write!(out, "\n  exchange {} ({}):{text}", at + 1, entry.asked);
    }
    if one.len() != two.len() {
        let _ = write!(out, "\n  {} exchanges and {}", one.len(), two.len());
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::get;

    fn entry(status: u16, headers: &[(&str, &str)], body: &str) -> Entry {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        Entry::new(
            &get("/captcha/x"),
            &Reply {
                status,
                headers,
                body: body.into(),
            },
        )
    }

    /// The control: a comparison that finds nothing would pass any adapter.
    #[test]
    fn every_difference_is_seen_and_only_those() {
        let one = entry(200, &[("etag", "a"), ("date", "now")], "body");
        let same = entry(
            200,
            &[("date", "later"), ("etag", "a"), ("server", "x")],
            "body",
        );
        assert_eq!(difference(std::slice::from_ref(&one), &[same]), None);
        let others = [
            entry(201, &[("etag", "a")], "body"),
            entry(200, &[("etag", "b")], "body"),
            entry(200, &[], "body"),
            entry(200, &[("etag", "a"), ("etag", "b")], "body"),
            entry(200, &[("etag", "a"), ("x-powered-by", "y")], "body"),
            entry(200, &[("etag", "a")], "bodY"),
            entry(200, &[("etag", "a")], "body "),
        ];
        for other in others {
            assert!(
                difference(std::slice::from_ref(&one), std::slice::from_ref(&other)).is_some(),
                "{other:?}"
            );
        }
        assert!(difference(&[one], &[]).is_some());
    }
}
