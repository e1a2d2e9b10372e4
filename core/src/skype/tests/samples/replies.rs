//! Replies of every form there is.
//! Never commands, but for what confirms them.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use super::{Words, commands};
use crate::skype::*;

/// A reply of every form, with every property there is.
pub(in crate::skype::tests) fn replies(words: &Words) -> Vec<Reply<'_>> {
    let mut replies = plain_replies(words);
    replies.extend(property_replies(words));
    // A status that is also a state of the link is heard as that one.
    let changes = commands(words).into_iter().filter(is_change);
    replies.extend(changes.map(Command::echo));
    replies
}

fn plain_replies(words: &Words) -> Vec<Reply<'_>> {
    let any = || words.any.as_str().into();
    let stream = || words.stream().into();
    let name = || words.name.as_str().into();
    let ids = vec![words.number, 0, 17];
    let mut replies = vec![
        Reply::Ok,
        Reply::Pong,
        Reply::Protocol(7),
        Reply::ConnStatusAsked(Status::NotAvailable),
        Reply::CurrentUserHandle(words.handle.as_str().into()),
        Reply::Avatar { file: any() },
        Reply::Users(vec![]),
        Reply::Users(vec![words.handle.as_str().into(), "pavel".into()]),
        Reply::Chats(vec![]),
        Reply::Chats(vec!["#a/$b;c".into(), "#d/$e".into()]),
        Reply::Calls(ids.clone()),
        Reply::Groups(vec![]),
        Reply::Groups(ids.clone()),
        Reply::Voicemails(ids.clone()),
        Reply::Smss(vec![]),
        Reply::FileTransfers(ids.clone()),
        Reply::UserAvatar {
            handle: words.handle.as_str().into(),
            file: any(),
        },
        Reply::ChatBookmarked {
            chat: words.word.as_str().into(),
            marked: words.flag,
        },
        Reply::AlteredMember,
        Reply::CanSetRole(words.flag),
        Reply::DeletedGroup(words.id()),
        Reply::Datagram {
            name: name(),
            stream: stream(),
            text: any(),
        },
        Reply::StreamRead {
            name: name(),
            stream: stream(),
            text: any(),
        },
        Reply::MenuItemCreated(name()),
        Reply::EventCreated(name()),
        Reply::ImHistoryChanged,
        Reply::CallHistoryChanged,
        Reply::ForeignError {
            code: 1234,
            text: any(),
        },
        Reply::Other("CALLTO somebody".into()),
    ];
    replies.extend(Status::ALL.iter().copied().map(Reply::UserStatus));
    replies.extend(ConnStatus::ALL.iter().copied().map(Reply::ConnStatus));
    replies.extend(Constant::ALL.iter().copied().map(Reply::Constant));
    replies.extend(ErrorReply::ALL.iter().copied().map(Reply::Error));
    replies.extend(ChatVerb::ALL.iter().copied().map(Reply::AlteredChat));
    for &verb in StreamVerb::ALL {
        let (name, stream) = (name(), stream());
        replies.push(Reply::StreamTook { name, verb, stream });
    }
    for &object in MessageObject::ALL {
        let ids = ids.clone();
        replies.push(Reply::Messages { object, ids });
    }
    for &property in MenuItemProperty::ALL {
        let (id, value) = (name(), any());
        replies.push(Reply::MenuItem {
            id,
            property,
            value,
        });
    }
    replies
}

/// A reply for each property of each object.
#[rustfmt::skip]
fn property_replies(words: &Words) -> Vec<Reply<'_>> {
    let handle = || words.handle.as_str().into();
    let value = |domain| words.value(domain);
    let id = words.id();
    let mut replies = Vec::new();
    replies.extend(UserProperty::ALL.iter().map(|&property| Reply::User {
        handle: handle(), property, value: value(property.domain()),
    }));
    replies.extend(ProfileProperty::ALL.iter().map(|&property| Reply::Profile {
        property, value: value(property.domain()),
    }));
    replies.extend(ChatProperty::ALL.iter().map(|&property| Reply::Chat {
        chat: words.word.as_str().into(), property, value: value(property.domain()),
    }));
    replies.extend(ChatMemberProperty::ALL.iter().map(|&property| Reply::ChatMember {
        member: id, property, value: value(property.domain()),
    }));
    for &object in MessageObject::ALL {
        replies.extend(MessageProperty::ALL.iter().map(|&property| Reply::Message {
            object, id, property, value: value(property.domain()),
        }));
    }
    replies.extend(GroupProperty::ALL.iter().map(|&property| Reply::Group {
        group: id, property, value: value(property.domain()),
    }));
    replies.extend(ApplicationProperty::ALL.iter().map(|&property| Reply::Application {
        name: words.name.as_str().into(), property, value: value(property.domain()),
    }));
    replies.extend(CallProperty::ALL.iter().map(|&property| Reply::Call {
        call: id, property, value: value(property.domain()),
    }));
    replies.extend(VoicemailProperty::ALL.iter().map(|&property| Reply::Voicemail {
        voicemail: id, property, value: value(property.domain()),
    }));
    replies.extend(SmsProperty::ALL.iter().map(|&property| Reply::Sms {
        sms: id, property, value: value(property.domain()),
    }));
    replies.extend(FileTransferProperty::ALL.iter().map(|&property| Reply::FileTransfer {
        transfer: id, property, value: value(property.domain()),
    }));
    replies
}

/// True if the command is confirmed once it is done, rather than answered, and by what is not said otherwise too: a
/// status that is also a state of the link is heard as that one.
fn is_change(command: &Command<'_>) -> bool {
    if let Command::SetConnStatus(status) = command {
        return ConnStatus::from_name(status.name()).is_none();
    }
    let line = format!("{command}");
    let asks = [
        "GET ",
        "SEARCH ",
        "MESSAGE ",
        "CHATMESSAGE ",
        "CHAT CREATE",
        "CHAT FIND",
        "CALL",
        "VOICEMAIL",
        "PROTOCOL",
    ];
    !asks.iter().any(|verb| line.starts_with(verb))
}
