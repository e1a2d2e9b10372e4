//! Hosts to which the way is straight although there is a proxy: the rules of `NO_PROXY`.
//! Never asks a name server: an address in the list is compared with addresses only, a name with names only.

use std::net::IpAddr;

use crate::networks::agree;

/// The hosts that no proxy is used for.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Exceptions {
    loopback: bool,
    rules: Vec<Rule>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Rule {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Hosts {
    All,
    /// A name, and all names below it.
    Name(String),
    /// The addresses that agree with this one in so many leading bits.
    Network(IpAddr, u32),
}

impl Exceptions {
    /// There are none.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            loopback: false,
            rules: Vec::new(),
        }
    }

    /// This machine itself, and what `list` names, divided by commas or white space:
    ///
    /// * `*`: every host;
    /// * `example.org`, and `.example.org` or `*.example.org`, which mean the same: this name and all below it;
    /// * an address, or with `/BITS` a network of addresses;
    /// * each of them with `:PORT` behind it: for that port only. An IPv6 address has brackets then.
    ///
    /// What is none of these matches nothing.
    #[must_use]
    pub fn of_list(list: &str) -> Self {
        let entries = list.split(|c: char| c == ',' || c.is_whitespace());
        let rules = entries.filter_map(Rule::read).collect();
        Self {
            loopback: true,
            rules,
        }
    }

    /// True if `host`, a name in lower case or an address without brackets, is among them.
    #[must_use]
    pub fn cover(&self, host: &str, port: u16) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host);
        let address = host.parse::<IpAddr>().ok().map(|ip| ip.to_canonical());
        self.loopback && is_loopback(host, address)
            || self.rules.iter().any(|rule| {
                rule.port.is_none_or(|own| own == port) && rule.hosts.cover(host, address)
            })
    }
}

fn is_loopback(host: &str, address: Option<IpAddr>) -> bool {
    match address {
        Some(address) => address.is_loopback(),
        None => host == "localhost" || host.ends_with(".localhost"),
    }
}

impl Rule {
    fn read(entry: &str) -> Option<Self> {
        if entry.is_empty() {
            return None;
        }
        if let Some(hosts) = Hosts::read_address(entry) {
            return Some(Self { hosts, port: None });
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (entry, None),
        };
        let hosts = Hosts::read_address(host).or_else(|| Hosts::read_name(host))?;
        Some(Self { hosts, port })
    }
}

impl Hosts {
    fn read_address(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        let bare = address.strip_prefix('[').and_then(|a| a.strip_suffix(']'));
        let address = bare.unwrap_or(address).parse::<IpAddr>().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        Some(Self::Network(address, bits.unwrap_or(width).min(width)))
    }

    fn read_name(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::All);
        }
        let name = text.strip_prefix('*').unwrap_or(text);
        let name = name.trim_matches('.').to_ascii_lowercase();
        (!name.is_empty() && !name.contains(['*', '/', ':'])).then_some(Self::Name(name))
    }

    fn cover(&self, host: &str, address: Option<IpAddr>) -> bool {
        match self {
            Self::All => true,
            Self::Name(name) => {
                address.is_none()
                    && host
                        .strip_suffix(name.as_str())
                        .is_some_and(|above| above.is_empty() || above.ends_with('.'))
            }
            Self::Network(network, bits) => {
                address.is_some_and(|address| agree(network.to_canonical(), address, *bits))
            }
        }
    }
}
