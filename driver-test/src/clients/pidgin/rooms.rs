//! Pidgin's chats: what kind each is, and the rooms among them.
//! Never shows a text of a chat whose kind it does not know.

use std::rc::Rc;

use super::super::fault::Fault;
use super::super::{cut, items, seconds, words};
use super::Pidgin;

/// What is asked of a chat, in this order.
const QUESTIONS: [&str; 6] = [
    "STATUS",
    "TYPE",
    "MEMBERS",
    "FRIENDLYNAME",
    "TOPIC",
    "MEMBEROBJECTS",
];

/// What is known of a chat.
#[derive(Clone, Default)]
pub(super) struct Chat {
    /// Between two people; `None` while that is not known.
    pub(super) dialog: Option<bool>,
    asked: bool,
    status: String,
}

impl Pidgin {
    /// Asks about a chat, if it has not; about its kind once a second until it is known.
    pub(super) fn need_chat(self: &Rc<Self>, chat: &str) {
        {
            let mut chats = self.chats.borrow_mut();
            let known = chats.entry(chat.to_owned()).or_default();
            if std::mem::replace(&mut known.asked, true) {
                return;
            }
        }
        for property in QUESTIONS {
            self.shell.say(format!("GET CHAT {chat} {property}"));
        }
        let (own, chat) = (Rc::clone(self), chat.to_owned());
        self.shell.spawn(async move {
            for _ in 0..100 {
                own.shell.sleep(seconds(1)).await;
                if own.chats.borrow()[&chat].dialog.is_some() {
                    return;
                }
                own.shell.say(format!("GET CHAT {chat} TYPE"));
            }
        });
    }

    pub(super) fn chat_told(self: &Rc<Self>, chat: &str, property: &str, value: &str) {
        match property {
            "STATUS" if value == "UNSUBSCRIBED" => {
                if let Some(room) = self.shell.screen_mut().rooms.get_mut(chat) {
                    room.left = true;
                }
            }
            "STATUS" | "TYPE" => self.kind_told(chat, property, value),
            "MEMBERS" => {
                let members = words(value).into_iter().collect();
                self.in_room(chat, |room| room.members = members);
            }
            "FRIENDLYNAME" => self.in_room(chat, |room| value.clone_into(&mut room.title)),
            "TOPIC" => self.in_room(chat, |room| value.clone_into(&mut room.topic)),
            "MEMBEROBJECTS" => {
                let (own, members) = (Rc::clone(self), items(value));
                self.shell
                    .spawn(async move { own.ask_members(&members).await });
            }
            _ => {}
        }
    }

    fn kind_told(self: &Rc<Self>, chat: &str, property: &str, value: &str) {
        let dialog = ["DIALOG", "LEGACY_DIALOG"].contains(&value);
        let changed = {
            let mut chats = self.chats.borrow_mut();
            let known = chats.entry(chat.to_owned()).or_default();
            let before = known.dialog.replace(dialog);
            if property == "STATUS" {
                value.clone_into(&mut known.status);
            }
            // A dialog that is widened may become a room.
            before == Some(false) && dialog
        };
        if changed {
            self.kind_changed(chat);
        }
        if !dialog {
            let mut screen = self.shell.screen_mut();
            screen.rooms.entry(chat.to_owned()).or_default();
            drop(screen);
            self.need_chat(chat);
        }
        self.shell.stir();
    }

    fn in_room(&self, chat: &str, change: impl FnOnce(&mut super::super::screen::Room)) {
        if let Some(room) = self.shell.screen_mut().rooms.get_mut(chat) {
            change(room);
        }
    }

    async fn ask_members(&self, members: &[String]) {
        for member in members {
            self.get(&format!("CHATMEMBER {member} IDENTITY")).await;
            self.get(&format!("CHATMEMBER {member} ROLE")).await;
        }
    }

    /// Opens an empty room and brings everybody in, one after the other.
    pub(super) async fn create_room(self: Rc<Self>, people: &[String]) {
        let reply = self.call("CHAT CREATE").await;
        let Some(rest) = reply.strip_prefix("CHAT ") else {
            let story = format!("reads out of bounds: {reply:?} to CHAT CREATE");
            return self.shell.fault(Fault::crashes(story));
        };
        let chat = cut(rest).0;
        self.chats
            .borrow_mut()
            .entry(chat.to_owned())
            .or_default()
            .dialog = Some(false);
        self.shell
            .screen_mut()
            .rooms
            .entry(chat.to_owned())
            .or_default();
        self.need_chat(chat);
        for person in people {
            self.shell
                .say(format!("ALTER CHAT {chat} ADDMEMBERS {person}"));
        }
    }

    pub(super) async fn kick(&self, room: &str, handle: &str) {
        let reply = self.call(&format!("ALTER CHAT {room} KICK {handle}")).await;
        if reply.is_empty() {
            let story = format!("kicks nobody out of {room}: an ERROR came, or nothing");
            self.shell.fault(Fault::misbehaves(story));
        }
    }
}
