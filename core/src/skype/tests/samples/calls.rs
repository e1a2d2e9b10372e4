//! Commands about groups, applications, calls, telephones and windows.
//! Never about chats and messages.

use alloc::vec;
use alloc::vec::Vec;

use super::Words;
use crate::skype::*;

pub(super) fn groups_and_applications(words: &Words) -> Vec<Command<'_>> {
    let (group, handle) = (words.id(), words.handle.as_str());
    let name = words.name.as_str();
    let (stream, text) = (words.stream(), words.any.as_str());
    let mut commands = vec![
        Command::SetGroupName { group, name: text },
        Command::CreateGroup { name: &words.text },
        Command::DeleteGroup { group },
        Command::CreateApplication { name },
        Command::DeleteApplication { name },
    ];
    for action in [
        GroupAction::AddUser(handle),
        GroupAction::RemoveUser(handle),
    ] {
        commands.push(Command::AlterGroup { group, action });
    }
    for &property in GroupProperty::ALL {
        commands.push(Command::GetGroup { group, property });
    }
    for &property in ApplicationProperty::ALL {
        commands.push(Command::GetApplication { name, property });
    }
    for action in [
        ApplicationAction::Connect(handle),
        ApplicationAction::Disconnect(stream),
        ApplicationAction::Datagram { stream, text },
        ApplicationAction::Write { stream, text },
        ApplicationAction::Read(stream),
    ] {
        commands.push(Command::AlterApplication { name, action });
    }
    commands
}

pub(super) fn calls(words: &Words) -> Vec<Command<'_>> {
    let (call, to) = (words.id(), words.handle.as_str());
    let targets = words.users();
    let participant = words.id();
    let mut commands = vec![
        Command::Call { targets },
        Command::GetCallParticipant { call, participant },
        Command::GetCanTransfer { call, to },
        Command::SetCallSeen(call),
    ];
    for change in [CallChange::JoinConference(call), CallChange::Dtmf("12#")] {
        commands.push(Command::SetCallOther { call, change });
    }
    for &status in CallStatus::ALL {
        commands.push(Command::SetCallStatus { call, status });
    }
    for &property in CallProperty::ALL {
        if ![CallProperty::Participant, CallProperty::CanTransfer].contains(&property) {
            commands.push(Command::GetCall { call, property });
        }
    }
    let mut actions = vec![
        CallAction::Answer,
        CallAction::Hold,
        CallAction::Resume,
        CallAction::Hangup,
        CallAction::Dtmf("5"),
        CallAction::Transfer(targets),
        CallAction::JoinConference(call),
    ];
    actions.extend(CallEnd::ALL.iter().copied().map(CallAction::End));
    actions.extend(CallVideo::ALL.iter().copied().map(CallAction::Video));
    for &device in SoundDevice::ALL {
        let target = words.text.as_str();
        actions.push(CallAction::SetDevice { device, target });
    }
    let alter = |action| Command::AlterCall { call, action };
    commands.extend(actions.into_iter().map(alter));
    commands
}

pub(super) fn telephone(words: &Words) -> Vec<Command<'_>> {
    let (voicemail, sms) = (words.id(), words.id());
    let mut commands = vec![
        Command::Sms(Sms::SetSeen(sms)),
        Command::Sms(Sms::Send(sms)),
        Command::Sms(Sms::Delete(sms)),
    ];
    for &verb in VoicemailVerb::ALL {
        let to = words.handle.as_str();
        commands.push(Command::Voicemail(Voicemail::Leave { verb, to }));
    }
    for &property in VoicemailProperty::ALL {
        commands.push(Command::Voicemail(Voicemail::Get {
            voicemail,
            property,
        }));
    }
    for &step in VoicemailStep::ALL {
        let action = VoicemailAction::Step(step);
        commands.push(Command::Voicemail(Voicemail::Alter { voicemail, action }));
    }
    for &device in SoundDevice::ALL {
        let target = words.text.as_str();
        let action = VoicemailAction::SetDevice { device, target };
        commands.push(Command::Voicemail(Voicemail::Alter { voicemail, action }));
    }
    for &kind in SmsType::ALL {
        let targets = words.text.as_str();
        commands.push(Command::Sms(Sms::Create { kind, targets }));
    }
    for &property in SmsProperty::ALL {
        let argument = words.word.as_str();
        commands.push(Command::Sms(Sms::Get {
            sms,
            property,
            argument,
        }));
    }
    for &setting in SmsSetting::ALL {
        let value = words.any.as_str();
        commands.push(Command::Sms(Sms::Set {
            sms,
            setting,
            value,
        }));
    }
    for &property in FileTransferProperty::ALL {
        let transfer = words.id();
        commands.push(Command::GetFileTransfer { transfer, property });
    }
    commands
}

pub(super) fn windows(words: &Words) -> Vec<Command<'_>> {
    let (id, value) = (words.name.as_str(), words.any.as_str());
    let details = words.text.as_str();
    let mut commands = vec![
        Command::Clear(History::Chats),
        Command::Clear(History::Voicemails),
        Command::CreateMenuItem { id, details },
        Command::CreateMenuItem { id, details: "" },
        Command::DeleteMenuItem(id),
        Command::CreateEvent { id, details },
        Command::DeleteEvent(id),
    ];
    for &window in Window::ALL {
        let argument = words.targets.as_str();
        let argument = if window == Window::Im {
            "nora hello "
        } else {
            argument
        };
        commands.push(Command::Open { window, argument });
    }
    for &which in CallHistory::ALL {
        for with in [None, Some(words.handle.as_str())] {
            commands.push(Command::Clear(History::Calls { which, with }));
        }
    }
    for &button in Button::ALL {
        let key = Key::from_name("pageup").expect("a key");
        commands.push(Command::Button { button, key });
    }
    for &property in MenuItemProperty::ALL {
        commands.push(Command::SetMenuItem {
            id,
            property,
            value,
        });
    }
    commands
}
