//! What a client that takes files makes of whatever a server may send.
//! Never looks at what the server's end does.

use alloc::vec::Vec;

use proptest::collection::vec as several;
use proptest::prelude::*;
use proptest::sample::Index;

use super::super::*;
use super::pieces;
use crate::wire::skypeproxy::SkypeProxyClient;
use crate::wire::{ClientWire as _, FromServer};

/// A client that has been offered slots, with all that came of what it was sent.
#[derive(Debug)]
struct Client {
    wire: SkypeProxyClient,
    rx: RecvBuf,
    tx: Vec<u8>,
    heard: Vec<FromServer>,
    error: Option<WireError>,
}

impl Client {
    fn new() -> Self {
        let mut client = Self {
            wire: SkypeProxyClient::new(None, true),
            rx: RecvBuf::new(),
            tx: Vec::new(),
            heard: Vec::new(),
            error: None,
        };
        client.receive(&[USE_SLOTS]);
        assert_eq!(client.heard, [FromServer::Ready]);
        client.heard.clear();
        client.tx.clear();
        client
    }

    /// Takes bytes in and hears all there is to hear; deaf after an error, as a closed connection is.
    fn receive(&mut self, bytes: &[u8]) {
        if self.error.is_some() {
            return;
        }
        self.rx.push(bytes);
        while self.error.is_none() {
            match self.wire.decode(&mut self.rx, &mut self.tx) {
                Ok(Some(heard)) => self.heard.push(heard),
                Ok(None) => break,
                Err(error) => self.error = Some(error),
            }
        }
    }
}

/// Bytes that are often, but not always, what a server says to a client that takes files.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let sized = |text: Vec<u8>| {
        let length = u32::try_from(text.len()).unwrap().to_le_bytes();
        [&length, text.as_slice()].concat()
    };
    let name = |name: Vec<u8>| {
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        [&[0, 0, 0, 0, OPEN_SLOT], &length[..], &name].concat()
    };
    let piece = prop_oneof![
        1 => several(any::<u8>(), 0..12),
        3 => several(any::<u8>(), 1..20).prop_map(sized),
        4 => several(any::<u8>(), 0..20).prop_map(name),
        5 => (several(any::<u8>(), 0..40), 0_u8..10).prop_map(move |(part, slot)| {
            // Mostly the slot that there is.
            let slot = if slot == 0 { 2 } else { SLOT };
            [&[0, 0, 0, 0, DATA_SLOT, slot], &*sized(part)].concat()
        }),
        3 => Just([0, 0, 0, 0, CLOSE_SLOT, SLOT].to_vec()),
    ];
    several(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_client_that_takes_files_hears_the_same_however_the_bytes_are_cut(
        stream in streams(),
        cuts in several(any::<Index>(), 0..30),
    ) {
        let (mut whole, mut split) = (Client::new(), Client::new());
        whole.receive(&stream);
        for piece in pieces(&stream, &cuts) {
            split.receive(piece);
        }
        prop_assert_eq!(&whole.heard, &split.heard);
        prop_assert_eq!(&whole.tx, &split.tx);
        prop_assert_eq!(whole.error, split.error);
    }

    #[test]
    fn a_client_that_takes_files_hears_and_keeps_no_more_than_was_sent(stream in streams()) {
        let mut client = Client::new();
        let mut sent = 0;
        for byte in &stream {
            client.receive(core::slice::from_ref(byte));
            sent += 1;
            let heard: usize = client.heard.iter().map(|heard| match heard {
                FromServer::File { bytes, .. } => bytes.len(),
                FromServer::Ready | FromServer::Refused | FromServer::Line(_) => 0,
            }).sum();
            prop_assert!(heard + client.rx.len() <= sent);
            prop_assert!(client.tx.len() <= sent);
        }
    }
}

#[test]
fn a_file_beyond_the_longest_is_refused_before_it_is_kept() {
    let mut client = Client::new();
    client.receive(&[0, 0, 0, 0, OPEN_SLOT, 1, 0, b'a']);
    assert_eq!(client.tx, [YES]);
    let part = |length: usize| {
        let length = u32::try_from(length).unwrap().to_le_bytes();
        [&[0, 0, 0, 0, DATA_SLOT, SLOT], &length[..]].concat()
    };
    client.receive(&[&*part(2), b"xy"].concat());
    client.receive(&part(SERVER_FRAME_BYTES_MAX - 2));
    assert_eq!(client.error, None, "together they have the longest length");

    let mut client = Client::new();
    client.receive(&[0, 0, 0, 0, OPEN_SLOT, 1, 0, b'a']);
    client.receive(&[&*part(2), b"xy"].concat());
    client.receive(&part(SERVER_FRAME_BYTES_MAX - 1));
    let (announced, limit) = (SERVER_FRAME_BYTES_MAX + 1, SERVER_FRAME_BYTES_MAX);
    assert_eq!(
        client.error,
        Some(WireError::FrameTooLong { announced, limit })
    );
}
