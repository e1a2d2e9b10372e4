//! Pidgin's contact list: presence, groups, requests, details, searches, typing and pictures.
//! Never asks twice what a line says.

use std::rc::Rc;

use super::super::fault::Fault;
use super::super::screen::Picture;
use super::super::{cut, items, seconds, words};
use super::Pidgin;
use super::startup::TYPING;

/// What is asked of each contact, in this order, without numbers.
const QUESTIONS: [&str; 9] = [
    "FULLNAME",
    "ONLINESTATUS",
    "IS_VIDEO_CAPABLE",
    "ONLINESTATUS",
    "MOOD_TEXT",
    "RICH_MOOD_TEXT",
    "IS_VIDEO_CAPABLE",
    "DISPLAYNAME",
    "FULLNAME",
];
/// What the page of details asks.
const DETAILS: [&str; 21] = [
    "MOOD_TEXT",
    "ABOUT",
    "SEX",
    "BIRTHDAY",
    "LANGUAGE",
    "COUNTRY",
    "TIMEZONE",
    "PROVINCE",
    "CITY",
    "PHONE_MOBILE",
    "PHONE_OFFICE",
    "PHONE_HOME",
    "HOMEPAGE",
    "IS_VIDEO_CAPABLE",
    "HASCALLEQUIPMENT",
    "IS_VOICEMAIL_CAPABLE",
    "CAN_LEAVE_VM",
    "ISAUTHORIZED",
    "ISBLOCKED",
    "LASTONLINETIMESTAMP",
    "NROF_AUTHED_BUDDIES",
];
/// Status words that it knows.
const STATUS_WORDS: [&str; 9] = [
    "OFFLINE",
    "ONLINE",
    "AWAY",
    "NA",
    "DND",
    "SKYPEOUT",
    "SKYPEME",
    "INVISIBLE",
    "UNKNOWN",
];

impl Pidgin {
    /// Puts somebody on the list and asks for all that is shown.
    pub(super) fn take_contact(&self, handle: &str) {
        let handle = handle.to_owned();
        for property in QUESTIONS {
            self.shell.say(format!("GET USER {handle} {property}"));
        }
        self.shell.screen_mut().contacts.entry(handle).or_default();
    }

    pub(super) fn users_told(&self, line: &str) {
        let story = format!("does not know what {line:?} answers: it asks for lists with numbers");
        self.shell.fault(Fault::misbehaves(story));
    }

    pub(super) fn user_told(self: &Rc<Self>, handle: &str, property: &str, value: &str) {
        match property {
            "RECEIVEDAUTHREQUEST" => {
                let (own, handle) = (Rc::clone(self), handle.to_owned());
                let text = value.to_owned();
                self.shell
                    .spawn(async move { own.request_told(handle, text).await });
                return;
            }
            "BUDDYSTATUS" => {
                self.buddy_told(handle, value);
                return;
            }
            _ => {}
        }
        let mut screen = self.shell.screen_mut();
        if let Some(page) = screen.details.get_mut(handle) {
            page.insert(property.to_owned(), value.to_owned());
        }
        let Some(contact) = screen.contacts.get_mut(handle) else {
            return;
        };
        match property {
            "ONLINESTATUS" => {
                value.clone_into(&mut contact.status);
                drop(screen);
                self.presence_told(handle, value);
            }
            "MOOD_TEXT" => value.clone_into(&mut contact.mood),
            "DISPLAYNAME" => value.clone_into(&mut contact.given_name),
            "FULLNAME" => value.clone_into(&mut contact.own_name),
            _ => {}
        }
    }

    fn presence_told(&self, handle: &str, word: &str) {
        if word == "UNKNOWN" {
            let story = format!("deletes {handle} with an error box: its status is UNKNOWN");
            self.shell.fault(Fault::misbehaves(story));
        } else if !STATUS_WORDS.contains(&word) {
            let story = format!("reads status {word:?} of {handle}, which is none, as a null");
            self.shell.fault(Fault::crashes(story));
        } else {
            self.shell.say(format!("GET USER {handle} MOOD_TEXT"));
        }
    }

