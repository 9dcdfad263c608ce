//! What administrators did, in an append-only log whose every line carries the hash of the line
//! before it. It holds nothing of visitors.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{Read, Write},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{clock::rfc3339, error::CaptchaError};

/// What the first line names as the hash before it.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Statistics that are scraped twice a minute are one line an hour.
const READ_PAUSE_MILLIS: u64 = 3_600_000;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Action {
    FeedbackDelete,
    FeedbackRead,
    Purge,
    Revoke,
    Rotate,
    StatisticsRead,
}

/// A line of the log.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    seq: u64,
    at: String,
    action: Action,
    detail: String,
    previous: String,
    hash: String,
}

impl Entry {
    fn expected_hash(&self) -> String {
        let unhashed = Entry {
            at: self.at.clone(),
            detail: self.detail.clone(),
            previous: self.previous.clone(),
            hash: String::new(),
            ..*self
        };
        let mut hash = Sha256::new();
        hash.update(b"captcha audit 1\n");
        hash.update(unhashed.line());
        hex(&hash.finalize())
    }

    fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The record of administrative actions: statistics or feedback read (one line an hour, however
/// often), feedback deleted, statistics purged, everything revoked, keys rotated. JSON Lines, each with a number, the time, the
/// action, the hash of the line before and its own (SHA-256).
///
/// Whoever can write the whole file can write a whole new chain. So each new hash also goes to the
/// application's log (`tracing`, level `INFO`), and [`AuditLog::verify`] takes the hash that the
/// last line has to have.
pub struct AuditLog(Mutex<Inner>);

struct Inner {
    text: String,
    lines: u64,
    head: String,
    file: Option<File>,
    /// Whether part of a line may stand at the file's end: what is written behind it breaks the chain.
    failed: bool,
    /// When each reading was last written down.
    read: [Option<u64>; 2],
}

impl AuditLog {
    /// A log in the memory of this process, from where [`Captcha::audit_log`] gives it.
    ///
    /// [`Captcha::audit_log`]: crate::Captcha::audit_log
    #[must_use]
    pub fn in_memory() -> Self {
        Self::begin(String::new(), 0, GENESIS.to_owned(), None)
    }

    /// A log in a file, which is made where there is none. It is verified, continued, and locked:
    /// one file is for one process. Each line is on the disk before the action goes on.
    ///
    /// A last line without an end is one that a crash or a full disk cut off: it is taken out, and
    /// the application's log says so.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when the file cannot be read,
    /// written or locked, and when its chain is broken.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CaptchaError> {
        let path = path.as_ref();
        let fail = |what: &str, cause: Box<dyn std::error::Error + Send + Sync>| {
            CaptchaError::configuration(format!("the audit log {} {what}: {cause}", path.display()))
        };
        let mut file = (OpenOptions::new().read(true).append(true).create(true))
            .open(path)
            .map_err(|cause| fail("cannot be opened", cause.into()))?;
        file.try_lock()
            .map_err(|cause| fail("is in use: each process needs its own", cause.into()))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|cause| fail("cannot be read", cause.into()))?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n');
        let cut = bytes.split_off(whole.map_or(0, |end| end + 1));
        let text =
            String::from_utf8(bytes).map_err(|cause| fail("cannot be read", cause.into()))?;
        let (lines, head) = chain(&text).map_err(|broken| {
            fail(
                "is broken; keep it as evidence and begin another",
                broken.into(),
            )
        })?;
        if !cut.is_empty() {
            let cut = cut.len();
            tracing::warn!(
                cut,
                lines,
                path = %path.display(),
                "captcha: the last line of the audit log had no end and was taken out"
            );
            (file.set_len(text.len() as u64))
                .and_then(|()| file.sync_data())
                .map_err(|cause| fail("cannot be mended", cause.into()))?;
        }
        Ok(Self::begin(text, lines, head, Some(file)))
    }

    fn begin(text: String, lines: u64, head: String, file: Option<File>) -> Self {
        Self(Mutex::new(Inner {
            text,
            lines,
            head,
            file,
            failed: false,
            read: [None; 2],
        }))
    }

