//! What the daemons of a scenario are told at present, and so what their clients have to give.
//! Never tells a daemon by itself: it is asked when one starts, or gets a new configuration.

use std::collections::{BTreeMap, BTreeSet};

use imo2sproxy_core::config::{
    Access, AccountConfig, Config, Listener, Passthrough, Registration, ServiceConfig, Upstream,
    WireKind,
};
use imo2sproxy_core::io::Origin;
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::trace::Plan;

use crate::model::CANARY;
use crate::scenario::{HOUSE, Home, Inhabitant, Lock, Place, Scenario};
use crate::{Resident, hash_of, town};

/// What a daemon listens for, in the order of its listeners.
const FEW: &[WireKind] = &[WireKind::SkypeProxy, WireKind::Len8];
/// The same in a broad scenario.
const ALL: &[WireKind] = &[
    WireKind::SkypeProxy,
    WireKind::Len8,
    WireKind::Skypenet,
    WireKind::Skyped,
    WireKind::Auto,
];

/// What operators have said last.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Terms {
    /// Who is not there: people, by their places, at hosts.
    pub(super) out: BTreeSet<(usize, String)>,
    /// How often somebody was given another password for clients, at a host.
    pub(super) locks: BTreeMap<(usize, String), u32>,
    /// Hosts where it is not as the scenario says whether accounts without clients are away.
    pub(super) turned: BTreeSet<String>,
}

/// The port of the first of a daemon's listeners; the others are the next ones.
const PORT: u16 = 1401;

/// What each daemon of a scenario listens for.
fn listeners(scenario: &Scenario) -> &'static [WireKind] {
    if scenario.broad { ALL } else { FEW }
}

/// Their ports, in the same order.
pub(super) fn doors(scenario: &Scenario) -> impl Iterator<Item = (WireKind, u16)> {
    listeners(scenario).iter().copied().zip(PORT..)
}

/// Where clients of a kind come in, if they can.
pub(super) fn port_of(scenario: &Scenario, kind: WireKind) -> Option<u16> {
    let mut doors = doors(scenario);
    doors.find(|(own, _)| *own == kind).map(|(_, port)| port)
}

/// The password of an account upstream.
fn password(name: &str) -> String {
    format!("{CANARY}-{name}")
}

pub(super) fn door(host: &str, port: u16, tls: bool) -> Origin {
    let host = host.into();
    Origin::Net { host, port, tls }
}

/// The machine of a daemon.
pub(super) fn machine(scenario: &Scenario, terms: &Terms, host: &str, seed: Seed) -> Resident {
    let config = terms.config(scenario, host);
    Resident::of(match scenario.place {
        Place::Town => Plan::Proxy(config, seed),
        Place::Alone => {
            let inside = ServiceConfig {
                registration: Registration::Embedded,
                ..ServiceConfig::embedded(&config)
            };
            // Each half draws by labels of its own.
            Plan::Pair(config, seed.clone(), inside, seed)
        }
    })
}

impl Terms {
    /// All that a daemon is told.
    pub(super) fn config(&self, scenario: &Scenario, host: &str) -> Config {
        let here = scenario.daemons().filter(|(_, own)| own == host);
        let here: Vec<usize> = here.map(|(person, _)| person).collect();
        let first = &scenario.people[here[0]];
        let in_common = host == HOUSE;
        let mut config = town::config(first.name, &password(first.name), upstream(scenario, first));
        let listener = config.listeners[0].clone();
        // Clients of a transport without words for a password are heard only where none is wanted.
        let listeners = listeners(scenario).iter().map(|kind| Listener {
            kind: *kind,
            account: listener.account.clone().filter(|_| !in_common),
            open: !in_common,
        });
        config.listeners = listeners.collect();
        config.always_on = in_common;
        config.away_when_detached = scenario.broad && (scenario.away != self.turned.contains(host));
        let is_in = |person: &usize| !self.out.contains(&(*person, host.to_owned()));
        let (guests, own): (Vec<_>, Vec<_>) = here
            .into_iter()
            .filter(is_in)
            .partition(|person| scenario.people[*person].home == Home::Guest);
        let own = own
            .into_iter()
            .map(|person| self.account(scenario, person, host));
        config.accounts = own.collect();
        config.passthrough = guests.first().map(|guest| Passthrough {
            upstream: upstream(scenario, &scenario.people[*guest]),
            register: true,
        });
        config
    }

    fn account(&self, scenario: &Scenario, person: usize, host: &str) -> AccountConfig {
        let inhabitant = &scenario.people[person];
        AccountConfig {
            name: inhabitant.name.into(),
            username: inhabitant.name.into(),
            password: password(inhabitant.name).as_str().into(),
            access: self.access(scenario, person, host).map(|(access, hashed)| {
                if hashed {
                    Access::Hash(hash_of(&access))
                } else {
                    Access::from(access.as_str())
                }
            }),
            upstream: upstream(scenario, inhabitant),
        }
    }

    /// What clients of an account have to give, if something was set for that, and whether only a hash of it is known.
    fn access(&self, scenario: &Scenario, person: usize, host: &str) -> Option<(String, bool)> {
        let Inhabitant {
            name, lock, home, ..
        } = scenario.people[person];
        let changes = self.locks.get(&(person, host.to_owned())).copied();
        let changes = changes.unwrap_or_default();
        let access = match changes {
            0 => format!("{CANARY}-access-{name}"),
            _ => format!("{CANARY}-access-{name}-{changes}"),
        };
        let is_set = home != Home::Guest && (lock != Lock::None || changes > 0);
        let is_odd = changes % 2 == 1;
        is_set.then_some((access, (lock == Lock::Hashed) != is_odd))
    }

    /// The name and the password that a client of an account gives at a host, over that transport. No password where it is
    /// asked for none.
    pub(super) fn credentials(
        &self,
        scenario: &Scenario,
        (person, host): (usize, &str),
        wire: WireKind,
    ) -> (String, Option<String>) {
        let name = scenario.people[person].name;
        let access = self
            .access(scenario, person, host)
            .map(|(access, _)| access);
        let wanted = || access.clone().unwrap_or_else(|| password(name));
        let given = match wire {
            WireKind::Len8 => None,
            WireKind::Skypenet | WireKind::Skyped => Some(wanted()),
            WireKind::SkypeProxy | WireKind::Auto if host == HOUSE => {
                Some(format!("{name}:{}", wanted()))
            }
            WireKind::SkypeProxy | WireKind::Auto => access,
        };
        (name.into(), given)
    }
}

fn upstream(scenario: &Scenario, inhabitant: &Inhabitant) -> Upstream {
    Upstream {
        dialect: inhabitant.dialect,
        ..match scenario.place {
            Place::Town => Upstream {
                origin: door("gate.example", 443, true),
                ..town::upstream()
            },
            Place::Alone => Upstream::embedded(),
        }
    }
}
