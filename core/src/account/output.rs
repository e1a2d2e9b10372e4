//! What goes between an account and the proxy: what it asks for, and what comes of a command.
//! Never does any of it.

use alloc::string::String;
use alloc::vec::Vec;

use super::files::FileJob;

use crate::event::Event;
use crate::imo::link::{LaneId, LinkOutput};
use crate::io::{ConnId, Origin};
use crate::journal::{Journal, Ticket};
use crate::skype::Reply;
use crate::store::Query;
use crate::time::{Instant, Now};

/// What an account asks of the proxy.
#[derive(Debug)]
pub(crate) enum AccountOutput {
    /// It wants to log in to its service; answered with [`super::Account::admit`].
    AsksIn,
    /// Open the connection of a lane.
    Connect(LaneId, Origin),
    /// Write to the connection of a lane.
    Send(LaneId, Vec<u8>),
    /// Close the connection of a lane.
    Close(LaneId),
    /// Say this to every client.
    Notice(Reply<'static>),
    /// Say this to one client.
    Tell(ConnId, Reply<'static>),
    /// Say to every client what [`super::Account::catch_up`] has for it.
    CatchUp,
    /// Read from the store; answered by [`super::Account::loaded`].
    Load(Topic, Vec<Query>),
    /// Write these bytes to a client's file of this name; answered by [`super::Account::file_written`].
    WriteFile(FileJob, String, Vec<u8>),
    /// Read a client's file of this name, up to so many bytes; answered by [`super::Account::file_read`].
    ReadFile(FileJob, String, usize),
    /// A call came or is made: its peer, its number, and whether it comes in.
    RunCallHandler(String, u32, bool),
    /// The service has answered [`super::Account::ask_service`], or does not.
    ServiceAnswered(bool),
    /// Something that a client's command waits for has happened.
    Wake,
    /// Call [`super::Account::durable`] once this is durable.
    Await(Ticket),
    /// Something happened.
    Event(Event),
}

/// What a load is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Topic {
    /// All that an account needs to come online.
    State,
    /// Own messages that the service has not taken.
    Unsent,
    /// One message.
    Message(u32),
    /// The messages that are kept.
    History,
    /// The oldest messages, of which some are to be dropped.
    Oldest,
}

/// What comes of a command.
#[derive(Debug)]
pub(crate) enum Answer<'a> {
    /// This reply.
    Reply(Reply<'a>),
    /// To a client with [`super::Reach::Slots`] the file of this name with these bytes, then the reply; an error instead if
    /// it does not let it in.
    File(&'a str, Vec<u8>, Reply<'a>),
    /// Nothing yet: ask again at the next [`AccountOutput::Wake`], or when this time has come.
    Wait(Option<Instant>),
}

/// What an account says of a password that a client has given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Judgement<'a> {
    /// It is right.
    Right,
    /// It is wrong.
    Wrong,
    /// It is right if this hash is its.
    Hashed(&'a str),
}

/// What an account needs to act: the time, where changes go, where outputs go.
pub(crate) struct Scene<'a> {
    /// Now.
    pub(crate) now: Now,
    /// Where changes go.
    pub(crate) journal: &'a mut Journal,
    /// Where outputs go.
    pub(crate) out: &'a mut Vec<AccountOutput>,
    /// An empty list for what the link says, kept for its memory.
    pub(crate) link_said: &'a mut Vec<LinkOutput>,
}

impl Scene<'_> {
    /// Says something to every client.
    pub(super) fn notice(&mut self, reply: Reply<'static>) {
        self.out.push(AccountOutput::Notice(reply));
    }
}
