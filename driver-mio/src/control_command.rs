//! The command that talks to a running daemon or service.
//! Never does anything itself: it asks through the control socket.

use imo2sproxy::control::Request;

use crate::cli::{ControlArgs, RecordWish, Wish};
use crate::control_socket::{Asked, ask};
use crate::data_folder::DataFolder;
use crate::failure::{Failure, reason};
use crate::run;

/// Asks, and prints the answer.
///
/// # Errors
/// If nothing runs there, or it refuses.
pub(crate) fn command(args: ControlArgs) -> Result<(), Failure> {
    let DataFolder::Path(folder) = DataFolder::choose(args.data_dir, None)? else {
        return Err(Failure::usage(
            "--data-dir :memory: is no folder; name that of the daemon or service",
        ));
    };
    let request = match args.wish {
        Wish::Status => Request::Status,
        Wish::Reload => Request::Reload,
        Wish::Drain => Request::Drain,
        Wish::Lift { account } => Request::Lift(account),
        Wish::Record {
            wish: RecordWish::Off,
        } => Request::RecordOff,
        Wish::Record {
            wish: RecordWish::On { file },
        } => {
            // The process may have been started elsewhere.
            let path = std::path::absolute(&file).map_err(|error| {
                Failure::usage(format!("record on {}: {}", file.display(), reason(&error)))
            })?;
            Request::RecordOn(path)
        }
    };
    match ask(&folder, &request)? {
        Asked::Ok(text) | Asked::More(_, text) => {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            run::announce(&lines);
            Ok(())
        }
        Asked::Nobody => Err(Failure::trouble(format!(
            "no daemon or service runs in {}; name its folder with --data-dir",
            folder.display()
        ))),
    }
}
