//! A small life of a machine of any configuration: it starts, is talked to, waits, and drains.
//! Never expects anything of it but that it goes on, and stops if its configuration lets it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use imo2sproxy_core::config::{Config, WireKind};
use imo2sproxy_core::io::{CloseCause, ConnId, Control, FileError, Input, Origin, Output, Peer};
use imo2sproxy_core::trace::{Plan, Planned};

use super::super::bench::{Bench, End, Job};
use super::super::far::Far;
use super::super::visitor::Visitor;
use super::guest::Guest;

/// How long a life takes, in simulated time.
const LIFE: Duration = Duration::from_secs(130);
/// How many inputs it takes at most; what is left of the time then is left out.
const INPUTS_MAX: usize = 500;
/// A drain that may take longer may do so for ever.
const DRAIN_MAX: Duration = Duration::from_secs(60);
/// What a client of the daemon says.
const COMMANDS: [&str; 12] = [
    "PROTOCOL 7",
    "SEARCH FRIENDS",
    "MESSAGE bob hello",
    "CHAT CREATE bob, carol",
    "SEARCH CHATS",
    "SEARCH USERS b",
    "GET USER bob AVATAR 1 /a.jpg",
    "SET AVATAR 1 /a.jpg",
    "SET PROFILE MOOD_TEXT well",
    "CREATE GROUP friends",
    "CALL bob",
    "GET CHATMESSAGE 10000001 BODY",
];

/// A machine with those who talk to it.
pub(super) struct Life {
    bench: Bench<Planned>,
    config: Option<Config>,
    drain_wait: Duration,
    visitors: BTreeMap<ConnId, Visitor>,
    guests: BTreeMap<ConnId, Guest>,
    fars: BTreeMap<String, Far>,
    inputs: usize,
}

impl Life {
    pub(super) fn new(plan: &Plan) -> Self {
        let (config, drain_wait) = match plan {
            Plan::Proxy(config, _) => (Some(config.clone()), config.limits.drain_wait),
            Plan::Service(config, _) => (None, config.limits.drain_wait),
            Plan::Pair(config, _, service, _) => (
                Some(config.clone()),
                config.limits.drain_wait.max(service.limits.drain_wait),
            ),
        };
        Self {
            bench: Bench::new(plan.build()),
            config,
            drain_wait,
            visitors: BTreeMap::new(),
            guests: BTreeMap::new(),
            fars: BTreeMap::new(),
            inputs: 0,
        }
    }

    pub(super) fn live(&mut self) {
        self.tell(Input::Start);
        self.go_on(Duration::from_secs(5));
        for listener in 0..2 {
            self.somebody_comes(listener);
        }
        self.go_on(Duration::from_secs(1));
        for command in COMMANDS {
            for (conn, visitor) in &mut self.visitors {
                if let Some(end) = self.bench.end_mut(*conn) {
                    end.incoming.extend(visitor.ask(*conn, command));
                }
            }
            self.go_on(Duration::from_secs(1));
        }
        self.go_on(LIFE);
        self.tell(Input::Control(Control::Status));
        self.tell(Input::Control(Control::Drain));
        self.inputs = 0;
        let drained_at = self.bench.now().mono;
        self.go_on(self.drain_wait.min(DRAIN_MAX));
        let took = self.bench.now().mono.since(drained_at);
        assert!(
            self.bench.is_stopped() || self.drain_wait > DRAIN_MAX || self.inputs >= INPUTS_MAX,
            "it has not stopped in {took:?}"
        );
    }

