//! How the daemon stands, for its operator.
//! Never tells what anybody says.

use super::Proxy;
use crate::io::Snapshot;

impl Proxy {
    /// How things stand here.
    pub(super) fn snapshot(&self) -> Snapshot {
        let accounts = self.accounts.iter().zip(&self.attached);
        Snapshot::Proxy {
            strangers: self.strangers,
            accounts: accounts
                .map(|(account, clients)| account.snapshot(clients.len()))
                .collect(),
        }
    }
}
