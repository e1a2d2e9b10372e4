use super::*;
use alloc::vec;

mod any_bytes;
mod both_ways;

#[test]
fn the_session_id_is_found_at_any_depth() {
    let found = |body: &str| find_ssid(body.as_bytes());
    assert_eq!(
        found(r#"{"data":{"a":[{"ssid":"Qm3x"}]}}"#).as_deref(),
        Some("Qm3x")
    );
    assert_eq!(found(r#"{"ssid": "Qm3x"}"#).as_deref(), Some("Qm3x"));
    assert_eq!(found(r#"{"ssid":"has blank"}"#), None);
    assert_eq!(found(r#"{"ssid":"123456789012345678"}"#), None);
    assert_eq!(found(r#"{"ssid":"cut"#), None);
    assert_eq!(found("<html>"), None);
}

#[test]
fn an_outbox_keeps_messages_until_they_are_acknowledged() {
    let mut outbox = Outbox::default();
    assert_eq!(
        (outbox.push('a'), outbox.push('b'), outbox.push('c')),
        (0, 1, 2)
    );
    let mut taken = vec![];
    outbox.acknowledge(9, |_, _| panic!("nothing was sent"));
    outbox.mark_sent(2);
    outbox.acknowledge(9, |seq, message| taken.push((seq, message)));
    assert_eq!(taken, [(0, 'a'), (1, 'b')]);
    assert_eq!(outbox.iter().collect::<Vec<_>>(), [&(2, 'c')]);
    assert_eq!(outbox.restart().collect::<Vec<_>>(), ['c']);
    assert_eq!(outbox.push('d'), 0);
}

#[test]
fn an_inbox_takes_each_message_once_and_stops_at_a_gap() {
    let mut inbox = Inbox::default();
    assert!(inbox.take(0));
    assert!(!inbox.take(0), "repeated");
    assert!(!inbox.take(2), "behind a gap");
    assert!(inbox.take(1));
    assert_eq!((inbox.taken(), inbox.ack()), (2, 0));
    inbox.confirm(1);
    assert_eq!(inbox.ack(), 1);
    inbox.confirm(9);
    assert_eq!(inbox.ack(), 2, "never beyond what was taken");
}

#[test]
fn a_session_id_is_a_text_or_the_number_that_stands_for_none() {
    let read = |text: &str| {
        serde_json::from_str::<Envelope<'_>>(text).map(|envelope| envelope.ssid.as_str().len())
    };
    assert_eq!(read(r#"{"ack":0,"ssid":"Qm3x","messages":[]}"#).unwrap(), 4);
    assert_eq!(
        read(r#"{"ack":0,"ssid":"\u0051m3x","messages":[]}"#).unwrap(),
        4
    );
    assert_eq!(read(r#"{"ack":0,"ssid":0,"messages":[]}"#).unwrap(), 0);
    assert_eq!(read(r#"{"ack":0,"ssid":-1,"messages":[]}"#).unwrap(), 0);
    for other in ["null", "true", "[]", "1.5"] {
        assert!(
            read(&alloc::format!(
                r#"{{"ack":0,"ssid":{other},"messages":[]}}"#
            ))
            .is_err()
        );
    }
    let written = |ssid| serde_json::to_string(&Address::client_of(ssid)).unwrap();
    assert_eq!(written(Ssid::Unassigned), r#"{"system":"client","ssid":0}"#);
    assert_eq!(
        written("Qm3x".into()),
        r#"{"system":"client","ssid":"Qm3x"}"#
    );
}
