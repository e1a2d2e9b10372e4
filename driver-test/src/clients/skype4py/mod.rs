//! An application written with Skype4Py: a contact list and a window, with the library in front of the gateway.
//! Never sees a line: the library has properties, calls and events.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::fault::Fault;
use super::screen::{Contact, Outcome, Text, Written};
use super::shell::{FOR_EVER, Shell};
use super::{ClientProgram, Deed, items, words};

mod extras;
mod library;
mod rooms;

use library::{Event, Library};

/// What is asked of each contact.
const PROPERTIES: [&str; 12] = [
    "FULLNAME",
    "DISPLAYNAME",
    "ONLINESTATUS",
    "MOOD_TEXT",
    "BUDDYSTATUS",
    "ISAUTHORIZED",
    "ISBLOCKED",
    "COUNTRY",
    "LANGUAGE",
    "TIMEZONE",
    "LASTONLINETIMESTAMP",
    "NROF_AUTHED_BUDDIES",
];

/// The application.
pub(super) struct Application {
    shell: Shell,
    library: Library,
    asks_for: u8,
    /// Messages that were shown.
    shown: RefCell<BTreeSet<String>>,
    /// The streams of the typing application, as the last line said.
    streams: RefCell<Vec<String>>,
}

impl Application {
    pub(super) fn new(shell: Shell, asks_for: u8) -> Self {
        Self {
            library: Library::new(shell.clone()),
            shell,
            asks_for,
            shown: RefCell::default(),
            streams: RefCell::default(),
        }
    }

    async fn start(self: Rc<Self>) {
        self.library.attach(self.asks_for).await;
        let handle = self.library.parameter("CURRENTUSERHANDLE").await;
        self.shell.screen_mut().handle = handle;
        self.change_status("ONLINE").await;
        let friends = self.library.search("FRIENDS", "USERS").await;
        for handle in items(&friends) {
            self.take_contact(&handle).await;
        }
        for handle in items(
            &self
                .library
                .search("USERSWAITINGMYAUTHORIZATION", "USERS")
                .await,
        ) {
            let path = ["USER", &handle, "RECEIVEDAUTHREQUEST"];
            let text = self.library.property(path).await;
            self.shell.screen_mut().requests.insert(handle, text);
        }
        self.load_groups().await;
        self.create_typing().await;
        if self.library.dialect() >= 3 {
            let missed = self.library.search("MISSEDCHATMESSAGES", "CHATMESSAGES");
            for number in items(&missed.await) {
                self.read(number);
            }
        }
        self.shell.screen_mut().online = true;
    }

    /// Takes another status and waits without limit until the gateway says so by itself.
    async fn change_status(&self, word: &str) {
        let before = self.library.parameter("USERSTATUS").await;
        if before != word {
            self.library.forget_status();
            let line = format!("SET USERSTATUS {word}");
            self.library.command(&line, "USERSTATUS").await;
            let story = format!("hangs for ever waiting for an untagged USERSTATUS {word}");
            let look = || (self.library.status().as_deref() == Some(word)).then_some(());
            self.shell.until_or_hang(FOR_EVER, &story, look).await;
        }
        word.clone_into(&mut self.shell.screen_mut().status);
    }

    async fn take_contact(&self, handle: &str) {
        for property in PROPERTIES {
            self.library.property(["USER", handle, property]).await;
        }
        // What was told meanwhile is in the cache, too.
        let mut contact = Contact::default();
        for property in PROPERTIES {
            let value = self.library.cached(["USER", handle, property]);
            match property {
                "FULLNAME" => contact.own_name = value,
                "DISPLAYNAME" => contact.given_name = value,
                "ONLINESTATUS" => contact.status = value,
                "MOOD_TEXT" => contact.mood = value,
                "BUDDYSTATUS" => contact.pending = value == "2",
                _ => {}
            }
        }
        let mut screen = self.shell.screen_mut();
        screen.contacts.insert(handle.to_owned(), contact);
    }

    fn event(self: &Rc<Self>, event: &Event) {
        let value = event.value.as_str();
        match (event.object.as_str(), event.property.as_str()) {
            ("USER", property) => self.user_changed(&event.id, property, value),
            ("CHATMESSAGE", "STATUS") => match value {
                "RECEIVED" => self.read(event.id.clone()),
                "SENT" => self.delivered(&event.id, Outcome::Sent),
                "FAILED" => self.delivered(&event.id, Outcome::Failed),
                _ => {}
            },
            ("CHAT", property) => self.chat_changed(&event.id, property, value),
            ("APPLICATION", property) => self.application_changed(&event.id, property, value),
            ("USERSTATUS", _) => value.clone_into(&mut self.shell.screen_mut().status),
            _ => {}
        }
    }

