//! How many accounts of one daemon ask their service to be let in at once.
//! Never about those who want to be let in by the daemon.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use imo2sproxy_core::config::{AccountConfig, Config};
use imo2sproxy_core::io::{CloseHow, ConnId, Input, ListenerId, Machine, Origin, Output, Outputs};
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::time::{Instant, Now};
use imo2sproxy_core::trace::Plan;
use imo2sproxy_sim::town::{SECONDS, service, upstream};
use imo2sproxy_sim::{Faults, Resident, Span, World};

const ACCOUNTS: usize = 10;

/// What was seen of logins.
#[derive(Default)]
struct Seen {
    /// Connections on which the first page was asked for, and nobody was signed on since.
    under_way: BTreeSet<ConnId>,
    most: usize,
    signed_on: usize,
}

/// Passes on what a daemon and its service say to each other, and counts logins.
#[derive(Default)]
struct Turnstile {
    others: BTreeMap<ConnId, ConnId>,
    next: u32,
    seen: Rc<RefCell<Seen>>,
}

fn has(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

impl Turnstile {
    fn accepted(&mut self, conn: ConnId, out: &mut Outputs) {
        let onward = ConnId::Upstream(self.next);
        self.next += 1;
        self.others.insert(conn, onward);
        self.others.insert(onward, conn);
        let origin = Origin::Net {
            host: "behind".into(),
            port: 443,
            tls: true,
        };
        out.push(Output::Connect {
            conn: onward,
            origin,
        });
    }

    fn passes(&mut self, conn: ConnId, bytes: &[u8], out: &mut Outputs) {
        let mut seen = self.seen.borrow_mut();
        if bytes.starts_with(b"GET / ") {
            seen.under_way.insert(conn);
            seen.most = seen.most.max(seen.under_way.len());
        }
        if has(bytes, b"\"signed_on\"") {
            seen.signed_on += 1;
            // The poll has a connection of its own; which login it belongs to makes no difference to their number.
            seen.under_way.pop_first();
        }
        if let Some(other) = self.others.get(&conn) {
            out.push(Output::Send {
                conn: *other,
                bytes: bytes.to_vec(),
            });
        }
    }

    fn closed(&mut self, conn: ConnId, out: &mut Outputs) {
        if let Some(other) = self.others.remove(&conn) {
            self.others.remove(&other);
            out.push(Output::Close {
                conn: other,
                how: CloseHow::AfterFlush,
            });
        }
    }
}

impl Machine for Turnstile {
    fn handle(&mut self, _: Now, input: Input<'_>, out: &mut Outputs) {
        if let Input::Accepted { conn, .. } = input {
            self.accepted(conn, out);
        } else if let Input::Received { conn, bytes } = input {
            self.passes(conn, bytes, out);
        } else if let Input::Closed { conn, .. } = input {
            self.closed(conn, out);
        }
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }
}

/// A daemon of ten accounts, the way to whose service takes a second and a half.
fn far_from_its_service() -> (World, Rc<RefCell<Seen>>) {
    let far = Faults {
        latency: Span::millis(750, 750),
        ..Faults::none()
    };
    let mut world = World::new(1, far);
    let seed = world.seed_for("imo");
    world.host("imo", service(seed));
    world.listen("imo", ListenerId(0), "behind", 443, true);
    let turnstile = Turnstile::default();
    let seen = Rc::clone(&turnstile.seen);
    world.host("turnstile", turnstile);
    world.listen("turnstile", ListenerId(0), "imo.example", 443, true);
    let accounts = (0..ACCOUNTS).map(|number| AccountConfig {
        name: format!("user{number}"),
        username: format!("user{number}"),
        password: Secret::from("secret"),
        access: None,
        upstream: upstream(),
    });
    let config = Config {
        accounts: accounts.collect(),
        always_on: true,
        ..Config::default()
    };
    let seed = world.seed_for("house");
    world.host("house", Resident::of(Plan::Proxy(config, seed)));
    (world, seen)
}

#[test]
fn of_ten_accounts_four_log_in_at_once_and_all_get_in() {
    let (mut world, seen) = far_from_its_service();
    world.run_until(|_| seen.borrow().signed_on == ACCOUNTS, SECONDS(120));
    assert_eq!(seen.borrow().most, 4);
    assert!(seen.borrow().under_way.is_empty());
}

#[test]
fn after_an_outage_four_log_in_at_once() {
    let (mut world, seen) = far_from_its_service();
    world.run_until(|_| seen.borrow().signed_on == ACCOUNTS, SECONDS(120));
    world.kill("imo");
    world.run_for(SECONDS(300));
    *seen.borrow_mut() = Seen::default();
    let seed = world.seed_for("imo again");
    world.restart("imo", service(seed));
    world.run_until(|_| seen.borrow().signed_on == ACCOUNTS, SECONDS(300));
    assert_eq!(seen.borrow().most, 4);
}
