//! Where the gateway of 2009 fell short: each of its faults has a test of its name here.
//!
//! Two of them are about typing and leaving rooms and stand with those.

use imo2sproxy_core::config::{Access, WireKind};
use imo2sproxy_core::io::ListenerId;
use imo2sproxy_core::proxy::Proxy;
use imo2sproxy_sim::clients::{Outcome, Program};
use imo2sproxy_sim::{Person, World};

use crate::street::{Street, every_kind, usual, with_each};
use crate::town::{SECONDS, config, host, upstream};

/// Somebody with bare hands at the daemon of `name`.
fn bare(world: &mut World, name: &str) -> Person {
    let client = Person::new(WireKind::SkypeProxy, None, &host(name), 1401);
    world.join("bare", client)
}

/// Says each line with a tag and checks that exactly one tagged line answers, which begins as given.
#[track_caller]
fn check_answers(world: &mut World, person: &Person, table: &[(&str, &str)]) {
    for (index, (line, reply)) in table.iter().enumerate() {
        person.say(&format!("#{index} {line}"));
        world.expect("bare", &format!("#{index} {reply}*"), SECONDS(29));
        assert_eq!(person.count(&format!("#{index} *")), 1, "answers to {line}");
    }
}

fn with_alice() -> (Street, Person) {
    let mut street = Street::of_friends(&[
        ("alice", usual(Program::Skype4Py)),
        ("bob", usual(Program::Skype4Py)),
    ]);
    let person = bare(&mut street.world, "alice");
    person.say("PROTOCOL 7");
    street.world.expect("bare", "PROTOCOL 7", SECONDS(1));
    (street, person)
}

#[test]
fn no_reply_to_search_friends_if_the_list_stays_empty() {
    with_each(every_kind(), |kind, _| {
        let mut street = Street::new(&["alice"]);
        street.seat("alice", kind);
        street.await_online("alice");
        let person = bare(&mut street.world, "alice");
        person.say("SEARCH FRIENDS");
        street.world.expect("bare", "USERS ", SECONDS(5));
    });
}

#[test]
fn no_reply_to_missed_messages_and_unknown_searches() {
    let (mut street, person) = with_alice();
    check_answers(
        &mut street.world,
        &person,
        &[
            ("SEARCH MISSEDCHATMESSAGES", "CHATMESSAGES "),
            ("SEARCH MISSEDMESSAGES", "MESSAGES "),
            ("SEARCH MISSEDCALLS", "CALLS "),
            ("SEARCH ACTIVECALLS", "CALLS "),
            ("SEARCH VOICEMAILS", "VOICEMAILS "),
            ("SEARCH SMSS", "SMSS "),
            ("SEARCH ACTIVEFILETRANSFERS", "FILETRANSFERS "),
            ("SEARCH GROUPS", "GROUPS "),
            ("SEARCH WHATEVER", "ERROR 3"),
            ("SEARCH", "ERROR 3"),
        ],
    );
}

#[test]
fn no_reply_until_the_network_confirms() {
    let (mut street, person) = with_alice();
    street.world.kill("imo");
    street.wait(90);
    person.say("CHAT CREATE bob");
    let line = street
        .world
        .expect("bare", "CHAT * STATUS DIALOG", SECONDS(29));
    let chat = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let topic = format!("ALTER CHAT {chat} SETTOPIC x");
    check_answers(
        &mut street.world,
        &person,
        &[
            ("SET PROFILE MOOD_TEXT busy", "PROFILE MOOD_TEXT busy"),
            ("SET PROFILE FULLNAME Alice", "PROFILE FULLNAME Alice"),
            (
                "SET USER bob ISAUTHORIZED TRUE",
                "USER bob ISAUTHORIZED TRUE",
            ),
            ("SET USER bob ISBLOCKED FALSE", "USER bob ISBLOCKED FALSE"),
            ("SET USER eve BUDDYSTATUS 2 hi", "USER eve BUDDYSTATUS 2"),
            ("SET USER eve BUDDYSTATUS 1", "USER eve BUDDYSTATUS 1"),
            ("OPEN IM bob", "OPEN IM bob"),
            ("CHAT CREATE bob", "CHAT "),
            (&topic, ""),
            ("MINIMIZE", ""),
        ],
    );
}

