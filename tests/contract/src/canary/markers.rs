//! What is planted, and every way in which it could be written down again.

use std::{collections::BTreeSet, net::IpAddr};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The address that every request comes from.
pub const PEER: &str = "127.83.19.211";

/// Headers that hold an address. None of the proxies that write them is trusted.
pub const FORWARDED: [(&str, &str); 17] = [
    ("x-forwarded-for", "203.0.113.77"),
    ("x-forwarded-for", "198.51.100.142"),
    ("x-real-ip", "192.0.2.166"),
    ("forwarded", "2001:db8:7a31:9c04::51f7"),
    ("via", "11.94.208.33"),
    ("cf-connecting-ip", "23.181.77.245"),
    ("cf-connecting-ipv6", "2001:db8:e219:3d5b::c4a8"),
    ("true-client-ip", "37.209.144.91"),
    ("x-client-ip", "45.233.162.87"),
    ("client-ip", "58.197.226.149"),
    ("fastly-client-ip", "67.241.183.112"),
    ("x-cluster-client-ip", "71.158.236.201"),
    ("x-originating-ip", "83.214.167.239"),
    ("x-remote-ip", "94.172.249.183"),
    ("x-remote-addr", "101.227.193.158"),
    ("x-forwarded", "113.186.242.217"),
    ("x-azure-clientip", "125.203.179.246"),
];

/// Headers that describe a browser, its device and its reader.
pub const DESCRIBING: [&str; 18] = [
    "user-agent",
    "referer",
    "accept-language",
    "sec-ch-ua",
    "sec-ch-ua-arch",
    "sec-ch-ua-bitness",
    "sec-ch-ua-full-version-list",
    "sec-ch-ua-mobile",
    "sec-ch-ua-model",
    "sec-ch-ua-platform",
    "sec-ch-ua-platform-version",
    "sec-ch-viewport-width",
    "device-memory",
    "dnt",
    "authorization",
    "from",
    "x-request-id",
    "x-unknown-header",
];

/// Everything else that is planted, by where.
pub const PLACES: [&str; 25] = [
    "accept",
    "action",
    "answer",
    "captcha-consent",
    "captcha-prefs",
    "captcha-session",
    "captcha-stats",
    "captcha-token",
    "challenge",
    "content-type",
    "email",
    "feedback",
    "field",
    "foreign-cookie",
    "lang",
    "method",
    "name",
    "origin",
    "patched",
    "path",
    "query",
    "sent-token",
    "user",
    "value",
    "version",
];

/// A word that stands nowhere by chance, for a place. Letters and digits alone, so that it passes
/// wherever it is put, and escaping leaves it as it is.
#[must_use]
pub fn word(place: &str) -> String {
    let digest = Sha256::digest(place.as_bytes());
    let name: String = place.split('-').map(capitalised).collect();
    format!(
        "Zq{name}{:02X}{:02x}9v{:02x}",
        digest[0], digest[1], digest[2]
    )
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{}{rest}", first.to_ascii_uppercase())
}

/// Something of a visitor, as bytes that can be searched for.
#[derive(Clone, Debug)]
pub struct Marker {
    /// Where it was planted.
    pub place: String,
    values: Vec<Vec<u8>>,
}

/// What to search for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needle {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether upper and lower case are one.
    pub any_case: bool,
    /// How the marker is written, for messages.
    pub form: String,
}

/// Shorter needles than these could stand in long or random bytes by chance.
const LONG: usize = 7;

impl Needle {
    /// Whether it is too short to be searched for in bodies, which hold pictures and sealed text.
    #[must_use]
    pub fn short(&self) -> bool {
        self.bytes.len() < LONG
    }
}

impl Marker {
    /// A text, as it is and in upper and in lower case.
    #[must_use]
    pub fn text(place: &str, text: &str) -> Self {
        let values = [text.to_owned(), text.to_uppercase(), text.to_lowercase()];
        Self::of(place, values.map(String::into_bytes))
    }

