//! The people an account knows: what the service tells of them, and what clients want of them.
//! Never keeps anything that the service does not know: the roster is the service's.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::roster::{Change, Request};
use super::{Account, Scene};
use crate::event::EventKind;
use crate::handle::{canonical, is_handle};
use crate::imo::call::{Call, Verdict};
use crate::imo::notice::Buddy;
use crate::skype::{ErrorReply, Reply, Status, UserChange, UserProperty, Value};

/// What a contact request says that says nothing: one client takes no notice of an empty one.
const DEFAULT_REQUEST: &str = "Please let me add you to my contacts.";

impl Account {
    /// Tells the presence of every contact that is not offline, as it is to be seen now.
    pub(super) fn tell_presence(&self, scene: &mut Scene<'_>) {
        for handle in self.roster.contacts.keys() {
            if self.roster.status(handle) != Status::Offline {
                scene.notice(self.presence_line(handle));
            }
        }
    }

    pub(super) fn presence_line(&self, handle: &str) -> Reply<'static> {
        user_line(
            handle,
            UserProperty::OnlineStatus,
            self.contact_status(handle).into(),
        )
    }

    /// The status of a contact as clients see it.
    pub(super) fn contact_status(&self, handle: &str) -> Status {
        if self.shows_presence {
            self.roster.status(handle)
        } else {
            Status::Offline
        }
    }

    pub(super) fn contact_told(&mut self, scene: &mut Scene<'_>, buddy: &Buddy) {
        let handle = canonical(&buddy.buid);
        let full = self.roster.contacts.len() >= self.limits.contacts;
        if !is_handle(&handle) || full && !self.roster.contacts.contains_key(&*handle) {
            self.event(
                scene,
                EventKind::UpstreamFault,
                "a contact cannot be taken".into(),
            );
            return;
        }
        let Change {
            buddy: listed,
            presence,
            mood,
            name,
        } = self.roster.update(buddy, self.shows_presence);
        if listed {
            let value = self.roster.buddy_status(&handle).into();
            scene.notice(user_line(&handle, UserProperty::BuddyStatus, value));
            self.answered(scene, &handle);
        }
        if name {
            let value = self.alias(&handle).to_owned().into();
            scene.notice(user_line(&handle, UserProperty::FullName, value));
        }
        if presence {
            scene.notice(self.presence_line(&handle));
        }
        if mood {
            let mood = self
                .roster
                .contacts
                .get(&*handle)
                .map(|contact| contact.mood.clone());
            let value = mood.unwrap_or_default().into();
            scene.notice(user_line(&handle, UserProperty::MoodText, value));
        }
    }

    /// A request of somebody who is a contact now needs no answer any more.
    pub(super) fn answered(&mut self, scene: &mut Scene<'_>, handle: &str) {
        if self
            .roster
            .contacts
            .get(handle)
            .is_some_and(|contact| contact.agreed)
        {
            self.request_over(scene, handle);
        }
    }

    /// A contact request has been answered.
    pub(super) fn request_over(&mut self, scene: &mut Scene<'_>, handle: &str) {
        if self.roster.requests.remove(handle).is_some() {
            let property = UserProperty::ReceivedAuthRequest;
            scene.notice(user_line(handle, property, Value::EMPTY));
        }
    }

    pub(super) fn contact_gone(&mut self, scene: &mut Scene<'_>, handle: &str) {
        if self.roster.contacts.remove(handle).is_some() {
            scene.notice(user_line(handle, UserProperty::BuddyStatus, 1_u32.into()));
        }
    }

    /// Contacts that the present session has not told of are none any more.
    pub(super) fn sweep(&mut self, scene: &mut Scene<'_>) {
        if self.roster.known && self.shows_presence {
            let gone: Vec<String> = self.roster.unconfirmed().cloned().collect();
            for handle in gone {
                self.contact_gone(scene, &handle);
            }
        }
        self.roster.known = true;
    }

    pub(super) fn asked(&mut self, scene: &mut Scene<'_>, from: &str, text: String) {
        let handle = canonical(from);
        let full = self.roster.requests.len() >= self.limits.contacts;
        if !is_handle(&handle) || full || self.roster.requests.contains_key(&*handle) {
            return;
        }
        let text = if text.is_empty() {
            DEFAULT_REQUEST.into()
        } else {
            text
        };
        let announced = self.listeners > 0;
        if announced {
            let value = text.clone().into();
            scene.notice(user_line(&handle, UserProperty::ReceivedAuthRequest, value));
        }
        self.roster
            .requests
            .insert(handle.into_owned(), Request { text, announced });
    }

    pub(super) fn change_user<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        handle: &'a str,
        change: UserChange<'a>,
    ) -> Reply<'a> {
        let buddy = canonical(handle).into_owned();
        if !is_handle(&buddy) {
            return ErrorReply::BAD_HANDLE.into();
        }
        // What cannot be done now is asked as soon as the link is up.
        match change {
            UserChange::Remove => {
                self.ask(
                    scene,
                    &buddy,
                    Call::RemoveBuddy {
                        buddy: buddy.clone(),
                    },
                );
            }
            UserChange::Add { text } => {
                let text = text.to_owned();
                self.ask(
                    scene,
                    &buddy,
                    Call::AddBuddy {
                        buddy: buddy.clone(),
                        text,
                    },
                );
            }
            UserChange::Authorize(yes) => {
                let verdict = if yes { Verdict::Accept } else { Verdict::Deny };
                self.ask(
                    scene,
                    &buddy,
                    Call::Answer {
                        buddy: buddy.clone(),
                        verdict,
                    },
                );
                self.request_over(scene, &buddy);
            }
            UserChange::Block(on) => {
                let asked = self.roster.requests.contains_key(&buddy);
                let call = if on && asked {
                    Call::Answer {
                        buddy: buddy.clone(),
                        verdict: Verdict::Block,
                    }
                } else {
                    Call::Block {
                        buddy: buddy.clone(),
                        on,
                    }
                };
                if on {
                    self.roster.blocked.insert(buddy.clone());
                    self.request_over(scene, &buddy);
                } else {
                    self.roster.blocked.remove(&buddy);
                }
                self.state.blocked = self.roster.blocked.iter().cloned().collect();
                self.keep_state(scene);
                self.ask(scene, &buddy, call);
            }
            UserChange::Rename(alias) => {
                let alias = alias.to_owned();
                self.ask(
                    scene,
                    &buddy,
                    Call::Rename {
                        buddy: buddy.clone(),
                        alias,
                    },
                );
            }
        }
        change.confirmation(handle)
    }

    /// Makes a call that is about a contact.
    pub(super) fn ask(&mut self, scene: &mut Scene<'_>, handle: &str, call: Call) {
        let id = self.with_link(scene, |link, now, out| link.call(now, call, out));
        self.asking.insert(id, handle.into());
    }
}

/// One line about a user.
pub(super) fn user_line(
    handle: &str,
    property: UserProperty,
    value: Value<'static>,
) -> Reply<'static> {
    Reply::User {
        handle: String::from(handle).into(),
        property,
        value,
    }
}
