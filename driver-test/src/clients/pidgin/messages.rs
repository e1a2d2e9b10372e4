//! Pidgin's texts: seven questions for each that comes, no confirmation for those that go.
//! Never shows a text before all seven are known and the kind of its chat too.

use std::rc::Rc;

use super::super::fault::Fault;
use super::super::screen::{Outcome, Text, Written};
use super::super::{seconds, words};
use super::Pidgin;

/// What is asked of a message, in this order.
const QUESTIONS: [&str; 7] = [
    "TYPE",
    "CHATNAME",
    "BODY",
    "FROM_HANDLE",
    "USERS",
    "LEAVEREASON",
    "TIMESTAMP",
];

/// What is known of a message so far.
#[derive(Clone, Default)]
pub(super) struct Message {
    kind: Option<String>,
    chat: Option<String>,
    body: Option<String>,
    from: Option<String>,
    users: Option<String>,
    reason: Option<String>,
    timestamp: Option<u64>,
    shown: bool,
}

impl Pidgin {
    pub(super) fn message_told(self: &Rc<Self>, number: &str, property: &str, value: &str) {
        // It does not look which property it is: a text that is just this word is taken for a status.
        if value == "RECEIVED" || value == "SENT" {
            let new = {
                let mut messages = self.messages.borrow_mut();
                let new = !messages.contains_key(number);
                messages.entry(number.to_owned()).or_default();
                new
            };
            if new {
                for property in QUESTIONS {
                    self.shell
                        .say(format!("GET CHATMESSAGE {number} {property}"));
                }
                let (own, number) = (Rc::clone(self), number.to_owned());
                self.shell
                    .spawn(async move { own.await_parts(&number).await });
            }
            return;
        }
        let mut messages = self.messages.borrow_mut();
        let Some(message) = messages.get_mut(number) else {
            return;
        };
        let value = value.to_owned();
        match property {
            "TYPE" => message.kind = Some(value),
            "CHATNAME" => message.chat = Some(value),
            "BODY" => message.body = Some(value),
            "FROM_HANDLE" => message.from = Some(value),
            "USERS" => message.users = Some(value),
            "LEAVEREASON" => message.reason = Some(value),
            "TIMESTAMP" => message.timestamp = value.parse().ok(),
            _ => {}
        }
    }

    /// Waits until a message can be shown; the real one waits silently for ever.
    async fn await_parts(self: Rc<Self>, number: &str) {
        let look = || {
            let messages = self.messages.borrow();
            let message = messages.get(number)?;
            let chat = message.chat.clone()?;
            Some((message.from.clone()?, chat))
        };
        let story = format!("loses message {number}: no FROM_HANDLE or no CHATNAME came");
        let (from, chat) = self.shell.until_or_hang(seconds(100), &story, look).await;
        self.need_chat(&chat);
        let look = || {
            let messages = self.messages.borrow();
            let message = messages.get(number).filter(|message| message.is_whole())?;
            let dialog = self.chats.borrow().get(&chat)?.dialog?;
            Some((message.clone(), dialog))
        };
        let story =
            format!("loses message {number}: a part of it, or the kind of {chat}, is missing");
        let (message, dialog) = self.shell.until_or_hang(seconds(100), &story, look).await;
        let own = self.shell.screen().handle == from;
        if dialog && !own {
            self.dialogs.borrow_mut().insert(from.clone(), chat.clone());
        }
        if !own {
            self.show(&chat, &from, dialog, &message);
            self.shell.say(format!("SET CHATMESSAGE {number} SEEN"));
        }
        if let Some(message) = self.messages.borrow_mut().get_mut(number) {
            message.shown = true;
        }
    }

    fn show(&self, chat: &str, from: &str, dialog: bool, message: &Message) {
        let kind = message.kind.as_deref().unwrap_or_default();
        let body = message.body.clone().unwrap_or_default();
        let event = [
            "ADDEDMEMBERS",
            "KICKED",
            "LEFT",
            "SETTOPIC",
            "SAWMEMBERS",
            "CREATEDCHATWITH",
        ];
        if dialog || !event.contains(&kind) {
            let (from, chat) = (from.to_owned(), chat.to_owned());
            let text = Text {
                from,
                chat,
                text: body,
            };
            self.shell.screen_mut().received.push(text);
            return;
        }
        let users = message.users.clone().unwrap_or_default();
        let mut screen = self.shell.screen_mut();
        let room = screen.rooms.entry(chat.to_owned()).or_default();
        match kind {
            "ADDEDMEMBERS" => room.members.extend(words(&users)),
            "KICKED" => room.members.retain(|name| !words(&users).contains(name)),
            "LEFT" => {
                room.members.remove(from);
            }
            "SETTOPIC" => room.topic.clone_from(&body),
            _ => {}
        }
        let rest = if kind == "SETTOPIC" { body } else { users };
        room.happened.push(format!("{kind} {from} {rest}"));
    }

    /// Writes to somebody, in the chat with it once that is known.
    pub(super) fn write(&self, to: String, text: String) {
        let dialog = self.dialogs.borrow().get(&to).cloned();
        self.shell
            .say(match dialog.filter(|_| self.dialect.get() >= 5) {
                Some(chat) => format!("CHATMESSAGE {chat} {text}"),
                None => format!("MESSAGE {to} {text}"),
            });
        self.note_written(to, text);
    }

    pub(super) fn write_in_room(&self, room: String, text: String) {
        self.shell.say(format!("CHATMESSAGE {room} {text}"));
        self.note_written(room, text);
    }

    fn note_written(&self, to: String, text: String) {
        let outcome = Outcome::NotAsked;
        let written = Written { to, text, outcome };
        self.shell.screen_mut().written.push(written);
    }

    /// A contradiction between two lines about a chat.
    pub(super) fn kind_changed(&self, chat: &str) {
        let story = format!(
            "turns {chat} from a dialog into a room, or back, because STATUS and TYPE differ"
        );
        self.shell.fault(Fault::misbehaves(story));
    }
}

impl Message {
    fn is_whole(&self) -> bool {
        let kind = self.kind.as_deref();
        let timed = self.timestamp.is_some_and(|timestamp| timestamp != 0);
        let needed = match kind {
            None => false,
            Some("ADDEDMEMBERS" | "KICKED") => self.users.is_some(),
            Some("LEFT") => self.reason.is_some(),
            Some(_) => self.body.is_some(),
        };
        timed && needed && !self.shown
    }
}
