//! The library: commands with numbers that wait for exactly the reply they expect, properties with a cache.
//! Never lets a reply pass that begins otherwise, and never asks for a property twice.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::super::fault::Fault;
use super::super::seconds;
use super::super::shell::Shell;

/// Objects whose lines have an id and a property.
const OBJECTS: [&str; 12] = [
    "USER",
    "CHAT",
    "CHATMESSAGE",
    "CHATMEMBER",
    "MESSAGE",
    "CALL",
    "GROUP",
    "APPLICATION",
    "FILETRANSFER",
    "VOICEMAIL",
    "SMS",
    "MENU_ITEM",
];
/// Properties that are numbers.
const NUMBERS: [&str; 8] = [
    "TIMESTAMP",
    "LASTONLINETIMESTAMP",
    "BUDDYSTATUS",
    "NROF_AUTHED_BUDDIES",
    "TIMEZONE",
    "OPTIONS",
    "NROFUSERS",
    "ACTIVITY_TIMESTAMP",
];

/// An object, its id and a property.
type Path<'a> = [&'a str; 3];

/// A line that nobody has asked for.
pub(super) struct Event {
    pub(super) object: String,
    pub(super) id: String,
    pub(super) property: String,
    pub(super) value: String,
}

/// The library with its connection.
pub(super) struct Library {
    shell: Shell,
    dialect: Cell<u8>,
    /// Commands under way, with their replies once they are there.
    pending: RefCell<BTreeMap<u32, Option<String>>>,
    cache: RefCell<BTreeMap<[String; 3], String>>,
    status: RefCell<Option<String>>,
    /// Messages under way, with their place on the screen.
    pub(super) sending: RefCell<BTreeMap<String, usize>>,
}

impl Library {
    pub(super) fn new(shell: Shell) -> Self {
        Self {
            shell,
            dialect: Cell::new(5),
            pending: RefCell::default(),
            cache: RefCell::default(),
            status: RefCell::default(),
            sending: RefCell::default(),
        }
    }

    pub(super) fn reset(&self) {
        self.pending.borrow_mut().clear();
        self.cache.borrow_mut().clear();
        self.sending.borrow_mut().clear();
        self.forget_status();
    }

    pub(super) fn dialect(&self) -> u8 {
        self.dialect.get()
    }

    /// The last own status that came without having been asked for.
    pub(super) fn status(&self) -> Option<String> {
        self.status.borrow().clone()
    }

    pub(super) fn forget_status(&self) {
        *self.status.borrow_mut() = None;
    }

    /// Says who it is and what it speaks.
    pub(super) async fn attach(&self, version: u8) {
        let reply = self.command("NAME Skype4Py", "").await;
        if reply != "OK" {
            let story = format!("raises \"refused\": {reply:?} to NAME instead of OK");
            return self.shell.fail(Fault::crashes(story)).await;
        }
        let line = format!("PROTOCOL {version}");
        let reply = self.command(&line, "PROTOCOL").await;
        match reply.rsplit(' ').next().map(str::parse) {
            Some(Ok(version)) => self.dialect.set(version),
            _ => {
                let story = format!("raises ValueError on {reply:?}");
                self.shell.fault(Fault::crashes(story));
            }
        }
    }

    /// A line that has come: a reply is kept for its command, anything else is an event.
    pub(super) fn take(&self, line: &str) -> Option<Event> {
        let Some(tagged) = line.strip_prefix('#') else {
            return self.event(line);
        };
        let (number, reply) = tagged.split_once(' ').unwrap_or((tagged, ""));
        let Ok(number) = number.parse::<u32>() else {
            let story = format!("loses its reader thread: the number in {line:?} is none");
            self.shell.fault(Fault::crashes(story));
            return None;
        };
        let mut pending = self.pending.borrow_mut();
        match pending.get_mut(&number) {
            Some(slot @ None) => {
                *slot = Some(reply.to_owned());
                None
            }
            Some(Some(_)) | None => {
                drop(pending);
                // It takes it for something that nobody has asked for.
                let story = format!("takes {line:?} for an event: it waits for no such reply");
                self.shell.fault(Fault::misbehaves(story));
                None
            }
        }
    }

