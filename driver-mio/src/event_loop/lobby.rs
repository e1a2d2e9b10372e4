//! How many strangers may be bringing up TLS at a time, in all and from one address.
//! Never looks at what they send.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

use imo2sproxy_core::rng::Rng;

/// Most TLS handshakes under way; beyond it newcomers are dropped.
const ALL_MAX: usize = 256;
/// From here on newcomers are dropped at random, the more the fuller it is.
const ALL_EASY: usize = 128;
/// Most TLS handshakes under way with one address (or one IPv6 /64); loopback is free.
const ADDRESS_MAX: usize = 10;

/// Counts the handshakes under way.
#[derive(Debug)]
pub(super) struct Lobby {
    by_address: BTreeMap<IpAddr, usize>,
    all: usize,
    rng: Rng,
}

/// One place in the lobby, to be handed back to [`Lobby::leave`].
#[derive(Debug)]
pub(super) struct Ticket(Option<IpAddr>);

impl Lobby {
    /// An empty lobby.
    pub(super) fn new(rng: Rng) -> Self {
        Self {
            by_address: BTreeMap::new(),
            all: 0,
            rng,
        }
    }

    /// Asks for a place; `None`: the newcomer is to be dropped.
    pub(super) fn enter(&mut self, address: IpAddr) -> Option<Ticket> {
        let crowd = self.all.saturating_sub(ALL_EASY) as u64;
        if self.all >= ALL_MAX || self.rng.below((ALL_MAX - ALL_EASY) as u64) < crowd {
            return None;
        }
        let network = network(address);
        if let Some(network) = network {
            let count = self.by_address.entry(network).or_default();
            if *count >= ADDRESS_MAX {
                return None;
            }
            *count += 1;
        }
        self.all += 1;
        Some(Ticket(network))
    }

    /// Gives a place back.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.all -= 1;
        if let Some(network) = ticket.0
            && let Some(count) = self.by_address.get_mut(&network)
        {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&network);
            }
        }
    }
}

/// What counts as one address; `None` for loopback, which is not counted.
fn network(address: IpAddr) -> Option<IpAddr> {
    let address = address.to_canonical();
    match address {
        _ if address.is_loopback() => None,
        IpAddr::V4(_) => Some(address),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Some(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imo2sproxy_core::rng::Seed;

    fn lobby() -> Lobby {
        Lobby::new(Rng::new(Seed::from_number(1)))
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_gets_ten_places_and_may_come_again_when_it_leaves() {
        let mut lobby = lobby();
        let mut tickets: Vec<_> = (0..10)
            .map(|_| lobby.enter(address("192.0.2.1")).unwrap())
            .collect();
        assert!(lobby.enter(address("192.0.2.1")).is_none());
        assert!(lobby.enter(address("::ffff:192.0.2.1")).is_none());
        assert!(lobby.enter(address("192.0.2.2")).is_some());
        lobby.leave(tickets.pop().unwrap());
        assert!(lobby.enter(address("192.0.2.1")).is_some());
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let mut lobby = lobby();
        for host in 0..10 {
            assert!(
                lobby
                    .enter(address(&format!("2001:db8::{host:x}")))
                    .is_some()
            );
        }
        assert!(lobby.enter(address("2001:db8::ff")).is_none());
        assert!(lobby.enter(address("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn a_full_lobby_lets_nobody_in_and_a_crowded_one_not_everybody() {
        let mut lobby = lobby();
        let mut refused = 0;
        while lobby.all < ALL_MAX {
            let before = lobby.all;
            if lobby.enter(address("127.0.0.1")).is_none() {
                assert!(before > ALL_EASY);
                refused += 1;
            }
        }
        assert!(refused > 20);
        assert!(lobby.enter(address("127.0.0.1")).is_none());
    }
}
