//! A tour through all that a service tells: the answers of a real session, and what ours never says.
//! Never invents what the real service says itself.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::street::Street;
use crate::town::{SECONDS, host, service};
use imo2sproxy_sim::gate::Place;

/// What a message of an answer is about: `im/recv_im`, `internal/error`, `av/streams_info:call`.
pub(crate) fn kind(message: &Value) -> String {
    let (system, data) = (&message["from"]["system"], &message["data"]);
    let system = system.as_str().unwrap_or("?");
    let mut kind = match system {
        "internal" if data.get("error").is_some() => "internal/error".into(),
        "internal" => "internal/response".into(),
        _ => format!("{system}/{}", data["name"].as_str().unwrap_or_default()),
    };
    if let Some(detail) = data["type"].as_str() {
        kind += &format!(":{detail}");
    }
    kind
}

/// The kinds that a tour must come by: all that our service says.
const KINDS: [&str; 17] = [
    "av/answered:call",
    "av/ended:call",
    "av/streams_info:call",
    "im/buddy_added",
    "im/buddy_icon",
    "im/buddy_removed",
    "im/buddy_request",
    "im/buddy_status",
    "im/expired",
    "im/kicked",
    "im/recv_im",
    "im/reflect:account",
    "im/reflect:conv",
    "im/signed_on",
    "im/typing",
    "internal/error",
    "internal/response",
];

/// One message of each kind for each set of fields that it comes with.
pub(crate) fn samples() -> Vec<Value> {
    let mut street = Street::with_second_alice();
    walk(&mut street);
    let mut samples: BTreeMap<(String, String), Value> = BTreeMap::new();
    for (place, body) in &street.plan().seen {
        if !matches!(place, Place::Calls | Place::Poll) {
            continue;
        }
        let answer: Value = serde_json::from_slice(body).unwrap();
        for message in answer["data"]["messages"].as_array().unwrap() {
            let shape = shape(&message["data"]);
            samples
                .entry((kind(message), shape))
                .or_insert_with(|| message.clone());
        }
    }
    let seen: Vec<&str> = samples.keys().map(|(kind, _)| kind.as_str()).collect();
    for kind in KINDS {
        assert!(seen.contains(&kind), "no {kind} among {seen:?}");
    }
    let mut samples: Vec<Value> = samples.into_values().collect();
    samples.extend(never_said());
    samples
}

/// What the protocol knows and our service never says.
fn never_said() -> Vec<Value> {
    let message = |system: &str, data: Value| json!({"seq": 1, "to": {"system": "client", "ssid": "x"}, "from": {"system": system}, "data": data});
    let event = |name: &str, edata: Value| json!({"name": name, "proto": "prpl-skype", "uid": "alice", "edata": edata});
    let preference =
        json!({"preferences": [{"kind": "impref", "pref": "auto_away", "value": true}]});
    vec![
        message("preference", preference),
        message("reset", json!({})),
        message("im", event("disconnect", json!({"msg": "maintenance"}))),
        message(
            "im",
            event("buddy_removed", json!([{"buid": "x"}, {"buid": "y"}])),
        ),
        message("im", event("dance", json!({"with": "wolves"}))),
        message("weather", json!(["rain"])),
    ]
}

/// The names of all fields at every depth: two values of one shape differ in nothing but texts and numbers.
fn shape(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| format!("{name}:{}", shape(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => {
            let mut shapes: Vec<String> = items.iter().map(shape).collect();
            shapes.sort();
            shapes.dedup();
            format!("[{}]", shapes.join(","))
        }
        Value::Null => "null".into(),
        Value::Bool(_) => "bool".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "text".into(),
    }
}

/// Everything happens to alice once.
fn walk(street: &mut Street) {
    let png = b"\x89PNG\r\n\x1a\n and so on";
    street.at_home("bob");
    street.world.folder(&host("bob")).put("me.png", png);
    let mut room = String::new();
    for (name, line) in [
        ("alice", "MESSAGE bob hello"),
        ("alice", "MESSAGE nobody hello"),
        ("alice", "SET USER nobody BUDDYSTATUS 2 hi"),
        ("bob", "MESSAGE alice hello"),
        ("bob", "SET USERSTATUS DND"),
        ("bob", "SET PROFILE MOOD_TEXT so so"),
        ("bob", "SET PROFILE FULLNAME Bob B."),
        ("bob at home", "SET AVATAR 1 /pictures/me.png"),
        ("bob", "CREATE APPLICATION libpurple_typing"),
        ("alice", "CREATE APPLICATION libpurple_typing"),
        ("bob", "ALTER APPLICATION libpurple_typing CONNECT alice"),
        (
            "bob",
            "ALTER APPLICATION libpurple_typing DATAGRAM alice:1 PURPLE_TYPING",
        ),
        ("second alice", "SET USERSTATUS AWAY"),
        ("second alice", "MESSAGE bob from elsewhere"),
        ("second alice", "SET USERSTATUS ONLINE"),
        ("bob", "CALL alice"),
        ("bob", "ALTER CALL ? HANGUP"),
        ("alice", "CALL bob"),
        ("bob", "ALTER CALL ? ANSWER"),
        ("bob", "ALTER CALL ? HANGUP"),
        ("bob", "SET USER carol BUDDYSTATUS 2 hi"),
        ("carol", "SET USER bob ISAUTHORIZED TRUE"),
        ("bob", "CHAT CREATE alice, carol"),
        ("bob", "CHATMESSAGE ROOM hello all"),
        ("bob", "ALTER CHAT ROOM SETTOPIC tea"),
        ("alice", "CHATMESSAGE ROOM hello"),
        ("bob", "ALTER CHAT ROOM KICK carol"),
        ("bob", "ALTER CHAT ROOM KICK alice"),
        ("alice", "CHAT CREATE bob, carol"),
        ("carol", "ALTER CHAT ROOM LEAVE"),
        ("alice", "SET USER carol BUDDYSTATUS 1"),
        ("carol", "SET USER alice BUDDYSTATUS 1"),
        ("carol", "SET USER alice BUDDYSTATUS 2 again"),
        ("alice", "SET USERSTATUS OFFLINE"),
        ("alice", "SET USERSTATUS ONLINE"),
    ] {
        let mut line = line.replace("ROOM", &room);
        if line.contains('?') {
            let call = street.world.person(name).replies();
            let call = call.iter().rev().find(|line| line.starts_with("CALL "));
            let call = call.unwrap_or_else(|| panic!("{name} knows no call"));
            line = line.replace('?', call.split(' ').nth(1).unwrap());
        }
        street.say(name, &format!("#w {line}"));
        let reply = street.world.expect(name, "#w *", SECONDS(10));
        if line.starts_with("CHAT CREATE") {
            room = reply.split(' ').nth(2).unwrap().into();
        }
        street.world.run_for(SECONDS(3));
    }
    // A service that has been started again knows no session.
    street.world.kill("imo");
    let seed = street.world.seed_for("imo again");
    street.world.restart("imo", service(seed));
    street.world.run_for(SECONDS(60));
}
