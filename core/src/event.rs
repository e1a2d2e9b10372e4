//! What happened, told to logs and metrics: the core's only output for humans.
//! Never carries a secret, and never a byte dump (recorders see the inputs and outputs themselves).

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use crate::io::ConnId;

/// How much an event matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Of use only to whoever looks for a fault.
    Debug,
    /// Commands and replies, shown with `-v`.
    Verbose,
    /// Worth a line in any log.
    Info,
    /// Something is wrong that mends itself or harms one peer only.
    Warn,
    /// Somebody has to act.
    Error,
}

/// The closed list of things that happen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum EventKind {
    /// A client came to an account.
    ClientAttached,
    /// A client left.
    ClientLeft,
    /// A client gave a wrong access password.
    ClientRefused,
    /// A client broke the framing of its transport, or a limit.
    ClientFault,
    /// A command line from a client.
    Command,
    /// A line to a client.
    Reply,
    /// The link of an account is up.
    LinkOnline,
    /// The link of an account is down; the detail says why. Put out once per cause until all is well again, not per attempt.
    LinkDown,
    /// The service refuses the account's password; no further attempt is made by itself.
    LoginRefused,
    /// The service refused something that was asked of it.
    CallRefused,
    /// The service sent something that does not fit the protocol. Put out once per kind of fault and session.
    UpstreamFault,
    /// The store failed; it is tried again.
    StoreFailed,
    /// The store works again.
    StoreRecovered,
    /// The service made an account.
    AccountCreated,
    /// The operator gave an account of the service another password.
    AccountChanged,
    /// The operator took an account of the service away.
    AccountRemoved,
    /// The operator let in again who was locked out of an account.
    LockoutLifted,
    /// The service opened a session.
    SessionOpened,
    /// The service ended a session.
    SessionEnded,
    /// The service refused a login.
    SessionRefused,
    /// Somebody sent the service what is no proper request.
    RequestFault,
    /// A call came or is made, and what was done about it.
    Call,
    /// The call handler of the operator could not be run.
    CallHandlerFailed,
    /// The operator has given the process another configuration.
    Reloaded,
    /// A new configuration cannot be used; the one before holds.
    ReloadFailed,
    /// A recording has begun, or has ended because somebody wanted it to.
    Recording,
    /// A recording has ended though nobody wanted it to.
    RecordingFailed,
    /// The system has no files or memory left for us; what needs them waits.
    Exhausted,
    /// We broke the contract of [`crate::io::Machine`] ourselves.
    Misuse,
}

impl EventKind {
    /// How much events of this kind matter.
    #[must_use]
    pub const fn level(self) -> Level {
        match self {
            Self::Command | Self::Reply => Level::Verbose,
            Self::ClientAttached
            | Self::ClientLeft
            | Self::LinkOnline
            | Self::AccountCreated
            | Self::AccountChanged
            | Self::AccountRemoved
            | Self::LockoutLifted
            | Self::StoreRecovered
            | Self::Reloaded
            | Self::Recording
            | Self::Call => Level::Info,
            Self::SessionOpened | Self::SessionEnded | Self::RequestFault => Level::Debug,
            Self::ClientRefused
            | Self::ClientFault
            | Self::LinkDown
            | Self::CallRefused
            | Self::UpstreamFault
            | Self::CallHandlerFailed
            | Self::RecordingFailed
            | Self::Exhausted
            | Self::SessionRefused => Level::Warn,
            Self::LoginRefused | Self::ReloadFailed | Self::StoreFailed | Self::Misuse => {
                Level::Error
            }
        }
    }
}

/// Whom an event is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum About {
    /// The process as a whole.
    Process,
    /// One connection.
    Conn(ConnId),
    /// One account, by its name.
    Account(String),
}

/// Something that happened. `Display` gives the line for a log, without level and time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// To whom.
    pub about: About,
    /// The rest in words: whose fault, and what to do.
    pub detail: Cow<'static, str>,
}

impl Event {
    /// An event about the process.
    pub fn process(kind: EventKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            about: About::Process,
            detail: detail.into(),
        }
    }

    /// An event about a connection.
    pub fn conn(kind: EventKind, conn: ConnId, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            about: About::Conn(conn),
            detail: detail.into(),
        }
    }

    /// An event about an account.
    pub fn account(kind: EventKind, name: &str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            about: About::Account(name.into()),
            detail: detail.into(),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = &self.detail;
        match &self.about {
            About::Process => f.write_str(detail),
            About::Account(name) => write!(f, "{name}: {detail}"),
            About::Conn(conn @ ConnId::Upstream(_)) => write!(f, "{conn}: {detail}"),
            About::Conn(ConnId::Client(number)) if self.kind == EventKind::Command => {
                write!(f, "{number:03}< [{detail}]")
            }
            About::Conn(ConnId::Client(number)) if self.kind == EventKind::Reply => {
                write!(f, "{number:03}> {detail}")
            }
            About::Conn(ConnId::Client(number)) => write!(f, "{number:03}: {detail}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_connection_goes_by_the_same_number_in_all_its_lines() {
        let line = |kind, number, text| {
            Event::conn(kind, ConnId::Client(number), Cow::Borrowed(text)).to_string()
        };
        assert_eq!(line(EventKind::Command, 7, "PING"), "007< [PING]");
        assert_eq!(line(EventKind::Reply, 7, "PONG"), "007> PONG");
        assert_eq!(line(EventKind::ClientLeft, 7, "gone"), "007: gone");
        assert_eq!(line(EventKind::Reply, 12345, "PONG"), "12345> PONG");
    }
}
