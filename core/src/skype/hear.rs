//! Lines of a server into replies: the way back from `reply`, for clients.
//! Never fails: what is not known comes out as it is.
//!
//! The forms are listed in `core/docs/skype-api.md`, "Lines".

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::alter_chat::ChatVerb;
use super::application::{ApplicationProperty, Stream, StreamVerb};
use super::calls::CallProperty;
use super::chat::{ChatMemberProperty, ChatProperty};
use super::constant::Constant;
use super::error::ErrorReply;
use super::file_transfer::FileTransferProperty;
use super::gadget::MenuItemProperty;
use super::group::GroupProperty;
use super::lex::{Cursor, canonical_number, lookup};
use super::message::{MessageObject, MessageProperty};
use super::parameter::Parameter;
use super::profile::ProfileProperty;
use super::reply::Reply;
use super::sms::SmsProperty;
use super::status::{ConnStatus, Status};
use super::user::UserProperty;
use super::value::{Id, Value};
use super::voicemail::VoicemailProperty;
use super::{Tagged, verbs};

/// What is read from what stands behind the first word, in a protocol version; `None` if it is of no form we know.
type Read = for<'a> fn(Cursor<'a>, u8) -> Option<Reply<'a>>;

/// By the first word. What changes something is confirmed by verbs, all else is named by nouns.
const LINES: &[(&str, Read)] = &[
    ("USER", user),
    ("CHATMESSAGE", |line, protocol| {
        message(MessageObject::ChatMessage, line, protocol)
    }),
    ("MESSAGE", |line, protocol| {
        message(MessageObject::Message, line, protocol)
    }),
    ("CHAT", chat),
    ("CHATMEMBER", chat_member),
    ("USERSTATUS", |line, _| {
        Status::from_name(line.text()).map(Reply::UserStatus)
    }),
    ("CONNSTATUS", conn_status),
    ("CURRENTUSERHANDLE", |line, _| {
        Some(Reply::CurrentUserHandle(line.text().into()))
    }),
    ("PROFILE", profile),
    ("AVATAR", avatar),
    ("RINGTONE", ringtone),
    ("USERS", |line, _| Some(Reply::Users(texts(line)))),
    ("CHATS", |line, _| Some(Reply::Chats(texts(line)))),
    ("CHATMESSAGES", |line, _| {
        let object = MessageObject::ChatMessage;
        numbers(line).map(|ids| Reply::Messages { object, ids })
    }),
    ("MESSAGES", |line, protocol| {
        let object = canonical(MessageObject::Message, protocol);
        numbers(line).map(|ids| Reply::Messages { object, ids })
    }),
    ("GROUPS", |line, _| numbers(line).map(Reply::Groups)),
    ("CALLS", |line, _| numbers(line).map(Reply::Calls)),
    ("VOICEMAILS", |line, _| numbers(line).map(Reply::Voicemails)),
    ("SMSS", |line, _| numbers(line).map(Reply::Smss)),
    ("FILETRANSFERS", |line, _| {
        numbers(line).map(Reply::FileTransfers)
    }),
    ("GROUP", group),
    ("DELETED", |mut line, _| match line.word() {
        "GROUP" => number(&mut line).map(Reply::DeletedGroup),
        _ => None,
    }),
    ("APPLICATION", application),
    ("CALL", call),
    ("VOICEMAIL", voicemail),
    ("SMS", sms),
    ("FILETRANSFER", file_transfer),
    ("MENU_ITEM", menu_item),
    ("EVENT", |mut line, _| {
        let id = line.word().into();
        (line.trimmed() == "CREATED").then_some(Reply::EventCreated(id))
    }),
    ("IMHISTORYCHANGED", |_, _| Some(Reply::ImHistoryChanged)),
    ("CALLHISTORYCHANGED", |_, _| Some(Reply::CallHistoryChanged)),
    ("ALTER", altered),
    ("OK", |_, _| Some(Reply::Ok)),
    ("PONG", |_, _| Some(Reply::Pong)),
    ("PROTOCOL", |line, _| {
        canonical_number(line.trimmed()).map(Reply::Protocol)
    }),
    ("ERROR", error),
];

/// The verbs that are confirmed by the whole command.
const ECHOED: &[&str] = &[
    "ALTER",
    "CREATE",
    "DELETE",
    "SET",
    "OPEN",
    "CLEAR",
    "FOCUS",
    "MINIMIZE",
    "RESETIDLETIMER",
    "BTN_PRESSED",
    "BTN_RELEASED",
];

