//! What a challenge of each kind costs, drawn and encoded, beside the encoder alone:
//! `cargo bench -p captcha-core --bench challenges`, with a number of drawings of each kind after `--`, if 200 are too few, and
//! kinds by name, if not all are wanted.
//! With `--features assets` and a folder after `--`, also what backgrounds and icons of one's own cost.

mod measure;
#[path = "measure/ours.rs"]
mod ours;

#[allow(clippy::print_stdout, reason = "a benchmark says what it found")]
fn main() {
    let count = std::env::args().find_map(|argument| argument.parse().ok());
    let count = count.unwrap_or(200);
    println!("{}", measure::HEAD);
    for figures in ours::figures(count) {
        println!("{}", figures.line());
    }
    #[cfg(feature = "assets")]
    for folder in std::env::args()
        .skip(1)
        .filter(|word| std::path::Path::new(word).is_dir())
    {
        match captcha_core::Assets::from_dir(&folder) {
            Ok(assets) => {
                for figures in ours::figures_with(&assets, count) {
                    println!("{}", figures.line());
                }
            }
            Err(error) => println!("{error}"),
        }
    }
}
