//! The Redis store against real servers: started here on free ports, killed, restored, emptied, paused, filled up, behind
//! Sentinels and in a cluster.
#![cfg(all(unix, feature = "redis", feature = "testing"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "what fails here fails the test"
)]

mod cluster;
mod load;
mod lossy;
mod node;
mod sentinel;
mod server;

mod clocks;
mod contract;
mod failovers;
mod faults;
mod losses;
mod nodes;
mod outage;
mod revocation;
mod shards;
mod topologies;
