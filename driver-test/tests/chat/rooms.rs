//! Rooms: who makes them, who comes and goes, what is said in them and what they are about.

use imo2sproxy_core::io::Control;
use imo2sproxy_sim::{Faults, World};

use crate::town::{
    SECONDS, befriend, come_back, daemon, everybody_online, friends, host, sit_down, town,
};
use crate::transcript::{Transcript, ask, check, next_message, value};

/// Alice, bob and carol, who are contacts of each other.
fn three(seed: u64) -> World {
    let mut world = town(seed, Faults::none(), &["alice", "bob", "carol"]);
    for name in ["alice", "bob", "carol"] {
        sit_down(&mut world, name);
    }
    for (one, other) in [("alice", "bob"), ("alice", "carol"), ("bob", "carol")] {
        befriend(&mut world, one, other);
    }
    world
}

/// Somebody makes a room with others; its id.
fn make_room(world: &mut World, maker: &str, others: &str) -> String {
    let reply = ask(world, maker, &format!("CHAT CREATE {others}"));
    let words: Vec<&str> = reply.split(' ').collect();
    assert_eq!(words[2..], ["STATUS", "MULTI_SUBSCRIBED"], "{reply}");
    words[1].to_owned()
}

/// Alice makes a room, bob and carol are in it. Its id as each of them has it.
fn room_of_three(world: &mut World) -> String {
    let room = make_room(world, "alice", "bob, carol");
    for name in ["bob", "carol"] {
        let line = world.expect(name, "CHAT * NAME *", SECONDS(10));
        assert_eq!(
            line,
            format!("CHAT {room} NAME {room}"),
            "all call it the same"
        );
    }
    world.run_for(SECONDS(5));
    for name in ["alice", "bob", "carol"] {
        forget(world, name);
    }
    room
}

/// Somebody makes a room with one other. Its id.
fn room_of_two(world: &mut World, maker: &str, other: &str) -> String {
    let room = make_room(world, maker, "");
    let reply = ask(
        world,
        maker,
        &format!("ALTER CHAT {room} ADDMEMBERS {other}"),
    );
    assert_eq!(reply, "ALTER CHAT ADDMEMBERS");
    room
}

/// What `name` has heard so far is of no interest any more.
fn forget(world: &World, name: &str) {
    while world.person(name).take("*").is_some() {}
}

fn restart(world: &mut World, name: &str) {
    world.kill(&host(name));
    let seed = world.seed_for(&format!("{name} again at {:?}", world.now().mono));
    world.restart(&host(name), daemon(name, seed));
}

#[test]
fn whoever_makes_a_room_hears_of_it_step_by_step() {
    let mut world = three(1);
    let alice = Transcript::of(&world, "alice");
    let room = make_room(&mut world, "alice", "bob, carol");
    alice.expect(
        &mut world,
        &room,
        &[
            "#9 CHAT C STATUS MULTI_SUBSCRIBED",
            "CHAT C NAME C",
            "CHAT C ACTIVITY_TIMESTAMP 0",
            "CHAT C STATUS MULTI_SUBSCRIBED",
            "CHAT C TYPE MULTICHAT",
            "CHATMEMBER N ROLE CREATOR",
            "CHAT C MYROLE CREATOR",
            "CHAT C MEMBERS alice",
            "CHAT C ACTIVEMEMBERS alice",
            "CHAT C MYSTATUS SUBSCRIBED",
            "CHAT C OPTIONS 1",
            "CHAT C STATUS MULTI_SUBSCRIBED",
            "CHAT C TIMESTAMP N",
            "CHAT C MEMBERS alice bob carol",
            "CHAT C FRIENDLYNAME bob, carol",
        ],
    );
    assert!(room.starts_with("#alice/$"), "{room}");
}

#[test]
fn whoever_is_brought_into_a_room_hears_what_it_is_before_the_message() {
    let mut world = three(1);
    let bob = Transcript::of(&world, "bob");
    let room = room_of_two(&mut world, "alice", "bob");
    bob.expect(
        &mut world,
        &room,
        &[
            "CHAT C NAME C",
            "CHAT C STATUS MULTI_SUBSCRIBED",
            "CHATMEMBER N ROLE USER",
            "CHAT C MYROLE USER",
            "CHAT C MEMBERS bob alice",
            "CHAT C FRIENDLYNAME alice",
            "CHAT C ACTIVEMEMBERS bob alice",
            "CHAT C TIMESTAMP N",
            "CHAT C ADDER alice",
            "CHAT C OPTIONS 1",
            "CHAT C TOPIC ",
            "CHAT C STATUS MULTI_SUBSCRIBED",
            "CHATMESSAGE N STATUS RECEIVED",
        ],
    );
    let message = next_message(&mut world, "bob", "RECEIVED");
    check(
        &mut world,
        "bob",
        &message,
        &[
            ("TYPE", "ADDEDMEMBERS"),
            ("FROM_HANDLE", "alice"),
            ("USERS", "bob"),
            ("BODY", ""),
            ("CHATNAME", &room),
        ],
    );
}

