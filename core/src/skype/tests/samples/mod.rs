//! Commands and replies of every form there is, made of given words.
//! Never asserts anything.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use crate::skype::words::Domain;
use crate::skype::{CallStatus, Command, Id, MessageType, Status, Stream, Targets, Value};

mod calls;
mod replies;
mod talk;

pub(in crate::skype::tests) use replies::replies;

/// What the open places of commands and replies are filled with.
#[derive(Debug)]
pub(super) struct Words {
    /// A handle.
    handle: String,
    /// A handle and a telephone number, maybe with commas in the handle.
    targets: String,
    /// Any text, maybe none.
    any: String,
    /// A text of more than spaces that begins with none.
    text: String,
    /// Something without spaces.
    word: String,
    /// Letters and digits.
    name: String,
    number: u32,
    flag: bool,
}

/// Words of all sorts; texts hold newlines and spaces at either end.
pub(super) fn words() -> impl Strategy<Value = Words> {
    let handle = "[A-Za-z][A-Za-z0-9.,_-]{0,20}[a-z]";
    // Where a number belongs, digits are heard as a number and not as the text that they were said by.
    let no_number = "[^\0]{0,12}".prop_filter("a number", |text| text.parse::<u64>().is_err());
    let texts = (no_number, "[^\0 ][^\0]{0,12}", "[!-~ä]{1,9}");
    let rest = ("[A-Za-z][A-Za-z0-9]{0,9}", any::<u32>(), any::<bool>());
    (handle, texts, rest).prop_map(|(handle, (any, text, word), (name, number, flag))| Words {
        targets: format!("{handle}, pavel"),
        handle,
        any,
        text,
        word,
        name,
        number,
        flag,
    })
}

impl Words {
    /// Some that are no keywords.
    pub(super) fn example() -> Self {
        Self {
            handle: "nora".into(),
            targets: "nora, pavel".into(),
            any: "some text".into(),
            text: "some text".into(),
            word: "#a/$b;c".into(),
            name: "name1".into(),
            number: 5,
            flag: true,
        }
    }

    fn id(&self) -> Id<'static> {
        self.number.into()
    }

    fn stream(&self) -> Stream<&str> {
        Stream {
            user: &self.handle,
            number: self.number,
        }
    }

    fn users(&self) -> Targets<'_> {
        Targets::parse(&self.targets).expect("two handles")
    }

    /// A value of this kind.
    fn value(&self, domain: Domain) -> Value<'_> {
        match domain {
            Domain::Text => self.any.as_str().into(),
            Domain::Number => self.number.into(),
            Domain::Flag => self.flag.into(),
            Domain::Presence => Status::Away.into(),
            Domain::Kind => MessageType::SetTopic.into(),
            Domain::CallStatus => CallStatus::Ringing.into(),
        }
    }
}

/// A command of every form, with every property there is.
pub(super) fn commands(words: &Words) -> Vec<Command<'_>> {
    let mut commands = talk::session(words);
    commands.extend(talk::searches(words).into_iter().map(Command::Search));
    commands.extend(talk::users(words));
    commands.extend(talk::chats(words));
    commands.extend(talk::messages(words));
    commands.extend(calls::groups_and_applications(words));
    commands.extend(calls::calls(words));
    commands.extend(calls::telephone(words));
    commands.extend(calls::windows(words));
    commands
}
