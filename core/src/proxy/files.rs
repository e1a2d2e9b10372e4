//! Files between accounts, their clients and the driver: on this machine by name, to others through slots.
//! Never looks into a file or at its name.

use alloc::string::String;
use alloc::vec::Vec;

use super::{AccountId, ClientWake, Proxy};
use crate::account::{FileJob, Reach};
use crate::event::{Event, EventKind};
use crate::io::{ConnId, FileError, JobId, Outputs, Peer};
use crate::skype::{Reply, Tag};
use crate::time::Now;

/// What came of a file that an account wanted to have written or read.
pub(super) enum FileDone {
    Written(Result<(), FileError>),
    Read(Result<Vec<u8>, FileError>),
}

/// True if whoever connects from there sees the same files as this process.
pub(crate) const fn is_here(peer: Peer) -> bool {
    match peer {
        Peer::Net(address) => address.ip().to_canonical().is_loopback(),
        Peer::Embedded => true,
    }
}

impl Proxy {
    /// How files reach a client.
    pub(super) fn reach(&self, conn: ConnId) -> Reach {
        match self.clients.get(&conn) {
            Some((_, client)) if client.takes_files() => Reach::Slots,
            Some((_, client)) if client.is_here() => Reach::Files,
            Some(_) | None => Reach::Neither,
        }
    }

    /// The driver's name for a job of an account.
    pub(super) fn job(&mut self, id: AccountId, job: FileJob) -> JobId {
        let outer = JobId(self.next_job);
        self.next_job += 1;
        self.jobs.insert(outer, (id, job));
        outer
    }

    /// The driver has written or read a file, or has failed to.
    pub(super) fn file_done(&mut self, now: Now, job: JobId, done: FileDone, out: &mut Outputs) {
        let Some((id, job)) = self.jobs.remove(&job) else {
            return;
        };
        self.with_account(now, id, out, |account, _| match done {
            FileDone::Written(result) => account.file_written(job, result),
            FileDone::Read(result) => account.file_read(job, result),
        });
        // Those who waited for it are served at once; then it is used up.
        self.serve_attached(now, id, out);
        self.with_account(now, id, out, |account, _| account.forget_files());
    }

    /// Serves all clients of an account, for something that their commands may wait for has come.
    pub(super) fn serve_attached(&mut self, now: Now, id: AccountId, out: &mut Outputs) {
        let member = self.members.get(&id);
        let clients: Vec<ConnId> =
            member.map_or_else(Vec::new, |member| member.clients.iter().copied().collect());
        for conn in clients {
            self.serve(now, conn, out);
        }
    }

    /// Pushes a file to a client. Its next command waits until it has let the file come, or has refused it, and
    /// has been told `then`, or an error.
    pub(super) fn push_file(
        &mut self,
        now: Now,
        conn: ConnId,
        (name, bytes): (&str, &[u8]),
        (then, tag): (&Reply<'_>, Option<&Tag<'_>>),
    ) {
        let until = now.mono + self.terms.limits.slot_wait;
        if let Some((_, client)) = self.clients.get_mut(&conn) {
            client.push_file(name, bytes, then, tag);
            self.set_wake(conn, ClientWake::Slot, Some(until));
        }
    }

    /// A client has let a pushed file come, or has refused it.
    pub(super) fn file_taken(&mut self, conn: ConnId, taken: bool, out: &mut Outputs) {
        self.set_wake(conn, ClientWake::Slot, None);
        let Some((_, client)) = self.clients.get_mut(&conn) else {
            return;
        };
        if let Some(line) = client.file_taken(taken)
            && self.terms.verbose
        {
            out.event(Event::conn(EventKind::Reply, conn, String::from(line)));
        }
    }
}

#[cfg(test)]
mod tests;
