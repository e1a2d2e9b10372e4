//! What the server's end keeps of whatever a client may send.
//! Never looks at what the requests mean.

use alloc::vec::Vec;

use proptest::prelude::*;

use super::super::*;
use crate::http::tests::{limits, scraps};

/// All bytes of the client that are kept, as heads, as bodies or unread.
fn held(server: &HttpServer) -> usize {
    let read = match &server.state {
        State::Body(head, reader) => {
            let head = head.path.len() + head.headers.as_wire().len();
            head + reader.clone().into_body().len()
        }
        State::Head | State::Answering { .. } | State::Closed => 0,
    };
    server.rx.len() + read
}

/// A client that asks ahead, and sometimes breaks off.
fn requests() -> impl Strategy<Value = Vec<u8>> {
    let request = prop_oneof![
        8 => Just(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n".to_vec()),
        4 => Just(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc".to_vec()),
        1 => scraps(),
    ];
    proptest::collection::vec(request, 0..40).prop_map(|requests| requests.concat())
}

proptest! {
    #[test]
    fn a_server_keeps_no_more_than_a_head_and_what_its_limits_say(
        stream in requests(),
        garbage: Vec<u8>,
        piece in 1_usize..40,
        answers in proptest::collection::vec(proptest::bool::weighted(0.1), 1..20),
    ) {
        let limits = limits();
        let stream = [stream, garbage].concat();
        let mut server = HttpServer::new(&limits);
        let mut answers = answers.into_iter().cycle();
        let mut tx = Vec::new();
        let mut owed = false;
        for bytes in stream.chunks(piece) {
            server.receive(bytes);
            owed |= !matches!(server.next(&mut tx), Ok(None));
            // A byte of a head that is not UTF-8 becomes three.
            let most = 4 * limits.head_bytes + limits.request_bytes + piece;
            prop_assert!(held(&server) <= most);
            if owed && answers.next() == Some(true) {
                owed = false;
                if server.send(&Response::empty(204), &mut tx) == AfterResponse::Close {
                    prop_assert_eq!(held(&server), 0, "nothing is kept for nobody");
                    break;
                }
            }
            if matches!(server.state, State::Answering { .. }) {
                prop_assert!(held(&server) <= limits.head_bytes + piece);
            }
        }
    }
}
