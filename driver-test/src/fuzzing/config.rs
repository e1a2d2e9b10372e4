//! Configurations, however extreme: they come back as they went, and the machine that they describe lives through a
//! small life.
//! Never refuses a configuration: whatever can be read has to be lived with.

mod guest;
mod life;

use std::collections::BTreeMap;

use imo2sproxy_core::config::{
    AccountConfig, Config, DialectKind, Listener, Registration, ServiceConfig, Upstream, WireKind,
};
use imo2sproxy_core::io::Origin;
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::time::Now;
use imo2sproxy_core::trace::{MachineKind, Plan, Recorder, Secrecy, Trace};

use super::reader::Reader;
use life::Life;

/// Most bytes of a configuration that is looked at.
const TEXT_MAX: usize = 64 * 1024;
/// Most accounts and listeners of a machine that is worth a life.
const PARTS_MAX: usize = 8;
/// Extreme values of limits.
const VALUES: [u64; 10] = [
    0,
    1,
    2,
    7,
    300,
    70_000,
    u32::MAX as u64,
    i64::MAX as u64,
    u64::MAX / 1000,
    u64::MAX,
];

/// Either the first line of a trace, or choices: which machine, and extreme values for some of its limits.
///
/// # Panics
/// If a configuration that was written is not read as the same, or the machine breaks its contract, panics or needs
/// too many inputs.
pub fn config(data: &[u8]) {
    if data.len() > TEXT_MAX {
        return;
    }
    let mut reader = Reader::new(data);
    let text = if data.first() == Some(&b'{') {
        String::from_utf8_lossy(data).into_owned()
    } else {
        chosen(&mut reader)
    };
    let Ok(trace) = Trace::parse(&text) else {
        assert!(data.first() == Some(&b'{'), "no choice is bad: {text}");
        return;
    };
    let again = Trace::parse(&trace.text()).expect("what was written can be read");
    assert!(trace.header == again.header, "the header comes back");
    let Ok(plan) = trace.header.plan() else {
        return;
    };
    let written = written(&plan);
    let read = Trace::parse(&written).expect("what was written can be read");
    let read = read.header.plan().expect("the header says all of it");
    assert_same(&plan, &read);
    let is_small = match &plan {
        Plan::Proxy(config, _) | Plan::Pair(config, ..) => {
            config.accounts.len().max(config.listeners.len()) <= PARTS_MAX
        }
        Plan::Service(..) => true,
    };
    if is_small {
        Life::new(&plan).live();
    }
}

/// The header that a recording of such a machine would have.
fn written(plan: &Plan) -> String {
    let mut text = String::new();
    Recorder::begin(plan, Now::default(), false, Secrecy::Kept, &mut text)
        .expect("nothing is refused where secrets are kept");
    text
}

fn assert_same(one: &Plan, other: &Plan) {
    let same = match (one, other) {
        (Plan::Proxy(one, seed), Plan::Proxy(other, other_seed)) => {
            one == other && seed.as_bytes() == other_seed.as_bytes()
        }
        (Plan::Service(one, seed), Plan::Service(other, other_seed)) => {
            one == other && seed.as_bytes() == other_seed.as_bytes()
        }
        (Plan::Pair(one, _, service, _), Plan::Pair(other, _, other_service, _)) => {
            one == other && service == other_service
        }
        (Plan::Proxy(..) | Plan::Service(..) | Plan::Pair(..), _) => false,
    };
    assert!(same, "a configuration comes back as another");
}

/// A machine of that kind that can do all there is to do.
fn usual(kind: MachineKind) -> Plan {
    let origin = Origin::Net {
        host: "a.example".into(),
        port: 80,
        tls: false,
    };
    let embedded = kind == MachineKind::Pair;
    let listener = |kind| Listener {
        kind,
        account: Some("alice".into()),
        open: true,
    };
    let config = Config {
        listeners: [WireKind::SkypeProxy, WireKind::Len8].map(listener).into(),
        accounts: [AccountConfig {
            name: "alice".into(),
            username: "alice".into(),
            password: "password1".into(),
            access: None,
            upstream: Upstream {
                origin: if embedded { Origin::Embedded } else { origin },
                path: "/".into(),
                dialect: DialectKind::V1,
            },
        }]
        .into(),
        ..Config::default()
    };
    let service = ServiceConfig {
        registration: Registration::Open,
        ..ServiceConfig::default()
    };
    let seed = Seed::from_number;
    match kind {
        MachineKind::Proxy => Plan::Proxy(config, seed(1)),
        MachineKind::Service => Plan::Service(service, seed(2)),
        MachineKind::Pair => Plan::Pair(config, seed(1), service, seed(2)),
    }
}

/// A header with the limits that the data chooses; those that are not named are usual ones.
fn chosen(reader: &mut Reader<'_>) -> String {
    let kind = reader.choose(&[MachineKind::Proxy, MachineKind::Service, MachineKind::Pair]);
    let usual = written(&usual(kind));
    let (before, rest) = usual
        .split_once("\"limits\":{")
        .expect("a header has limits");
    let (limits, after) = rest.split_once('}').expect("limits have an end");
    let names: Vec<&str> = limits
        .split(',')
        .filter_map(|limit| limit.split_once(':').map(|(name, _)| name))
        .collect();
    let mut chosen = BTreeMap::new();
    while !reader.is_done() {
        let name = names[reader.below(names.len())];
        let choice = reader.below(VALUES.len() + 1);
        let value = VALUES.get(choice).copied();
        chosen.insert(name, value.unwrap_or_else(|| reader.number().into()));
    }
    let limits: Vec<String> = chosen
        .iter()
        .map(|(name, value)| format!("{name}:{value}"))
        .collect();
    let limits = limits.join(",");
    let after = match after.split_once("\"limits\":{") {
        Some((middle, rest)) => {
            let (_, end) = rest.split_once('}').expect("limits have an end");
            format!("{middle}\"limits\":{{{limits}}}{end}")
        }
        None => after.to_owned(),
    };
    format!("{before}\"limits\":{{{limits}}}{after}")
}
