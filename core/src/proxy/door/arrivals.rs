//! Who comes to the door, and who leaves it: places in the lobby, and which account a listener is for.
//! Never hears a password.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Stranger;
use crate::client::Client;
use crate::event::{Event, EventKind};
use crate::io::{CloseHow, ConnId, ListenerId, Output, Outputs, Peer};
use crate::lobby::Network;
use crate::proxy::files::is_here;
use crate::proxy::{AccountId, Proxy};
use crate::time::Now;

impl Proxy {
    /// Somebody has come to a listener.
    pub(in crate::proxy) fn accepted(
        &mut self,
        now: Now,
        (conn, peer): (ConnId, Peer),
        listener: ListenerId,
        out: &mut Outputs,
    ) {
        let place = usize::try_from(listener.0).ok();
        let place = place.and_then(|place| self.listeners.get(place));
        let Some(place) = place.filter(|_| !self.draining) else {
            let event = Event::conn(EventKind::ClientFault, conn, "not served now");
            return turn_away(conn, Some(event), out);
        };
        let address = match peer {
            Peer::Net(address) => Some(address.ip()),
            Peer::Embedded => None,
        };
        let Some(ticket) = self.door.lobby.enter(address) else {
            let why = "too many clients have not logged in";
            let told = core::mem::replace(&mut self.door.full_told, true);
            let event = (!told).then(|| Event::conn(EventKind::ClientFault, conn, why));
            return turn_away(conn, event, out);
        };
        let here = is_here(peer);
        let id = place.account.as_ref().and_then(|name| self.names.get(name));
        let host = id.and_then(|id| Some((*id, self.members.get(id)?)));
        let host = host.filter(|(_, member)| member.stays());
        let welcome = host.is_some_and(|(_, member)| place.welcomes(member.account.access(), here));
        let from = address.map_or_else(String::new, |ip| ip.to_canonical().to_string());
        let client = Client::new(place.kind, from, (!welcome, here), &self.terms.limits);
        self.clients.insert(conn, (None, client));
        let stranger = Stranger {
            host: host.map(|(id, _)| id),
            welcome,
            network: address.map(Network::of),
            ticket,
            check: None,
            guest: None,
        };
        self.door.strangers.insert(conn, stranger);
        self.watch_newcomer(now, conn, place.kind);
    }

    /// A client is no stranger any more, or is gone.
    pub(in crate::proxy) fn leave_door(&mut self, conn: ConnId, out: &mut Outputs) {
        let Some(stranger) = self.door.strangers.remove(&conn) else {
            return;
        };
        if let Some(check) = stranger.check {
            self.door.checks.remove(&check.job);
        }
        if let Some(id) = stranger.guest {
            self.guest_gives_up(self.now, (conn, id), out);
        }
        self.door.lobby.leave(stranger.ticket);
        self.door.full_told &= self.door.lobby.is_crowded();
    }

    /// Nobody comes in any more by naming nobody and meaning one of these.
    pub(in crate::proxy) fn bar(&mut self, going: &BTreeSet<AccountId>) {
        for stranger in self.door.strangers.values_mut() {
            if stranger.host.is_some_and(|id| going.contains(&id)) {
                stranger.host = None;
                stranger.welcome = false;
            }
        }
    }

    /// The clients that have not logged in.
    pub(in crate::proxy) fn strangers(&self) -> Vec<ConnId> {
        self.clients_who(|_, client| !client.ready)
    }
}

fn turn_away(conn: ConnId, event: Option<Event>, out: &mut Outputs) {
    if let Some(event) = event {
        out.event(event);
    }
    out.push(Output::Close {
        conn,
        how: CloseHow::Abort,
    });
}
