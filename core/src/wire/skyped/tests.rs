//! What is special about skyped: commands that do not wait for the login, and lines for a client that looks at each
//! record by itself.
//! Never repeats what `wire/tests.rs` checks for all transports.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::super::{ClientWire, FromClient, FromServer, ToClient, Wire, WireError};
use super::{BURST_BYTES_MAX, Skyped, SkypedClient};
use crate::buf::RecvBuf;
use crate::config::Limits;
use crate::secret::Secret;

fn line(text: &str) -> FromClient {
    FromClient::Line(text.into())
}

fn login() -> FromClient {
    FromClient::Login {
        name: Some("al".into()),
        password: "pw 1".into(),
    }
}

/// One connection at the server's end.
struct Talk {
    wire: Skyped,
    rx: RecvBuf,
}

impl Talk {
    fn new() -> Self {
        let wire = Skyped::new(&Limits::default());
        Self {
            wire,
            rx: RecvBuf::new(),
        }
    }

    /// One whose client has been let in.
    fn let_in() -> Self {
        let mut talk = Self::new();
        assert_eq!(talk.hear(b"USERNAME al\nPASSWORD pw 1\n"), [login()]);
        assert_eq!(talk.say(ToClient::LoginResult(true)), "PASSWORD OK\n");
        assert_eq!(talk.hear(b""), [FromClient::Ready]);
        talk
    }

