//! Rooms of the application, by the library's calls for chats.
//! Never asks again for what it has in the cache.

use super::super::fault::Fault;
use super::super::words;
use super::Application;

impl Application {
    pub(super) fn chat_changed(&self, chat: &str, property: &str, value: &str) {
        let mut screen = self.shell.screen_mut();
        if property == "STATUS" && value == "MULTI_SUBSCRIBED" {
            screen.rooms.entry(chat.to_owned()).or_default();
        }
        let Some(room) = screen.rooms.get_mut(chat) else {
            return;
        };
        match property {
            "FRIENDLYNAME" => value.clone_into(&mut room.title),
            "TOPIC" => value.clone_into(&mut room.topic),
            "MEMBERS" => room.members = words(value).into_iter().collect(),
            "STATUS" => room.left = value == "UNSUBSCRIBED",
            _ => {}
        }
    }

    /// Makes a room known with all that is shown of it.
    pub(super) async fn open_room(&self, chat: &str) {
        let ask = |property| self.library.property(["CHAT", chat, property]);
        let title = ask("FRIENDLYNAME").await;
        let topic = ask("TOPIC").await;
        let members = ask("MEMBERS").await;
        let mut screen = self.shell.screen_mut();
        let room = screen.rooms.entry(chat.to_owned()).or_default();
        room.title = title;
        room.topic = topic;
        room.members = words(&members).into_iter().collect();
    }

    /// Something other than a text.
    pub(super) async fn happened(&self, chat: &str, story: String) {
        self.open_room(chat).await;
        if let Some(room) = self.shell.screen_mut().rooms.get_mut(chat) {
            room.happened.push(story);
        }
    }

    pub(super) async fn create_room(&self, people: &[String]) {
        let line = format!("CHAT CREATE {}", people.join(", "));
        let reply = self.library.command(&line, "CHAT").await;
        match words(&reply).get(1) {
            Some(chat) => self.open_room(chat).await,
            None => {
                let story = format!("raises IndexError on {reply:?}");
                self.shell.fault(Fault::crashes(story));
            }
        }
    }

    /// A change of a chat, which is confirmed without its id.
    pub(super) async fn alter(&self, room: &str, action: &str, argument: &str) {
        let line = format!("ALTER CHAT {room} {action} {argument}");
        let expected = format!("ALTER CHAT {action}");
        self.library.command(line.trim_end(), &expected).await;
    }
}