impl<'a> Reply<'a> {
    /// Reads what a server says to a client of this protocol version, with the tag if there is one.
    ///
    /// Total: a line of a form that is not known comes out as [`Reply::Other`]. What the first protocols call
    /// otherwise comes out under its name of protocol 3 and later.
    #[must_use]
    pub fn parse(line: &'a str, protocol: u8) -> Tagged<'a, Self> {
        let (tag, line) = super::split_tag(line);
        let body = read(line, protocol).unwrap_or(Reply::Other(line.into()));
        Tagged { tag, body }
    }
}

fn read(line: &str, protocol: u8) -> Option<Reply<'_>> {
    let mut rest = Cursor::new(line);
    let word = rest.word();
    if let Some(read) = lookup(LINES, word)
        && let Some(reply) = read(rest, protocol)
    {
        return Some(reply);
    }
    if let Some(constant) = constant(line) {
        return Some(Reply::Constant(constant));
    }
    if let Some(parameter) = Parameter::from_name(word) {
        let value = rest.text().into();
        return Some(Reply::Parameter { parameter, value });
    }
    if !ECHOED.contains(&word) {
        return None;
    }
    let command = verbs::parse(line).ok()?;
    let echo = command.echo();
    (echo == Reply::Echo(command)).then_some(echo)
}

/// The object that a client of the first protocols means by `object`.
const fn canonical(object: MessageObject, protocol: u8) -> MessageObject {
    if protocol < 3 {
        MessageObject::ChatMessage
    } else {
        object
    }
}

