//! Addresses to listen on: how they are written, which of them others can reach, and taking them.
//! Never accepts a connection.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};

use crate::failure::{Failure, reason};

/// Reads an address: IPv4, IPv6 with or without brackets, or `localhost`.
pub(crate) fn parse_ip(text: &str) -> Option<IpAddr> {
    if text.eq_ignore_ascii_case("localhost") {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    let literal = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .filter(|literal| literal.contains(':'))
        .unwrap_or(text);
    literal.parse().ok()
}

/// Reads `ADDR:PORT`, an IPv6 address in brackets.
pub(crate) fn parse_socket(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.rsplit_once(':')?;
    if ip.contains(':') && !ip.starts_with('[') {
        return None;
    }
    Some(SocketAddr::new(parse_ip(ip)?, port.parse().ok()?))
}

/// True if only this machine can reach it.
pub(crate) fn is_private(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

/// Takes `address`; `remedy` says what to do if somebody else has it.
///
/// # Errors
/// If the system does not give it.
pub(crate) fn listen(address: SocketAddr, remedy: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        Failure::trouble(format!(
            "cannot listen on {address}: {}; {remedy}",
            reason(&error)
        ))
    })
}

/// Where `socket` listens: the real port where 0 was asked for.
///
/// # Errors
/// If the system does not say.
pub(crate) fn of(socket: &TcpListener) -> Result<SocketAddr, Failure> {
    socket.local_addr().map_err(|error| {
        Failure::trouble(format!("cannot ask where we listen: {}", reason(&error)))
    })
}

/// The start-up line of a listener.
///
/// # Errors
/// If the system does not say where it listens.
pub(crate) fn listening(kind: &str, socket: &TcpListener) -> Result<String, Failure> {
    Ok(format!("listening {kind} {}", of(socket)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_all_their_spellings() {
        for (text, ip) in [
            ("127.0.0.1", Some("127.0.0.1")),
            ("::1", Some("::1")),
            ("[::1]", Some("::1")),
            ("LocalHost", Some("127.0.0.1")),
            ("0.0.0.0", Some("0.0.0.0")),
            ("[127.0.0.1]", None),
            ("127.0.0.1:80", None),
            ("example.org", None),
            ("", None),
        ] {
            assert_eq!(parse_ip(text), ip.map(|ip| ip.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_socket_address_has_a_port_and_brackets_around_ipv6() {
        for (text, address) in [
            ("127.0.0.1:8080", Some("127.0.0.1:8080")),
            ("localhost:0", Some("127.0.0.1:0")),
            ("[::]:8443", Some("[::]:8443")),
            ("::1:8443", None),
            ("127.0.0.1", None),
            (":8080", None),
            ("127.0.0.1:65536", None),
        ] {
            assert_eq!(
                parse_socket(text),
                address.map(|address| address.parse().unwrap()),
                "{text}"
            );
        }
    }

    #[test]
    fn only_loopback_is_private_also_in_its_ipv6_spelling() {
        for (text, private) in [
            ("127.0.0.1", true),
            ("127.8.8.8", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("0.0.0.0", false),
            ("::", false),
            ("192.168.0.1", false),
            ("::ffff:192.168.0.1", false),
        ] {
            assert_eq!(is_private(text.parse().unwrap()), private, "{text}");
        }
    }

    #[test]
    fn the_real_port_is_told_where_any_was_asked_for() {
        let socket = listen("127.0.0.1:0".parse().unwrap(), "").unwrap();
        let port = socket.local_addr().unwrap().port();
        assert_ne!(port, 0);
        assert_eq!(
            listening("skypeproxy", &socket),
            Ok(format!("listening skypeproxy 127.0.0.1:{port}"))
        );
    }

    #[test]
    fn a_port_in_use_is_one_line_with_a_remedy() {
        let socket = listen("127.0.0.1:0".parse().unwrap(), "").unwrap();
        let address = socket.local_addr().unwrap();
        assert_eq!(
            listen(address, "choose another with -p").map(|_| ()),
            Err(Failure::Trouble(format!(
                "cannot listen on {address}: address in use; choose another with -p"
            )))
        );
    }
}
