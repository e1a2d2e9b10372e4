//! The Skype plugin of Miranda: many threads that take their replies out of one queue of lines.
//! Never asks who an ERROR is meant for: whoever looks next has it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use imo2sproxy_core::time::Instant;

use super::fault::Fault;
use super::shell::Shell;
use super::{ClientProgram, Deed, cut};

mod contacts;
mod extras;
mod messages;
mod queue;
mod rooms;
mod startup;

use queue::Queued;

/// Words that change the shown status.
const STATUS_WORDS: [&str; 8] = [
    "ONLINE",
    "OFFLINE",
    "AWAY",
    "NA",
    "DND",
    "SKYPEME",
    "INVISIBLE",
    "CONNECTING",
];

/// Whether a shown status is one without contacts.
fn is_away(status: &str) -> bool {
    ["OFFLINE", "CONNECTING"].contains(&status)
}

/// The plugin, in one of its two modes.
pub(super) struct Miranda {
    shell: Shell,
    /// Behind a link within Miranda instead of a socket.
    link: bool,
    /// What it asks for; the plugin itself always asks for 7.
    asks_for: u8,
    /// What it takes the gateway to speak.
    dialect: Cell<u8>,
    queue: RefCell<VecDeque<Queued>>,
    /// The status shown, which decides what a further status line sets off.
    status: RefCell<String>,
    next_tag: Cell<u32>,
    /// Messages that were fetched, or sent, and when.
    known: RefCell<BTreeMap<String, Instant>>,
    /// True while a message is being fetched: one at a time.
    fetching: Cell<bool>,
    /// How many sends are being watched.
    watching: Cell<u32>,
    /// The stream to each user, for typing.
    streams: RefCell<BTreeMap<String, String>>,
    /// Rooms whose members are being read.
    reading: RefCell<BTreeSet<String>>,
}

impl Miranda {
    /// The plugin in front of its socket.
    pub(super) fn over_socket(shell: Shell, asks_for: u8) -> Self {
        Self::new(shell, asks_for, false)
    }

    /// The plugin in front of another plugin.
    pub(super) fn over_link(shell: Shell, asks_for: u8) -> Self {
        Self::new(shell, asks_for, true)
    }

    fn new(shell: Shell, asks_for: u8, link: bool) -> Self {
        Self {
            shell,
            link,
            asks_for,
            dialect: Cell::new(2),
            queue: RefCell::default(),
            status: RefCell::new("OFFLINE".into()),
            next_tag: Cell::new(0),
            known: RefCell::default(),
            fetching: Cell::new(false),
            watching: Cell::new(0),
            streams: RefCell::default(),
            reading: RefCell::default(),
        }
    }

    /// The name of the objects that messages are, which depends on the dialect.
    fn message_object(&self) -> &'static str {
        if self.dialect.get() < 3 {
            "MESSAGE"
        } else {
            "CHATMESSAGE"
        }
    }

    fn tag(&self, letter: char) -> String {
        let number = self.next_tag.replace(self.next_tag.get() + 1);
        format!("#{letter}{number}")
    }

    /// Lines that are thrown away before anybody sees them.
    fn is_dropped(line: &str) -> bool {
        let call = line.starts_with("CALL ") && line.split(' ').nth(2) == Some("STATUS");
        call || line.contains("AUTOAWAY")
            || ["OPEN ", "MINIMIZE", "PONG", "ERROR 68"]
                .iter()
                .any(|start| line.starts_with(start))
    }

    /// What a line sets off by itself; false if the line ends here and nobody who waits gets it.
    fn react(self: &Rc<Self>, line: &str) -> bool {
        let (object, rest) = cut(line);
        match object {
            "CONNSTATUS" => self.status_told(rest, true),
            "USERSTATUS" => self.status_told(rest, false),
            "USER" => return self.user_told(rest),
            "CHATMESSAGE" | "MESSAGE" => self.message_told(rest),
            "CHATMESSAGES" | "MESSAGES" => self.missed_told(rest),
            "CHAT" => self.chat_told(rest),
            "APPLICATION" => self.application_told(rest),
            _ => {}
        }
        true
    }

    fn status_told(self: &Rc<Self>, word: &str, connection: bool) {
        if connection && word == "LOGGEDOUT" {
            self.shell.person().leave();
            return;
        }
        if !STATUS_WORDS.contains(&word) {
            return;
        }
        let before = self.status.replace(word.to_owned());
        word.clone_into(&mut self.shell.screen_mut().status);
        if is_away(word) {
            self.shell.screen_mut().online = false;
        } else if is_away(&before) {
            let own = Rc::clone(self);
            if connection {
                self.shell.spawn(async move { own.initialise().await });
            } else {
                self.shell.spawn(async move { own.load_contacts().await });
            }
        }
    }

    /// The value of `path` in a reply to a question for it.
    async fn value_in(&self, line: &str, path: &str) -> String {
        match line
            .get(path.len()..)
            .and_then(|rest| rest.strip_prefix(' '))
        {
            Some(value) => value.to_owned(),
            None => {
                let story = format!("takes the whole line {line:?} for the value of {path}");
                self.shell.fail(Fault::misbehaves(story)).await
            }
        }
    }
}

