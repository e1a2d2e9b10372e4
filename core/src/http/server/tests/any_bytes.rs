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

proptest! {
    #[test]
    fn a_server_keeps_no_more_than_a_head_and_what_its_limits_say(
        // Many that ask and few that wait: what follows a request is what can pile up.
        stream in proptest::collection::vec(scraps(), 0..12),
        garbage: Vec<u8>,
        piece in 1_usize..40,
        answers in proptest::collection::vec(any::<bool>(), 1..8),
    ) {
        let limits = limits();
        let stream = [stream.concat(), garbage].concat();
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
