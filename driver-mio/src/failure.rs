//! How a command fails: an exit code and the one line that says what went wrong and how to mend it.
//! Never holds a secret: the line goes to standard error as it is.

use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::escape::escape;

/// Why the program ends with another exit code than 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Failure {
    /// Wrong usage or configuration: exit code 2.
    Usage(String),
    /// What was asked is in order but could not be done: exit code 1.
    Trouble(String),
    /// All has been said: this exit code.
    Told(u8),
}

impl Failure {
    /// A wrong usage, explained in one line.
    pub(crate) fn usage(line: impl Into<String>) -> Self {
        Self::Usage(line.into())
    }

    /// A trouble, explained in one line.
    pub(crate) fn trouble(line: impl Into<String>) -> Self {
        Self::Trouble(line.into())
    }

    /// What it says.
    pub(crate) fn line(&self) -> &str {
        match self {
            Self::Usage(line) | Self::Trouble(line) => line,
            Self::Told(_) => "all has been said",
        }
    }

    /// Tells standard error and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let (code, line) = match self {
            Self::Usage(line) => (2, line),
            Self::Trouble(line) => (1, line),
            Self::Told(code) => return ExitCode::from(code),
        };
        note(&line);
        ExitCode::from(code)
    }
}

/// Tells standard error something in one line. If nobody reads there, nothing is to be done about it.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr(), "{}", escape(line));
}

/// The reason of a system error in a few words, without the number.
pub(crate) fn reason(error: &io::Error) -> String {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the list of kinds is open, and most name themselves well"
    )]
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".into(),
        // What a read says whose time is up.
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "no answer in time".into(),
        io::ErrorKind::UnexpectedEof => "connection closed".into(),
        // These were made by our own code, with words of its own.
        io::ErrorKind::Other => error.to_string(),
        kind => {
            let words = kind.to_string();
            if words == "uncategorized error" {
                error.to_string()
            } else {
                words
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_words_without_numbers() {
        for (kind, words) in [
            (io::ErrorKind::AddrInUse, "address in use"),
            (io::ErrorKind::PermissionDenied, "permission denied"),
            (io::ErrorKind::NotFound, "no such file or folder"),
            (io::ErrorKind::WouldBlock, "no answer in time"),
        ] {
            assert_eq!(reason(&kind.into()), words);
        }
        assert_eq!(reason(&io::Error::other("our own words")), "our own words");
    }
}
