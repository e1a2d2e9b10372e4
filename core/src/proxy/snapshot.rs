//! How the daemon stands, for its operator.
//! Never tells what anybody says.

use super::Proxy;
use crate::io::Snapshot;

impl Proxy {
    /// How things stand here.
    pub(super) fn snapshot(&self) -> Snapshot {
        let members = self.members.values();
        Snapshot::Proxy {
            strangers: self.door.strangers(),
            accounts: members
                .map(|member| member.account.snapshot(member.clients.len()))
                .collect(),
        }
    }
}
