//! What the proxy says to its clients: replies, notices, that their connections live; and when it leaves.
//! Never decides what is said, or to whom.

use alloc::string::String;
use core::time::Duration;

use super::{AccountId, ClientWake, Proxy};
use crate::client::Client;
use crate::config::Limits;
use crate::event::{Event, EventKind};
use crate::io::{ConnId, Output, Outputs};
use crate::skype::{Reply, Tag};
use crate::time::Now;

/// How often a client is told that its connection lives.
pub(super) fn keep_alive_every(limits: &Limits) -> Duration {
    limits.keep_alive_every.max(Duration::from_secs(1))
}

impl Proxy {
    pub(super) fn reply(
        &mut self,
        conn: ConnId,
        reply: &Reply<'_>,
        tag: Option<&Tag<'_>>,
        out: &mut Outputs,
    ) {
        let Some((_, client)) = self.clients.get_mut(&conn) else {
            return;
        };
        let line = client.say(reply, tag);
        if self.terms.verbose {
            out.event(Event::conn(EventKind::Reply, conn, String::from(line)));
        }
    }

    /// Says something to every client of an account that is open for notices.
    pub(super) fn notice(&mut self, id: AccountId, reply: &Reply<'_>, out: &mut Outputs) {
        let member = self.members.get(&id);
        for conn in member.into_iter().flat_map(|member| &member.clients) {
            let Some((_, client)) = self.clients.get_mut(conn) else {
                continue;
            };
            if say_unasked(client, (*conn, self.terms.verbose), reply, out) {
                self.dirty.insert(*conn);
            }
        }
    }

    /// Says something to one client, if it is open for notices.
    pub(super) fn notice_to(&mut self, conn: ConnId, reply: &Reply<'_>, out: &mut Outputs) {
        if let Some((_, client)) = self.clients.get_mut(&conn)
            && say_unasked(client, (conn, self.terms.verbose), reply, out)
        {
            self.dirty.insert(conn);
        }
    }

    /// Tells a client that its connection lives, if its transport has words for that.
    pub(super) fn keep_alive(&mut self, now: Now, conn: ConnId) {
        if let Some((_, client)) = self.clients.get_mut(&conn)
            && client.keep_alive()
        {
            self.dirty.insert(conn);
            let next = now.mono + keep_alive_every(&self.terms.limits);
            self.set_wake(conn, ClientWake::Alive, Some(next));
        }
    }

    /// Sends what is queued for a client, and decides whether it is read from.
    pub(super) fn flush(&mut self, now: Now, conn: ConnId, out: &mut Outputs) {
        let Some((id, client)) = self.clients.get_mut(&conn) else {
            return;
        };
        if client.closing {
            return;
        }
        let told = id.filter(|_| client.open && !self.behind.contains(&conn));
        let member = told.and_then(|id| self.members.get(&id));
        if let Some(mark) = member.and_then(|member| member.account.told()) {
            client.mark(mark);
        }
        while let Some(bytes) = client.take_queued(now.mono, || out.buffer()) {
            out.push(Output::Send { conn, bytes });
        }
        let soft = self.terms.limits.unsent_bytes_soft;
        let bound = if client.paused { soft / 2 } else { soft };
        let pause = client.waiting.is_some() || client.unsent() > bound;
        if core::mem::replace(&mut client.paused, pause) != pause {
            out.push(Output::Reading { conn, on: !pause });
        }
        let stalled = client
            .stalled_since()
            .map(|since| since + self.terms.limits.client_stall);
        let too_much = client.unsent_notices() > self.terms.limits.unsent_bytes;
        self.set_wake(conn, ClientWake::Stall, stalled);
        if too_much {
            self.fault(conn, "it takes its notices too slowly", out);
        }
    }
}

/// Queues a notice for a client that is open for such. False if it is not.
fn say_unasked(
    client: &mut Client,
    (conn, verbose): (ConnId, bool),
    reply: &Reply<'_>,
    out: &mut Outputs,
) -> bool {
    if !client.open || client.closing {
        return false;
    }
    let line = client.say_unasked(reply);
    if verbose {
        out.event(Event::conn(EventKind::Reply, conn, String::from(line)));
    }
    true
}

#[cfg(test)]
mod tests;
