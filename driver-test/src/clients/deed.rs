//! What users do at their programs.
//! Never says how a program does it.

/// Something that a user does. Names of people are handles, those of rooms are chat ids.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deed {
    /// Takes another status, named by its word.
    SetStatus(String),
    /// Says what is going on.
    SetMood(String),
    /// Takes another name.
    SetName(String),
    /// Writes to somebody.
    Write {
        /// To whom.
        to: String,
        /// What.
        text: String,
    },
    /// Writes in a room.
    WriteInRoom {
        /// Where.
        room: String,
        /// What.
        text: String,
    },
    /// Asks somebody to become a contact.
    Add {
        /// Whom.
        handle: String,
        /// With which words.
        text: String,
    },
    /// Takes somebody off the contact list.
    Remove(String),
    /// Says yes or no to somebody who asks.
    Answer {
        /// To whom.
        handle: String,
        /// Which of both.
        yes: bool,
    },
    /// Looks for people.
    Find(String),
    /// Opens the page with somebody's details.
    Details(String),
    /// Opens a room with these people.
    OpenRoom(Vec<String>),
    /// Brings somebody into a room.
    Invite {
        /// The room.
        room: String,
        /// Whom.
        handle: String,
    },
    /// Says what a room is about.
    SetTopic {
        /// The room.
        room: String,
        /// The topic.
        topic: String,
    },
    /// Throws somebody out of a room.
    Kick {
        /// The room.
        room: String,
        /// Whom.
        handle: String,
    },
    /// Leaves a room.
    Leave(String),
    /// Begins or ends to type.
    Type {
        /// To whom.
        to: String,
        /// Whether it begins.
        on: bool,
    },
    /// Looks at somebody's picture.
    Picture(String),
    /// Takes the picture in this file.
    SetPicture(String),
    /// Puts a contact into a group, which is made if there is none of the name.
    PutInGroup {
        /// The name of the group.
        group: String,
        /// Whom.
        handle: String,
    },
    /// Takes a contact out of a group.
    TakeFromGroup {
        /// The name of the group.
        group: String,
        /// Whom.
        handle: String,
    },
    /// Goes offline, as the program does that; some end their connection with it.
    LogOut,
    /// Goes online again at a program that has stayed connected.
    LogIn,
}
