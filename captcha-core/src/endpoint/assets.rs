//! The widget's files: the same bytes for everyone, under a tag made from those bytes.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::{Request, Response};
use crate::{seal, widget};

#[derive(Clone, Copy)]
pub(super) enum Asset {
    PrivacyStyle,
    Script,
    Style,
    Worker,
}

impl Asset {
    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::PrivacyStyle => widget::PRIVACY_STYLE.as_bytes(),
            Self::Script => widget::SCRIPT.as_bytes(),
            Self::Style => widget::STYLE.as_bytes(),
            Self::Worker => widget::WORKER.as_bytes(),
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Script | Self::Worker => "text/javascript; charset=utf-8",
            Self::PrivacyStyle | Self::Style => "text/css; charset=utf-8",
        }
    }

    fn tag(self) -> &'static str {
        static TAGS: LazyLock<[String; 4]> = LazyLock::new(|| {
            [
                Asset::PrivacyStyle,
                Asset::Script,
                Asset::Style,
                Asset::Worker,
            ]
            .map(|asset| {
                let digest = Sha256::digest(asset.bytes());
                format!("\"{}\"", seal::to_text(digest.split_at(12).0))
            })
        });
        let [privacy, script, style, worker] = &*TAGS;
        match self {
            Self::PrivacyStyle => privacy,
            Self::Script => script,
            Self::Style => style,
            Self::Worker => worker,
        }
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
    Response::new(status, asset.content_type(), body)
        .with("cache-control", "no-cache")
        .with("etag", tag)
        .with("cross-origin-resource-policy", "same-origin")
}
