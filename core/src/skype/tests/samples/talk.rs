//! Commands about the session, users, chats and messages.
//! Never about calls, groups and windows.

use alloc::vec;
use alloc::vec::Vec;

use super::Words;
use crate::skype::*;

pub(super) fn session(words: &Words) -> Vec<Command<'_>> {
    let file = words.any.as_str();
    let mut commands = vec![
        Command::Name(&words.word),
        Command::Protocol(words.number.max(1)),
        Command::Ping,
        Command::Focus,
        Command::Minimize,
        Command::ResetIdleTimer,
        Command::GetUserStatus,
        Command::GetConnStatus,
        Command::GetCurrentUserHandle,
        Command::SetMute(words.flag),
        Command::GetAvatar { file },
        Command::SetAvatar { file },
        Command::SetAvatar { file: "/a.jpg:7" },
    ];
    for &status in Status::ALL {
        commands.push(Command::SetUserStatus(status));
        commands.push(Command::SetConnStatus(status));
    }
    commands.extend(Constant::ALL.iter().copied().map(Command::GetConstant));
    for &parameter in Parameter::ALL {
        commands.push(Command::GetParameter(parameter));
        let value = match parameter.default_value() {
            "ON" | "OFF" => ["ON", "OFF"][usize::from(words.flag)],
            "NORMAL" => "HIDDEN",
            "call_in" => "/a b.wav",
            _ => &words.any,
        };
        commands.push(Command::SetParameter { parameter, value });
    }
    commands
}

pub(super) fn searches(words: &Words) -> Vec<Search<'_>> {
    let handle = words.handle.as_str();
    let mut searches = vec![
        Search::Friends,
        Search::UsersWaitingMyAuthorization,
        Search::Users(&words.text),
        Search::ActiveCalls,
        Search::MissedCalls,
        Search::Greeting(handle),
    ];
    for with in [None, Some(handle), Some("+372555")] {
        searches.push(Search::Calls { with });
        for &object in MessageObject::ALL {
            searches.push(Search::Messages { object, with });
            searches.push(Search::MissedMessages(object));
        }
    }
    searches.extend(ChatList::ALL.iter().copied().map(Search::Chats));
    searches.extend(GroupKind::ALL.iter().copied().map(Search::Groups));
    searches.extend(NothingList::ALL.iter().copied().map(Search::Nothing));
    searches
}

pub(super) fn users(words: &Words) -> Vec<Command<'_>> {
    let (handle, any) = (words.handle.as_str(), words.any.as_str());
    let mut commands = vec![
        Command::GetUserAvatar { handle, file: any },
        Command::SetSpeedDial {
            handle,
            number: any,
        },
    ];
    for change in [
        UserChange::Remove,
        UserChange::Add { text: any },
        UserChange::Authorize(words.flag),
        UserChange::Block(words.flag),
        UserChange::Rename(any),
    ] {
        commands.push(Command::SetUser { handle, change });
    }
    for &property in UserProperty::ALL {
        commands.push(Command::GetUser { handle, property });
    }
    for &property in ProfileProperty::ALL {
        commands.push(Command::GetProfile { property });
        if property.constant().is_none() {
            let value = any;
            commands.push(Command::SetProfile { property, value });
        }
    }
    commands
}

pub(super) fn chats(words: &Words) -> Vec<Command<'_>> {
    let (chat, any, users) = (words.word.as_str(), words.any.as_str(), words.users());
    let none = Targets::parse("").expect("nobody");
    let mut commands = vec![
        Command::SetChatDescription { chat, text: any },
        Command::ChatCreate { targets: none },
        Command::ChatCreate { targets: users },
        Command::ChatCreateUsingBlob(chat),
        Command::ChatFindUsingBlob(chat),
    ];
    for &property in ChatProperty::ALL {
        commands.push(Command::GetChat { chat, property });
    }
    for &property in ChatMemberProperty::ALL {
        let member = words.id();
        commands.push(Command::GetChatMember { member, property });
    }
    for action in [
        ChatAction::SetTopic(any),
        ChatAction::SetTopicXml(any),
        ChatAction::AddMembers(users),
        ChatAction::Leave,
        ChatAction::Bookmark(words.flag),
        ChatAction::Join,
        ChatAction::Kick(users),
        ChatAction::KickBan(users),
        ChatAction::AcceptAdd,
        ChatAction::ClearRecentMessages,
        ChatAction::SetAlertString(any),
        ChatAction::Disband,
        ChatAction::SetPassword {
            password: &words.word,
            hint: any,
        },
        ChatAction::EnterPassword(&words.word),
        ChatAction::SetOptions(words.number),
        ChatAction::SetGuidelines(any),
        ChatAction::SetDescription(any),
    ] {
        commands.push(Command::AlterChat { chat, action });
    }
    for &role in Role::ALL {
        let member = words.id();
        for action in [
            MemberAction::SetRoleTo(role),
            MemberAction::CanSetRoleTo(role),
        ] {
            commands.push(Command::AlterChatMember { member, action });
        }
    }
    commands
}

pub(super) fn messages(words: &Words) -> Vec<Command<'_>> {
    let (id, body) = (words.id(), words.any.as_str());
    let mut commands = vec![
        Command::Message {
            to: &words.handle,
            body: &words.text,
        },
        Command::ChatMessage {
            chat: &words.word,
            body: &words.text,
        },
    ];
    for &object in MessageObject::ALL {
        commands.push(Command::SetMessageSeen { object, id });
        commands.push(Command::SetMessageBody { object, id, body });
        for &property in MessageProperty::ALL {
            commands.push(Command::GetMessage {
                object,
                id,
                property,
            });
        }
    }
    commands
}
