//! What a process holds, and what of that grew. By `/proc`, and so on Linux.

use tokio::runtime::Handle;

/// A number of `/proc/self/status`.
fn status(name: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// KiB of memory that this process holds.
#[must_use]
pub fn resident() -> usize {
    status("VmRSS").expect("/proc/self/status of Linux")
}

/// KiB of memory, descriptors, threads, and tasks of the runtime.
pub type Held = [usize; 4];

/// What this process holds.
#[must_use]
pub fn held() -> Held {
    let descriptors = std::fs::read_dir("/proc/self/fd").unwrap().count();
    let tasks = Handle::current().metrics().num_alive_tasks();
    [resident(), descriptors, status("Threads").unwrap(), tasks]
}

/// What grew. Marks live for five minutes and are dropped within one more: where that is over with the first quarter, there
/// is as much as there will ever be, and a byte of each puzzle from then on is seen.
#[must_use]
pub fn grown(marks_are_level: bool, held: &[Held; 5]) -> Vec<&'static str> {
    let [warm, first, .., end] = held;
    let most = match marks_are_level {
        true => first[0] + 512,
        false => warm[0] + warm[0] / 5 + 4_096,
    };
    [
        ("memory", end[0] > most),
        ("descriptors", end[1] > warm[1] + 8),
        ("threads", end[2] > warm[2] + 2),
        ("tasks", end[3] > warm[3] + 8),
    ]
    .into_iter()
    .filter_map(|(what, grew)| grew.then_some(what))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_is_seen() {
        let flat = [
            [16_884, 89, 6, 40],
            [20_768, 89, 6, 40],
            [20_780, 89, 6, 41],
            [20_784, 89, 6, 39],
            [20_772, 89, 6, 40],
        ];
        assert_eq!(grown(true, &flat), [""; 0]);
        // KiB, descriptors, threads and tasks in a quarter.
        for (column, (what, leak)) in [
            ("memory", 180),
            ("descriptors", 3),
            ("threads", 1),
            ("tasks", 3),
        ]
        .into_iter()
        .enumerate()
        {
            let mut leaking = flat;
            for (at, held) in leaking.iter_mut().enumerate() {
                held[column] += at * leak;
            }
            assert_eq!(grown(true, &leaking), [what]);
        }
    }
}
