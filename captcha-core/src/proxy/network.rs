//! Networks in CIDR notation.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::CaptchaError;

/// How many leading bits of an IPv4-mapped IPv6 address say that it is one.
const MAPPED_BITS: u8 = 96;

/// The addresses that begin with the same `prefix` bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    pub(super) fn parse(text: &str) -> Result<Self, CaptchaError> {
        let network = Self::read(text).ok_or_else(|| {
            CaptchaError::configuration(format!(
                "{text:?} is no address of a proxy: write one such as \"192.0.2.1\" or \
                 \"2001:db8::1\", or a network such as \"10.0.0.0/8\""
            ))
        })?;
        if network.prefix == 0 {
            return Err(CaptchaError::configuration(format!(
                "{text:?} are all addresses, so that everybody would be a proxy: list the \
                 proxies' own, or count them with `TrustedProxies::hops(..)`"
            )));
        }
        let first = network.first();
        if first != network.address {
            return Err(CaptchaError::configuration(format!(
                "{text:?} is an address within a network: write \"{first}/{prefix}\" for the \
                 network, or \"{address}\" for the one address",
                prefix = network.prefix,
                address = network.address,
            )));
        }
        Ok(network)
    }

    fn read(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let written: IpAddr = address.parse().ok()?;
        let width: u8 = if written.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => width,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok().filter(|prefix| *prefix <= width)?
            }
            Some(_) => return None,
        };
        let address = written.to_canonical();
        let prefix = if address.is_ipv4() && written.is_ipv6() {
            prefix.checked_sub(MAPPED_BITS)?
        } else {
            prefix
        };
        Some(Self { address, prefix })
    }

    /// The lowest address of the network.
    fn first(&self) -> IpAddr {
        let prefix = u32::from(self.prefix);
        match self.address {
            IpAddr::V4(address) => {
                let rest = u32::MAX.checked_shr(prefix).unwrap_or(0);
                Ipv4Addr::from_bits(address.to_bits() & !rest).into()
            }
            IpAddr::V6(address) => {
                let rest = u128::MAX.checked_shr(prefix).unwrap_or(0);
                Ipv6Addr::from_bits(address.to_bits() & !rest).into()
            }
        }
    }

    /// Whether a canonical address is one of the network's.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        let same_family = self.address.is_ipv4() == address.is_ipv4();
        let other = Self {
            address,
            prefix: self.prefix,
        };
        same_family && other.first() == self.address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::parse(text).unwrap()
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_other() {
        let cases = [
            ("10.0.0.0/8", "10.255.255.255", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "9.255.255.255", false),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.0", false),
            ("192.0.2.1/32", "192.0.2.1", true),
            ("192.0.2.0/31", "192.0.2.1", true),
            ("192.0.2.0/31", "192.0.2.2", false),
            ("128.0.0.0/1", "255.255.255.255", true),
            ("128.0.0.0/1", "127.255.255.255", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::", false),
            ("::1", "::1", true),
            ("::1", "::2", false),
            ("::ffff:10.0.0.0/104", "10.1.2.3", true),
            ("::ffff:10.0.0.0/104", "11.1.2.3", false),
            ("::ffff:192.0.2.1", "192.0.2.1", true),
            ("::/1", "10.0.0.1", false),
            ("0.0.0.0/1", "::1", false),
        ];
        for (text, address, expected) in cases {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(
                network(text).contains(address),
                expected,
                "{text} {address}"
            );
        }
    }

    #[test]
    fn what_is_no_network_is_refused_with_the_fix() {
        let cases = [
            ("", "write one such as"),
            ("proxy.example", "write one such as"),
            ("10.0.0.0/", "write one such as"),
            ("10.0.0.0/33", "write one such as"),
            ("10.0.0.0/+8", "write one such as"),
            ("10.0.0.0/8/8", "write one such as"),
            ("10.0.0.0/999", "write one such as"),
            ("10.0.0.0-10.0.0.9", "write one such as"),
            ("010.0.0.1", "write one such as"),
            (" 10.0.0.1", "write one such as"),
            ("[::1]", "write one such as"),
            ("fe80::1%eth0", "write one such as"),
            ("2001:db8::/129", "write one such as"),
            ("::ffff:10.0.0.0/8", "write one such as"),
            ("10.0.0.1/8", "\"10.0.0.0/8\""),
            ("2001:db8::1/32", "\"2001:db8::/32\""),
            ("0.0.0.0/0", "hops"),
            ("1.2.3.4/0", "hops"),
            ("::/0", "hops"),
            ("::ffff:0.0.0.0/96", "hops"),
        ];
        for (text, fix) in cases {
            let error = Network::parse(text).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Configuration);
            assert!(error.to_string().contains(fix), "{text}: {error}");
        }
    }
}
