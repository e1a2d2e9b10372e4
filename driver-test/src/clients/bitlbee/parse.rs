//! What BitlBee makes of each line: one state for the message, the group and the person of the moment.
//! Never sees an ERROR, and never a line that begins otherwise than it knows.

use std::rc::Rc;

use super::super::fault::Fault;
use super::super::screen::{Outcome, Text, Written};
use super::super::{cut, items};
use super::BitlBee;

/// What the details of a person ask, in this order; the last prints the report.
const DETAILS: [&str; 15] = [
    "FULLNAME",
    "PHONE_HOME",
    "PHONE_OFFICE",
    "PHONE_MOBILE",
    "NROF_AUTHED_BUDDIES",
    "TIMEZONE",
    "LASTONLINETIMESTAMP",
    "SEX",
    "LANGUAGE",
    "COUNTRY",
    "PROVINCE",
    "CITY",
    "HOMEPAGE",
    "ABOUT",
    "BIRTHDAY",
];

/// The parts of a message that have come.
#[derive(Default)]
pub(super) struct Gathered {
    handle: Option<String>,
    body: Vec<String>,
    kind: Option<String>,
}

impl BitlBee {
    pub(super) fn parse(self: &Rc<Self>, line: &str) {
        let (object, rest) = cut(line);
        if !line.contains(' ') {
            return;
        }
        match object {
            "USERS" => self.users(rest),
            "USER" => self.user(rest),
            "CHATMESSAGE" => self.message(rest),
            "CHATS" => self.chats(rest),
            "CHAT" => self.chat(rest),
            "GROUPS" => {
                for group in items(rest) {
                    self.write_line(format!("GET GROUP {group} DISPLAYNAME"));
                    self.write_line(format!("GET GROUP {group} USERS"));
                }
            }
            "GROUP" => self.group(rest),
            "USERSTATUS" => rest.clone_into(&mut self.shell.screen_mut().status),
            _ => {}
        }
    }

    fn users(&self, list: &str) {
        for handle in items(list) {
            self.write_line(format!("GET USER {handle} ONLINESTATUS"));
            self.write_line(format!("GET USER {handle} FULLNAME"));
        }
    }

    fn user(&self, rest: &str) {
        let (handle, rest) = cut(rest);
        let (property, value) = cut(rest);
        if handle == "echo123" || handle == self.shell.screen().handle {
            return;
        }
        if property == "RECEIVEDAUTHREQUEST" && !value.is_empty() {
            let (handle, text) = (handle.to_owned(), value.to_owned());
            self.shell.screen_mut().requests.insert(handle, text);
            return;
        }
        let mut screen = self.shell.screen_mut();
        let adds = property == "ONLINESTATUS" || property == "BUDDYSTATUS" && value == "3";
        if adds {
            screen.contacts.entry(handle.to_owned()).or_default();
        }
        if let Some(contact) = screen.contacts.get_mut(handle) {
            match property {
                "ONLINESTATUS" => value.clone_into(&mut contact.status),
                "MOOD_TEXT" => value.clone_into(&mut contact.mood),
                "FULLNAME" => value.clone_into(&mut contact.own_name),
                "BUDDYSTATUS" => contact.pending = false,
                _ => {}
            }
        }
        drop(screen);
        self.detail(handle, property, value);
    }

    /// Gathers the details that were asked for; they count when the last has come.
    fn detail(&self, handle: &str, property: &str, value: &str) {
        if *self.details_of.borrow() != handle || !DETAILS.contains(&property) {
            return;
        }
        let complete = {
            let mut screen = self.shell.screen_mut();
            let page = screen.details.entry(handle.to_owned()).or_default();
            page.insert(property.to_owned(), value.to_owned());
            page.len() == DETAILS.len()
        };
        if property == "BIRTHDAY" {
            self.details_of.borrow_mut().clear();
            if !complete {
                let story = format!("prints the report of {handle} before all of it is there");
                self.shell.fault(Fault::misbehaves(story));
            }
        }
    }

    pub(super) fn ask_details(&self, handle: &str) {
        handle.clone_into(&mut self.details_of.borrow_mut());
        for property in DETAILS {
            self.write_line(format!("GET USER {handle} {property}"));
        }
    }

    fn group(&self, rest: &str) {
        let (group, rest) = cut(rest);
        let (property, value) = cut(rest);
        match property {
            "DISPLAYNAME" => {
                let mut groups = self.groups.borrow_mut();
                groups.insert(group.to_owned(), value.to_owned());
            }
            "USERS" => {
                let name = self.groups.borrow().get(group).cloned();
                let name = name.unwrap_or_default();
                let members = items(value).into_iter().collect();
                self.shell.screen_mut().groups.insert(name, members);
            }
            "NROFUSERS" => {
                let pending = self.pending_group.borrow_mut().take();
                match pending {
                    Some((_, handle)) => {
                        self.write_line(format!("ALTER GROUP {group} ADDUSER {handle}"));
                    }
                    None => self.write_line(format!("GET GROUP {group} TYPE")),
                }
            }
            "TYPE" if value == "CUSTOM_GROUP" => {
                self.write_line(format!("GET GROUP {group} USERS"));
            }
            _ => {}
        }
    }

    fn message(self: &Rc<Self>, rest: &str) {
        let (number, rest) = cut(rest);
        let (property, value) = cut(rest);
        match property {
            "STATUS" if value == "RECEIVED" => {
                for property in ["FROM_HANDLE", "BODY", "TYPE", "CHATNAME"] {
                    self.write_line(format!("GET CHATMESSAGE {number} {property}"));
                }
            }
            "EDITED_TIMESTAMP" => {
                for property in ["FROM_HANDLE", "TYPE", "CHATNAME"] {
                    self.write_line(format!("GET CHATMESSAGE {number} {property}"));
                }
            }
            "FROM_HANDLE" => self.message.borrow_mut().handle = Some(value.to_owned()),
            "BODY" => self.message.borrow_mut().body.push(value.to_owned()),
            "TYPE" => self.message.borrow_mut().kind = Some(value.to_owned()),
            "CHATNAME" => {
                let message = self.message.take();
                self.close(number, value, message);
            }
            _ => {}
        }
    }

    /// The last part of a message has come: what is not there by now is not shown.
    fn close(self: &Rc<Self>, number: &str, chat: &str, message: Gathered) {
        let Gathered { handle, body, kind } = message;
        let (Some(from), Some(kind)) = (handle, kind) else {
            let story =
                format!("loses message {number}: handle or type had not come before CHATNAME");
            return self.shell.fault(Fault::loses(story));
        };
        if body.is_empty() {
            let story = format!("loses message {number}: its body had not come before CHATNAME");
            return self.shell.fault(Fault::loses(story));
        }
        self.new_chat(chat);
        let text = body.join("\n");
        let chat = chat.to_owned();
        match kind.as_str() {
            "SAID" | "EMOTED" => {
                let text = Text { from, chat, text };
                self.shell.screen_mut().received.push(text);
            }
            "TEXT" => {
                let story = format!("loses message {number}: its type is TEXT");
                self.shell.fault(Fault::loses(story));
            }
            "SETTOPIC" | "LEFT" => self.room_changed(&chat, &kind, &from, &text),
            _ => {}
        }
    }

    /// Writes a text; what becomes of it is not looked at.
    pub(super) fn write(&self, verb: &str, to: String, text: String) {
        self.write_line(format!("{verb} {to} {text}"));
        let outcome = Outcome::NotAsked;
        let written = Written { to, text, outcome };
        self.shell.screen_mut().written.push(written);
    }
}
