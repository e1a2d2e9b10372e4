//! Texts between two people.

use imo2sproxy_sim::clients::{Outcome, Program};

use crate::street::{Street, chatting_kinds, with_each};

/// Texts that have been trouble for one program or another.
fn awkward_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "x",
        "\u{e4}\u{f6}\u{fc}\u{20ac} \u{1F600} \u{1F468}\u{200d}\u{1F469}",
        " leading, trailing and  double spaces ",
        "a;b$c#d",
        "#4 not a tag",
        "ERROR 26",
        "RECEIVED",
        "SENT",
        "<b>bold</b> &amp; <partlist alt=\"no\">",
        "%s%n%x%d",
        "CHATMESSAGE 10000001 STATUS RECEIVED",
        "two\nlines",
        "a line\n\nand a gap\n",
        "with \"quotes\" and \\back\\slashes\\n",
        "AUTOAWAY",
    ]
    .map(str::to_owned)
    .into();
    texts.push("long ".repeat(200));
    texts.push("\u{20ac}".repeat(300));
    texts
}

#[test]
fn texts_go_both_ways_in_order_and_once() {
    with_each(chatting_kinds(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        for number in 0..5 {
            street.write("alice", "bob", &format!("question {number}"));
            street.write("bob", "alice", &format!("answer {number}"));
            street.wait(2);
        }
        let texts = |word: &str| (0..5).map(|n| format!("{word} {n}")).collect::<Vec<_>>();
        let (questions, answers) = (texts("question"), texts("answer"));
        street.reads(
            "bob",
            "alice",
            &questions.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        street.reads(
            "alice",
            "bob",
            &answers.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        street.wait(120);
        assert_eq!(street.screen("bob").received.len(), 5);
        assert_eq!(street.screen("alice").received.len(), 5);
        assert_sent(&street, "alice");
        assert_sent(&street, "bob");
    });
}

#[test]
fn many_texts_at_once_arrive_in_order() {
    with_each(chatting_kinds(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        let texts: Vec<String> = (0..30).map(|number| format!("text {number}")).collect();
        for text in &texts {
            street.write("bob", "alice", text);
        }
        street.sees("alice", |screen| screen.received.len() == texts.len());
        // The library's application reads them side by side.
        if kind.0 != Program::Skype4Py && other.0 != Program::Skype4Py {
            assert_eq!(street.screen("alice").texts_from("bob"), texts);
        }
        street.sees("bob", |screen| {
            let pending =
                |written: &imo2sproxy_sim::clients::Written| written.outcome == Outcome::Pending;
            !screen.written.iter().any(pending)
        });
        assert_sent(&street, "bob");
    });
}

#[test]
fn texts_of_every_awkward_kind_are_shown_as_they_were_written() {
    with_each(chatting_kinds(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        for (from, writer, to, reader) in
            [("alice", kind, "bob", other), ("bob", other, "alice", kind)]
        {
            let mut shown = Vec::new();
            for text in awkward_texts() {
                if !writer.0.can_write(&text) || !reader.0.can_show(&text) {
                    continue;
                }
                street.write(from, to, &text);
                shown.push(text);
                street.sees(to, |screen| screen.texts_from(from).len() == shown.len());
            }
            assert_eq!(street.screen(to).texts_from(from), shown);
        }
        street.wait(100);
        assert_sent(&street, "alice");
        assert_sent(&street, "bob");
    });
}

#[test]
fn texts_sent_while_somebody_was_away_are_shown_when_they_come_back() {
    with_each(chatting_kinds(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        street.client("alice").hang_up();
        street.sees("alice", |screen| !screen.online);
        street.wait(2);
        let texts = ["one", "two", "three"];
        for text in texts {
            street.write("bob", "alice", text);
            street.wait(5);
        }
        street.client("alice").connect();
        street.await_online("alice");
        street.sees("alice", |screen| screen.received.len() >= texts.len());
        street.wait(60);
        let mut received = street.screen("alice").texts_from("bob");
        received.sort_unstable();
        assert_eq!(received, ["one", "three", "two"], "each of them once");
        assert_sent(&street, "bob");
    });
}

#[test]
fn a_text_to_nobody_is_not_shown_as_sent_for_ever_pending() {
    with_each(chatting_kinds(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        street.write("alice", "nobody", "hello?");
        street.sees("alice", |screen| {
            let last = screen.written.last();
            last.is_some_and(|written| written.outcome != Outcome::Pending)
        });
        street.write("alice", "bob", "hello");
        street.reads("bob", "alice", &["hello"]);
    });
}

#[test]
fn a_text_of_a_stranger_is_shown() {
    with_each(chatting_kinds(), |kind, other| {
        let mut street = Street::of_strangers(&[("alice", kind), ("bob", other)]);
        street.write("bob", "alice", "hello, we have not met");
        street.reads("alice", "bob", &["hello, we have not met"]);
        street.write("alice", "bob", "no");
        street.reads("bob", "alice", &["no"]);
    });
}

/// All that `name` has written is shown as sent, or not looked after by the program.
#[track_caller]
fn assert_sent(street: &Street, name: &str) {
    for written in street.screen(name).written {
        let fine = matches!(written.outcome, Outcome::Sent | Outcome::NotAsked);
        assert!(fine, "{name} sees {written:?}");
    }
}