    fn user_changed(self: &Rc<Self>, handle: &str, property: &str, value: &str) {
        match property {
            "RECEIVEDAUTHREQUEST" => {
                let mut screen = self.shell.screen_mut();
                if value.is_empty() {
                    screen.requests.remove(handle);
                } else {
                    screen.requests.insert(handle.to_owned(), value.to_owned());
                }
            }
            "BUDDYSTATUS" if value == "1" || value == "0" => {
                self.shell.screen_mut().contacts.remove(handle);
            }
            "BUDDYSTATUS" => {
                let mut screen = self.shell.screen_mut();
                if let Some(contact) = screen.contacts.get_mut(handle) {
                    contact.pending = value == "2";
                } else {
                    let (own, handle) = (Rc::clone(self), handle.to_owned());
                    self.shell
                        .spawn(async move { own.take_contact(&handle).await });
                }
            }
            _ => {
                let mut screen = self.shell.screen_mut();
                let Some(contact) = screen.contacts.get_mut(handle) else {
                    return;
                };
                match property {
                    "ONLINESTATUS" => value.clone_into(&mut contact.status),
                    "MOOD_TEXT" => value.clone_into(&mut contact.mood),
                    "DISPLAYNAME" => value.clone_into(&mut contact.given_name),
                    "FULLNAME" => value.clone_into(&mut contact.own_name),
                    _ => {}
                }
            }
        }
    }

    /// Reads a message once, with all that bots like to know of it, and marks it as read.
    fn read(self: &Rc<Self>, number: String) {
        if !self.shown.borrow_mut().insert(number.clone()) {
            return;
        }
        let own = Rc::clone(self);
        self.shell.spawn(async move { own.read_now(&number).await });
    }

    async fn read_now(&self, number: &str) {
        let ask = |property| self.library.property(["CHATMESSAGE", number, property]);
        let text = ask("BODY").await;
        let from = ask("FROM_HANDLE").await;
        ask("FROM_DISPNAME").await;
        let chat = ask("CHATNAME").await;
        let kind = ask("TYPE").await;
        ask("TIMESTAMP").await;
        for property in ["FRIENDLYNAME", "TOPIC", "MEMBERS", "TYPE", "STATUS"] {
            self.library.property(["CHAT", &chat, property]).await;
        }
        let seen = format!("SET CHATMESSAGE {number} SEEN");
        let read = format!("CHATMESSAGE {number} STATUS READ");
        self.library.command(&seen, &read).await;
        if kind == "SAID" || kind == "EMOTED" {
            let text = Text { from, chat, text };
            self.shell.screen_mut().received.push(text);
        } else {
            let users = ask("USERS").await;
            let rest = if text.is_empty() { users } else { text };
            self.happened(&chat, format!("{kind} {from} {rest}")).await;
        }
    }

    /// Opens the dialog with somebody and writes into it.
    async fn write(&self, to: &str, text: &str) {
        let create = format!("CHAT CREATE {to}");
        let reply = self.library.command(&create, "CHAT").await;
        let chat = words(&reply).into_iter().nth(1).unwrap_or_default();
        self.write_in(to, &chat, text).await;
    }

    async fn write_in(&self, to: &str, chat: &str, text: &str) {
        let (to, text) = (to.to_owned(), text.to_owned());
        let index = {
            let written = &mut self.shell.screen_mut().written;
            let outcome = Outcome::Pending;
            let text = text.clone();
            written.push(Written { to, text, outcome });
            written.len() - 1
        };
        let line = format!("CHATMESSAGE {chat} {text}");
        let reply = match self.library.try_command(&line, "CHATMESSAGE").await {
            Ok(reply) => reply,
            Err(_) => {
                self.shell.screen_mut().written[index].outcome = Outcome::Failed;
                return;
            }
        };
        let number = words(&reply).into_iter().nth(1).unwrap_or_default();
        if number.parse::<u32>().is_err() {
            let story = format!("raises ValueError: {reply:?} has no number where one belongs");
            return self.shell.fault(Fault::crashes(story));
        }
        let status = |word| {
            self.library
                .was_told(["CHATMESSAGE", &number, "STATUS"], word)
        };
        let outcome = if status("SENT") {
            Outcome::Sent
        } else if status("FAILED") {
            Outcome::Failed
        } else {
            let number = number.clone();
            self.library.sending.borrow_mut().insert(number, index);
            return;
        };
        self.shell.screen_mut().written[index].outcome = outcome;
    }

    fn delivered(&self, number: &str, outcome: Outcome) {
        let index = self.library.sending.borrow_mut().remove(number);
        if let Some(index) = index {
            self.shell.screen_mut().written[index].outcome = outcome;
        }
    }
}

impl ClientProgram for Application {
    fn attached(self: Rc<Self>) {
        let own = Rc::clone(&self);
        self.shell.spawn(async move { own.start().await });
    }

    fn heard(self: Rc<Self>, line: &str) {
        if let Some(event) = self.library.take(line) {
            self.event(&event);
        }
    }

    fn wanted(self: Rc<Self>, deed: Deed) {
        let shell = self.shell.clone();
        shell.spawn(async move { self.perform(deed).await });
    }

    fn detached(&self) {
        self.library.reset();
        self.shown.borrow_mut().clear();
        self.streams.borrow_mut().clear();
        let mut screen = self.shell.screen_mut();
        "OFFLINE".clone_into(&mut screen.status);
    }
}
