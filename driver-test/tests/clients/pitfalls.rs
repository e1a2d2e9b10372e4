//! Gateways that are wrong in one thing, and what that does to each program: the scripted ones notice all of it.

use std::time::Duration;

use imo2sproxy_core::io::ListenerId;
use imo2sproxy_sim::clients::{Client, Deed, FaultKind, Program};
use imo2sproxy_sim::{Faults, World};

use crate::street::{usual, usual_kinds, with_each};
use crate::toy_gateway::ToyGateway;

type Spoilt<'a> = &'a [(&'static str, &'static [&'static str])];

fn with_gateway(program: Program, spoilt: Spoilt<'_>) -> (World, Client) {
    let mut world = World::new(1, Faults::none());
    world.host("gateway", ToyGateway::new(spoilt));
    world.listen("gateway", ListenerId(0), "gateway", 1401, false);
    let (_, version) = usual(program);
    let client = Client::new(program, version, "alice", "gateway", 1401).forgiving();
    world.host("alice", client.clone());
    (world, client)
}

/// Checks what goes wrong first when `program` meets a gateway that is `spoilt`.
#[track_caller]
fn check(program: Program, spoilt: Spoilt<'_>, kind: FaultKind, story: &str) {
    let (mut world, client) = with_gateway(program, spoilt);
    world.run_for(Duration::from_secs(700));
    let faults = client.faults();
    let first = faults.first();
    let fits = first.is_some_and(|fault| fault.kind == kind && fault.story.contains(story));
    assert!(
        fits,
        "{program:?} with {spoilt:?} should say {story:?}: {first:?}"
    );
}

#[test]
fn a_gateway_that_is_right_is_no_trouble() {
    with_each(usual_kinds(), |(program, _), _| {
        let (mut world, client) = with_gateway(program, &[]);
        let (to, text) = ("bob".to_owned(), "hello".to_owned());
        client.act(Deed::Write { to, text });
        world.run_for(Duration::from_secs(700));
        assert_eq!(client.faults(), []);
        let screen = client.screen();
        assert!(screen.online && screen.contacts.contains_key("bob"));
        if program != Program::BitlBee && program != Program::Pidgin {
            assert_eq!(
                screen.texts_from("bob"),
                ["hello"],
                "the one that was missed"
            );
        }
    });
}

#[test]
fn miranda_hangs_where_it_waits_without_limit() {
    use FaultKind::Hangs;
    let check = |program, spoilt, story| check(program, spoilt, Hangs, story);
    for program in [Program::MirandaProxy, Program::MirandaLink] {
        check(program, &[("SEARCH FRIENDS", &[])], "waiting for USERS");
        check(
            program,
            &[("SEARCH RECENTCHATS", &["#ERROR 3 unknown"])],
            "waiting for #RCH CHATS",
        );
        check(
            program,
            &[("SEARCH USERSWAITINGMYAUTHORIZATION", &["#ERROR 3 unknown"])],
            "waiting for #UWA USERS",
        );
        check(
            program,
            &[("GET USER bob BUDDYSTATUS", &["USER bob BUDDYSTATUS 0"])],
            "ONLINESTATUS",
        );
        check(
            program,
            &[("GET USER bob FULLNAME", &[])],
            "waiting for USER bob FULLNAME",
        );
        check(
            program,
            &[("GET CHATMESSAGE 10000001 STATUS", &["#ERROR 15 unknown"])],
            "waiting for #G",
        );
    }
    check(
        Program::MirandaProxy,
        &[("GET USERSTATUS", &[])],
        "waiting for USERSTATUS",
    );
    check(
        Program::MirandaLink,
        &[
            ("SET USERSTATUS", &["USERSTATUS ONLINE"]),
            ("PROTOCOL", &["PROTOCOL 7"]),
        ],
        "waiting for CONNSTATUS",
    );
}

#[test]
fn miranda_takes_an_error_that_was_meant_for_something_else() {
    use FaultKind::{Loses, Misbehaves};
    let program = Program::MirandaProxy;
    check(
        program,
        &[("GET PRIVILEGE", &["ERROR 40 unknown privilege"])],
        Misbehaves,
        "takes \"ERROR 40 unknown privilege\"",
    );
    check(
        program,
        &[
            ("SEARCH MISSEDCHATMESSAGES", &["ERROR 29 not allowed"]),
            (
                "GET USER bob ONLINESTATUS",
                &["USER bob ONLINESTATUS OFFLINE"],
            ),
        ],
        Misbehaves,
        "has kept \"ERROR 29 not allowed\"",
    );
    let error: &'static [&'static str] = &["ERROR 15 unknown"];
    for (start, property) in [
        ("GET CHATMESSAGE 10000001 CHATNAME", "CHATNAME"),
        ("GET CHATMESSAGE 10000001 TYPE", "TYPE"),
        ("GET CHATMESSAGE 10000001 FROM_HANDLE", "FROM_HANDLE"),
        ("GET CHATMESSAGE 10000001 BODY", "BODY"),
    ] {
        // Who is there is asked about meanwhile, and the error goes to that.
        let away: &'static [&'static str] = &["USER bob ONLINESTATUS OFFLINE"];
        let spoilt = [(start, error), ("GET USER bob ONLINESTATUS", away)];
        let story = format!("loses message 10000001: ERROR to {property}");
        check(program, &spoilt, Loses, &story);
    }
}

#[test]
fn an_empty_value_without_its_space_is_trouble() {
    check(
        Program::MirandaProxy,
        &[("GET USER bob CITY", &["USER bob CITY"])],
        FaultKind::Misbehaves,
        "takes the whole line \"USER bob CITY\"",
    );
    check(
        Program::Pidgin,
        &[("GET USER bob MOOD_TEXT", &["USER bob MOOD_TEXT"])],
        FaultKind::Crashes,
        "dereferences null on \"USER bob MOOD_TEXT\"",
    );
    check(
        Program::Pidgin,
        &[("SEARCH FRIENDS", &["#USERS"])],
        FaultKind::Crashes,
        "reads out of bounds: \"USERS\"",
    );
}

#[test]
fn pidgin_goes_wrong_where_it_does_not_look() {
    use FaultKind::{Crashes, Hangs, Misbehaves};
    let check = |spoilt, kind, story| check(Program::Pidgin, spoilt, kind, story);
    check(&[("NAME", &[])], Hangs, "no answer to NAME");
    check(&[("PING", &[])], Hangs, "no PONG");
    check(
        &[("GET PROFILE FULLNAME", &["#ERROR 7 what"])],
        Crashes,
        "out of bounds",
    );
    check(
        &[(
            "GET USER bob ONLINESTATUS",
            &["USER bob ONLINESTATUS UNKNOWN"],
        )],
        Misbehaves,
        "deletes bob",
    );
    check(
        &[
            ("SEARCH GROUPS", &["GROUPS 4"]),
            ("GET GROUP 4 USERS", &["GROUP 4 USERS "]),
        ],
        Misbehaves,
        "deletes group 4",
    );
    check(
        &[(
            "SET SILENT_MODE ON",
            &["SILENT_MODE ON", "MESSAGE 7 STATUS RECEIVED"],
        )],
        Crashes,
        "MESSAGE 7 STATUS RECEIVED",
    );
    check(
        &[
            ("MINIMIZE", &["CHATMESSAGE 7 STATUS RECEIVED"]),
            (
                "GET CHATMESSAGE 7 TIMESTAMP",
                &["CHATMESSAGE 7 TIMESTAMP 0"],
            ),
        ],
        Hangs,
        "loses message 7",
    );
    check(
        &[
            ("MINIMIZE", &["CHATMESSAGE 7 STATUS RECEIVED"]),
            (
                "GET CHAT #alice/$bob;0123456789abcdef STATUS",
                &["CHAT #alice/$bob;0123456789abcdef STATUS MULTI_SUBSCRIBED"],
            ),
        ],
        Misbehaves,
        "STATUS and TYPE differ",
    );
}

#[test]
fn skype4py_raises_what_nobody_catches() {
    use FaultKind::{Crashes, Hangs, Misbehaves};
    let check = |spoilt, kind, story| check(Program::Skype4Py, spoilt, kind, story);
    check(&[("NAME", &["#NAME Skype4Py"])], Crashes, "\"refused\"");
    check(
        &[("SEARCH FRIENDS", &[])],
        Hangs,
        "no reply to SEARCH FRIENDS",
    );
    check(
        &[("SEARCH FRIENDS", &["#USERS b\u{f6}b"])],
        Crashes,
        "UnicodeDecodeError",
    );
    check(
        &[("GET USER bob TIMEZONE", &["#USER bob TIMEZONE "])],
        Crashes,
        "ValueError on TIMEZONE",
    );
    check(
        &[("GET USER bob FULLNAME", &["#USER Bob FULLNAME Bob"])],
        Crashes,
        "unexpected reply",
    );
    check(
        &[("GET CHAT", &["#ERROR 105 invalid chat name"])],
        Crashes,
        "raises ERROR 105",
    );
    check(
        &[("GET CURRENTUSERHANDLE", &["#ERROR"])],
        Crashes,
        "unexpected reply",
    );
    check(
        &[("SET CHATMESSAGE", &["#CHATMESSAGE 10000001 SEEN"])],
        Crashes,
        "unexpected reply",
    );
    check(
        &[
            ("GET USERSTATUS", &["#USERSTATUS AWAY"]),
            ("SET USERSTATUS", &["#USERSTATUS ONLINE"]),
        ],
        Hangs,
        "an untagged USERSTATUS ONLINE",
    );
    check(
        &[("SEARCH FRIENDS", &["#USERS bob", "CHAT 7"])],
        Crashes,
        "loses its reader thread",
    );
    check(
        &[("SEARCH FRIENDS", &["~UWA USERS ", "#USERS bob"])],
        Crashes,
        "the number in \"#UWA USERS",
    );
    check(
        &[("SEARCH FRIENDS", &["~77 USERS bob", "#USERS bob"])],
        Misbehaves,
        "for an event",
    );
}

#[test]
fn pidgin_forgets_a_gateway_that_does_not_let_it_in() {
    let mut world = World::new(1, Faults::none());
    world.host("gateway", ToyGateway::new(&[]).silent());
    world.listen("gateway", ListenerId(0), "gateway", 1401, false);
    let client = Client::new(Program::Pidgin, 7, "alice", "gateway", 1401).forgiving();
    world.host("alice", client.clone());
    world.run_for(Duration::from_secs(9));
    assert_eq!(client.faults(), []);
    world.run_for(Duration::from_secs(2));
    assert!(client.faults()[0].story.contains("no answer to LOGIN"));
}

#[test]
fn bitlbee_loses_what_comes_in_another_shape_or_order() {
    use FaultKind::Loses;
    let check = |spoilt, story| check(Program::BitlBee, spoilt, Loses, story);
    const NEW: &str = "CHATMESSAGE 7 STATUS RECEIVED";
    check(
        &[
            ("SEARCH FRIENDS", &["#USERS bob", NEW]),
            ("GET CHATMESSAGE 7 TYPE", &["#CHATMESSAGE 7 TYPE TEXT"]),
        ],
        "its type is TEXT",
    );
    check(
        &[
            ("SEARCH FRIENDS", &["#USERS bob", NEW]),
            ("GET CHATMESSAGE 7 BODY", &["#ERROR 15 unknown message"]),
        ],
        "its body had not come",
    );
}
