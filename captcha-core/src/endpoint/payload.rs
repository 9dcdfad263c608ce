//! Bodies of a host's own routes: the token's field is taken out, the rest is the host's.

use std::fmt;

use serde::{
    Deserialize,
    de::{DeserializeOwned, Deserializer, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{
    Headers, Problem,
    guard::{TOKEN_FIELD, TokenField},
};

/// The content types that a payload is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`, and types that end in `+json`.
    Json,
}

impl Format {
    /// The format that the headers announce, if it is one of these.
    #[must_use]
    pub fn of(headers: &Headers<'_>) -> Option<Self> {
        let essence = headers.media_type()?;
        if essence == "application/x-www-form-urlencoded" {
            Some(Self::Form)
        } else if essence == "application/json" || essence.ends_with("+json") {
            Some(Self::Json)
        } else {
            None
        }
    }
}

/// A body, taken apart.
#[derive(Clone, Debug)]
pub struct Split<T> {
    /// The token's field.
    pub token: TokenField,
    /// The host's own fields.
    pub value: T,
}

/// Reads a body in `format` as the host's `T`, without the token's field.
///
/// # Errors
/// `malformed` (400) for what is not of that format, `invalid-fields` (422) for fields that do not
/// make a `T`. The token is not redeemed by either: a typo costs nothing.
pub fn split<T: DeserializeOwned>(format: Format, body: &[u8]) -> Result<Split<T>, Problem> {
    match format {
        Format::Form => {
            let (token, rest) = split_form(body)?;
            let value =
                serde_html_form::from_str(&rest).map_err(|error| unfit(&error.to_string()))?;
            Ok(Split { token, value })
        }
        Format::Json => {
            let Object { token, rest } = object(body)?;
            let value =
                T::deserialize(Value::Object(rest)).map_err(|error| unfit(&error.to_string()))?;
            Ok(Split { token, value })
        }
    }
}

/// The words of a serde error that come from the host's own type; what the visitor sent is not
/// reflected.
fn unfit(error: &str) -> Problem {
    let words = if error.starts_with("missing field") {
        error.to_owned()
    } else if error.starts_with("unknown field") {
        "an unknown field".to_owned()
    } else {
        match error.rsplit_once(", expected ") {
            Some((_, expected)) => format!("a field does not fit: expected {expected}"),
            None => "a field does not fit".to_owned(),
        }
    };
    Problem::invalid_fields(words)
}

/// Looks for the token alone, for middleware that leaves the body as it is.
///
/// # Errors
/// `malformed` (400) for what is not of that format.
pub fn find_token(format: Format, body: &[u8]) -> Result<TokenField, Problem> {
    Ok(match format {
        Format::Form => split_form(body)?.0,
        Format::Json => object(body)?.token,
    })
}

/// Pulls the token's pairs out of a form; all others stay byte for byte.
fn split_form(body: &[u8]) -> Result<(TokenField, String), Problem> {
    let body = std::str::from_utf8(body)
        .map_err(|_| Problem::malformed("The form is not percent-encoded text."))?;
    let mut token = TokenField::Absent;
    let mut rest = String::with_capacity(body.len());
    let mut seen = false;
    for pair in body.split('&') {
        let raw_name = pair.split_once('=').map_or(pair, |(name, _)| name);
        if !is_token_name(raw_name) {
            if !rest.is_empty() {
                rest.push('&');
            }
            rest.push_str(pair);
            continue;
        }
        let pairs: Vec<(String, String)> = serde_html_form::from_str(pair)
            .map_err(|_| Problem::malformed("The form is not percent-encoded text."))?;
        let value = pairs
            .into_iter()
            .next()
            .map(|(_, value)| value)
            .unwrap_or_default();
        token = match value {
            _ if seen => TokenField::Unreadable,
            value if value.is_empty() => TokenField::Absent,
            value => TokenField::Present(value),
        };
        seen = true;
    }
    Ok((token, rest))
}

/// Whether a name is the token's, however it is percent-encoded.
fn is_token_name(raw: &str) -> bool {
    if raw == TOKEN_FIELD {
        return true;
    }
    raw.contains('%')
        && serde_html_form::from_str::<Vec<(String, String)>>(raw)
            .is_ok_and(|pairs| pairs.first().is_some_and(|(name, _)| name == TOKEN_FIELD))
}

struct Object {
    token: TokenField,
    rest: Map<String, Value>,
}

fn object(body: &[u8]) -> Result<Object, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        Problem::malformed(format!(
            "The body is not a JSON object (line {} column {}).",
            error.line(),
            error.column()
        ))
    })
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Object, A::Error> {
                let mut token = None;
                let mut rest = Map::new();
                while let Some((name, value)) = entries.next_entry::<String, Value>()? {
                    if name != TOKEN_FIELD {
                        // A name that comes twice reads differently in different parsers.
                        if rest.insert(name, value).is_some() {
                            return Err(serde::de::Error::custom("a name comes twice"));
                        }
                        continue;
                    }
                    token = Some(match (token, value) {
                        (None, Value::Null) => TokenField::Absent,
                        (None, Value::String(text)) if text.is_empty() => TokenField::Absent,
                        (None, Value::String(text)) => TokenField::Present(text),
                        _ => TokenField::Unreadable,
                    });
                }
                let token = token.unwrap_or_default();
                Ok(Object { token, rest })
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> (TokenField, String) {
        split_form(body.as_bytes()).unwrap()
    }

    #[test]
    fn a_form_loses_the_token_and_nothing_else() {
        let present = |text: &str| TokenField::Present(text.to_owned());
        assert_eq!(
            form("a=1&captcha-token=t&b=%20x"),
            (present("t"), "a=1&b=%20x".into())
        );
        assert_eq!(form("captcha-token=a%2Bb"), (present("a+b"), String::new()));
        assert_eq!(form("captcha%2Dtoken=t&a=1"), (present("t"), "a=1".into()));
        assert_eq!(
            form("a=captcha-token"),
            (TokenField::Absent, "a=captcha-token".into())
        );
        assert_eq!(form("captcha-token="), (TokenField::Absent, String::new()));
        assert_eq!(form("captcha-token"), (TokenField::Absent, String::new()));
        assert_eq!(
            form("captcha-token=a&captcha-token=b").0,
            TokenField::Unreadable
        );
        assert_eq!(
            form("captcha-token=&captcha-token=b").0,
            TokenField::Unreadable
        );
        assert_eq!(
            form("captcha-token=a&captcha%2dtoken=a").0,
            TokenField::Unreadable
        );
    }

    #[test]
    fn json_loses_the_token_and_nothing_else() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Signup {
            name: String,
        }
        let read = |body: &str| split::<Signup>(Format::Json, body.as_bytes());
        let split = read(r#"{"name":"Ada","captcha-token":"t"}"#).unwrap();
        assert_eq!(
            (split.token, split.value.name),
            (TokenField::Present("t".into()), "Ada".into())
        );
        let absent = [
            r#"{"name":"A"}"#,
            r#"{"name":"A","captcha-token":null}"#,
            r#"{"name":"A","captcha-token":""}"#,
        ];
        for body in absent {
            assert_eq!(read(body).unwrap().token, TokenField::Absent);
        }
        for token in ["1", "true", "[]", "{}", "[\"t\"]"] {
            let body = format!(r#"{{"name":"A","captcha-token":{token}}}"#);
            assert_eq!(read(&body).unwrap().token, TokenField::Unreadable);
        }
        let twice = r#"{"captcha-token":"a","name":"A","captcha-token":"a"}"#;
        assert_eq!(read(twice).unwrap().token, TokenField::Unreadable);
        assert_eq!(read(r#"{"name":"A","name":"B"}"#).unwrap_err().status, 400);
        assert_eq!(read("[]").unwrap_err().status, 400);
        assert_eq!(read(r#"{"name":1}"#).unwrap_err().status, 422);
        assert_eq!(read(r#"{"name":"A","x":1}"#).unwrap_err().status, 422);
        for (body, words) in [
            ("{}", "missing field `name`"),
            (r#"{"name":"A","<script>":1}"#, "an unknown field"),
            (
                r#"{"name":["<script>"]}"#,
                "a field does not fit: expected a string",
            ),
            (
                r#"{"name":{"a, expected b":"<script>"}}"#,
                "a field does not fit: expected a string",
            ),
        ] {
            assert_eq!(read(body).unwrap_err().detail, words);
        }
    }
}
