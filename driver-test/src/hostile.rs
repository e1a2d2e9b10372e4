//! A client that means harm: it comes again and again, several at once, and breaks every rule of the transport.
//! Never does what an honest user could do, so that no promise to an honest user has to be another because of it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::io::{CloseHow, ConnId, Input, Machine, Origin, Output, Outputs};
use imo2sproxy_core::rng::Rng;
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::time::{Instant, Now};

use crate::faults::{Conditions, Fault};

mod http;
mod wire;

/// Connections that one hostile client has at once.
const AT_ONCE_MAX: usize = 8;
/// How many it opens at a time at most.
const BURST_MAX: u64 = 4;
/// How long it waits at most until it comes again.
const PAUSE: Duration = Duration::from_secs(5);
/// How long it stays at most.
const STAY: Duration = Duration::from_secs(60);
/// How long it is at most from one byte to the next where they come one by one.
const DRIP: Duration = Duration::from_secs(2);
/// How often it sends more where it sends without end.
const FLOODS_MAX: u32 = 8;

/// Whom a hostile client attacks.
enum Target {
    /// A listener for clients, in its transport, with the password if the attacker knows it.
    Wire(WireKind, Option<String>),
    /// A service. Its handles are known; their passwords are not.
    Http(Vec<String>),
}

/// One connection.
struct Attack {
    deed: Fault,
    /// Bytes that come one by one.
    drops: std::vec::IntoIter<u8>,
    drips_at: Option<Instant>,
    ends_at: Instant,
    floods: u32,
    is_up: bool,
}

/// The client. What it does, and how often, is [`Faults::hostile`](crate::Faults::hostile) of its conditions; when that is
/// nothing it hangs up and stays away.
pub struct Hostile {
    origin: Origin,
    target: Target,
    conditions: Conditions,
    rng: Rng,
    attacks: BTreeMap<u32, Attack>,
    connections: u32,
    /// How many it opens in all.
    most: u32,
    comes_at: Instant,
}

impl fmt::Debug for Hostile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hostile({} connections)", self.attacks.len())
    }
}

impl Hostile {
    /// Attacks a listener for clients. With a password it also does what comes after a login.
    #[must_use]
    pub fn to_clients_port(
        origin: Origin,
        kind: WireKind,
        password: Option<&str>,
        conditions: Conditions,
        rng: Rng,
    ) -> Self {
        let target = Target::Wire(kind, password.map(str::to_owned));
        Self::new(origin, target, conditions, rng)
    }

    /// Attacks a service, and those of its accounts that have these handles.
    #[must_use]
    pub fn to_service(origin: Origin, handles: &[&str], conditions: Conditions, rng: Rng) -> Self {
        let target = Target::Http(handles.iter().map(|name| (*name).to_owned()).collect());
        Self::new(origin, target, conditions, rng)
    }

    const fn new(origin: Origin, target: Target, conditions: Conditions, rng: Rng) -> Self {
        Self {
            origin,
            target,
            conditions,
            rng,
            attacks: BTreeMap::new(),
            connections: 0,
            most: u32::MAX,
            comes_at: Instant::ZERO,
        }
    }

    /// The same, but with so many connections in all: a long life is not to be nothing but attacks.
    #[must_use]
    pub const fn at_most(mut self, connections: u32) -> Self {
        self.most = connections;
        self
    }

    /// Opens some connections, or goes where nothing is to happen any more.
    fn come(&mut self, now: Instant, out: &mut Outputs) {
        self.comes_at = now + Duration::from_millis(100) + self.rng.jitter(PAUSE);
        if self.conditions.faults().hostile.is_none() {
            for number in std::mem::take(&mut self.attacks).into_keys() {
                hang_up(number, out);
            }
            return;
        }
        for _ in 0..self.rng.between(1, BURST_MAX) {
            let deed = self.conditions.faults().hostile.draw(&mut self.rng);
            let Some(deed) = deed.filter(|deed| self.can_do(*deed)) else {
                continue;
            };
            if self.attacks.len() >= AT_ONCE_MAX || self.connections >= self.most {
                return;
            }
            let attack = Attack {
                deed,
                drops: Vec::new().into_iter(),
                drips_at: None,
                ends_at: now + Duration::from_secs(1) + self.rng.jitter(STAY),
                floods: 0,
                is_up: false,
            };
            self.attacks.insert(self.connections, attack);
            let conn = ConnId::Upstream(self.connections);
            self.connections += 1;
            let origin = self.origin.clone();
            out.push(Output::Connect { conn, origin });
        }
    }

