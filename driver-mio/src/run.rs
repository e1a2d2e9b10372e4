//! What daemon and service share between options and event loop: the store, the start-up lines, the run itself.
//! Never knows which machine it runs.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use imo2sproxy::Recordable;
use imo2sproxy::admin;
use imo2sproxy::event_loop::{EventLoop, Parts, Remote};
use imo2sproxy::store::SqliteStore;
use imo2sproxy_core::store::{MemoryStore, Store};
use imo2sproxy_core::trace::Plan;

use crate::address;
use crate::data_folder::DataFolder;
use crate::failure::{Failure, note, reason};
use crate::manager;
use crate::settings::RecordSettings;

/// The file in the data folder that holds the records.
const STORE_NAME: &str = "store.sqlite";

/// Opens the store in a folder that this process holds.
///
/// # Errors
/// If it cannot be opened.
pub(crate) fn open_store(data: &DataFolder) -> Result<Box<dyn Store + Send>, Failure> {
    let folder = match data {
        DataFolder::Memory => {
            note(
                "--data-dir :memory: keeps nothing: accounts and messages are gone when this process ends",
            );
            return Ok(Box::new(MemoryStore::new()));
        }
        DataFolder::Path(folder) => folder,
    };
    let path = folder.join(STORE_NAME);
    let unusable = |why: String| Failure::trouble(format!("cannot open {}: {why}", path.display()));
    make_private(&path).map_err(|error| unusable(reason(&error)))?;
    let store = SqliteStore::open(&path).map_err(|error| unusable(error.to_string()))?;
    Ok(Box::new(store))
}

/// Makes an empty file for its owner only, if there is none: SQLite would let the whole system read it, and a
/// folder that was there before may be open. The files it puts beside it get the same rights.
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map(drop)
}

/// Prints start-up lines at once. That nobody reads them is no reason not to run.
pub(crate) fn announce(lines: &[String]) {
    let mut out = io::stdout().lock();
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
    let _ = out.flush();
}

/// Tells whoever has started this process that it serves: with start-up lines, and the service manager, if there is one.
pub(crate) fn serving(lines: &[String]) {
    announce(lines);
    manager::ready();
}

/// Where watchers are to ask: at the socket that was handed over, else at an address of our own, if there is one.
///
/// # Errors
/// If the system does not give it; `remedy` says what to do then.
pub(crate) fn watched(
    handed: Option<TcpListener>,
    address: Option<SocketAddr>,
    remedy: &str,
) -> Result<Option<TcpListener>, Failure> {
    match (handed, address) {
        (None, Some(address)) => address::listen(address, remedy).map(Some),
        (handed, _) => Ok(handed),
    }
}

/// Lets watchers ask at a socket, if there is one.
pub(crate) fn watch(listener: Option<TcpListener>, remote: Remote) {
    let Some(listener) = listener else { return };
    // One that was handed over may be set up in another way.
    let served = listener.set_nonblocking(false);
    if let Err(error) = served.and_then(|()| admin::serve(listener, remote)) {
        let why = reason(&error);
        note(&format!("warning: nobody can ask at 'admin': {why}"));
    }
}

/// Runs the machine of `plan` until it is drained, and records it if that is wanted. `ready` is called once signals are heeded, so that whoever has read the
/// start-up lines may send one; it gets the handle by which another thread can ask for the end.
///
/// # Errors
/// If it cannot be recorded as it should be, or the event loop cannot go on.
pub(crate) fn run(
    plan: Plan,
    parts: Parts,
    recording: RecordSettings,
    ready: impl FnOnce(Remote),
) -> Result<(), Failure> {
    let broken = |error: io::Error| {
        Failure::trouble(format!(
            "internal error: the event loop stopped: {}",
            reason(&error)
        ))
    };
    let mut event_loop = EventLoop::new(plan.build(), parts).map_err(broken)?;
    let RecordSettings { file, secrecy } = recording;
    event_loop.set_recordable(Recordable { plan, secrecy });
    if let Some(file) = file {
        let refused = |why: String| Failure::usage(format!("--record: {why}"));
        event_loop.record(file).map_err(refused)?;
    }
    ready(event_loop.handle());
    event_loop.run().map_err(broken)
}