fn message(object: MessageObject, mut line: Cursor<'_>, protocol: u8) -> Option<Reply<'_>> {
    let object = canonical(object, protocol);
    let id = number(&mut line)?;
    let mut property = MessageProperty::from_name(line.word())?;
    if protocol < 3 {
        property = property.canonical();
    }
    let value = Value::read(property.domain(), line.text(), protocol);
    Some(Reply::Message {
        object,
        id,
        property,
        value,
    })
}

fn user(mut line: Cursor<'_>, protocol: u8) -> Option<Reply<'_>> {
    let handle = line.word().into();
    let word = line.word();
    if word == "AVATAR" && line.word() == "1" {
        let file = line.text().into();
        return Some(Reply::UserAvatar { handle, file });
    }
    let property = UserProperty::from_name(word)?;
    let value = Value::read(property.domain(), line.text(), protocol);
    Some(Reply::User {
        handle,
        property,
        value,
    })
}

fn profile(mut line: Cursor<'_>, protocol: u8) -> Option<Reply<'_>> {
    let property = ProfileProperty::from_name(line.word())?;
    let value = Value::read(property.domain(), line.text(), protocol);
    Some(Reply::Profile { property, value })
}

fn chat(mut line: Cursor<'_>, protocol: u8) -> Option<Reply<'_>> {
    let chat = line.word().into();
    let property = ChatProperty::from_name(line.word())?;
    let value = Value::read(property.domain(), line.text(), protocol);
    Some(Reply::Chat {
        chat,
        property,
        value,
    })
}

fn chat_member(mut line: Cursor<'_>, protocol: u8) -> Option<Reply<'_>> {
    let member = number(&mut line)?;
    let property = ChatMemberProperty::from_name(line.word())?;
    let value = Value::read(property.domain(), line.text(), protocol);
    Some(Reply::ChatMember {
        member,
        property,
        value,
    })
}

fn group(mut line: Cursor<'_>, protocol: u8) -> Option<Reply<'_>> {
    let group = number(&mut line)?;
    let property = GroupProperty::from_name(line.word())?;
    let value = Value::read(property.domain(), line.text(), protocol);
    Some(Reply::Group {
        group,
        property,
        value,
    })
}

fn application(mut line: Cursor<'_>, protocol: u8) -> Option<Reply<'_>> {
    let name = line.word().into();
    let word = line.word();
    if word == "DATAGRAM" {
        let stream = Stream::parse(line.word())?.into();
        let text = line.text().into();
        return Some(Reply::Datagram { name, stream, text });
    }
    let property = ApplicationProperty::from_name(word)?;
    let value = Value::read(property.domain(), line.text(), protocol);
    Some(Reply::Application {
        name,
        property,
        value,
    })
}

fn call(mut line: Cursor<'_>, protocol: u8) -> Option<Reply<'_>> {
    let call = number(&mut line)?;
    let property = CallProperty::from_name(line.word())?;
    let value = Value::read(property.domain(), line.text(), protocol);
    Some(Reply::Call {
        call,
        property,
        value,
    })
}

fn voicemail(mut line: Cursor<'_>, protocol: u8) -> Option<Reply<'_>> {
    let voicemail = number(&mut line)?;
    let property = VoicemailProperty::from_name(line.word())?;
    let value = Value::read(property.domain(), line.text(), protocol);
    Some(Reply::Voicemail {
        voicemail,
        property,
        value,
    })
}

fn sms(mut line: Cursor<'_>, protocol: u8) -> Option<Reply<'_>> {
    let sms = number(&mut line)?;
    let property = SmsProperty::from_name(line.word())?;
    let value = Value::read(property.domain(), line.text(), protocol);
    Some(Reply::Sms {
        sms,
        property,
        value,
    })
}

fn file_transfer(mut line: Cursor<'_>, protocol: u8) -> Option<Reply<'_>> {
    let transfer = number(&mut line)?;
    let property = FileTransferProperty::from_name(line.word())?;
    let value = Value::read(property.domain(), line.text(), protocol);
    Some(Reply::FileTransfer {
        transfer,
        property,
        value,
    })
}

fn menu_item(mut line: Cursor<'_>, _: u8) -> Option<Reply<'_>> {
    let id = line.word().into();
    let word = line.word();
    if word == "CREATED" {
        return Some(Reply::MenuItemCreated(id));
    }
    let property = MenuItemProperty::from_name(word)?;
    let value = line.text().into();
    Some(Reply::MenuItem {
        id,
        property,
        value,
    })
}

fn conn_status(line: Cursor<'_>, _: u8) -> Option<Reply<'_>> {
    let word = line.text();
    if let Some(status) = ConnStatus::from_name(word) {
        return Some(Reply::ConnStatus(status));
    }
    Status::from_name(word).map(Reply::ConnStatusAsked)
}

fn avatar(mut line: Cursor<'_>, _: u8) -> Option<Reply<'_>> {
    let index = line.word();
    let file = line.text().into();
    (index == "1").then_some(Reply::Avatar { file })
}

/// The two about the ringtone are told apart by what is said.
fn ringtone(mut line: Cursor<'_>, _: u8) -> Option<Reply<'_>> {
    let index = line.word();
    let value: Cow<'_, str> = line.text().into();
    let parameter = match &*value {
        "ON" | "OFF" => Parameter::RingtoneStatus,
        _ => Parameter::Ringtone,
    };
    (index == "1").then_some(Reply::Parameter { parameter, value })
}

/// The constant that a whole line is about.
fn constant(line: &str) -> Option<Constant> {
    let is_said = |constant: &Constant| {
        let value = line.strip_prefix(constant.reply_name());
        value.and_then(|value| value.strip_prefix(' ')) == Some(constant.value())
    };
    Constant::ALL.iter().copied().find(is_said)
}

/// The confirmations that leave something of their command out.
fn altered(mut line: Cursor<'_>, _: u8) -> Option<Reply<'_>> {
    let object = line.word();
    let first = line.word();
    match object {
        "CHAT" if line.is_done() => ChatVerb::from_name(first).map(Reply::AlteredChat),
        "CHAT" if line.word() == "BOOKMARKED" => Some(Reply::ChatBookmarked {
            chat: first.into(),
            marked: flag(line.text())?,
        }),
        "CHATMEMBER" if first == "SETROLETO" => Some(Reply::AlteredMember),
        "CHATMEMBER" if first == "CANSETROLETO" => flag(line.text()).map(Reply::CanSetRole),
        "APPLICATION" => {
            let (name, word) = (first.into(), line.word());
            let stream = Stream::parse(line.word())?.into();
            if word == "READ" {
                let text = line.text().into();
                return Some(Reply::StreamRead { name, stream, text });
            }
            let verb = StreamVerb::from_name(word).filter(|_| line.is_done())?;
            Some(Reply::StreamTook { name, verb, stream })
        }
        _ => None,
    }
}

fn error(mut line: Cursor<'_>, _: u8) -> Option<Reply<'_>> {
    let code = canonical_number(line.word())?;
    let text = line.text();
    let mut ours = ErrorReply::ALL.iter();
    if let Some(known) = ours.find(|error| error.code == code && error.text == text) {
        return Some(Reply::Error(*known));
    }
    let text = text.into();
    Some(Reply::ForeignError { code, text })
}

fn flag(text: &str) -> Option<bool> {
    ["FALSE", "TRUE"]
        .iter()
        .position(|word| *word == text)
        .map(|yes| yes == 1)
}

fn number<'a>(line: &mut Cursor<'a>) -> Option<Id<'a>> {
    Id::parse(line.word(), ErrorReply::SYNTAX, ErrorReply::SYNTAX).ok()
}

/// The items of a list.
fn items(line: Cursor<'_>) -> impl Iterator<Item = &str> {
    line.text().split(", ").filter(|item| !item.is_empty())
}

fn texts(line: Cursor<'_>) -> Vec<Cow<'_, str>> {
    items(line).map(Cow::Borrowed).collect()
}

fn numbers(line: Cursor<'_>) -> Option<Vec<u32>> {
    items(line).map(canonical_number).collect()
}
