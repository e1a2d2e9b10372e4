//! The whole boundary between thinking and the world: what goes into a machine and what comes out.
//! Never decides anything: whoever reads only this file can write another driver.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;

use crate::event::Event;
use crate::secret::Secret;
use crate::store::{Query, Record, StoreError, StoreOp};
use crate::time::{Instant, Now};

mod file_error;
mod operator;
mod outputs;
mod proxy_fault;

pub use file_error::FileError;
pub use operator::{
    AccountSnapshot, AskId, Control, ProbeFault, Reloaded, Snapshot, UserError, UserOp, UserPage,
};
pub use outputs::Outputs;
pub use proxy_fault::ProxyFault;

/// Something that thinks: a state that turns inputs into outputs and touches nothing else.
///
/// The contract, for drivers and machines alike:
///
/// 1. [`Input::Start`] is the first input and comes once; `now` never goes back.
/// 2. [`Input::Closed`] is the last input for a connection and comes exactly once for each, also for those
///    that the machine closed itself and those that never came to be.
/// 3. After [`Output::Close`] a machine says nothing more about that connection.
/// 4. A [`Input::Tick`] that comes early is harmless; after one, [`Machine::deadline`] lies ahead of `now`.
/// 5. Outputs are performed in order, and a load sees every store that was asked for before it.
pub trait Machine {
    /// Takes one input and appends what is to be done about it to `out`. Cannot fail: peers' faults end in
    /// outputs, our own in a `debug_assert!`.
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs);

    /// When the machine wants a [`Input::Tick`] at the latest; `None` if it waits for nothing.
    fn deadline(&self) -> Option<Instant>;

    /// Panics if the machine has broken a promise about itself: a queue beyond its limit in
    /// [`Limits`](crate::config::Limits), books that do not add up. Simulations and fuzzers call it after every input,
    /// drivers for users never do: it looks at everything there is.
    fn check_invariants(&self) {}
}

/// Names one connection. Whoever opens it numbers it: the driver those it accepted, the machine those it asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConnId {
    /// A connection that somebody opened to one of our listeners.
    Client(u32),
    /// A connection that a machine asked for with [`Output::Connect`].
    Upstream(u32),
}

impl fmt::Debug for ConnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ConnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(n) => write!(f, "c{n}"),
            Self::Upstream(n) => write!(f, "u{n}"),
        }
    }
}

/// Names one listener of the configuration, in the order of its `listeners`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ListenerId(pub u32);

/// Names one [`Output::Store`] until its [`Input::Stored`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StoreId(pub u64);

/// Names one [`Output::Load`] until its [`Input::Loaded`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LoadId(pub u64);

/// Names one [`Output::Hash`], [`Output::Verify`], [`Output::WriteFile`] or [`Output::ReadFile`] until its answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct JobId(pub u64);

/// Who is at the other end of an accepted connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Peer {
    /// A socket, with the address of the other end.
    Net(SocketAddr),
    /// The other machine of the same process, through [`crate::pair::Pair`].
    Embedded,
}

/// Where a connection goes to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// The service in the same process.
    Embedded,
    /// A host on the network.
    Net {
        /// Host name or address literal, lower case, without brackets.
        host: String,
        /// TCP port.
        port: u16,
        /// Whether TLS, with verification, is spoken there.
        tls: bool,
    },
}

/// Why a connection is no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CloseCause {
    /// The machine closed it.
    Local,
    /// The peer ended it in good order.
    Peer,
    /// The peer or the network broke it off.
    Reset,
    /// Nobody listens there.
    Refused,
    /// No way leads there.
    Unreachable,
    /// No answer to the connection attempt in time.
    TimedOut,
    /// The name has no address.
    NoSuchHost,
    /// The peer's certificate is not trusted, is for another name, or is out of date.
    Untrusted,
    /// TLS failed in another way.
    Tls,
    /// The way leads through a proxy, which did not open it.
    Proxy(ProxyFault),
    /// The driver stopped it for want of a resource (open files, for instance).
    Exhausted,
}

impl CloseCause {
    /// The cause in words that fit behind "cannot reach HOST: ".
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::Local => "closed by this side",
            Self::Peer => "closed by the other side",
            Self::Reset => "connection reset",
            Self::Refused => "connection refused",
            Self::Unreachable => "network unreachable",
            Self::TimedOut => "connection attempt timed out",
            Self::NoSuchHost => "no such host",
            Self::Untrusted => {
                "its certificate is not trusted (a private authority is added with --ca-file)"
            }
            Self::Tls => "TLS handshake failed",
            Self::Proxy(fault) => fault.explain(),
            Self::Exhausted => "out of system resources",
        }
    }
}

/// How a connection is to be closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CloseHow {
    /// When all that was sent has left our buffers.
    AfterFlush,
    /// At once; what was not sent is dropped.
    Abort,
}

