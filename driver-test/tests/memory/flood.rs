//! Services and clients that give an account more than it may hold, of each kind, and all of it together.
//! Never about what an account should do with as much as fits.

use serde_json::{Value, json};

use crate::service::event;
use crate::{Room, allowance};

/// A text of about so many bytes that is another one each time.
fn text(number: usize, bytes: usize) -> String {
    format!("{number:08} ").repeat(bytes / 9 + 1)
}

fn contact(number: usize, bytes: usize) -> Value {
    let mood = text(number, bytes);
    json!({
        "buid": format!("contact-{number}"), "alias": format!("Contact {number}"), "name": format!("Number {number}"),
        "group": "Skype", "primitive": "available", "status": mood, "auth": "granted",
    })
}

fn contacts(count: usize, bytes: usize) -> impl Iterator<Item = Value> {
    (0..count).map(move |number| event("buddy_added", &json!([contact(number, bytes)])))
}

fn requests(count: usize) -> impl Iterator<Item = Value> {
    (0..count).map(|number| {
        let edata = json!({"buid": format!("asker-{number}"), "msg": text(number, 3_000)});
        event("buddy_request", &edata)
    })
}

fn rooms(count: usize, members: usize) -> impl Iterator<Item = Value> {
    (0..count).map(move |number| {
        let gid = format!("room{number:012}");
        let mut told = vec![json!({
            "buid": format!("{gid};"), "alias": "a room", "display": text(number, 500), "group": "Skype",
        })];
        told.extend((0..members).map(|member| {
            let handle = format!("member-{number}-{member}");
            json!({"buid": format!("{gid};{handle}"), "alias": handle, "group": gid, "creator": member == 0})
        }));
        event("buddy_added", &json!(told))
    })
}

fn message(from: &str, number: usize, bytes: usize) -> Value {
    let edata = json!({
        "buid": from, "alias": from, "msg": text(number, bytes), "timestamp": 1_400_000_000 + number,
        "mid": format!("mid{number:013}"),
    });
    event("recv_im", &edata)
}

fn icons(count: usize) -> impl Iterator<Item = Value> {
    (0..count).map(|number| {
        let icon = format!("{number:064}");
        event(
            "buddy_icon",
            &json!([{"buid": format!("contact-{number}"), "icon": icon}]),
        )
    })
}

#[test]
fn a_thousand_contacts_with_names_and_moods_all_have_room() {
    let allowance = allowance();
    let mut room = Room::new();
    room.told(contacts(1_000, 40));
    let answer = room.ask("GET GROUP 2 NROFUSERS", "GROUP 2 NROFUSERS *");
    assert_eq!(answer, "GROUP 2 NROFUSERS 1000");
    let heap = room.weigh();
    println!("a thousand contacts: {heap} bytes");
    assert!(heap < allowance, "{heap} of {allowance}");
}

#[test]
fn of_contacts_without_end_the_first_ones_stay() {
    let allowance = allowance();
    let mut room = Room::new();
    room.told(contacts(6_000, 3_000));
    let mood = room.ask("GET USER contact-0 MOOD_TEXT", "USER contact-0 MOOD_TEXT *");
    assert!(mood.len() > 3_000, "{mood}");
    room.ask(
        "GET USER contact-5999 BUDDYSTATUS",
        "USER contact-5999 BUDDYSTATUS 0",
    );
    // Who is there already is told of, however full it is; only longer texts find no room.
    let away = json!([{"buid": "contact-0", "primitive": "away", "status": text(7, 4_000), "auth": "granted"}]);
    room.told([event("buddy_status", &away)]);
    room.ask(
        "GET USER contact-0 ONLINESTATUS",
        "USER contact-0 ONLINESTATUS AWAY",
    );
    let heap = room.weigh();
    println!("contacts without end: {heap} bytes");
    assert!(heap < allowance, "{heap} of {allowance}");
}

#[test]
fn of_contact_requests_without_end_the_first_ones_stay() {
    let allowance = allowance();
    let mut room = Room::new();
    room.told(requests(3_000));
    let answer = room.ask(
        "GET USER asker-0 RECEIVEDAUTHREQUEST",
        "USER asker-0 RECEIVEDAUTHREQUEST *",
    );
    assert!(answer.len() > 3_000, "{answer}");
    let heap = room.weigh();
    assert!(heap < allowance, "{heap} of {allowance}");
}

#[test]
fn of_rooms_without_end_the_first_ones_stay_and_dialogs_find_room() {
    let allowance = allowance();
    let mut room = Room::new();
    room.told(rooms(800, 200));
    let chats = room.ask("SEARCH ACTIVECHATS", "CHATS*");
    assert!(
        chats.contains("#member-0-0/") && !chats.contains("#member-799-0/"),
        "{chats}"
    );
    room.told((0..2_000).map(|number| message(&format!("writer-{number}"), number, 20)));
    let chats = room.ask("SEARCH CHATS", "CHATS *");
    assert!(
        chats.contains("/$writer-1999;"),
        "the latest dialog has room"
    );
    let heap = room.weigh();
    println!("rooms without end: {heap} bytes");
    assert!(heap < allowance, "{heap} of {allowance}");
}

#[test]
fn long_texts_are_had_again_from_the_store() {
    let allowance = allowance();
    let mut room = Room::new();
    room.told((0..200).map(|number| message("bob", number, 30_000)));
    let first = room.world.person("alice").everything();
    let first = first.iter().find_map(|heard| {
        let mut words = heard.line.split(' ');
        (words.next() == Some("CHATMESSAGE") && heard.line.ends_with("RECEIVED"))
            .then(|| words.next().unwrap().to_owned())
    });
    let first = first.unwrap();
    let body = room.ask(
        &format!("GET CHATMESSAGE {first} BODY"),
        &format!("CHATMESSAGE {first} BODY *"),
    );
    assert!(body.ends_with(&text(0, 30_000)), "the oldest is whole");
    let heap = room.weigh();
    println!("long texts: {heap} bytes");
    assert!(heap < allowance, "{heap} of {allowance}");
}

#[test]
fn all_that_a_service_can_tell_and_a_client_can_say_together_has_room() {
    let allowance = allowance();
    let mut room = Room::new();
    let all = contacts(3_000, 2_000)
        .chain(requests(1_000))
        .chain(rooms(300, 100))
        .chain(icons(3_000))
        .chain((0..300).map(|number| message("contact-1", number, 30_000)));
    room.told(all);
    room.script.borrow_mut().is_deaf = true;
    let person = room.world.person("alice").clone();
    for number in 0..300 {
        person.say(&format!("CREATE GROUP {}", text(number, 3_000)));
        person.say(&format!("SET PROFILE ABOUT {}", text(number, 4_000)));
        person.say(&format!("SET USER contact-{number} SPEEDDIAL {number}"));
        person.say(&format!("SEARCH USERS {}", text(number, 200)));
        person.say(&format!("MESSAGE contact-1 {}", text(number, 30_000)));
    }
    room.world.run_for(std::time::Duration::from_secs(20));
    let heap = room.weigh();
    println!("all together: {heap} bytes");
    assert!(heap < allowance, "{heap} of {allowance}");
}
