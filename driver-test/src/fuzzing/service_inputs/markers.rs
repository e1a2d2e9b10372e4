//! Marks in texts: who has written it, and for whom it is.
//! Never depends on what else stands in a text.

/// What stands around a mark. The data cannot write it into a call.
const SIGN: char = '\u{a4}';

/// A mark.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Marker {
    /// The account that has written it.
    pub(super) from: usize,
    /// The account that may read it.
    pub(super) to: usize,
    /// Its own number.
    pub(super) number: u64,
}

impl Marker {
    /// The mark as it stands in a text.
    pub(super) fn text(self) -> String {
        let Self { from, to, number } = self;
        format!("{SIGN}{from}.{to}.{number}{SIGN}")
    }
}

/// A text of the data's, in which there are no marks.
pub(super) fn unmarked(text: &str) -> String {
    text.replace(SIGN, "o")
}

/// All marks in `bytes`, in order.
pub(super) fn found(bytes: &[u8]) -> Vec<Marker> {
    let text = String::from_utf8_lossy(bytes);
    text.split(SIGN).filter_map(read).collect()
}

fn read(text: &str) -> Option<Marker> {
    let mut parts = text.split('.');
    let from = parts.next()?.parse().ok()?;
    let to = parts.next()?.parse().ok()?;
    let number = parts.next()?.parse().ok()?;
    parts
        .next()
        .is_none()
        .then_some(Marker { from, to, number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_wherever_they_stand() {
        let marker = Marker {
            from: 1,
            to: 2,
            number: 34,
        };
        let text = format!("a{0}b{0}", marker.text());
        assert_eq!(found(text.as_bytes()), [marker, marker]);
        assert_eq!(found(unmarked(&text).as_bytes()), []);
    }
}
