//! What the host brings of its own: pictures, silhouettes and faces, checked and cut to size before
//! they come here.

use std::sync::Arc;

use rand::RngExt;
use rand::seq::IndexedRandom;

use super::Generator;
use super::font::Face;
use super::photo::Photo;
use super::silhouette::Silhouette;

/// Of so many pictures with a choice, one is of the host.
const ONE_IN: u32 = 2;

/// Pictures, silhouettes and faces of the host. Each part may be empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Host {
    pub(crate) photos: Arc<Vec<Photo>>,
    /// Whether they stand in for the procedural scenes rather than beside them.
    pub(crate) only_photos: bool,
    pub(crate) icons: Arc<Vec<Silhouette>>,
    /// Whether they stand in for the built-in things rather than beside them.
    pub(crate) only_icons: bool,
    pub(crate) faces: Vec<Face>,
    /// Whether they stand in for the built-in glyphs rather than beside them.
    pub(crate) only_faces: bool,
}

impl Host {
    /// The share of pictures with a choice that are of the host.
    pub(crate) fn share_of_photos(&self) -> f64 {
        match (self.photos.is_empty(), self.only_photos) {
            (true, _) => 0.0,
            (false, true) => 1.0,
            (false, false) => 1.0 / f64::from(ONE_IN),
        }
    }

    /// A picture of the host, where it is its turn.
    pub(crate) fn photo(&self, rng: &mut Generator) -> Option<&Photo> {
        pick(&self.photos, self.only_photos, rng)
    }

    /// A face of the host, where it is its turn.
    pub(crate) fn face(&self, rng: &mut Generator) -> Option<&Face> {
        pick(&self.faces, self.only_faces, rng)
    }
}

fn pick<'a, T>(own: &'a [T], only: bool, rng: &mut Generator) -> Option<&'a T> {
    if own.is_empty() || !(only || rng.random_ratio(1, ONE_IN)) {
        return None;
    }
    own.choose(rng)
}
