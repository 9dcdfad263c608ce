//! Notices that were in force before. They stay readable, and hold the present one to its date.

use super::Notice;
use crate::{
    error::CaptchaError,
    privacy::config::{Privacy, day},
};

/// A notice that was in force before, and what changed after it.
#[derive(Clone, Debug)]
pub(crate) struct Archived {
    pub(crate) notice: Notice,
    pub(crate) changes: String,
}

/// The archive that the operator configured, newest first.
pub(crate) fn read(privacy: &Privacy) -> Result<Vec<Archived>, CaptchaError> {
    let mut archive: Vec<Archived> = Vec::with_capacity(privacy.earlier.len());
    for earlier in &privacy.earlier {
        let notice: Notice = serde_json::from_str(&earlier.json).map_err(|error| {
            CaptchaError::configuration(format!(
                "an earlier privacy notice cannot be read: {error}; \
                 hand in the JSON of `GET privacy` or `notice_json()` as it was"
            ))
        })?;
        let follows = (archive.last()).is_none_or(|newer| notice.date <= newer.notice.date);
        if day(&notice.date).is_none() || !follows {
            return Err(CaptchaError::configuration(format!(
                "the earlier privacy notice of {:?} is out of order: newest first",
                notice.date
            )));
        }
        archive.push(Archived {
            notice,
            changes: earlier.changes.clone(),
        });
    }
    Ok(archive)
}

/// A notice that says something else than the one before it has a newer date.
pub(crate) fn check(archive: &[Archived], version: &str, date: &str) -> Result<(), CaptchaError> {
    let Some(last) = archive.first() else {
        return Ok(());
    };
    if last.notice.version == version || last.notice.date.as_str() < date {
        return Ok(());
    }
    Err(CaptchaError::configuration(format!(
        "the privacy notice changed since {}: give it a newer date with `Privacy::dated(..)`; \
         its version is now {version}",
        last.notice.date
    )))
}
