//! The base URL of a service, as `--server` takes it.
//! Never asks the network: whether somebody answers there shows later.

use std::net::{Ipv4Addr, Ipv6Addr};

use imo2sproxy_core::config::{DialectKind, Upstream};
use imo2sproxy_core::io::Origin;

/// What is wrong with a URL.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum UrlError {
    /// It begins with neither of the two schemes.
    Scheme,
    /// It carries a user name or a password.
    Credentials,
    /// Its host is none.
    Host,
    /// Its port is none.
    Port,
    /// It has a query or a fragment, or a character that no path has.
    Path,
}

impl UrlError {
    /// The error in words, to stand behind the URL.
    pub(crate) const fn explain(self) -> &'static str {
        match self {
            Self::Scheme => "write https://HOST/, http://HOST/ or embedded",
            Self::Credentials => "leave out what stands before the @",
            Self::Host => {
                "its host must be a name (letters, digits, '-', '.') or an address, an IPv6 one in brackets"
            }
            Self::Port => "its port must be a number from 1 to 65535",
            Self::Path => {
                "its path must be printable ASCII without '?' and '#'; write other characters as %XX"
            }
        }
    }
}

/// Reads `embedded`, `https://HOST[:PORT][/PATH]` or `http://HOST[:PORT][/PATH]`. A path without a final `/`
/// gets one, since calls go below it.
///
/// # Errors
/// If it is none of these.
pub(crate) fn parse(text: &str) -> Result<Upstream, UrlError> {
    if text == "embedded" {
        return Ok(Upstream::embedded());
    }
    let (scheme, rest) = text.split_once("://").ok_or(UrlError::Scheme)?;
    let tls = match scheme.to_ascii_lowercase().as_str() {
        "https" => true,
        "http" => false,
        _ => return Err(UrlError::Scheme),
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err(UrlError::Credentials);
    }
    let (host, port) = split_port(authority)?;
    let port = match port {
        Some(digits) => parse_port(digits)?,
        None if tls => 443,
        None => 80,
    };
    let origin = Origin::Net {
        host: parse_host(host)?,
        port,
        tls,
    };
    let path = parse_path(path)?;
    Ok(Upstream {
        origin,
        path,
        dialect: DialectKind::default(),
    })
}

/// True if what goes there can be read on the way: no TLS, and not to this machine itself.
pub(crate) fn is_readable_on_the_way(upstream: &Upstream) -> bool {
    match &upstream.origin {
        Origin::Embedded => false,
        Origin::Net { host, tls, .. } => {
            let loopback = host == "localhost"
                || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
                || host.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback());
            !tls && !loopback
        }
    }
}

/// Splits at the colon before the port; the colons inside the brackets of an IPv6 address do not count.
///
/// # Errors
/// If what stands behind the host is no port.
pub(crate) fn split_port(authority: &str) -> Result<(&str, Option<&str>), UrlError> {
    let host_end = if authority.starts_with('[') {
        authority.find(']').ok_or(UrlError::Host)? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, rest) = authority.split_at(host_end);
    if rest.is_empty() {
        return Ok((host, None));
    }
    let port = rest.strip_prefix(':').ok_or(UrlError::Host)?;
    if port.contains(':') {
        return Err(UrlError::Host);
    }
    Ok((host, Some(port)))
}

/// The number of a port.
///
/// # Errors
/// If it is none from 1 to 65535.
pub(crate) fn parse_port(digits: &str) -> Result<u16, UrlError> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(UrlError::Port);
    }
    match digits.parse() {
        Ok(0) | Err(_) => Err(UrlError::Port),
        Ok(port) => Ok(port),
    }
}

