//! What a challenge of each kind costs, drawn and encoded, beside the encoder alone:
//! `cargo bench -p captcha-core --features testing --bench challenges`, with a number of drawings
//! of each kind after `--`, if 200 are too few.

mod measure;
#[path = "measure/ours.rs"]
mod ours;

#[allow(clippy::print_stdout, reason = "a benchmark says what it found")]
fn main() {
    let count = std::env::args().find_map(|argument| argument.parse().ok());
    println!("{}", measure::HEAD);
    for figures in ours::figures(count.unwrap_or(200)) {
        println!("{}", figures.line());
    }
}
