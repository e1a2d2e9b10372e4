//! Groups of contacts: none are kept, so making one is only nodded at, and asking about one fails.
//! Never has to do with chats of several.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Groups".

use super::command::{Command, Parsed};
use super::error::ErrorReply;
use super::handle::is_contact;
use super::lex::{Cursor, is_number, keyword, lookup};

/// `GET GROUP <number> <property>`.
pub(super) fn get(mut line: Cursor<'_>) -> Parsed<'_> {
    const PROPERTIES: &[&str] = &[
        "TYPE",
        "DISPLAYNAME",
        "USERS",
        "NROFUSERS",
        "NROFUSERS_ONLINE",
        "CUSTOM_GROUP_ID",
        "VISIBLE",
        "EXPANDED",
    ];
    let id = line.word();
    Err(
        if is_number(id) && keyword(PROPERTIES, line.word()).is_none() {
            ErrorReply::GROUP_PROPERTY
        } else {
            ErrorReply::GROUP_ID
        },
    )
}

/// `SET GROUP <number> DISPLAYNAME <text>`.
pub(super) fn set(mut line: Cursor<'_>) -> Parsed<'_> {
    let id = number(&mut line)?;
    if !line.word().eq_ignore_ascii_case("DISPLAYNAME") {
        return Err(ErrorReply::GROUP_PROPERTY);
    }
    let parts = ["GROUP", id, "DISPLAYNAME", line.text()];
    Ok(Command::Fixed(parts.join(" ").into()))
}

/// `CREATE GROUP <text>`.
pub(super) fn create(line: Cursor<'_>) -> Parsed<'_> {
    if line.is_done() {
        return Err(ErrorReply::CREATE_UNKNOWN);
    }
    Ok(Command::Fixed(line.echo(&["CREATE GROUP", line.text()])))
}

/// `DELETE GROUP <number>`.
pub(super) fn delete(mut line: Cursor<'_>) -> Parsed<'_> {
    let id = number(&mut line)?;
    Ok(Command::Fixed(line.echo(&["DELETE GROUP", id])))
}

/// `ALTER GROUP <number> <action> <handle>`.
pub(super) fn alter(mut line: Cursor<'_>) -> Parsed<'_> {
    const ACTIONS: &[(&str, Result<(), ErrorReply>)] = &[
        ("ADDUSER", Ok(())),
        ("REMOVEUSER", Ok(())),
        ("SHARE", Err(ErrorReply::ALTER_UNKNOWN)),
        ("ACCEPT", Err(ErrorReply::ALTER_UNKNOWN)),
        ("DECLINE", Err(ErrorReply::ALTER_UNKNOWN)),
    ];
    let id = number(&mut line)?;
    let (action, verdict) = lookup(ACTIONS, line.word()).ok_or(ErrorReply::ALTER_UNKNOWN)?;
    verdict?;
    let user = line.trimmed();
    if !is_contact(user) {
        return Err(ErrorReply::BAD_HANDLE);
    }
    Ok(Command::Fixed(line.echo(&[
        "ALTER GROUP",
        id,
        action,
        user,
    ])))
}

fn number<'a>(line: &mut Cursor<'a>) -> Result<&'a str, ErrorReply> {
    match line.word() {
        id if is_number(id) => Ok(id),
        _ => Err(ErrorReply::GROUP_ID),
    }
}
