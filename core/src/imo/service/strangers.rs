//! Connections as they come and go, and what is allowed to those who have not logged in: places, time, bytes.
//! Never looks at what anybody says.
//!
//! See `core/docs/imo-protocol.md`, "Logging in".

use alloc::collections::{BTreeMap, BTreeSet};
use core::mem;
use core::net::IpAddr;

use super::web::{Conn, Doing, fault};
use super::{Service, SessionId, Wake};
use crate::config::Limits;
use crate::event::{Event, EventKind};
use crate::invariant::at_most;
use crate::io::{CloseHow, ConnId, Output, Outputs, Peer};
use crate::lobby::{Lobby, Network, Ticket};
use crate::rng::Rng;
use crate::time::{Instant, Now};

/// What somebody is told whose request is dropped because strangers make the service hold too much.
const TOO_MUCH: &str = "too much waits here of those who have not logged in; try again";

/// Who comes from the network and has signed nobody on.
pub(super) struct Strangers {
    lobby: Lobby,
    /// Connections that have carried nothing for a session with an account, and until when each may stay.
    conns: BTreeMap<ConnId, (Ticket, Instant)>,
    /// Sessions that nobody has signed on.
    pub(super) sessions: BTreeSet<SessionId>,
    /// They may hold more than when that was looked at last.
    grown: bool,
    /// That the lobby is full has been told since it was so the last time.
    full_told: bool,
}

/// Something that holds bytes for strangers.
enum Holder {
    Conn(ConnId),
    Session(SessionId),
}

impl Strangers {
    pub(super) const fn new(limits: &Limits, rng: Rng) -> Self {
        Self {
            lobby: Lobby::new(limits, rng),
            conns: BTreeMap::new(),
            sessions: BTreeSet::new(),
            grown: false,
            full_told: false,
        }
    }

    /// Gives a new connection a place until then. False if it is to be turned away.
    fn enter(&mut self, conn: ConnId, address: IpAddr, until: Instant) -> bool {
        let ticket = self.lobby.enter(Some(address));
        ticket.is_some_and(|ticket| self.conns.insert(conn, (ticket, until)).is_none())
    }

    /// A connection is no stranger's any more, or is gone.
    pub(super) fn leave(&mut self, conn: ConnId) {
        if let Some((ticket, _)) = self.conns.remove(&conn) {
            self.lobby.leave(ticket);
            self.full_told &= self.lobby.is_crowded();
        }
    }

    /// Until when a connection may stay, if it is a stranger's.
    pub(super) fn end_of(&self, conn: ConnId) -> Option<Instant> {
        self.conns.get(&conn).map(|(_, until)| *until)
    }

    /// A connection, or a session, has said something.
    pub(super) fn heard(&mut self, conn: ConnId) {
        self.grown |= self.conns.contains_key(&conn);
    }

    /// See [`Strangers::heard`].
    pub(super) fn heard_session(&mut self, id: SessionId) {
        self.grown |= self.sessions.contains(&id);
    }

    /// Whether it is to be looked at how much they hold.
    pub(super) const fn have_grown(&self) -> bool {
        self.grown
    }
}

impl Service {
    pub(super) fn accepted(&mut self, now: Now, conn: ConnId, peer: Peer, out: &mut Outputs) {
        let limits = &self.config.limits;
        let network = match peer {
            _ if self.draining => return turn_away(conn, out),
            Peer::Embedded => None,
            Peer::Net(address) => {
                let until = now.mono + limits.login_wait;
                if !self.strangers.enter(conn, address.ip(), until) {
                    if !mem::replace(&mut self.strangers.full_told, true) {
                        let why = "too many connections have not logged in";
                        out.event(Event::conn(EventKind::RequestFault, conn, why));
                    }
                    return turn_away(conn, out);
                }
                Some(Network::of(address.ip()))
            }
        };
        self.conns.insert(conn, Conn::new(network, limits));
        self.await_request(now, conn);
    }

