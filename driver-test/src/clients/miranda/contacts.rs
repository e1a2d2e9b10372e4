//! Miranda's contact list: presence, details, requests, searches.
//! Never trusts a contact list alone: a contact is one whose BUDDYSTATUS says so.

use std::rc::Rc;

use super::super::fault::Fault;
use super::super::screen::Contact;
use super::super::{cut, items};
use super::Miranda;
use super::queue::Reply;

/// What is fetched of a contact whenever it is seen not to be offline.
const SHORT_INFO: [&str; 3] = ["DISPLAYNAME", "FULLNAME", "MOOD_TEXT"];
/// The same over the socket.
const LONG_INFO: [&str; 16] = [
    "DISPLAYNAME",
    "FULLNAME",
    "BIRTHDAY",
    "COUNTRY",
    "SEX",
    "MOOD_TEXT",
    "TIMEZONE",
    "IS_VIDEO_CAPABLE",
    "LANGUAGE",
    "PROVINCE",
    "CITY",
    "PHONE_HOME",
    "PHONE_OFFICE",
    "PHONE_MOBILE",
    "HOMEPAGE",
    "ABOUT",
];
/// What the page with the own details asks for.
const OWN_DETAILS: [&str; 8] = [
    "FULLNAME",
    "PHONE_HOME",
    "PHONE_OFFICE",
    "HOMEPAGE",
    "CITY",
    "PROVINCE",
    "SEX",
    "BIRTHDAY",
];

impl Miranda {
    /// A line about a user, without its first word; false if it ends here.
    pub(super) fn user_told(self: &Rc<Self>, rest: &str) -> bool {
        let (handle, rest) = cut(rest);
        let (property, value) = cut(rest);
        let known = self.shell.screen().contacts.contains_key(handle);
        match property {
            "BUDDYSTATUS" => self.buddy_told(handle, value),
            "RECEIVEDAUTHREQUEST" => self.request_told(handle, value.to_owned()),
            "FULLNAME" if !known => {}
            "ONLINESTATUS" if !known => {
                self.shell.say(format!("GET USER {handle} BUDDYSTATUS"));
                return false;
            }
            _ if !known => self.shell.say(format!("GET USER {handle} BUDDYSTATUS")),
            _ => self.property_told(handle, property, value),
        }
        true
    }

    fn property_told(self: &Rc<Self>, handle: &str, property: &str, value: &str) {
        let fetches = property == "ONLINESTATUS" && value != "OFFLINE";
        {
            let mut screen = self.shell.screen_mut();
            let contact = screen.contacts.entry(handle.to_owned()).or_default();
            match property {
                "ONLINESTATUS" => value.clone_into(&mut contact.status),
                "MOOD_TEXT" => value.clone_into(&mut contact.mood),
                "DISPLAYNAME" => value.clone_into(&mut contact.given_name),
                "FULLNAME" => value.clone_into(&mut contact.own_name),
                _ => {}
            }
        }
        if fetches {
            let (own, handle) = (Rc::clone(self), handle.to_owned());
            self.shell
                .spawn(async move { own.fetch_info(&handle).await });
        }
    }

    /// One property after the other, each without limit.
    async fn fetch_info(&self, handle: &str) {
        let properties: &[&str] = if self.link { &SHORT_INFO } else { &LONG_INFO };
        let mut names = [String::new(), String::new()];
        for (index, property) in properties.iter().enumerate() {
            let Some(value) = self.get(&format!("USER {handle} {property}")).await else {
                let story = format!("takes an ERROR for {property} of {handle}");
                return self.shell.fail(Fault::misbehaves(story)).await;
            };
            if index < 2 {
                names[index] = value;
            }
        }
        let [given, own] = names;
        if let Some(contact) = self.shell.screen_mut().contacts.get_mut(handle) {
            contact.given_name = given;
            contact.own_name = own;
        }
    }

    fn buddy_told(&self, handle: &str, value: &str) {
        match value {
            "1" => {
                // With all its history.
                self.shell.screen_mut().contacts.remove(handle);
            }
            "2" | "3" => {
                let pending = value == "2";
                let new = {
                    let mut screen = self.shell.screen_mut();
                    let new = !screen.contacts.contains_key(handle);
                    let contact: &mut Contact =
                        screen.contacts.entry(handle.to_owned()).or_default();
                    contact.pending = pending;
                    new
                };
                if new {
                    self.shell.say(format!("GET USER {handle} ONLINESTATUS"));
                    self.shell.say(format!("GET USER {handle} DISPLAYNAME"));
                }
            }
            _ => {}
        }
    }

    pub(super) fn request_told(self: &Rc<Self>, handle: &str, text: String) {
        if text.is_empty() {
            self.shell.screen_mut().requests.remove(handle);
            return;
        }
        let (own, handle) = (Rc::clone(self), handle.to_owned());
        self.shell.spawn(async move {
            own.get(&format!("USER {handle} FULLNAME")).await;
            own.shell.screen_mut().requests.insert(handle, text);
        });
    }

    pub(super) fn add_contact(&self, handle: &str, text: &str) {
        let line = format!("SET USER {handle} BUDDYSTATUS 2 {text}");
        self.shell.say(line);
    }

    pub(super) fn remove_contact(&self, handle: &str) {
        self.shell.screen_mut().contacts.remove(handle);
        self.shell.say(format!("SET USER {handle} BUDDYSTATUS 1"));
    }

    pub(super) fn answer(&self, handle: &str, yes: bool) {
        self.shell.screen_mut().requests.remove(handle);
        let word = if yes { "TRUE" } else { "FALSE" };
        self.shell
            .say(format!("SET USER {handle} ISAUTHORIZED {word}"));
    }

    pub(super) async fn find(&self, text: &str) {
        self.shell.say(format!("SEARCH USERS {text}"));
        let found = match self.wait_for_users().await {
            Reply::Line(line) => items(&self.value_in(&line, "USERS").await),
            Reply::Error(error) => {
                let story = format!("shows {error:?} in place of the people found");
                self.shell.fail(Fault::misbehaves(story)).await
            }
        };
        for handle in &found {
            self.get(&format!("USER {handle} FULLNAME")).await;
        }
        self.shell.screen_mut().found = Some(found);
    }

    /// The page with the details of a contact, or with one's own.
    pub(super) async fn details(&self, handle: &str) {
        let own = self.shell.screen().handle == handle;
        let properties: &[&str] = if own { &OWN_DETAILS } else { &LONG_INFO };
        for property in properties {
            let path = if own {
                format!("PROFILE {property}")
            } else {
                format!("USER {handle} {property}")
            };
            let Some(value) = self.get(&path).await else {
                let story = format!("takes an ERROR for {path}");
                return self.shell.fail(Fault::misbehaves(story)).await;
            };
            let mut screen = self.shell.screen_mut();
            let page = screen.details.entry(handle.to_owned()).or_default();
            page.insert((*property).to_owned(), value);
        }
    }
}