#[test]
fn somebody_who_is_brought_in_later_is_news_to_those_who_are_there() {
    let mut world = three(1);
    let room = room_of_two(&mut world, "alice", "bob");
    world.run_for(SECONDS(5));
    forget(&world, "alice");
    let (alice, bob) = (
        Transcript::of(&world, "alice"),
        Transcript::of(&world, "bob"),
    );
    let reply = ask(
        &mut world,
        "bob",
        &format!("ALTER CHAT {room} ADDMEMBERS carol"),
    );
    assert_eq!(reply, "ALTER CHAT ADDMEMBERS");
    let members = "CHAT C MEMBERS alice bob carol";
    alice.expect(
        &mut world,
        &room,
        &[
            "CHATMESSAGE N STATUS RECEIVED",
            members,
            "CHAT C ACTIVEMEMBERS alice bob carol",
            "CHAT C FRIENDLYNAME bob, carol",
        ],
    );
    let heard = bob.lines(&world, &room);
    let mut heard: Vec<&str> = heard.iter().map(String::as_str).collect();
    heard.retain(|line| !line.starts_with("#9"));
    assert_eq!(
        heard,
        [
            "CHATMESSAGE N STATUS SENT",
            "CHAT C MEMBERS bob alice carol",
            "CHAT C ACTIVEMEMBERS bob alice carol",
            "CHAT C FRIENDLYNAME alice, carol",
        ]
    );
    let message = next_message(&mut world, "alice", "RECEIVED");
    let about = [
        ("TYPE", "ADDEDMEMBERS"),
        ("FROM_HANDLE", "bob"),
        ("USERS", "carol"),
    ];
    check(&mut world, "alice", &message, &about);
    check(
        &mut world,
        "carol",
        &format!("CHAT {room}"),
        &[("ADDER", "bob")],
    );
}

#[test]
fn what_one_says_in_a_room_all_others_hear_as_it_is() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    for text in [
        "hello",
        " leading and trailing ",
        "\u{1F600} \u{e4}\u{20ac}",
        "two\nlines\r\nand a third",
        "a;b/c$d#e, f",
        "/me",
        &"long ".repeat(2000),
    ] {
        let reply = ask(&mut world, "bob", &format!("CHATMESSAGE {room} {text}"));
        assert!(reply.ends_with("STATUS SENDING"), "{reply}");
        next_message(&mut world, "bob", "SENT");
        for name in ["alice", "carol"] {
            let message = next_message(&mut world, name, "RECEIVED");
            check(
                &mut world,
                name,
                &message,
                &[
                    ("BODY", text),
                    ("FROM_HANDLE", "bob"),
                    ("TYPE", "SAID"),
                    ("CHATNAME", &room),
                ],
            );
        }
    }
    let posters = value(&mut world, "alice", &format!("CHAT {room}"), "POSTERS");
    assert_eq!(posters, "bob");
}

#[test]
fn what_one_does_in_a_room_is_told_as_a_deed() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    let said = ask(
        &mut world,
        "alice",
        &format!("CHATMESSAGE {room} /me waves"),
    );
    let own = said.replace(" STATUS SENDING", "");
    let message = next_message(&mut world, "bob", "RECEIVED");
    for (name, message) in [("alice", own), ("bob", message)] {
        check(
            &mut world,
            name,
            &message,
            &[("TYPE", "EMOTED"), ("BODY", "waves")],
        );
    }
}

