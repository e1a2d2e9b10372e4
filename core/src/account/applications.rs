//! Applications between clients: one is served, which tells who types; of the others only the names are kept.
//! Never carries data of an application.
//!
//! See `core/docs/skype-api.md`, "Applications".

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::string::String;

use super::{Account, Scene};
use crate::handle::{HANDLE_MAX, canonical, is_handle};
use crate::imo::TypingState;
use crate::imo::buid::Buid;
use crate::imo::call::Call;
use crate::skype::{
    ApplicationAction, ApplicationProperty, ErrorReply, Reply, Status, Stream, Value,
};
use crate::weighed::{Weight, in_tree};

/// The application by which clients tell each other who types.
const TYPING: &str = "libpurple_typing";
/// How many applications are kept.
const APPLICATIONS_MAX: usize = 64;
/// Longest name of an application that is kept, in bytes.
const NAME_MAX: usize = 128;
/// How many streams of an application are kept; beyond that the oldest is forgotten.
const STREAMS_MAX: usize = 256;

/// What the typing application says.
const TYPING_TEXTS: &[(&str, TypingState)] = &[
    ("PURPLE_TYPING", TypingState::Typing),
    ("PURPLE_TYPED", TypingState::Typed),
    ("PURPLE_NOT_TYPING", TypingState::NotTyping),
];

/// An application that a client has made.
#[derive(Debug, Default)]
struct Application {
    /// Handles, in lower case, and numbers; oldest first.
    streams: VecDeque<(String, u32)>,
    /// The highest number that was given.
    last: u32,
}

/// The applications that clients have made, by name.
#[derive(Debug, Default)]
pub(super) struct Applications {
    made: BTreeMap<String, Application>,
}

impl Application {
    /// The stream to `user`, opened if there is none. True if it was.
    fn open(&mut self, user: &str) -> (u32, bool) {
        if let Some((_, number)) = self.streams.iter().find(|(own, _)| own == user) {
            return (*number, false);
        }
        if self.streams.len() >= STREAMS_MAX {
            self.streams.pop_front();
        }
        self.last = self.last.saturating_add(1);
        self.streams.push_back((user.into(), self.last));
        (self.last, true)
    }
}

impl Applications {
    /// About how many bytes they take.
    pub(super) fn bytes(&self) -> usize {
        let made = self.made.iter();
        let bytes = made.map(|(name, application)| {
            // A queue grows to twice what it holds.
            let streams = 2 * application.streams.len();
            let stream = size_of::<(String, u32)>() + HANDLE_MAX;
            in_tree::<(String, Application)>() + name.outside() + streams * stream
        });
        bytes.sum()
    }

    /// Panics if there are too many.
    pub(super) fn check_invariants(&self) {
        assert!(
            self.made.len() <= APPLICATIONS_MAX,
            "further applications are refused"
        );
        let mut made = self.made.values();
        assert!(
            made.all(|application| application.streams.len() <= STREAMS_MAX),
            "the oldest stream goes"
        );
    }
}

impl Account {
    pub(super) fn create_application(&mut self, name: &str) -> Result<(), ErrorReply> {
        let made = &mut self.applications.made;
        // Each client makes the typing application for itself; none expects to be told that it is there.
        if made.contains_key(name) && name != TYPING {
            return Err(ErrorReply::APPLICATION_FAILED);
        }
        let is_one_too_many = made.len() >= APPLICATIONS_MAX && !made.contains_key(name);
        if is_one_too_many || name.len() > NAME_MAX {
            return Err(ErrorReply::APPLICATION_FAILED);
        }
        made.entry(name.into()).or_default();
        Ok(())
    }

    pub(super) fn delete_application(&mut self, name: &str) -> Result<(), ErrorReply> {
        let was = self.applications.made.remove(name);
        was.map(|_| ()).ok_or(ErrorReply::DELETE_APPLICATION_NAME)
    }

