//! From the first words of a command to what reads the rest: one table for each verb that has objects.
//! Never reads an argument itself.
//!
//! All commands are listed in `core/docs/skype-api.md`.

use super::command::Command;
use super::error::ErrorReply;
use super::lex::{Cursor, lookup};
use super::message::MessageObject;
use super::voicemail::VoicemailVerb;
use super::window::Button;
use super::{
    alter_call, alter_chat, application, calls, chat, file_transfer, gadget, group, message,
    parameter, profile, search, sms, user, voicemail, window,
};

/// What reading a command comes to.
pub(super) type Parsed<'a> = Result<Command<'a>, ErrorReply>;

/// Reads what stands behind a keyword.
pub(super) type Parser = for<'a> fn(Cursor<'a>) -> Parsed<'a>;

const VERBS: &[(&str, Parser)] = &[
    ("GET", get),
    ("SET", set),
    ("SEARCH", search::parse),
    ("MESSAGE", message::send_to_user),
    ("CHATMESSAGE", message::send_to_chat),
    ("CHAT", chat::create),
    ("ALTER", alter),
    ("CREATE", create),
    ("DELETE", delete),
    ("PING", |_| Ok(Command::Ping)),
    ("PROTOCOL", protocol),
    ("NAME", |mut line| Ok(Command::Name(line.word()))),
    ("OPEN", window::open),
    ("CLEAR", window::clear),
    ("FOCUS", |_| Ok(Command::Focus)),
    ("MINIMIZE", |_| Ok(Command::Minimize)),
    ("RESETIDLETIMER", |_| Ok(Command::ResetIdleTimer)),
    ("BTN_PRESSED", |line| window::button(Button::Pressed, line)),
    ("BTN_RELEASED", |line| {
        window::button(Button::Released, line)
    }),
    ("CALL", calls::call),
    ("VOICEMAIL", |line| {
        voicemail::leave(VoicemailVerb::Voicemail, line)
    }),
    ("CALLVOICEMAIL", |line| {
        voicemail::leave(VoicemailVerb::CallVoicemail, line)
    }),
];

const GET: &[(&str, Parser)] = &[
    ("USER", user::get),
    ("CHATMESSAGE", |line| {
        message::get(MessageObject::ChatMessage, line)
    }),
    ("MESSAGE", |line| message::get(MessageObject::Message, line)),
    ("CHAT", chat::get),
    ("CHATMEMBER", chat::get_member),
    ("PROFILE", profile::get),
    ("USERSTATUS", |_| Ok(Command::GetUserStatus)),
    ("CONNSTATUS", |_| Ok(Command::GetConnStatus)),
    ("CURRENTUSERHANDLE", |_| Ok(Command::GetCurrentUserHandle)),
    ("GROUP", group::get),
    ("APPLICATION", application::get),
    ("CALL", calls::get),
    ("VOICEMAIL", voicemail::get),
    ("SMS", sms::get),
    ("FILETRANSFER", file_transfer::get),
];

const SET: &[(&str, Parser)] = &[
    ("USERSTATUS", |line| {
        parameter::status(line).map(Command::SetUserStatus)
    }),
    ("CONNSTATUS", |line| {
        parameter::status(line).map(Command::SetConnStatus)
    }),
    ("CHATMESSAGE", |line| {
        message::set(MessageObject::ChatMessage, line)
    }),
    ("MESSAGE", |line| message::set(MessageObject::Message, line)),
    ("USER", user::set),
    ("PROFILE", profile::set),
    ("CHAT", chat::set),
    ("GROUP", group::set),
    ("CALL", calls::set),
    ("SMS", sms::set),
    ("MENU_ITEM", gadget::set_menu_item),
];

const ALTER: &[(&str, Parser)] = &[
    ("CHAT", alter_chat::parse),
    ("CHATMEMBER", alter_chat::parse_member),
    ("GROUP", group::alter),
    ("APPLICATION", application::alter),
    ("CALL", alter_call::parse),
    ("VOICEMAIL", voicemail::alter),
    ("SMS", sms::alter),
];

const CREATE: &[(&str, Parser)] = &[
    ("APPLICATION", application::create),
    ("GROUP", group::create),
    ("SMS", sms::create),
    ("MENU_ITEM", gadget::create_menu_item),
    ("EVENT", gadget::create_event),
];

const DELETE: &[(&str, Parser)] = &[
    ("APPLICATION", application::delete),
    ("GROUP", group::delete),
    ("SMS", sms::delete),
    ("MENU_ITEM", gadget::delete_menu_item),
    ("EVENT", gadget::delete_event),
];

/// Reads a command without its tag. Total: every line comes to a command or to an error.
pub(super) fn parse(line: &str) -> Parsed<'_> {
    object(
        VERBS,
        Cursor::new(line),
        ErrorReply::SYNTAX,
        ErrorReply::UNKNOWN_COMMAND,
    )
}

/// Goes by the next word: `missing` if there is none, `unknown` if it is not in `table`.
fn object<'a>(
    table: &'static [(&'static str, Parser)],
    mut line: Cursor<'a>,
    missing: ErrorReply,
    unknown: ErrorReply,
) -> Parsed<'a> {
    match line.word() {
        "" => Err(missing),
        word => lookup(table, word).ok_or(unknown)?(line),
    }
}

/// `GET <object or parameter> ...`.
fn get(mut line: Cursor<'_>) -> Parsed<'_> {
    let word = line.word();
    match lookup(GET, word) {
        Some(parse) => parse(line),
        None => parameter::get(word, line),
    }
}

/// `SET <object or parameter> ...`.
fn set(mut line: Cursor<'_>) -> Parsed<'_> {
    let word = line.word();
    match lookup(SET, word) {
        Some(parse) => parse(line),
        None => parameter::set(word, line),
    }
}

/// `ALTER <object> ...`.
fn alter(line: Cursor<'_>) -> Parsed<'_> {
    object(
        ALTER,
        line,
        ErrorReply::ALTER_NO_OBJECT,
        ErrorReply::ALTER_UNKNOWN,
    )
}

/// `CREATE <object> ...`.
fn create(line: Cursor<'_>) -> Parsed<'_> {
    object(
        CREATE,
        line,
        ErrorReply::CREATE_NO_OBJECT,
        ErrorReply::CREATE_UNKNOWN,
    )
}

/// `DELETE <object> ...`.
fn delete(line: Cursor<'_>) -> Parsed<'_> {
    object(
        DELETE,
        line,
        ErrorReply::DELETE_NO_OBJECT,
        ErrorReply::DELETE_UNKNOWN,
    )
}

/// `PROTOCOL <version>`: any number from 1 on, since the reply names the smaller of two.
fn protocol(line: Cursor<'_>) -> Parsed<'_> {
    let digits = line.trimmed();
    if !super::lex::is_number(digits) || digits.bytes().all(|byte| byte == b'0') {
        return Err(ErrorReply::BAD_VERSION);
    }
    Ok(Command::Protocol(digits.parse().unwrap_or(u32::MAX)))
}
