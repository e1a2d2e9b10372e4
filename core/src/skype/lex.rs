//! The tokens of a command line: words between spaces, free text, echoes.
//! Never knows a verb or a property.
//!
//! The rules are written down in `core/docs/skype-api.md`, "Spelling".

use alloc::borrow::Cow;

/// How far a command line was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    line: &'a str,
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// The beginning of `line`, which is a command without its tag.
    pub(super) const fn new(line: &'a str) -> Self {
        Self { line, rest: line }
    }

    /// The next word, whatever number of spaces stands before it; empty at the end of the line.
    pub(super) fn word(&mut self) -> &'a str {
        let text = self.rest.trim_start_matches(' ');
        let end = text.find(' ').unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        word
    }

    /// Free text: all that follows the one space behind the last word.
    pub(super) fn text(self) -> &'a str {
        self.rest.strip_prefix(' ').unwrap_or(self.rest)
    }

    /// What is left without the spaces around it, for arguments in which these mean nothing.
    pub(super) fn trimmed(self) -> &'a str {
        self.rest.trim_matches(' ')
    }

    /// True if nothing but spaces is left.
    pub(super) fn is_done(self) -> bool {
        self.trimmed().is_empty()
    }

    /// `parts` with a space between each two: the line itself where it is spelt so, else a copy.
    pub(super) fn echo(self, parts: &[&str]) -> Cow<'a, str> {
        let mut rest = Some(self.line);
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                rest = rest.and_then(|text| text.strip_prefix(' '));
            }
            rest = rest.and_then(|text| text.strip_prefix(part));
        }
        if rest == Some("") {
            Cow::Borrowed(self.line)
        } else {
            Cow::Owned(parts.join(" "))
        }
    }
}

/// The row of `table` for a keyword in any case, with the keyword as it is answered.
pub(super) fn lookup<T: Copy>(
    table: &'static [(&'static str, T)],
    word: &str,
) -> Option<(&'static str, T)> {
    table
        .iter()
        .copied()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))
}

/// The keyword of `table` that `word` is in any case, as it is answered.
pub(super) fn keyword(table: &'static [&'static str], word: &str) -> Option<&'static str> {
    table
        .iter()
        .copied()
        .find(|name| name.eq_ignore_ascii_case(word))
}

/// True if `word` consists of decimal digits, at least one.
pub(super) fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}
