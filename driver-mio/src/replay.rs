//! The command that replays recorded sessions, file by file.
//! Never changes a file, and never compares anything itself: the core does.

use std::path::Path;

use imo2sproxy_core::replay::{self, Mode, Verdict};
use imo2sproxy_core::trace::Trace;

use crate::cli::ReplayArgs;
use crate::failure::{Failure, note, reason};
use crate::run;

/// Replays all files, whatever becomes of each.
///
/// # Errors
/// If one cannot be read, or is not replayed as it was recorded.
pub(crate) fn command(args: &ReplayArgs) -> Result<(), Failure> {
    let mode = if args.calls {
        Mode::Calls
    } else {
        Mode::Strict
    };
    let (mut unreadable, mut different) = (0, 0);
    for path in &args.traces {
        match replay(path, mode) {
            Err(why) => {
                unreadable += 1;
                note(&format!("{}: {why}", path.display()));
            }
            Ok(verdicts) => {
                for verdict in verdicts {
                    if matches!(verdict, Verdict::Different(_)) {
                        different += 1;
                    }
                    run::announce(&[format!("{}: {verdict}", path.display())]);
                }
            }
        }
    }
    match (unreadable, different) {
        (0, 0) => Ok(()),
        (0, count) => Err(Failure::trouble(format!(
            "{count} of the recorded sessions went another way"
        ))),
        (count, _) => Err(Failure::usage(format!(
            "{count} of the files cannot be read; give files that --record has written"
        ))),
    }
}

/// What becomes of each session in a file.
fn replay(path: &Path, mode: Mode) -> Result<Vec<Verdict>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| reason(&error))?;
    let traces = Trace::all(&text).map_err(|error| error.to_string())?;
    if traces.is_empty() {
        return Err("the file is empty".into());
    }
    let verdicts = traces.iter().map(|trace| replay::replay(trace, mode));
    verdicts
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}
