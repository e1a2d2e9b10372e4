//! What the client's end reads, and keeps, of whatever a server may send.
//! Never looks at what the responses mean.

use alloc::vec::Vec;

use proptest::prelude::*;

use super::super::*;
use crate::http::tests::{asking, limits, scraps};

/// All bytes of the server that are kept, as a head, as a body or unread.
fn held(client: &HttpClient) -> usize {
    let read = match &client.state {
        State::Idle | State::Head(_) => 0,
        State::Body(head, reader) => {
            head.headers.as_wire().len() + reader.clone().into_body().len()
        }
    };
    client.rx.len() + read
}

/// What often begins a response, and what may follow.
fn responses() -> impl Strategy<Value = Vec<u8>> {
    let begin = prop_oneof![
        Just("HTTP/1.1 200 OK\r\n"),
        Just("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Just("HTTP/1.1 103\r\n\r\nHTTP/1.1 404\r\nContent-Length: 5\r\n\r\n"),
        Just("HTTP/1.1 204 \r\n\r\n"),
        Just(""),
    ];
    (begin, scraps()).prop_map(|(begin, rest)| [begin.as_bytes(), &rest].concat())
}

/// The first response in these pieces, the end of the connection behind them included. What follows it is not
/// looked at: whether that has come with it depends on the pieces.
fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Result<Option<Response>, HttpError> {
    let mut client = asking(Method::Get);
    for piece in pieces {
        if let Some(reply) = client.receive(piece)? {
            return Ok(Some(reply.response));
        }
    }
    Ok(client.eof()?.map(|reply| reply.response))
}

proptest! {
    #[test]
    fn a_response_means_the_same_in_one_piece_or_many(bytes in responses(), cut in 1_usize..20) {
        prop_assert_eq!(read(bytes.chunks(cut)), read(core::iter::once(&*bytes)));
    }

    #[test]
    fn a_client_keeps_no_more_than_a_head_and_what_its_limits_say(
        bytes in responses(), garbage: Vec<u8>, piece in 1_usize..40,
    ) {
        let limits = limits();
        let mut client = asking(Method::Get);
        for bytes in [bytes, garbage].concat().chunks(piece) {
            let reply = client.receive(bytes);
            if reply.is_err() {
                break;
            }
            // A byte of a head that is not UTF-8 becomes three.
            prop_assert!(held(&client) <= 4 * limits.head_bytes + limits.response_bytes);
            if let Ok(Some(_)) = reply {
                prop_assert_eq!(held(&client), 0, "an idle connection keeps nothing");
            }
        }
    }
}
