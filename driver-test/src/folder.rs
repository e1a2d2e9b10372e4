//! The folder of a host where files of clients lie, as a table of names.
//! Never fails by itself: the world decides that.

use std::collections::BTreeMap;

use imo2sproxy_core::io::FileError;

/// The path that the folder has on every host.
const ROOT: &str = "/pictures/";

/// Files by their names below `/pictures/`. A client may write that path in front of them or not.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Folder {
    files: BTreeMap<String, Vec<u8>>,
}

impl Folder {
    /// Puts a file there, or changes it, as another program would.
    pub fn put(&mut self, name: &str, bytes: &[u8]) {
        self.files.insert(name.to_owned(), bytes.to_owned());
    }

    /// What is in a file, if it is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// True if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub(crate) fn write(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), FileError> {
        let name = below(path)?;
        if self.get(name).is_some_and(|old| !old.is_empty()) {
            return Err(FileError::Exists);
        }
        self.files.insert(name.to_owned(), bytes);
        Ok(())
    }

    pub(crate) fn read(&self, path: &str, max: usize) -> Result<Vec<u8>, FileError> {
        let bytes = self.get(below(path)?).ok_or(FileError::Missing)?;
        if bytes.len() > max {
            return Err(FileError::TooLarge);
        }
        Ok(bytes.to_owned())
    }
}

/// The name that a path has in the folder.
fn below(path: &str) -> Result<&str, FileError> {
    let name = path.strip_prefix(ROOT).unwrap_or(path);
    let strange = name.split('/').any(|part| part.is_empty() || part == "..");
    if strange || name.contains(['\\', ':', '\0']) {
        return Err(FileError::Outside);
    }
    Ok(name)
}
