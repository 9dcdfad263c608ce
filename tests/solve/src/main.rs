//! `CAPTCHA_SECRET=... solve SITE CHALLENGE` prints `{"answer":{...},"work":N}`: the answers that a
//! browser test needs against an example that runs as it ships. Without the secret it is useless.

use captcha_core::{SecretKey, testing};

#[allow(clippy::print_stdout, reason = "its output is what it is for")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(site), Some(challenge)) = (arguments.next(), arguments.next()) else {
        return Err("usage: CAPTCHA_SECRET=... solve SITE CHALLENGE".into());
    };
    let secret = SecretKey::from_env("CAPTCHA_SECRET")?;
    let solved = testing::solve(&secret, &site, &challenge)?;
    println!(
        "{{\"answer\":{},\"work\":{}}}",
        solved.answer.as_json(),
        solved.work
    );
    Ok(())
}
