//! The folder: what lies in it, and reading a file without trusting its name or its size.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use crate::error::CaptchaError;

/// One of the three folders inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shelf {
    Backgrounds,
    Icons,
    Fonts,
}

impl Shelf {
    const ALL: [Self; 3] = [Self::Backgrounds, Self::Icons, Self::Fonts];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Backgrounds => "backgrounds",
            Self::Icons => "icons",
            Self::Fonts => "fonts",
        }
    }

    /// What its files are called, in lower case.
    const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Backgrounds => &["jpeg", "jpg", "png"],
            Self::Icons => &["png"],
            Self::Fonts => &["otf", "ttf"],
        }
    }

    pub(super) const fn most_files(self) -> usize {
        match self {
            Self::Backgrounds => 256,
            Self::Icons => 128,
            Self::Fonts => 16,
        }
    }

    pub(super) const fn most_bytes(self) -> u64 {
        match self {
            Self::Backgrounds | Self::Fonts => 8 << 20,
            Self::Icons => 1 << 20,
        }
    }
}

/// A file that was read.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// An error that names the file.
pub(super) fn refuse(path: &Path, what: &str) -> CaptchaError {
    CaptchaError::configuration(format!("captcha asset {}: {what}", path.display()))
}

/// The files of all shelves, those of one shelf together and by name: the same on every machine.
pub(super) fn shelves(folder: &Path) -> Result<Vec<(Shelf, PathBuf)>, CaptchaError> {
    let mut files = Vec::new();
    for path in entries(folder, 64)? {
        let name = path.file_name();
        let shelf =
            (Shelf::ALL.into_iter()).find(|shelf| name.is_some_and(|name| name == shelf.name()));
        match shelf {
            Some(shelf) => files.extend(
                shelf_files(shelf, &path)?
                    .into_iter()
                    .map(|file| (shelf, file)),
            ),
            None if is_note(&path) && is_file(&path)? => {}
            None => {
                return Err(refuse(
                    &path,
                    "is neither of the folders `backgrounds`, `icons` and `fonts`: move it into one of \
                     them, or out",
                ));
            }
        }
    }
    if files.is_empty() {
        return Err(refuse(
            folder,
            "holds none of the folders `backgrounds`, `icons` and `fonts`: make one and put files into \
             it, or leave `.assets(..)` out",
        ));
    }
    Ok(files)
}

fn shelf_files(shelf: Shelf, folder: &Path) -> Result<Vec<PathBuf>, CaptchaError> {
    let mut files = Vec::new();
    // Notes beside the files count as well, so that no folder is read without end.
    for path in entries(folder, shelf.most_files() * 2)? {
        let file = is_file(&path)?;
        let extension = path
            .extension()
            .map(|name| name.to_string_lossy().to_lowercase());
        let known = extension.is_some_and(|name| shelf.extensions().contains(&name.as_str()));
        match (file, known) {
            (true, true) => files.push(path),
            (true, false) if is_note(&path) => {}
            (true, false) => {
                return Err(refuse(
                    &path,
                    &format!(
                        "is none of {} by its name, which is all that `{}` may hold: save it as one of \
                         them, or move it out",
                        shelf.extensions().join(", "),
                        shelf.name()
                    ),
                ));
            }
            (false, _) => {
                return Err(refuse(
                    &path,
                    &format!(
                        "is no file, and `{}` holds files alone: move it out",
                        shelf.name()
                    ),
                ));
            }
        }
        if files.len() > shelf.most_files() {
            return Err(refuse(
                folder,
                &format!(
                    "holds more than {} files: take some out",
                    shelf.most_files()
                ),
            ));
        }
    }
    if files.is_empty() {
        return Err(refuse(
            folder,
            &format!(
                "is empty: put {} files into it, or remove it",
                shelf.extensions().join(" or ")
            ),
        ));
    }
    Ok(files)
}

/// What is in a folder, by name, without what is hidden.
fn entries(folder: &Path, most: usize) -> Result<Vec<PathBuf>, CaptchaError> {
    let unreadable = |error: std::io::Error| {
        refuse(
            folder,
            &format!("cannot be read as a folder ({error}): check the path and who may read it"),
        )
        .caused_by(error)
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
        if paths.len() > most {
            return Err(refuse(
                folder,
                &format!("holds more than {most} files: take some out"),
            ));
        }
    }
    paths.sort();
    Ok(paths)
}

/// A licence, or what somebody wrote about where the files come from.
fn is_note(path: &Path) -> bool {
    match path.extension() {
        Some(name) => name.eq_ignore_ascii_case("txt") || name.eq_ignore_ascii_case("md"),
        None => true,
    }
}

/// Whether it is a file, through links; one that leads nowhere or in a circle is an error.
fn is_file(path: &Path) -> Result<bool, CaptchaError> {
    fs::metadata(path)
        .map(|metadata| metadata.is_file())
        .map_err(|error| unreadable(path, error))
}

fn unreadable(path: &Path, error: std::io::Error) -> CaptchaError {
    refuse(
        path,
        &format!("cannot be read ({error}): check the file, where it links to and who may read it"),
    )
    .caused_by(error)
}

/// Reads a file, and no more of it than a file may have.
pub(super) fn read(shelf: Shelf, path: PathBuf) -> Result<Kept, CaptchaError> {
    let most = shelf.most_bytes();
    let mut bytes = Vec::new();
    File::open(&path)
        .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(&path, error))?;
    if bytes.len() as u64 > most {
        return Err(refuse(
            &path,
            &format!("has more than {} MiB: save it smaller", most >> 20),
        ));
    }
    Ok(Kept { path, bytes })
}