impl ClientProgram for Miranda {
    fn attached(self: Rc<Self>) {
        let (starting, collecting) = (Rc::clone(&self), Rc::clone(&self));
        self.shell.spawn(async move { starting.start().await });
        self.shell.spawn(async move { collecting.collect().await });
    }

    fn heard(self: Rc<Self>, line: &str) {
        if Self::is_dropped(line) {
            return;
        }
        if line.starts_with('#') || self.react(line) {
            self.enqueue(line);
        }
    }

    fn wanted(self: Rc<Self>, deed: Deed) {
        let shell = self.shell.clone();
        let own = Rc::clone(&self);
        match deed {
            Deed::SetStatus(word) => shell.say(format!("SET USERSTATUS {word}")),
            Deed::SetMood(text) => shell.say(format!("SET PROFILE MOOD_TEXT {text}")),
            Deed::SetName(name) => shell.say(format!("SET PROFILE FULLNAME {name}")),
            Deed::Write { to, text } => self.write(to, text, "MESSAGE"),
            Deed::WriteInRoom { room, text } => self.write(room, text, "CHATMESSAGE"),
            Deed::Add { handle, text } => self.add_contact(&handle, &text),
            Deed::Remove(handle) => self.remove_contact(&handle),
            Deed::Answer { handle, yes } => self.answer(&handle, yes),
            Deed::Find(text) => shell.spawn(async move { own.find(&text).await }),
            Deed::Details(handle) => shell.spawn(async move { own.details(&handle).await }),
            Deed::OpenRoom(people) => shell.spawn(async move { own.create_room(&people).await }),
            Deed::Invite { room, handle } => {
                shell.say(format!("ALTER CHAT {room} ADDMEMBERS {handle}"));
            }
            Deed::SetTopic { room, topic } => {
                shell.spawn(async move { own.set_topic(&room, &topic).await });
            }
            Deed::Kick { room, handle } => {
                shell.spawn(async move { own.kick(&room, &handle).await });
            }
            Deed::Leave(room) => self.leave(&room),
            Deed::Type { to, on } => shell.spawn(async move { own.typing(&to, on).await }),
            Deed::Picture(handle) => shell.spawn(async move { own.picture(&handle).await }),
            Deed::SetPicture(path) => shell.spawn(async move { own.set_picture(&path).await }),
            // It knows no groups of Skype's.
            Deed::PutInGroup { .. } | Deed::TakeFromGroup { .. } => {}
            Deed::LogOut => shell.say("SET USERSTATUS OFFLINE"),
            Deed::LogIn => shell.say("SET USERSTATUS ONLINE"),
        }
    }

    fn detached(&self) {
        self.queue.borrow_mut().clear();
        self.dialect.set(2);
        self.fetching.set(false);
        self.watching.set(0);
        self.streams.borrow_mut().clear();
        self.reading.borrow_mut().clear();
        "OFFLINE".clone_into(&mut self.status.borrow_mut());
        "OFFLINE".clone_into(&mut self.shell.screen_mut().status);
    }
}