    fn buddy_told(&self, handle: &str, value: &str) {
        let known = self.shell.screen().contacts.contains_key(handle);
        match value {
            "3" if !known => self.take_contact(handle),
            "1" => {
                self.shell.screen_mut().contacts.remove(handle);
            }
            _ => {}
        }
        if let Some(contact) = self.shell.screen_mut().contacts.get_mut(handle) {
            contact.pending = value == "2";
        }
    }

    async fn request_told(&self, handle: String, text: String) {
        let allowed = self.get(&format!("USER {handle} ISAUTHORIZED")).await;
        if allowed == "TRUE" {
            self.shell.screen_mut().requests.remove(&handle);
            return;
        }
        if text.is_empty() {
            let story =
                format!("asks again about {handle}, who was answered already, and with no words");
            return self.shell.fault(Fault::misbehaves(story));
        }
        self.get(&format!("USER {handle} FULLNAME")).await;
        self.shell.screen_mut().requests.insert(handle, text);
    }

    pub(super) async fn answer(&self, handle: &str, yes: bool) {
        self.shell.screen_mut().requests.remove(handle);
        let word = if yes { "TRUE" } else { "FALSE" };
        let path = format!("USER {handle} ISAUTHORIZED");
        self.value(&format!("SET {path} {word}"), &path).await;
    }

    pub(super) fn add_contact(&self, handle: &str, text: &str) {
        for rest in [
            &format!("SET USER {handle} BUDDYSTATUS 2 {text}"),
            &format!("GET USER {handle} DISPLAYNAME"),
            &format!("GET USER {handle} FULLNAME"),
            &format!("SET USER {handle} ISAUTHORIZED TRUE"),
            &format!("SET USER {handle} ISBLOCKED FALSE"),
            // Once more, and without the words this time.
            &format!("SET USER {handle} BUDDYSTATUS 2"),
            &format!("GET USER {handle} ONLINESTATUS"),
        ] {
            self.shell.say(rest);
        }
        let mut screen = self.shell.screen_mut();
        screen.contacts.entry(handle.to_owned()).or_default();
    }

    pub(super) fn remove_contact(&self, handle: &str) {
        self.shell.screen_mut().contacts.remove(handle);
        self.shell.say(format!("SET USER {handle} BUDDYSTATUS 1"));
    }

    pub(super) async fn find(&self, text: &str) {
        let list = self.value(&format!("SEARCH USERS {text}"), "USERS").await;
        let found = items(&list);
        for handle in &found {
            for property in ["FULLNAME", "CITY", "COUNTRY"] {
                self.get(&format!("USER {handle} {property}")).await;
            }
        }
        self.shell.screen_mut().found = Some(found);
    }

    /// Asks for everything and shows two seconds later what has come.
    pub(super) async fn details(&self, handle: &str) {
        let page = handle.to_owned();
        self.shell.screen_mut().details.entry(page).or_default();
        for property in DETAILS {
            self.shell.say(format!("GET USER {handle} {property}"));
        }
        self.shell.sleep(seconds(2)).await;
        let screen = self.shell.screen();
        let page = &screen.details[handle];
        let missing = DETAILS
            .iter()
            .find(|property| !page.contains_key(**property));
        if let Some(missing) = missing.copied() {
            drop(screen);
            let story = format!("shows no {missing} of {handle}: it did not come in two seconds");
            self.shell.fault(Fault::misbehaves(story));
        }
    }

    /// `GROUPS ids`, or a property of a group.
    pub(super) fn group_told(&self, line: &str) {
        let parts: Vec<&str> = line.splitn(4, ' ').collect();
        match parts.as_slice() {
            ["GROUPS", ..] => {
                for group in items(line.strip_prefix("GROUPS ").unwrap_or_default()) {
                    self.shell.say(format!("GET GROUP {group} DISPLAYNAME"));
                    self.listed.borrow_mut().insert(group);
                }
            }
            // One that it has made itself is empty until it has put somebody in.
            [_, group, "DISPLAYNAME" | "USERS", ""] if self.listed.borrow().contains(*group) => {
                let story = format!("deletes group {group} for everybody: {line:?}");
                self.shell.fault(Fault::misbehaves(story));
            }
            [_, group, "DISPLAYNAME", name] => {
                self.groups
                    .borrow_mut()
                    .insert((*group).to_owned(), (*name).to_owned());
                if self.listed.borrow().contains(*group) {
                    self.shell.say(format!("GET GROUP {group} USERS"));
                }
            }
            [_, group, "USERS", users] => {
                let name = self.groups.borrow().get(*group).cloned();
                let members = items(users).into_iter().collect();
                let mut screen = self.shell.screen_mut();
                screen.groups.insert(name.unwrap_or_default(), members);
            }
            _ => {}
        }
    }