#[test]
fn missedmessages_not_answered_when_the_queue_is_empty() {
    with_each(
        vec![(Program::MirandaProxy, 1), (Program::MirandaLink, 2)],
        |kind, _| {
            let mut street = Street::of_strangers(&[("alice", kind)]);
            street.wait(10);
            assert!(street.client("alice").lines().heard("MESSAGES "));
        },
    );
}

#[test]
fn get_user_of_an_unknown_handle_is_an_error() {
    let (mut street, person) = with_alice();
    check_answers(
        &mut street.world,
        &person,
        &[
            (
                "GET USER stranger BUDDYSTATUS",
                "USER stranger BUDDYSTATUS 0",
            ),
            ("GET USER Stranger FULLNAME", "USER Stranger FULLNAME "),
            (
                "GET USER stranger ISAUTHORIZED",
                "USER stranger ISAUTHORIZED ",
            ),
            (
                "GET USER stranger RECEIVEDAUTHREQUEST",
                "USER stranger RECEIVEDAUTHREQUEST ",
            ),
        ],
    );
}

#[test]
fn many_user_properties_are_errors() {
    let (mut street, person) = with_alice();
    for handle in ["bob", "alice", "stranger"] {
        for property in [
            "HANDLE",
            "FULLNAME",
            "DISPLAYNAME",
            "BIRTHDAY",
            "SEX",
            "LANGUAGE",
            "COUNTRY",
            "PROVINCE",
            "CITY",
            "PHONE_HOME",
            "PHONE_OFFICE",
            "PHONE_MOBILE",
            "HOMEPAGE",
            "ABOUT",
            "HASCALLEQUIPMENT",
            "IS_VIDEO_CAPABLE",
            "IS_VOICEMAIL_CAPABLE",
            "CAN_LEAVE_VM",
            "IS_CF_ACTIVE",
            "BUDDYSTATUS",
            "ISAUTHORIZED",
            "ISBLOCKED",
            "ONLINESTATUS",
            "LASTONLINETIMESTAMP",
            "SPEEDDIAL",
            "RECEIVEDAUTHREQUEST",
            "MOOD_TEXT",
            "RICH_MOOD_TEXT",
            "ALIASES",
            "TIMEZONE",
            "NROF_AUTHED_BUDDIES",
        ] {
            let path = format!("USER {handle} {property}");
            person.say(&format!("GET {path}"));
            street
                .world
                .expect("bare", &format!("{path} *"), SECONDS(5));
        }
    }
}

#[test]
fn sending_and_sent_are_always_called_message() {
    with_each(
        vec![usual(Program::Pidgin), (Program::MirandaProxy, 3)],
        |kind, other| {
            let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
            street.write("alice", "bob", "hello");
            street.reads("bob", "alice", &["hello"]);
            street.wait(2);
            let client = street.client("alice");
            assert!(client.lines().heard("CHATMESSAGE * STATUS SENT"));
            assert!(!client.lines().heard("MESSAGE * STATUS *"));
        },
    );
}

#[test]
fn the_type_of_ordinary_messages_is_text_in_every_dialect() {
    let (mut street, _) = with_alice();
    for (version, kind) in [
        (1, "TEXT"),
        (2, "TEXT"),
        (3, "SAID"),
        (5, "SAID"),
        (7, "SAID"),
    ] {
        let name = format!("reader{version}");
        let client = Person::new(WireKind::SkypeProxy, None, &host("alice"), 1401);
        let reader = street.world.join(&name, client);
        reader.say(&format!("PROTOCOL {version}"));
        street.write("bob", "alice", "hello");
        let object = if version < 3 {
            "MESSAGE"
        } else {
            "CHATMESSAGE"
        };
        let new = format!("{object} * STATUS RECEIVED");
        let line = street.world.expect(&name, &new, SECONDS(5));
        let number = line.split(' ').nth(1).unwrap_or_default().to_owned();
        reader.say(&format!("GET {object} {number} TYPE"));
        let wanted = format!("{object} {number} TYPE {kind}");
        street.world.expect(&name, &wanted, SECONDS(5));
    }
}

