//! Chat ids: making them, and reading the partner out of one.
//! Never knows which chats exist.
//!
//! The forms are written down in `core/docs/skype-api.md`, "Identifiers".

use alloc::format;
use alloc::string::String;

use crate::handle::{canonical, is_handle};
use crate::rng::fnv1a;

/// The id of the dialog of `me` with `partner`, the same every time: `#me/$partner;` and sixteen hex digits.
#[must_use]
pub fn dialog_chat_id(me: &str, partner: &str) -> String {
    let (me, partner) = (canonical(me), canonical(partner));
    let hash = fnv1a(format!("{me}/{partner}").as_bytes());
    format!("#{me}/${partner};{hash:016x}")
}

/// The id of the dialog of `me` with `partner` that follows `generation` earlier ones, which have become chats of
/// several. The first one is that of [`dialog_chat_id`].
#[must_use]
pub fn later_dialog_chat_id(me: &str, partner: &str, generation: u32) -> String {
    if generation == 0 {
        return dialog_chat_id(me, partner);
    }
    let (me, partner) = (canonical(me), canonical(partner));
    let hash = fnv1a(format!("{me}/{partner}/{generation}").as_bytes());
    format!("#{me}/${partner};{hash:016x}")
}

/// The id of a chat of several that the service knows as `group`: `#creator/$` and sixteen hex digits.
///
/// The digits depend on `group` only.
#[must_use]
pub fn group_chat_id(creator: &str, group: &str) -> String {
    let creator = canonical(creator);
    let hash = fnv1a(group.as_bytes());
    format!("#{creator}/${hash:016x}")
}

/// Who is in a dialog, by its id: its creator and the partner. `None` if it is no id of a dialog.
#[must_use]
pub fn dialog_partner(chat_id: &str) -> Option<(&str, &str)> {
    let (creator, rest) = chat_id.strip_prefix('#')?.split_once("/$")?;
    let (partner, hash) = rest.split_once(';')?;
    let is_hash = hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hash && is_handle(creator) && is_handle(partner)).then_some((creator, partner))
}
