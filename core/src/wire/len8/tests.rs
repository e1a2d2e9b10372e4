//! What is special about one-byte lengths.
//! Never repeats what `wire/tests.rs` checks for all transports.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::super::{ClientWire, FromClient, FromServer, ToClient, Wire, WireError};
use super::{Len8, Len8Client};
use crate::buf::RecvBuf;
use crate::config::Limits;

fn line(text: &str) -> FromClient {
    FromClient::Line(text.into())
}

fn hear(wire: &mut dyn Wire, bytes: &[u8]) -> Vec<FromClient> {
    let mut rx = RecvBuf::new();
    let mut tx = Vec::new();
    let mut heard = Vec::new();
    rx.push(bytes);
    while let Some(message) = wire.decode(&mut rx, &mut tx).unwrap() {
        heard.push(message);
    }
    assert!(tx.is_empty(), "nothing is ever answered by the transport");
    heard
}

fn said(text: &str) -> Vec<u8> {
    let mut tx = Vec::new();
    Len8::new(false, &Limits::default()).encode(ToClient::Line(text), &mut tx);
    tx
}

#[test]
fn the_first_line_makes_a_client_ready() {
    let mut wire = Len8::new(false, &Limits::default());
    assert_eq!(
        hear(&mut wire, b"\x04PING\x06NAME a"),
        [FromClient::Ready, line("PING"), line("NAME a")]
    );
    assert_eq!(hear(&mut wire, b"\x04PING"), [line("PING")]);
}

#[test]
fn frames_without_text_are_ignored() {
    let mut wire = Len8::new(false, &Limits::default());
    assert_eq!(hear(&mut wire, b"\0\0\0"), []);
    assert_eq!(
        hear(&mut wire, b"\0\x05PING\0\0\x04PING"),
        [FromClient::Ready, line("PING"), line("PING")]
    );
}

#[test]
fn where_a_password_is_wanted_nothing_is_heard() {
    let mut wire = Len8::new(true, &Limits::default());
    assert_eq!(hear(&mut wire, b"\x04PING\x03pw1\x04PING"), []);
}

#[test]
fn a_limit_below_the_longest_frame_is_kept() {
    let limits = Limits {
        frame_bytes: 100,
        frame_bytes_before_login: 50,
        ..Limits::default()
    };
    for (login, limit) in [(false, 100), (true, 50)] {
        let decode = |length| {
            let mut rx = RecvBuf::new();
            rx.push(&[length]);
            Len8::new(login, &limits).decode(&mut rx, &mut Vec::new())
        };
        assert_eq!(decode(limit), Ok(None));
        assert_eq!(
            decode(limit + 1),
            Err(WireError::FrameTooLong {
                announced: usize::from(limit) + 1,
                limit: usize::from(limit)
            })
        );
    }
}

#[test]
fn a_line_that_does_not_fit_is_replaced_by_an_error_with_its_tag() {
    assert_eq!(said("PONG"), b"\x04PONG");
    let fits = "x".repeat(255);
    assert_eq!(said(&fits), [&[255][..], fits.as_bytes()].concat());

    let refusal = "ERROR 9901 line too long for this transport";
    let framed = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    assert_eq!(said(&"x".repeat(256)), framed(refusal));
    let reply = String::from("#12 USERS ") + &"nora, ".repeat(50);
    assert_eq!(said(&reply), framed(&(String::from("#12 ") + refusal)));
    let all_tag = String::from("#") + &"1".repeat(300);
    assert_eq!(said(&all_tag), framed(refusal));
}

#[test]
fn a_client_is_ready_without_an_answer_and_keeps_back_what_does_not_fit() {
    let mut wire = Len8Client::default();
    let mut rx = RecvBuf::new();
    let mut tx = Vec::new();
    wire.start(&mut tx);
    assert_eq!(wire.decode(&mut rx, &mut tx), Ok(Some(FromServer::Ready)));
    assert_eq!(wire.decode(&mut rx, &mut tx), Ok(None));
    wire.encode(&"x".repeat(256), &mut tx);
    wire.encode("PING", &mut tx);
    assert_eq!(tx, b"\x04PING");
    rx.push(b"\x04PONG");
    let heard = vec![wire.decode(&mut rx, &mut tx).unwrap().unwrap()];
    assert_eq!(heard, [FromServer::Line("PONG".into())]);
}