    /// Verifies a log: every line as it was written, in order, none missing before the last. With
    /// the hash that the last line has to have, none missing at the end either. Gives the number of
    /// lines.
    ///
    /// # Errors
    /// [`BrokenAudit`] with the first line that is not as it was written.
    pub fn verify(text: &str, last_hash: Option<&str>) -> Result<u64, BrokenAudit> {
        let (lines, head) = chain(text)?;
        if last_hash.is_some_and(|expected| expected != head) {
            return Err(BrokenAudit {
                line: lines + 1,
                what: "the last line is not the one expected",
            });
        }
        Ok(lines)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn text(&self) -> String {
        self.lock().text.clone()
    }

    /// Writes a line. An action that cannot be written down is not to be done.
    pub(crate) fn record(
        &self,
        action: Action,
        detail: String,
        now_millis: u64,
    ) -> Result<(), CaptchaError> {
        self.lock().append(action, detail, now_millis)
    }

    /// Writes that something was read, once an hour.
    pub(crate) fn record_read(&self, action: Action, now_millis: u64) -> Result<(), CaptchaError> {
        let mut inner = self.lock();
        let at = usize::from(action == Action::FeedbackRead);
        let recent = (inner.read.get(at).copied().flatten())
            .is_some_and(|last| now_millis.saturating_sub(last) < READ_PAUSE_MILLIS);
        if !recent {
            inner.append(action, String::new(), now_millis)?;
            if let Some(last) = inner.read.get_mut(at) {
                *last = Some(now_millis);
            }
        }
        Ok(())
    }
}

impl Inner {
    fn append(
        &mut self,
        action: Action,
        detail: String,
        now_millis: u64,
    ) -> Result<(), CaptchaError> {
        let mut entry = Entry {
            seq: self.lines + 1,
            at: rfc3339(now_millis),
            action,
            detail,
            previous: self.head.clone(),
            hash: String::new(),
        };
        entry.hash = entry.expected_hash();
        let line = entry.line() + "\n";
        if let Some(file) = &mut self.file {
            if self.failed {
                return Err(CaptchaError::unavailable(
                    "the audit log could not take an unfinished line back, and takes no other until \
                     it is opened again",
                ));
            }
            // What was written in part is taken back, so that the chain can go on.
            let written = file
                .write_all(line.as_bytes())
                .and_then(|()| file.sync_data());
            if let Err(cause) = written {
                self.failed = file.set_len(self.text.len() as u64).is_err();
                return Err(
                    CaptchaError::unavailable("the audit log cannot be written").caused_by(cause)
                );
            }
        }
        tracing::info!(seq = entry.seq, ?action, hash = %entry.hash, "captcha: administrative action");
        self.text.push_str(&line);
        self.lines = entry.seq;
        self.head = entry.hash;
        Ok(())
    }
}

impl fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.lock();
        f.debug_struct("AuditLog")
            .field("lines", &inner.lines)
            .field("head", &inner.head)
            .finish_non_exhaustive()
    }
}

/// Where an audit log is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokenAudit {
    /// The first line that does not fit, counted from 1.
    pub line: u64,
    /// What does not fit.
    pub what: &'static str,
}

impl fmt::Display for BrokenAudit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for BrokenAudit {}

/// The number of lines and the hash of the last one.
fn chain(text: &str) -> Result<(u64, String), BrokenAudit> {
    let (mut lines, mut head) = (0, GENESIS.to_owned());
    for raw in text.split_inclusive('\n') {
        let line = lines + 1;
        let broken = |what| BrokenAudit { line, what };
        let json = (raw.strip_suffix('\n')).ok_or(broken("the line has no end"))?;
        let entry: Entry =
            serde_json::from_str(json).map_err(|_| broken("this is no line of the log"))?;
        // One content, one spelling: what was written otherwise was written by somebody else.
        if entry.line() != json {
            return Err(broken("the line is not spelled as this library does"));
        }
        if entry.seq != line || entry.previous != head {
            return Err(broken("the line does not follow the one before"));
        }
        if entry.expected_hash() != entry.hash {
            return Err(broken("the line was changed"));
        }
        (lines, head) = (line, entry.hash);
    }
    Ok((lines, head))
}

#[cfg(test)]
mod tests;
