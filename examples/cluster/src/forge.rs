//! Tokens that must not be taken.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use captcha_core::{Answer, Captcha, RandomSource as _, SecretKey, SystemRandom};

use crate::{Fallible, node, stamp};

/// Makes them in three ways.
pub(crate) struct Forger {
    /// An engine that is set up as the nodes are, but for the secret.
    stranger: Captcha,
}

impl Forger {
    pub(crate) fn new() -> Fallible<Self> {
        let stranger = node::alike(SecretKey::generate()?).build()?;
        Ok(Self { stranger })
    }

    /// The `number`th forgery; `genuine` is a token that was not used yet.
    pub(crate) async fn forge(&self, number: u64, genuine: &str) -> Fallible<String> {
        match number % 3 {
            0 => Ok(changed(genuine, number)),
            1 => {
                let mut bytes = vec![0; genuine.len() * 3 / 4];
                SystemRandom.fill(&mut bytes)?;
                Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
            }
            _ => self.by_another_secret().await,
        }
    }

    async fn by_another_secret(&self) -> Fallible<String> {
        let challenge = self.stranger.issue(None, None).await?;
        let work = &challenge.work;
        let nonce = stamp::solve(&work.salt, work.bits).ok_or("the salt cannot be read")?;
        let answer = Answer::from_json("{}");
        let token = (self.stranger)
            .answer(&challenge.challenge, &answer, nonce)
            .await?;
        Ok(token.as_str().to_owned())
    }
}

/// The token with one character replaced, at another place each time.
fn changed(token: &str, number: u64) -> String {
    let place = (number as usize).wrapping_mul(7) % token.len().max(1);
    let swap = |(at, letter)| match letter {
        'A' if at == place => 'B',
        _ if at == place => 'A',
        _ => letter,
    };
    token.chars().enumerate().map(swap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_differs_wherever_it_is() {
        for number in 0..100 {
            let (from, to) = ("ABCabc_-09", changed("ABCabc_-09", number));
            let differ = from.chars().zip(to.chars()).filter(|(a, b)| a != b);
            assert_eq!((to.len(), differ.count()), (from.len(), 1), "{to}");
        }
    }

    #[tokio::test]
    async fn no_forgery_is_the_genuine_token() {
        let forger = Forger::new().unwrap();
        let genuine = forger.by_another_secret().await.unwrap();
        for number in 0..6 {
            assert_ne!(forger.forge(number, &genuine).await.unwrap(), genuine);
        }
    }
}