/// The host in lower case and without brackets.
///
/// # Errors
/// If it is neither a name nor an address.
pub(crate) fn parse_host(host: &str) -> Result<String, UrlError> {
    if let Some(literal) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        let address: Ipv6Addr = literal.parse().map_err(|_| UrlError::Host)?;
        return Ok(address.to_string());
    }
    let label_is_valid = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    if host.len() > 253 || !host.split('.').all(label_is_valid) {
        return Err(UrlError::Host);
    }
    // Where the last label is a number the whole is an address, and resolvers guess at half a one.
    let last_is_number = host
        .rsplit('.')
        .next()
        .is_some_and(|label| label.bytes().all(|byte| byte.is_ascii_digit()));
    if last_is_number && host.parse::<Ipv4Addr>().is_err() {
        return Err(UrlError::Host);
    }
    Ok(host.to_ascii_lowercase())
}

fn parse_path(path: &str) -> Result<String, UrlError> {
    if !path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'?' && byte != b'#')
    {
        return Err(UrlError::Path);
    }
    let mut path = path.to_owned();
    if !path.ends_with('/') {
        path.push('/');
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(host: &str, port: u16, tls: bool, path: &str) -> Upstream {
        Upstream {
            origin: Origin::Net {
                host: host.into(),
                port,
                tls,
            },
            path: path.into(),
            dialect: DialectKind::V1,
        }
    }

    #[test]
    fn a_base_url_names_host_port_and_path() {
        for (text, upstream) in [
            ("embedded", Upstream::embedded()),
            ("https://imo.example", net("imo.example", 443, true, "/")),
            ("http://imo.example/", net("imo.example", 80, false, "/")),
            (
                "HTTPS://IMO.Example/V1",
                net("imo.example", 443, true, "/V1/"),
            ),
            ("http://127.0.0.1:8080/", net("127.0.0.1", 8080, false, "/")),
            ("http://[::1]:8080/a/b", net("::1", 8080, false, "/a/b/")),
            (
                "https://[2001:DB8:0::1]",
                net("2001:db8::1", 443, true, "/"),
            ),
            ("http://localhost:1", net("localhost", 1, false, "/")),
        ] {
            assert_eq!(parse(text), Ok(upstream), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        for (text, error) in [
            ("", UrlError::Scheme),
            ("Embedded", UrlError::Scheme),
            ("imo.example", UrlError::Scheme),
            ("ftp://imo.example/", UrlError::Scheme),
            ("https:/imo.example", UrlError::Scheme),
            ("https://me:pw@imo.example/", UrlError::Credentials),
            ("https://", UrlError::Host),
            ("https:///path", UrlError::Host),
            ("https://a..b/", UrlError::Host),
            ("https://b\u{fc}cher.example/", UrlError::Host),
            ("https://a b/", UrlError::Host),
            ("https://127.0.1/", UrlError::Host),
            ("https://256.0.0.1/", UrlError::Host),
            ("https://::1/", UrlError::Host),
            ("https://[::1/", UrlError::Host),
            ("https://[::1]8080/", UrlError::Host),
            ("https://[name]/", UrlError::Host),
            ("https://imo.example:/", UrlError::Port),
            ("https://imo.example:0/", UrlError::Port),
            ("https://imo.example:+80/", UrlError::Port),
            ("https://imo.example:65536/", UrlError::Port),
            ("https://imo.example/?q", UrlError::Path),
            ("https://imo.example?q", UrlError::Path),
            ("https://imo.example/#f", UrlError::Path),
            ("https://imo.example/a b", UrlError::Path),
            ("https://imo.example/a\r\nb", UrlError::Path),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn only_plain_http_to_another_machine_can_be_read_on_the_way() {
        for (text, readable) in [
            ("embedded", false),
            ("https://imo.example/", false),
            ("http://imo.example/", true),
            ("http://192.0.2.1/", true),
            ("http://127.0.0.1/", false),
            ("http://[::1]/", false),
            ("http://localhost/", false),
        ] {
            let upstream = parse(text).unwrap();
            assert_eq!(is_readable_on_the_way(&upstream), readable, "{text}");
        }
    }
}
