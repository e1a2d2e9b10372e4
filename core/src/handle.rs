//! Handles: the names of people, as both protocols spell them.
//! Never says whether somebody of that name exists.
//!
//! See `core/docs/skype-api.md`, "Identifiers".

use alloc::borrow::Cow;

/// The service's own contact, who answers with what it was told.
pub const ECHO: &str = "echo123";

/// Longest handle, in characters; they are ASCII.
pub const HANDLE_MAX: usize = 32;

/// True for 1 to 32 letters, digits, `.`, `,`, `-` and `_` that begin with a letter.
#[must_use]
pub fn is_handle(text: &str) -> bool {
    text.len() <= HANDLE_MAX
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".,-_".contains(&byte))
}

/// The spelling under which a handle is kept: lower case. Borrows where it is so already.
#[must_use]
pub fn canonical(handle: &str) -> Cow<'_, str> {
    if handle.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(handle.to_ascii_lowercase())
    } else {
        Cow::Borrowed(handle)
    }
}

/// True if both name the same person: case does not matter.
#[must_use]
pub const fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_begin_with_a_letter_and_hold_nothing_that_separates() {
        for good in ["a", "echo123", "live.bob_1", "A-b,c", &"x".repeat(32)] {
            assert!(is_handle(good), "{good}");
        }
        for bad in [
            "", "1a", ".a", "a b", "a:b", "a;b", "a/b", "a$", "#a", "\u{e4}a", "+49",
        ] {
            assert!(!is_handle(bad), "{bad}");
        }
        assert!(!is_handle(&"x".repeat(33)));
        assert_eq!(canonical("Bob"), "bob");
    }
}
