//! What whoever operates the process asks of a machine, and what the machine answers.
//! Never carries a secret but the passwords of accounts that are to be made or changed.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::config::Config;
use crate::secret::Secret;

/// Names one [`Control::Users`] or [`Control::Probe`] until its answer. The driver gives it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AskId(pub u64);

/// A request from whoever operates the process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Control {
    /// Say goodbye to everybody, store what is left, then put out [`super::Output::Stopped`].
    Drain,
    /// Say how things stand: each machine of the process answers with one [`super::Output::Status`], at once.
    Status,
    /// Find out whether a message would get through now: whether a record becomes durable, and whether each service
    /// answers to an account that is online there. Answered by [`super::Output::Probed`] after five seconds at the latest.
    Probe {
        /// The driver's name for it.
        ask: AskId,
    },
    /// Do something about the accounts of the service; answered by [`super::Output::Users`] when it is durable.
    Users {
        /// The driver's name for it.
        ask: AskId,
        /// What.
        op: UserOp,
    },
    /// Forget the failed logins of an account, so that whoever is locked out of it may try again: each machine of the
    /// process answers with one [`super::Output::Lifted`], at once.
    Lift {
        /// What clients call it, or its handle at the service.
        account: String,
    },
    /// Be what this configuration says from now on; answered by one [`super::Output::Reloaded`], at once. Accounts that it
    /// leaves as they are notice nothing. Listeners keep their places, those that are closed included; limits stay what
    /// they were at the start.
    Reload(Box<Config>),
}

/// What a new configuration has changed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Reloaded {
    /// Accounts that were not there before.
    pub added: usize,
    /// Accounts of which something is different now.
    pub changed: usize,
    /// Accounts that are no more; users who were let in without being configured are not counted.
    pub removed: usize,
    /// Accounts that are as they were.
    pub untouched: usize,
}

/// Something that is to be done about the accounts of a service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UserOp {
    /// Make an account.
    Add {
        /// Its handle.
        name: String,
        /// Its password.
        password: Secret,
    },
    /// Give an account another password. Sessions that are signed on stay.
    SetPassword {
        /// Its handle.
        name: String,
        /// The new password.
        password: Secret,
    },
    /// Take an account away with all that is kept of it. Nobody can register its name; only [`UserOp::Add`] gives it
    /// out again.
    Remove {
        /// Its handle.
        name: String,
    },
    /// Name accounts in the order of their handles.
    List {
        /// Only those behind this handle; empty for all.
        after: String,
    },
}

/// Some handles, in their order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct UserPage {
    /// The handles.
    pub names: Vec<String>,
    /// What to give [`UserOp::List`] next; `None` if there are no more.
    pub next: Option<String>,
}

/// Why a [`UserOp`] was not done. Nothing has changed then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UserError {
    /// There is no service in this process.
    NoService,
    /// That cannot be a handle.
    BadName,
    /// The password is empty or too long.
    BadPassword,
    /// There is an account of that name.
    Exists,
    /// There is no account of that name.
    Unknown,
    /// Too many such requests are under way.
    Busy,
    /// The store cannot be read.
    Store,
}

impl UserError {
    /// The error in words: whose fault, and what to do.
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::NoService => {
                "this daemon uses a service elsewhere, which keeps the accounts; ask its operator"
            }
            Self::BadName => {
                "a handle is 1 to 32 letters (a-z), digits, '.', ',', '-', '_', the first a letter, and not echo123"
            }
            Self::BadPassword => "a password has 1 to 1024 bytes",
            Self::Exists => "there is an account of that name already",
            Self::Unknown => "there is no account of that name",
            Self::Busy => "too many such requests are under way; try again",
            Self::Store => "the store cannot be read at the moment; try again",
        }
    }
}

/// Why a message would not get through now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProbeFault {
    /// What is written does not become durable.
    Store,
    /// A service does not answer.
    Service,
    /// The machine comes to an end.
    Ending,
    /// That is not known: too many ask at a time.
    Busy,
}

impl ProbeFault {
    /// The fault in words.
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::Store => "the store does not take a record in time",
            Self::Service => "a service does not answer in time",
            Self::Ending => "the process is about to end",
            Self::Busy => "too many ask at once",
        }
    }
}

/// How things stand in one machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Snapshot {
    /// In the daemon.
    Proxy {
        /// Connections of clients that have not logged in.
        strangers: usize,
        /// Its accounts, in the order of the configuration, then users of the service who have been let in.
        accounts: Vec<AccountSnapshot>,
    },
    /// In the service.
    Service {
        /// Connections.
        connections: usize,
        /// Sessions, signed on or not.
        sessions: usize,
        /// Sessions that have no account.
        strangers: usize,
    },
}

/// How things stand with one account of the daemon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountSnapshot {
    /// Its name in the configuration.
    pub name: String,
    /// Its session with the service: `online`; `connecting`, which goes on until it is; `refused` by the service; or
    /// `offline` because nobody wants it.
    pub link: &'static str,
    /// Clients that have logged in.
    pub clients: usize,
    /// Texts that the service has not taken yet.
    pub unsent: usize,
}
