//! Tests of the format, of reading, and of the hiding of secrets.

mod any;
mod both_ways;
mod canary;
mod forms;
mod logins;
mod operators;
mod reading;

use alloc::string::String;
use alloc::vec;

use super::{Plan, Recorder, Secrecy};
use crate::config::{
    Access, AccountConfig, Config, DialectKind, Listener, Registration, ServiceConfig, Upstream,
    WireKind,
};
use crate::io::{Input, Machine as _, Origin, Output, Outputs};
use crate::rng::Seed;
use crate::secret::Secret;
use crate::time::{Instant, Now, UnixTime};

fn at(micros: u64) -> Now {
    Now {
        mono: Instant::from_micros(micros),
        wall: UnixTime::from_millis(1_341_999_000_000 + micros / 1000),
    }
}

fn config(password: &str, access: Option<&str>) -> Config {
    Config {
        listeners: vec![Listener {
            kind: WireKind::SkypeProxy,
            account: Some("alice".into()),
            open: false,
        }],
        accounts: vec![AccountConfig {
            name: "alice".into(),
            username: "alice".into(),
            password: Secret::from(password),
            access: access.map(Access::from),
            upstream: Upstream {
                origin: Origin::Net {
                    host: "imo.example".into(),
                    port: 443,
                    tls: true,
                },
                path: "/".into(),
                dialect: DialectKind::V1,
            },
        }],
        verbose: true,
        local_time: false,
        linger: Some(core::time::Duration::from_secs(600)),
        ..Config::default()
    }
}

fn proxy(password: &str, access: Option<&str>) -> Plan {
    Plan::Proxy(config(password, access), Seed::from_number(7))
}

fn service() -> Plan {
    let config = ServiceConfig {
        registration: Registration::Open,
        ..ServiceConfig::default()
    };
    Plan::Service(config, Seed::from_number(7))
}

/// Something that passes between machine and driver.
enum Pass {
    In(Input<'static>),
    Out(Output),
}

/// The trace of what passes, each a millisecond after the other.
fn record(plan: &Plan, partial: bool, secrecy: Secrecy, passes: &[Pass]) -> String {
    let mut text = String::new();
    let mut recorder = Recorder::begin(plan, at(0), partial, secrecy, &mut text).unwrap();
    for (time, pass) in (0_u64..).step_by(1000).zip(passes) {
        match pass {
            Pass::In(input) => recorder.input(at(time), input, &mut text),
            Pass::Out(output) => recorder.output(at(time), output, &mut text),
        }
    }
    recorder.end(at(passes.len() as u64 * 1000), &mut text);
    text
}

/// The trace of what a machine of `plan` does, told each of `inputs` a millisecond after the other.
fn run(plan: &Plan, inputs: impl IntoIterator<Item = Input<'static>>) -> String {
    let mut text = String::new();
    let mut recorder = Recorder::begin(plan, at(0), false, Secrecy::Hidden, &mut text).unwrap();
    let mut machine = plan.build();
    let mut out = Outputs::new();
    let mut now = at(0);
    for (time, input) in (0_u64..).step_by(1000).zip(inputs) {
        now = at(time);
        recorder.input(now, &input, &mut text);
        machine.handle(now, input, &mut out);
        for output in out.drain() {
            recorder.output(now, &output, &mut text);
        }
    }
    recorder.end(now, &mut text);
    text
}