    /// An address: whole and as its /24 or /64 network, as text and as octets.
    #[must_use]
    pub fn address(place: &str, text: &str) -> Self {
        let mut values = vec![text.as_bytes().to_vec()];
        match text.parse().unwrap() {
            IpAddr::V4(address) => {
                let octets = address.octets();
                let [a, b, c, _] = octets;
                let network = format!("{a}.{b}.{c}");
                values.extend([
                    octets.to_vec(),
                    vec![a, b, c],
                    vec![a, b, c, 0],
                    format!("{network}.").into_bytes(),
                    format!("{network}.0").into_bytes(),
                    format!("{network}.0/24").into_bytes(),
                    address.to_ipv6_mapped().octets().to_vec(),
                    address.to_ipv6_mapped().to_string().into_bytes(),
                    network.into_bytes(),
                ]);
            }
            IpAddr::V6(address) => {
                let octets = address.octets();
                let mut network = octets;
                network[8..].fill(0);
                let written = std::net::Ipv6Addr::from(network).to_string();
                values.extend([
                    octets.to_vec(),
                    octets[..8].to_vec(),
                    network.to_vec(),
                    format!("{written}/64").into_bytes(),
                    written.trim_end_matches("::").as_bytes().to_vec(),
                    written.into_bytes(),
                ]);
            }
        }
        Self::of(place, values)
    }

    /// A number, as its digits and as its bytes without those that are zero.
    #[must_use]
    pub fn number(place: &str, number: u64) -> Self {
        let bytes = number.to_be_bytes();
        let zeros = number.leading_zeros() as usize / 8;
        let values = [
            number.to_string().into_bytes(),
            bytes.to_vec(),
            bytes[zeros..].to_vec(),
        ];
        Self::of(place, values)
    }

    fn of(place: &str, values: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let values: BTreeSet<_> = values.into_iter().collect();
        Self {
            place: place.to_owned(),
            values: values.into_iter().collect(),
        }
    }

    /// Every way to write it: as it is, hexadecimal, base64, and as the first 8 bytes of an unsalted
    /// digest, which a longer part of it begins with.
    #[must_use]
    pub fn needles(&self) -> BTreeSet<Needle> {
        let mut needles = BTreeSet::new();
        for value in &self.values {
            // Three octets are too few for anything but the beginning of a key.
            if value.len() == 3 {
                let key = [b":", value.as_slice()].concat();
                needles.insert(Needle {
                    bytes: key,
                    any_case: false,
                    form: "the first octets".into(),
                });
            } else {
                encoded(value, "itself", &mut needles);
            }
            for (name, digest) in [
                ("MD5", Md5::digest(value).to_vec()),
                ("SHA-1", Sha1::digest(value).to_vec()),
                ("SHA-256", Sha256::digest(value).to_vec()),
            ] {
                encoded(&digest[..8], name, &mut needles);
            }
        }
        needles
    }
}

fn encoded(value: &[u8], what: &str, needles: &mut BTreeSet<Needle>) {
    let mut add = |bytes: Vec<u8>, any_case, how: &str| {
        needles.insert(Needle {
            bytes,
            any_case,
            form: format!("{what}{how}"),
        });
    };
    let text = value.is_ascii() && value.len() >= LONG;
    add(value.to_vec(), text, "");
    let hex: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
    add(hex.into_bytes(), true, " as hexadecimal digits");
    for shift in 0..3 {
        let padded = [&[0; 2][..shift], value].concat();
        let text = STANDARD_NO_PAD.encode(&padded);
        // Only the characters that depend on nothing else.
        let certain = (shift * 8).div_ceil(6)..padded.len() * 8 / 6;
        let certain = &text[certain];
        add(certain.as_bytes().to_vec(), false, " as base64");
        let url = certain.replace('+', "-").replace('/', "_");
        add(url.into_bytes(), false, " as base64url");
    }
}

/// Every marker.
#[must_use]
pub fn planted() -> Vec<Marker> {
    let mut markers = vec![Marker::address("peer", PEER)];
    markers.extend(FORWARDED.map(|(name, address)| Marker::address(name, address)));
    markers.extend(
        DESCRIBING
            .iter()
            .chain(&PLACES)
            .map(|place| Marker::text(place, &word(place))),
    );
    markers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_found_at_every_alignment_in_any_neighbourhood() {
        let value = word("user-agent");
        let needles = Marker::text("x", &value).needles();
        for before in 0..6 {
            let around = [&b"~~~~~~"[..before], value.as_bytes(), b"!!"].concat();
            let text = STANDARD_NO_PAD.encode(&around);
            assert!(
                needles
                    .iter()
                    .any(|needle| text.contains(&*String::from_utf8_lossy(&needle.bytes))),
                "{before} bytes before it"
            );
        }
    }

    #[test]
    fn words_are_all_different_and_long() {
        let places: Vec<_> = DESCRIBING.iter().chain(&PLACES).collect();
        let words: BTreeSet<_> = places
            .iter()
            .map(|place| word(place).to_lowercase())
            .collect();
        assert_eq!(words.len(), places.len());
        assert!(words.iter().all(|word| word.len() >= 12));
    }
}
