//! The session of the original client of 2009, of which the service's answers are used: our daemon lives through it, with a
//! person at the keyboard who says what was said then.
//! Never expects the forms of then: what is told and kept has to be the same.

use imo2sproxy_core::event::EventKind;
use imo2sproxy_core::io::Control;
use serde_json::Value;

use crate::check_same;
use crate::town::{SECONDS, host};

mod stage;

use stage::{Row, Stage, rows};

/// Where the reply is another one now than then, and how it ends now. `core/docs/skype-api.md` says why.
const OTHER_REPLIES: [(&str, &str); 21] = [
    ("GET USER buddy1 DISPLAYNAME", "DISPLAYNAME "),
    ("GET USER buddy1 HANDLE", "HANDLE buddy1"),
    ("GET USER nobody FULLNAME", "FULLNAME nobody"),
    ("GET CHATMESSAGE 1 PARTNER_DISPNAME", "Buddy 1"),
    ("GET CHATMESSAGE 1 TYPE", "TYPE SAID"),
    ("GET CHATMESSAGE 1 USERS", "USERS "),
    ("GET CHATMESSAGE 1 NOSUCH", "no such property of a message"),
    ("GET CHAT #alice/$buddy1 STATUS", "STATUS DIALOG"),
    ("GET MESSAGE 2 TIMESTAMP", " TIMESTAMP 1341999004"),
    ("GET MESSAGE 2 PARTNER_HANDLE", "PARTNER_HANDLE alice"),
    ("GET MESSAGE 2 TYPE", "TYPE SAID"),
    ("MESSAGE nobody hi", "STATUS SENDING"),
    ("MESSAGE buddy1 ", "ERROR 43 no text to send"),
    ("SET USERSTATUS BOGUS", "ERROR 28 no such status"),
    (
        "GET USER buddy1 AVATAR 1 avatar_test.jpg",
        "ERROR 124 the file is not empty",
    ),
    (
        "GET CHAT g75547399612; MEMBERS",
        "MEMBERS alice buddy1 buddy2",
    ),
    ("GET CHAT g75547399612; TOPIC", "TOPIC "),
    ("GET CHAT g75547399612; FRIENDLYNAME", "Buddy 1, Buddy 2"),
    ("GET CHAT g75547399612; ADDER", "ADDER "),
    ("GET CHAT g75547399612; MYROLE", "MYROLE CREATOR"),
    ("GET CHATMESSAGE 4 TYPE", "TYPE SAID"),
];

/// Calls that say nothing about what the user does: their number and place may differ.
const HOUSEKEEPING: [&str; 6] = [
    "get_cookie_and_ssid",
    "account_login",
    "get_unread_msgs",
    "get_alpha_for_user",
    "observed_user_activity",
    "set",
];

/// What a call asks for, of its fields that mean the same in every session.
fn meaning(method: &str, data: &Value) -> String {
    let fields = [
        "buid",
        "typing_state",
        "primitive",
        "ibuid",
        "gid",
        "topic",
        "msg",
    ];
    // Requests to contacts had no text then.
    let count = fields.len() - usize::from(method != "send_im");
    let values = fields[..count]
        .iter()
        .filter_map(|field| data[*field].as_str());
    format!("{method} {}", values.collect::<Vec<_>>().join(" "))
}

#[test]
fn the_session_of_the_original_client_goes_as_it_went_then() {
    let rows = rows("session");
    let mut stage = Stage::new();
    let mut jpeg = vec![0xff, 0xd8, 0xff, 0xe0];
    jpeg.resize(49, 0);
    stage.service.on_picture("/b/icon_buddy1.jpg", &jpeg);
    let talk = stage.play(&rows);
    assert_eq!(talk.len(), 97, "all commands of the recording");
    let others: Vec<(&str, &str)> = talk
        .iter()
        .filter(|(_, then, now)| then.as_ref().is_some_and(|then| then != now))
        .map(|(question, _, now)| (question.as_str(), now.as_str()))
        .collect();
    assert_eq!(others.len(), OTHER_REPLIES.len(), "{others:#?}");
    for ((question, now), (expected, end)) in others.into_iter().zip(OTHER_REPLIES) {
        assert_eq!(question, expected);
        assert!(now.ends_with(end), "{question}: {now}");
    }

    // What the service told has reached the client.
    for line in [
        "USER buddy1 ONLINESTATUS ONLINE",
        "USER buddy2 ONLINESTATUS AWAY",
        "USER buddy2 ONLINESTATUS DND",
        "USER buddy2 MOOD_TEXT in a call",
        "USER newfriend ONLINESTATUS OFFLINE",
        "USER buddy3 BUDDYSTATUS 1",
        "USER asker RECEIVEDAUTHREQUEST let me in",
        "USER asker BUDDYSTATUS 3",
        "CHAT #alice/$* TOPIC The topic",
        "CHAT #alice/$* MEMBERS alice buddy1 buddy2 newfriend",
        "CHAT #alice/$* MEMBERS alice buddy1 newfriend",
        "CHAT #alice/$* STATUS UNSUBSCRIBED",
        "CALL * STATUS RINGING",
    ] {
        assert!(stage.person.heard(line), "{line}");
    }
    assert_eq!(stage.person.count("CHATMESSAGE * STATUS RECEIVED"), 2);
    assert_eq!(stage.person.count("CONNSTATUS ONLINE"), 2);
    let picture = stage.world.folder(&host("alice")).get("avatar_test.jpg");
    assert_eq!(picture, Some(&jpeg[..]));
    check_same("the daemon", &stage.world.trace(&host("alice")).unwrap());
}

#[test]
fn the_service_is_asked_for_what_the_original_client_asked_for() {
    let rows = rows("session");
    let mut stage = Stage::new();
    stage.play(&rows);
    // The original ends with its client.
    stage.world.control(&host("alice"), Control::Drain);
    stage.world.run_for(SECONDS(5));
    let then = rows.iter().filter_map(|row| match row {
        Row::Asked(messages) => Some(messages),
        Row::Said(_) | Row::Heard(_) | Row::Opened(_) | Row::Answered(_) | Row::Polled(_) => None,
    });
    let then = then.flatten().map(|message| &message["data"]);
    let then = then.map(|call| (call["method"].as_str().unwrap(), &call["data"]));
    let asked = stage.service.all_asked();
    let mut now = asked
        .iter()
        .map(|asked| meaning(&asked.method, &asked.data));
    for (method, data) in then.filter(|(method, _)| !HOUSEKEEPING.contains(method)) {
        let wanted = meaning(method, data);
        // Whoever signs off need not be shown as offline before.
        if wanted == "set_status offline" {
            continue;
        }
        assert!(now.any(|call| call == wanted), "{wanted} in {asked:#?}");
    }
}

#[test]
fn the_refusal_of_the_original_client_is_one_for_us() {
    let mut stage = Stage::new();
    stage.play(&rows("wrong_password"));
    let daemon = host("alice");
    let events = stage.world.events(&daemon).iter();
    let refused = events.filter(|(_, event)| event.kind == EventKind::LoginRefused);
    assert_eq!(refused.count(), 1);
    assert!(stage.person.heard("CONNSTATUS OFFLINE"));
    assert!(!stage.person.heard("CONNSTATUS ONLINE"));
    check_same("the daemon", &stage.world.trace(&daemon).unwrap());
}