#[test]
fn a_topic_is_told_to_all_whoever_gives_it() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    let (alice, bob) = (
        Transcript::of(&world, "alice"),
        Transcript::of(&world, "bob"),
    );
    let reply = ask(
        &mut world,
        "alice",
        &format!("ALTER CHAT {room} SETTOPIC tea & cake"),
    );
    assert_eq!(reply, "ALTER CHAT SETTOPIC");
    bob.expect(
        &mut world,
        &room,
        &[
            "CHAT C TOPIC tea & cake",
            "CHAT C FRIENDLYNAME tea & cake",
            "CHATMESSAGE N STATUS RECEIVED",
        ],
    );
    let heard = alice.lines(&world, &room);
    let told = [
        "CHATMESSAGE N STATUS SENT",
        "CHAT C TOPIC tea & cake",
        "CHAT C FRIENDLYNAME tea & cake",
    ];
    let mut heard: Vec<&str> = heard.iter().map(String::as_str).collect();
    heard.retain(|line| !line.starts_with("#9"));
    assert_eq!(heard, told);
    let message = next_message(&mut world, "bob", "RECEIVED");
    let about = [
        ("TYPE", "SETTOPIC"),
        ("FROM_HANDLE", "alice"),
        ("BODY", "tea & cake"),
    ];
    check(&mut world, "bob", &message, &about);
    let reply = ask(
        &mut world,
        "bob",
        &format!("ALTER CHAT {room} SETTOPICXML <b>coffee</b>"),
    );
    assert_eq!(reply, "ALTER CHAT SETTOPICXML");
    let message = next_message(&mut world, "alice", "RECEIVED");
    let about = [
        ("TYPE", "SETTOPIC"),
        ("FROM_HANDLE", "bob"),
        ("BODY", "coffee"),
    ];
    check(&mut world, "alice", &message, &about);
    for name in ["alice", "bob", "carol"] {
        let wanted = [("TOPIC", "coffee"), ("FRIENDLYNAME", "coffee")];
        check(&mut world, name, &format!("CHAT {room}"), &wanted);
    }
}

#[test]
fn whoever_leaves_a_room_is_out_and_the_others_hear_it() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    let marked = ask(&mut world, "bob", &format!("ALTER CHAT {room} BOOKMARK"));
    assert_eq!(marked, format!("ALTER CHAT {room} BOOKMARKED TRUE"));
    world.run_for(SECONDS(2));
    let (alice, bob) = (
        Transcript::of(&world, "alice"),
        Transcript::of(&world, "bob"),
    );
    let reply = ask(&mut world, "bob", &format!("ALTER CHAT {room} LEAVE"));
    assert_eq!(reply, "ALTER CHAT LEAVE");
    alice.expect(
        &mut world,
        &room,
        &[
            "CHATMESSAGE N STATUS RECEIVED",
            "CHAT C MEMBERS alice carol",
            "CHAT C ACTIVEMEMBERS alice carol",
            "CHAT C FRIENDLYNAME carol",
        ],
    );
    let mut heard = bob.lines(&world, &room);
    heard.retain(|line| !line.starts_with("#9"));
    assert_eq!(
        heard,
        [
            "CHAT C MEMBERS alice carol",
            "CHAT C ACTIVEMEMBERS alice carol",
            "CHAT C MYSTATUS UNSUBSCRIBED",
            "CHAT C STATUS UNSUBSCRIBED",
            "CHAT C BOOKMARKED FALSE",
        ]
    );
    let message = next_message(&mut world, "carol", "RECEIVED");
    let about = [
        ("TYPE", "LEFT"),
        ("FROM_HANDLE", "bob"),
        ("LEAVEREASON", "UNSUBSCRIBE"),
        ("BODY", ""),
    ];
    check(&mut world, "carol", &message, &about);
    for (line, reply) in [
        (format!("CHATMESSAGE {room} still there?"), "ERROR 511"),
        (format!("ALTER CHAT {room} JOIN"), "ERROR 504"),
        (format!("ALTER CHAT {room} LEAVE"), "ALTER CHAT LEAVE"),
        (format!("ALTER CHAT {room} SETTOPIC x"), "ERROR 504"),
    ] {
        let said = ask(&mut world, "bob", &line);
        assert!(said.starts_with(reply), "{line}: {said}");
    }
    // What is said now, bob does not hear; brought in again, he does.
    let alice = world.person("alice").clone();
    alice.say(&format!("CHATMESSAGE {room} he is gone"));
    alice.say(&format!("ALTER CHAT {room} ADDMEMBERS bob"));
    let message = next_message(&mut world, "bob", "RECEIVED");
    let about = [
        ("TYPE", "ADDEDMEMBERS"),
        ("USERS", "bob"),
        ("CHATNAME", &*room),
    ];
    check(&mut world, "bob", &message, &about);
    let about = [("STATUS", "MULTI_SUBSCRIBED"), ("MYSTATUS", "SUBSCRIBED")];
    check(&mut world, "bob", &format!("CHAT {room}"), &about);
    alice.say(&format!("CHATMESSAGE {room} welcome"));
    let message = next_message(&mut world, "bob", "RECEIVED");
    check(&mut world, "bob", &message, &[("BODY", "welcome")]);
}

