//! Refusals of wishes that counted as done: a service that tells no results refuses late.
//! Never takes back what clients can no longer be told of: that is left to the log.
//!
//! See `core/docs/imo-protocol.md`, "Dialects".

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;

use super::contacts::user_line;
use super::upkeep::Held;
use super::{Account, Scene};
use crate::event::EventKind;
use crate::imo::link::CallId;
use crate::imo::notice::Refusal;
use crate::skype::UserProperty;

/// How many wishes are remembered; the refusal of an older one is told to the log only.
const REMEMBERED_MAX: usize = 64;

/// A wish that can be taken back.
#[derive(Debug)]
pub(super) enum Granted {
    /// The message of this number.
    Text(u32),
    /// Something about somebody, and whether it was to have them on the list.
    Contact(String, bool),
}

/// Wishes that counted as done, oldest first.
#[derive(Debug, Default)]
pub(super) struct LateRefusals {
    granted: VecDeque<(CallId, Granted)>,
}

impl LateRefusals {
    /// Panics if it remembers too much.
    pub(super) fn check_invariants(&self) {
        assert!(self.granted.len() <= REMEMBERED_MAX, "the oldest wish goes");
    }
}

impl Account {
    /// A wish counts as done. If its result is known, that is all there is to it.
    pub(super) fn remember_granted(&mut self, id: CallId, wish: Granted) {
        if self.link.has_results() {
            return;
        }
        let granted = &mut self.late_refusals.granted;
        if granted.len() == REMEMBERED_MAX {
            granted.pop_front();
        }
        granted.push_back((id, wish));
    }

    /// A wish is refused that counted as done.
    pub(super) fn taken_back(
        &mut self,
        scene: &mut Scene<'_>,
        id: CallId,
        method: &str,
        refusal: &Refusal,
    ) {
        let granted = &mut self.late_refusals.granted;
        let at = granted.iter().position(|(own, _)| *own == id);
        match at.and_then(|at| granted.remove(at)) {
            Some((_, Granted::Text(number))) if self.messages.get(number).is_some() => {
                self.text_refused(scene, number, refusal);
                let ticket = self.messages.settle(number, true, scene.journal);
                self.hold(scene, ticket, Held::Failed(number));
            }
            Some((_, Granted::Text(number))) => self.text_refused(scene, number, refusal),
            Some((_, Granted::Contact(handle, added))) => {
                self.wish_refused(scene, &handle, added, refusal);
            }
            None => self.call_refused(scene, method, refusal),
        }
    }

    /// A call of which nothing else is known is refused.
    pub(super) fn call_refused(&self, scene: &mut Scene<'_>, method: &str, refusal: &Refusal) {
        let detail = format!("the service refuses {method}: {}", refusal.msg);
        self.event(scene, EventKind::CallRefused, detail);
    }

    pub(super) fn text_refused(&self, scene: &mut Scene<'_>, number: u32, refusal: &Refusal) {
        let detail = format!("message {number} was refused: {}", refusal.msg);
        self.event(scene, EventKind::CallRefused, detail);
    }

    /// A wish about somebody is refused; `added` if it was to have them on the list.
    pub(super) fn wish_refused(
        &mut self,
        scene: &mut Scene<'_>,
        handle: &str,
        added: bool,
        refusal: &Refusal,
    ) {
        let detail = format!("a wish about {handle} was refused: {}", refusal.msg);
        self.event(scene, EventKind::CallRefused, detail);
        self.roster.let_in.remove(handle);
        if added && !self.roster.contacts.contains_key(handle) {
            // The client was told that the contact is asked; it is to take it off its list again.
            scene.notice(user_line(handle, UserProperty::BuddyStatus, 1_u32.into()));
        }
    }
}
