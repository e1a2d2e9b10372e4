//! Patterns for lines that tests wait for.
//! Never more than a star: whoever wants more looks at the lines.

/// True if `line` is `pattern`, in which `*` stands for any text.
pub(crate) fn fits(line: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return line == pattern;
    };
    let Some(mut line) = line.strip_prefix(start) else {
        return false;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(at) = line.find(part) else {
            return false;
        };
        line = &line[at + part.len()..];
    }
    line.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_all_else_for_itself() {
        for (line, pattern, expected) in [
            ("PONG", "PONG", true),
            ("PONG", "PON", false),
            ("PONG", "*", true),
            ("", "*", true),
            ("MESSAGE 41 STATUS SENT", "MESSAGE * STATUS SENT", true),
            ("MESSAGE 41 STATUS SENDING", "MESSAGE * STATUS SENT", false),
            ("aba", "ab*ba", false),
            ("abba", "ab*ba", true),
            ("a1b2c", "a*b*c", true),
            ("a1c2b", "a*b*c", false),
            ("one two three", "*two*", true),
            ("one 2 three", "*two*", false),
        ] {
            assert_eq!(fits(line, pattern), expected, "{line:?} and {pattern:?}");
        }
    }
}
