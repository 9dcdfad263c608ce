//! What the fuzz targets do, one module each: `run` takes any bytes and panics where the library does
//! not keep its word, `seeds` are inputs to begin with.
//!
//! Apart from their engine's pictures, nothing here depends on anything but the input.

pub mod answers;
pub mod form;
pub mod forwarding;
pub mod headers;
pub mod merge_patch;
pub mod sealed;
mod site;
pub mod work;

/// A fuzz target.
pub struct Target {
    /// Its name, and that of its folder in `corpus`.
    pub name: &'static str,
    /// Takes any input.
    pub run: fn(&[u8]),
    /// Inputs that reach far.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many mutations of them take the stable test about a second.
    pub mutations: usize,
    /// Judges outcomes that the library must never give: each call has to panic.
    pub controls: &'static [fn()],
}

/// Every target.
pub const TARGETS: [Target; 7] = [
    answers::TARGET,
    form::TARGET,
    forwarding::TARGET,
    headers::TARGET,
    merge_patch::TARGET,
    sealed::TARGET,
    work::TARGET,
];
