//! Menu items and events that clients add to the program's windows: nodded at, since there are no windows.
//! Never reports a click.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Windows and histories".

use super::command::{Command, Parsed};
use super::error::ErrorReply;
use super::lex::{Cursor, keyword};

/// `CREATE MENU_ITEM <id> ...` and `CREATE EVENT <id> ...`; `object` is which.
pub(super) fn create<'a>(object: &str, mut line: Cursor<'a>) -> Parsed<'a> {
    let id = id(&mut line, ErrorReply::CREATE_UNKNOWN)?;
    Ok(Command::Fixed([object, id, "CREATED"].join(" ").into()))
}

/// `DELETE MENU_ITEM <id>` and `DELETE EVENT <id>`; `object` is which.
pub(super) fn delete<'a>(object: &str, mut line: Cursor<'a>) -> Parsed<'a> {
    let id = id(&mut line, ErrorReply::DELETE_UNKNOWN)?;
    Ok(Command::Fixed(line.echo(&["DELETE", object, id])))
}

/// `SET MENU_ITEM <id> <property> <value>`.
pub(super) fn set_menu_item(mut line: Cursor<'_>) -> Parsed<'_> {
    const PROPERTIES: &[&str] = &["CAPTION", "HINT", "ENABLED"];
    let id = id(&mut line, ErrorReply::SET_UNKNOWN)?;
    let property = keyword(PROPERTIES, line.word()).ok_or(ErrorReply::SET_UNKNOWN)?;
    let parts = ["MENU_ITEM", id, property, line.text()];
    Ok(Command::Fixed(parts.join(" ").into()))
}

/// Letters and digits, a letter first.
fn id<'a>(line: &mut Cursor<'a>, error: ErrorReply) -> Result<&'a str, ErrorReply> {
    let id = line.word();
    let is_id = id.starts_with(|first: char| first.is_ascii_alphabetic())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_id { Ok(id) } else { Err(error) }
}
