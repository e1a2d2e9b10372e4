//! A file through a slot, byte for byte, and whatever may come between question and answer.
//! Never looks at handshakes beyond what slots need.

use alloc::vec::Vec;
use alloc::{format, vec};

use proptest::collection::vec as several;
use proptest::prelude::*;
use proptest::sample::Index;

use super::super::super::{ClientWire, FromClient, FromServer, ToClient, Wire, WireError};
use super::super::{SkypeProxy, SkypeProxyClient};
use super::*;
use crate::config::Limits;

mod taking;

const OPEN_A_JPG: &[u8] = b"\0\0\0\0\x04\x06\0a.jpg\0";
const A_JPG: ToClient<'_> = ToClient::File {
    name: "a.jpg",
    bytes: b"picture",
};
const A_JPG_COMMANDS: &[u8] = b"\0\0\0\0\x05\x01\x07\0\0\0picture\0\0\0\0\x06\x01";

/// The server's end of a connection with all that came of it.
struct Server {
    wire: SkypeProxy,
    rx: RecvBuf,
    tx: Vec<u8>,
    heard: Vec<FromClient>,
    error: Option<WireError>,
}

impl Server {
    /// A server whose client has told its flags.
    fn new(offered: bool, flags: u8) -> Self {
        let mut server = Self {
            wire: SkypeProxy::new(false, offered, &Limits::default()),
            rx: RecvBuf::new(),
            tx: Vec::new(),
            heard: Vec::new(),
            error: None,
        };
        server.receive(b"\0\0\0\0\x02");
        server.receive(&[0, 0, 0, 0, 3, flags]);
        assert_eq!(server.tx, [if offered { 2 } else { 0 }]);
        assert_eq!(server.heard, [FromClient::Ready]);
        server.tx.clear();
        server.heard.clear();
        server
    }

    /// A server that has asked its client for a slot.
    fn asking() -> Self {
        let mut server = Self::new(true, USE_SLOTS);
        server.wire.encode(A_JPG, &mut server.tx);
        assert_eq!(server.tx, OPEN_A_JPG);
        server.tx.clear();
        server
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.rx.push(bytes);
        while self.error.is_none() {
            match self.wire.decode(&mut self.rx, &mut self.tx) {
                Ok(Some(heard)) => self.heard.push(heard),
                Ok(None) => break,
                Err(error) => self.error = Some(error),
            }
        }
    }

    fn say(&mut self, line: &str) {
        self.wire.encode(ToClient::Line(line), &mut self.tx);
    }
}

fn line(text: &str) -> FromClient {
    FromClient::Line(text.into())
}

fn frame(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap().to_le_bytes();
    [&length, text.as_bytes()].concat()
}

#[test]
fn a_file_goes_out_when_the_client_has_opened_a_slot_and_lines_follow() {
    let mut server = Server::asking();
    server.say("PONG");
    server.say("USERSTATUS ONLINE");
    let held = [frame("PONG"), frame("USERSTATUS ONLINE")].concat();
    assert_eq!((server.tx.len(), server.wire.held()), (0, held.len()));
    server.receive(b"\x01");
    assert_eq!(server.heard, [FromClient::FileTaken(true)]);
    assert_eq!(server.tx, [A_JPG_COMMANDS, &held].concat());
    server.tx.clear();
    assert_eq!(server.wire.held(), 0);
    server.say("USER nora AVATAR 1 a.jpg");
    assert_eq!(server.tx, frame("USER nora AVATAR 1 a.jpg"));
}

#[test]
fn a_refused_file_is_told_and_only_lines_go_out() {
    for answer in [0, 0xFF] {
        let mut server = Server::asking();
        server.say("PONG");
        server.receive(&[answer]);
        assert_eq!(server.heard, [FromClient::FileTaken(false)]);
        assert_eq!(server.tx, frame("PONG"));
        // The next one can be tried.
        server.wire.encode(A_JPG, &mut server.tx);
        server.receive(b"\x01");
        assert_eq!(server.heard[1..], [FromClient::FileTaken(true)]);
    }
}

#[test]
fn files_go_only_to_clients_that_were_offered_and_have_agreed() {
    for (offered, flags, takes) in [
        (true, 2, true),
        (true, 3, true),
        (true, 1, false),
        (true, 0, false),
        (false, 2, false),
    ] {
        let mut server = Server::new(offered, flags);
        assert_eq!(server.wire.takes_files(), takes, "{offered} {flags}");
        if !takes {
            server.wire.encode(A_JPG, &mut server.tx);
            server.receive(b"");
            assert_eq!(server.heard, [FromClient::FileTaken(false)]);
            assert_eq!(server.tx, b"");
        }
    }
}

