mod bent;
mod pieces;

use super::*;
use crate::key::SecretKey;

const NOW: Generation = Generation {
    configured: 3,
    store: 0x0102_0304_0506_0708,
};
const SEALED: [Purpose; 8] = [
    Purpose::Challenge,
    Purpose::Consent,
    Purpose::Feedback,
    Purpose::FrameChallenge,
    Purpose::Preferences,
    Purpose::Salt,
    Purpose::Session,
    Purpose::Statistics,
];

fn sealer(site: &str) -> (Sealer, SecretKey) {
    let secret = SecretKey::generate().unwrap();
    (
        Sealer::new(&KeyRing::new(secret.clone()), site).unwrap(),
        secret,
    )
}

#[test]
fn what_is_sealed_opens_and_what_is_tagged_verifies() {
    let (sealer, _) = sealer("site");
    for purpose in SEALED {
        for content in [&b""[..], b"x", &[9; 200]] {
            let text = sealer.seal(purpose, NOW, [5; NONCE], content).unwrap();
            let opened = sealer.open(purpose, &text).unwrap();
            assert_eq!(*opened.content, content);
            assert_eq!(opened.generation, NOW);
        }
    }
    let text = sealer.tag(Purpose::Token, NOW, b"content");
    let opened = sealer.verify(Purpose::Token, &text).unwrap();
    assert_eq!(
        (opened.content.as_slice(), opened.generation),
        (&b"content"[..], NOW)
    );
}

#[test]
fn only_the_diagonal_of_type_site_and_key_opens() {
    let (one, _) = sealer("one");
    let (other_key, _) = sealer("one");
    for purpose in SEALED {
        let text = one.seal(purpose, NOW, [1; NONCE], b"content").unwrap();
        for other in SEALED {
            assert_eq!(one.open(other, &text).is_ok(), other == purpose);
            assert!(other_key.open(other, &text).is_err());
        }
        assert!(one.verify(Purpose::Token, &text).is_err());
    }
    let (here, secret) = sealer("here");
    let there = Sealer::new(&KeyRing::new(secret), "there").unwrap();
    let token = here.tag(Purpose::Token, NOW, b"content");
    assert!(here.verify(Purpose::Token, &token).is_ok());
    assert!(here.verify(Purpose::Session, &token).is_err());
    assert!(there.verify(Purpose::Token, &token).is_err());
    let sealed = here.seal(Purpose::Session, NOW, [1; NONCE], b"c").unwrap();
    assert!(there.open(Purpose::Session, &sealed).is_err());
}

#[test]
fn every_flipped_bit_and_every_truncation_is_refused() {
    let (sealer, _) = sealer("site");
    let token = sealer.tag(Purpose::Token, NOW, b"some content of a token");
    let sealed = sealer
        .seal(Purpose::Challenge, NOW, [7; NONCE], b"some content")
        .unwrap();
    let refused = |text: &str| {
        sealer.verify(Purpose::Token, text).is_err()
            && sealer.open(Purpose::Challenge, text).is_err()
    };
    for text in [&token, &sealed] {
        let wire = URL_SAFE_NO_PAD.decode(text).unwrap();
        for bit in 0..wire.len() * 8 {
            let mut bent = wire.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert!(refused(&URL_SAFE_NO_PAD.encode(&bent)), "bit {bit}");
        }
        for length in 0..text.len() {
            assert!(refused(&text[..length]), "length {length}");
        }
        assert!(!refused(text), "the control: untouched, it is accepted");
    }
}

#[test]
fn non_canonical_encodings_are_refused() {
    let (sealer, _) = sealer("site");
    // 17 + 1 + 32 bytes: the last character carries stray bits that a lax decoder ignores.
    let token = sealer.tag(Purpose::Token, NOW, b"x");
    let last = token.chars().next_back().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let stem = &token[..token.len() - 1];
    let accepted = alphabet
        .chars()
        .filter(|c| sealer.verify(Purpose::Token, &format!("{stem}{c}")).is_ok())
        .collect::<Vec<_>>();
    assert_eq!(accepted, [last]);
    for variant in [
        format!("{token}="),
        format!("{token}=="),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{token}A"),
        token.replace(['-', '_'], "+"),
        token.to_uppercase(),
        "A".repeat(MAX_LENGTH + 1),
    ] {
        assert!(variant == token || sealer.verify(Purpose::Token, &variant).is_err());
    }
}

#[test]
fn a_verify_only_key_opens_until_it_is_taken_out() {
    let old = SecretKey::generate().unwrap();
    let new = SecretKey::generate().unwrap();
    let before = Sealer::new(&KeyRing::new(old.clone()), "s").unwrap();
    let during = Sealer::new(&KeyRing::new(new.clone()).verify_also(old), "s").unwrap();
    let after = Sealer::new(&KeyRing::new(new), "s").unwrap();
    let token = before.tag(Purpose::Token, NOW, b"x");
    assert!(during.verify(Purpose::Token, &token).is_ok());
    assert!(after.verify(Purpose::Token, &token).is_err());
    let fresh = during.tag(Purpose::Token, NOW, b"x");
    assert!(before.verify(Purpose::Token, &fresh).is_err());
    assert!(after.verify(Purpose::Token, &fresh).is_ok());
}

#[test]
fn the_noise_of_a_day_is_drawn_once_whatever_becomes_of_the_keys() {
    let old = SecretKey::generate().unwrap();
    let before = Sealer::new(&KeyRing::new(old.clone()), "s").unwrap();
    let seed = |sealer: &Sealer, day| sealer.noise_seed(day, "issued.kind");
    let rotated = KeyRing::new(SecretKey::generate().unwrap()).verify_also(old);
    let rotated = Sealer::new(&rotated, "s").unwrap();
    let new = || KeyRing::new(SecretKey::generate().unwrap());
    let once = before.successor(&new(), 20).unwrap();
    let twice = once.successor(&new(), 20).unwrap();
    let again = twice.successor(&new(), 30).unwrap();
    // Of several rotations on a day only the last one's is kept.
    assert_eq!((once.noise.len(), twice.noise.len()), (2, 2));
    for day in 0..20 {
        for sealer in [&rotated, &once, &twice, &again] {
            assert_eq!(seed(sealer, day), seed(&before, day), "day {day}");
        }
    }
    // From the day of a revocation on, whoever held the old key knows nothing of it.
    for day in 20..40 {
        assert_ne!(seed(&once, day), seed(&before, day));
        assert_ne!(seed(&twice, day), seed(&once, day));
        assert_eq!(seed(&again, day) == seed(&twice, day), day < 30);
    }
    // The control: a sealer that remembers nothing draws every day once more.
    let forgetful = Sealer::new(&KeyRing::new(SecretKey::generate().unwrap()), "s").unwrap();
    assert_ne!(seed(&forgetful, 5), seed(&before, 5));
}
