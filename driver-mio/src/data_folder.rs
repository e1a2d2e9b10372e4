//! The folder where accounts and messages are kept: which one, made for its owner only, held by one process.
//! Never looks into the store that lies there.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, reason};

/// The name that stands for no folder at all.
const IN_MEMORY: &str = ":memory:";
/// The file that is locked, and holds the number of the process that has locked it.
const LOCK_NAME: &str = "lock";
/// Longest number of a process that is read from it, in bytes.
const PID_BYTES_MAX: u64 = 20;

/// Where things are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum DataFolder {
    /// Nowhere: all is gone when the process ends.
    Memory,
    /// Below this folder.
    Path(PathBuf),
}

impl DataFolder {
    /// True for the name that stands for no folder at all.
    pub(crate) fn is_memory(name: &str) -> bool {
        name == IN_MEMORY
    }

    /// The folder of `--data-dir`, else `below` in the user's data folder.
    ///
    /// # Errors
    /// If there is no such option and the user has no home.
    pub(crate) fn choose(option: Option<PathBuf>, below: Option<&str>) -> Result<Self, Failure> {
        match option {
            Some(path) if path == Path::new(IN_MEMORY) => Ok(Self::Memory),
            Some(path) if path.as_os_str().is_empty() => {
                Err(Failure::usage("--data-dir is empty; name a folder"))
            }
            Some(path) => Ok(Self::Path(path)),
            None => default_path(
                std::env::var_os("XDG_DATA_HOME"),
                std::env::var_os("HOME"),
                below,
            )
            .map(Self::Path)
            .ok_or_else(|| {
                Failure::usage("neither XDG_DATA_HOME nor HOME is set: give --data-dir DIR")
            }),
        }
    }

    /// Makes the folder if it is not there, and locks it for this process. `remedy` says what to do if
    /// another process has it.
    ///
    /// # Errors
    /// If it cannot be used, or another process uses it.
    pub(crate) fn hold(&self, remedy: &str) -> Result<Option<Hold>, Failure> {
        let path = match self {
            Self::Memory => return Ok(None),
            Self::Path(path) => path,
        };
        let unusable = |error: &io::Error| {
            Failure::trouble(format!(
                "cannot use data folder {}: {}; make it writable or give another with --data-dir",
                path.display(),
                reason(error)
            ))
        };
        make(path).map_err(|error| unusable(&error))?;
        let mut file = open_lock(&path.join(LOCK_NAME)).map_err(|error| unusable(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::trouble(format!(
                    "data folder {} is in use by pid {}; {remedy}",
                    path.display(),
                    holder(&mut file)
                )));
            }
            Err(TryLockError::Error(error)) => return Err(unusable(&error)),
        }
        write_pid(&mut file).map_err(|error| unusable(&error))?;
        Ok(Some(Hold { _file: file }))
    }
}

/// Keeps other processes out of a data folder as long as it lives.
#[derive(Debug)]
pub(crate) struct Hold {
    _file: File,
}

/// A relative `XDG_DATA_HOME` counts as none, as its specification wants it.
fn default_path(
    data_home: Option<OsString>,
    home: Option<OsString>,
    below: Option<&str>,
) -> Option<PathBuf> {
    let mut path = match data_home.map(PathBuf::from) {
        Some(path) if path.is_absolute() => path,
        Some(_) | None => {
            let home = home.filter(|home| !home.is_empty())?;
            PathBuf::from(home).join(".local/share")
        }
    };
    path.push("imo2sproxy");
    path.extend(below);
    Some(path)
}

/// Makes the folder and its parents, for the owner only. One that is there keeps its rights.
fn make(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    // Not truncated: the number in it belongs to whoever holds the lock.
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// Who holds the lock, if it has had the time to say so.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.take(PID_BYTES_MAX).read_to_string(&mut text);
    let pid = text.trim();
    if read.is_ok() && !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit()) {
        pid.into()
    } else {
        "unknown".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_follows_the_users_data_folder() {
        let path = |data_home: Option<&str>, home: Option<&str>, below| {
            default_path(
                data_home.map(OsString::from),
                home.map(OsString::from),
                below,
            )
        };
        for (data_home, home, below, folder) in [
            (Some("/x"), Some("/h"), None, Some("/x/imo2sproxy")),
            (None, Some("/h"), None, Some("/h/.local/share/imo2sproxy")),
            (
                Some("relative"),
                Some("/h"),
                Some("service"),
                Some("/h/.local/share/imo2sproxy/service"),
            ),
            (
                Some(""),
                Some("/h"),
                Some("alice"),
                Some("/h/.local/share/imo2sproxy/alice"),
            ),
            (None, Some(""), None, None),
            (None, None, None, None),
        ] {
            assert_eq!(path(data_home, home, below), folder.map(PathBuf::from));
        }
    }

    #[test]
    fn a_folder_is_held_by_one_at_a_time_and_free_again_afterwards() {
        let outer = tempfile::tempdir().unwrap();
        let folder = DataFolder::Path(outer.path().join("a/b"));
        let hold = folder.hold("wait").unwrap();
        assert!(hold.is_some());
        let DataFolder::Path(path) = &folder else {
            panic!("it is a path");
        };
        assert_eq!(
            folder.hold("wait").map(|_| ()),
            Err(Failure::Trouble(format!(
                "data folder {} is in use by pid {}; wait",
                path.display(),
                std::process::id()
            )))
        );
        drop(hold);
        assert!(folder.hold("wait").is_ok());
    }

    #[test]
    fn memory_needs_no_hold() {
        let folder = DataFolder::choose(Some(":memory:".into()), None).unwrap();
        assert_eq!(folder, DataFolder::Memory);
        assert!(folder.hold("wait").unwrap().is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_is_made_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("new");
        let _hold = DataFolder::Path(path.clone()).hold("wait").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join(LOCK_NAME)), 0o600);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().join("below");
        let Err(Failure::Trouble(line)) = DataFolder::Path(path.clone()).hold("wait") else {
            panic!("made a folder below a file");
        };
        assert!(line.contains(path.to_str().unwrap()), "{line}");
    }
}
