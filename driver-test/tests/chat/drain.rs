//! The end of a drain that has taken too long, told to a machine by a late tick.

use imo2sproxy_core::config::{AccountConfig, Config, ServiceConfig, Upstream};
use imo2sproxy_core::imo::service::Service;
use imo2sproxy_core::io::{
    AskId, Control, Input, JobId, LoadId, Machine, Output, Outputs, StoreId, UserOp,
};
use imo2sproxy_core::proxy::Proxy;
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::store::StoreError;
use imo2sproxy_core::time::{Instant, Now};

/// Tells a machine something at that second.
fn tell(machine: &mut impl Machine, second: u64, input: Input<'_>) -> Vec<Output> {
    let now = Now {
        mono: Instant::from_micros(second * 1_000_000),
        ..Now::default()
    };
    let mut out = Outputs::new();
    machine.handle(now, input, &mut out);
    out.drain().collect()
}

/// Drains a machine whose store fails, and gives it no tick before all of its time is over.
fn assert_stops_for_good(machine: &mut impl Machine) {
    let failed = Input::Stored {
        op: StoreId(0),
        result: Err(StoreError::Full),
    };
    tell(machine, 0, failed);
    tell(machine, 0, Input::Control(Control::Drain));
    let said = tell(machine, 60, Input::Tick);
    assert_eq!(
        said.last(),
        Some(&Output::Stopped),
        "behind the end comes nothing"
    );
    assert_eq!(machine.deadline(), None);
}

#[test]
fn a_daemon_that_has_stopped_asks_for_nothing_more() {
    let account = AccountConfig {
        name: "alice".into(),
        username: "alice".into(),
        password: "password1".into(),
        access: None,
        upstream: Upstream::embedded(),
    };
    let config = Config {
        accounts: vec![account],
        ..Config::default()
    };
    let mut proxy = Proxy::new(config, Seed::from_number(1));
    tell(&mut proxy, 0, Input::Start);
    let read = Input::Loaded {
        load: LoadId(0),
        result: Ok(Vec::new()),
    };
    tell(&mut proxy, 0, read);
    assert_stops_for_good(&mut proxy);
}

#[test]
fn a_service_that_has_stopped_asks_for_nothing_more() {
    let mut service = Service::new(ServiceConfig::default(), Seed::from_number(1));
    tell(&mut service, 0, Input::Start);
    let op = UserOp::Add {
        name: "alice".into(),
        password: "password1".into(),
    };
    let ask = AskId(1);
    tell(&mut service, 0, Input::Control(Control::Users { ask, op }));
    let read = Input::Loaded {
        load: LoadId(0),
        result: Ok(Vec::new()),
    };
    tell(&mut service, 0, read);
    let hashed = Input::Hashed {
        job: JobId(0),
        hash: "hash".into(),
    };
    tell(&mut service, 0, hashed);
    assert_stops_for_good(&mut service);
}
