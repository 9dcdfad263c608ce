//! Which proxies the operator trusts, and the visitor's address as they report it.
//!
//! What a visitor writes into a forwarding header stands to the left of what the proxies add, so
//! the header is read from its right end, and never further than trust goes.

mod element;
mod network;

use std::net::IpAddr;

use element::{Elements, Forwarded};
use network::Network;

use crate::error::CaptchaError;

/// Most proxies in a row, and most elements of a header that are looked at.
const MAX_HOPS: usize = 32;

/// Says which proxies stand in front of the application, so that limits count the visitor's address
/// instead of the proxy's. Without it no header is read.
///
/// The socket's other end has to be trusted, or its own address counts and the header is ignored.
/// From there the elements of `X-Forwarded-For` (or `Forwarded`, RFC 7239) are walked from right to
/// left, all lines of the header in order, while they are trusted; the first that is not is the
/// visitor.
///
/// ```
/// use captcha_core::TrustedProxies;
///
/// let by_address = TrustedProxies::at(["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"])?;
/// let behind_a_platform = TrustedProxies::hops(1)?;
/// assert!(TrustedProxies::at(["10.0.0.1/8"]).is_err(), "10.0.0.0/8 is the network");
/// # Ok::<(), captcha_core::CaptchaError>(())
/// ```
///
/// When an element on the way cannot be read (`unknown`, `_hidden`, anything that is no address,
/// more than 512 bytes) or there are too few, the visitor's address is not known: the call is then
/// counted under its session and for the site. The proxy's address would put all its visitors under
/// one count, where one of them shuts out the rest. A visitor cannot bring this about, as long as
/// each trusted proxy appends the address it sees.
#[derive(Clone, Debug)]
pub struct TrustedProxies {
    /// Any, where only hops are counted.
    networks: Option<Vec<Network>>,
    hops: Option<usize>,
    header: Header,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Header {
    Forwarded,
    XForwarded,
}

impl TrustedProxies {
    /// Trusts proxies by address: single ones (`192.0.2.1`, `::1`) and networks in CIDR notation
    /// (`10.0.0.0/8`). IPv4-mapped IPv6 addresses are the IPv4 addresses that they map.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for none, for what is no
    /// network and for a network of all addresses. The message names the fix.
    pub fn at<I>(networks: I) -> Result<Self, CaptchaError>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let networks = (networks.into_iter())
            .map(|text| Network::parse(text.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        if networks.is_empty() {
            return Err(CaptchaError::configuration(
                "no trusted proxy is named: list their addresses, such as \"127.0.0.1\" or \
                 \"10.0.0.0/8\", or leave `.trusted_proxies(..)` out",
            ));
        }
        Ok(Self {
            networks: Some(networks),
            hops: None,
            header: Header::XForwarded,
        })
    }

    /// Trusts this many proxies in a row, whatever their addresses: the visitor is the element of
    /// that number from the right. For platforms whose proxies have no fixed addresses.
    ///
    /// Only where nobody can connect except through all of them: whoever can is believed, and
    /// chooses the address under which they are counted.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) unless it is 1 to 32.
    pub fn hops(count: usize) -> Result<Self, CaptchaError> {
        Ok(Self {
            networks: None,
            hops: Some(checked(count)?),
            header: Header::XForwarded,
        })
    }

    /// Trusts no more than this many proxies in a row. For visitors whose own addresses lie in a
    /// trusted network: without a count, such an address is taken for one more proxy.
    ///
    /// # Errors
    /// As [`TrustedProxies::hops`].
    pub fn with_hops(mut self, count: usize) -> Result<Self, CaptchaError> {
        self.hops = Some(checked(count)?);
        Ok(self)
    }

    /// Reads `Forwarded` (RFC 7239) instead of `X-Forwarded-For` and `X-Forwarded-Proto`. Choose
    /// what the proxies write: the other is then what a visitor wrote.
    #[must_use]
    pub fn read_forwarded(mut self) -> Self {
        self.header = Header::Forwarded;
        self
    }

    /// Who a request comes from. `lines` gives the values of a header, in order.
    pub(crate) fn source<'a, I>(
        &self,
        peer: Option<IpAddr>,
        lines: impl Fn(&'static str) -> I,
    ) -> Source
    where
        I: DoubleEndedIterator<Item = &'a [u8]>,
    {
        if !self.trusts_peer(peer) {
            return Source::Direct(peer);
        }
        match self.header {
            Header::Forwarded => {
                let elements = Elements::quoted(lines("forwarded")).map(Forwarded::parse);
                let mut plain = false;
                let (_, visitor) = self.walk(elements.map(|element| {
                    let element = element.unwrap_or_default();
                    plain = element.plain;
                    element.node
                }));
                Source::Reported { visitor, plain }
            }
            Header::XForwarded => {
                let nodes = Elements::plain(lines("x-forwarded-for"))
                    .map(|element| element.and_then(element::node));
                let (depth, visitor) = self.walk(nodes);
                // Each proxy appends to both lists, or the outermost sets this one alone.
                let scheme = Elements::plain(lines("x-forwarded-proto"))
                    .take(depth.max(1))
                    .last();
                Source::Reported {
                    visitor,
                    plain: scheme.flatten().is_some_and(element::is_plain),
                }
            }
        }
    }

    fn trusts_peer(&self, peer: Option<IpAddr>) -> bool {
        match (&self.networks, peer) {
            // The operator answers for every connection, one over a Unix socket as well.
            (None, _) => true,
            (Some(_), None) => false,
            (Some(_), Some(peer)) => self.lists(peer.to_canonical()),
        }
    }

    fn lists(&self, address: IpAddr) -> bool {
        (self.networks.as_ref())
            .is_none_or(|networks| networks.iter().any(|network| network.contains(address)))
    }

    /// Goes leftwards to the visitor: how many elements were looked at, and the address.
    fn walk(&self, nodes: impl Iterator<Item = Option<IpAddr>>) -> (usize, Option<IpAddr>) {
        let mut depth = 0;
        for node in nodes.take(MAX_HOPS) {
            depth += 1;
            let Some(node) = node else {
                return (depth, None);
            };
            if self.hops == Some(depth) || !self.lists(node) {
                return (depth, Some(node));
            }
        }
        (depth, None)
    }
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// From the socket's other end, which is no trusted proxy.
    Direct(Option<IpAddr>),
    /// Through trusted proxies.
    Reported {
        /// The visitor's address, where it can be read.
        visitor: Option<IpAddr>,
        /// Whether the outermost trusted proxy says that the visitor came over plain HTTP.
        plain: bool,
    },
}

fn checked(hops: usize) -> Result<usize, CaptchaError> {
    if (1..=MAX_HOPS).contains(&hops) {
        return Ok(hops);
    }
    Err(CaptchaError::configuration(format!(
        "{hops} trusted proxies in a row: give the number between the visitor and this \
         application, 1 to {MAX_HOPS}, or leave `.trusted_proxies(..)` out where there is none"
    )))
}

#[cfg(test)]
mod tests;
