//! Chat ids: making them, and reading the partner out of one.
//! Never knows which chats exist.
//!
//! The forms are written down in `core/docs/skype-api.md`, "Identifiers".

use alloc::string::String;

use crate::handle::{canonical, is_handle};
use crate::rng::fnv1a;

/// How many digits are at the end of an id.
const HASH_DIGITS: usize = 16;

/// The id of the dialog of `me` with `partner`, the same every time: `#me/$partner;` and sixteen hex digits.
#[must_use]
pub fn dialog_chat_id(me: &str, partner: &str) -> String {
    later_dialog_chat_id(me, partner, 0)
}

/// The id of the dialog of `me` with `partner` that follows `generation` earlier ones, which have become chats of
/// several. The first one is that of [`dialog_chat_id`].
#[must_use]
pub fn later_dialog_chat_id(me: &str, partner: &str, generation: u32) -> String {
    let (me, partner) = (canonical(me), canonical(partner));
    // The digits are those of "me/partner", or "me/partner/generation".
    let both = me.as_bytes().iter().chain(b"/").chain(partner.as_bytes());
    let hash = if generation == 0 {
        fnv1a(both)
    } else {
        let mut digits = itoa::Buffer::new();
        fnv1a(both.chain(b"/").chain(digits.format(generation).as_bytes()))
    };
    let mut digits = [0; HASH_DIGITS];
    ["#", &*me, "/$", &*partner, ";", written(hash, &mut digits)].concat()
}

/// The id of a chat of several that the service knows as `group`: `#creator/$` and sixteen hex digits.
///
/// The digits depend on `group` only.
#[must_use]
pub fn group_chat_id(creator: &str, group: &str) -> String {
    let creator = canonical(creator);
    let hash = fnv1a(group.as_bytes());
    let mut digits = [0; HASH_DIGITS];
    ["#", &*creator, "/$", written(hash, &mut digits)].concat()
}

/// A hash as it stands in an id.
fn written(hash: u64, digits: &mut [u8; HASH_DIGITS]) -> &str {
    hex::encode_to_slice(hash.to_be_bytes(), digits).expect("eight bytes are sixteen digits");
    core::str::from_utf8(digits).expect("hexadecimal digits are ASCII")
}

/// Who is in a dialog, by its id: its creator and the partner. `None` if it is no id of a dialog.
#[must_use]
pub fn dialog_partner(chat_id: &str) -> Option<(&str, &str)> {
    let (creator, rest) = chat_id.strip_prefix('#')?.split_once("/$")?;
    let (partner, hash) = rest.split_once(';')?;
    let is_hash = hash.len() == HASH_DIGITS && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hash && is_handle(creator) && is_handle(partner)).then_some((creator, partner))
}
