//! The first line of a trace: which machine was recorded, and what it was made from.
//! Never holds the seed of a machine that went on without being recorded from its start.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::config::{ProxyForm, ServiceForm};
use super::plan::Plan;
use crate::config::{Config, ServiceConfig};
use crate::rng::Seed;

/// The version of the format that this program writes, and the only one it reads.
pub const VERSION: u32 = 1;

/// Which machine was recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MachineKind {
    /// A daemon on its own.
    Proxy,
    /// A service on its own.
    Service,
    /// A daemon with its service inside.
    Pair,
}

/// The header (`core/docs/trace.md`, "The header").
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    trace: u32,
    pub(super) machine: MachineKind,
    /// 64 hexadecimal digits; for a pair the daemon's and then the service's. Absent if partial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<String>,
    /// The wall clock, in milliseconds, at the zero of the monotonic one.
    pub(super) wall: u64,
    /// The machine had been running before.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) partial: bool,
    /// Secrets stand there as they are.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) secrets: bool,
    pub(super) config: ConfigForm,
}

/// What the machine was told; a part is there if the machine has it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfigForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) proxy: Option<ProxyForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    service: Option<ServiceForm>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Header {
    /// The header of a recording that begins now.
    pub(super) fn new(plan: &Plan, wall: u64, partial: bool, secrets: bool) -> Self {
        let (machine, seed, config) = match plan {
            Plan::Proxy(config, seed) => (
                MachineKind::Proxy,
                digits(&[seed]),
                ConfigForm::new(Some(config), None),
            ),
            Plan::Service(config, seed) => (
                MachineKind::Service,
                digits(&[seed]),
                ConfigForm::new(None, Some(config)),
            ),
            Plan::Pair(proxy, seed, service, service_seed) => (
                MachineKind::Pair,
                digits(&[seed, service_seed]),
                ConfigForm::new(Some(proxy), Some(service)),
            ),
        };
        Self {
            trace: VERSION,
            machine,
            seed: (!partial).then_some(seed),
            wall,
            partial,
            secrets,
            config,
        }
    }

    /// Which machine was recorded.
    #[must_use]
    pub const fn machine(&self) -> MachineKind {
        self.machine
    }

    /// True if the machine had been running before the recording began: then nothing can be compared.
    #[must_use]
    pub const fn is_partial(&self) -> bool {
        self.partial
    }

    /// The wall clock, in milliseconds, at the zero of the monotonic one.
    pub(crate) const fn wall(&self) -> u64 {
        self.wall
    }

    /// What the machine was made from.
    ///
    /// # Errors
    /// In words, if the header does not say all of it.
    pub fn plan(&self) -> Result<Plan, &'static str> {
        let seed = self.seed.as_deref().ok_or("the header has no \"seed\"")?;
        let (first, second) = seed.split_at_checked(64).ok_or(BAD_SEED)?;
        let proxy = || self.config.proxy.clone().map(Config::from);
        let service = || self.config.service.clone().map(ServiceConfig::from);
        let plan = match self.machine {
            MachineKind::Proxy if second.is_empty() => {
                proxy().map(|config| Some(Plan::Proxy(config, seed_of(first)?)))
            }
            MachineKind::Service if second.is_empty() => {
                service().map(|config| Some(Plan::Service(config, seed_of(first)?)))
            }
            MachineKind::Pair => proxy().zip(service()).map(|(proxy, service)| {
                Some(Plan::Pair(
                    proxy,
                    seed_of(first)?,
                    service,
                    seed_of(second)?,
                ))
            }),
            MachineKind::Proxy | MachineKind::Service => return Err(BAD_SEED),
        };
        plan.ok_or("the header's \"config\" lacks a part of that machine")?
            .ok_or(BAD_SEED)
    }
}

const BAD_SEED: &str =
    "the header's \"seed\" is not 64 hexadecimal digits (for a pair, twice as many)";

impl ConfigForm {
    fn new(proxy: Option<&Config>, service: Option<&ServiceConfig>) -> Self {
        Self {
            proxy: proxy.map(ProxyForm::from),
            service: service.map(ServiceForm::from),
        }
    }
}

fn digits(seeds: &[&Seed]) -> String {
    seeds
        .iter()
        .map(|seed| hex::encode(seed.as_bytes()))
        .collect()
}

fn seed_of(digits: &str) -> Option<Seed> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some(Seed::from_bytes(bytes))
}
