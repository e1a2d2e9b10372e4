//! Marks: what makes each text of a run different from all others, and says whom it concerns.
//! Never longer than a line of any transport.

use std::fmt;

/// Stands for the room in a mark.
pub const ROOM: &str = "room";

/// The mark of a text: the number of the deed, who wrote it and to whom.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Mark {
    /// The number of the deed.
    pub number: usize,
    /// Who wrote it.
    pub from: String,
    /// Whom to; [`ROOM`] for the room.
    pub to: String,
}

impl Mark {
    /// As it stands in a text.
    #[must_use]
    pub fn text(&self) -> String {
        format!("[m{} {}>{}]", self.number, self.from, self.to)
    }

    /// The first mark of a text, if it has one.
    #[must_use]
    pub fn in_text(text: &str) -> Option<Self> {
        Self::all_in(text).next()
    }

    /// All marks in a line.
    pub(crate) fn all_in(line: &str) -> impl Iterator<Item = Self> {
        line.split("[m").skip(1).filter_map(|part| {
            let (number, rest) = part.split_once(' ')?;
            let (from, rest) = rest.split_once('>')?;
            let (to, _) = rest.split_once(']')?;
            Some(Self {
                number: number.parse().ok()?,
                from: from.into(),
                to: to.into(),
            })
        })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "number {} from {} to {}",
            self.number, self.from, self.to
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_in_the_midst_of_other_text_and_nothing_else_is() {
        let mark = Mark {
            number: 12,
            from: "alice".into(),
            to: ROOM.into(),
        };
        let line = format!("#1 CHATMESSAGE 7 BODY x[m {} [m3] [mx y>z]", mark.text());
        assert_eq!(Mark::all_in(&line).collect::<Vec<_>>(), [mark]);
        assert_eq!(Mark::in_text("[m"), None);
    }
}
