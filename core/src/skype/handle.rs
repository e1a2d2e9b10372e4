//! Whom commands name: users, telephones, lists of users.
//! Never knows who exists.
//!
//! The rules are written down in `core/docs/skype-api.md`, "Identifiers".

use crate::handle::{HANDLE_MAX, is_handle};

/// True if `text` is a telephone number in the handle's place: `+` and digits, as long as a handle at most.
#[must_use]
pub fn is_phone_number(text: &str) -> bool {
    text.len() <= HANDLE_MAX && text.strip_prefix('+').is_some_and(super::lex::is_number)
}

/// True if `text` is a telephone number as it is dialled, with or without a plus.
fn is_telephone(text: &str) -> bool {
    super::lex::is_number(text.strip_prefix('+').unwrap_or(text))
}

/// True if `text` names somebody who can be asked about: a user or a telephone.
pub(super) fn is_contact(text: &str) -> bool {
    is_handle(text) || is_phone_number(text)
}

/// The handles of a command that takes several. All are well formed; there may be none. In a call they
/// may be telephone numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Targets<'a>(&'a str);

impl<'a> Targets<'a> {
    /// Whatever is named in `text`, well formed or not.
    pub(super) const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The handles in `text`, or `None` if one of them cannot be a handle.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let targets = Self::new(text);
        targets.iter().all(is_handle).then_some(targets)
    }

    /// The same for a call, where each may be a telephone number with or without a plus.
    pub(super) fn callable(text: &'a str) -> Option<Self> {
        let targets = Self(text);
        let callable = |target| is_handle(target) || is_telephone(target);
        targets.iter().all(callable).then_some(targets)
    }

    /// True if a telephone number is among them.
    #[must_use]
    pub fn has_telephone(self) -> bool {
        self.iter().any(is_telephone)
    }

    /// The handles one by one, as they are spelt.
    ///
    /// Where a comma and a space stand between two, other commas belong to the names; else each comma and each
    /// space separates.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        let spaced = self.0.contains(", ");
        self.0
            .split(move |c| c == ' ' || (c == ',' && !spaced))
            .map(move |part| match part.strip_suffix(',') {
                Some(handle) if spaced => handle,
                Some(_) | None => part,
            })
            .filter(|handle| !handle.is_empty())
    }

    /// True if no handle was given.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    /// The list as it is spelt, since a lone name with a comma in it looks like two.
    #[must_use]
    pub const fn text(self) -> &'a str {
        self.0
    }
}
