//! The form that every answer to an old client must have: such clients fall over otherwise.
//! Never about what an answer says.
//!
//! See `core/docs/imo-protocol.md`, "Responses" and "Notices".

use serde_json::Value;

/// Longest texts that old clients have room for, by the field.
const ROOM: [(&str, usize); 6] = [
    ("primitive", 15),
    ("buid", 200),
    ("icon", 200),
    ("send_stream", 17),
    ("recv_stream", 17),
    ("conv", 17),
];

/// Reads the body of an answer, which has the form that all answers have.
#[track_caller]
pub(crate) fn read(body: &[u8]) -> Value {
    let text = std::str::from_utf8(body).unwrap();
    assert!(text.starts_with('{'), "{text}");
    assert!(!text.contains("\\u"), "text is not escaped: {text}");
    let value: Value = serde_json::from_str(text).unwrap();
    check_value("", &value);
    value
}

#[track_caller]
fn check_value(name: &str, value: &Value) {
    match value {
        Value::Null => panic!("{name} is null, and not absent"),
        Value::Bool(_) => {}
        Value::Number(number) => {
            let fits = number.as_u64().is_some_and(|number| number < 1 << 31);
            assert!(fits, "{name} is {number}, more than 31 bits");
        }
        Value::String(text) => {
            let room = ROOM.iter().find(|(field, _)| *field == name);
            let room = room.map_or(usize::MAX, |(_, room)| *room);
            assert!(text.len() <= room, "{name} is too long: {text}");
        }
        Value::Array(list) => list.iter().for_each(|one| check_value(name, one)),
        Value::Object(fields) => {
            for (name, value) in fields {
                check_value(name, value);
            }
        }
    }
}

/// The session id in the answer to the first request, found and copied as old clients do.
#[track_caller]
pub(crate) fn ssid(body: &[u8]) -> String {
    let text = std::str::from_utf8(body).unwrap();
    let at = ["ssid\":\"", "ssid\": \""]
        .iter()
        .find_map(|key| Some(text.find(key)? + key.len()))
        .expect("an id");
    assert_eq!(
        text.find("ssid\""),
        text[..at].rfind("ssid\""),
        "no earlier key ends so"
    );
    let id = text[at..].split('"').next().unwrap();
    assert!((16..=17).contains(&id.len()), "{id}");
    assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
    id.to_owned()
}

/// What the original makes of the answer to a request with calls, when it has made `created` calls so far.
#[track_caller]
pub(crate) fn is_success(answer: &Value, created: u64) -> bool {
    let data = &answer["data"];
    let messages = data["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 0, "events come on polls: {answer}");
    data["ack"].as_u64().is_some_and(|ack| ack >= created)
}

/// A message of the service to the session `ssid` of `uid`, with all fields that old clients need.
#[track_caller]
pub(crate) fn check_message(message: &Value, ssid: &str, uid: &str) {
    assert_eq!(message["to"]["system"], "client");
    assert_eq!(message["to"]["ssid"], ssid);
    assert!(message["seq"].is_u64(), "{message}");
    let data = &message["data"];
    match message["from"]["system"].as_str().unwrap() {
        "im" | "av" => check_event(data, uid),
        "internal" => {
            assert!(data["request_id"].is_u64(), "{data}");
            let is_done = data["response"]["timestamp"].is_u64();
            assert!(is_done || data["error"]["code"].is_string(), "{data}");
        }
        other => panic!("nothing comes from {other}"),
    }
}

#[track_caller]
fn check_event(event: &Value, uid: &str) {
    assert_eq!(event["proto"], "prpl-skype");
    let name = event["name"].as_str().unwrap();
    if name != "expired" {
        assert_eq!(event["uid"], uid);
    }
    let edata = &event["edata"];
    match name {
        "expired" => {}
        "signed_on" => has(edata, &["alias"], &[]),
        "disconnect" => has(edata, &["msg"], &[]),
        "buddy_added" | "buddy_status" => check_buddies(edata, name == "buddy_added"),
        "buddy_removed" => {
            has(edata, &["buid"], &[]);
            assert_eq!(
                edata.as_object().unwrap().len(),
                1,
                "one bare buid: {event}"
            );
        }
        "buddy_request" => has(edata, &["buid", "msg"], &[]),
        "buddy_icon" => each(edata, |icon| has(icon, &["buid", "icon"], &[])),
        "recv_im" => {
            has(edata, &["buid", "alias", "msg"], &["timestamp"]);
            if edata["buid"].as_str().unwrap().contains(';') {
                has(edata, &["author"], &[]);
            }
        }
        "reflect" if event["type"] == "account" => {
            has(edata, &["r_name", "primitive", "status"], &[]);
        }
        "reflect" => has(edata, &["r_name", "buid", "msg"], &["timestamp"]),
        "typing" => has(edata, &["buid", "typing_state"], &[]),
        "streams_info" => {
            has(edata, &["buid"], &[]);
            assert!(edata["is_initiator"].is_boolean() && event["type"].is_string());
        }
        "ended" => {
            has(edata, &["buid"], &[]);
            assert!(event["type"].is_string(), "{event}");
        }
        "error" => has(edata, &["method", "code", "msg"], &["seq"]),
        // These are newer; old clients do not know them.
        "kicked" | "answered" => {}
        other => panic!("old clients need nothing of {other}?"),
    }
}

/// A list of contacts, or a group chat with its members.
#[track_caller]
fn check_buddies(list: &Value, added: bool) {
    let mut group = None;
    each(list, |buddy| {
        has(buddy, &["buid", "alias", "group", "primitive"], &[]);
        let buid = buddy["buid"].as_str().unwrap();
        match buid.split_once(';') {
            None => assert_eq!(buddy["group"], "Skype", "{buddy}"),
            Some((gid, "")) => {
                has(buddy, &["type", "display", "status"], &[]);
                assert_eq!(buddy["group"], "Skype");
                group = Some(gid.to_owned());
            }
            Some((gid, _)) => {
                has(buddy, &["status"], &[]);
                assert!(buddy.get("type").is_none(), "{buddy}");
                assert_eq!(buddy["group"], gid);
            }
        }
    });
    if added && group.is_some() {
        let first = list[0]["buid"].as_str().unwrap();
        assert!(
            first.ends_with(';'),
            "a group comes before its members: {list}"
        );
    }
}

#[track_caller]
fn each(list: &Value, mut check: impl FnMut(&Value)) {
    for one in list.as_array().expect("a list") {
        check(one);
    }
}

#[track_caller]
fn has(value: &Value, texts: &[&str], numbers: &[&str]) {
    for name in texts {
        assert!(value[name].is_string(), "{name} of {value}");
    }
    for name in numbers {
        assert!(value[name].is_u64(), "{name} of {value}");
    }
}
