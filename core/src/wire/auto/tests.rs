//! How the transports are told apart.
//! Never repeats what `wire/tests.rs` checks for all transports.

use alloc::vec::Vec;

use super::super::{FromClient, ToClient, Wire, WireError};
use super::{Auto, tell};
use crate::buf::RecvBuf;
use crate::config::{Limits, WireKind};

/// What the first bytes say, and after how many of them that is clear.
fn told(bytes: &[u8]) -> Option<(usize, Result<WireKind, WireError>)> {
    (0..=bytes.len()).find_map(|count| match tell(&bytes[..count]) {
        Ok(None) => None,
        Ok(Some(kind)) => Some((count, Ok(kind))),
        Err(error) => Some((count, Err(error))),
    })
}

#[test]
fn the_first_bytes_tell_which_transport_it_is() {
    use WireKind::{Len8, SkypeProxy, Skyped, Skypenet};
    for (bytes, count, kind) in [
        (&b"\0\0\0\0\x01"[..], 5, SkypeProxy),
        (b"\0\0\0\0\x02", 5, SkypeProxy),
        (b"\0\0\0\0\x03\x02", 5, SkypeProxy),
        (b"\x0a\0\0\0PROTOCOL 7", 5, SkypeProxy),
        (b"\x05\0\0\0#1 PING", 5, SkypeProxy),
        (b"\0\x01\0\0MESSAGE bob ...", 5, SkypeProxy),
        (b"\x16\x04\0\0MESSAGE bob ...", 5, SkypeProxy),
        (b"\x05#\0\0MESSAGE bob ...", 5, SkypeProxy),
        (b"LOGIN al pw1\x17", 6, Skypenet),
        (b"USERNAME al\n", 9, Skyped),
        (b"\x04PING", 5, Len8),
        (b"\x0aPROTOCOL 7", 9, Len8),
        (b"\x16#1 GET USERSTATUS", 3, Len8),
        (b"LGET USER ...", 4, Len8),
        (b"USET USER ...", 4, Len8),
    ] {
        assert_eq!(told(bytes), Some((count, Ok(kind))), "{bytes:?}");
    }
}

#[test]
fn whatever_else_it_is_ends_as_soon_as_that_is_clear() {
    for (bytes, count, error) in [
        (&b"\x16\x03\x01\x02\0"[..], 3, WireError::Tls),
        (b"\x16\x03\x05", 3, WireError::Unknown),
        (b"GET / HTTP/1.1", 3, WireError::Unknown),
        (b"PING\n", 3, WireError::Unknown),
        (b"\0\0\0\0\x04", 5, WireError::Unknown),
        (b"\x01\0\0\0\0", 5, WireError::Unknown),
        (b"\xff\xff\xff\xff", 3, WireError::Unknown),
        (b"\x03PING", 2, WireError::Unknown),
    ] {
        let (after, told) = told(bytes).unwrap();
        assert_eq!(told, Err(error), "{bytes:?}");
        assert!(after <= count.max(5), "{bytes:?} after {after}");
    }
}

#[test]
fn nine_bytes_are_always_enough() {
    let mut starts: Vec<Vec<u8>> = [b"LOGIN ".to_vec(), b"USERNAME ".to_vec()].into();
    starts.extend((0..=u8::MAX).map(|first| [&[first], &b"PROTOCOL"[..]].concat()));
    for start in starts {
        for other in 0..=u8::MAX {
            for at in 0..start.len() {
                let mut bytes = start.clone();
                bytes[at] = other;
                bytes.resize(9, b'x');
                assert!(told(&bytes).is_some(), "{bytes:?}");
            }
        }
    }
}

#[test]
fn what_is_known_once_is_known_for_the_whole_connection() {
    let mut wire = Auto::new(false, true, &Limits::default());
    let (mut rx, mut tx) = (RecvBuf::new(), Vec::new());
    assert_eq!((wire.keep_alive(), wire.protocol()), (None, None));
    rx.push(b"USERNA");
    assert_eq!(wire.decode(&mut rx, &mut tx), Ok(None));
    rx.push(b"ME al\nPASSWORD pw1\nLOGIN al pw1\x17\n");
    let login = FromClient::Login {
        name: Some("al".into()),
        password: "pw1".into(),
    };
    assert_eq!(wire.decode(&mut rx, &mut tx), Ok(Some(login)));
    wire.encode(ToClient::LoginResult(true), &mut tx);
    assert_eq!(tx, b"PASSWORD OK\n");
    assert_eq!(wire.decode(&mut rx, &mut tx), Ok(Some(FromClient::Ready)));
    let line = FromClient::Line("LOGIN al pw1\u{17}".into());
    assert_eq!(wire.decode(&mut rx, &mut tx), Ok(Some(line)));
    assert_eq!(
        (wire.keep_alive(), wire.protocol(), wire.held()),
        (Some("PING"), Some(5), 0)
    );
    assert!(!wire.takes_files());
}