    fn somebody_comes(&mut self, listener: u32) {
        let peer = Peer::Net(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 5555));
        let (conn, said) = self.bench.accept(listener, peer);
        let Some(config) = &self.config else {
            self.guests.insert(conn, Guest::default());
            return self.take(said);
        };
        let place = usize::try_from(listener).expect("a small number");
        let own = config.listeners.get(place);
        let kind = own.map_or(WireKind::SkypeProxy, |own| own.kind);
        let account = config
            .accounts
            .iter()
            .find(|account| own.is_some_and(|own| own.account.as_ref() == Some(&account.name)));
        let access = account.and_then(|account| account.access.as_ref()?.plain());
        let access = access.map(|access| access.reveal().to_owned());
        let visitor = Visitor::new(kind, access.as_deref(), false, false);
        self.visitors.insert(conn, visitor);
        self.take(said);
    }

    fn tell(&mut self, input: Input<'_>) {
        if !self.bench.is_stopped() {
            let said = self.bench.tell(input);
            self.take(said);
        }
    }

    fn take(&mut self, outputs: Vec<Output>) {
        self.inputs += 1;
        for output in outputs {
            if let Output::Send { conn, bytes } = output {
                self.sent(conn, &bytes);
            }
        }
    }

    fn sent(&mut self, conn: ConnId, bytes: &[u8]) {
        if let Some(visitor) = self.visitors.get_mut(&conn) {
            visitor.sent(bytes);
            visitor.take(bytes.len());
        } else if let Some(guest) = self.guests.get_mut(&conn) {
            guest.hear(bytes);
        } else if let Some(Origin::Net { host, .. }) = self
            .bench
            .ends()
            .get(&conn)
            .and_then(|end| end.origin.as_ref())
        {
            let far = self.fars.entry(host.clone()).or_default();
            far.hold_over(self.bench.now().mono);
            far.receive(conn, bytes);
        }
    }

    /// Everybody does what he should, for so long.
    fn go_on(&mut self, most: Duration) {
        let until = self.bench.now().mono + most;
        while !self.bench.is_stopped() && self.inputs < INPUTS_MAX {
            if self.do_something() {
                continue;
            }
            let left = until.since(self.bench.now().mono);
            if left.is_zero() {
                return;
            }
            let said = self.bench.pass(left.min(Duration::from_secs(25)));
            self.take(said);
            let now = self.bench.now().mono;
            self.fars.values_mut().for_each(|far| far.hold_over(now));
        }
    }

    /// One thing that has to be done; false if there is none.
    fn do_something(&mut self) -> bool {
        let said = if self.bench.disk().is_some() {
            self.bench.answer_disk(None)
        } else if let Some((job, kind)) = self.bench.take_job(0) {
            let fault = Err(FileError::NoFolder);
            match kind {
                Job::Hash(_) => self.bench.tell(Input::Hashed {
                    job,
                    hash: "hash".into(),
                }),
                Job::Verify(..) => self.bench.tell(Input::Verified { job, ok: true }),
                Job::Write => self.bench.tell(Input::FileWritten { job, result: fault }),
                Job::Read => self.bench.tell(Input::FileRead {
                    job,
                    result: Ok(b"\xff\xd8\xff\xe0".to_vec()),
                }),
            }
        } else {
            return self.let_flow();
        };
        self.take(said);
        true
    }

    fn let_flow(&mut self) -> bool {
        let now = self.bench.now();
        for far in self.fars.values_mut() {
            if let Some((conn, bytes)) = far.answer_any(now)
                && let Some(end) = self.bench.end_mut(conn)
            {
                end.incoming.extend(bytes);
            }
        }
        for (conn, visitor) in &mut self.visitors {
            if let Some(end) = self.bench.end_mut(*conn) {
                end.incoming.extend(visitor.answer());
            }
        }
        for (conn, guest) in &mut self.guests {
            if let Some(end) = self.bench.end_mut(*conn) {
                end.incoming.extend(guest.say());
            }
        }
        let moves = |(conn, end): (&ConnId, &End)| {
            let speaks = end.is_up && end.reading && !end.incoming.is_empty();
            let flows = end.is_up && end.unsent > 0 || speaks;
            (flows || !end.is_up || end.closing.is_some()).then_some(*conn)
        };
        let Some(conn) = self.bench.ends().iter().find_map(moves) else {
            return false;
        };
        let (is_up, unsent, closing) = {
            let end = &self.bench.ends()[&conn];
            (end.is_up, end.unsent, end.closing.is_some())
        };
        let said = if is_up && unsent > 0 {
            self.bench.flush(conn, usize::MAX)
        } else if closing {
            self.bench.close(conn, CloseCause::Local)
        } else if is_up {
            self.bench.deliver(conn, usize::MAX)
        } else {
            self.bench.connect(conn)
        };
        self.take(said);
        true
    }
}
