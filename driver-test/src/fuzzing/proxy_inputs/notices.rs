//! Notices of a service, with fields from the data.
//! Never decides whether a service would tell such a thing: many would not.

use imo2sproxy_core::imo::notice::{
    Auth, Buddy, EndReason, Icon, Incoming, Notice, Outcome, Refusal,
};
use imo2sproxy_core::imo::{Primitive, TypingState};

use crate::fuzzing::reader::Reader;

/// People, groups and members that notices are about.
const BUIDS: [&str; 12] = [
    "bob",
    "Bob",
    "carol",
    "alice",
    "bertha",
    "echo123",
    "g1;",
    "g2;",
    "g1;bob;prpl-skype",
    "g1;alice;prpl-skype",
    "g2;carol;prpl-skype",
    "",
];
const PRIMITIVES: [Primitive; 5] = [
    Primitive::Available,
    Primitive::Away,
    Primitive::Busy,
    Primitive::Invisible,
    Primitive::Offline,
];
/// Longest text, in bytes.
const TEXT_MAX: usize = 40;

fn buid(reader: &mut Reader<'_>) -> String {
    let place = reader.below(BUIDS.len() + 1);
    let known = BUIDS.get(place).map(|known| (*known).to_owned());
    known.unwrap_or_else(|| reader.text(TEXT_MAX))
}

fn buddy(reader: &mut Reader<'_>) -> Buddy {
    let has = reader.byte();
    let mut text = |bit: u8| (has & bit != 0).then(|| reader.text(TEXT_MAX));
    let (alias, status, name, display) = (text(1), text(2), text(4), text(8));
    let buid = buid(reader);
    let group = buid.split_once(';').map(|(group, _)| group.to_owned());
    let is_group = buid.ends_with(';');
    Buddy {
        alias,
        status,
        name,
        display,
        group: group.map(|group| if is_group { "Skype".into() } else { group }),
        kind: is_group.then(|| "group".into()),
        primitive: (has & 16 != 0).then(|| reader.choose(&PRIMITIVES)),
        auth: (has & 32 != 0).then(|| reader.choose(&[Auth::Pending, Auth::Granted])),
        inviter: (has & 64 != 0).then(|| reader.choose(&["bob", "alice"]).into()),
        creator: (has & 128 != 0).then(|| reader.one_in(2)),
        buid,
    }
}

fn buddies(reader: &mut Reader<'_>) -> Vec<Buddy> {
    let count = reader.below(4);
    (0..count).map(|_| buddy(reader)).collect()
}

fn mid(reader: &mut Reader<'_>) -> Option<String> {
    let choice = reader.below(20);
    (choice < 16).then(|| format!("mid{choice:013}"))
}

fn message(reader: &mut Reader<'_>) -> Incoming {
    Incoming {
        buid: buid(reader).into(),
        alias: reader.text(TEXT_MAX).into(),
        msg: reader.text(TEXT_MAX),
        timestamp: reader.number().into(),
        mid: mid(reader).map(Into::into),
        author: reader.one_in(2).then(|| buid(reader).into()),
        topic: reader.choose(&[None, Some(false), Some(true)]),
    }
}

fn refusal(reader: &mut Reader<'_>) -> Refusal {
    const CODES: [&str; 6] = [
        "bad_request",
        "unknown_user",
        "blocked",
        "too_large",
        "rate_limited",
        "odd",
    ];
    Refusal {
        code: reader.choose(&CODES).into(),
        msg: reader.text(TEXT_MAX).into(),
    }
}

/// A notice of any kind.
pub(super) fn notice(reader: &mut Reader<'_>) -> Notice {
    match reader.below(20) {
        0 => Notice::Message(message(reader)),
        1 => Notice::BuddyAdded(buddies(reader)),
        2 => Notice::BuddyStatus(buddies(reader)),
        3 => Notice::BuddyRemoved((0..reader.below(3)).map(|_| buid(reader)).collect()),
        4 => Notice::BuddyRequest {
            buddy: buid(reader),
            text: reader.text(TEXT_MAX),
        },
        5 => Notice::SentElsewhere {
            to: buid(reader),
            body: reader.text(TEXT_MAX),
            timestamp: reader.number().into(),
            mid: mid(reader),
        },
        6 => Notice::Result {
            request_id: u64::from(reader.byte()),
            result: if reader.one_in(2) {
                Err(refusal(reader))
            } else {
                Ok(Outcome {
                    timestamp: reader.number().into(),
                    users: reader.one_in(2).then(|| [buid(reader)].into()),
                })
            },
        },
        7 => Notice::Refused {
            method: reader.choose(&["send_im", "add_buddy", "im_typing"]).into(),
            seq: u64::from(reader.byte()),
            refusal: refusal(reader),
        },
        8 => Notice::Ringing {
            buddy: buid(reader),
            outgoing: reader.one_in(2),
        },
        9 => Notice::Answered {
            buddy: buid(reader),
        },
        10 => Notice::CallEnded {
            buddy: buid(reader),
            reason: reader.choose(&[None, Some(EndReason::HungUp), Some(EndReason::Refused)]),
        },
        11 => Notice::Typing {
            buddy: buid(reader),
            state: reader.choose(&[TypingState::Typing, TypingState::NotTyping]),
        },
        12 => Notice::Icons(
            [Icon {
                buid: buid(reader),
                icon: reader.choose(&["", "ICON1", "ICON2"]).into(),
            }]
            .into(),
        ),
        13 => Notice::Kicked {
            member: buid(reader),
            by: buid(reader),
        },
        14 => Notice::StatusElsewhere {
            primitive: reader.choose(&PRIMITIVES),
            mood: reader.text(TEXT_MAX),
        },
        other => about_the_session(other, reader),
    }
}

fn about_the_session(choice: usize, reader: &mut Reader<'_>) -> Notice {
    match choice {
        15 => Notice::SignedOn {
            alias: reader.text(TEXT_MAX),
        },
        16 => Notice::Disconnected {
            reason: reader
                .choose(&["uidpassword", "signed on elsewhere"])
                .into(),
        },
        17 => Notice::Expired,
        18 => Notice::Reset,
        _ => Notice::AutoAway,
    }
}
