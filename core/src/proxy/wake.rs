//! The proxy's reasons to wake up.
//! Never says when.

use super::AccountId;
use crate::io::ConnId;

/// Whom the proxy wakes up for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Wake {
    Account(AccountId),
    Client(ConnId, ClientWake),
    /// A failed transaction is to be tried again.
    Store,
    /// A probe has taken long enough.
    Probe,
    /// The drain has taken long enough.
    Drain,
}

/// What a client's connection wakes up for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum ClientWake {
    /// Its first bytes have not told what it speaks.
    Guess,
    /// It has not logged in.
    Login,
    /// The service has not said whether it may come in.
    Guest,
    /// Notices have waited long enough for it to say what it speaks.
    Open,
    /// Its command has waited long enough.
    Command,
    /// It has not said whether it takes a file.
    Slot,
    /// It takes nothing.
    Stall,
    /// It is to be told that its connection lives.
    Alive,
}

impl ClientWake {
    /// All of them.
    pub(super) const ALL: [Self; 8] = [
        Self::Guess,
        Self::Login,
        Self::Guest,
        Self::Open,
        Self::Command,
        Self::Slot,
        Self::Stall,
        Self::Alive,
    ];
}
