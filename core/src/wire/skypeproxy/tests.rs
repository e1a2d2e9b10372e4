//! The handshakes of SkypeProxy, byte for byte, and its limits.
//! Never repeats what `wire/tests.rs` checks for all transports; the client's half is in `tests/client.rs`.

use alloc::vec::Vec;

use super::super::{FromClient, ToClient, Wire, WireError};
use super::SkypeProxy;
use crate::buf::RecvBuf;
use crate::config::Limits;

mod client;

const AUTHENTICATE: &[u8] = b"\0\0\0\0\x01";
const CAPABILITIES: &[u8] = b"\0\0\0\0\x02";
const MY_CAPABILITIES: &[u8] = b"\0\0\0\0\x03\x02";
const PING: &[u8] = b"\x04\0\0\0PING";

/// What comes in, what is heard, what goes out.
type Step<'a, Heard> = (&'a [u8], &'a [Heard], &'a [u8]);

fn line(text: &str) -> FromClient {
    FromClient::Line(text.into())
}

fn login(password: &str) -> FromClient {
    FromClient::Login {
        name: None,
        password: password.into(),
    }
}

fn server(password: Option<&str>) -> SkypeProxy {
    SkypeProxy::new(password.is_some(), false, &Limits::default())
}

/// Gives the bytes of each step to `decode` and compares what it hears and answers.
fn check<Heard: PartialEq + core::fmt::Debug>(
    steps: &[Step<'_, Heard>],
    mut decode: impl FnMut(&mut RecvBuf, &mut Vec<u8>) -> Option<Heard>,
) {
    let mut rx = RecvBuf::new();
    for (step, (bytes, expected, answer)) in steps.iter().enumerate() {
        rx.push(bytes);
        let mut tx = Vec::new();
        let heard: Vec<Heard> = core::iter::from_fn(|| decode(&mut rx, &mut tx)).collect();
        assert_eq!(heard, *expected, "heard in step {step}");
        assert_eq!(tx, *answer, "answered in step {step}");
    }
}

/// Plays a client against a server that wants `password`, if any, and tells it the result of each login.
fn check_server(password: Option<&str>, steps: &[Step<'_, FromClient>]) {
    let mut wire = server(password);
    check(steps, |rx, tx| {
        let message = wire.decode(rx, tx).unwrap()?;
        if let FromClient::Login {
            password: given, ..
        } = &message
        {
            let right = given.reveal() == password.unwrap();
            wire.encode(ToClient::LoginResult(right), tx);
        }
        Some(message)
    });
}

#[test]
fn without_a_password_capabilities_make_a_client_ready() {
    check_server(
        None,
        &[
            (CAPABILITIES, &[FromClient::Ready], b"\0"),
            (b"\x0a\0\0\0PROTOCOL 7", &[line("PROTOCOL 7")], b""),
            (CAPABILITIES, &[], b"\0"),
        ],
    );
}

#[test]
fn without_a_password_a_client_may_begin_with_text() {
    check_server(
        None,
        &[
            (PING, &[FromClient::Ready, line("PING")], b""),
            (PING, &[line("PING")], b""),
        ],
    );
}

#[test]
fn without_a_password_none_is_taken() {
    check_server(
        None,
        &[
            (AUTHENTICATE, &[], b"\0"),
            (b"\x03\0\0\0pw1", &[FromClient::Ready, line("pw1")], b""),
        ],
    );
}

#[test]
fn the_right_password_and_capabilities_make_a_client_ready() {
    check_server(
        Some("pw1"),
        &[
            (AUTHENTICATE, &[], b"\x01"),
            (b"\x03\0\0\0pw1", &[login("pw1")], b"\x01"),
            (CAPABILITIES, &[FromClient::Ready], b"\x01"),
            (PING, &[line("PING")], b""),
        ],
    );
}

#[test]
fn the_right_password_and_text_make_a_client_ready() {
    check_server(
        Some("pw1"),
        &[
            (AUTHENTICATE, &[], b"\x01"),
            (b"\x03\0\0\0pw1", &[login("pw1")], b"\x01"),
            (PING, &[FromClient::Ready, line("PING")], b""),
        ],
    );
}

#[test]
fn capabilities_before_the_password_are_answered_but_make_nobody_ready() {
    check_server(
        Some("pw1"),
        &[
            (CAPABILITIES, &[], b"\x01"),
            (PING, &[], b""),
            (AUTHENTICATE, &[], b"\x01"),
            (b"\x03\0\0\0pw1", &[login("pw1")], b"\x01"),
            (CAPABILITIES, &[FromClient::Ready], b"\x01"),
        ],
    );
}

#[test]
fn a_refused_client_stays_unheard_until_it_finds_the_password() {
    check_server(
        Some("pw1"),
        &[
            (AUTHENTICATE, &[], b"\x01"),
            (b"\x03\0\0\0pw2", &[login("pw2")], b"\0"),
            (PING, &[], b""),
            (CAPABILITIES, &[], b"\x01"),
            (b"\x03\0\0\0pw1", &[], b""),
            (AUTHENTICATE, &[], b"\x01"),
            (b"\x03\0\0\0pw1", &[login("pw1")], b"\x01"),
            (PING, &[FromClient::Ready, line("PING")], b""),
        ],
    );
}

#[test]
fn a_client_that_is_logged_in_is_not_asked_for_the_password_again() {
    check_server(
        Some("pw1"),
        &[
            (AUTHENTICATE, &[], b"\x01"),
            (b"\x03\0\0\0pw1", &[login("pw1")], b"\x01"),
            (AUTHENTICATE, &[], b"\0"),
            (PING, &[FromClient::Ready, line("PING")], b""),
        ],
    );
}

#[test]
fn the_flags_of_a_client_are_taken_without_an_answer() {
    check_server(
        None,
        &[
            (CAPABILITIES, &[FromClient::Ready], b"\0"),
            (MY_CAPABILITIES, &[], b""),
            (&MY_CAPABILITIES[..5], &[], b""),
            (b"\x04", &[], b""),
            (PING, &[line("PING")], b""),
        ],
    );
}

#[test]
fn unknown_commands_are_answered_with_no() {
    check_server(
        None,
        &[
            (b"\0\0\0\0\0", &[], b"\0"),
            (b"\0\0\0\0\x04\0\0\0\0\xff", &[], b"\0\0"),
            (CAPABILITIES, &[FromClient::Ready], b"\0"),
        ],
    );
}

#[test]
fn a_terminator_counted_into_the_length_is_no_part_of_the_text() {
    check_server(
        Some("pw1"),
        &[
            (AUTHENTICATE, &[], b"\x01"),
            (b"\x05\0\0\0pw1\0\0", &[login("pw1")], b"\x01"),
            (b"\x05\0\0\0PING\0", &[FromClient::Ready, line("PING")], b""),
            (b"\x02\0\0\0\0\0", &[line("")], b""),
        ],
    );
}

#[test]
fn invalid_utf8_is_replaced() {
    check_server(
        None,
        &[(
            b"\x04\0\0\0a\xffb\xc3",
            &[FromClient::Ready, line("a\u{fffd}b\u{fffd}")],
            b"",
        )],
    );
}

#[test]
fn nothing_is_decoded_before_the_result_of_a_login() {
    let mut wire = server(Some("pw1"));
    let mut rx = RecvBuf::new();
    let mut tx = Vec::new();
    rx.push(b"\0\0\0\0\x01\x03\0\0\0pw1\0\0\0\0\x02\x04\0\0\0PING");
    assert_eq!(wire.decode(&mut rx, &mut tx), Ok(Some(login("pw1"))));
    assert_eq!(wire.decode(&mut rx, &mut tx), Ok(None));
    assert_eq!(tx, b"\x01");
    wire.encode(ToClient::LoginResult(true), &mut tx);
    assert_eq!(
        wire.decode(&mut rx, &mut tx),
        Ok(Some(FromClient::Ready)),
        "what was there already does not wait for more bytes"
    );
    assert_eq!(tx, b"\x01\x01\x01");
    assert_eq!(wire.decode(&mut rx, &mut tx), Ok(Some(line("PING"))));
    assert!(rx.is_empty());
}

/// What a server makes of a frame of which only the length has come.
fn announce(wire: &mut SkypeProxy, length: usize) -> Result<Option<FromClient>, WireError> {
    let mut rx = RecvBuf::new();
    rx.push(&u32::try_from(length).unwrap().to_le_bytes());
    wire.decode(&mut rx, &mut Vec::new())
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_its_body_comes() {
    let limits = Limits::default();
    let (before, after) = (limits.frame_bytes_before_login, limits.frame_bytes);
    let too_long = |announced, limit| Err(WireError::FrameTooLong { announced, limit });

    assert_eq!(announce(&mut server(Some("pw1")), before), Ok(None));
    assert_eq!(
        announce(&mut server(Some("pw1")), before + 1),
        too_long(before + 1, before)
    );
    assert_eq!(announce(&mut server(None), after), Ok(None));
    assert_eq!(
        announce(&mut server(None), after + 1),
        too_long(after + 1, after)
    );
    assert_eq!(
        announce(&mut server(None), u32::MAX as usize),
        too_long(u32::MAX as usize, after)
    );
}

#[test]
fn the_limit_rises_with_the_login() {
    let limits = Limits::default();
    let mut wire = server(Some("pw1"));
    let mut rx = RecvBuf::new();
    rx.push(b"\0\0\0\0\x01\x03\0\0\0pw1");
    let mut tx = Vec::new();
    assert_eq!(wire.decode(&mut rx, &mut tx), Ok(Some(login("pw1"))));
    wire.encode(ToClient::LoginResult(true), &mut tx);
    assert_eq!(announce(&mut wire, limits.frame_bytes), Ok(None));
}

#[test]
fn a_line_goes_out_behind_its_length() {
    let mut tx = Vec::new();
    let mut wire = server(None);
    wire.encode(ToClient::Line("USER nora MOOD_TEXT ö"), &mut tx);
    assert_eq!(tx, "\x16\0\0\0USER nora MOOD_TEXT ö".as_bytes());

    tx.clear();
    wire.encode(ToClient::Line(&"x".repeat(0x1_0203)), &mut tx);
    assert_eq!(tx[..4], [0x03, 0x02, 0x01, 0x00]);

    tx.clear();
    wire.encode(ToClient::Line("PO\0NG"), &mut tx);
    assert_eq!(tx, b"\x04\0\0\0PONG");

    tx.clear();
    wire.encode(ToClient::Line(""), &mut tx);
    assert_eq!(tx, b"\x01\0\0\0\0", "a length of 0 would be a command");
}
