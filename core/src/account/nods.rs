//! The answers that need no account: what is always so, and nods at changes that nobody keeps.
//! Never sees an account.

use crate::skype::{Command, ErrorReply, Reply, standing_answer};

/// The answer to a command that depends on nothing here.
pub(super) fn standing(command: Command<'_>) -> Reply<'_> {
    let answer = standing_answer(&command);
    debug_assert!(answer.is_some(), "no standing answer to {command}");
    answer.unwrap_or(Reply::Error(ErrorReply::INTERNAL))
}

/// Confirms a command that was done, or says why it was not.
pub(super) fn confirm<'a>(command: Command<'a>, done: Result<(), ErrorReply>) -> Reply<'a> {
    match done {
        Ok(()) => command.echo(),
        Err(error) => error.into(),
    }
}
