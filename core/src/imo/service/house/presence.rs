//! How people are seen: presence, mood, and what they do at the keyboard.
//! Never sends anything: it names the effects.
//!
//! See `core/docs/imo-protocol.md`, "Presence".

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Effect, House};
use crate::handle::canonical;
use crate::imo::notice::{Notice, Refusal};
use crate::imo::service::SessionId;
use crate::imo::{Primitive, TypingState};

impl House {
    /// Tells everybody who may know how `name` is to be seen now.
    pub(super) fn announce_presence(&mut self, name: &str, effects: &mut Vec<Effect>) {
        let Some(resident) = self.peek(name) else {
            return;
        };
        let watchers: Vec<String> = resident
            .contacts
            .iter()
            .filter(|(_, contact)| contact.sees_me && !contact.blocked)
            .map(|(handle, _)| handle.clone())
            .collect();
        for watcher in watchers {
            if !self.sessions(&watcher).is_empty() {
                self.tell_buddy(&watcher, name, false, effects);
            }
        }
    }

    pub(super) fn set_status(
        &mut self,
        (name, session): (&str, SessionId),
        primitive: Primitive,
        mood: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        self.fits(mood)?;
        let Some(resident) = self.resident(name) else {
            return Ok(());
        };
        // Who signs one of several sessions off is still there in the others.
        if primitive == Primitive::Offline && resident.sessions.len() > 1 {
            return Ok(());
        }
        let before = (
            resident.shown(),
            core::mem::replace(&mut resident.mood, mood.to_owned()),
        );
        resident.primitive = primitive;
        resident.hidden = false;
        let after = (resident.shown(), resident.mood.clone());
        effects.push(Effect::Tell {
            to: name.to_owned(),
            notice: Notice::StatusElsewhere {
                primitive,
                mood: mood.to_owned(),
            },
            except: Some(session),
        });
        if before != after {
            self.announce_presence(name, effects);
        }
        Ok(())
    }

    pub(super) fn typing(
        &mut self,
        name: &str,
        to: &str,
        state: TypingState,
        effects: &mut Vec<Effect>,
    ) {
        let to = canonical(to);
        let welcome = self.peek(&to).is_some_and(|other| {
            other
                .contacts
                .get(name)
                .is_some_and(|contact| contact.listed && !contact.blocked)
        });
        if welcome {
            let notice = Notice::Typing {
                buddy: name.to_owned(),
                state,
            };
            effects.push(Effect::Tell {
                to: to.into_owned(),
                notice,
                except: None,
            });
        }
    }
}
