//! The words for being there or not: of the own user and of contacts, and of the link to the network.
//! Never maps them to what a service calls presence: that is the account's.

use super::words::words;

words! {
    /// What a user is shown as: `USERSTATUS` of the own user, `ONLINESTATUS` of everybody.
    Status {
        /// Not known. Some clients delete a contact shown so: prefer [`Status::Offline`] for contacts.
        Unknown = "UNKNOWN",
        /// There.
        Online = "ONLINE",
        /// Not there.
        Offline = "OFFLINE",
        /// There and glad to hear from strangers; since protocol 2.
        SkypeMe = "SKYPEME",
        /// Away for a while.
        Away = "AWAY",
        /// Away for long.
        NotAvailable = "NA",
        /// Not to be disturbed.
        DoNotDisturb = "DND",
        /// There, but shown to others as offline.
        Invisible = "INVISIBLE",
        /// Signed off for good; the own user only.
        LoggedOut = "LOGGEDOUT",
    }
}

impl Status {
    /// The word as `ONLINESTATUS` in a protocol version: the first one has no `SKYPEME`.
    #[must_use]
    pub const fn name_in(self, protocol: u8) -> &'static str {
        match self {
            Self::SkypeMe if protocol < 2 => Self::Online.name(),
            Self::Unknown
            | Self::Online
            | Self::Offline
            | Self::SkypeMe
            | Self::Away
            | Self::NotAvailable
            | Self::DoNotDisturb
            | Self::Invisible
            | Self::LoggedOut => self.name(),
        }
    }
}

words! {
    /// How the link to the network is.
    ConnStatus {
        /// Down.
        Offline = "OFFLINE",
        /// Being made.
        Connecting = "CONNECTING",
        /// Going down.
        Pausing = "PAUSING",
        /// Up.
        Online = "ONLINE",
        /// Down for good.
        LoggedOut = "LOGGEDOUT",
    }
}
