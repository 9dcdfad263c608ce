//! The widget's files: the same bytes for everyone, under a tag made from those bytes.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::{Request, Response};
use crate::{
    language::{Language, TAGS},
    seal, widget,
};

#[derive(Clone, Copy)]
pub(super) enum Asset {
    Consent,
    PrivacyStyle,
    Script,
    Style,
    Worker,
    /// The widget's words.
    Words(Language),
}

/// Those that are not words.
const FILES: usize = 5;

impl Asset {
    /// The file of that name. Words are there for every tag: English for one that is not known, as
    /// a page may ask for whatever its author wrote.
    pub(super) fn at(path: &str) -> Option<Self> {
        Some(match path {
            "consent.js" => Self::Consent,
            "privacy.css" => Self::PrivacyStyle,
            "widget.css" => Self::Style,
            "widget.js" => Self::Script,
            "worker.js" => Self::Worker,
            path => {
                let tag = path.strip_prefix("lang/")?.strip_suffix(".json")?;
                let plain = |letter: u8| letter.is_ascii_alphanumeric() || b"-_".contains(&letter);
                if tag.is_empty() || !tag.bytes().all(plain) {
                    return None;
                }
                Self::Words(Language::of_tag(tag).unwrap_or(Language::ENGLISH))
            }
        })
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Consent => widget::CONSENT,
            Self::PrivacyStyle => widget::PRIVACY_STYLE,
            Self::Script => widget::SCRIPT,
            Self::Style => widget::STYLE,
            Self::Worker => widget::WORKER,
            Self::Words(language) => language.widget(),
        }
        .as_bytes()
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Consent | Self::Script | Self::Worker => "text/javascript; charset=utf-8",
            Self::PrivacyStyle | Self::Style => "text/css; charset=utf-8",
            Self::Words(_) => "application/json",
        }
    }

    /// Its place among all files.
    const fn place(self) -> usize {
        match self {
            Self::Consent => 0,
            Self::PrivacyStyle => 1,
            Self::Script => 2,
            Self::Style => 3,
            Self::Worker => 4,
            Self::Words(language) => FILES + language.place(),
        }
    }

    fn tag(self) -> &'static str {
        static KNOWN: [OnceLock<String>; FILES + TAGS.len()] =
            [const { OnceLock::new() }; FILES + TAGS.len()];
        let made = || {
            let digest = Sha256::digest(self.bytes());
            format!("\"{}\"", seal::to_text(digest.split_at(12).0))
        };
        KNOWN
            .get(self.place())
            .map_or("", |tag| tag.get_or_init(made))
    }
}

pub(super) fn serve(asset: Asset, request: &Request<'_>) -> Response {
    let tag = asset.tag();
    let known = (request.headers.all("if-none-match"))
        .filter_map(|value| std::str::from_utf8(value).ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|held| held == "*" || held.strip_prefix("W/").unwrap_or(held) == tag);
    let (status, body) = if known {
        (304, &[][..])
    } else {
        (200, asset.bytes())
    };
    // A new version is picked up with the next page: script and server speak one protocol.
    let response = Response::new(status, asset.content_type(), body)
        .with("cache-control", "no-cache")
        .with("etag", tag)
        .with("cross-origin-resource-policy", "same-origin");
    match asset {
        Asset::Words(language) => response.with("content-language", language.tag()),
        _ => response,
    }
}