#[test]
fn a_name_that_the_client_has_no_room_for_is_not_sent() {
    let longest = "x".repeat(259);
    for (name, sent) in [
        (longest.as_str(), true),
        (&format!("{longest}x"), false),
        ("", false),
        ("a\0b", false),
        (&"x".repeat(70_000), false),
    ] {
        let mut server = Server::new(true, USE_SLOTS);
        let bytes = b"picture";
        server
            .wire
            .encode(ToClient::File { name, bytes }, &mut server.tx);
        server.receive(b"");
        assert_eq!(server.tx.is_empty(), !sent);
        assert_eq!(server.heard.is_empty(), sent);
    }
}

#[test]
fn a_long_file_goes_out_in_parts_and_an_empty_one_in_none() {
    let bytes = vec![7; 2 * 32_768 + 1];
    let commands = commands_of(&bytes);
    let head = |length: u32| {
        let length = length.to_le_bytes();
        [b"\0\0\0\0\x05\x01".as_slice(), &length].concat()
    };
    let part = 10 + 32_768;
    assert!(commands.starts_with(&head(32_768)));
    assert!(commands[part..].starts_with(&head(32_768)));
    assert_eq!(
        commands[2 * part..],
        [&head(1), b"\x07\0\0\0\0\x06\x01".as_slice()].concat()
    );
    assert_eq!(commands_of(b""), b"\0\0\0\0\x06\x01");
}

#[test]
fn a_frame_that_begins_like_an_answer_is_told_from_one_by_what_follows() {
    // 255, 256, 257 and their like have such a byte in front.
    for length in [255, 256, 257, 511, 512, 513, 65_535, 65_280, 65_281] {
        let text = "x".repeat(length);
        let mut server = Server::asking();
        server.receive(&[&frame(&text), b"\x01".as_slice()].concat());
        assert_eq!(server.heard, [line(&text), FromClient::FileTaken(true)]);
    }
    let commands = b"\0\0\0\0\x01\0\0\0\0\x02";
    let mut server = Server::asking();
    server.receive(commands);
    assert_eq!(
        (server.heard.len(), server.tx.as_slice()),
        (0, &b"\0\x02"[..])
    );
    for answer in [0, 1, 0xFF] {
        for length in [1, 4, 255, 256, 257, 300, 65_536, 70_000] {
            let text = "x".repeat(length);
            let mut server = Server::asking();
            server.receive(&[&[answer], frame(&text).as_slice()].concat());
            let taken = FromClient::FileTaken(answer == 1);
            assert_eq!(server.heard, [taken, line(&text)], "{answer} {length}");
        }
    }
}

#[test]
fn an_answer_is_not_looked_for_where_no_file_is_pushed() {
    let mut server = Server::new(true, USE_SLOTS);
    server.receive(b"\x01");
    server.receive(b"\0\0\0x");
    assert_eq!(server.heard, [line("x")]);
}

