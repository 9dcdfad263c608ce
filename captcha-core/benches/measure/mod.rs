//! Measuring many different drawings: the median of CPU time, which other programs on the machine
//! hardly disturb, and the sizes of the files.

use std::time::Duration;

/// CPU time that this thread has used.
#[cfg(unix)]
fn used() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Where there is no such clock, the time that goes by.
#[cfg(not(unix))]
fn used() -> Duration {
    use std::{sync::OnceLock, time::Instant};
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// What `work` gives, and the microseconds of CPU that it took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = used();
    let result = std::hint::black_box(work());
    (result, (used() - before).as_secs_f64() * 1e6)
}

/// The middle of a list.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The figures of one kind, or of one peer.
pub(crate) struct Figures {
    /// What was drawn.
    pub(crate) name: String,
    /// Microseconds for one, drawn and encoded.
    pub(crate) whole: f64,
    /// Microseconds for the encoder alone, where that can be told.
    pub(crate) encoder: Option<f64>,
    /// Pixels of one.
    pub(crate) pixels: usize,
    /// Bytes of one: the median, and the most.
    pub(crate) bytes: (f64, f64),
}

/// The head of the table.
pub(crate) const HEAD: &str = "\
| challenge | median CPU | a pixel | bytes, median | bytes, most | encoder alone | times the encoder |
| --- | --- | --- | --- | --- | --- | --- |";

impl Figures {
    /// Draws with each of `seeds`: a drawing is its files, and the pixels that they show.
    pub(crate) fn of(
        name: &str,
        seeds: std::ops::Range<u64>,
        draw: impl Fn(u64) -> (Vec<Vec<u8>>, usize),
        encode: impl Fn(&[Vec<u8>]) -> Option<f64>,
    ) -> Self {
        let warm = 50.min((seeds.end - seeds.start) / 4);
        (seeds.start..seeds.start + warm).for_each(|seed| drop(std::hint::black_box(draw(seed))));
        let (mut whole, mut encoder, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
        let mut shown = 0;
        for seed in seeds {
            let ((files, pixels), took) = timed(|| draw(seed));
            whole.push(took);
            encoder.extend(encode(&files));
            bytes.push(files.iter().map(Vec::len).sum::<usize>() as f64);
            shown = pixels;
        }
        Self {
            name: name.to_owned(),
            whole: median(whole),
            encoder: (!encoder.is_empty()).then(|| median(encoder)),
            pixels: shown,
            bytes: (median(bytes.clone()), bytes.into_iter().fold(0.0, f64::max)),
        }
    }

    /// Its line of the table.
    pub(crate) fn line(&self) -> String {
        let alone = self.encoder.map_or_else(
            || "| |".to_owned(),
            |alone| format!("| {alone:.0} us | {:.1} |", self.whole / alone),
        );
        let pixel = match self.pixels {
            0 => String::new(),
            pixels => format!("{:.1} ns", self.whole * 1e3 / pixels as f64),
        };
        let (middle, most) = self.bytes;
        format!(
            "| {} | {:.0} us | {pixel} | {middle:.0} | {most:.0} {alone}",
            self.name, self.whole,
        )
    }
}
