//! The text protocol of the Skype API, in both directions: commands and replies from lines and into lines.
//! Never knows a user, a chat or a message, and never hears of the service behind: an account answers.
//!
//! The protocol as it is spoken here is written down in `core/docs/skype-api.md`.
//!
//! ```
//! use imo2sproxy_core::skype::{self, Command, Reply};
//!
//! let asked = skype::parse("#7 ping");
//! assert_eq!(asked.body, Ok(Command::Ping));
//!
//! let mut line = String::new();
//! Reply::Pong.write_line(5, asked.tag.as_ref(), &mut line);
//! assert_eq!(line, "#7 PONG");
//! assert_eq!(Reply::parse(&line, 5).body, Reply::Pong);
//! ```

use alloc::borrow::Cow;
use core::fmt;

mod alter_call;
mod alter_chat;
mod application;
mod calls;
pub mod catalogue;
mod chat;
mod chat_id;
mod command;
mod constant;
mod error;
mod file_transfer;
mod forms;
mod gadget;
mod group;
mod handle;
mod hear;
mod lex;
mod message;
mod parameter;
mod profile;
mod reply;
mod search;
mod sms;
mod standing;
mod status;
#[cfg(test)]
mod tests;
mod user;
mod value;
mod verbs;
mod voicemail;
mod window;
mod words;

pub use alter_call::{CallAction, CallChange, CallEnd, CallVideo, SoundDevice};
pub use alter_chat::{ChatAction, ChatVerb, MemberAction, plain_text};
pub use application::{ApplicationAction, ApplicationProperty, Stream, StreamVerb};
pub use calls::{CallProperty, CallStatus, CallType};
pub use chat::{ChatMemberProperty, ChatProperty, ChatStatus, ChatType, MyStatus, Role};
pub use chat_id::{dialog_chat_id, dialog_partner, group_chat_id, later_dialog_chat_id};
pub use command::Command;
pub use constant::Constant;
pub use error::ErrorReply;
pub use file_transfer::{FileTransferProperty, FileTransferStatus, FileTransferType};
pub use gadget::MenuItemProperty;
pub use group::{GroupAction, GroupProperty, GroupType};
pub use handle::{Targets, is_phone_number};
pub use message::{MessageObject, MessageProperty, MessageStatus, MessageType, status_line};
pub use parameter::Parameter;
pub use profile::ProfileProperty;
pub use reply::Reply;
pub use search::{ChatList, GroupKind, NothingList, Search};
pub use sms::{Sms, SmsProperty, SmsSetting, SmsType};
pub use standing::standing_answer;
pub use status::{ConnStatus, Status};
pub use user::{UserChange, UserProperty};
pub use value::{Id, Value};
pub use voicemail::{Voicemail, VoicemailAction, VoicemailProperty, VoicemailStep, VoicemailVerb};
pub use window::{Button, CallHistory, History, Key, Window, file_window_users};

/// The protocol version of a client that has not said which it speaks.
pub const FIRST_PROTOCOL: u8 = 1;

/// The newest protocol version that replies can be written in.
pub const NEWEST_PROTOCOL: u8 = 8;

/// What a client put before a command to recognise the reply by: free text, handed back as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tag<'a>(Cow<'a, str>);

impl Tag<'_> {
    /// The tag, freed of the line it was read from.
    #[must_use]
    pub fn into_owned(self) -> Tag<'static> {
        Tag(Cow::Owned(self.0.into_owned()))
    }
}

/// With the `#` in front.
impl fmt::Display for Tag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Something and the tag that came with it: exactly one reply carries it back, notices never do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tagged<'a, T> {
    /// The tag.
    pub tag: Option<Tag<'a>>,
    /// What it came with.
    pub body: T,
}

/// The line.
impl<T: fmt::Display> fmt::Display for Tagged<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.tag {
            Some(tag) => write!(f, "{tag} {}", self.body),
            None => write!(f, "{}", self.body),
        }
    }
}

/// Reads a command line. Total: every line comes to a command or to the error to answer with.
///
/// A line ends at its first NUL, since no message holds one.
#[must_use]
pub fn parse(line: &str) -> Tagged<'_, Result<Command<'_>, ErrorReply>> {
    let line = line.split('\0').next().unwrap_or(line);
    let (tag, command) = split_tag(line.trim_start_matches(' '));
    let body = verbs::parse(command);
    Tagged { tag, body }
}

/// The tag of a line, if it has one, and what follows.
fn split_tag(line: &str) -> (Option<Tag<'_>>, &str) {
    match line.strip_prefix('#') {
        Some(tagged) => {
            let (tag, rest) = tagged.split_once(' ').unwrap_or((tagged, ""));
            (Some(Tag(Cow::Borrowed(tag))), rest)
        }
        None => (None, line),
    }
}
