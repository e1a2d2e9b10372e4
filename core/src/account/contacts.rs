//! The people an account knows: what the service tells of them, and what clients want of them.
//! Never keeps anything that the service does not know: the roster is the service's.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::roster::{Change, Request};
use super::{Account, Scene, cut};
use crate::handle::{canonical, is_handle};
use crate::imo::call::{Call, Verdict};
use crate::imo::notice::Buddy;
use crate::skype::{ErrorReply, Reply, Status, UserChange, UserProperty, Value};
use crate::weighed::{WeighedSet, Weight};

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
        let is_new = !self.roster.contacts.contains_key(&*handle);
        let change = is_handle(&handle)
            .then(|| self.roster.update(buddy, self.shows_presence, self.room()))
            .flatten();
        let Some(change) = change else {
            self.fault(scene, "a contact cannot be taken".into());
            return;
        };
        if self.roster.removed.remove(&handle) {
            self.keep_state(scene);
        }
        // The first contact list of all is no news: clients ask for it when they see the account online.
        if change.buddy && self.roster.is_news() {
            // Of a whole list that comes late, each contact gets one line: it may be long.
            let is_added = is_new && self.roster.has_come();
            self.tell_listed(scene, &handle, is_added);
        }
        if change.buddy {
            self.answered(scene, &handle);
        }
        self.tell_change(scene, &handle, change);
    }

    /// Somebody is on the list now, or has agreed to be.
    fn tell_listed(&self, scene: &mut Scene<'_>, handle: &str, is_added: bool) {
        let status = self.roster.buddy_status(handle);
        if is_added {
            let authorized = self.roster.is_authorized(handle);
            let blocked = self.roster.blocked.contains(handle);
            let value = authorized.into();
            scene.notice(user_line(handle, UserProperty::IsAuthorized, value));
            scene.notice(user_line(handle, UserProperty::IsBlocked, blocked.into()));
        }
        scene.notice(user_line(handle, UserProperty::BuddyStatus, status.into()));
        if is_added && self.roster.status(handle) == Status::Offline {
            scene.notice(self.presence_line(handle));
        }
    }

    fn tell_change(&self, scene: &mut Scene<'_>, handle: &str, change: Change) {
        let Some(contact) = self.roster.contacts.get(handle) else {
            return;
        };
        let line = |property, text: &str| user_line(handle, property, String::from(text).into());
        if change.full_name {
            scene.notice(line(UserProperty::FullName, &contact.full_name));
        }
        if change.display_name {
            scene.notice(line(UserProperty::DisplayName, &contact.display_name));
        }
        if change.presence {
            scene.notice(self.presence_line(handle));
        }
        if change.mood {
            scene.notice(line(UserProperty::MoodText, &contact.mood));
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

    /// These are on the list no more.
    pub(super) fn contacts_gone(&mut self, scene: &mut Scene<'_>, handles: Vec<String>) {
        let mut changed = false;
        for handle in handles {
            changed |= self.contact_gone(scene, &canonical(&handle));
        }
        if changed {
            self.keep_state(scene);
        }
    }

    /// Somebody is on the list no more. True if that is to be kept.
    fn contact_gone(&mut self, scene: &mut Scene<'_>, handle: &str) -> bool {
        let was = self.roster.remove(handle, self.limits.contacts);
        if was {
            scene.notice(user_line(handle, UserProperty::BuddyStatus, 1_u32.into()));
            self.leave_groups(scene, handle);
        }
        self.roster.denied.remove(handle) || was
    }

    /// Contacts that the present session has not told of are none any more.
    pub(super) fn sweep(&mut self, scene: &mut Scene<'_>) {
        if self.roster.known && self.shows_presence {
            let gone: Vec<String> = self.roster.unconfirmed().map(String::from).collect();
            self.contacts_gone(scene, gone);
        }
        self.roster.complete();
    }

    pub(super) fn asked(&mut self, scene: &mut Scene<'_>, from: &str, text: String) {
        let handle = canonical(from);
        let full = self.roster.requests.len() >= self.limits.contacts;
        if !is_handle(&handle) || full || self.roster.requests.contains_key(&*handle) {
            return;
        }
        let text = match cut(&text, self.limits.text_bytes) {
            "" => DEFAULT_REQUEST,
            text => text,
        };
        let request = Request {
            text: text.into(),
            number: self.roster.asked + 1,
        };
        if self.roster.requests.entry_bytes(&*handle, &request) > self.people_left() {
            self.fault(scene, "a contact request cannot be taken".into());
            return;
        }
        scene.notice(request_line(&handle, text));
        self.roster.asked += 1;
        self.roster.requests.insert(&*handle, request);
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
                let call = Call::RemoveBuddy {
                    buddy: buddy.clone(),
                };
                self.ask(scene, &buddy, call);
            }
            UserChange::Add { text } => {
                let call = Call::AddBuddy {
                    buddy: buddy.clone(),
                    text: cut(text, self.limits.text_bytes).to_owned(),
                };
                self.ask(scene, &buddy, call);
            }
            UserChange::Authorize(yes) => self.authorize(scene, &buddy, yes),
            UserChange::Block(on) => self.block(scene, &buddy, on),
            UserChange::Rename(name) => {
                let name = cut(name, self.limits.text_bytes);
                self.rename(scene, &buddy, name);
            }
        }
        change.confirmation(handle)
    }

    fn authorize(&mut self, scene: &mut Scene<'_>, handle: &str, yes: bool) {
        let verdict = if yes { Verdict::Accept } else { Verdict::Deny };
        let was = self.roster.is_authorized(handle);
        let listed = self.roster.contacts.contains_key(handle);
        let asked = self.roster.requests.contains_key(handle);
        if yes {
            self.roster.denied.remove(handle);
            if asked && self.may_name(self.roster.let_in.len(), handle) {
                self.roster.let_in.insert(handle);
            }
        } else if listed && self.may_name(self.roster.denied.len(), handle) {
            self.roster.denied.insert(handle);
        }
        self.keep_state(scene);
        // Whoever is not listed yet is told of with all else when that happens.
        if was != yes && listed {
            scene.notice(user_line(handle, UserProperty::IsAuthorized, yes.into()));
        }
        let buddy = handle.into();
        self.ask(scene, handle, Call::Answer { buddy, verdict });
        if yes {
            self.request_over(scene, handle);
        } else {
            // A client that hears of a request that was denied asks the user once more.
            self.roster.requests.remove(handle);
            self.roster.let_in.remove(handle);
        }
    }

    fn block(&mut self, scene: &mut Scene<'_>, handle: &str, on: bool) {
        let asked = self.roster.requests.contains_key(handle);
        let buddy = handle.into();
        let call = if on && asked {
            let verdict = Verdict::Block;
            Call::Answer { buddy, verdict }
        } else {
            Call::Block { buddy, on }
        };
        let changed = if !on {
            self.roster.blocked.remove(handle)
        } else if self.may_name(self.roster.blocked.len(), handle) {
            self.roster.blocked.insert(handle)
        } else {
            // The service keeps it all the same.
            false
        };
        if changed {
            scene.notice(user_line(handle, UserProperty::IsBlocked, on.into()));
        }
        if on {
            self.request_over(scene, handle);
        }
        self.keep_state(scene);
        self.ask(scene, handle, call);
    }

    /// Gives a contact another name. Clients see it at once; the service repeats it to other sessions.
    fn rename(&mut self, scene: &mut Scene<'_>, handle: &str, name: &str) {
        let left = self.people_left();
        let is_other = self.roster.contacts.change(handle, |contact| {
            let fits = name.outside() <= contact.display_name.outside() + left;
            let is_other = *contact.display_name != *name && fits;
            if is_other {
                contact.display_name = name.into();
            }
            is_other
        });
        if is_other == Some(true) {
            let value = String::from(name).into();
            scene.notice(user_line(handle, UserProperty::DisplayName, value));
        }
        let (buddy, alias) = (handle.into(), name.into());
        self.ask(scene, handle, Call::Rename { buddy, alias });
    }

    /// Whether a list of so many people may have one more.
    fn may_name(&self, people: usize, handle: &str) -> bool {
        people < self.limits.contacts && WeighedSet::entry_bytes(handle) <= self.people_left()
    }

    /// Makes a call that is about a contact.
    pub(super) fn ask(&mut self, scene: &mut Scene<'_>, handle: &str, call: Call) {
        let added = matches!(call, Call::AddBuddy { .. });
        let id = self.with_link(scene, |link, now, out| link.call(now, call, out));
        self.asking.insert(id, (handle.into(), added));
    }
}

/// How clients hear that somebody asks to become a contact.
pub(super) fn request_line(handle: &str, text: &str) -> Reply<'static> {
    let value = String::from(text).into();
    user_line(handle, UserProperty::ReceivedAuthRequest, value)
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
