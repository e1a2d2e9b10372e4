//! Applications between clients: creating and connecting are nodded at, no data is carried.
//! Never tells one application from another: who serves one does so before.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Applications".

use super::command::{Command, Parsed};
use super::error::ErrorReply;
use super::lex::{Cursor, is_number, keyword};
use crate::handle::is_handle;

/// The longest name of an application, in bytes.
const NAME_BYTES: usize = 32;

/// `CREATE APPLICATION <name>`. To create it again is no error: nobody minds, and one client would not look.
pub(super) fn create(mut line: Cursor<'_>) -> Parsed<'_> {
    let name = name(&mut line, ErrorReply::CREATE_APPLICATION_NAME)?;
    Ok(Command::Fixed(line.echo(&["CREATE APPLICATION", name])))
}

/// `DELETE APPLICATION <name>`.
pub(super) fn delete(mut line: Cursor<'_>) -> Parsed<'_> {
    let name = name(&mut line, ErrorReply::DELETE_APPLICATION_NAME)?;
    Ok(Command::Fixed(line.echo(&["DELETE APPLICATION", name])))
}

/// `GET APPLICATION <name> <property>`: the lists are empty.
pub(super) fn get(mut line: Cursor<'_>) -> Parsed<'_> {
    const PROPERTIES: &[&str] = &[
        "CONNECTABLE",
        "CONNECTING",
        "STREAMS",
        "SENDING",
        "RECEIVED",
    ];
    let name = name(&mut line, ErrorReply::GET_APPLICATION_NAME)?;
    let property = keyword(PROPERTIES, line.word()).ok_or(ErrorReply::APPLICATION_PROPERTY)?;
    let parts = ["APPLICATION", name, property, ""];
    Ok(Command::Fixed(parts.join(" ").into()))
}

/// `ALTER APPLICATION <name> <action> ...`. The reply leaves the data of a datagram out.
pub(super) fn alter(mut line: Cursor<'_>) -> Parsed<'_> {
    const ACTIONS: &[&str] = &["CONNECT", "DISCONNECT", "DATAGRAM", "WRITE", "READ"];
    let name = name(&mut line, ErrorReply::ALTER_APPLICATION_NAME)?;
    let action = keyword(ACTIONS, line.word()).ok_or(ErrorReply::APPLICATION_ACTION)?;
    let whom = line.word();
    match action {
        "CONNECT" if !is_handle(whom) => return Err(ErrorReply::CONNECT_HANDLE),
        "DISCONNECT" if !is_stream(whom) => return Err(ErrorReply::DISCONNECT_STREAM),
        "DATAGRAM" if !is_stream(whom) => return Err(ErrorReply::DATAGRAM_STREAM),
        "WRITE" => return Err(ErrorReply::NO_WRITE),
        "READ" => return Err(ErrorReply::NO_READ),
        _ => {}
    }
    let parts = ["ALTER APPLICATION", name, action, whom];
    Ok(Command::Fixed(line.echo(&parts)))
}

fn name<'a>(line: &mut Cursor<'a>, error: ErrorReply) -> Result<&'a str, ErrorReply> {
    match line.word() {
        "" => Err(error),
        name if name.len() > NAME_BYTES => Err(error),
        name => Ok(name),
    }
}

/// True if `text` is a handle, a colon and a number.
fn is_stream(text: &str) -> bool {
    text.rsplit_once(':')
        .is_some_and(|(handle, number)| is_handle(handle) && is_number(number))
}
