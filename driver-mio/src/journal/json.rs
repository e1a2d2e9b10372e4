//! A line of the log as one JSON object, for programs.
//! Never lets out what could drive a terminal.

use std::fmt::Write as _;

use imo2sproxy_core::event::{About, Event};
use imo2sproxy_core::trace::word_of;
use serde_json::{Map, Value};

use crate::escape::is_unsafe;

/// The object of an event at `time`: `time`, `level`, `kind`, `conn` or `account` if it is about one, `text`.
pub(super) fn object(time: &str, level: &str, event: &Event) -> String {
    let mut fields = Map::new();
    let mut add = |name: &str, text: &str| fields.insert(name.into(), Value::from(text));
    add("time", time);
    add("level", &level.trim_end().to_ascii_lowercase());
    add("kind", word_of(event.kind));
    match &event.about {
        About::Process => {}
        About::Conn(conn) => drop(add("conn", &conn.to_string())),
        About::Account(name) => drop(add("account", name)),
    }
    add("text", &event.detail);
    spelled_out(&Value::Object(fields).to_string())
}

/// What JSON lets stand and a terminal heeds stands in strings only, where it can be written as a number.
fn spelled_out(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_unsafe(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    use imo2sproxy_core::event::EventKind;
    use imo2sproxy_core::io::ConnId;

    const TIME: &str = "2012-07-11T09:30:00.042Z";

    #[test]
    fn a_line_says_what_happened_when_to_whom() {
        let event = Event::conn(EventKind::Command, ConnId::Client(7), "PING");
        let line = object(TIME, "TALK ", &event);
        let expected = serde_json::json!({
            "time": TIME, "level": "talk", "kind": "command", "conn": "c7", "text": "PING",
        });
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), expected);
        let event = Event::account(EventKind::LinkOnline, "alice", "signed on");
        let line = object(TIME, "INFO ", &event);
        let expected = serde_json::json!({
            "time": TIME, "level": "info", "kind": "link-online", "account": "alice", "text": "signed on",
        });
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), expected);
    }

    #[test]
    fn what_a_peer_says_comes_through_whole_and_drives_no_terminal() {
        let said = "x\"}\n\r\u{1b}[2J\u{9b}\u{7f}\u{2028}\u{202e}\tGr\u{fc}\u{df}e \u{1f469}";
        let event = Event::conn(EventKind::Command, ConnId::Client(1), said);
        let line = object(TIME, "TALK ", &event);
        assert!(!line.chars().any(is_unsafe), "{line:?}");
        assert!(!line.contains('\t') && line.contains("Gr\u{fc}\u{df}e"));
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["text"], said);
    }
}
