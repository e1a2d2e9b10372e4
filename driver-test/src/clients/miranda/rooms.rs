//! Miranda's rooms: opened by its user or by what comes, filled from lists of members.
//! Never exists below dialect 5.

use std::rc::Rc;

use super::super::fault::Fault;
use super::super::shell::FOR_EVER;
use super::super::{cut, items, seconds, words};
use super::Miranda;
use super::queue::{Errors, Reply};

impl Miranda {
    /// A line about a chat, without its first word.
    pub(super) fn chat_told(self: &Rc<Self>, rest: &str) {
        let (chat, rest) = cut(rest);
        let (property, value) = cut(rest);
        let mut screen = self.shell.screen_mut();
        let Some(room) = screen.rooms.get_mut(chat) else {
            return;
        };
        match property {
            "FRIENDLYNAME" => value.clone_into(&mut room.title),
            "TOPIC" => value.clone_into(&mut room.topic),
            "STATUS" => room.left = value == "UNSUBSCRIBED",
            "MEMBERS" if self.dialect.get() < 7 => {
                room.members = words(value).into_iter().collect();
            }
            "MEMBERS" if self.reading.borrow_mut().insert(chat.to_owned()) => {
                let (own, chat) = (Rc::clone(self), chat.to_owned());
                self.shell
                    .spawn(async move { own.read_members(&chat).await });
            }
            _ => {}
        }
    }

    /// Under dialect 7 members are objects of their own.
    async fn read_members(&self, chat: &str) {
        let path = format!("CHAT {chat} MEMBEROBJECTS");
        let Some(list) = self.get(&path).await else {
            let story = format!("takes the words of an ERROR for members of {chat}");
            return self.shell.fail(Fault::misbehaves(story)).await;
        };
        self.reading.borrow_mut().remove(chat);
        let mut members = Vec::new();
        for member in items(&list) {
            let who = self.get(&format!("CHATMEMBER {member} IDENTITY")).await;
            let role = self.get(&format!("CHATMEMBER {member} ROLE")).await;
            let (Some(who), Some(_)) = (who, role) else {
                let story = format!("shows a member {member} of {chat} without name or role");
                return self.shell.fail(Fault::misbehaves(story)).await;
            };
            members.push(who);
        }
        if let Some(room) = self.shell.screen_mut().rooms.get_mut(chat) {
            room.members = members.into_iter().collect();
        }
    }

    /// Opens the window of a room, if it is not open.
    pub(super) async fn open_room(&self, chat: &str) {
        if self.shell.screen().rooms.contains_key(chat) {
            return;
        }
        let title = self.get(&format!("CHAT {chat} FRIENDLYNAME")).await;
        if self.dialect.get() >= 7 {
            self.get(&format!("CHAT {chat} MYROLE")).await;
        }
        let mut screen = self.shell.screen_mut();
        let room = screen.rooms.entry(chat.to_owned()).or_default();
        room.title = title.unwrap_or_default();
        self.shell.say(format!("GET CHAT {chat} MEMBERS"));
    }

    /// Something other than a text has happened in a room.
    pub(super) async fn room_changed(&self, chat: &str, number: &str, kind: &str, from: &str) {
        self.open_room(chat).await;
        let path = |property: &str| format!("CHATMESSAGE {number} {property}");
        let mut story = format!("{kind} {from}");
        match kind {
            "ADDEDMEMBERS" | "LEFT" => self.shell.say(format!("GET CHAT {chat} MEMBERS")),
            "KICKED" | "SETROLE" => {
                let users = self.get(&path("USERS")).await.unwrap_or_default();
                if kind == "SETROLE" {
                    self.get(&path("ROLE")).await;
                }
                let mut screen = self.shell.screen_mut();
                let room = screen.rooms.get_mut(chat).filter(|_| kind == "KICKED");
                if let Some(room) = room {
                    for user in words(&users) {
                        room.members.remove(&user);
                    }
                }
                story = format!("{story} {users}");
            }
            "SETTOPIC" => {
                let Some(topic) = self.get_with(&path("BODY"), Errors::AnyAge).await else {
                    let story = format!("loses message {number}: ERROR to BODY");
                    return self.shell.fail(Fault::loses(story)).await;
                };
                if let Some(room) = self.shell.screen_mut().rooms.get_mut(chat) {
                    room.topic.clone_from(&topic);
                }
                story = format!("{story} {topic}");
            }
            _ => {}
        }
        if let Some(room) = self.shell.screen_mut().rooms.get_mut(chat) {
            room.happened.push(story);
        }
    }

    pub(super) async fn create_room(&self, people: &[String]) {
        self.shell.say(format!("CHAT CREATE {}", people.join(", ")));
        let fits = |line: &str| line.contains("CHAT ") && line.contains(" STATUS ");
        let chat = match self.wait(FOR_EVER, Errors::AnyAge, fits).await {
            Some(Reply::Line(line)) => cut(cut(&line).1).0.to_owned(),
            Some(Reply::Error(error)) => {
                let story = format!("opens no room: {error:?} came");
                self.shell.fail(Fault::misbehaves(story)).await
            }
            None => {
                let story = "hangs for ever waiting for CHAT ... STATUS";
                self.shell.fail(Fault::hangs(story)).await
            }
        };
        self.open_room(&chat).await;
    }

    pub(super) async fn set_topic(&self, room: &str, topic: &str) {
        self.shell
            .say(format!("ALTER CHAT {room} SETTOPIC {topic}"));
        if let Reply::Error(error) = self
            .wait_for_ever("ALTER CHAT SETTOPIC", Errors::AnyAge)
            .await
        {
            let story = format!("sets no topic in {room}: {error:?} came");
            self.shell.fault(Fault::misbehaves(story));
        }
    }

    pub(super) async fn kick(&self, room: &str, handle: &str) {
        self.shell.say(format!("ALTER CHAT {room} KICK {handle}"));
        let fits = |line: &str| line.starts_with("ALTER CHAT KICK");
        if self.wait(seconds(2), Errors::AnyAge, fits).await.is_none() {
            let story = format!("freezes for two seconds while {handle} is kicked out of {room}");
            self.shell.fault(Fault::hangs(story));
        }
    }

    pub(super) fn leave(&self, room: &str) {
        self.shell.say(format!("ALTER CHAT {room} LEAVE"));
    }
}
