//! What is said to a client: replies and notices, which share their grammar, with one row for each form of line.
//! Never decides what to say; it only knows how each protocol version wants it said.
//!
//! The differences are listed in `core/docs/skype-api.md`, "Protocol versions".

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Display, Write as _};

use super::Tag;
use super::alter_chat::ChatVerb;
use super::application::{ApplicationProperty, Stream, StreamVerb};
use super::calls::CallProperty;
use super::chat::{ChatMemberProperty, ChatProperty};
use super::command::Command;
use super::constant::Constant;
use super::error::ErrorReply;
use super::file_transfer::FileTransferProperty;
use super::forms::replies;
use super::gadget::MenuItemProperty;
use super::group::GroupProperty;
use super::message::{MessageObject, MessageProperty};
use super::parameter::Parameter;
use super::profile::ProfileProperty;
use super::sms::SmsProperty;
use super::status::{ConnStatus, Status};
use super::user::UserProperty;
use super::value::{Id, Value};
use super::voicemail::VoicemailProperty;

replies! { protocol;
    /// To `NAME`.
    Ok = "OK";
    /// To `PING`.
    Pong = "PONG";
    /// The protocol version from now on.
    Protocol(version: u8) = "PROTOCOL {version}";
    /// The own status.
    UserStatus(status: Status) = "USERSTATUS {status}";
    /// The state of the link.
    ConnStatus(status: ConnStatus) = "CONNSTATUS {status}";
    /// To `SET CONNSTATUS`: the word that was asked for.
    ConnStatusAsked(status: Status) = "CONNSTATUS {status}";
    /// The own handle.
    CurrentUserHandle(handle: Cow<'a, str>) = "CURRENTUSERHANDLE {handle}";
    /// A parameter that nobody can change.
    Constant(constant: Constant) = "{} {}", constant.reply_name(), constant.value();
    /// A parameter that is kept for the clients.
    Parameter {
        /// Which.
        parameter: Parameter,
        /// What it is.
        value: Cow<'a, str>,
    } = "{} {value}", parameter.reply_name();
    /// The own picture was written to a file, or read from one.
    Avatar {
        /// The path, as the client spelt it but for an index behind it.
        file: Cow<'a, str>,
    } = "AVATAR 1 {file}";

    /// Handles.
    Users(handles: Vec<Cow<'a, str>>) = "USERS {}", List(handles);
    /// Chat ids.
    Chats(chats: Vec<Cow<'a, str>>) = "CHATS {}", List(chats);
    /// Numbers of messages.
    Messages {
        /// The name the client used; from protocol 3 on it is kept.
        object: MessageObject,
        /// The numbers.
        ids: Vec<u32>,
    } = "{}S {}", object.in_protocol(protocol), List(ids);
    /// Numbers of calls.
    Calls(ids: Vec<u32>) = "CALLS {}", List(ids);
    /// Numbers of groups of contacts.
    Groups(ids: Vec<u32>) = "GROUPS {}", List(ids);
    /// Numbers of voicemails.
    Voicemails(ids: Vec<u32>) = "VOICEMAILS {}", List(ids);
    /// Numbers of messages to and from telephones.
    Smss(ids: Vec<u32>) = "SMSS {}", List(ids);
    /// Numbers of files that are or were sent.
    FileTransfers(ids: Vec<u32>) = "FILETRANSFERS {}", List(ids);

    /// A property of a user.
    User {
        /// Whose, as the client spelt it.
        handle: Cow<'a, str>,
        /// Which.
        property: UserProperty,
        /// What it is.
        value: Value<'a>,
    } = "USER {handle} {property} {}", value.of_user(*property, protocol);
    /// The picture of a user was written to a file.
    UserAvatar {
        /// Whose, as the client spelt it.
        handle: Cow<'a, str>,
        /// The path, as the client spelt it.
        file: Cow<'a, str>,
    } = "USER {handle} AVATAR 1 {file}";
    /// A property of the own profile.
    Profile {
        /// Which.
        property: ProfileProperty,
        /// What it is.
        value: Value<'a>,
    } = "PROFILE {property} {}", value.said_in(protocol);

    /// A property of a chat.
    Chat {
        /// The chat id, as the client spelt it.
        chat: Cow<'a, str>,
        /// Which.
        property: ChatProperty,
        /// What it is.
        value: Value<'a>,
    } = "CHAT {chat} {property} {}", value.said_in(protocol);
    /// A property of a member of a chat.
    ChatMember {
        /// Which member.
        member: Id<'a>,
        /// Which property.
        property: ChatMemberProperty,
        /// What it is.
        value: Value<'a>,
    } = "CHATMEMBER {member} {property} {}", value.said_in(protocol);
    /// Something was done to a chat; never about the mark.
    AlteredChat(verb: ChatVerb) = "ALTER CHAT {verb}";
    /// A mark was put on a chat, or taken away.
    ChatBookmarked {
        /// The chat id, as the client spelt it.
        chat: Cow<'a, str>,
        /// True if it has the mark now.
        marked: bool,
    } = "ALTER CHAT {chat} BOOKMARKED {}", Flag(*marked);
    /// A member of a chat was given a role.
    AlteredMember = "ALTER CHATMEMBER SETROLETO";
    /// Whether a member of a chat can be given a role.
    CanSetRole(yes: bool) = "ALTER CHATMEMBER CANSETROLETO {}", Flag(*yes);
    /// A property of a message.
    Message {
        /// The name the client used, [`MessageObject::ChatMessage`] in notices.
        object: MessageObject,
        /// Which message.
        id: Id<'a>,
        /// Which property.
        property: MessageProperty,
        /// What it is.
        value: Value<'a>,
    } = "{} {id} {} {}", object.in_protocol(protocol), property.in_protocol(protocol), value.said_in(protocol);

    /// A property of a group of contacts.
    Group {
        /// Which group.
        group: Id<'a>,
        /// Which property.
        property: GroupProperty,
        /// What it is.
        value: Value<'a>,
    } = "GROUP {group} {property} {}", value.said_in(protocol);
    /// A group of contacts is no more.
    DeletedGroup(group: Id<'a>) = "DELETED GROUP {group}";

    /// A property of an application.
    Application {
        /// Its name, as the client spelt it.
        name: Cow<'a, str>,
        /// Which property.
        property: ApplicationProperty,
        /// What it is.
        value: Value<'a>,
    } = "APPLICATION {name} {property} {}", value.said_in(protocol);
    /// A text came in on a stream of an application.
    Datagram {
        /// The name of the application.
        name: Cow<'a, str>,
        /// On which stream.
        stream: Stream<Cow<'a, str>>,
        /// The text.
        text: Cow<'a, str>,
    } = "APPLICATION {name} DATAGRAM {stream} {text}";
    /// A text goes out on a stream of an application.
    StreamTook {
        /// The name of the application, as the client spelt it.
        name: Cow<'a, str>,
        /// How it was sent.
        verb: StreamVerb,
        /// On which stream.
        stream: Stream<Cow<'a, str>>,
    } = "ALTER APPLICATION {name} {verb} {stream}";
    /// What came in on a stream of an application.
    StreamRead {
        /// The name of the application, as the client spelt it.
        name: Cow<'a, str>,
        /// On which stream.
        stream: Stream<Cow<'a, str>>,
        /// The text.
        text: Cow<'a, str>,
    } = "ALTER APPLICATION {name} READ {stream} {text}";

    /// A property of a call. What [`CallProperty::Participant`] and [`CallProperty::CanTransfer`] take as an argument
    /// is the first word of the value.
    Call {
        /// Which call.
        call: Id<'a>,
        /// Which property.
        property: CallProperty,
        /// What it is.
        value: Value<'a>,
    } = "CALL {call} {property} {}", value.said_in(protocol);
    /// A property of a voicemail.
    Voicemail {
        /// Which voicemail.
        voicemail: Id<'a>,
        /// Which property.
        property: VoicemailProperty,
        /// What it is.
        value: Value<'a>,
    } = "VOICEMAIL {voicemail} {property} {}", value.said_in(protocol);
    /// A property of a message to telephones.
    Sms {
        /// Which message.
        sms: Id<'a>,
        /// Which property.
        property: SmsProperty,
        /// What it is.
        value: Value<'a>,
    } = "SMS {sms} {property} {}", value.said_in(protocol);
    /// A property of the sending of a file.
    FileTransfer {
        /// Which.
        transfer: Id<'a>,
        /// Which property.
        property: FileTransferProperty,
        /// What it is.
        value: Value<'a>,
    } = "FILETRANSFER {transfer} {property} {}", value.said_in(protocol);

    /// There is a new menu item, by the client's name for it.
    MenuItemCreated(id: Cow<'a, str>) = "MENU_ITEM {id} CREATED";
    /// What a menu item looks like.
    MenuItem {
        /// The client's name for it.
        id: Cow<'a, str>,
        /// What of it.
        property: MenuItemProperty,
        /// The value.
        value: Cow<'a, str>,
    } = "MENU_ITEM {id} {property} {value}";
    /// There is a new event, by the client's name for it.
    EventCreated(id: Cow<'a, str>) = "EVENT {id} CREATED";
    /// What was written is forgotten.
    ImHistoryChanged = "IMHISTORYCHANGED";
    /// Calls are forgotten.
    CallHistoryChanged = "CALLHISTORYCHANGED";

    /// The command itself: how most of those are confirmed that set no property. See [`Command::echo`].
    Echo(command: Command<'a>) = "{command}";
    /// A refusal.
    Error(error: ErrorReply) = "{error}";
    /// A refusal in words that are not ours; only a client meets it.
    ForeignError {
        /// The number.
        code: u16,
        /// The words; may be missing.
        text: Cow<'a, str>,
    } = "ERROR {code} {text}";
    /// A line of a form that is not known; only a client meets it.
    Other(line: Cow<'a, str>) = "{line}";
}

impl From<ErrorReply> for Reply<'_> {
    fn from(error: ErrorReply) -> Self {
        Self::Error(error)
    }
}

impl Reply<'_> {
    /// Appends the line to `out`, in the words of a protocol version and behind `tag` if there is one.
    ///
    /// No terminator is written, and no NUL, which no line may hold; newlines within values stay.
    pub fn write_line(&self, protocol: u8, tag: Option<&Tag<'_>>, out: &mut String) {
        let start = out.len();
        if let Some(tag) = tag {
            write!(out, "{tag} ").expect("writing to a String cannot fail");
        }
        self.write_body(protocol, out)
            .expect("writing to a String cannot fail");
        if out.as_bytes()[start..].contains(&0) {
            let line = out.split_off(start);
            out.extend(line.chars().filter(|&c| c != '\0'));
        }
    }
}

/// The items, with a comma and a space between each two.
struct List<'a, T>(&'a [T]);

impl<T: Display> Display for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{item}")?;
        }
        Ok(())
    }
}

/// `TRUE` or `FALSE`.
struct Flag(bool);

impl Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 { "TRUE" } else { "FALSE" })
    }
}