/// What a client that takes files hears and answers.
fn client_after(bytes: &[u8]) -> (Vec<FromServer>, Vec<u8>, Option<WireError>) {
    let mut wire = SkypeProxyClient::new(None, true);
    let (mut rx, mut tx) = (RecvBuf::new(), Vec::new());
    wire.start(&mut tx);
    rx.push(bytes);
    let mut heard = Vec::new();
    let error = loop {
        match wire.decode(&mut rx, &mut tx) {
            Ok(Some(said)) => heard.push(said),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert!(tx.starts_with(b"\0\0\0\0\x02"));
    (heard, tx.split_off(5), error)
}

#[test]
fn a_client_takes_a_file_and_tells_its_flags_only_where_slots_are_offered() {
    let file = FromServer::File {
        name: "a.jpg".into(),
        bytes: b"picture".into(),
    };
    let push = [b"\x02", OPEN_A_JPG, A_JPG_COMMANDS].concat();
    let (heard, answers, error) = client_after(&push);
    assert_eq!(heard, [FromServer::Ready, file]);
    assert_eq!(answers, b"\0\0\0\0\x03\x02\x01");
    assert_eq!(error, None);

    let (heard, answers, error) = client_after(&[b"\0", OPEN_A_JPG].concat());
    assert_eq!((heard.len(), answers.len()), (1, 0));
    assert_eq!(error, Some(WireError::Unexpected { byte: 4 }));
}

#[test]
fn a_client_holds_the_server_to_its_one_slot() {
    let after = |bytes: &[u8]| client_after(&[b"\x02", bytes].concat());
    let (_, answers, error) = after(&[OPEN_A_JPG, OPEN_A_JPG].concat());
    assert_eq!(answers, b"\0\0\0\0\x03\x02\x01\xFF");
    assert_eq!(error, None);
    let unexpected = |byte| Some(WireError::Unexpected { byte });
    for (bytes, error) in [
        (&b"\0\0\0\0\x05\x01\x01\0\0\0x"[..], unexpected(1)),
        (b"\0\0\0\0\x06\x01", unexpected(1)),
        (b"\0\0\0\0\x01", unexpected(1)),
        (
            b"\0\0\0\0\x04\x05\x01",
            Some(WireError::FrameTooLong {
                announced: 261,
                limit: 260,
            }),
        ),
        (
            b"\0\0\0\0\x04\x01\0x\0\0\0\0\x05\x01\x01\0\0\x01",
            Some(WireError::FrameTooLong {
                announced: 0x0100_0001,
                limit: 0x0100_0000,
            }),
        ),
        (
            b"\0\0\0\0\x04\x01\0x\0\0\0\0\x05\x02\0\0\0\0",
            unexpected(2),
        ),
    ] {
        assert_eq!(after(bytes).2, error, "{bytes:?}");
    }
}

/// Lines whose lengths begin with no byte that could be an answer: alone, such a byte cannot be told from one.
fn lines() -> impl Strategy<Value = Vec<String>> {
    several("[a-zA-Z# ]{2,254}", 0..5)
}

fn pieces<'a>(bytes: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    cuts.push(bytes.len());
    cuts.sort_unstable();
    let mut from = 0;
    let piece = |to| {
        let piece = &bytes[from..to];
        from = to;
        piece
    };
    cuts.into_iter().map(piece).collect()
}

proptest! {
    #[test]
    fn an_answer_is_found_among_lines_however_the_bytes_are_cut(
        before in lines(),
        answer in prop_oneof![Just(0_u8), Just(1), Just(0xFF)],
        after in lines(),
        said in lines(),
        cuts in several(any::<Index>(), 0..30),
    ) {
        let mut server = Server::asking();
        for line in &said {
            server.say(line);
        }
        let mut bytes: Vec<u8> = before.iter().flat_map(|line| frame(line)).collect();
        bytes.push(answer);
        bytes.extend(after.iter().flat_map(|line| frame(line)));
        for piece in pieces(&bytes, &cuts) {
            server.receive(piece);
        }
        let mut heard: Vec<FromClient> = before.iter().map(|text| line(text)).collect();
        heard.push(FromClient::FileTaken(answer == 1));
        heard.extend(after.iter().map(|text| line(text)));
        prop_assert_eq!(server.heard, heard);
        let mut sent = if answer == 1 { A_JPG_COMMANDS.to_vec() } else { Vec::new() };
        sent.extend(said.iter().flat_map(|line| frame(line)));
        prop_assert_eq!(server.tx, sent);
        prop_assert!(server.rx.is_empty());
    }

    #[test]
    fn a_file_arrives_as_it_was_pushed_however_the_bytes_are_cut(
        name in "[^\u{0}]{1,60}",
        bytes in several(any::<u8>(), 0..70_000),
        cuts in several(any::<Index>(), 0..30),
    ) {
        let mut server = Server::new(true, USE_SLOTS);
        let mut client = SkypeProxyClient::new(None, true);
        let (mut rx, mut answers) = (RecvBuf::new(), Vec::new());
        rx.push(b"\x02");
        prop_assert_eq!(client.decode(&mut rx, &mut answers), Ok(Some(FromServer::Ready)));
        answers.clear();

        server.wire.encode(ToClient::File { name: &name, bytes: &bytes }, &mut server.tx);
        server.say("behind");
        let mut heard = Vec::new();
        for _ in 0..2 {
            for piece in pieces(&core::mem::take(&mut server.tx), &cuts) {
                rx.push(piece);
                while let Some(said) = client.decode(&mut rx, &mut answers).unwrap() {
                    heard.push(said);
                }
            }
            server.receive(&core::mem::take(&mut answers));
        }
        let file = FromServer::File { name, bytes };
        prop_assert_eq!(heard, [file, FromServer::Line("behind".into())]);
        prop_assert_eq!(server.heard, [FromClient::FileTaken(true)]);
    }

    #[test]
    fn garbage_ends_a_push_at_most_once_and_is_never_hoarded(
        garbage in several(prop_oneof![any::<u8>(), Just(0), Just(1)], 0..400),
        cuts in several(any::<Index>(), 0..30),
    ) {
        let mut server = Server::asking();
        for piece in pieces(&garbage, &cuts) {
            server.receive(piece);
            if server.error.is_none() {
                prop_assert!(server.rx.len() <= Limits::default().frame_bytes + 4);
            }
        }
        let taken = |heard: &&FromClient| matches!(heard, FromClient::FileTaken(_));
        prop_assert!(server.heard.iter().filter(taken).count() <= 1);
        let (_, answers, _) = client_after(&[b"\x02", garbage.as_slice()].concat());
        prop_assert!(answers.len() <= 6 + garbage.len());
    }
}
