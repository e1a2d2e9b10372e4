//! Calls with fields from the data.
//! Never decides whether a call is allowed.

use imo2sproxy_core::imo::call::{Call, Verdict};
use imo2sproxy_core::imo::{Primitive, TypingState};

use super::markers::{Marker, unmarked};
use super::{ACCOUNTS, CANARY};
use crate::fuzzing::reader::Reader;

/// Longest text of the data's, in bytes.
const TEXT_MAX: usize = 40;
const PRIMITIVES: [Primitive; 5] = [
    Primitive::Available,
    Primitive::Away,
    Primitive::Busy,
    Primitive::Invisible,
    Primitive::Offline,
];

/// What calls are made of.
pub(super) struct Pen<'a, 'b> {
    pub(super) reader: &'a mut Reader<'b>,
    /// The account that calls.
    pub(super) from: usize,
    /// Counts the marked texts of all callers.
    pub(super) texts: &'a mut u64,
    /// Ids of group chats that there are.
    pub(super) groups: &'a [String],
}

/// The password of an account.
pub(super) fn password(account: usize) -> String {
    format!("{CANARY}{account}Pw")
}

impl Pen<'_, '_> {
    /// Somebody's handle, and his account if he can have one.
    fn person(&mut self) -> (String, Option<usize>) {
        let place = self.reader.below(ACCOUNTS.len() + 3);
        match place.checked_sub(ACCOUNTS.len()) {
            None => (ACCOUNTS[place].into(), Some(place)),
            // Echo answers with the same, to the one who has written.
            Some(0) => ("echo123".into(), Some(self.from)),
            Some(1) => (ACCOUNTS[0].to_uppercase(), Some(0)),
            Some(_) => (format!("x{}", self.text()), None),
        }
    }

    fn group(&mut self) -> String {
        let place = self.reader.below(self.groups.len() + 1);
        let known = self.groups.get(place).cloned();
        known.unwrap_or_else(|| "0123456789abcdef".into())
    }

    fn text(&mut self) -> String {
        unmarked(&self.reader.text(TEXT_MAX))
    }

    /// A text that only two accounts may see, and its number.
    fn marked(&mut self, to: usize) -> (String, u64) {
        // Now and then one that was written before.
        let again = self.reader.one_in(8) && *self.texts > 0;
        *self.texts += u64::from(!again);
        let number = *self.texts;
        let from = self.from;
        let marker = Marker { from, to, number };
        (marker.text() + &self.text(), number)
    }

    /// Any call, and the number of the text in it if it is one to a person.
    pub(super) fn call(&mut self) -> (Call, Option<u64>) {
        let choice = self.reader.below(32);
        let call = match choice {
            0..=7 => return self.message(),
            8 | 9 => Call::Login {
                password: self.secret().as_str().into(),
            },
            10 | 11 => {
                let (buddy, to) = self.person();
                let (text, _) = self.marked(to.unwrap_or(self.from));
                Call::AddBuddy { buddy, text }
            }
            12 => Call::Rename {
                buddy: self.person().0,
                alias: self.marked(self.from).0,
            },
            13 => Call::Answer {
                buddy: self.person().0,
                verdict: self
                    .reader
                    .choose(&[Verdict::Accept, Verdict::Deny, Verdict::Block]),
            },
            14 => Call::Unread,
            15 => Call::SetStatus {
                primitive: self.reader.choose(&PRIMITIVES),
                mood: self.text(),
            },
            16 => Call::RemoveBuddy {
                buddy: self.person().0,
            },
            17 => Call::Block {
                buddy: self.person().0,
                on: self.reader.one_in(2),
            },
            18 => Call::SetName { name: self.text() },
            19 => Call::SetIcon {
                image: self.reader.bytes(80).to_vec(),
            },
            20 => Call::SearchUsers { text: self.text() },
            21 => Call::StartCall {
                buddy: self.person().0,
            },
            22 => Call::AnswerCall {
                buddy: self.person().0,
            },
            23 => Call::EndCall {
                buddy: self.person().0,
            },
            other => self.about_groups_or_the_session(other),
        };
        (call, None)
    }

    fn about_groups_or_the_session(&mut self, choice: usize) -> Call {
        match choice {
            24 => Call::CreateGroup { name: self.text() },
            25 => Call::Invite {
                group: self.group(),
                buddy: self.person().0,
            },
            26 => Call::Kick {
                group: self.group(),
                member: self.person().0,
            },
            27 => Call::SetTopic {
                group: self.group(),
                topic: self.text(),
            },
            28 => Call::LeaveGroup {
                group: self.group(),
            },
            29 => Call::Typing {
                to: self.person().0,
                state: self
                    .reader
                    .choose(&[TypingState::Typing, TypingState::NotTyping]),
            },
            30 => Call::SignOff,
            _ => match self.reader.below(4) {
                0 => Call::Activity,
                1 => Call::Alpha,
                2 => Call::Preference,
                _ => Call::CookieLogin,
            },
        }
    }

    fn secret(&mut self) -> String {
        if self.reader.one_in(8) {
            self.text()
        } else {
            password(self.from)
        }
    }

    /// A text to a person, or to a group chat.
    fn message(&mut self) -> (Call, Option<u64>) {
        if self.reader.one_in(4) {
            let to = format!("{};", self.group());
            let body = self.text();
            let call = Call::SendMessage {
                to: to.into(),
                body: body.into(),
                mid: None,
            };
            return (call, None);
        }
        let (buddy, to) = self.person();
        let (body, number) = self.marked(to.unwrap_or(self.from));
        let mid = (!self.reader.one_in(4)).then(|| format!("mid{number:013}"));
        let call = Call::SendMessage {
            to: buddy.into(),
            body: body.into(),
            mid: mid.map(Into::into),
        };
        (call, Some(number))
    }
}
