//! The tokens of a command line: words between spaces, free text, switches.
//! Never knows a verb or a property.
//!
//! The rules are written down in `core/docs/skype-api.md`, "Spelling".

use core::fmt;

/// What is left of a command line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// The beginning of `line`, which is a command without its tag.
    pub(super) const fn new(line: &'a str) -> Self {
        Self { rest: line }
    }

    /// The next word, whatever number of spaces stands before it; empty at the end of the line.
    pub(super) fn word(&mut self) -> &'a str {
        let text = self.rest.trim_start_matches(' ');
        // Words are short: looking at each byte takes less than setting out to search.
        let end = text.bytes().position(|byte| byte == b' ');
        let end = end.unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        word
    }

    /// Free text: all that follows the one space behind the last word.
    pub(super) fn text(self) -> &'a str {
        self.rest.strip_prefix(' ').unwrap_or(self.rest)
    }

    /// Free text that may begin with no space.
    pub(super) fn argument(self) -> &'a str {
        self.rest.trim_start_matches(' ')
    }

    /// What is left without the spaces around it, for arguments in which these mean nothing.
    pub(super) fn trimmed(self) -> &'a str {
        self.rest.trim_matches(' ')
    }

    /// True if nothing but spaces is left.
    pub(super) fn is_done(self) -> bool {
        self.trimmed().is_empty()
    }
}

/// The longest keyword, in bytes.
pub(super) const KEYWORD_MAX: usize = 40;

/// A word in upper case, if it can be a keyword.
pub(super) fn upper<'b>(word: &str, buffer: &'b mut [u8; KEYWORD_MAX]) -> Option<&'b str> {
    let buffer = buffer.get_mut(..word.len())?;
    buffer.copy_from_slice(word.as_bytes());
    buffer.make_ascii_uppercase();
    core::str::from_utf8(buffer).ok()
}

/// What `table` has for a keyword in any case.
pub(super) fn lookup<T: Copy>(table: &'static [(&'static str, T)], word: &str) -> Option<T> {
    let row = table
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word));
    row.map(|(_, found)| *found)
}

/// An argument that may be missing: nothing, or a space and the argument.
pub(super) struct Behind<'a>(pub(super) &'a str);

impl fmt::Display for Behind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            "" => Ok(()),
            text => write!(f, " {text}"),
        }
    }
}

/// True if `word` consists of decimal digits, at least one.
pub(super) fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number that `word` is the one spelling of: without zeros in front.
pub(super) fn canonical_number<T: core::str::FromStr>(word: &str) -> Option<T> {
    let is_canonical = is_number(word) && (word == "0" || !word.starts_with('0'));
    if is_canonical {
        word.parse().ok()
    } else {
        None
    }
}
