//! What a machine is made from, and the machine that is made from it.
//! Never keeps anything that a machine learns later.

use crate::config::{Config, ServiceConfig};
use crate::imo::service::Service;
use crate::io::{Input, Machine, Outputs};
use crate::pair::Pair;
use crate::proxy::Proxy;
use crate::rng::Seed;
use crate::time::{Instant, Now};

/// All that has to be known to make a machine of the same conduct again.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a process has one, and nobody moves it about"
)]
pub enum Plan {
    /// A daemon on its own.
    Proxy(Config, Seed),
    /// A service on its own.
    Service(ServiceConfig, Seed),
    /// A daemon with its service inside.
    Pair(Config, Seed, ServiceConfig, Seed),
}

impl Plan {
    /// The daemon has another configuration from now on.
    pub fn set_config(&mut self, new: Config) {
        match self {
            Self::Proxy(config, _) | Self::Pair(config, ..) => *config = new,
            Self::Service(..) => {}
        }
    }

    /// Makes the machine, before its [`Input::Start`].
    #[must_use]
    pub fn build(&self) -> Planned {
        let proxy = |config: &Config, seed: &Seed| Proxy::new(config.clone(), seed.clone());
        let service =
            |config: &ServiceConfig, seed: &Seed| Service::new(config.clone(), seed.clone());
        match self {
            Self::Proxy(config, seed) => Planned::Proxy(proxy(config, seed)),
            Self::Service(config, seed) => Planned::Service(service(config, seed)),
            Self::Pair(config, seed, service_config, service_seed) => Planned::Pair(Pair::new(
                proxy(config, seed),
                service(service_config, service_seed),
            )),
        }
    }
}

/// A machine that a [`Plan`] has made.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a process has one, and it stays where it is"
)]
pub enum Planned {
    /// A daemon on its own.
    Proxy(Proxy),
    /// A service on its own.
    Service(Service),
    /// A daemon with its service inside.
    Pair(Pair),
}

impl Machine for Planned {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        match self {
            Self::Proxy(machine) => machine.handle(now, input, out),
            Self::Service(machine) => machine.handle(now, input, out),
            Self::Pair(machine) => machine.handle(now, input, out),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Proxy(machine) => machine.deadline(),
            Self::Service(machine) => machine.deadline(),
            Self::Pair(machine) => machine.deadline(),
        }
    }

    fn check_invariants(&self) {
        match self {
            Self::Proxy(machine) => machine.check_invariants(),
            Self::Service(machine) => machine.check_invariants(),
            Self::Pair(machine) => machine.check_invariants(),
        }
    }
}
