//! What the tests of chats and calls do again and again: meet, talk, look at an object.
//! Never names a row.

use crate::stage::Stage;
use crate::town::SECONDS;

/// The word of a line that stands at `index`.
pub(crate) fn word(line: &str, index: usize) -> String {
    line.split(' ').nth(index).unwrap_or_default().to_owned()
}

/// The value of a property, that somebody asks for.
pub(crate) fn value(stage: &mut Stage, who: &str, object: &str, property: &str) -> String {
    let start = format!("{object} {property} ");
    let line = format!("GET {object} {property}");
    let reply = stage.asks_as(who, &line, &format!("{start}*"));
    reply[start.len()..].to_owned()
}

/// Checks the values of properties, to the last space.
pub(crate) fn look(stage: &mut Stage, who: &str, object: &str, wanted: &[(&str, &str)]) {
    for (property, value) in wanted {
        let line = format!("GET {object} {property}");
        stage.asks_as(who, &line, &format!("{object} {property} {value}"));
    }
}

/// Checks a property that is a time: the world began at a certain second, not long ago.
pub(crate) fn is_now(stage: &mut Stage, who: &str, object: &str, property: &str) {
    let time = value(stage, who, object, property);
    let seconds: u64 = time.parse().expect("a number of seconds");
    assert!(seconds.abs_diff(1_341_999_000) < 1000, "{property}: {time}");
}

/// Checks that alice is refused all of these, each with its number.
pub(crate) fn all_refused(stage: &mut Stage, lines: &[(&str, u16)]) {
    for (line, code) in lines {
        stage.refused(line, *code);
    }
}

/// Somebody says something to somebody else: the numbers under which both know it.
pub(crate) fn say(stage: &mut Stage, from: &str, to: &str, text: &str) -> (String, String) {
    let line = format!("MESSAGE {to} {text}");
    let sending = stage.asks_as(from, &line, "CHATMESSAGE * STATUS SENDING");
    let own = word(&sending, 1);
    stage.hears(from, &format!("CHATMESSAGE {own} STATUS SENT"));
    let received = stage.hears(to, "CHATMESSAGE * STATUS RECEIVED");
    (own, word(&received, 1))
}

/// The number of the next message that somebody is told of.
pub(crate) fn next(stage: &mut Stage, who: &str) -> String {
    word(&stage.hears(who, "CHATMESSAGE * STATUS RECEIVED"), 1)
}

/// The dialog of somebody with somebody else.
pub(crate) fn dialog(stage: &mut Stage, who: &str, with: &str) -> String {
    let line = format!("CHAT CREATE {with}");
    word(&stage.asks_as(who, &line, "CHAT * STATUS DIALOG"), 1)
}

/// alice makes a room with bob and carol, who have heard of it.
pub(crate) fn room(stage: &mut Stage) -> String {
    stage.add_carol();
    let made = stage.asks("CHAT CREATE bob, carol", "CHAT * STATUS MULTI_SUBSCRIBED");
    let room = word(&made, 1);
    for name in ["bob", "carol"] {
        stage.hears(name, &format!("CHAT {room} NAME {room}"));
    }
    stage.world.run_for(SECONDS(2));
    for name in ["alice", "bob", "carol"] {
        forget(stage, name);
    }
    room
}

/// What somebody has heard so far will not be heard by [`Stage::hears`] any more.
pub(crate) fn forget(stage: &Stage, who: &str) {
    while stage.world.person(who).take("*").is_some() {}
}

/// alice calls bob, where it rings: the numbers under which both know the call.
pub(crate) fn call(stage: &mut Stage) -> (String, String) {
    let own = word(&stage.asks("CALL bob", "CALL * STATUS UNPLACED"), 1);
    stage.hears("alice", &format!("CALL {own} STATUS RINGING"));
    let rings = stage.hears("bob", "CALL * STATUS RINGING");
    (own, word(&rings, 1))
}

/// The same, and bob takes it up.
pub(crate) fn talk(stage: &mut Stage) -> (String, String) {
    let (own, theirs) = call(stage);
    let line = format!("ALTER CALL {theirs} ANSWER");
    stage.asks_as("bob", &line, &line);
    stage.hears("alice", &format!("CALL {own} STATUS INPROGRESS"));
    stage.hears("bob", &format!("CALL {theirs} STATUS INPROGRESS"));
    (own, theirs)
}
