//! The Skype plugin of Pidgin: a few blocking calls with numbers, all else by events.
//! Never looks whether a part of a line is there before it reads it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::fault::Fault;
use super::shell::Shell;
use super::{ClientProgram, Deed};

mod calls;
mod contacts;
mod messages;
mod rooms;
mod startup;
mod wire;

pub(super) use wire::NetworkWire;

use messages::Message;
use rooms::Chat;

/// The plugin.
pub(super) struct Pidgin {
    shell: Shell,
    asks_for: u8,
    dialect: Cell<u8>,
    next_number: Cell<u32>,
    /// What has come with a number and is not taken yet.
    replies: RefCell<BTreeMap<u32, String>>,
    messages: RefCell<BTreeMap<String, Message>>,
    chats: RefCell<BTreeMap<String, Chat>>,
    /// The chat in which each contact is written to, once it is known.
    dialogs: RefCell<BTreeMap<String, String>>,
    groups: RefCell<BTreeMap<String, String>>,
    /// Groups that it was told of in a list.
    listed: RefCell<BTreeSet<String>>,
    streams: RefCell<BTreeMap<String, String>>,
    pongs: Cell<u32>,
}

impl Pidgin {
    pub(super) fn new(shell: Shell, asks_for: u8) -> Self {
        Self {
            shell,
            asks_for,
            dialect: Cell::new(1),
            next_number: Cell::new(0),
            replies: RefCell::default(),
            messages: RefCell::default(),
            chats: RefCell::default(),
            dialogs: RefCell::default(),
            groups: RefCell::default(),
            listed: RefCell::default(),
            streams: RefCell::default(),
            pongs: Cell::new(0),
        }
    }

    /// A line without number, cut at single spaces into four parts at most.
    fn event(self: &Rc<Self>, line: &str) {
        let parts: Vec<&str> = line.splitn(4, ' ').collect();
        let object = parts[0];
        let bound = ["CHATMESSAGE", "MESSAGE", "USER", "CHAT"].contains(&object);
        if bound && parts.len() < 4 {
            let story = format!("dereferences null on {line:?}, which has no fourth part");
            self.shell.fault(Fault::crashes(story));
            return;
        }
        match (object, parts.as_slice()) {
            ("PONG", _) => self.pongs.set(self.pongs.get() + 1),
            ("USERS", _) => self.users_told(line),
            ("USER", [_, user, property, value]) => self.user_told(user, property, value),
            ("CHATMESSAGE", [_, number, property, value]) => {
                self.message_told(number, property, value);
            }
            ("MESSAGE", _) if self.dialect.get() >= 3 => {
                let story = format!("blocks on {line:?} in calls that overrun on any ERROR");
                self.shell.fault(Fault::crashes(story));
            }
            ("CHAT", [_, chat, property, value]) => self.chat_told(chat, property, value),
            ("GROUPS" | "GROUP", _) => self.group_told(line),
            ("APPLICATION", _) => self.application_told(line),
            ("USERSTATUS", [_, word]) => {
                (*word).clone_into(&mut self.shell.screen_mut().status);
            }
            ("CONNSTATUS", [_, "LOGGEDOUT"]) => {
                self.shell.screen_mut().online = false;
                self.shell.person().leave();
            }
            ("WINDOWSTATE", [_, "HIDDEN"]) => self.shell.say("SET SILENT_MODE ON"),
            _ => {}
        }
    }
}

impl ClientProgram for Pidgin {
    fn attached(self: Rc<Self>) {
        let (starting, pinging) = (Rc::clone(&self), Rc::clone(&self));
        self.shell.spawn(async move { starting.start().await });
        self.shell.spawn(async move { pinging.keep_alive().await });
    }

    fn heard(self: Rc<Self>, line: &str) {
        match line.strip_prefix('#') {
            Some(rest) => self.answered(rest),
            None => self.event(line),
        }
    }

    fn wanted(self: Rc<Self>, deed: Deed) {
        let shell = self.shell.clone();
        let own = Rc::clone(&self);
        match deed {
            Deed::SetStatus(word) => shell.say(format!("SET USERSTATUS {word}")),
            Deed::SetMood(text) => shell.say(format!("SET PROFILE MOOD_TEXT {text}")),
            Deed::SetName(name) => shell.say(format!("SET PROFILE FULLNAME {name}")),
            Deed::Write { to, text } => self.write(to, text),
            Deed::WriteInRoom { room, text } => self.write_in_room(room, text),
            Deed::Add { handle, text } => self.add_contact(&handle, &text),
            Deed::Remove(handle) => self.remove_contact(&handle),
            Deed::Answer { handle, yes } => {
                shell.spawn(async move { own.answer(&handle, yes).await });
            }
            Deed::Find(text) => shell.spawn(async move { own.find(&text).await }),
            Deed::Details(handle) => shell.spawn(async move { own.details(&handle).await }),
            Deed::OpenRoom(people) => shell.spawn(async move { own.create_room(&people).await }),
            Deed::Invite { room, handle } => {
                shell.say(format!("ALTER CHAT {room} ADDMEMBERS {handle}"));
            }
            Deed::SetTopic { room, topic } => {
                shell.say(format!("ALTER CHAT {room} SETTOPIC {topic}"));
            }
            Deed::Kick { room, handle } => {
                shell.spawn(async move { own.kick(&room, &handle).await });
            }
            Deed::Leave(room) => shell.say(format!("ALTER CHAT {room} LEAVE")),
            Deed::Type { to, on } => shell.spawn(async move { own.typing(&to, on).await }),
            Deed::Picture(handle) => shell.spawn(async move { own.picture(&handle).await }),
            Deed::SetPicture(path) => shell.say(format!("SET AVATAR 1 {path}:1")),
            Deed::PutInGroup { group, handle } => self.put_in_group(&group, &handle),
            Deed::TakeFromGroup { group, handle } => self.take_from_group(&group, &handle),
            Deed::LogOut => {
                shell.say("SET USERSTATUS OFFLINE");
                shell.say("SET SILENT_MODE OFF");
                shell.say("QUIT");
                shell.person().leave();
            }
            // A log-out has ended the connection; a new one goes online by itself.
            Deed::LogIn => {}
        }
    }

    fn detached(&self) {
        self.dialect.set(1);
        self.next_number.set(0);
        self.replies.borrow_mut().clear();
        self.messages.borrow_mut().clear();
        self.chats.borrow_mut().clear();
        self.dialogs.borrow_mut().clear();
        self.groups.borrow_mut().clear();
        self.listed.borrow_mut().clear();
        self.streams.borrow_mut().clear();
        let mut screen = self.shell.screen_mut();
        "OFFLINE".clone_into(&mut screen.status);
    }
}
