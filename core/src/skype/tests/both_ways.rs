//! Reading what was written gives what there was, for commands and for replies.
//! Never about what a line means.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::line;
use super::properties::any_line;
use super::samples::{commands, replies, words};
use crate::skype::{Command, NEWEST_PROTOCOL, Reply, Tagged, Value, parse};

/// The name of a variant, from what `Debug` makes of it.
fn variant(debug: &str) -> String {
    let end = debug.find(|c: char| !c.is_alphanumeric());
    debug[..end.unwrap_or(debug.len())].into()
}

/// A reply of which some words may be wrong.
fn any_reply() -> impl Strategy<Value = String> {
    let one = (words(), any::<prop::sample::Index>()).prop_map(|(words, at)| {
        let replies = replies(&words);
        line(NEWEST_PROTOCOL, at.get(&replies))
    });
    let change = (
        any::<prop::sample::Index>(),
        prop::option::of("[A-Z]{1,4}|[0-9]{1,3}|,"),
    );
    (one, prop::collection::vec(change, 0..3)).prop_map(|(line, changes)| {
        let mut words: Vec<String> = line.split(' ').map(Into::into).collect();
        for (at, word) in changes {
            let at = at.index(words.len());
            match word {
                Some(word) => words.insert(at, word),
                None if words.len() > 1 => drop(words.remove(at)),
                None => {}
            }
        }
        words.join(" ")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_command_reads_as_it_was_written(words in words()) {
        for command in commands(&words) {
            let line = command.to_string();
            prop_assert_eq!(parse(&line).body, Ok(command));
        }
    }

    #[test]
    fn a_tagged_command_keeps_its_tag(words in words(), tag in "[A-Za-z0-9]{0,6}") {
        for command in commands(&words) {
            let line = format!("#{tag} {command}");
            let asked = parse(&line);
            let tagged = Tagged { tag: asked.tag, body: command };
            prop_assert_eq!(tagged.to_string(), line);
        }
    }

    #[test]
    fn every_reply_reads_as_it_was_written(words in words()) {
        for reply in replies(&words) {
            let line = line(NEWEST_PROTOCOL, &reply);
            prop_assert_eq!(Reply::parse(&line, NEWEST_PROTOCOL).body, reply, "{}", line);
        }
    }

    #[test]
    fn a_reply_in_older_words_reads_as_what_is_written_so(words in words(), protocol in 1..NEWEST_PROTOCOL) {
        for reply in replies(&words) {
            let said = line(protocol, &reply);
            let heard = Reply::parse(&said, protocol).body;
            prop_assert_eq!(line(protocol, &heard), said);
        }
    }

    #[test]
    fn any_line_is_heard_and_keeps_its_tag(said in "[^\0]{0,40}", protocol in 0..10_u8) {
        let tagged = format!("#7 {said}");
        let heard = Reply::parse(&tagged, protocol);
        prop_assert_eq!(heard.tag.map(|tag| tag.to_string()), Some("#7".into()));
        let untagged = format!("# {said}");
        prop_assert_eq!(heard.body, Reply::parse(&untagged, protocol).body);
    }
}

proptest! {
    #[test]
    fn whatever_is_understood_means_the_same_when_it_is_written_again(asked in any_line()) {
        if let Ok(command) = parse(&asked).body {
            let again = command.to_string();
            prop_assert_eq!(parse(&again).body, Ok(command), "{}", again);
        }
    }

    #[test]
    fn whatever_is_heard_means_the_same_when_it_is_said_again(
        said in any_reply(), protocol in 1..=NEWEST_PROTOCOL,
    ) {
        let heard = Reply::parse(&said, NEWEST_PROTOCOL);
        // A text that begins as tags do is told from one by the tag before it.
        let tag = heard.tag.map_or_else(String::new, |tag| format!("{tag} "));
        let heard = heard.body;
        let again = tag.clone() + &line(NEWEST_PROTOCOL, &heard);
        prop_assert_eq!(Reply::parse(&again, NEWEST_PROTOCOL).body, heard, "{}", again);
        // Older protocols have no word for some things: they are said once as unknown, and then always so.
        let older = tag.clone() + &line(protocol, &Reply::parse(&said, protocol).body);
        let again = tag + &line(protocol, &Reply::parse(&older, protocol).body);
        prop_assert_eq!(again, older);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1))]

    #[test]
    fn the_samples_hold_every_form_there_is(words in words()) {
        let names: Vec<_> = commands(&words).iter().map(|c| variant(&format!("{c:?}"))).collect();
        for form in Command::VARIANTS {
            prop_assert!(names.iter().any(|name| name == form), "no command {}", form);
        }
        let names: Vec<_> = replies(&words).iter().map(|r| variant(&format!("{r:?}"))).collect();
        for form in Reply::VARIANTS {
            prop_assert!(names.iter().any(|name| name == form), "no reply {}", form);
        }
    }
}

#[test]
fn the_first_protocols_are_heard_under_the_later_names() {
    for (said, later) in [
        (
            "MESSAGE 5 PARTNER_HANDLE nora",
            "CHATMESSAGE 5 FROM_HANDLE nora",
        ),
        ("MESSAGE 5 TYPE TEXT", "CHATMESSAGE 5 TYPE SAID"),
        ("MESSAGES 5, 6", "CHATMESSAGES 5, 6"),
    ] {
        assert_eq!(line(7, &Reply::parse(said, 2).body), later);
        let kept = Reply::parse(said, 3).body;
        assert_ne!(line(7, &kept), later, "later versions say what they mean");
    }
}

#[test]
fn what_is_not_known_is_heard_as_it_is() {
    for said in [
        "",
        "FOO",
        "USER",
        "USER nora",
        "USER nora SHOE_SIZE 44",
        "CHATMESSAGE x BODY y",
        "CALLS 1, two",
        "MENU_ITEM mine1 CLICKED",
        "ALTER CHAT #a/$b;c SETTOPIC x",
        "DELETED FILETRANSFER 5",
        "USERSTATUS ASLEEP",
        "PROTOCOL 300",
    ] {
        assert_eq!(Reply::parse(said, 7).body, Reply::Other(said.into()));
    }
    // A value that is none of its property is heard as text.
    let said = "USER nora HASCALLEQUIPMENT PERHAPS";
    let heard = Reply::parse(said, 7).body;
    assert!(matches!(
        heard,
        Reply::User {
            value: Value::Text(_),
            ..
        }
    ));
    assert_eq!(line(7, &heard), said);
    let foreign = Reply::parse("#3 ERROR 26 ERR", 7).body;
    let (code, text) = (26, "ERR".into());
    assert_eq!(foreign, Reply::ForeignError { code, text });
}
