//! A daemon as one machine, and bytes that a client says to it by hand.
//! Never answers the machine but when the test says so.

use std::net::SocketAddr;
use std::time::Duration;

use imo2sproxy_core::config::{Access, AccountConfig, Config, Listener, Upstream, WireKind};
use imo2sproxy_core::io::{ConnId, Input, ListenerId, Machine as _, Output, Outputs, Peer};
use imo2sproxy_core::proxy::Proxy;
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::time::{Instant, Now, UnixTime};

/// The one client.
pub(crate) const CLIENT: ConnId = ConnId::Client(1);

pub(crate) struct Doorstep {
    proxy: Proxy,
    now: Now,
    /// Bytes that were said to the client.
    pub(crate) said: usize,
    pub(crate) closed: bool,
}

impl Doorstep {
    /// A client on this machine of alice, who wants a password or none.
    pub(crate) fn with_client(access: Option<&str>) -> Self {
        let alice = AccountConfig {
            name: "alice".into(),
            username: "alice".into(),
            password: "secret".into(),
            access: access.map(Access::from),
            upstream: Upstream::embedded(),
        };
        let listener = Listener {
            kind: WireKind::SkypeProxy,
            account: Some("alice".into()),
            open: false,
        };
        let config = Config {
            listeners: vec![listener],
            accounts: vec![alice],
            ..Config::default()
        };
        let mut step = Self {
            proxy: Proxy::new(config, Seed::from_number(1)),
            now: Now {
                mono: Instant::ZERO,
                wall: UnixTime::from_seconds(1_400_000_000),
            },
            said: 0,
            closed: false,
        };
        step.input(Input::Start);
        step.input(Input::Accepted {
            conn: CLIENT,
            listener: ListenerId(0),
            peer: Peer::Net(SocketAddr::from(([127, 0, 0, 1], 1000))),
        });
        step
    }

    fn input(&mut self, input: Input<'_>) {
        let mut out = Outputs::new();
        self.proxy.handle(self.now, input, &mut out);
        self.proxy.check_invariants();
        for output in out.as_slice() {
            if let Output::Send {
                conn: CLIENT,
                bytes,
            } = output
            {
                self.said += bytes.len();
            }
            self.closed |= matches!(output, Output::Close { conn: CLIENT, .. });
        }
    }

    /// The client says something.
    pub(crate) fn say(&mut self, bytes: &[u8]) {
        self.input(Input::Received {
            conn: CLIENT,
            bytes,
        });
    }

    /// The client takes some of what was said to it.
    pub(crate) fn take(&mut self, count: usize) {
        self.input(Input::Sent {
            conn: CLIENT,
            count,
        });
    }

    /// Time passes.
    pub(crate) fn run(&mut self, time: Duration) {
        let until = self.now.mono + time;
        while let Some(at) = self.proxy.deadline().filter(|at| *at <= until) {
            self.now.mono = at;
            self.input(Input::Tick);
        }
        self.now.mono = until;
    }
}

/// The bytes that carry a line.
pub(crate) fn frame(line: &str) -> Vec<u8> {
    let length = u32::try_from(line.len()).unwrap();
    [&length.to_le_bytes()[..], line.as_bytes()].concat()
}
