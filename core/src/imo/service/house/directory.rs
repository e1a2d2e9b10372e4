//! The names that people give themselves, and how they are found.
//! Never tells anybody's presence.
//!
//! See `core/docs/imo-protocol.md`, "Names and searches".

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::memory::Topic;
use super::records::{NameRecord, account_key, name_key};
use super::registry::is_removed;
use super::{Effect, House, Stop, refuse};
use crate::handle::{ECHO, canonical, is_handle};
use crate::imo::notice::Refusal;
use crate::imo::service::SessionId;
use crate::io::Outputs;
use crate::store::{Query, Record, last_part};

/// How much of a name can be searched for, in characters.
const INDEXED: usize = 64;

impl House {
    /// Gives an account another name; empty for none.
    pub(super) fn set_name(
        &mut self,
        name: &str,
        own: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        self.fits(own)?;
        let Some(resident) = self.resident(name).filter(|known| known.name != own) else {
            return Ok(());
        };
        let before = core::mem::replace(&mut resident.name, own.to_owned());
        if !before.is_empty() {
            self.journal.remove(index_key(&before, name));
        }
        let changed = if own.is_empty() {
            self.journal.remove(name_key(name))
        } else {
            self.journal.put(index_key(own, name), &());
            let record = NameRecord { name: own.into() };
            self.journal.put(name_key(name), &record)
        };
        if let Some(resident) = self.resident(name) {
            resident.changed = changed;
        }
        self.announce_presence(name, effects);
        Ok(())
    }

    /// Handles of others that begin with a text, or whose owner's name does.
    pub(super) fn search(
        &mut self,
        (name, session): (&str, SessionId),
        text: &str,
        out: &mut Outputs,
    ) -> Result<Vec<String>, Stop> {
        if text.is_empty() {
            return Err(refuse("bad_request", "there is nothing to look for").into());
        }
        if text.chars().count() > INDEXED {
            return Err(refuse("too_large", "the text is too long to look for").into());
        }
        let found = self.errands.get_mut(&session);
        let found = found.and_then(|errand| errand.found.take());
        if let Some((_, mut users)) = found.filter(|(asked, _)| asked == text) {
            users.retain(|user| user != name);
            users.truncate(self.limits.search_results);
            return Ok(users);
        }
        // One more than is told: the searcher may be among them.
        let limit = self.limits.search_results.saturating_add(1);
        let mut queries = Vec::new();
        if is_handle(text) {
            queries.push(Query::all(account_key(&canonical(text)), limit));
        }
        queries.push(Query::all(index_prefix(text), limit));
        self.errand(session);
        self.ask(
            Topic::Search(session, text.to_owned()),
            queries,
            Some(session),
            out,
        );
        Err(Stop::Wait)
    }

    /// The answer to a search has been read.
    pub(super) fn search_loaded(&mut self, session: SessionId, text: String, records: &[Record]) {
        let Some(errand) = self.errands.get_mut(&session) else {
            return;
        };
        let mut users: Vec<String> = Vec::new();
        if ECHO.starts_with(&*canonical(&text)) {
            users.push(ECHO.to_owned());
        }
        for record in records.iter().filter(|record| !is_removed(record)) {
            let handle = last_part(&record.key);
            // Of the handle and the name of one account both may fit.
            if !users.iter().any(|known| known == handle) {
                users.push(handle.to_owned());
            }
        }
        errand.found = Some((text, users));
    }
}

pub(super) fn index_key(own: &str, name: &str) -> String {
    let mut key = index_prefix(own);
    key.push('/');
    key.push_str(name);
    key
}

/// What the keys of all names begin with that begin with `text`: the text in lower case. A character that
/// separates the parts of keys, or prints nothing, is written as its code, so that no text is the beginning of
/// another one's code.
fn index_prefix(text: &str) -> String {
    let mut key = String::from("s/i/");
    // Letter by letter: a letter's lower case must not depend on those that follow.
    for letter in text.chars().take(INDEXED).flat_map(char::to_lowercase) {
        if matches!(letter, '/' | '%') || letter.is_control() {
            let _infallible = write!(key, "%{:02X}", u32::from(letter));
        } else {
            key.push(letter);
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_what_it_begins_with_and_by_nothing_else() {
        for (name, text, begins) in [
            ("Anna Berg", "ann", true),
            ("ANNA", "anna", true),
            ("anna", "anna b", false),
            ("a/b", "a/", true),
            ("a/b", "a%", false),
            ("a%2Fb", "a/", false),
            ("a%2Fb", "a%2", true),
            ("\u{c4}ndere", "\u{e4}N", true),
            (
                "\u{39f}\u{394}\u{39f}\u{3a3}\u{3a3}",
                "\u{39f}\u{394}\u{39f}\u{3a3}",
                true,
            ),
        ] {
            let key = index_key(name, "someone");
            let found = key.starts_with(&index_prefix(text));
            assert_eq!(found, begins, "{name} by {text}");
            assert_eq!(last_part(&key), "someone");
        }
        let long = "x".repeat(5000);
        assert!(index_key(&long, "someone").len() < 100);
    }
}
