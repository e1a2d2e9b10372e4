//! What a link asks for and tells, as plain data.
//! Never acts on any of it.

use alloc::string::String;
use alloc::vec::Vec;

use super::{FetchError, FetchId, LaneId};
use crate::imo::notice::{Notice, Outcome, Refusal};
use crate::io::Origin;

/// Names one call until its [`LinkOutput::Done`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CallId(pub(super) u64);

/// How the link is, for whoever shows it to people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkStatus {
    /// It is not up, and nothing is being done about it.
    Offline,
    /// It is not up yet, or not any more, and tries to be.
    Connecting,
    /// The account is signed on.
    Online,
}

/// How many of the service's messages a session has taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Taken {
    pub(super) session: u64,
    pub(super) count: u64,
}

/// What a link asks for, or tells.
#[derive(Debug)]
pub enum LinkOutput {
    /// It wants to log in; answered with [`super::Link::admit`], at once or when others have logged in.
    AsksIn,
    /// Open the connection of a lane; answered with `Connected` or `Closed`.
    Connect(LaneId, Origin),
    /// Write to the connection of a lane.
    Send(LaneId, Vec<u8>),
    /// Close the connection of a lane at once; answered with `Closed`.
    Close(LaneId),
    /// A call is done, with what came of it as far as the service says, or refused.
    Done(CallId, Result<Outcome, Refusal>),
    /// A call that was done is refused after all, with its name on the wire. Only where the service tells no results
    /// ([`super::Link::has_results`]).
    TakenBack(CallId, String, Refusal),
    /// A picture has been fetched, or not.
    Fetched(FetchId, Result<Vec<u8>, FetchError>),
    /// The service has answered [`super::Link::ask_echo`], or does not.
    Echoed(bool),
    /// The service tells something.
    Notice(Notice),
    /// All notices up to here have been put out: [`super::Link::confirm`] is to be called with this once they cannot
    /// be lost any more.
    Took(Taken),
    /// The status is another one.
    Status(LinkStatus),
    /// Why the link is down, in words; once per cause.
    Down(String),
    /// The service refuses the password; nothing is tried until [`super::Link::start`].
    Refused,
    /// The service sent something that does not fit the protocol; the session goes on.
    Fault(String),
}