#[test]
fn whoever_is_thrown_out_of_a_room_hears_by_whom() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    let refused = ask(&mut world, "bob", &format!("ALTER CHAT {room} KICK carol"));
    assert!(
        refused.starts_with("ERROR 504"),
        "only who has made it may: {refused}"
    );
    let transcripts = ["alice", "bob", "carol"].map(|name| Transcript::of(&world, name));
    let reply = ask(
        &mut world,
        "alice",
        &format!("ALTER CHAT {room} KICK carol, nobody"),
    );
    assert_eq!(reply, "ALTER CHAT KICK");
    let [alice, bob, carol] = transcripts;
    carol.expect(
        &mut world,
        &room,
        &[
            "CHATMESSAGE N STATUS RECEIVED",
            "CHAT C MEMBERS alice bob",
            "CHAT C ACTIVEMEMBERS alice bob",
            "CHAT C MYSTATUS KICKED",
            "CHAT C STATUS UNSUBSCRIBED",
        ],
    );
    let news = |own: &str, other: &str, status: &str| {
        [
            format!("CHATMESSAGE N STATUS {status}"),
            format!("CHAT C MEMBERS {own} {other}"),
            format!("CHAT C ACTIVEMEMBERS {own} {other}"),
            format!("CHAT C FRIENDLYNAME {other}"),
        ]
    };
    let mut heard = alice.lines(&world, &room);
    heard.retain(|line| !line.starts_with("#9"));
    assert_eq!(heard, news("alice", "bob", "SENT"));
    assert_eq!(bob.lines(&world, &room), news("bob", "alice", "RECEIVED"));
    for name in ["bob", "carol"] {
        let message = next_message(&mut world, name, "RECEIVED");
        let about = [
            ("TYPE", "KICKED"),
            ("FROM_HANDLE", "alice"),
            ("USERS", "carol"),
        ];
        check(&mut world, name, &message, &about);
    }
}

#[test]
fn a_room_is_as_it_was_after_a_restart_and_nobody_is_told_of_it_again() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    let object = format!("CHAT {room}");
    ask(&mut world, "bob", &format!("ALTER CHAT {room} BOOKMARK"));
    ask(
        &mut world,
        "alice",
        &format!("ALTER CHAT {room} SETTOPIC tea"),
    );
    let members = value(&mut world, "bob", &object, "MEMBEROBJECTS");
    assert_eq!(members.split(", ").count(), 3);
    world.run_for(SECONDS(5));
    restart(&mut world, "bob");
    come_back(&mut world, "bob");
    let bob = Transcript::of(&world, "bob");
    world.run_for(SECONDS(90));
    assert_eq!(bob.lines(&world, &room), [""; 0], "nothing has changed");
    check(
        &mut world,
        "bob",
        &object,
        &[
            ("MEMBEROBJECTS", &members),
            ("BOOKMARKED", "TRUE"),
            ("TOPIC", "tea"),
            ("MEMBERS", "bob alice carol"),
            ("STATUS", "MULTI_SUBSCRIBED"),
            ("ADDER", "alice"),
        ],
    );
    for (number, handle) in members.split(", ").zip(["bob", "alice", "carol"]) {
        let role = if handle == "alice" { "CREATOR" } else { "USER" };
        let about = [
            ("IDENTITY", handle),
            ("ROLE", role),
            ("CHATNAME", &*room),
            ("IS_ACTIVE", "TRUE"),
        ];
        check(&mut world, "bob", &format!("CHATMEMBER {number}"), &about);
    }
    assert_eq!(
        ask(&mut world, "bob", "SEARCH BOOKMARKEDCHATS"),
        format!("CHATS {room}")
    );
}

