//! Locks and atomics of the memory store: the standard library's, or where all its schedules are tried
//! (`--cfg shuttle`, `store/memory/schedules.rs`) ones that a scheduler steps through.

#[cfg(all(test, shuttle))]
pub(crate) use shuttle::sync::{Mutex, MutexGuard, PoisonError, atomic};
#[cfg(not(all(test, shuttle)))]
pub(crate) use std::sync::{Mutex, MutexGuard, PoisonError, atomic};

/// Spreads ids over shards. Keyed at random, so that nobody chooses a shard; a schedule is repeated
/// only where the same ids meet.
#[cfg(not(all(test, shuttle)))]
pub(crate) type Spread = std::hash::RandomState;
#[cfg(all(test, shuttle))]
pub(crate) type Spread = std::hash::BuildHasherDefault<std::hash::DefaultHasher>;
