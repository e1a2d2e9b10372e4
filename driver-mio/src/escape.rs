//! Text of others made safe for a terminal and for a file of lines.
//! Never changes text that is safe already.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` with every character replaced that could end a line, drive a terminal or turn the direction of
/// what follows. A tab stays.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            c if is_unsafe(c) => {
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

/// True for what could end a line, drive a terminal or turn the direction of what follows.
pub(crate) fn is_unsafe(c: char) -> bool {
    const LINE_ENDS: std::ops::RangeInclusive<char> = '\u{2028}'..='\u{2029}';
    const EMBEDDINGS: std::ops::RangeInclusive<char> = '\u{202a}'..='\u{202e}';
    const ISOLATES: std::ops::RangeInclusive<char> = '\u{2066}'..='\u{2069}';
    (c.is_control() && c != '\t')
        || LINE_ENDS.contains(&c)
        || EMBEDDINGS.contains(&c)
        || ISOLATES.contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_end_a_line_or_drive_a_terminal_is_spelled_out() {
        for (text, safe) in [
            ("plain", "plain"),
            ("tab\tand Grüße 👩‍👧", "tab\tand Grüße 👩‍👧"),
            ("one\ntwo\r", "one\\ntwo\\r"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("\0", "\\u{0}"),
            ("\u{2028}\u{202e}\u{2067}", "\\u{2028}\\u{202e}\\u{2067}"),
        ] {
            assert_eq!(escape(text), safe);
        }
    }
}
