//! User handles: what one looks like, when two are the same, lists of them in commands.
//! Never knows who exists.
//!
//! The rules are written down in `core/docs/skype-api.md`, "Identifiers".

use alloc::borrow::Cow;

/// The longest handle, in bytes: some clients keep them in buffers of this size.
pub const HANDLE_BYTES: usize = 32;

/// True if `text` can be the name of a user: one to 32 letters, digits, `.`, `,`, `-`, `_` of ASCII, a letter first.
#[must_use]
pub fn is_handle(text: &str) -> bool {
    text.len() <= HANDLE_BYTES
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".,-_".contains(&byte))
}

/// True if `text` is a telephone number in the handle's place: `+` and digits, as long as a handle at most.
#[must_use]
pub fn is_phone_number(text: &str) -> bool {
    text.len() <= HANDLE_BYTES && text.strip_prefix('+').is_some_and(super::lex::is_number)
}

/// True if `text` names somebody who can be asked about: a user or a telephone.
pub(super) fn is_contact(text: &str) -> bool {
    is_handle(text) || is_phone_number(text)
}

/// True if both name the same user: case does not matter.
#[must_use]
pub fn same_handle(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// The spelling under which a user is kept and compared: in lower case.
#[must_use]
pub fn canonical_handle(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// The handles of a command that takes several. All are well formed; there may be none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Targets<'a>(&'a str);

impl<'a> Targets<'a> {
    /// The handles in `text`, or `None` if one of them cannot be a handle.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let targets = Self(text);
        targets.iter().all(is_handle).then_some(targets)
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
