use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};

/// Bytes of randomness that [`bent`] takes.
pub const BENDING: usize = 64;

/// A sealed string after one of eight sorts of small changes, chosen and placed by `random`: letters changed,
/// taken out, put in or exchanged, the front of `sample` and the back of `other`, a piece that comes twice,
/// or all but the header made up. By chance it may be one of the two.
///
/// # Panics
/// Where either string is empty or not ASCII.
#[must_use]
#[allow(
    clippy::indexing_slicing,
    reason = "for tests: offsets are constants below BENDING, or remainders of the length"
)]
pub fn bent(sample: &str, other: &str, random: &[u8; BENDING]) -> String {
    const ALPHABET: &[u8; 70] =
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.~ ";
    let number = |at: usize, below: usize| {
        usize::from(u16::from_be_bytes([random[at], random[at + 1]])) % below
    };
    let letter = |at: usize| char::from(ALPHABET[usize::from(random[at]) % ALPHABET.len()]);
    let mut text: Vec<char> = sample.chars().collect();
    let length = text.len();
    match random[0] % 8 {
        0 => text[number(2, length)] = letter(4),
        1 => {
            for step in 0..4 {
                text[number(8 + 4 * step, length)] = letter(10 + 4 * step);
            }
        }
        2 => {
            text.remove(number(2, length));
        }
        3 => text.insert(number(2, length), letter(4)),
        4 => text.swap(number(2, length), number(4, length)),
        5 => {
            let cut = number(2, length.min(other.len()));
            text.truncate(cut);
            text.extend(other[cut..].chars());
        }
        6 => {
            let (from, to) = (number(2, length), number(4, length));
            let piece = text[from.min(to)..from.max(to)].to_vec();
            text.splice(from.min(to)..from.min(to), piece);
        }
        _ => {
            let made_up = BASE64.encode(random);
            let start = HEADER.min(length);
            text.truncate(start);
            text.extend(made_up.chars().cycle().take(length - start));
        }
    }
    text.into_iter().collect()
}

/// Characters that hold version, key and generation.
const HEADER: usize = 23;
