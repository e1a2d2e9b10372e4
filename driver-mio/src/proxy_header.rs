//! The header by which a proxy says for whom it speaks (PROXY protocol, versions 1 and 2).
//! Never decides who may send one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Longest header that is read, in bytes; a longer one counts as garbled.
pub(crate) const HEADER_MAX: usize = 536;

/// How a header of version 1 begins, and its longest line.
const TEXT_START: &[u8] = b"PROXY ";
const TEXT_MAX: usize = 107;
/// How one of version 2 begins.
const BINARY_START: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// Bytes before the addresses of version 2.
const BINARY_HEAD: usize = 16;

/// What the first bytes of a connection are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Found {
    /// The start of what may become a header.
    Part,
    /// No header.
    Nothing,
    /// A header of so many bytes, and for whom the proxy speaks; `None`: for itself, or it does not know.
    Header(usize, Option<SocketAddr>),
    /// What begins like a header and is none.
    Garbled,
}

/// Looks for a header at the beginning of `bytes`.
pub(crate) fn find(bytes: &[u8]) -> Found {
    let begins = |start: &[u8]| {
        let common = bytes.len().min(start.len());
        bytes[..common] == start[..common]
    };
    if begins(BINARY_START) {
        binary(bytes)
    } else if begins(TEXT_START) {
        text(bytes)
    } else {
        Found::Nothing
    }
}

fn text(bytes: &[u8]) -> Found {
    let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") else {
        return if bytes.len() < TEXT_MAX {
            Found::Part
        } else {
            Found::Garbled
        };
    };
    let length = end + 2;
    let Some(line) = std::str::from_utf8(&bytes[..end])
        .ok()
        .filter(|_| length <= TEXT_MAX)
    else {
        return Found::Garbled;
    };
    let words: Vec<&str> = line.split(' ').collect();
    match words.as_slice() {
        ["PROXY", "UNKNOWN", ..] => Found::Header(length, None),
        ["PROXY", family @ ("TCP4" | "TCP6"), source, _, port, _] => {
            let ip = source.parse::<IpAddr>().ok();
            let ip = ip.filter(|ip| ip.is_ipv4() == (*family == "TCP4"));
            match ip.zip(port.parse().ok()) {
                Some(source) => Found::Header(length, Some(source.into())),
                None => Found::Garbled,
            }
        }
        _ => Found::Garbled,
    }
}

fn binary(bytes: &[u8]) -> Found {
    let Some((head, rest)) = bytes.split_at_checked(BINARY_HEAD) else {
        return Found::Part;
    };
    let (version, family) = (head[12], head[13]);
    let size = usize::from(u16::from_be_bytes([head[14], head[15]]));
    let length = BINARY_HEAD + size;
    if length > HEADER_MAX || !matches!(version, 0x20 | 0x21) {
        return Found::Garbled;
    }
    let Some(body) = rest.get(..size) else {
        return Found::Part;
    };
    if version == 0x20 {
        return Found::Header(length, None);
    }
    let source = match family >> 4 {
        1 => v4(body),
        2 => v6(body),
        _ => return Found::Header(length, None),
    };
    source.map_or(Found::Garbled, |source| Found::Header(length, Some(source)))
}

fn v4(body: &[u8]) -> Option<SocketAddr> {
    let ip: [u8; 4] = *body.first_chunk()?;
    let port: [u8; 2] = *body.get(8..)?.first_chunk()?;
    Some((Ipv4Addr::from(ip), u16::from_be_bytes(port)).into())
}

fn v6(body: &[u8]) -> Option<SocketAddr> {
    let ip: [u8; 16] = *body.first_chunk()?;
    let port: [u8; 2] = *body.get(32..)?.first_chunk()?;
    Some((Ipv6Addr::from(ip), u16::from_be_bytes(port)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(version: u8, family: u8, body: &[u8]) -> Vec<u8> {
        let size = u16::try_from(body.len()).unwrap().to_be_bytes();
        [BINARY_START, &[version, family], &size, body].concat()
    }

    fn source(text: &str) -> Option<SocketAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_header_of_either_version_names_the_source_in_any_pieces() {
        let four = [203, 0, 113, 9, 10, 0, 0, 1, 0x1f, 0x90, 0, 80];
        let mut six = [0; 36];
        six[..2].copy_from_slice(&[0x20, 0x01]);
        (six[15], six[33]) = (7, 80);
        for (header, peer) in [
            (
                b"PROXY TCP4 203.0.113.9 10.0.0.1 8080 80\r\n".to_vec(),
                source("203.0.113.9:8080"),
            ),
            (
                b"PROXY TCP6 2001::7 ::1 80 81\r\n".to_vec(),
                source("[2001::7]:80"),
            ),
            (b"PROXY UNKNOWN\r\n".to_vec(), None),
            (b"PROXY UNKNOWN a b c d\r\n".to_vec(), None),
            (binary(0x21, 0x11, &four), source("203.0.113.9:8080")),
            (
                binary(0x21, 0x11, &[&four[..], b"more"].concat()),
                source("203.0.113.9:8080"),
            ),
            (binary(0x21, 0x21, &six), source("[2001::7]:80")),
            (binary(0x20, 0, b""), None),
            (binary(0x21, 0, b"what"), None),
        ] {
            for count in 0..header.len() {
                assert_eq!(find(&header[..count]), Found::Part, "{header:?}");
            }
            let found = Found::Header(header.len(), peer);
            assert_eq!(find(&header), found);
            assert_eq!(find(&[&header[..], b"\x16more"].concat()), found);
        }
    }

    #[test]
    fn what_begins_in_another_way_is_no_header() {
        for bytes in [
            &b"\0\0\0\0\x02"[..],
            b"\x16\x03\x01",
            b"PROTOCOL 7",
            b"\r\n\r\n\0\r\nQUIX",
        ] {
            assert_eq!(find(bytes), Found::Nothing, "{bytes:?}");
        }
    }

    #[test]
    fn what_begins_like_a_header_and_is_none_is_garbled() {
        let long = [TEXT_START, &[b'x'; TEXT_MAX]].concat();
        for bytes in [
            b"PROXY \r\n".to_vec(),
            b"PROXY TCP4 ::1 ::1 80 80\r\n".to_vec(),
            b"PROXY TCP4 1.2.3.4 1.2.3.4 x 80\r\n".to_vec(),
            b"PROXY TCP4 1.2.3.4 1.2.3.4 80\r\n".to_vec(),
            b"PROXY \xff\r\n".to_vec(),
            long,
            binary(0x11, 0x11, &[0; 12]),
            binary(0x21, 0x11, &[0; 9]),
            binary(0x21, 0x11, &[0; HEADER_MAX]),
        ] {
            assert_eq!(find(&bytes), Found::Garbled, "{bytes:?}");
        }
    }
}
