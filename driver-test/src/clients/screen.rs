//! What the user of a client sees: the same for all programs, so that one test does for all of them.
//! Never knows a line of any protocol.

use std::collections::{BTreeMap, BTreeSet};

/// Somebody in the contact list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Contact {
    /// The name that the user gave it, which is shown if there is one.
    pub given_name: String,
    /// The name that it gave itself, which is shown otherwise.
    pub own_name: String,
    /// The status word, empty while it is not known.
    pub status: String,
    /// The mood text.
    pub mood: String,
    /// True while the contact has not answered the request.
    pub pending: bool,
}

impl Contact {
    /// The name shown; empty where the program shows the handle.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.given_name.is_empty() {
            &self.own_name
        } else {
            &self.given_name
        }
    }
}

/// A text as it is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// Who wrote it.
    pub from: String,
    /// The id of its chat.
    pub chat: String,
    /// The text itself.
    pub text: String,
}

/// How a text that was written stands, as the program shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Nothing is known yet.
    Pending,
    /// Shown as sent.
    Sent,
    /// Shown as failed.
    Failed,
    /// The program does not look for a confirmation.
    NotAsked,
}

/// A text that the user has written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// The handle, or the id of the room.
    pub to: String,
    /// The text.
    pub text: String,
    /// How it stands.
    pub outcome: Outcome,
}

/// A window with several people.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Room {
    /// What stands in its title bar.
    pub title: String,
    /// The topic.
    pub topic: String,
    /// Who is in it, the user included.
    pub members: BTreeSet<String>,
    /// True once the user has left it.
    pub left: bool,
    /// What happened in it besides texts, as `TYPE from text`.
    pub happened: Vec<String>,
}

/// What has become of a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Picture {
    /// It has been asked for, or set, and there is no answer yet.
    Asked,
    /// It is there.
    There,
    /// There is none, or it was not taken.
    None,
}

/// All that a user sees.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Screen {
    /// The program has finished signing on and shows the account as connected.
    pub online: bool,
    /// The own status word.
    pub status: String,
    /// The own handle, once it is known.
    pub handle: String,
    /// The contact list, by handle.
    pub contacts: BTreeMap<String, Contact>,
    /// The contact groups: who is in them, by name.
    pub groups: BTreeMap<String, BTreeSet<String>>,
    /// People who ask to become contacts, with what they say.
    pub requests: BTreeMap<String, String>,
    /// Texts of others, oldest first.
    pub received: Vec<Text>,
    /// Texts of the user, oldest first.
    pub written: Vec<Written>,
    /// Rooms, by chat id.
    pub rooms: BTreeMap<String, Room>,
    /// Who types, as the last notification says.
    pub typing: BTreeMap<String, bool>,
    /// Pictures of others that were asked for.
    pub pictures: BTreeMap<String, Picture>,
    /// The own picture, if one was set.
    pub own_picture: Option<Picture>,
    /// What a search for people has found, once it has ended.
    pub found: Option<Vec<String>>,
    /// The pages of details that were opened, by handle.
    pub details: BTreeMap<String, BTreeMap<String, String>>,
}

impl Screen {
    /// The bodies of what came from `from`, oldest first.
    #[must_use]
    pub fn texts_from(&self, from: &str) -> Vec<String> {
        let texts = self.received.iter().filter(|text| text.from == from);
        texts.map(|text| text.text.clone()).collect()
    }

    /// The status word of a contact; empty if it is none, or not known.
    #[must_use]
    pub fn presence(&self, handle: &str) -> &str {
        let contact = self.contacts.get(handle);
        contact.map_or("", |contact| contact.status.as_str())
    }
}
