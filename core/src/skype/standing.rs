//! The answers that are the same whatever an account holds: constants, empty lists, refusals and nods.
//! Never answers what depends on a contact, a chat, a message, or on anything that was set.
//!
//! The commands are listed in `core/docs/skype-api.md`.

use super::command::Command;
use super::error::ErrorReply;
use super::reply::Reply;
use super::search::Search;
use super::window::Window;

/// The answer to a command that depends on no state, or `None` if it is for the account to answer.
#[must_use]
pub fn standing_answer<'a>(command: &Command<'a>) -> Option<Reply<'a>> {
    let command = *command;
    match command {
        Command::GetConstant(constant) => Some(Reply::Constant(constant)),
        Command::GetUser { handle, property } => property.constant().map(|value| Reply::User {
            handle: handle.into(),
            property,
            value: value.into(),
        }),
        Command::GetProfile { property } => property.constant().map(|value| Reply::Profile {
            property,
            value: value.into(),
        }),
        Command::SetProfile { property, .. } => property.constant().map(|_| command.echo()),
        Command::Search(Search::Nothing(list)) => Some(list.answer()),
        Command::Search(Search::Greeting(_)) => Some(ErrorReply::NO_GREETING.into()),
        Command::Search(
            Search::Friends
            | Search::UsersWaitingMyAuthorization
            | Search::Users(_)
            | Search::Chats(_)
            | Search::Messages { .. }
            | Search::MissedMessages(_)
            | Search::Groups(_)
            | Search::Calls { .. }
            | Search::ActiveCalls
            | Search::MissedCalls,
        ) => None,
        Command::SetChatDescription { .. } => Some(ErrorReply::CHAT_PROPERTY.into()),
        Command::ChatCreateUsingBlob(_) => Some(ErrorReply::NO_PUBLIC_CHATS.into()),
        Command::ChatFindUsingBlob(_) => Some(ErrorReply::CHAT_UNKNOWN.into()),
        Command::AlterChat { action, .. } => action.refusal().map(Reply::from),
        Command::AlterChatMember { action, .. } => Some(action.answer()),
        Command::SetMessageBody { .. } => Some(ErrorReply::SET_MESSAGE_PROPERTY.into()),
        Command::Voicemail(voicemail) => Some(voicemail.refusal().into()),
        Command::Sms(sms) => Some(sms.refusal().map_or_else(|| command.echo(), Reply::from)),
        Command::GetFileTransfer { .. } => Some(ErrorReply::GET_UNKNOWN.into()),
        Command::Open {
            window: Window::Chat | Window::FileTransfer,
            ..
        } => None,
        Command::Open { window, .. } => {
            Some(window.refusal().map_or_else(|| command.echo(), Reply::from))
        }
        Command::Name(_)
        | Command::Ping
        | Command::ResetIdleTimer
        | Command::SetMute(_)
        | Command::Button { .. }
        | Command::CreateMenuItem { .. }
        | Command::SetMenuItem { .. }
        | Command::DeleteMenuItem(_)
        | Command::CreateEvent { .. }
        | Command::DeleteEvent(_) => Some(command.echo()),
        Command::Protocol(_)
        | Command::Focus
        | Command::Minimize
        | Command::Clear(_)
        | Command::GetUserStatus
        | Command::SetUserStatus(_)
        | Command::GetConnStatus
        | Command::SetConnStatus(_)
        | Command::GetCurrentUserHandle
        | Command::GetParameter(_)
        | Command::SetParameter { .. }
        | Command::GetAvatar { .. }
        | Command::SetAvatar { .. }
        | Command::GetUserAvatar { .. }
        | Command::SetUser { .. }
        | Command::SetSpeedDial { .. }
        | Command::GetChat { .. }
        | Command::ChatCreate { .. }
        | Command::GetChatMember { .. }
        | Command::GetMessage { .. }
        | Command::SetMessageSeen { .. }
        | Command::Message { .. }
        | Command::ChatMessage { .. }
        | Command::GetGroup { .. }
        | Command::SetGroupName { .. }
        | Command::CreateGroup { .. }
        | Command::DeleteGroup { .. }
        | Command::AlterGroup { .. }
        | Command::CreateApplication { .. }
        | Command::DeleteApplication { .. }
        | Command::GetApplication { .. }
        | Command::AlterApplication { .. }
        | Command::Call { .. }
        | Command::GetCall { .. }
        | Command::GetCallParticipant { .. }
        | Command::GetCanTransfer { .. }
        | Command::SetCallStatus { .. }
        | Command::SetCallSeen(_)
        | Command::SetCallOther { .. }
        | Command::AlterCall { .. } => None,
    }
}
