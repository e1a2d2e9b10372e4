//! The fields of a message head, in order.
//! Never interprets a value, and never shows a cookie.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

/// Fields of a message head, kept as they go over the wire: one text of `Name: value` lines.
///
/// Writing a head is one copy, and fields that are always the same cost no memory.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers {
    text: Cow<'static, str>,
}

/// Between name and value.
const SEPARATOR: &str = ": ";
const LINE_END: &str = "\r\n";

/// Fields whose values `Debug` hides.
const SECRET_FIELDS: [&str; 4] = [
    "Authorization",
    "Cookie",
    "Proxy-Authorization",
    "Set-Cookie",
];

impl Headers {
    /// No fields.
    #[must_use]
    pub const fn new() -> Self {
        Self::fixed("")
    }

    /// Fields that are known beforehand, as they go over the wire, each with its line end.
    pub(crate) const fn fixed(lines: &'static str) -> Self {
        Self {
            text: Cow::Borrowed(lines),
        }
    }

    /// No fields, with memory for so many with names and values of so many bytes in all.
    pub(super) fn with_room(fields: usize, bytes: usize) -> Self {
        let room = bytes + fields * (SEPARATOR.len() + LINE_END.len());
        Self {
            text: Cow::Owned(String::with_capacity(room)),
        }
    }

    /// Appends a field. Control characters in `value` become spaces, so that no value can end its line;
    /// `name` must be a token, which our own names are and the parser checks in others.
    pub fn push(&mut self, name: &str, value: &str) {
        debug_assert!(is_token(name), "a field name is a token");
        let text = self.text.to_mut();
        // At once, with what stands around the value: it would grow piece by piece.
        let around = SEPARATOR.len() + LINE_END.len();
        text.reserve(name.len() + value.len() + around);
        text.push_str(name);
        text.push_str(SEPARATOR);
        if value.bytes().all(|b| matches!(b, b' '..=b'~')) {
            text.push_str(value.trim_ascii());
        } else {
            // What becomes a space at an end of the value would be lost when the field is sent on.
            let value = value.trim_matches(|c: char| c == ' ' || c.is_control());
            let clean = |c: char| if c.is_control() { ' ' } else { c };
            text.extend(value.chars().map(clean));
        }
        text.push_str(LINE_END);
    }

    /// Appends a field whose value is these pieces, none of which has control characters.
    pub(super) fn push_pieces<'a>(
        &mut self,
        name: &str,
        pieces: impl Iterator<Item = &'a str> + Clone,
    ) {
        let text = self.text.to_mut();
        // At once: what has to move leaves a copy of a secret behind.
        let length = pieces.clone().map(str::len).sum::<usize>();
        text.reserve(name.len() + SEPARATOR.len() + length + LINE_END.len());
        text.push_str(name);
        text.push_str(SEPARATOR);
        for piece in pieces {
            debug_assert!(!piece.contains(char::is_control), "no value ends its line");
            text.push_str(piece);
        }
        text.push_str(LINE_END);
    }

    /// Removes all fields of this name.
    pub fn remove(&mut self, name: &str) {
        let mut kept = Self::new();
        for (other, value) in self.iter().filter(|(n, _)| !n.eq_ignore_ascii_case(name)) {
            kept.push(other, value);
        }
        *self = kept;
    }

    /// The lines in order, without their ends.
    fn lines(&self) -> impl Iterator<Item = &str> {
        let mut rest = &*self.text;
        core::iter::from_fn(move || {
            let end = memchr::memchr(b'\n', rest.as_bytes())?;
            let line = &rest[..end + 1 - LINE_END.len()];
            rest = &rest[end + 1..];
            Some(line)
        })
    }

    /// The fields in order, as (name, value).
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines().filter_map(|line| line.split_once(SEPARATOR))
    }

    /// The values of all fields of this name, whatever its case.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.lines().filter_map(move |line| {
            let (start, behind) = line.split_at_checked(name.len())?;
            let value = behind.strip_prefix(SEPARATOR)?;
            start.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The value of the first field of this name, whatever its case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Whether `token` is in the comma-separated lists of this name, whatever the case of either.
    #[must_use]
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        self.all(name)
            .flat_map(|list| list.split(','))
            .any(|item| item.trim_ascii().eq_ignore_ascii_case(token))
    }

    /// All fields as they go over the wire, each with its line end.
    #[must_use]
    pub fn as_wire(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |(name, value)| {
            let secret = SECRET_FIELDS.iter().any(|s| s.eq_ignore_ascii_case(name));
            (name, if secret { "***" } else { value })
        };
        f.debug_map().entries(self.iter().map(shown)).finish()
    }
}

/// Whether `text` may be a method or the name of a field or cookie.
pub(super) fn is_token(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn fields_keep_their_order_and_are_found_in_any_case() {
        let mut headers = Headers::new();
        headers.push("Vary", "a, B");
        headers.push("X-Empty", "");
        headers.push("vary", " c: d ");
        assert_eq!(headers.get("VARY"), Some("a, B"));
        assert!(headers.all("Vary").eq(["a, B", "c: d"]));
        assert!(headers.has_token("vary", "b") && !headers.has_token("vary", "d"));
        assert_eq!(headers.get("X-Empty"), Some(""));
        headers.remove("VARY");
        assert_eq!(headers.as_wire(), "X-Empty: \r\n");
    }

    #[test]
    fn a_value_cannot_smuggle_a_line_in() {
        let mut headers = Headers::new();
        headers.push("Location", "/\r\nSet-Cookie: a=b");
        assert_eq!(headers.iter().count(), 1);
        assert_eq!(headers.get("Location"), Some("/  Set-Cookie: a=b"));
    }

    #[test]
    fn a_value_begins_and_ends_with_something_that_stays() {
        let mut headers = Headers::new();
        headers.push("A", "\u{85} b \u{80}\t");
        assert_eq!(headers.get("A"), Some("b"));
        let before = headers.clone();
        headers.remove("C");
        assert_eq!(headers, before, "nothing of this name was there");
    }

    #[test]
    fn cookies_are_not_shown() {
        let mut headers = Headers::new();
        headers.push("cookie", "session=hidden");
        headers.push("Accept", "seen");
        let shown = format!("{headers:?}");
        assert!(shown.contains("seen") && !shown.contains("hidden"));
    }
}