    /// Sessions and envelopes are for services only.
    const fn can_do(&self, deed: Fault) -> bool {
        let for_services = matches!(deed, Fault::HostileSession | Fault::HostileEnvelope);
        !for_services || matches!(self.target, Target::Http(_))
    }

    /// A connection is up: the deed begins.
    fn begin(&mut self, now: Instant, number: u32, out: &mut Outputs) {
        let Some(attack) = self.attacks.get_mut(&number) else {
            return;
        };
        attack.is_up = true;
        let deed = attack.deed;
        let conn = ConnId::Upstream(number);
        self.conditions.count(deed);
        if deed == Fault::HostileFlood {
            out.push(Output::Reading { conn, on: false });
        }
        let bytes = self.bytes_of(deed);
        let Some(attack) = self.attacks.get_mut(&number) else {
            return;
        };
        if deed == Fault::HostileDrip {
            attack.drops = bytes.into_iter();
            attack.drips_at = Some(now);
        } else if !bytes.is_empty() {
            out.push(Output::Send { conn, bytes });
        }
    }

    fn bytes_of(&mut self, deed: Fault) -> Vec<u8> {
        let rng = &mut self.rng;
        match &self.target {
            Target::Wire(kind, password) => {
                let password = password.as_deref().map(Secret::from);
                wire::bytes_of(deed, *kind, password, rng)
            }
            Target::Http(handles) => http::bytes_of(deed, handles, rng),
        }
    }

    /// Bytes have left: where there is no end to them, more follow.
    fn go_on(&mut self, number: u32, out: &mut Outputs) {
        let Some(attack) = self.attacks.get_mut(&number) else {
            return;
        };
        if attack.deed == Fault::HostileFlood && attack.floods < FLOODS_MAX {
            attack.floods += 1;
            let bytes = self.bytes_of(Fault::HostileFlood);
            let conn = ConnId::Upstream(number);
            out.push(Output::Send { conn, bytes });
        }
    }

    fn drip(&mut self, now: Instant, out: &mut Outputs) {
        for (number, attack) in &mut self.attacks {
            if attack.drips_at.is_none_or(|at| at > now) {
                continue;
            }
            attack.drips_at = attack.drops.next().map(|drop| {
                let (conn, bytes) = (ConnId::Upstream(*number), vec![drop]);
                out.push(Output::Send { conn, bytes });
                now + Duration::from_millis(1) + self.rng.jitter(DRIP)
            });
        }
    }

    /// Hangs up where it has stayed long enough.
    fn leave(&mut self, now: Instant, out: &mut Outputs) {
        self.attacks.retain(|number, attack| {
            let stays = attack.ends_at > now;
            if !stays {
                hang_up(*number, out);
            }
            stays
        });
    }
}

/// One to `most` bytes that mean nothing.
fn random_bytes(rng: &mut Rng, most: u64) -> Vec<u8> {
    let count = rng.between(1, most);
    let byte = |_| u8::try_from(rng.below(256)).unwrap_or(0);
    (0..count).map(byte).collect()
}

fn hang_up(number: u32, out: &mut Outputs) {
    let (conn, how) = (ConnId::Upstream(number), CloseHow::Abort);
    out.push(Output::Close { conn, how });
}

impl Machine for Hostile {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        let now = now.mono;
        match input {
            Input::Connected {
                conn: ConnId::Upstream(number),
            } => self.begin(now, number, out),
            Input::Sent {
                conn: ConnId::Upstream(number),
                ..
            } => self.go_on(number, out),
            Input::Closed {
                conn: ConnId::Upstream(number),
                ..
            } => {
                self.attacks.remove(&number);
            }
            Input::Start
            | Input::Tick
            | Input::Accepted { .. }
            | Input::Connected { .. }
            | Input::Received { .. }
            | Input::Sent { .. }
            | Input::Closed { .. }
            | Input::Loaded { .. }
            | Input::Stored { .. }
            | Input::Hashed { .. }
            | Input::Verified { .. }
            | Input::FileWritten { .. }
            | Input::FileRead { .. }
            | Input::Control(_) => {}
        }
        self.drip(now, out);
        self.leave(now, out);
        if self.comes_at <= now {
            self.come(now, out);
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let attacks = self.attacks.values();
        let next = attacks.filter_map(|attack| {
            let drips_at = attack.drips_at.filter(|_| attack.is_up);
            [Some(attack.ends_at), drips_at].into_iter().flatten().min()
        });
        next.chain([self.comes_at]).min()
    }
}
