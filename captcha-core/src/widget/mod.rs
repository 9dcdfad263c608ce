//! What a browser is served: the script, its worker and the style sheets, as built from
//! `captcha-core/widget` and committed; and the tags that put the widget into a page.

mod tag;

pub use tag::Widget;

/// The widget's script, style sheet included. It is its own worker.
pub(crate) const SCRIPT: &str = include_str!("dist/widget.js");
/// The question about statistics, which the script loads where there is one.
pub(crate) const CONSENT: &str = include_str!("dist/consent.js");
/// A worker that computes stamps, for other clients.
pub(crate) const WORKER: &str = include_str!("dist/worker.js");
/// The style sheet of the page for visitors without script.
pub(crate) const STYLE: &str = include_str!("dist/widget.css");
/// The style sheet of the privacy pages.
pub(crate) const PRIVACY_STYLE: &str = include_str!("privacy.css");
