//! What is remembered of chats, and what of it outlives a restart.

use super::*;
use crate::account::messages::Messages;
use crate::account::records::{MessageKind, MessageRecord};
use crate::store::Record;
use alloc::vec;
use alloc::vec::Vec;

const NOW: u64 = 1_400_000_000;

fn chats(max: usize) -> Chats {
    let limits = Limits {
        chats: max,
        ..Limits::default()
    };
    Chats::new("alice".into(), Keys::new("alice"), &limits)
}

fn room(gid: &str) -> Group {
    Group {
        gid: gid.into(),
        creator: "carol".into(),
        ..Group::default()
    }
}

#[test]
fn the_dialog_that_was_silent_for_longest_is_forgotten_first() {
    let (mut chats, mut journal) = (chats(4), Journal::new());
    let ids: Vec<ChatId> = ["bob", "carol", "dave"]
        .iter()
        .zip(0..)
        .map(|(partner, later)| chats.open_dialog(partner, NOW + later, &mut journal))
        .collect();
    chats.write(&ids[0], NOW + 10, "bob", &mut journal);
    let group = chats.open_group(room("g1"), NOW, &mut journal).unwrap();
    chats.open_dialog("eve", NOW + 11, &mut journal);
    let left: Vec<bool> = ids.iter().map(|id| chats.get(id).is_some()).collect();
    assert_eq!(
        left,
        [true, false, true],
        "carol had said nothing for longest"
    );
    assert!(
        chats.get(&group).is_some(),
        "who is in a room does not forget it"
    );
}

#[test]
fn marks_and_rooms_leave_room_for_dialogs() {
    let (mut chats, mut journal) = (chats(4), Journal::new());
    let rooms = ["g1", "g2", "g3", "g4"]
        .map(|gid| chats.open_group(room(gid), NOW, &mut journal).is_some());
    assert_eq!(rooms, [true, true, true, false]);
    assert!(!chats.may_pin());
    let bob = chats.open_dialog("bob", NOW, &mut journal);
    let carol = chats.open_dialog("carol", NOW, &mut journal);
    assert!(chats.get(&bob).is_none() && chats.get(&carol).is_some());
    let first = chats.group("g1").unwrap();
    chats.change(&first, |chat| {
        chat.group.as_mut().unwrap().standing = Standing::Out
    });
    assert!(chats.may_pin(), "a room that was left may be forgotten");
}

#[test]
fn a_chat_comes_back_as_it_was_stored() {
    let (mut chats, mut journal) = (chats(10), Journal::new());
    let mut messages = Messages::new(Keys::new("alice"), 10, &Limits::default());
    let group = Group {
        topic: "tea".into(),
        adder: Some("carol".into()),
        ..room("g1")
    };
    let id = chats.widen("bob", group, NOW, &mut journal).unwrap();
    chats.change(&id, |chat| {
        chat.members.join("carol");
        chat.bookmarked = true;
    });
    chats.number_members(&id, &mut messages);
    let record = chats.record(&id).unwrap();
    let mut again = self::chats(10);
    again.restore(&Record {
        key: Keys::new("alice").chat(&id),
        value: serde_json::to_vec(&record).unwrap(),
    });
    assert_eq!(again.record(&id).unwrap(), record);
    let place = Place::Group(id.clone());
    assert_eq!(
        again.place("bob", 0),
        Some(place.clone()),
        "what was said before"
    );
    assert_eq!(again.place("g1;", 0), Some(place.clone()));
    assert_eq!(
        again.marks(&place),
        vec![("bob".into(), 0), ("g1;".into(), 0)]
    );
    assert_ne!(again.dialog("bob").0, id, "the next dialog is another chat");
    let number = again.get(&id).unwrap().members.number_of("carol");
    let (chat, _, handle) = again.member(number).unwrap();
    assert_eq!((chat, handle), (&id, "carol"));
}

#[test]
fn records_of_messages_from_before_there_were_rooms_are_texts_in_dialogs() {
    let stored = r#"{"partner":"bob","own":false,"body":"hi","timestamp":1}"#;
    let message: MessageRecord = serde_json::from_str(stored).unwrap();
    assert_eq!((message.kind, message.generation), (MessageKind::Text, 0));
    let place = chats(10).place_of(&message);
    assert_eq!(place, Some(Place::Dialog("bob".into())));
    assert_eq!(serde_json::to_string(&message).unwrap(), stored);
}
