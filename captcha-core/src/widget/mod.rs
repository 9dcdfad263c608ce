//! What a browser is served: the script, its worker, the style sheet and the no-script pages, as
//! built from `captcha-core/widget` and committed.

/// The widget's script.
pub(crate) const SCRIPT: &str = include_str!("dist/widget.js");
/// The worker that computes stamps.
pub(crate) const WORKER: &str = include_str!("dist/worker.js");
/// The one style sheet, for the widget and the frame.
pub(crate) const STYLE: &str = include_str!("dist/widget.css");
/// The style sheet of the privacy pages.
pub(crate) const PRIVACY_STYLE: &str = include_str!("privacy.css");
/// The no-script page with a picture to read.
pub(crate) const FRAME: &str = include_str!("frame.html");
/// The no-script page with digits to hear.
pub(crate) const FRAME_SOUND: &str = include_str!("frame_sound.html");
/// The no-script page after a right answer.
pub(crate) const FRAME_DONE: &str = include_str!("frame_done.html");
/// The no-script page while nothing can be served.
pub(crate) const FRAME_BUSY: &str = include_str!("frame_busy.html");
