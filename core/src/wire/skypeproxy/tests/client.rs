//! The client's half of the handshakes of SkypeProxy, byte for byte.
//! Never speaks with the server's half: what that would say is written down.

use alloc::vec::Vec;

use super::{AUTHENTICATE, CAPABILITIES, Step, check};
use crate::buf::RecvBuf;
use crate::secret::Secret;
use crate::wire::skypeproxy::SkypeProxyClient;
use crate::wire::{ClientWire, FromServer, WireError};

/// Plays a server against a client that has `password`, if any, and begins with `start`.
fn check_client(password: Option<&str>, start: &[u8], steps: &[Step<'_, FromServer>]) {
    let mut wire = SkypeProxyClient::new(password.map(Secret::from), false);
    let mut tx = Vec::new();
    wire.start(&mut tx);
    assert_eq!(tx, start);
    check(steps, |rx, tx| wire.decode(rx, tx).unwrap());
}

#[test]
fn a_client_without_a_password_asks_for_the_flags() {
    let pong = FromServer::Line("PONG".into());
    for flags in [b"\0", b"\x02"] {
        check_client(
            None,
            CAPABILITIES,
            &[
                (flags, &[FromServer::Ready], b""),
                (b"\x04\0\0\0PO", &[], b""),
                (b"NG", core::slice::from_ref(&pong), b""),
            ],
        );
    }
}

#[test]
fn a_client_gives_up_where_a_password_is_wanted_and_it_has_none() {
    let steps: &[Step<'_, FromServer>] = &[
        (b"\x01", &[FromServer::Refused], b""),
        (b"\x04\0\0\0PONG", &[], b""),
    ];
    check_client(None, CAPABILITIES, steps);
}

#[test]
fn a_client_with_a_password_gives_it_and_asks_for_the_flags() {
    check_client(
        Some("pw1"),
        AUTHENTICATE,
        &[
            (b"\x01", &[], b"\x03\0\0\0pw1"),
            (b"\x01", &[], CAPABILITIES),
            (b"\x01", &[FromServer::Ready], b""),
        ],
    );
}

#[test]
fn a_client_hears_that_its_password_is_refused() {
    check_client(
        Some("pw2"),
        AUTHENTICATE,
        &[
            (b"\x01", &[], b"\x03\0\0\0pw2"),
            (b"\0", &[FromServer::Refused], b""),
        ],
    );
}

#[test]
fn a_client_goes_on_where_its_password_is_not_wanted() {
    check_client(
        Some("pw1"),
        AUTHENTICATE,
        &[
            (b"\0", &[], CAPABILITIES),
            (b"\0", &[FromServer::Ready], b""),
        ],
    );
}

#[test]
fn a_client_notices_a_server_that_speaks_something_else() {
    let after = |password: Option<&str>, bytes: &[u8]| {
        let mut wire = SkypeProxyClient::new(password.map(Secret::from), false);
        let mut rx = RecvBuf::new();
        let mut tx = Vec::new();
        wire.start(&mut tx);
        rx.push(bytes);
        loop {
            match wire.decode(&mut rx, &mut tx) {
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(error) => return Some(error),
            }
        }
    };
    let unexpected = |byte| Some(WireError::Unexpected { byte });
    assert_eq!(after(Some("pw1"), b"HTTP"), unexpected(b'H'));
    assert_eq!(after(Some("pw1"), b"\x01\x02"), unexpected(2));
    assert_eq!(after(None, b"\0\0\0\0\0\x04"), unexpected(4));
    let limit = 16 * 1024 * 1024;
    assert_eq!(after(None, b"\0\0\0\0\x01"), None);
    assert_eq!(
        after(None, b"\0\x01\0\0\x01"),
        Some(WireError::FrameTooLong {
            announced: limit + 1,
            limit
        })
    );
}
