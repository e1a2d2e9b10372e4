//! Applications between clients: properties, streams, and what can be done to an application.
//! Never tells one application from another, and carries no data.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Applications".

use core::fmt::{self, Display};

use super::command::Command;
use super::error::ErrorReply;
use super::lex::Cursor;
use super::reply::Reply;
use super::value::{Value, join};
use super::verbs::Parsed;
use super::words::Source::Served;
use super::words::{properties, words};
use crate::handle::is_handle;

/// The longest name of an application, in bytes.
const NAME_BYTES: usize = 32;

properties! {
    /// What can be asked about an application: all of them lists.
    ApplicationProperty {
        /// The handles of who could be connected to.
        Connectable = "CONNECTABLE", 5, Text, Served("");
        /// The handles of who is being connected to.
        Connecting = "CONNECTING", 5, Text, Served("");
        /// The streams.
        Streams = "STREAMS", 5, Text, Served("");
        /// The streams with how many bytes are going out: `nora:1=20`.
        Sending = "SENDING", 5, Text, Served("");
        /// The streams with how many bytes came in: `nora:1=20`.
        Received = "RECEIVED", 5, Text, Served("");
    }
}

impl ApplicationProperty {
    /// The list of `items` as this property writes it: with a space between each two.
    #[must_use]
    pub fn list<T: Display>(self, items: impl IntoIterator<Item = T>) -> Value<'static> {
        join(items, " ").into()
    }
}

/// One connection of an application: with whom, and the how manieth. Said as `nora:1`.
///
/// A number with zeros in front is no stream: no stream was ever called so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stream<U> {
    /// With whom: a handle, borrowed in commands.
    pub user: U,
    /// Its number.
    pub number: u32,
}

impl<U: Display> Display for Stream<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.user, self.number)
    }
}

impl<'a> Stream<&'a str> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (user, digits) = text.rsplit_once(':')?;
        let number = super::lex::canonical_number(digits)?;
        is_handle(user).then_some(Self { user, number })
    }
}

/// What `ALTER APPLICATION` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ApplicationAction<'a> {
    /// Open a stream to somebody.
    Connect(&'a str),
    /// Close a stream.
    Disconnect(Stream<&'a str>),
    /// Send a text that may get lost.
    Datagram {
        /// On which stream.
        stream: Stream<&'a str>,
        /// The text; may be empty.
        text: &'a str,
    },
    /// Send a text that may not get lost.
    Write {
        /// On which stream.
        stream: Stream<&'a str>,
        /// The text; may be empty.
        text: &'a str,
    },
    /// Hand over what came in.
    Read(Stream<&'a str>),
}

words! {
    /// The two ways to send something on a stream: their confirmation leaves the text out.
    StreamVerb {
        /// See [`ApplicationAction::Datagram`].
        Datagram = "DATAGRAM",
        /// See [`ApplicationAction::Write`].
        Write = "WRITE",
    }
}

impl Display for ApplicationAction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(user) => write!(f, "CONNECT {user}"),
            Self::Disconnect(stream) => write!(f, "DISCONNECT {stream}"),
            Self::Datagram { stream, text } => write!(f, "DATAGRAM {stream} {text}"),
            Self::Write { stream, text } => write!(f, "WRITE {stream} {text}"),
            Self::Read(stream) => write!(f, "READ {stream}"),
        }
    }
}

impl<'a> ApplicationAction<'a> {
    /// What confirms the action; `name` as the client spelt it. What was read is put in by who answers.
    #[must_use]
    pub fn confirmation(self, name: &'a str) -> Reply<'a> {
        let took = |verb, stream: Stream<&'a str>| Reply::StreamTook {
            name: name.into(),
            verb,
            stream: stream.into(),
        };
        match self {
            Self::Connect(_) | Self::Disconnect(_) => {
                let action = self;
                Reply::Echo(Command::AlterApplication { name, action })
            }
            Self::Datagram { stream, .. } => took(StreamVerb::Datagram, stream),
            Self::Write { stream, .. } => took(StreamVerb::Write, stream),
            Self::Read(stream) => Reply::StreamRead {
                name: name.into(),
                stream: stream.into(),
                text: "".into(),
            },
        }
    }
}

/// `CREATE APPLICATION <name>`.
pub(super) fn create(mut line: Cursor<'_>) -> Parsed<'_> {
    let name = name(&mut line, ErrorReply::CREATE_APPLICATION_NAME)?;
    Ok(Command::CreateApplication { name })
}

/// `DELETE APPLICATION <name>`.
pub(super) fn delete(mut line: Cursor<'_>) -> Parsed<'_> {
    let name = name(&mut line, ErrorReply::DELETE_APPLICATION_NAME)?;
    Ok(Command::DeleteApplication { name })
}

/// `GET APPLICATION <name> <property>`.
pub(super) fn get(mut line: Cursor<'_>) -> Parsed<'_> {
    let name = name(&mut line, ErrorReply::GET_APPLICATION_NAME)?;
    let property =
        ApplicationProperty::from_name(line.word()).ok_or(ErrorReply::APPLICATION_PROPERTY)?;
    Ok(Command::GetApplication { name, property })
}

/// What an action is read from: the line behind its name.
type ReadAction = for<'a> fn(Cursor<'a>) -> Result<ApplicationAction<'a>, ErrorReply>;

const ACTIONS: &[(&str, ReadAction)] = &[
    ("CONNECT", |mut line| match line.word() {
        user if is_handle(user) => Ok(ApplicationAction::Connect(user)),
        _ => Err(ErrorReply::CONNECT_HANDLE),
    }),
    ("DISCONNECT", |mut line| {
        stream(&mut line, ErrorReply::DISCONNECT_STREAM).map(ApplicationAction::Disconnect)
    }),
    ("DATAGRAM", |mut line| {
        let stream = stream(&mut line, ErrorReply::DATAGRAM_STREAM)?;
        let text = line.text();
        Ok(ApplicationAction::Datagram { stream, text })
    }),
    ("WRITE", |mut line| {
        let stream = stream(&mut line, ErrorReply::NO_WRITE)?;
        let text = line.text();
        Ok(ApplicationAction::Write { stream, text })
    }),
    ("READ", |mut line| {
        stream(&mut line, ErrorReply::NO_READ).map(ApplicationAction::Read)
    }),
];

/// `ALTER APPLICATION <name> <action> ...`.
pub(super) fn alter(mut line: Cursor<'_>) -> Parsed<'_> {
    let name = name(&mut line, ErrorReply::ALTER_APPLICATION_NAME)?;
    let read = super::lex::lookup(ACTIONS, line.word()).ok_or(ErrorReply::APPLICATION_ACTION)?;
    let action = read(line)?;
    Ok(Command::AlterApplication { name, action })
}

fn name<'a>(line: &mut Cursor<'a>, error: ErrorReply) -> Result<&'a str, ErrorReply> {
    match line.word() {
        "" => Err(error),
        name if name.len() > NAME_BYTES => Err(error),
        name => Ok(name),
    }
}

fn stream<'a>(line: &mut Cursor<'a>, error: ErrorReply) -> Result<Stream<&'a str>, ErrorReply> {
    Stream::parse(line.word()).ok_or(error)
}

impl<'a> From<Stream<&'a str>> for Stream<alloc::borrow::Cow<'a, str>> {
    fn from(stream: Stream<&'a str>) -> Self {
        Self {
            user: stream.user.into(),
            number: stream.number,
        }
    }
}
