//! Backgrounds, icons and fonts of the host's own, from a folder that is checked once, at the start.
//!
//! Whatever does not fit is an error that names the file and the fix: a picture left out without a word
//! is noticed when it is too late.

mod folder;
mod icon;
mod picture;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    error::CaptchaError,
    render::{
        font::{Face, Unfit},
        host::Host,
        icon as built_in,
        photo::Photo,
        silhouette::Silhouette,
    },
};
use folder::{Kept, Shelf, refuse};

/// Most bytes that an [`Assets`] keeps unless told otherwise: room for 186 pictures of the largest size.
const MOST_MEMORY: usize = 64 << 20;

/// Backgrounds, icons and fonts of your own, beside the built-in ones or instead of them.
///
/// ```text
/// captcha-assets/
///   backgrounds/   photographs or drawings, PNG or JPEG, for slide, drag and rotate
///   icons/         silhouettes, PNG, for click
///   fonts/         TrueType or OpenType fonts, for text
/// ```
///
/// Each of the three may be left out. Files whose names begin with a dot are passed over, and so are
/// `.txt`, `.md` and names without an extension, so that licences can lie beside; anything else
/// that does not belong there is an error.
///
/// | | files | a file | fit |
/// | --- | --- | --- | --- |
/// | backgrounds | 256 | 8 MiB | from 320 by 220 to 16.8 million pixels, at most three times as wide as tall or the reverse, with a few large things in it: what is the same all over (gravel, a wall) is refused |
/// | icons | 128 | 1 MiB | from 32 by 32 to 1024 by 1024 pixels, one thing that is told from all others by its outline |
/// | fonts | 16 | 8 MiB | outlines for every character in use; no collection (`.ttc`) |
///
/// A picture is scaled down at once to what drawing needs, 120,000 pixels of three bytes: it takes at most
/// 352 KiB, however large its file is. Everything together takes at most 64 MiB
/// ([`from_dir_within`](Self::from_dir_within) sets another limit). While a file is read it may take
/// about 200 MiB more, one file at a time.
///
/// An icon is a silhouette: what is opaque is the thing, in any colours. In a picture without
/// transparency it is what differs from the border, dark on light or light on dark. Icons are drawn like
/// the built-in things, told from their ground by how stripes run, bent and turned anew each time.
///
/// **What it costs.** Procedural scenes never come twice; pictures from a folder do, and whoever solves
/// enough challenges has them all. Slide and drag lose nothing by that: the pieces show landmarks that are
/// drawn anew, and nothing of the picture. Rotate does: who has the picture, and aligns ring and disc with
/// it, knows the angle, although each use shows another part at another size, turned, mirrored, bent and in
/// another light. [`Captcha::ledger`](crate::Captcha::ledger) and the stamps take 70 % of such discs for
/// solved. Many pictures take longer to collect: [`Captcha::doctor`](crate::Captcha::doctor) warns below 30.
///
/// Nodes that share a secret need the same files: a picture is drawn again from its seed.
///
/// ```no_run
/// use captcha_core::{Assets, Captcha, Privacy, SecretKey};
///
/// # let privacy = Privacy::new("Lantern Ltd", "privacy@lantern.example").legitimate_interest("keeping bots out");
/// let captcha = Captcha::builder()
///     .key(SecretKey::from_env("CAPTCHA_SECRET")?)
///     .privacy(privacy)
///     .assets(Assets::from_dir("captcha-assets")?)
///     .build()?;
/// # Ok::<(), captcha_core::CaptchaError>(())
/// ```
///
/// A folder that cannot be used says why:
///
/// ```
/// use captcha_core::{Assets, ErrorKind};
///
/// let error = Assets::from_dir("no-such-folder").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Configuration);
/// assert!(error.to_string().contains("no-such-folder"));
/// ```
#[derive(Clone, Debug)]
pub struct Assets {
    photos: Arc<Vec<Photo>>,
    icons: Arc<Vec<Silhouette>>,
    icon_files: Vec<PathBuf>,
    fonts: Vec<Arc<Kept>>,
    only_photos: bool,
    only_icons: bool,
    only_faces: bool,
}

impl Assets {
    /// Reads and checks a folder.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) with the name of the first file
    /// that does not fit, and what to do about it.
    pub fn from_dir(folder: impl AsRef<Path>) -> Result<Self, CaptchaError> {
        Self::from_dir_within(folder, MOST_MEMORY)
    }

    /// As [`from_dir`](Self::from_dir), keeping at most so many bytes in memory.
    ///
    /// # Errors
    /// As [`from_dir`](Self::from_dir).
    pub fn from_dir_within(folder: impl AsRef<Path>, bytes: usize) -> Result<Self, CaptchaError> {
        let shelves = folder::shelves(folder.as_ref())?;
        let mut budget = Budget { left: bytes, bytes };
        let mut assets = Self {
            photos: Arc::default(),
            icons: Arc::default(),
            icon_files: Vec::new(),
            fonts: Vec::new(),
            only_photos: false,
            only_icons: false,
            only_faces: false,
        };
        let mut photos: Vec<(Photo, PathBuf)> = Vec::new();
        let mut icons = Vec::new();
        for (shelf, path) in shelves {
            let file = folder::read(shelf, path)?;
            match shelf {
                Shelf::Backgrounds => {
                    let photo = Photo::new(&picture::background(&file)?);
                    budget.take(&file.path, photo.bytes())?;
                    if let Some((_, twin)) = photos.iter().find(|(other, _)| *other == photo) {
                        return Err(same(&file.path, twin));
                    }
                    photos.push((photo, file.path));
                }
                Shelf::Icons => {
                    let icon = icon::silhouette(&file)?;
                    budget.take(&file.path, icon.bytes())?;
                    icons.push(icon);
                    assets.icon_files.push(file.path);
                }
                Shelf::Fonts => {
                    check_font(&file)?;
                    budget.take(&file.path, file.bytes.len())?;
                    assets.fonts.push(Arc::new(file));
                }
            }
        }
        icon::tell_apart(&icons, &assets.icon_files)?;
        assets.photos = Arc::new(photos.into_iter().map(|(photo, _)| photo).collect());
        assets.icons = Arc::new(icons);
        Ok(assets)
    }