    fn group_of(&self, name: &str) -> Option<String> {
        let groups = self.groups.borrow();
        let found = groups.iter().find(|(_, known)| *known == name);
        found.map(|(group, _)| group.clone())
    }

    pub(super) fn put_in_group(self: &Rc<Self>, name: &str, handle: &str) {
        let (own, name) = (Rc::clone(self), name.to_owned());
        let handle = handle.to_owned();
        self.shell.spawn(async move {
            if own.group_of(&name).is_none() {
                own.shell.say(format!("CREATE GROUP {name}"));
                let story = format!("waits for ever to hear the number of group {name}");
                let look = || own.group_of(&name).map(|_| ());
                let limit = super::super::shell::FOR_EVER;
                own.shell.until_or_hang(limit, &story, look).await;
            }
            let group = own.group_of(&name).unwrap_or_default();
            own.shell
                .say(format!("ALTER GROUP {group} ADDUSER {handle}"));
            let mut screen = own.shell.screen_mut();
            screen.groups.entry(name).or_default().insert(handle);
        });
    }

    pub(super) fn take_from_group(&self, name: &str, handle: &str) {
        let Some(group) = self.group_of(name) else {
            return;
        };
        self.shell
            .say(format!("ALTER GROUP {group} REMOVEUSER {handle}"));
        if let Some(members) = self.shell.screen_mut().groups.get_mut(name) {
            members.remove(handle);
        }
    }

    pub(super) fn application_told(&self, line: &str) {
        let Some(rest) = line.strip_prefix("APPLICATION libpurple_typing ") else {
            return;
        };
        let (property, value) = cut(rest);
        match property {
            "STREAMS" => {
                for stream in words(value) {
                    let handle = stream.split(':').next().unwrap_or_default().to_owned();
                    self.streams.borrow_mut().insert(handle, stream);
                }
            }
            "DATAGRAM" => {
                let (stream, text) = cut(value);
                let handle = stream.split(':').next().unwrap_or_default().to_owned();
                let on = text == "PURPLE_TYPING";
                self.shell.screen_mut().typing.insert(handle, on);
            }
            _ => {}
        }
    }

    /// Asks for a stream until there is one.
    pub(super) async fn typing(&self, to: &str, on: bool) {
        let stream = self.streams.borrow().get(to).cloned();
        let Some(stream) = stream else {
            self.shell.say(format!("CREATE APPLICATION {TYPING}"));
            self.shell
                .say(format!("ALTER APPLICATION {TYPING} CONNECT {to}"));
            let look = || self.streams.borrow().get(to).cloned();
            if let Some(stream) = self.shell.until(seconds(10), look).await {
                self.tell_typing(&stream, on);
            }
            return;
        };
        self.tell_typing(&stream, on);
    }

    fn tell_typing(&self, stream: &str, on: bool) {
        let word = if on {
            "PURPLE_TYPING"
        } else {
            "PURPLE_NOT_TYPING"
        };
        self.shell.say(format!(
            "ALTER APPLICATION {TYPING} DATAGRAM {stream} {word}"
        ));
    }

    /// As the build for Windows does it.
    pub(super) async fn picture(&self, handle: &str) {
        let asked = handle.to_owned();
        self.shell
            .screen_mut()
            .pictures
            .insert(asked, Picture::Asked);
        let reply = self
            .call(&format!(
                "GET USER {handle} AVATAR 1 /pictures/{handle}.jpg"
            ))
            .await;
        let picture = if reply.is_empty() {
            Picture::None
        } else {
            Picture::There
        };
        let asked = handle.to_owned();
        self.shell.screen_mut().pictures.insert(asked, picture);
    }
}
