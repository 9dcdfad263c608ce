//! Pixels and samples: scenes, glyphs, shapes, warps, voices and encoding. Knows nothing of challenges.

pub(crate) mod canvas;
pub(crate) mod cutout;
pub(crate) mod encode;
pub(crate) mod faces;
mod field;
#[cfg_attr(
    not(feature = "assets"),
    allow(dead_code, reason = "filled by feature `assets` alone")
)]
pub(crate) mod font;
#[cfg_attr(
    not(feature = "assets"),
    allow(dead_code, reason = "filled by feature `assets` alone")
)]
pub(crate) mod host;
pub(crate) mod icon;
mod land;
pub(crate) mod landmark;
pub(crate) mod lettering;
mod objects;
pub(crate) mod outline;
mod pattern;
#[cfg_attr(
    not(feature = "assets"),
    allow(dead_code, reason = "filled by feature `assets` alone")
)]
pub(crate) mod photo;
mod placing;
pub(crate) mod quantize;
mod ramp;
pub(crate) mod raster;
pub(crate) mod recital;
pub(crate) mod scene;
mod sheet;
#[cfg_attr(
    not(feature = "assets"),
    allow(dead_code, reason = "filled by feature `assets` alone")
)]
pub(crate) mod silhouette;
pub(crate) mod sound;
mod speech;
pub(crate) mod tapestry;
mod texture;
pub(crate) mod turn;
pub(crate) mod voice;
mod water;

use rand::rngs::ChaCha12Rng as Generator;

/// An encoded picture.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    /// `image/png`.
    pub(crate) media_type: &'static str,
    /// Width in pixels.
    pub(crate) width: u32,
    /// Height in pixels.
    pub(crate) height: u32,
    /// The encoded file.
    pub(crate) bytes: Vec<u8>,
}
