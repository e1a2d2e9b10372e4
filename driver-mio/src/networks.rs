//! Networks of addresses, as `ADDRESS/BITS` writes them.
//! Never asks a name server: only addresses are compared.

use std::net::IpAddr;

/// The addresses that agree with one in so many leading bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Reads an address, or an address with `/BITS` behind it.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address.parse::<IpAddr>().ok()?, Some(bits)),
            None => (text.parse().ok()?, None),
        };
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(digits) => digits.parse().ok().filter(|bits| *bits <= width)?,
            None => width,
        };
        Some(Self { address, bits })
    }

    /// True if `address` is one of them.
    #[must_use]
    pub fn covers(&self, address: IpAddr) -> bool {
        agree(
            self.address.to_canonical(),
            address.to_canonical(),
            self.bits,
        )
    }
}

/// Some networks.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Networks(Vec<Network>);

impl Networks {
    /// True if `address` is in one of them.
    #[must_use]
    pub fn cover(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.covers(address))
    }
}

impl FromIterator<Network> for Networks {
    fn from_iter<I: IntoIterator<Item = Network>>(networks: I) -> Self {
        Self(networks.into_iter().collect())
    }
}

/// True if two addresses of one family agree in their first `bits` bits.
pub(crate) fn agree(one: IpAddr, other: IpAddr, bits: u32) -> bool {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            (one.to_bits() ^ other.to_bits()).leading_zeros() >= bits.min(32)
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => {
            (one.to_bits() ^ other.to_bits()).leading_zeros() >= bits
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_covers_what_agrees_with_it_in_its_bits() {
        for (network, address, covered) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:5::1", true),
            ("::1", "::1", true),
        ] {
            let network = Network::read(network).unwrap();
            assert_eq!(
                network.covers(address.parse().unwrap()),
                covered,
                "{network:?}"
            );
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "10",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "::/129",
            "example.org",
        ] {
            assert_eq!(Network::read(text), None, "{text}");
        }
        assert!(!Networks::default().cover("127.0.0.1".parse().unwrap()));
    }
}
