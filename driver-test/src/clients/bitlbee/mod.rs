//! BitlBee, which takes the daemon for skyped: one state for everything, filled by whatever line comes next.
//! Never waits for anything, so that the order of the replies is all it has.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::fault::Fault;
use super::shell::Shell;
use super::{ClientProgram, Deed};

mod parse;
mod rooms;
mod wire;

pub(super) use wire::RecordWire;

use parse::Gathered;

/// BitlBee's plugin.
pub(super) struct BitlBee {
    shell: Shell,
    /// What is known of the message whose parts come now.
    message: RefCell<Gathered>,
    /// Handles that are to be put into a group that is being made, with its name.
    pending_group: RefCell<Option<(String, String)>>,
    /// The names of the groups, by number.
    groups: RefCell<BTreeMap<String, String>>,
    /// People for a room that is being opened.
    pending_room: RefCell<Option<Vec<String>>>,
    /// Rooms of which the topic is shown when it comes.
    topic_wait: RefCell<BTreeSet<String>>,
    details_of: RefCell<String>,
}

impl BitlBee {
    pub(super) fn new(shell: Shell) -> Self {
        Self {
            shell,
            message: RefCell::default(),
            pending_group: RefCell::default(),
            groups: RefCell::default(),
            pending_room: RefCell::default(),
            topic_wait: RefCell::default(),
            details_of: RefCell::default(),
        }
    }

    /// Writes a line.
    fn write_line(&self, line: impl Into<String>) {
        let line = line.into();
        if line.contains('\n') {
            let story = format!("cannot send {line:?}, which has more than one line");
            return self.shell.fault(Fault::misbehaves(story));
        }
        self.shell.say(line);
    }

    /// What it does as soon as its password is right; other commands have gone with that.
    fn log_in(&self) {
        for line in [
            "SEARCH BOOKMARKEDCHATS",
            "SEARCH ACTIVECHATS",
            "SEARCH MISSEDCHATS",
            "SEARCH RECENTCHATS",
            "SET USERSTATUS ONLINE",
        ] {
            self.write_line(line);
        }
        self.shell.screen_mut().online = true;
    }

    fn write_to_group(&self, group: String, handle: String, put: bool) {
        let action = if put { "ADDUSER" } else { "REMOVEUSER" };
        let number = {
            let groups = self.groups.borrow();
            let mut found = groups.iter().filter(|(_, name)| **name == group);
            found.next().map(|(number, _)| number.clone())
        };
        match number {
            Some(number) => self.write_line(format!("ALTER GROUP {number} {action} {handle}")),
            None if put => {
                // The number comes with a line about the new group.
                self.write_line(format!("CREATE GROUP {group}"));
                *self.pending_group.borrow_mut() = Some((group, handle));
            }
            None => {}
        }
    }
}

impl ClientProgram for BitlBee {
    fn attached(self: Rc<Self>) {
        self.log_in();
    }

    fn heard(self: Rc<Self>, line: &str) {
        self.parse(line);
    }

    fn wanted(self: Rc<Self>, deed: Deed) {
        match deed {
            Deed::SetStatus(word) => self.write_line(format!("SET USERSTATUS {word}")),
            Deed::SetMood(text) => self.write_line(format!("SET PROFILE MOOD_TEXT {text}")),
            Deed::SetName(name) => self.write_line(format!("SET PROFILE FULLNAME {name}")),
            Deed::Write { to, text } => self.write("MESSAGE", to, text),
            Deed::WriteInRoom { room, text } => self.write("CHATMESSAGE", room, text),
            Deed::Add { handle, .. } => {
                let text = "Please authorize me";
                self.write_line(format!("SET USER {handle} BUDDYSTATUS 2 {text}"));
            }
            Deed::Remove(handle) => {
                self.shell.screen_mut().contacts.remove(&handle);
                self.write_line(format!("SET USER {handle} BUDDYSTATUS 1"));
            }
            Deed::Answer { handle, yes } => {
                self.shell.screen_mut().requests.remove(&handle);
                let word = if yes { "TRUE" } else { "FALSE" };
                self.write_line(format!("SET USER {handle} ISAUTHORIZED {word}"));
            }
            // It has no search, no typing notifications and no pictures.
            Deed::Find(_) | Deed::Type { .. } | Deed::Picture(_) | Deed::SetPicture(_) => {}
            Deed::Details(handle) => self.ask_details(&handle),
            Deed::OpenRoom(people) => self.create_room(people),
            Deed::Invite { room, handle } => {
                self.write_line(format!("ALTER CHAT {room} ADDMEMBERS {handle}"));
            }
            Deed::SetTopic { room, topic } => {
                self.write_line(format!("ALTER CHAT {room} SETTOPIC {topic}"));
                self.topic_wait.borrow_mut().insert(room);
            }
            Deed::Kick { room, handle } => {
                self.write_line(format!("ALTER CHAT {room} KICK {handle}"));
            }
            Deed::Leave(room) => self.write_line(format!("ALTER CHAT {room} LEAVE")),
            Deed::PutInGroup { group, handle } => self.write_to_group(group, handle, true),
            Deed::TakeFromGroup { group, handle } => self.write_to_group(group, handle, false),
            Deed::LogOut => {
                self.write_line("SET USERSTATUS OFFLINE");
                self.shell.person().leave();
            }
            // A log-out has ended the connection; a new one goes online by itself.
            Deed::LogIn => {}
        }
    }

    fn detached(&self) {
        *self.message.borrow_mut() = Gathered::default();
        let mut screen = self.shell.screen_mut();
        "OFFLINE".clone_into(&mut screen.status);
    }
}