    pub(super) fn application_asked<'a>(
        &self,
        name: &'a str,
        property: ApplicationProperty,
    ) -> Reply<'a> {
        let value = match property {
            _ if !self.applications.made.contains_key(name) => {
                return ErrorReply::GET_APPLICATION_NAME.into();
            }
            ApplicationProperty::Connectable if name == TYPING => {
                let handles = self.roster.contacts.keys().map(|handle| &**handle);
                let there = |handle: &&str| self.contact_status(handle) != Status::Offline;
                property.list(handles.filter(there))
            }
            ApplicationProperty::Streams => self.streams(name),
            ApplicationProperty::Connectable
            | ApplicationProperty::Connecting
            | ApplicationProperty::Sending
            | ApplicationProperty::Received => Value::EMPTY,
        };
        Reply::Application {
            name: name.into(),
            property,
            value,
        }
    }

    fn streams(&self, name: &str) -> Value<'static> {
        let streams = self.applications.made.get(name).into_iter();
        let streams = streams.flat_map(|application| &application.streams);
        let streams = streams.map(|(user, number)| Stream {
            user,
            number: *number,
        });
        ApplicationProperty::Streams.list(streams)
    }

    pub(super) fn alter_application(
        &mut self,
        scene: &mut Scene<'_>,
        name: &str,
        action: ApplicationAction<'_>,
    ) -> Result<(), ErrorReply> {
        // A client that comes back after a restart does not make the typing application again.
        if name == TYPING {
            self.create_application(name)?;
        }
        let Some(application) = self.applications.made.get_mut(name) else {
            return Err(ErrorReply::ALTER_APPLICATION_NAME);
        };
        let told = |property, value| line(name, property, value);
        match action {
            ApplicationAction::Connect(user) => {
                let value = String::from(user).into();
                scene.notice(told(ApplicationProperty::Connecting, value));
                scene.notice(told(ApplicationProperty::Connecting, Value::EMPTY));
                let user = canonical(user);
                if name == TYPING && is_handle(&user) {
                    application.open(&user);
                    scene.notice(told(ApplicationProperty::Streams, self.streams(name)));
                }
            }
            ApplicationAction::Disconnect(stream) => {
                let user = canonical(stream.user);
                let is_it =
                    |(own, number): &(String, u32)| *own == *user && *number == stream.number;
                if !application.streams.iter().any(is_it) {
                    return Err(ErrorReply::DISCONNECT_STREAM);
                }
                application.streams.retain(|one| !is_it(one));
                scene.notice(told(ApplicationProperty::Streams, self.streams(name)));
            }
            ApplicationAction::Datagram { .. } if name != TYPING => {
                return Err(ErrorReply::DATAGRAM_STREAM);
            }
            ApplicationAction::Datagram { stream, text } => {
                let sending = format!("{stream}={}", text.len());
                scene.notice(told(ApplicationProperty::Sending, sending.into()));
                scene.notice(told(ApplicationProperty::Sending, Value::EMPTY));
                self.type_to(scene, stream.user, text);
            }
            ApplicationAction::Write { .. } => return Err(ErrorReply::NO_WRITE),
            ApplicationAction::Read(_) => return Err(ErrorReply::NO_READ),
        }
        Ok(())
    }

    /// Tells somebody what the user does at the keyboard.
    fn type_to(&mut self, scene: &mut Scene<'_>, user: &str, text: &str) {
        let row = TYPING_TEXTS.iter().find(|(own, _)| *own == text);
        let Some((_, state)) = row.filter(|_| !self.congested) else {
            return;
        };
        let (to, state) = (canonical(user).into_owned(), *state);
        let call = Call::Typing { to, state };
        self.with_link(scene, |link, now, out| link.call(now, call, out));
    }

    /// Somebody is at the keyboard.
    pub(super) fn types(&mut self, scene: &mut Scene<'_>, buid: &str, state: TypingState) {
        // Clients know it of dialogs only.
        let Buid::Person(user) = Buid::parse(buid) else {
            return;
        };
        let user = canonical(user);
        let Some(application) = self
            .applications
            .made
            .get_mut(TYPING)
            .filter(|_| is_handle(&user))
        else {
            return;
        };
        let (number, is_new) = application.open(&user);
        if is_new {
            let streams = self.streams(TYPING);
            scene.notice(line(TYPING, ApplicationProperty::Streams, streams));
        }
        let row = TYPING_TEXTS.iter().find(|(_, own)| *own == state);
        scene.notice(Reply::Datagram {
            name: Cow::Borrowed(TYPING),
            stream: Stream {
                user: user.into_owned().into(),
                number,
            },
            text: row.map_or("", |(text, _)| text).into(),
        });
    }
}

fn line(name: &str, property: ApplicationProperty, value: Value<'static>) -> Reply<'static> {
    Reply::Application {
        name: String::from(name).into(),
        property,
        value,
    }
}
