//! What a machine is told when it is made: listeners, accounts, limits, as plain data.
//! Never reads a file or an argument: drivers turn those into this.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

mod limits;

pub use limits::Limits;

use crate::io::Origin;
use crate::secret::Secret;

/// The framing that a listener's clients speak.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum WireKind {
    /// Four-byte little-endian length, then text; length 0 starts a command (`core/docs/client-transports.md`).
    SkypeProxy,
    /// One-byte length, then text.
    Len8,
    /// Text that ends with byte 23, after a login with name and password.
    Skypenet,
    /// Lines, after a login with name and password. Whether TLS is around it is the driver's business.
    Skyped,
    /// Any of the others: the first bytes tell.
    Auto,
}

impl WireKind {
    /// Its name on the command line and in start-up lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SkypeProxy => "skypeproxy",
            Self::Len8 => "len8",
            Self::Skypenet => "skypenet",
            Self::Skyped => "skyped",
            Self::Auto => "auto",
        }
    }
}

/// The form of the imo protocol that a service speaks (`core/docs/imo-protocol.md`, "Dialects").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum DialectKind {
    /// That of 2010 to 2012.
    V0,
    /// That of 2012 and later.
    #[default]
    V1,
}

impl DialectKind {
    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V0 => "v0",
            Self::V1 => "v1",
        }
    }
}

/// One listener of the daemon; its place in [`Config::listeners`] is its `ListenerId`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listener {
    /// What its clients speak.
    pub kind: WireKind,
    /// Name of the account that a client means that names none; without one it must name its own.
    pub account: Option<String>,
    /// Whether an account without an access password is open to clients elsewhere, too.
    pub open: bool,
}

impl Listener {
    /// Whether a client that means an account without naming it is let in without a password: that account has this
    /// access password; `here` says whether the client runs on this machine.
    pub(crate) const fn welcomes(&self, access: Option<&Access>, here: bool) -> bool {
        access.is_none() && (here || self.open)
    }
}

/// What a client has to give before it is heard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Access {
    /// This password.
    Plain(Secret),
    /// A password with this hash, a PHC string; it is checked by [`crate::io::Output::Verify`].
    Hash(String),
}

/// Where an account's service is, and how it is spoken to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upstream {
    /// The host, or the embedded service.
    pub origin: Origin,
    /// The path of the base URL: begins and ends with `/`.
    pub path: String,
    /// What it speaks.
    pub dialect: DialectKind,
}

impl Upstream {
    /// The service in the same process.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            origin: Origin::Embedded,
            path: "/".into(),
            dialect: DialectKind::default(),
        }
    }
}

impl Access {
    /// The password, where it is known.
    #[must_use]
    pub const fn plain(&self) -> Option<&Secret> {
        match self {
            Self::Plain(secret) => Some(secret),
            Self::Hash(_) => None,
        }
    }
}

impl From<&str> for Access {
    fn from(password: &str) -> Self {
        Self::Plain(password.into())
    }
}

/// One account of the daemon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountConfig {
    /// What its clients call it; also its name in the store.
    pub name: String,
    /// Who that is upstream.
    pub username: String,
    /// The password upstream.
    pub password: Secret,
    /// What a client must give before it is heard. `None`: the password upstream where it is asked for one, nothing if
    /// it runs on this machine and says nothing.
    pub access: Option<Access>,
    /// Where its service is, and what that speaks.
    pub upstream: Upstream,
}

/// Who may log in without being one of the accounts: with a user's own name and password at a service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passthrough {
    /// Where that service is, and what it speaks.
    pub upstream: Upstream,
    /// Whether a first login may make the user an account there.
    pub register: bool,
}

/// All that the [`crate::proxy::Proxy`] is told.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Config {
    /// The listeners, by `ListenerId`.
    pub listeners: Vec<Listener>,
    /// The accounts.
    pub accounts: Vec<AccountConfig>,
    /// Whether commands and replies become events.
    pub verbose: bool,
    /// Whether messages carry the time of their arrival here instead of the service's.
    pub local_time: bool,
    /// How long an account without clients stays signed on; `None`: for ever.
    pub linger: Option<Duration>,
    /// Set if users may log in who are none of the accounts.
    pub passthrough: Option<Passthrough>,
    /// Accounts stay signed on whatever clients say: one that goes offline does so alone.
    pub always_on: bool,
    /// Whether an account that is always on is away while no client is there.
    pub away_when_detached: bool,
    /// The limits.
    pub limits: Limits,
}

impl Config {
    /// Who may register at a service in the same process. Accounts that are always on need not: the process vouches for
    /// them.
    #[must_use]
    pub fn registration(&self) -> Registration {
        let guests = self.passthrough.as_ref();
        if !self.always_on || guests.is_some_and(|guests| guests.register) {
            Registration::Embedded
        } else {
            Registration::Closed
        }
    }
}

/// Who may become an account of the [`crate::imo::service::Service`] by logging in for the first time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Registration {
    /// Nobody.
    Closed,
    /// Whoever comes through the embedded pipe.
    Embedded,
    /// Anybody.
    Open,
}

/// How much of [`Limits::poll_wait`] the service in the same process holds a poll, in sixths.
const EMBEDDED_HOLD: u32 = 5;

/// All that the [`crate::imo::service::Service`] is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceConfig {
    /// Who may register.
    pub registration: Registration,
    /// How long a poll is held; at most 30 s where old clients come, which give up after 40.
    pub poll_hold: Duration,
    /// The limits.
    pub limits: Limits,
}

impl ServiceConfig {
    /// The service in the same process as a daemon. Its only clients are accounts of that daemon, whose patience is known:
    /// polls are held longer, so that accounts to which nothing happens cost less.
    #[must_use]
    pub fn embedded(daemon: &Config) -> Self {
        Self {
            registration: daemon.registration(),
            poll_hold: daemon.limits.poll_wait * EMBEDDED_HOLD / 6,
            limits: daemon.limits.clone(),
        }
    }
}

impl Default for ServiceConfig {
    fn default() -> Self {
        Self {
            registration: Registration::Closed,
            poll_hold: Duration::from_secs(25),
            limits: Limits::default(),
        }
    }
}
