//! What the log of a host may say: no password, no misuse, and of whom the daemon takes leave.
//! Never decides what is said to clients.

use std::collections::{BTreeMap, BTreeSet};

use imo2sproxy_core::event::{About, Event, EventKind};
use imo2sproxy_core::io::ConnId;

use super::CANARY;
use crate::World;

/// What a daemon says in its log when it closes a client by itself.
const DISMISSED: &str = "client dismissed";
/// What it says there of a client that has come, in front of the name of the account.
const ATTACHED: &str = "client of ";

/// What is known of the log of a host.
#[derive(Debug)]
pub(super) struct LogBook {
    pub(super) host: String,
    /// How much of it has been read.
    seen: usize,
    /// Whose clients are connected, in the life of that number.
    clients: BTreeMap<ConnId, String>,
    life: u32,
    /// Accounts that are not there.
    gone: BTreeSet<&'static str>,
    /// In which of its lives it was drained last.
    drained: Option<u32>,
}

impl LogBook {
    pub(super) const fn new(host: String) -> Self {
        Self {
            host,
            seen: 0,
            clients: BTreeMap::new(),
            life: 0,
            gone: BTreeSet::new(),
            drained: None,
        }
    }

    pub(super) const fn drains(&mut self, life: u32) {
        self.drained = Some(life);
    }

    pub(super) fn goes(&mut self, account: &'static str) {
        self.gone.insert(account);
    }

    pub(super) fn is_back(&mut self, account: &'static str) {
        self.gone.remove(account);
    }

    /// Reads what is new.
    pub(super) fn observe(&mut self, world: &World) {
        let events = world.events(&self.host);
        for (_, event) in &events[self.seen..] {
            self.read(event);
        }
        self.seen = events.len();
        let life = world.ends(&self.host);
        if life != self.life {
            self.life = life;
            self.clients.clear();
        }
    }

    fn read(&mut self, event: &Event) {
        let host = &self.host;
        assert!(
            !event.detail.contains(CANARY),
            "{host} logs a password: {event}"
        );
        assert!(
            event.kind != EventKind::Misuse,
            "{host} has misused something: {event}"
        );
        let About::Conn(conn) = event.about else {
            return;
        };
        if event.kind == EventKind::ClientAttached {
            let account = event.detail.strip_prefix(ATTACHED).unwrap_or_default();
            self.clients.insert(conn, account.to_owned());
        }
        if event.kind == EventKind::ClientLeft && event.detail == DISMISSED {
            let account = self.clients.get(&conn).map(String::as_str);
            // Of one that has logged in and not spoken since the log does not say whose it is.
            let is_gone = match account {
                Some(account) => self.gone.contains(account),
                None => !self.gone.is_empty(),
            };
            // Only who is told that all ends, or the own account does.
            assert!(
                is_gone || self.drained == Some(self.life),
                "{host} takes leave of a client of {account:?} without need"
            );
        }
    }
}
