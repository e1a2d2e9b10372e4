//! What is special about skypenet: its login, its goodbye, and the weak spots of its client.
//! Never repeats what `wire/tests.rs` checks for all transports.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::super::{ClientWire, FromClient, FromServer, ToClient, Wire, WireError};
use super::{END, READ_BYTES, Skypenet, SkypenetClient};
use crate::buf::RecvBuf;
use crate::config::Limits;
use crate::secret::Secret;

fn line(text: &str) -> FromClient {
    FromClient::Line(text.into())
}

fn login(name: &str, password: &str) -> FromClient {
    FromClient::Login {
        name: Some(name.into()),
        password: password.into(),
    }
}

/// One connection at the server's end.
struct Talk {
    wire: Skypenet,
    rx: RecvBuf,
}

impl Talk {
    fn new() -> Self {
        let limits = Limits::default();
        let wire = Skypenet::new(&limits);
        Self {
            wire,
            rx: RecvBuf::new(),
        }
    }

    /// One whose client has been let in.
    fn let_in() -> Self {
        let mut talk = Self::new();
        assert_eq!(talk.hear(b"LOGIN al pw1\x17"), [login("al", "pw1")]);
        assert_eq!(talk.say(ToClient::LoginResult(true)), b"LOGIN\x17");
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

    fn say(&mut self, message: ToClient<'_>) -> Vec<u8> {
        let mut tx = Vec::new();
        self.wire.encode(message, &mut tx);
        tx
    }
}

#[test]
fn a_client_gives_name_and_password_and_is_ready_when_it_speaks() {
    let mut talk = Talk::let_in();
    assert_eq!(talk.hear(b""), []);
    assert_eq!(
        talk.hear(b"#0 NAME x\x17#1 PROTOCOL 7\x17"),
        [FromClient::Ready, line("#0 NAME x"), line("#1 PROTOCOL 7")]
    );
    assert_eq!(talk.say(ToClient::Line("#0 OK")), b"#0 OK\x17");
}

#[test]
fn the_password_is_all_that_stands_behind_the_name() {
    for (message, password) in [
        (&b"LOGIN al  two words \x17"[..], " two words "),
        (b"LOGIN al \x17", ""),
        (b"LOGIN al a\nb\x17", "a\nb"),
    ] {
        assert_eq!(Talk::new().hear(message), [login("al", password)]);
    }
}

#[test]
fn what_comes_behind_the_password_waits_for_its_result() {
    let mut talk = Talk::new();
    assert_eq!(
        talk.hear(b"LOGIN al pw1\x17#0 NAME x\x17"),
        [login("al", "pw1")]
    );
    assert_eq!(talk.hear(b""), []);
    talk.say(ToClient::LoginResult(true));
    assert_eq!(talk.hear(b""), [FromClient::Ready, line("#0 NAME x")]);
}

#[test]
fn a_refusal_is_said_in_words_and_nothing_is_heard_after_it() {
    let mut talk = Talk::new();
    talk.hear(b"LOGIN al pw2\x17");
    assert_eq!(
        talk.say(ToClient::LoginResult(false)),
        b"CONNSTATUS LOGGEDOUT\x17"
    );
    assert_eq!(talk.hear(b"LOGIN al pw1\x17#0 NAME x\x17"), []);
    assert!(talk.rx.is_empty());
}

#[test]
fn nobody_is_heard_without_a_login() {
    for bytes in [
        &b"#0 NAME x\x17"[..],
        b"LOGIN\x17",
        b"LOGIN al\x17",
        b"QUIT\x17",
    ] {
        assert_eq!(Talk::new().try_hear(bytes), Err(WireError::NoLogin));
    }
}

#[test]
fn whoever_quits_says_nothing_more() {
    let mut talk = Talk::let_in();
    assert_eq!(
        talk.hear(b"QUITE\x17QUIT\x17PING\x17"),
        [FromClient::Ready, line("QUITE"), FromClient::Quit]
    );
    assert_eq!(Talk::let_in().hear(b"QUIT\x17"), [FromClient::Quit]);
}

#[test]
fn a_value_keeps_its_line_feeds_and_its_white_space() {
    let mut talk = Talk::let_in();
    assert_eq!(
        talk.hear(b"MESSAGE bob a\nb \x17"),
        [FromClient::Ready, line("MESSAGE bob a\nb ")]
    );
    assert_eq!(
        talk.say(ToClient::Line("USER bob MOOD_TEXT a\nb \t")),
        b"USER bob MOOD_TEXT a\nb \t\x17"
    );
}

#[test]
fn what_would_end_a_message_is_left_out_of_it() {
    let mut talk = Talk::let_in();
    assert_eq!(
        talk.say(ToClient::Line("USER bob MOOD_TEXT a\u{17}\0b")),
        b"USER bob MOOD_TEXT ab\x17"
    );
    assert_eq!(talk.say(ToClient::Line("\0")), b"");
}

#[test]
fn empty_messages_mean_nothing() {
    let mut talk = Talk::let_in();
    assert_eq!(
        talk.hear(b"\x17\x17PING\x17\x17"),
        [FromClient::Ready, line("PING")]
    );
}

/// A client that reads exactly so many bytes waits for more.
#[test]
fn what_is_queued_is_never_as_long_as_what_a_client_reads_at_once() {
    for count in [READ_BYTES, 2 * READ_BYTES] {
        let mut talk = Talk::let_in();
        let text: String = vec!['x'; count - 1].into_iter().collect();
        let tx = talk.say(ToClient::Line(&text));
        assert_eq!(tx.len(), count + 1);
        assert!(tx.ends_with(&[END, END]));
    }
    let mut talk = Talk::let_in();
    let mut tx = talk.say(ToClient::Line(&"x".repeat(READ_BYTES - 6)));
    talk.wire.encode(ToClient::Line("PONG"), &mut tx);
    assert_eq!(tx.len(), READ_BYTES + 1);
}

#[test]
fn a_message_may_be_so_long_and_no_longer() {
    let mut talk = Talk::new();
    let announced = Limits::default().frame_bytes_before_login + 1;
    let limit = announced - 1;
    let error = WireError::FrameTooLong { announced, limit };
    assert_eq!(talk.try_hear(&vec![b'x'; limit]), Ok(vec![]));
    assert_eq!(talk.try_hear(b"x"), Err(error));

    let mut talk = Talk::let_in();
    let limit = Limits::default().frame_bytes;
    let mut bytes = vec![b'x'; limit];
    bytes.push(END);
    assert_eq!(talk.hear(&bytes).len(), 2);
    bytes.insert(0, b'x');
    assert!(talk.try_hear(&bytes).is_err());
}

#[test]
fn a_client_says_who_it_is_and_is_let_in_or_refused() {
    for (answer, heard) in [
        (&b"LOGIN\x17"[..], Ok(Some(FromServer::Ready))),
        (b"CONNSTATUS LOGGEDOUT\x17", Ok(Some(FromServer::Refused))),
        (b"CONNSTATUS ONLINE\x17", Err(WireError::NoLogin)),
        (b"\x17LOG", Ok(None)),
    ] {
        let mut wire = SkypenetClient::new("al", Secret::from("pw 1"));
        let (mut rx, mut tx) = (RecvBuf::new(), Vec::new());
        wire.start(&mut tx);
        assert_eq!(tx, b"LOGIN al pw 1\x17");
        assert_eq!(wire.decode(&mut rx, &mut tx), Ok(None));
        rx.push(answer);
        assert_eq!(wire.decode(&mut rx, &mut tx), heard);
    }
}
