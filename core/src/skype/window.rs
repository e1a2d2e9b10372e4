//! Windows, histories and the keys of a telephone: things a program without a screen only nods at.
//! Never does more than repeat the command.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Windows and histories".

use super::command::{Command, Parsed};
use super::error::ErrorReply;
use super::handle::is_contact;
use super::lex::{Cursor, keyword, lookup};

/// What must stand behind the name of a window.
#[derive(Clone, Copy)]
enum Argument {
    /// Anything or nothing.
    Any,
    /// Something, or this error.
    Some(ErrorReply),
    /// Somebody, or this error; then anything.
    User(ErrorReply),
    /// Nothing helps: this error.
    Never(ErrorReply),
}

const WINDOWS: &[(&str, Argument)] = &[
    ("ADDAFRIEND", Argument::Any),
    ("IM", Argument::User(ErrorReply::OPEN_HANDLE)),
    ("CHAT", Argument::Some(ErrorReply::GET_CHAT_UNKNOWN)),
    ("FILETRANSFER", Argument::Some(ErrorReply::EMPTY_TARGET)),
    ("PROFILE", Argument::Any),
    ("USERINFO", Argument::Any),
    ("CONFERENCE", Argument::Any),
    ("SEARCH", Argument::Any),
    ("OPTIONS", Argument::Any),
    ("CALLHISTORY", Argument::Any),
    ("CONTACTS", Argument::Any),
    ("DIALPAD", Argument::Any),
    ("SENDCONTACTS", Argument::Some(ErrorReply::EMPTY_TARGET)),
    ("BLOCKEDUSERS", Argument::Any),
    ("IMPORTCONTACTS", Argument::Any),
    ("GETTINGSTARTED", Argument::Any),
    ("AUTHORIZATION", Argument::Any),
    ("LIVETAB", Argument::Any),
    ("VIDEOTEST", Argument::Any),
    ("VOICEMAIL", Argument::Never(ErrorReply::VOICEMAIL_ID)),
];

/// `OPEN <window> ...`.
pub(super) fn open(mut line: Cursor<'_>) -> Parsed<'_> {
    let (name, argument) = lookup(WINDOWS, line.word()).ok_or(ErrorReply::OPEN_UNKNOWN)?;
    let mut behind = line;
    match argument {
        Argument::Any => {}
        Argument::Some(error) if line.is_done() => return Err(error),
        Argument::Some(_) => {}
        Argument::User(error) if !is_contact(behind.word()) => return Err(error),
        Argument::User(_) => {}
        Argument::Never(error) => return Err(error),
    }
    let rest = line.text().trim_start_matches(' ');
    let answer = if rest.is_empty() {
        line.echo(&["OPEN", name])
    } else {
        line.echo(&["OPEN", name, rest])
    };
    Ok(Command::Fixed(answer))
}

/// `CLEAR <history>`.
pub(super) fn clear(mut line: Cursor<'_>) -> Parsed<'_> {
    const ALONE: &[(&str, (&str, ErrorReply))] = &[
        (
            "CHATHISTORY",
            ("CLEAR CHATHISTORY", ErrorReply::CLEAR_CHATS_ARGUMENTS),
        ),
        (
            "VOICEMAILHISTORY",
            (
                "CLEAR VOICEMAILHISTORY",
                ErrorReply::CLEAR_VOICEMAILS_ARGUMENTS,
            ),
        ),
    ];
    let word = line.word();
    if word.is_empty() {
        return Err(ErrorReply::CLEAR_NO_TARGET);
    }
    if word.eq_ignore_ascii_case("CALLHISTORY") {
        return clear_calls(line);
    }
    let (_, (answer, error)) = lookup(ALONE, word).ok_or(ErrorReply::CLEAR_UNKNOWN)?;
    if line.is_done() {
        Ok(Command::Fixed(answer.into()))
    } else {
        Err(error)
    }
}

/// `CLEAR CALLHISTORY <calls> [<handle>]`.
fn clear_calls(mut line: Cursor<'_>) -> Parsed<'_> {
    const CALLS: &[&str] = &["ALL", "MISSED", "INCOMING", "OUTGOING"];
    let word = line.word();
    if word.is_empty() {
        return Err(ErrorReply::CLEAR_CALLS_NO_TARGET);
    }
    let calls = keyword(CALLS, word).ok_or(ErrorReply::CLEAR_UNKNOWN)?;
    match line.trimmed() {
        "" => Ok(line.echo(&["CLEAR CALLHISTORY", calls])),
        with if is_contact(with) => Ok(line.echo(&["CLEAR CALLHISTORY", calls, with])),
        _ => Err(ErrorReply::CLEAR_CALLS_HANDLE),
    }
    .map(Command::Fixed)
}

/// `BTN_PRESSED <key>` and `BTN_RELEASED <key>`; `verb` is which.
pub(super) fn button<'a>(verb: &str, line: Cursor<'a>) -> Parsed<'a> {
    const NAMED: &[&str] = &["UP", "DOWN", "YES", "NO", "SKYPE", "PAGEUP", "PAGEDOWN"];
    let key = line.trimmed();
    let is_sign = key.len() == 1
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"#*+".contains(&byte));
    if !is_sign && keyword(NAMED, key).is_none() {
        return Err(ErrorReply::BAD_KEY);
    }
    let key = key.to_ascii_uppercase();
    Ok(Command::Fixed(line.echo(&[verb, &key])))
}