/// What the world tells a machine.
#[derive(Debug)]
pub enum Input<'a> {
    /// The first input of all.
    Start,
    /// Somebody has connected (and TLS, where configured, is up).
    Accepted {
        /// The new connection.
        conn: ConnId,
        /// Which listener took it.
        listener: ListenerId,
        /// Who it is.
        peer: Peer,
    },
    /// Our [`Output::Connect`] has succeeded, TLS included.
    Connected {
        /// The connection asked for.
        conn: ConnId,
    },
    /// Bytes have come in; never empty.
    Received {
        /// From where.
        conn: ConnId,
        /// The bytes, after TLS.
        bytes: &'a [u8],
    },
    /// Bytes of earlier [`Output::Send`]s have left our buffers.
    Sent {
        /// To where.
        conn: ConnId,
        /// How many since the last such input.
        count: usize,
    },
    /// The connection is no more. Its last input.
    Closed {
        /// Which one.
        conn: ConnId,
        /// Why.
        cause: CloseCause,
    },
    /// The answer to an [`Output::Load`].
    Loaded {
        /// The question.
        load: LoadId,
        /// The records of all its queries, in order.
        result: Result<Vec<Record>, StoreError>,
    },
    /// The answer to an [`Output::Store`]: all of it is durable now, or none of it was done.
    Stored {
        /// The transaction.
        op: StoreId,
        /// Whether it is durable.
        result: Result<(), StoreError>,
    },
    /// The answer to an [`Output::Hash`].
    Hashed {
        /// The job.
        job: JobId,
        /// The hash with its parameters, as a PHC string.
        hash: String,
    },
    /// The answer to an [`Output::Verify`].
    Verified {
        /// The job.
        job: JobId,
        /// Whether the secret belongs to the hash.
        ok: bool,
    },
    /// The answer to an [`Output::WriteFile`].
    FileWritten {
        /// The job.
        job: JobId,
        /// Whether the file is there, with all its bytes.
        result: Result<(), FileError>,
    },
    /// The answer to an [`Output::ReadFile`].
    FileRead {
        /// The job.
        job: JobId,
        /// All bytes of the file.
        result: Result<Vec<u8>, FileError>,
    },
    /// The operator wants something.
    Control(Control),
    /// The time of [`Machine::deadline`] has come.
    Tick,
}

/// What a machine asks of the world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Output {
    /// Open a connection; answered by [`Input::Connected`] or [`Input::Closed`].
    Connect {
        /// The machine's name for it.
        conn: ConnId,
        /// Where to.
        origin: Origin,
    },
    /// Write bytes, after what was sent before. One `Send` is one TLS write.
    Send {
        /// To where.
        conn: ConnId,
        /// The bytes; hand the buffer back with [`Outputs::give_back`].
        bytes: Vec<u8>,
    },
    /// Stop or resume reading from a peer.
    Reading {
        /// Which connection.
        conn: ConnId,
        /// Whether to read.
        on: bool,
    },
    /// Close a connection; answered by [`Input::Closed`].
    Close {
        /// Which one.
        conn: ConnId,
        /// How.
        how: CloseHow,
    },
    /// Answer queries from the store; answered by [`Input::Loaded`].
    Load {
        /// Name of the question.
        load: LoadId,
        /// The queries; their records come back one after the other.
        queries: Vec<Query>,
    },
    /// Make changes durable in one transaction, in order; answered by [`Input::Stored`].
    Store {
        /// Name of the transaction.
        op: StoreId,
        /// The changes, shared with the machine so that it can ask again after a failure.
        changes: Arc<Vec<StoreOp>>,
    },
    /// Hash a password with a fresh salt; answered by [`Input::Hashed`].
    Hash {
        /// Name of the job.
        job: JobId,
        /// The password.
        secret: Secret,
    },
    /// Check a password against a hash; answered by [`Input::Verified`]. An unreadable hash costs the same
    /// time as a wrong password and gives `false`.
    Verify {
        /// Name of the job.
        job: JobId,
        /// The password.
        secret: Secret,
        /// The hash, a PHC string.
        hash: String,
    },
    /// Write a whole file for a client on this machine; answered by [`Input::FileWritten`].
    ///
    /// Only the driver knows the one folder that files may lie in, if there is one. It refuses every name that
    /// is not below that folder, or leads out of it. An empty file that is there already is replaced, any other
    /// is not; nobody ever sees half a file.
    WriteFile {
        /// Name of the job.
        job: JobId,
        /// The path as the client has written it; if relative, it begins in the folder.
        name: String,
        /// What shall be in it.
        bytes: Vec<u8>,
    },
    /// Read a whole file of a client on this machine; answered by [`Input::FileRead`]. Names are as for
    /// [`Output::WriteFile`].
    ReadFile {
        /// Name of the job.
        job: JobId,
        /// The path as the client has written it.
        name: String,
        /// Longest file that is wanted, in bytes.
        max: usize,
    },
    /// A call came or is made: start what the operator has configured for that, if anything. No answer.
    RunCallHandler {
        /// Who calls or is called.
        peer: String,
        /// The number that clients know the call by.
        call: u32,
        /// Whether the peer calls.
        incoming: bool,
    },
    /// The answer to [`Control::Status`].
    Status(Snapshot),
    /// The answer to [`Control::Users`]; what was asked for is durable.
    Users {
        /// The question.
        ask: AskId,
        /// Handles where they were asked for, otherwise an empty page; or why nothing was done.
        result: Result<UserPage, UserError>,
    },
    /// The answer to [`Control::Probe`].
    Probed {
        /// The question.
        ask: AskId,
        /// Why a message would not get through, if it would not.
        result: Result<(), ProbeFault>,
    },
    /// The answer to [`Control::Lift`].
    Lifted {
        /// How many addresses were locked out of the account and no longer are.
        addresses: usize,
    },
    /// The answer to [`Control::Reload`].
    Reloaded(Reloaded),
    /// The drain is complete; the driver exits.
    Stopped,
    /// Something happened that logs and metrics want to know.
    Event(Event),
}
