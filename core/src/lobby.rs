//! How many strangers may be at the door at a time, in all and from one address.
//! Never looks at what they send, nor decides who is one.

use alloc::collections::BTreeMap;
use core::net::{IpAddr, Ipv6Addr};

use crate::config::Limits;
use crate::invariant::at_most;
use crate::rng::Rng;

/// What counts as one address: an IPv4 address, or an IPv6 /64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Network(IpAddr);

impl Network {
    /// Where `address` belongs to.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(v6) if !v6.is_loopback() => {
                let [a, b, c, d, ..] = v6.segments();
                Self(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
            address @ (IpAddr::V4(_) | IpAddr::V6(_)) => Self(address),
        }
    }

    /// True for this machine itself.
    #[must_use]
    pub const fn is_loopback(self) -> bool {
        self.0.is_loopback()
    }
}

/// Counts the strangers: those who have connected and not logged in. When half of the places are taken, newcomers are
/// turned away at random, the more the fuller it is, so that a crowd cannot keep everybody else out.
#[derive(Debug)]
pub struct Lobby {
    by_network: BTreeMap<Network, usize>,
    all: usize,
    all_max: usize,
    network_max: usize,
    rng: Rng,
}

/// One place in the lobby, to be handed back to [`Lobby::leave`].
#[derive(Debug)]
pub struct Ticket(Option<Network>);

impl Lobby {
    /// An empty lobby of `Limits::unauthenticated` places, of which one address gets `Limits::unauthenticated_per_address`.
    #[must_use]
    pub const fn new(limits: &Limits, rng: Rng) -> Self {
        Self {
            by_network: BTreeMap::new(),
            all: 0,
            all_max: limits.unauthenticated,
            network_max: limits.unauthenticated_per_address,
            rng,
        }
    }

    /// Asks for a place; `None`: the newcomer is to be turned away. Loopback, and whoever has no address, take places,
    /// but are not counted by address.
    pub fn enter(&mut self, address: Option<IpAddr>) -> Option<Ticket> {
        let easy = self.all_max / 2;
        let crowd = self.all.saturating_sub(easy) as u64;
        let risky = (self.all_max - easy) as u64;
        if self.all >= self.all_max || crowd > 0 && self.rng.below(risky) < crowd {
            return None;
        }
        let network = address.map(Network::of);
        let network = network.filter(|network| !network.is_loopback());
        if let Some(network) = network {
            let count = self.by_network.get(&network).copied().unwrap_or_default();
            if count >= self.network_max {
                return None;
            }
            self.by_network.insert(network, count + 1);
        }
        self.all += 1;
        Some(Ticket(network))
    }

    /// Gives a place back.
    pub fn leave(&mut self, ticket: Ticket) {
        self.all = self.all.saturating_sub(1);
        if let Some(network) = ticket.0
            && let Some(count) = self.by_network.get_mut(&network)
        {
            *count -= 1;
            if *count == 0 {
                self.by_network.remove(&network);
            }
        }
    }

    /// How many are in it.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.all
    }

    /// True if newcomers may be turned away.
    #[must_use]
    pub(crate) const fn is_crowded(&self) -> bool {
        self.all >= self.all_max / 2
    }

    /// True if nobody is in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.all == 0
    }

    /// Panics if it holds more than it has places.
    pub(crate) fn check_invariants(&self) {
        let max = ("unauthenticated", self.all_max);
        at_most(self.all, max, "strangers in all");
        let by_network: usize = self.by_network.values().sum();
        assert!(by_network <= self.all, "who is counted by address is there");
        for count in self.by_network.values() {
            let max = ("unauthenticated_per_address", self.network_max);
            at_most(*count, max, "strangers from one address");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::vec::Vec;

    use crate::rng::Seed;

    fn lobby() -> Lobby {
        Lobby::new(&Limits::default(), Rng::new(Seed::from_number(1)))
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
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
        while lobby.all < 256 {
            let before = lobby.all;
            if lobby.enter(address("127.0.0.1")).is_none() {
                assert!(before > 128);
                refused += 1;
            }
        }
        assert!(refused > 20);
        assert!(lobby.enter(address("127.0.0.1")).is_none());
    }
}
