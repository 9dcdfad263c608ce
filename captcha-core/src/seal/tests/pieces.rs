//! Lengths, names and the reader: what the strings are made of.

use super::*;

#[test]
fn a_string_is_read_up_to_the_longest_and_no_further() {
    let (sealer, _) = sealer("site");
    // Of base64, 4 characters are 3 bytes.
    let tagged = |characters: usize| {
        let content = vec![7; characters / 4 * 3 - HEADER - TAG];
        sealer.tag(Purpose::Token, NOW, &content)
    };
    let (longest, longer) = (tagged(MAX_LENGTH), tagged(MAX_LENGTH + 4));
    assert_eq!(longest.len(), MAX_LENGTH);
    assert!(sealer.verify(Purpose::Token, &longest).is_ok());
    assert!(sealer.verify(Purpose::Token, &longer).is_err());
    // What is stored may be longer, and has an end as well.
    let opens = |purpose, length| {
        let text = sealer.seal(purpose, NOW, [1; NONCE], &vec![7; length]);
        sealer.open(purpose, &text.unwrap()).is_ok()
    };
    assert!(opens(Purpose::Feedback, 3_000) && !opens(Purpose::Session, 3_000));
    assert!(!opens(Purpose::Feedback, 3_100));
}

#[test]
fn the_site_and_the_keys_are_named() {
    let (old, new) = (
        SecretKey::generate().unwrap(),
        SecretKey::generate().unwrap(),
    );
    let one = Sealer::new(&KeyRing::new(old.clone()), "shop.example").unwrap();
    let both = Sealer::new(&KeyRing::new(new).verify_also(old), "shop.example").unwrap();
    assert_eq!(one.site(), "shop.example");
    let ids = both.key_ids();
    assert_eq!((ids.len(), &ids[1..]), (2, &one.key_ids()[..]));
    let made = both.tag(Purpose::Token, NOW, b"x");
    let opened = both.verify(Purpose::Token, &made).unwrap();
    assert_eq!(hex(&opened.key), ids[0]);
}

#[test]
fn the_same_content_is_sealed_alike_and_nothing_else_is() {
    let (sealer, _) = sealer("site");
    let alike = |purpose, generation, content: &[u8]| {
        let text = sealer.seal_alike(purpose, generation, content).unwrap();
        assert_eq!(*sealer.open(purpose, &text).unwrap().content, content);
        text
    };
    let text = alike(Purpose::Consent, NOW, b"yes");
    assert_eq!(alike(Purpose::Consent, NOW, b"yes"), text);
    // The nonce is another as soon as anything is, or one keystream would hide two texts.
    let nonce = |text: &str| {
        let wire = URL_SAFE_NO_PAD.decode(text).unwrap();
        wire[HEADER..HEADER + NONCE].to_vec()
    };
    let later = Generation { store: 9, ..NOW };
    for other in [
        alike(Purpose::Consent, NOW, b"no"),
        alike(Purpose::Preferences, NOW, b"yes"),
        alike(Purpose::Consent, later, b"yes"),
    ] {
        assert_ne!(nonce(&other), nonce(&text));
    }
}

#[test]
fn a_caller_has_one_name_a_token_and_purpose_while_the_key_is_kept() {
    let old = SecretKey::generate().unwrap();
    let before = Sealer::new(&KeyRing::new(old.clone()), "s").unwrap();
    let new = KeyRing::new(SecretKey::generate().unwrap()).verify_also(old);
    let during = Sealer::new(&new, "s").unwrap();
    let (key, other) = (before.active.id, during.active.id);
    let name = before.caller(key, &[1; 16], "order 1");
    assert_eq!(during.caller(key, &[1; 16], "order 1"), name);
    for another in [
        before.caller(key, &[2; 16], "order 1"),
        before.caller(key, &[1; 16], "order 2"),
        during.caller(other, &[1; 16], "order 1"),
    ] {
        assert_ne!(another, name);
    }
}

#[test]
fn the_reader_takes_exactly_what_is_there() {
    let mut reader = Reader(b"\x01\x02\x03ab\x02hi!");
    assert_eq!(reader.array::<3>().unwrap(), [1, 2, 3]);
    assert_eq!(reader.bytes(2).unwrap(), b"ab");
    assert_eq!(reader.text().unwrap(), "hi");
    assert!(reader.array::<2>().is_err() && reader.bytes(2).is_err());
    assert_eq!(reader.bytes(1).unwrap(), b"!");
    assert!(reader.finish().is_ok());
    assert!(Reader(b"!").finish().is_err());
    assert!(Reader(b"\x01\xff").text().is_err(), "not UTF-8");
    assert!(Reader(b"\x02a").text().is_err(), "too short");
    assert!(Reader(b"").text().is_err());
}