    fn event(&self, line: &str) -> Option<Event> {
        let (object, rest) = line.split_once(' ').unwrap_or((line, ""));
        if object == "USERSTATUS" {
            *self.status.borrow_mut() = Some(rest.to_owned());
        }
        if !OBJECTS.contains(&object) {
            return Some(Event {
                object: object.to_owned(),
                id: String::new(),
                property: String::new(),
                value: rest.to_owned(),
            });
        }
        let mut parts = rest.splitn(3, ' ').map(str::to_owned);
        let (Some(id), Some(property)) = (parts.next(), parts.next()) else {
            let story = format!("loses its reader thread: {line:?} has no property");
            self.shell.fault(Fault::crashes(story));
            return None;
        };
        let value = parts.next().unwrap_or_default();
        self.check_number(&property, &value);
        let key = [object.to_owned(), id.clone(), property.clone()];
        self.cache.borrow_mut().insert(key, value.clone());
        Some(Event {
            object: object.to_owned(),
            id,
            property,
            value,
        })
    }

    fn check_number(&self, property: &str, value: &str) {
        if NUMBERS.contains(&property) && value.parse::<i64>().is_err() {
            let story = format!("raises ValueError on {property} {value:?}");
            self.shell.fault(Fault::crashes(story));
        }
    }

    /// Sends a command and waits half a minute for a reply that begins with `expected`; an ERROR is an
    /// exception that the application may catch.
    pub(super) async fn try_command(&self, line: &str, expected: &str) -> Result<String, String> {
        let number = {
            let mut pending = self.pending.borrow_mut();
            let free = (0..).find(|number| !pending.contains_key(number));
            let number = free.unwrap_or_default();
            pending.insert(number, None);
            number
        };
        self.shell.say(format!("#{number} {line}"));
        let look = || {
            let mut pending = self.pending.borrow_mut();
            let reply = pending.get_mut(&number)?.take()?;
            pending.remove(&number);
            Some(reply)
        };
        let story = format!("raises a timeout: no reply to {line}");
        let reply = self.shell.until_or_hang(seconds(30), &story, look).await;
        if let Some(error) = reply.strip_prefix("ERROR ") {
            let code = error.split(' ').next().unwrap_or_default();
            if code.parse::<u32>().is_err() {
                let story = format!("raises ValueError: {reply:?} has no number");
                return self.shell.fail(Fault::crashes(story)).await;
            }
            return Err(error.to_owned());
        }
        if !reply.starts_with(expected) {
            let story = format!("raises \"unexpected reply\": {reply:?} to {line}");
            return self.shell.fail(Fault::crashes(story)).await;
        }
        Ok(reply)
    }

    /// The same where the application does not expect an exception.
    pub(super) async fn command(&self, line: &str, expected: &str) -> String {
        match self.try_command(line, expected).await {
            Ok(reply) => reply,
            Err(error) => {
                let story = format!("raises ERROR {error} on {line}");
                self.shell.fail(Fault::crashes(story)).await
            }
        }
    }

    fn behind<'a>(&self, reply: &'a str, start: &str) -> &'a str {
        reply.get(start.len() + 1..).unwrap_or_default()
    }

    /// A parameter without object, asked for each time.
    pub(super) async fn parameter(&self, name: &str) -> String {
        let reply = self.command(&format!("GET {name}"), name).await;
        self.behind(&reply, name).to_owned()
    }

    /// A list of ids, which must be plain ASCII.
    pub(super) async fn search(&self, what: &str, list: &str) -> String {
        let reply = self.command(&format!("SEARCH {what}"), list).await;
        if !reply.is_ascii() {
            let story = format!("raises UnicodeDecodeError on {reply:?}");
            return self.shell.fail(Fault::crashes(story)).await;
        }
        self.behind(&reply, list).to_owned()
    }

    /// A property, from the cache if it was asked or told before.
    pub(super) async fn property(&self, path: Path<'_>) -> String {
        let key = path.map(str::to_owned);
        let cached = self.cache.borrow().get(&key).cloned();
        if let Some(value) = cached {
            return value;
        }
        let path_text = path.join(" ");
        let reply = self.command(&format!("GET {path_text}"), &path_text).await;
        let value = self.behind(&reply, &path_text).to_owned();
        self.check_number(path[2], &value);
        self.cache.borrow_mut().insert(key, value.clone());
        value
    }

    /// A property as it was last asked or told.
    pub(super) fn cached(&self, path: Path<'_>) -> String {
        let key = path.map(str::to_owned);
        self.cache.borrow().get(&key).cloned().unwrap_or_default()
    }

    /// Whether a property was last told to be `value`.
    pub(super) fn was_told(&self, path: Path<'_>, value: &str) -> bool {
        let key = path.map(str::to_owned);
        self.cache
            .borrow()
            .get(&key)
            .is_some_and(|told| told == value)
    }

    /// Sets a property of an object.
    pub(super) async fn set(&self, path: Path<'_>, value: &str) {
        let path = path.join(" ");
        self.command(&format!("SET {path} {value}"), &path).await;
    }
}
