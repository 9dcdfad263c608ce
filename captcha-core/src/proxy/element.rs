//! The elements of forwarding headers, from the right.

use std::net::{IpAddr, Ipv6Addr};

/// Longest element that is read, in bytes: a `Forwarded` one may hold a host name of 255.
const MAX_ELEMENT: usize = 512;

/// Elements from right to left over all lines of a header. `None` stands for one that is too long or
/// not text; what is to the left of a too long one is not looked at.
pub(super) struct Elements<'a, I> {
    lines: I,
    rest: Option<&'a [u8]>,
    quotes: bool,
}

impl<'a, I: DoubleEndedIterator<Item = &'a [u8]>> Elements<'a, I> {
    /// A list without quotes.
    pub(super) fn plain(lines: I) -> Self {
        Self {
            lines,
            rest: None,
            quotes: false,
        }
    }

    /// A list in which commas may stand in quoted strings.
    pub(super) fn quoted(lines: I) -> Self {
        Self {
            quotes: true,
            ..Self::plain(lines)
        }
    }
}

impl<'a, I: DoubleEndedIterator<Item = &'a [u8]>> Iterator for Elements<'a, I> {
    type Item = Option<&'a str>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = match self.rest.take() {
            Some(rest) => rest,
            None => self.lines.next_back()?,
        };
        let comma = last_comma(line, self.quotes);
        let element = match comma {
            Some(at) => {
                self.rest = line.get(..at);
                line.get(at + 1..)
            }
            None => Some(line),
        };
        let text = (element.filter(|element| element.len() <= MAX_ELEMENT))
            .and_then(|element| std::str::from_utf8(element).ok())
            .map(|text| text.trim_matches([' ', '\t']));
        Some(text)
    }
}

/// Where the last element begins, if that is found within its greatest length. A quoted string is
/// read backwards, escapes included: what stands left of a whole element cannot change its place.
fn last_comma(line: &[u8], quotes: bool) -> Option<usize> {
    let mut quoted = false;
    for (at, byte) in line.iter().enumerate().rev().take(MAX_ELEMENT + 1) {
        match byte {
            b'"' if quotes => {
                let before = line.get(..at).unwrap_or_default();
                let escapes = before.iter().rev().take_while(|byte| **byte == b'\\');
                let escaped = escapes.take(MAX_ELEMENT).count() % 2 == 1;
                quoted ^= !escaped;
            }
            b',' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// An address as proxies write it: with or without a port, IPv6 with or without brackets.
pub(super) fn node(text: &str) -> Option<IpAddr> {
    if let Some(bracketed) = text.strip_prefix('[') {
        let (address, port) = bracketed.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        let fits = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return fits.then(|| IpAddr::V6(address).to_canonical());
    }
    let address = match text.split_once(':') {
        Some((address, port)) if !port.contains(':') => {
            is_port(port).then_some(address).filter(|a| !a.is_empty())?
        }
        _ => text,
    };
    let address: IpAddr = address.parse().ok()?;
    Some(address.to_canonical())
}

fn is_port(text: &str) -> bool {
    (1..=5).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<u16>().is_ok()
}

/// Whether a scheme is one without encryption.
pub(super) fn is_plain(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("ws")
}

/// What an element of `Forwarded` says. An unreadable one says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Forwarded {
    pub(super) node: Option<IpAddr>,
    pub(super) plain: bool,
}

impl Forwarded {
    pub(super) fn parse(element: Option<&str>) -> Option<Self> {
        let (mut node_text, mut scheme) = (None, None);
        let mut rest = element?;
        loop {
            rest = rest.trim_start_matches([' ', '\t', ';']);
            if rest.is_empty() {
                break;
            }
            let (name, after) = rest.split_once('=').filter(|(name, _)| is_token(name))?;
            let (value, after) = value(after)?;
            rest = after.trim_start_matches([' ', '\t']);
            if !rest.is_empty() && !rest.starts_with(';') {
                return None;
            }
            // RFC 7239, section 4: each parameter once.
            let slot = if name.eq_ignore_ascii_case("for") {
                &mut node_text
            } else if name.eq_ignore_ascii_case("proto") {
                &mut scheme
            } else {
                continue;
            };
            if slot.replace(value).is_some() {
                return None;
            }
        }
        Some(Self {
            node: node_text.and_then(node),
            plain: scheme.is_some_and(is_plain),
        })
    }
}

fn is_token(text: &str) -> bool {
    let other = b"!#$%&'*+-.^_`|~";
    !text.is_empty()
        && (text.bytes()).all(|byte| byte.is_ascii_alphanumeric() || other.contains(&byte))
}

/// A value up to its end, and what follows. An address or a scheme holds nothing that needs an
/// escape, so a quoted string with one is passed over with its backslashes in it.
fn value(text: &str) -> Option<(&str, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ' ', '\t']).unwrap_or(text.len());
        let (value, rest) = text.split_at_checked(end)?;
        return (!value.contains(['"', '\\'])).then_some((value, rest));
    };
    let mut escaped = false;
    let end = quoted.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    Some((quoted.get(..end)?, quoted.get(end + 1..)?))
}