    /// No procedural scenes: slide, drag and rotate show pictures of the folder alone.
    #[must_use]
    pub fn only_own_backgrounds(mut self) -> Self {
        self.only_photos = true;
        self
    }

    /// No built-in things: click shows icons of the folder alone, of which it needs 10.
    #[must_use]
    pub fn only_own_icons(mut self) -> Self {
        self.only_icons = true;
        self
    }

    /// No built-in glyphs: text is set in fonts of the folder alone.
    #[must_use]
    pub fn only_own_fonts(mut self) -> Self {
        self.only_faces = true;
        self
    }

    /// Number of backgrounds.
    #[must_use]
    pub fn backgrounds(&self) -> usize {
        self.photos.len()
    }

    /// Number of icons.
    #[must_use]
    pub fn icons(&self) -> usize {
        self.icons.len()
    }

    /// Number of fonts.
    #[must_use]
    pub fn fonts(&self) -> usize {
        self.fonts.len()
    }

    /// Bytes that are kept in memory. The files of fonts are among them until the engine is built,
    /// and no longer: it keeps the outlines of the characters in use.
    #[must_use]
    pub fn memory(&self) -> usize {
        let photos: usize = self.photos.iter().map(Photo::bytes).sum();
        let icons: usize = self.icons.iter().map(Silhouette::bytes).sum();
        let fonts: usize = self.fonts.iter().map(|font| font.bytes.len()).sum();
        photos + icons + fonts
    }

    /// What challenges are drawn with: text from `alphabet`, and as many things as `shown` at once.
    pub(crate) fn equip(&self, alphabet: &str, shown: usize) -> Result<Host, CaptchaError> {
        for (only, own, what, call) in [
            (
                self.only_photos,
                self.photos.len(),
                "backgrounds",
                "only_own_backgrounds",
            ),
            (self.only_icons, self.icons.len(), "icons", "only_own_icons"),
            (self.only_faces, self.fonts.len(), "fonts", "only_own_fonts"),
        ] {
            if only && own == 0 {
                return Err(CaptchaError::configuration(format!(
                    "the captcha's assets have no {what} to stand alone: put some into `{what}/`, or \
                     leave `.{call}()` out"
                )));
            }
        }
        if self.only_icons && self.icons.len() < shown {
            return Err(CaptchaError::configuration(format!(
                "the captcha's assets have {} icons, and a click challenge shows {shown} at once: put \
                 more into `icons/`, or leave `.only_own_icons()` out",
                self.icons.len()
            )));
        }
        if !self.only_icons {
            icon::tell_from_built_in(&self.icons, &self.icon_files, built_in::COUNT)?;
        }
        Ok(Host {
            photos: Arc::clone(&self.photos),
            only_photos: self.only_photos,
            icons: Arc::clone(&self.icons),
            only_icons: self.only_icons,
            faces: (self.fonts.iter())
                .map(|font| face(font, alphabet))
                .collect::<Result<_, _>>()?,
            only_faces: self.only_faces,
        })
    }
}

fn same(path: &Path, twin: &Path) -> CaptchaError {
    refuse(
        path,
        &format!(
            "is the same picture as {}, which makes no more of them: take one out",
            twin.display()
        ),
    )
}

/// Memory that is left.
struct Budget {
    left: usize,
    bytes: usize,
}

impl Budget {
    fn take(&mut self, path: &Path, bytes: usize) -> Result<(), CaptchaError> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| {
            refuse(
                path,
                &format!(
                    "with it the assets take more than {} KiB of memory: take files out, or allow \
                     more with `Assets::from_dir_within(..)`",
                    self.bytes >> 10
                ),
            )
        })?;
        Ok(())
    }
}

fn check_font(file: &Kept) -> Result<(), CaptchaError> {
    if file.bytes.starts_with(b"ttcf") {
        return Err(refuse(
            &file.path,
            "is a collection of fonts: save the one you mean as a font of its own",
        ));
    }
    for web in [&b"wOFF"[..], b"wOF2"] {
        if file.bytes.starts_with(web) {
            return Err(refuse(
                &file.path,
                "is a compressed web font: use the TrueType or OpenType file that it was made from",
            ));
        }
    }
    face_of(file, "").map(|_| ())
}

fn face(file: &Kept, alphabet: &str) -> Result<Face, CaptchaError> {
    face_of(file, alphabet)
}

fn face_of(file: &Kept, alphabet: &str) -> Result<Face, CaptchaError> {
    Face::read(&file.bytes, alphabet).map_err(|unfit| match unfit {
        Unfit::NoFont => refuse(
            &file.path,
            "is no TrueType or OpenType font with outlines: take it out, or replace it",
        ),
        Unfit::Lacks(characters) => refuse(
            &file.path,
            &format!(
                "has no outline for {characters:?}, which challenges use: choose another font"
            ),
        ),
    })
}

#[cfg(test)]
mod tests;