#[test]
fn a_tag_is_on_every_line_sent_while_a_tagged_command_is_handled() {
    let (mut street, person) = with_alice();
    for (index, line) in [
        "SET USERSTATUS AWAY",
        "MESSAGE bob hello",
        "SET PROFILE MOOD_TEXT x",
        "SET USER eve BUDDYSTATUS 2 hi",
        "CHAT CREATE bob",
        "SET USERSTATUS ONLINE",
    ]
    .into_iter()
    .enumerate()
    {
        person.say(&format!("#x{index} {line}"));
        street.wait(3);
        assert_eq!(
            person.count(&format!("#x{index} *")),
            1,
            "tagged lines for {line}"
        );
    }
    assert_eq!(person.count("#*"), 6);
}

#[test]
fn one_to_one_chats_have_no_members_and_no_name() {
    let (mut street, person) = with_alice();
    person.say("CHAT CREATE bob");
    let line = street
        .world
        .expect("bare", "CHAT * STATUS DIALOG", SECONDS(5));
    let chat = line.split(' ').nth(1).unwrap_or_default().to_owned();
    for (property, value) in [
        ("STATUS", "DIALOG"),
        ("TYPE", "DIALOG"),
        ("MEMBERS", "alice bob"),
        ("ACTIVEMEMBERS", "alice bob"),
        ("FRIENDLYNAME", "bob*"),
        ("DIALOG_PARTNER", "bob"),
        ("TOPIC", ""),
        ("ADDER", "*"),
        ("MYROLE", "*"),
    ] {
        let path = format!("CHAT {chat} {property}");
        person.say(&format!("GET {path}"));
        street
            .world
            .expect("bare", &format!("{path} {value}"), SECONDS(5));
    }
}

#[test]
fn the_password_frame_is_executed_as_a_command() {
    let mut street = Street::new(&["alice"]);
    let mut locked = config("alice", "secret", upstream());
    locked.accounts[0].access = Some(Access::from("open sesame"));
    let seed = street.world.seed_for("locked");
    street.world.host("locked", Proxy::new(locked, seed));
    street
        .world
        .listen("locked", ListenerId(0), "locked", 1401, false);
    let client = Person::new(WireKind::SkypeProxy, Some("open sesame"), "locked", 1401);
    let person = street.world.join("guest", client);
    person.say("PROTOCOL 7");
    street
        .world
        .expect("guest", "CONNSTATUS ONLINE", SECONDS(10));
    assert!(!person.heard("ERROR*"));
}

#[test]
fn frames_block_until_the_login_ends() {
    with_each(every_kind(), |kind, _| {
        let mut street = Street::new(&["alice"]);
        street.world.kill("imo");
        street.seat("alice", kind);
        let person = bare(&mut street.world, "alice");
        street.wait(1);
        for (line, reply) in [
            ("NAME x", "OK"),
            ("PING", "PONG"),
            ("PROTOCOL 7", "PROTOCOL 7"),
            ("GET USERSTATUS", "USERSTATUS OFFLINE"),
            ("GET CURRENTUSERHANDLE", "CURRENTUSERHANDLE alice"),
            ("SEARCH FRIENDS", "USERS "),
            ("SEARCH MISSEDCHATMESSAGES", "CHATMESSAGES "),
        ] {
            person.say(line);
            street.world.expect("bare", reply, SECONDS(5));
        }
    });
}

#[test]
fn nothing_that_is_sent_stays_pending() {
    with_each(
        vec![(Program::MirandaProxy, 7), (Program::Skype4Py, 5)],
        |kind, other| {
            let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
            street.write("alice", "bob", "hello");
            street.sees("alice", |screen| {
                let last = screen.written.last();
                last.is_some_and(|written| written.outcome == Outcome::Sent)
            });
        },
    );
}
