//! A response, and what a case may expect of it.

use serde_json::Value;

/// A response.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, its chunks joined.
    pub body: Vec<u8>,
}

impl Reply {
    /// The one value of a header, if it is there.
    #[track_caller]
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.all(name);
        let first = values.next();
        assert!(
            values.next().is_none(),
            "header {name} comes twice: {:?}",
            self.headers
        );
        first
    }

    /// Every value of a header.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        (self.headers.iter())
            .filter(move |(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    #[track_caller]
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body of text")
    }

    /// The body as JSON.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Expects a status.
    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(
            self.status,
            status,
            "status; {:?}\n{}",
            self.headers,
            self.excerpt()
        );
        self
    }

    /// Expects a header.
    #[track_caller]
    pub fn has(&self, name: &str, value: &str) -> &Self {
        assert_eq!(
            self.header(name),
            Some(value),
            "header {name} of {:?}",
            self.headers
        );
        self
    }

    /// Expects that a header is absent.
    #[track_caller]
    pub fn has_no(&self, name: &str) -> &Self {
        assert_eq!(
            self.header(name),
            None,
            "header {name} of {:?}",
            self.headers
        );
        self
    }

    /// Expects a problem document of RFC 9457, in the shape that the protocol gives it.
    #[track_caller]
    pub fn refused(&self, status: u16, kind: &str) -> &Self {
        self.is(status)
            .has("content-type", "application/problem+json")
            .has("cache-control", "no-store")
            .has("x-content-type-options", "nosniff");
        let document = self.json();
        let fields: Vec<&String> = document.as_object().expect("an object").keys().collect();
        assert_eq!(
            fields,
            ["detail", "status", "title", "type"],
            "fields of {document}"
        );
        assert_eq!(
            document["type"],
            format!("urn:captcha:{kind}"),
            "in {document}"
        );
        assert_eq!(document["status"], status, "in {document}");
        for text in ["title", "detail"] {
            assert!(
                document[text].as_str().is_some_and(|text| text.len() > 5),
                "{text} of {document}"
            );
        }
        self
    }

    /// The value of the one `Set-Cookie`, which has to be for `name` with exactly these attributes.
    #[track_caller]
    #[must_use]
    pub fn sets(&self, name: &str, attributes: &str) -> String {
        let cookie = self
            .header("set-cookie")
            .unwrap_or_else(|| panic!("no cookie: {self:?}"));
        let (pair, rest) = cookie.split_once(';').expect("attributes");
        assert_eq!(rest, attributes, "attributes of {cookie}");
        let (key, value) = pair.split_once('=').expect("a pair");
        assert_eq!(key, name, "name of {cookie}");
        value.to_owned()
    }

    fn excerpt(&self) -> String {
        String::from_utf8_lossy(&self.body)
            .chars()
            .take(400)
            .collect()
    }
}
