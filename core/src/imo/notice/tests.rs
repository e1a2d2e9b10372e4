use super::*;
use proptest::prelude::*;

pub(in crate::imo) mod any;

proptest! {
    // Notices are the same in all dialects.
    #[test]
    fn every_notice_survives_the_wire(notice in any::notice(), uid in crate::imo::tests::text()) {
        let encoded = notice.encode(&uid);
        let text = encoded.data.get();
        prop_assert!(text.starts_with('{'), "{}", text);
        let tree: serde_json::Value = serde_json::from_str(text).unwrap();
        prop_assert!(!has_null(&tree), "{}", text);
        prop_assert!(text.chars().all(|c| c >= ' '), "{}", text);
        prop_assert_eq!(Notice::decode(encoded.system, &encoded.data), Ok(notice));
    }
}

/// What is absent is left out.
fn has_null(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null => true,
        serde_json::Value::Array(list) => list.iter().any(has_null),
        serde_json::Value::Object(fields) => fields.values().any(has_null),
        serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => false,
    }
}

fn decode(system: &str, text: &str) -> Result<Notice, BadNotice> {
    Notice::decode(system, &RawValue::from_string(text.into()).unwrap())
}

#[test]
fn a_mistyped_field_names_the_notice_it_spoils() {
    let bad = |name: &str| Err(BadNotice { name: name.into() });
    assert_eq!(
        decode("im", r#"{"name":"recv_im","edata":{"buid":null}}"#),
        bad("recv_im")
    );
    assert_eq!(
        decode("im", r#"{"name":"buddy_added","edata":{}}"#),
        bad("buddy_added")
    );
    assert_eq!(decode("im", r#"{"name":"signed_on"}"#), bad("signed_on"));
    assert_eq!(decode("im", "[]"), bad(""));
    assert_eq!(decode("internal", "{}"), bad("internal"));
}

#[test]
fn what_is_not_for_us_is_unknown() {
    for (system, text) in [
        (
            "im",
            r#"{"name":"recv_im","proto":"prpl-jabber","edata":7}"#,
        ),
        ("im", r#"{"name":"dance","edata":7}"#),
        ("weather", "{}"),
        (
            "preference",
            r#"{"preferences":[{"pref":"auto_away","value":false}]}"#,
        ),
    ] {
        assert_eq!(decode(system, text), Ok(Notice::Unknown));
    }
}

#[test]
fn groups_and_their_members_are_not_people() {
    let buddy = |buid: &str, group: Option<&str>, kind: Option<&str>| Buddy {
        buid: buid.into(),
        group: group.map(Into::into),
        kind: kind.map(Into::into),
        ..Buddy::default()
    };
    assert!(buddy("bob", Some("Offline"), None).is_person());
    assert!(buddy("bob", None, None).is_person());
    assert!(!buddy("17;", Some("Skype"), Some("group")).is_person());
    assert!(!buddy("17;bob;prpl-skype", Some("17"), None).is_person());
}
