//! The control socket in a data folder: bound by the process that holds the folder, asked by commands.
//! Never knows what is asked: `imo2sproxy::control` has the language.

use std::fs;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use imo2sproxy::control::{Answer, Request, SOCKET_NAME};

use crate::data_folder::DataFolder;
use crate::failure::{Failure, note, reason};

/// Longest wait for an answer: a password may have to be hashed, a disk may be slow.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest answer that is read, in bytes.
const ANSWER_MAX: u64 = 1024 * 1024;

/// A bound control socket; gone from the folder when this is dropped.
#[derive(Debug)]
pub(crate) struct ControlSocket {
    path: PathBuf,
}

impl ControlSocket {
    /// Binds the socket in a folder that this process holds, for its owner only. Where that cannot be done the process
    /// runs without it, and says so.
    pub(crate) fn bind(data: &DataFolder) -> (Option<UnixListener>, Option<Self>) {
        let DataFolder::Path(folder) = data else {
            return (None, None);
        };
        let path = folder.join(SOCKET_NAME);
        match bind(&path) {
            Ok(listener) => (Some(listener), Some(Self { path })),
            Err(error) => {
                note(&format!(
                    "warning: cannot make {}: {}; 'imo2sproxy control' and 'user' will not reach this process",
                    path.display(),
                    reason(&error)
                ));
                (None, None)
            }
        }
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        // Whoever holds the folder next replaces it anyway.
        let _ = fs::remove_file(&self.path);
    }
}

/// Binds at `path` in place of what an earlier process may have left there. Nobody can reach it before it is its
/// owner's alone.
fn bind(path: &Path) -> io::Result<UnixListener> {
    let fresh = path.with_extension("new");
    for stale in [path, &fresh] {
        match fs::remove_file(stale) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    let listener = UnixListener::bind(&fresh)?;
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o600))?;
    fs::rename(&fresh, path)?;
    Ok(listener)
}

/// What came of a question.
pub(crate) enum Asked {
    /// Nobody answers in that folder.
    Nobody,
    /// It is done; the text is what the answer says.
    Ok(String),
    /// It is a list that goes on behind the first text; the second one is its beginning.
    More(String, String),
}

/// Asks the process that holds `folder`.
///
/// # Errors
/// If it refuses, or there is no getting an answer.
pub(crate) fn ask(folder: &Path, request: &Request) -> Result<Asked, Failure> {
    let line = request
        .line()
        .map_err(|why| Failure::usage(format!("this cannot be asked: {why}")))?;
    let path = folder.join(SOCKET_NAME);
    let mut stream = match UnixStream::connect(&path) {
        Ok(stream) => stream,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::ConnectionRefused | ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Asked::Nobody);
        }
        Err(error) => return Err(unreachable(&path, &error)),
    };
    let mut text = String::new();
    stream
        .set_read_timeout(Some(PATIENCE))
        .and_then(|()| stream.write_all(line.reveal().as_bytes()))
        .and_then(|()| stream.take(ANSWER_MAX).read_to_string(&mut text))
        .map_err(|error| unreachable(&path, &error))?;
    match Answer::parse(&text) {
        Some(Answer::Ok(rest)) => Ok(Asked::Ok(rest.into())),
        Some(Answer::More(after, rest)) => Ok(Asked::More(after.into(), rest.into())),
        Some(Answer::Error(why)) => Err(Failure::trouble(why)),
        None => Err(Failure::trouble(format!(
            "{}: the process ended, or answers too many others, before it said what came of it",
            path.display()
        ))),
    }
}

fn unreachable(path: &Path, error: &io::Error) -> Failure {
    Failure::trouble(format!("cannot ask {}: {}", path.display(), reason(error)))
}
