//! BitlBee's channels: one for each chat that it hears of, dialogs included.
//! Never takes a member out of one but for a message that says so.

use super::super::screen::Room;
use super::super::{cut, items, words};
use super::BitlBee;

impl BitlBee {
    pub(super) fn chats(&self, list: &str) {
        for chat in items(list) {
            self.write_line(format!("GET CHAT {chat} STATUS"));
            self.write_line(format!("GET CHAT {chat} ACTIVEMEMBERS"));
        }
    }

    /// A channel for a chat that has none.
    pub(super) fn new_chat(&self, chat: &str) {
        let known = self.shell.screen().rooms.contains_key(chat);
        if known {
            return;
        }
        let room = Room::default();
        self.shell.screen_mut().rooms.insert(chat.to_owned(), room);
        for property in ["ADDER", "TOPIC", "ACTIVEMEMBERS"] {
            self.write_line(format!("GET CHAT {chat} {property}"));
        }
    }

    pub(super) fn chat(&self, rest: &str) {
        let (chat, rest) = cut(rest);
        let (property, value) = cut(rest);
        match property {
            "STATUS" => self.chat_status(chat, value),
            "ADDER" => {
                self.topic_wait.borrow_mut().insert(chat.to_owned());
            }
            "TOPIC" if self.topic_wait.borrow_mut().remove(chat) => {
                if let Some(room) = self.shell.screen_mut().rooms.get_mut(chat) {
                    value.clone_into(&mut room.topic);
                }
            }
            "MEMBERS" | "ACTIVEMEMBERS" => {
                if let Some(room) = self.shell.screen_mut().rooms.get_mut(chat) {
                    room.members.extend(words(value));
                }
            }
            "FRIENDLYNAME" => {
                if let Some(room) = self.shell.screen_mut().rooms.get_mut(chat) {
                    value.clone_into(&mut room.title);
                }
            }
            _ => {}
        }
    }

    fn chat_status(&self, chat: &str, status: &str) {
        match status {
            "MULTI_SUBSCRIBED" => self.new_chat(chat),
            "UNSUBSCRIBED" => {
                if let Some(room) = self.shell.screen_mut().rooms.get_mut(chat) {
                    room.left = true;
                }
            }
            _ => {}
        }
        if status == "DIALOG" || status == "MULTI_SUBSCRIBED" {
            let pending = self.pending_room.borrow_mut().take();
            if let Some(others) = pending {
                self.new_chat(chat);
                for other in others {
                    self.write_line(format!("ALTER CHAT {chat} ADDMEMBERS {other}"));
                }
            }
        }
    }

    /// Begins with the first of them alone; the others come in when the chat is there.
    pub(super) fn create_room(&self, people: Vec<String>) {
        let mut people = people.into_iter();
        let Some(first) = people.next() else {
            return;
        };
        *self.pending_room.borrow_mut() = Some(people.collect());
        self.write_line(format!("CHAT CREATE {first}"));
    }

    pub(super) fn room_changed(&self, chat: &str, kind: &str, from: &str, text: &str) {
        let mut screen = self.shell.screen_mut();
        let room = screen.rooms.entry(chat.to_owned()).or_default();
        if kind == "LEFT" {
            room.members.remove(from);
        } else {
            text.clone_into(&mut room.topic);
        }
        room.happened.push(format!("{kind} {from} {text}"));
    }
}
