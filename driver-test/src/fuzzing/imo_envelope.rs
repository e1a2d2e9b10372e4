//! The JSON of the imo protocol, in both directions and both dialects: envelopes, calls, notices and their numbers.
//! Never acts on a call or a notice.

use imo2sproxy_core::imo::call::{Call, Caller};
use imo2sproxy_core::imo::dialect::Dialect;
use imo2sproxy_core::imo::envelope::{
    Address, Answer, AnswerData, Envelope, Message, find_ssid, is_ssid, says_mid,
};
use imo2sproxy_core::imo::icon::{is_id, media_type};
use imo2sproxy_core::imo::notice::Notice;
use serde_json::value::RawValue;

mod numbers;

/// The parts of the service that calls go to, by the upper bits of the first byte.
const CALL_SYSTEMS: [&str; 8] = [
    "im",
    "session",
    "ssid",
    "av",
    "alpha",
    "preference",
    "im",
    "none",
];
/// The parts of the service that notices come from, by the upper bits of the first byte.
const NOTICE_SYSTEMS: [&str; 8] = [
    "im",
    "av",
    "internal",
    "preference",
    "reset",
    "im",
    "im",
    "none",
];
/// Longest name of a notice in a fault, in characters.
const NAME_MAX: usize = 32;

/// A JSON text. The lower bits of the first byte say as what it is read: a client's envelope, the service's answer,
/// the call or the notice in one message; the upper bits say which part of the service that message concerns.
///
/// # Panics
/// If what was read, written again, is not read as the same; if written JSON holds a control character; if of messages
/// with the numbers of the envelope one is taken twice, out of order or not at all.
pub fn imo_envelope(data: &[u8]) {
    let Some((options, json)) = data.split_first() else {
        return;
    };
    if let Some(ssid) = find_ssid(json) {
        assert!(is_ssid(ssid.as_bytes()), "{ssid:?}");
    }
    let _ = (says_mid(json), media_type(json));
    let Ok(text) = std::str::from_utf8(json) else {
        return;
    };
    let system = usize::from(options >> 2 & 7);
    match options & 3 {
        0 => envelope(text),
        1 => answer(text),
        2 => {
            let raw: Result<&RawValue, _> = serde_json::from_str(text);
            raw.into_iter()
                .for_each(|raw| call(CALL_SYSTEMS[system], raw));
        }
        _ => {
            let raw: Result<&RawValue, _> = serde_json::from_str(text);
            raw.into_iter()
                .for_each(|raw| notice(NOTICE_SYSTEMS[system], raw));
        }
    }
}

fn envelope(text: &str) {
    let Ok(first) = serde_json::from_str::<Envelope<'_>>(text) else {
        return;
    };
    let written = serde_json::to_string(&first).expect("what was read can be written");
    let again: Envelope<'_> = serde_json::from_str(&written).expect("our own JSON is good");
    assert_eq!((first.ack, &first.ssid), (again.ack, &again.ssid));
    check_messages(&first.messages, &again.messages);
    let twice = serde_json::to_string(&again).expect("what was read can be written");
    assert_eq!(written, twice);
    for message in &first.messages {
        call(&message.to.system, message.data);
    }
    let numbered: Vec<(u64, &str)> = first
        .messages
        .iter()
        .map(|message| (message.seq, message.data.get()))
        .collect();
    numbers::check(first.ack, &numbered);
}

fn answer(text: &str) {
    let Ok(first) = serde_json::from_str::<Answer<'_>>(text) else {
        return;
    };
    let written = serde_json::to_string(&first).expect("what was read can be written");
    let again: Answer<'_> = serde_json::from_str(&written).expect("our own JSON is good");
    let AnswerData {
        ack,
        ssid,
        messages,
    } = &again.data;
    assert_eq!(first.method, again.method);
    assert_eq!((&first.data.ack, &first.data.ssid), (ack, ssid));
    check_messages(&first.data.messages, messages);
    if let Some(ssid) = ssid.as_deref().filter(|ssid| is_ssid(ssid.as_bytes())) {
        assert_eq!(find_ssid(written.as_bytes()).as_deref(), Some(ssid));
    }
    for message in &first.data.messages {
        notice(&message.from.system, message.data);
    }
    let numbered: Vec<(u64, &str)> = first
        .data
        .messages
        .iter()
        .map(|message| (message.seq, message.data.get()))
        .collect();
    numbers::check(first.data.ack.unwrap_or_default(), &numbered);
}

fn check_messages(first: &[Message<'_>], again: &[Message<'_>]) {
    type Parts<'a> = (u64, &'a Address<'a>, &'a Address<'a>, &'a str);
    fn parts<'a>(message: &'a Message<'_>) -> Parts<'a> {
        let Message {
            data,
            to,
            from,
            seq,
        } = message;
        (*seq, to, from, data.get())
    }
    assert!(first.iter().map(parts).eq(again.iter().map(parts)));
}

/// A call to a part of the service, in the words of every dialect.
fn call(system: &str, data: &RawValue) {
    let Ok(first) = Call::decode(system, data) else {
        return;
    };
    for dialect in Dialect::ALL {
        let caller = Caller {
            ssid: "Qm3x",
            uid: first.uid.as_deref().unwrap_or("alice"),
        };
        let written = first.call.encode(dialect, caller, first.request_id);
        check_written(written.get());
        let to = first.call.system(dialect);
        let again = Call::decode(to, &written).expect("our own call is good");
        assert_eq!(again.call, first.call, "{}", written.get());
        assert_eq!(again.method, first.call.method(dialect));
        if first.call != Call::Preference {
            assert_eq!(again.request_id, first.request_id);
        }
        if let (Some(before), Some(after)) = (&first.uid, &again.uid) {
            assert_eq!(before, after);
        }
    }
}

/// A notice from a part of the service.
fn notice(system: &str, data: &RawValue) {
    let first = match Notice::decode(system, data) {
        Ok(notice) => notice,
        Err(bad) => return assert!(bad.name.chars().count() <= NAME_MAX),
    };
    let written = first.encode("alice");
    check_written(written.data.get());
    let again = Notice::decode(written.system, &written.data);
    assert_eq!(again.as_ref(), Ok(&first), "{}", written.data.get());
    if let Notice::Icons(icons) = &first {
        for icon in icons.iter().filter(|icon| is_id(&icon.icon)) {
            assert!(
                !icon.icon.contains(['/', '%', '?', ' ']),
                "leaves its folder"
            );
        }
    }
}

/// One line of JSON, in which nothing has to be escaped again.
fn check_written(text: &str) {
    assert!(text.starts_with('{') && text.chars().all(|c| c >= ' '));
}
