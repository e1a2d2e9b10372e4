//! What the daemon tells its operator, and does for him: how it stands, and whom it lets in again.
//! Never tells what anybody says.

use alloc::string::String;

use super::{Member, Proxy};
use crate::io::{Output, Outputs, Snapshot};
use crate::time::Now;

impl Proxy {
    /// Forgets the failed logins of an account, called as at the door.
    pub(super) fn lift(&mut self, now: Now, account: &str, out: &mut Outputs) {
        let member = self.find(account).and_then(|id| self.members.get(&id));
        let name = match member {
            Some(member) => Some(member.account.name().into()),
            None => self.guest_named(account),
        };
        let addresses = name.map_or(0, |name: String| self.door.lift(now, &name));
        out.push(Output::Lifted { addresses });
    }

    /// How things stand here.
    pub(super) fn snapshot(&self) -> Snapshot {
        let is_in = |member: &&Member| member.guest.as_ref().is_none_or(|guest| guest.accepted);
        let members = self.members.values().filter(is_in);
        Snapshot::Proxy {
            strangers: self.door.strangers(),
            accounts: members
                .map(|member| member.account.snapshot(member.clients.len()))
                .collect(),
        }
    }
}
