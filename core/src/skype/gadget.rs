//! Menu items and events that clients add to the program's windows: nodded at, since there are no windows.
//! Never reports a click.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Windows and histories".

use super::command::Command;
use super::error::ErrorReply;
use super::lex::Cursor;
use super::verbs::Parsed;
use super::words::words;

words! {
    /// What can be changed about a menu item.
    MenuItemProperty {
        /// What it says.
        Caption = "CAPTION",
        /// What it says when the user stays on it.
        Hint = "HINT",
        /// Whether it can be chosen.
        Enabled = "ENABLED",
    }
}

/// `CREATE MENU_ITEM <id> ...`.
pub(super) fn create_menu_item(mut line: Cursor<'_>) -> Parsed<'_> {
    let id = id(&mut line, ErrorReply::CREATE_UNKNOWN)?;
    let details = line.argument();
    Ok(Command::CreateMenuItem { id, details })
}

/// `CREATE EVENT <id> ...`.
pub(super) fn create_event(mut line: Cursor<'_>) -> Parsed<'_> {
    let id = id(&mut line, ErrorReply::CREATE_UNKNOWN)?;
    let details = line.argument();
    Ok(Command::CreateEvent { id, details })
}

/// `DELETE MENU_ITEM <id>`.
pub(super) fn delete_menu_item(mut line: Cursor<'_>) -> Parsed<'_> {
    id(&mut line, ErrorReply::DELETE_UNKNOWN).map(Command::DeleteMenuItem)
}

/// `DELETE EVENT <id>`.
pub(super) fn delete_event(mut line: Cursor<'_>) -> Parsed<'_> {
    id(&mut line, ErrorReply::DELETE_UNKNOWN).map(Command::DeleteEvent)
}

/// `SET MENU_ITEM <id> <property> <value>`.
pub(super) fn set_menu_item(mut line: Cursor<'_>) -> Parsed<'_> {
    let id = id(&mut line, ErrorReply::SET_UNKNOWN)?;
    let property = MenuItemProperty::from_name(line.word()).ok_or(ErrorReply::SET_UNKNOWN)?;
    let value = line.text();
    Ok(Command::SetMenuItem {
        id,
        property,
        value,
    })
}

/// Letters and digits, a letter first.
fn id<'a>(line: &mut Cursor<'a>, error: ErrorReply) -> Result<&'a str, ErrorReply> {
    let id = line.word();
    let is_id = id.starts_with(|first: char| first.is_ascii_alphabetic())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_id { Ok(id) } else { Err(error) }
}
