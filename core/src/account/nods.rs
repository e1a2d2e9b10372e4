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

/// The answers about what nobody keeps: nods at changes, and what is so where nothing was ever changed.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all other commands are confirmed as if they were done"
)]
pub(super) fn not_kept(command: Command<'_>) -> Reply<'_> {
    match command {
        Command::GetAvatar { .. } | Command::GetUserAvatar { .. } => ErrorReply::NO_AVATAR.into(),
        Command::Call { targets } if targets.has_telephone() => ErrorReply::NO_PHONE_NUMBERS.into(),
        Command::Call { .. } => ErrorReply::NO_CALLS.into(),
        Command::GetCall { .. }
        | Command::GetCallParticipant { .. }
        | Command::GetCanTransfer { .. } => ErrorReply::GET_CALL_UNKNOWN.into(),
        Command::SetCallStatus { .. } | Command::SetCallOther { .. } => {
            ErrorReply::SET_CALL_UNKNOWN.into()
        }
        Command::AlterCall { .. } => ErrorReply::ALTER_CALL_ID.into(),
        _ => command.echo(),
    }
}
