//! Whom a `buid` names: a person, a group chat, or a member of one.
//! Never says whether they exist.
//!
//! See `core/docs/imo-protocol.md`, "Group chats".

use alloc::format;
use alloc::string::String;

use super::PROTO;

/// Whom a `buid` names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Buid<'a> {
    /// A person, by handle as it is spelt.
    Person(&'a str),
    /// A group chat, by its bare id.
    Group(&'a str),
    /// A member of a group chat.
    Member {
        /// The group's bare id.
        group: &'a str,
        /// The member's handle as it is spelt.
        handle: &'a str,
    },
}

impl<'a> Buid<'a> {
    /// Reads a `buid`. Total: what has no `;` in it is a person.
    #[must_use]
    pub fn parse(buid: &'a str) -> Self {
        match buid.split_once(';') {
            None => Self::Person(buid),
            Some((group, "")) => Self::Group(group),
            Some((group, rest)) => Self::Member {
                group,
                handle: rest.split_once(';').map_or(rest, |(handle, _)| handle),
            },
        }
    }
}

/// The `buid` of a group chat.
#[must_use]
pub fn group_buid(group: &str) -> String {
    format!("{group};")
}

/// The `buid` of a member of a group chat.
#[must_use]
pub fn member_buid(group: &str, handle: &str) -> String {
    format!("{group};{handle};{PROTO}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buid_says_what_it_names() {
        assert_eq!(Buid::parse("bob"), Buid::Person("bob"));
        assert_eq!(Buid::parse(&group_buid("g1")), Buid::Group("g1"));
        let (group, handle) = ("g1", "bob");
        let member = Buid::Member { group, handle };
        assert_eq!(Buid::parse(&member_buid("g1", "bob")), member);
        assert_eq!(
            Buid::parse("g1;bob"),
            member,
            "an old client may leave the network out"
        );
    }
}