    fn try_hear(&mut self, bytes: &[u8]) -> Result<Vec<FromClient>, WireError> {
        let mut tx = Vec::new();
        let mut heard = Vec::new();
        self.rx.push(bytes);
        while let Some(message) = self.wire.decode(&mut self.rx, &mut tx)? {
            heard.push(message);
        }
        assert!(tx.is_empty(), "nothing is ever answered by the transport");
        Ok(heard)
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<FromClient> {
        self.try_hear(bytes).unwrap()
    }

    fn say(&mut self, message: ToClient<'_>) -> String {
        let mut tx = Vec::new();
        self.wire.encode(message, &mut tx);
        String::from_utf8(tx).unwrap()
    }
}

/// The lines that a text becomes.
fn lines_of(text: &str) -> Vec<String> {
    let said = Talk::let_in().say(ToClient::Line(text));
    assert!(said.is_empty() || said.ends_with('\n'));
    said.lines().map(String::from).collect()
}

#[test]
fn early_commands_wait_for_the_result_of_the_login() {
    let mut talk = Talk::new();
    let early = b"USERNAME al\nPASSWORD pw 1\nSEARCH GROUPS CUSTOM\nSEARCH FRIENDS\n";
    assert_eq!(talk.hear(early), [login()]);
    assert_eq!(talk.hear(b"SET USERSTATUS ONLINE\n"), []);
    assert_eq!(talk.say(ToClient::LoginResult(true)), "PASSWORD OK\n");
    assert_eq!(
        talk.hear(b""),
        [
            FromClient::Ready,
            line("SEARCH GROUPS CUSTOM"),
            line("SEARCH FRIENDS"),
            line("SET USERSTATUS ONLINE"),
        ]
    );
}

#[test]
fn whoever_is_refused_is_not_heard() {
    let mut talk = Talk::new();
    talk.hear(b"USERNAME al\nPASSWORD pw 1\nSEARCH FRIENDS\n");
    assert_eq!(talk.say(ToClient::LoginResult(false)), "PASSWORD KO\n");
    assert_eq!(talk.hear(b"USERNAME al\n"), []);
    assert!(talk.rx.is_empty());
}

#[test]
fn nobody_is_heard_without_a_login() {
    for bytes in [
        &b"SEARCH FRIENDS\n"[..],
        b"PASSWORD pw 1\n",
        b"USERNAME\n",
        b"USERNAME al\nSEARCH FRIENDS\n",
        b"USERNAME al\nUSERNAME al\n",
    ] {
        assert_eq!(Talk::new().try_hear(bytes), Err(WireError::NoLogin));
    }
}

#[test]
fn the_answer_to_a_keep_alive_is_swallowed() {
    let mut talk = Talk::let_in();
    assert_eq!(talk.wire.keep_alive(), Some("PING"));
    assert_eq!(
        talk.hear(b"PONG\nPING\n\nPONG x\n"),
        [line("PING"), line("PONG x")]
    );
}

#[test]
fn clients_speak_the_protocol_of_the_program_that_stood_here() {
    assert_eq!(Talk::let_in().wire.protocol(), Some(5));
}

#[test]
fn each_line_of_a_value_has_the_first_three_words_in_front() {
    assert_eq!(
        lines_of("CHATMESSAGE 12 BODY one\ntwo words\n\nfour"),
        [
            "CHATMESSAGE 12 BODY one",
            "CHATMESSAGE 12 BODY two words",
            "CHATMESSAGE 12 BODY ",
            "CHATMESSAGE 12 BODY four",
        ]
    );
    assert_eq!(
        lines_of("#4 USER bob ABOUT one\ntwo"),
        ["#4 USER bob ABOUT one", "#4 USER bob ABOUT two"]
    );
    assert_eq!(
        lines_of("PROFILE MOOD_TEXT\ntwo"),
        ["PROFILE MOOD_TEXT", "PROFILE MOOD_TEXT two"]
    );
}

#[test]
fn there_are_no_empty_lines() {
    for text in ["", "\n", "\n\n", "\0", "\0\n"] {
        assert_eq!(lines_of(text), [""; 0], "{text:?}");
    }
    assert_eq!(lines_of("\nOK"), ["OK"]);
    assert_eq!(lines_of("USERS "), ["USERS "]);
}

#[test]
fn a_long_body_becomes_several() {
    let words = "word ".repeat(5_000);
    let lines = lines_of(&format!("CHATMESSAGE 12 BODY {words}"));
    assert_eq!(lines.len(), 2);
    let bodies = lines
        .iter()
        .map(|line| line.strip_prefix("CHATMESSAGE 12 BODY ").unwrap());
    assert_eq!(bodies.collect::<Vec<_>>().join(" "), words);
    let unbroken = "\u{e4}".repeat(20_000);
    let lines = lines_of(&format!("CHATMESSAGE 12 BODY {unbroken}"));
    let bodies = lines
        .iter()
        .map(|line| line.strip_prefix("CHATMESSAGE 12 BODY ").unwrap());
    assert_eq!(bodies.collect::<String>(), unbroken);
}

#[test]
fn a_long_list_becomes_several_with_whole_items() {
    let names: Vec<String> = (0..5_000)
        .map(|number| format!("contact{number}"))
        .collect();
    let lines = lines_of(&format!("USERS {}", names.join(", ")));
    assert!(lines.len() > 1);
    let items = lines
        .iter()
        .flat_map(|line| line.strip_prefix("USERS ").unwrap().split(", "));
    assert!(items.eq(names.iter().map(String::as_str)));
}

#[test]
fn what_has_no_end_of_words_is_cut_off() {
    let lines = lines_of(&"x".repeat(40_000));
    assert_eq!(lines, ["x".repeat(BURST_BYTES_MAX - 1)]);
}

#[test]
fn what_is_sent_at_once_is_whole_lines_of_less_than_sixteen_kilobytes() {
    let mut talk = Talk::let_in();
    let mut tx = Vec::new();
    for number in 0..2_000 {
        let reply = format!("USER contact{number} FULLNAME Contact no. {number}");
        talk.wire.encode(ToClient::Line(&reply), &mut tx);
    }
    let mut rest = tx.as_slice();
    while !rest.is_empty() {
        let (burst, later) = rest.split_at(talk.wire.portion(rest));
        assert!(burst.len() <= BURST_BYTES_MAX && burst.ends_with(b"\n"));
        assert!(later.is_empty() || burst.len() > BURST_BYTES_MAX - 100);
        rest = later;
    }
}

proptest! {
    #[test]
    fn every_line_begins_with_the_first_word_of_what_is_said_and_fits_in_a_burst(
        head in "[#A-Z]{1,5}( [^\\n\0 ]{0,6}){0,4}",
        piece in "[^\0]{0,30}",
        count in 0_usize..2_000,
    ) {
        let mut talk = Talk::let_in();
        let text = format!("{head}{}", piece.repeat(count));
        let mut tx = Vec::new();
        talk.wire.encode(ToClient::Line(&text), &mut tx);
        let said = String::from_utf8(tx).unwrap();
        let first = text.split(['\n', ' ']).next().unwrap_or_default();
        let first = &first[..first.floor_char_boundary(1_000)];
        prop_assert!(said.ends_with('\n'));
        for line in said.split_terminator('\n') {
            prop_assert!(line.starts_with(first));
            prop_assert!(line.len() < BURST_BYTES_MAX);
        }
        prop_assert_eq!(talk.wire.portion(b"PONG\n"), 5);
    }
}

#[test]
fn a_client_answers_keep_alives_and_sends_nothing_of_two_lines() {
    let mut wire = SkypedClient::new("al", Secret::from("pw1"));
    let (mut rx, mut tx) = (RecvBuf::new(), Vec::new());
    wire.start(&mut tx);
    assert_eq!(tx, b"USERNAME al\nPASSWORD pw1\n");
    tx.clear();
    rx.push(b"PASSWORD OK\nPING\nUSERS a, b\n");
    assert_eq!(wire.decode(&mut rx, &mut tx), Ok(Some(FromServer::Ready)));
    let users = FromServer::Line("USERS a, b".into());
    assert_eq!(wire.decode(&mut rx, &mut tx), Ok(Some(users)));
    assert_eq!(tx, b"PONG\n");
    wire.encode("MESSAGE bob a\nb", &mut tx);
    wire.encode("PING", &mut tx);
    assert_eq!(tx, b"PONG\nPING\n");
    let mut wire = SkypedClient::new("al", Secret::from("pw1"));
    rx.push(b"USERS a\n");
    assert_eq!(wire.decode(&mut rx, &mut tx), Err(WireError::NoLogin));
}

#[test]
fn a_line_may_be_so_long_and_no_longer() {
    let mut talk = Talk::let_in();
    let limit = Limits::default().frame_bytes;
    assert_eq!(talk.hear(&vec![b'x'; limit]), []);
    let announced = limit + 1;
    let error = WireError::FrameTooLong { announced, limit };
    assert_eq!(talk.try_hear(b"x"), Err(error));
}
