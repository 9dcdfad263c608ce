//! Our lines of the log, complete: every target that begins with `captcha`, from TRACE on.

use std::{
    fmt, io,
    sync::{Mutex, Once, PoisonError},
};

use tracing_subscriber::{
    EnvFilter,
    fmt::{format::Writer as Writing, time::FormatTime},
};

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        lines.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A clock for the log that stands: a fraction of a second is six digits, and so is the answer to a clip, now and then
/// the same.
struct Still;

impl FormatTime for Still {
    fn format_time(&self, writer: &mut Writing<'_>) -> fmt::Result {
        writer.write_str("2027-01-15T08:00:00Z")
    }
}

/// Begins to keep the log of this process.
pub fn keep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("captcha=trace"))
            .with_ansi(false)
            .with_timer(Still)
            .with_writer(|| Writer)
            .init();
    });
}

/// What was logged; the log is empty afterwards.
#[must_use]
pub fn take() -> Vec<u8> {
    std::mem::take(&mut LINES.lock().unwrap_or_else(PoisonError::into_inner))
}
