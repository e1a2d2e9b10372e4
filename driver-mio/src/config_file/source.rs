//! The text of a configuration file: read once, and the lines that complaints name.
//! Never shows a piece of it: it may hold passwords.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use imo2sproxy_core::secret::Secret;
use toml::de::DeTable;

use crate::failure::{Failure, reason};
use crate::password;

/// Longest file, in bytes; a longer one is refused.
const BYTES_MAX: u64 = 1024 * 1024;

/// A configuration file that has been read.
pub(super) struct Source {
    path: PathBuf,
    text: Secret,
    /// Whether anybody on this machine can read it.
    pub(super) open_to_others: bool,
}

impl Source {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let unreadable = |why: String| {
            let path = path.display();
            Failure::usage(format!("cannot read configuration {path}: {why}"))
        };
        let failed = |error: io::Error| unreadable(reason(&error));
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if about.is_dir() {
            return Err(unreadable("it is a folder; name a file".into()));
        }
        if about.len() > BYTES_MAX {
            let why = format!("it has more than {BYTES_MAX} bytes; is it the right file?");
            return Err(unreadable(why));
        }
        let mut bytes = Vec::new();
        file.take(BYTES_MAX)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| unreadable("it is not UTF-8; save it as that".into()))?;
        Ok(Self {
            path: path.into(),
            text: Secret::new(text),
            open_to_others: password::readable_by_others(&about),
        })
    }

    /// What the text says.
    pub(super) fn parse(&self) -> Result<DeTable<'_>, Failure> {
        match DeTable::parse(self.text.reveal()) {
            Ok(table) => Ok(table.into_inner()),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let said = error.message().replace('\n', ", ");
                Err(self.wrong(at, "no TOML", format!("{said}; mend this line")))
            }
        }
    }

    /// The folder that paths in it start from, wherever the process may go later.
    pub(super) fn folder(&self) -> PathBuf {
        let folder = self.path.parent().unwrap_or_else(|| Path::new(""));
        let folder = if folder == Path::new("") {
            Path::new(".")
        } else {
            folder
        };
        std::path::absolute(folder).unwrap_or_else(|_| folder.into())
    }

    /// The file's name, for a command that mends it.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A complaint about a place in the text.
    pub(super) fn wrong(&self, at: usize, key: &str, what: impl Display) -> Failure {
        let before = self.text.reveal().bytes().take(at);
        let line = 1 + before.filter(|byte| *byte == b'\n').count();
        let path = self.path.display();
        Failure::usage(format!("{path}:{line}: {key}: {what}"))
    }
}
