//! How much a site is asked for, by the minute.

use std::sync::{Mutex, PoisonError};

const MINUTE: u64 = 60_000;

/// The most that was counted in a minute and in the one before.
#[derive(Default)]
pub(super) struct Load(Mutex<Minutes>);

#[derive(Clone, Copy, Default)]
struct Minutes {
    minute: u64,
    now: u64,
    before: u64,
}

impl Minutes {
    fn at(self, minute: u64) -> Self {
        let before = match minute.saturating_sub(self.minute) {
            0 => return self,
            1 => self.now,
            _ => 0,
        };
        Self {
            minute,
            now: 0,
            before,
        }
    }
}

impl Load {
    /// So many calls were counted by now.
    pub(super) fn saw(&self, calls: u64, now: u64) {
        let mut minutes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *minutes = minutes.at(now / MINUTE);
        minutes.now = minutes.now.max(calls);
    }

    /// Calls of this minute or the one before, whichever are more.
    pub(super) fn at(&self, now: u64) -> u64 {
        let minutes = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minutes = minutes.at(now / MINUTE);
        minutes.now.max(minutes.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_is_remembered_for_the_minute_after_and_no_longer() {
        let load = Load::default();
        load.saw(5, 10);
        load.saw(900, 59_999);
        load.saw(7, 59_999);
        assert_eq!(load.at(59_999), 900);
        load.saw(3, 60_000);
        assert_eq!(load.at(119_999), 900);
        assert_eq!(load.at(120_000), 3);
        assert_eq!(load.at(180_000), 0);
        // A clock that goes back changes nothing.
        load.saw(4, 0);
        assert_eq!(load.at(60_000), 900);
    }
}