#[test]
fn whoever_was_away_hears_what_was_said_and_who_is_gone() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    world.control(&host("bob"), Control::Drain);
    world.run_for(SECONDS(15));
    let alice = world.person("alice").clone();
    alice.say(&format!("CHATMESSAGE {room} one"));
    world
        .person("carol")
        .say(&format!("CHATMESSAGE {room} two"));
    next_message(&mut world, "alice", "SENT");
    next_message(&mut world, "carol", "SENT");
    alice.say(&format!("ALTER CHAT {room} SETTOPIC three"));
    world.run_for(SECONDS(5));
    world
        .person("carol")
        .say(&format!("ALTER CHAT {room} LEAVE"));
    world.run_for(SECONDS(5));
    restart(&mut world, "bob");
    come_back(&mut world, "bob");
    let messages: Vec<String> = (0..4)
        .map(|_| next_message(&mut world, "bob", "RECEIVED"))
        .collect();
    for (message, about) in messages.iter().zip([
        [("TYPE", "SAID"), ("FROM_HANDLE", "alice"), ("BODY", "one")],
        [("TYPE", "SAID"), ("FROM_HANDLE", "carol"), ("BODY", "two")],
        [
            ("TYPE", "SETTOPIC"),
            ("FROM_HANDLE", "alice"),
            ("BODY", "three"),
        ],
        [("TYPE", "LEFT"), ("FROM_HANDLE", "carol"), ("BODY", "")],
    ]) {
        check(&mut world, "bob", message, &about);
    }
    let about = [("MEMBERS", "bob alice"), ("TOPIC", "three")];
    check(&mut world, "bob", &format!("CHAT {room}"), &about);
}

#[test]
fn whoever_was_thrown_out_while_away_finds_out() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    world.control(&host("bob"), Control::Drain);
    world.run_for(SECONDS(15));
    ask(&mut world, "alice", &format!("ALTER CHAT {room} KICK bob"));
    restart(&mut world, "bob");
    come_back(&mut world, "bob");
    world.expect(
        "bob",
        &format!("CHAT {room} STATUS UNSUBSCRIBED"),
        SECONDS(90),
    );
    let about = [("MYSTATUS", "UNSUBSCRIBED"), ("MEMBERS", "alice carol")];
    check(&mut world, "bob", &format!("CHAT {room}"), &about);
    restart(&mut world, "bob");
    come_back(&mut world, "bob");
    let about = [("STATUS", "UNSUBSCRIBED"), ("FRIENDLYNAME", "alice, carol")];
    check(&mut world, "bob", &format!("CHAT {room}"), &about);
}

#[test]
fn a_room_can_be_asked_about_in_every_way() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    let object = format!("CHAT {room}");
    check(
        &mut world,
        "carol",
        &object,
        &[
            ("NAME", &room),
            ("STATUS", "MULTI_SUBSCRIBED"),
            ("TYPE", "MULTICHAT"),
            ("MYSTATUS", "SUBSCRIBED"),
            ("MYROLE", "USER"),
            ("MEMBERS", "carol alice bob"),
            ("ACTIVEMEMBERS", "carol alice bob"),
            ("FRIENDLYNAME", "alice, bob"),
            ("OPTIONS", "1"),
            ("ADDER", "alice"),
            ("TOPIC", ""),
            ("POSTERS", ""),
            ("DIALOG_PARTNER", ""),
            ("BOOKMARKED", "FALSE"),
            ("BLOB", ""),
        ],
    );
    let about = [("MYROLE", "CREATOR"), ("ADDER", "")];
    check(&mut world, "alice", &object, &about);
    let number = value(&mut world, "carol", &object, "CHATMESSAGES");
    let about = [("CHATMESSAGES", &*number), ("RECENTCHATMESSAGES", &number)];
    check(&mut world, "carol", &object, &about);
    // Alice has said nothing there, and it is found all the same.
    for list in ["CHATS", "RECENTCHATS", "ACTIVECHATS"] {
        assert_eq!(
            ask(&mut world, "alice", &format!("SEARCH {list}")),
            format!("CHATS {room}")
        );
    }
    let missed = ask(&mut world, "carol", "SEARCH MISSEDCHATS");
    assert_eq!(missed, format!("CHATS {room}"));
    ask(
        &mut world,
        "carol",
        &format!("SET CHATMESSAGE {number} SEEN"),
    );
    assert_eq!(ask(&mut world, "carol", "SEARCH MISSEDCHATS"), "CHATS ");
    for action in [
        "JOIN",
        "ACCEPTADD",
        "CLEARRECENTMESSAGES",
        "SETALERTSTRING =x",
    ] {
        let verb = action.split(' ').next().unwrap();
        let reply = ask(&mut world, "carol", &format!("ALTER CHAT {room} {action}"));
        assert_eq!(reply, format!("ALTER CHAT {verb}"));
    }
}

