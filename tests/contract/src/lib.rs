//! One HTTP contract suite for all three adapters: each case runs against a real server of each,
//! and what the three answer has to be equal byte for byte.
//!
//! An engine in these tests draws from a seeded source, in order, under a clock that stands still,
//! so the same requests give the same answers wherever they are sent.
//!
//! `CASE=cookie cargo nextest run -p contract --test http` runs the cases with that word in their
//! names alone. With `CAPTCHA_LONG` set, the races and forgeries run a hundred times as long.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test crate: a panic is a failed test"
)]

pub mod apps;
pub mod canary;
pub mod cases;
pub mod client;
pub mod engine;
pub mod held;
pub mod own_redis;
pub mod pipe;
pub mod race;
pub mod runner;
pub mod stores;
pub mod transcript;