    pub(super) fn closed(&mut self, conn: ConnId) {
        self.timers.set(Wake::Conn(conn), None);
        self.strangers.leave(conn);
        if let Some(Conn {
            doing: Doing::Holding(id),
            ..
        }) = self.conns.remove(&conn)
            && let Some(session) = self.sessions.get_mut(&id)
            && session.parked.is_some_and(|(parked, _)| parked == conn)
        {
            session.parked = None;
        }
    }

    /// A connection may take its time for its next request; a stranger's has less of it.
    pub(super) fn await_request(&mut self, now: Now, conn: ConnId) {
        let idle = now.mono + self.config.limits.http_idle;
        let end = self.strangers.end_of(conn);
        self.wake_conn(conn, Some(end.map_or(idle, |end| end.min(idle))));
    }

    pub(super) fn wake_conn(&mut self, conn: ConnId, at: Option<Instant>) {
        // The pipe to the other machine has no peer that could fall asleep.
        let is_watched = |conn: &Conn| {
            let mourns = matches!(conn.doing, Doing::Mourning { .. });
            conn.network.is_some() || mourns
        };
        let watched = self.conns.get(&conn).is_some_and(is_watched);
        self.timers.set(Wake::Conn(conn), at.filter(|_| watched));
    }

    /// Drops what strangers hold beyond what they may, beginning with the one who holds most: whoever says little is
    /// heard, whatever the others do.
    pub(super) fn hold_less(&mut self, now: Now, out: &mut Outputs) {
        self.strangers.grown = false;
        let most = self.config.limits.unauthenticated_bytes;
        loop {
            let held: usize = self.holders().map(|(bytes, _)| bytes).sum();
            let largest = self.holders().max_by_key(|(bytes, _)| *bytes);
            let Some((_, holder)) = largest.filter(|_| held > most) else {
                return;
            };
            match holder {
                Holder::Conn(conn) => self.drop_request(now, conn, out),
                Holder::Session(id) => self.end_session(now, id, TOO_MUCH, out),
            }
        }
    }

    /// What strangers hold, and who does.
    fn holders(&self) -> impl Iterator<Item = (usize, Holder)> {
        let conns = self.strangers.conns.keys().filter_map(|conn| {
            let held = self.conns.get(conn)?.http.held();
            Some((held, Holder::Conn(*conn)))
        });
        let sessions = self.strangers.sessions.iter().filter_map(|id| {
            let held = self.sessions.get(id)?.held();
            Some((held, Holder::Session(*id)))
        });
        conns.chain(sessions)
    }

    fn drop_request(&mut self, now: Now, conn: ConnId, out: &mut Outputs) {
        out.event(Event::conn(EventKind::RequestFault, conn, TOO_MUCH));
        match self.conns.get_mut(&conn) {
            Some(state) if state.doing == Doing::Nothing => {
                state.http.give_up();
                self.reply(now, conn, &fault(503, TOO_MUCH), out);
            }
            // It has asked ahead, which nobody has to.
            Some(_) | None => {
                self.closed(conn);
                turn_away(conn, out);
            }
        }
    }

    /// Panics if strangers have more than they may.
    pub(super) fn check_strangers(&self) {
        let limits = &self.config.limits;
        let strangers = &self.strangers;
        strangers.lobby.check_invariants();
        assert_eq!(
            strangers.lobby.len(),
            strangers.conns.len(),
            "each has one place"
        );
        let is_there = |conn: &ConnId| self.conns.get(conn).is_some_and(|c| c.network.is_some());
        assert!(
            strangers.conns.keys().all(is_there),
            "who has a place is there"
        );
        let max = ("unauthenticated", limits.unauthenticated);
        at_most(strangers.sessions.len(), max, "sessions without an account");
        assert!(
            strangers
                .sessions
                .iter()
                .all(|id| self.sessions.contains_key(id)),
            "a stranger is a session"
        );
        assert!(!strangers.grown, "it was looked at what they hold");
    }
}

fn turn_away(conn: ConnId, out: &mut Outputs) {
    let how = CloseHow::Abort;
    out.push(Output::Close { conn, how });
}