#[test]
fn an_empty_room_is_filled_later() {
    let mut world = friends(1, Faults::none());
    let room = make_room(&mut world, "alice", "");
    world.expect(
        "alice",
        &format!("CHAT {room} FRIENDLYNAME alice"),
        SECONDS(5),
    );
    ask(
        &mut world,
        "alice",
        &format!("ALTER CHAT {room} ADDMEMBERS bob"),
    );
    world.expect("bob", &format!("CHAT {room} NAME {room}"), SECONDS(5));
    world.expect(
        "alice",
        &format!("CHAT {room} MEMBERS alice bob"),
        SECONDS(5),
    );
}

#[test]
fn what_cannot_be_done_to_a_room_is_refused_once() {
    let mut world = everybody_online(&["alice", "bob"]);
    let room = make_room(&mut world, "alice", "");
    for (line, code) in [
        ("CHAT CREATE b ad!".to_owned(), 507),
        ("CHAT CREATE alice".to_owned(), 507),
        (format!("ALTER CHAT {room} ADDMEMBERS bob"), 504),
        (format!("ALTER CHAT {room} ADDMEMBERS nobody"), 504),
        (format!("ALTER CHAT {room} KICK bob"), 504),
        (format!("ALTER CHAT {room} DISBAND"), 504),
        (format!("ALTER CHAT {room}x LEAVE"), 501),
        (format!("ALTER CHAT {room} LEAVE now"), 505),
        (format!("GET CHAT {room}x TOPIC"), 105),
        (format!("CHATMESSAGE {room}x hello"), 510),
    ] {
        let reply = ask(&mut world, "alice", &line);
        assert!(
            reply.starts_with(&format!("ERROR {code} ")),
            "{line}: {reply}"
        );
    }
    world.run_for(SECONDS(10));
    assert_eq!(
        world.person("alice").count("#9 *"),
        11,
        "each was answered once"
    );
}

#[test]
fn whoever_is_offline_is_told_at_once_that_no_room_can_be_made() {
    let mut world = friends(1, Faults::none());
    let alice = world.person("alice").clone();
    alice.say("SET USERSTATUS OFFLINE");
    alice.say("#1 CHAT CREATE");
    world.expect("alice", "#1 ERROR 508 *", SECONDS(1));
}

#[test]
fn a_service_that_is_gone_holds_nobody_up_for_long() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    world.kill("imo");
    let alice = world.person("alice").clone();
    alice.say(&format!("#1 ALTER CHAT {room} SETTOPIC later"));
    world.expect("alice", "#1 ALTER CHAT SETTOPIC", SECONDS(2));
    alice.say("#2 CHAT CREATE bob, carol");
    world.expect("alice", "#2 ERROR 508 *", SECONDS(9));
    let seed = world.seed_for("imo again");
    world.restart("imo", crate::town::service(seed));
    world.expect("bob", &format!("CHAT {room} TOPIC later"), SECONDS(120));
    world.run_for(SECONDS(90));
    let chats = ask(&mut world, "bob", "SEARCH CHATS");
    assert_eq!(
        chats,
        format!("CHATS {room}"),
        "a room that came too late is not kept"
    );
}

#[test]
fn each_client_is_told_of_a_room_in_the_words_of_its_protocol() {
    for (protocol, kicked) in [(3, "UNKNOWN"), (5, "UNKNOWN"), (7, "KICKED")] {
        let mut world = three(protocol);
        ask(&mut world, "bob", &format!("PROTOCOL {protocol}"));
        let room = room_of_three(&mut world);
        world
            .person("alice")
            .say(&format!("CHATMESSAGE {room} hello"));
        let message = next_message(&mut world, "bob", "RECEIVED");
        check(&mut world, "bob", &message, &[("TYPE", "SAID")]);
        ask(
            &mut world,
            "alice",
            &format!("ALTER CHAT {room} KICK carol"),
        );
        let message = next_message(&mut world, "bob", "RECEIVED");
        check(
            &mut world,
            "bob",
            &message,
            &[("TYPE", kicked), ("USERS", "carol")],
        );
    }
}

#[test]
fn a_client_that_leaves_while_its_room_is_made_is_answered_by_nobody() {
    let mut world = three(1);
    let alice = world.person("alice").clone();
    alice.say("CHAT CREATE bob, carol");
    alice.leave();
    let line = world.expect("bob", "CHAT * NAME *", SECONDS(10));
    let room = line.split(' ').nth(1).unwrap().to_owned();
    world.run_for(SECONDS(5));
    come_back(&mut world, "alice");
    let about = [
        ("STATUS", "MULTI_SUBSCRIBED"),
        ("MEMBERS", "alice bob carol"),
    ];
    check(&mut world, "alice", &format!("CHAT {room}"), &about);
}
