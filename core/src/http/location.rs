//! Where a `Location` leads, and what a host is called in a request.
//! Never decides whether to go there.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use crate::io::Origin;

/// What the embedded service is called where a host name is wanted.
pub(super) const EMBEDDED_HOST: &str = "embedded";

/// The value of `Host` for requests to `origin`.
pub(super) fn host_field(origin: &Origin) -> Cow<'_, str> {
    match origin {
        Origin::Embedded => Cow::Borrowed(EMBEDDED_HOST),
        Origin::Net { host, port, tls } => {
            let is_v6 = host.contains(':');
            let host = if is_v6 {
                Cow::Owned(format!("[{host}]"))
            } else {
                Cow::Borrowed(host.as_str())
            };
            if *port == default_port(*tls) {
                host
            } else {
                Cow::Owned(format!("{host}:{port}"))
            }
        }
    }
}

/// Resolves a `Location` against the origin and path of the request that it answers; gives the new origin and path.
/// `None` if it is none that can be asked: another scheme, a user name, a bad host or port, or a
/// way from the embedded service to the network.
pub(super) fn resolve(origin: &Origin, path: &str, location: &str) -> Option<(Origin, String)> {
    let location = location.split('#').next().unwrap_or_default();
    let (tls, rest) = match scheme(location) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
        Some(_) => return None,
        None => (matches!(origin, Origin::Net { tls: true, .. }), location),
    };
    if let Some(rest) = rest.strip_prefix("//") {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        return Some((find_origin(origin, authority, tls)?, absolute(target)));
    }
    // "https:path" without a host is an old mistake that is not worth a guess.
    let target = (rest.len() == location.len()).then(|| relative(path, location))?;
    Some((origin.clone(), target))
}

const fn default_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

/// Splits off the scheme, if there is one.
fn scheme(location: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = location.split_once(':')?;
    let is_scheme = !scheme.contains(['/', '?']);
    is_scheme.then_some((scheme, rest))
}

/// The origin that an authority (`host`, `host:port`, `[v6]:port`) names.
fn find_origin(asked: &Origin, authority: &str, tls: bool) -> Option<Origin> {
    if *asked == Origin::Embedded {
        return (authority == EMBEDDED_HOST).then_some(Origin::Embedded);
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            host.parse::<Ipv6Addr>().ok()?;
            (host, port)
        }
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            let (host, port) = authority.split_at(end);
            let is_host = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
            if host.is_empty() || !host.bytes().all(is_host) {
                return None;
            }
            (host, port)
        }
    };
    Some(Origin::Net {
        host: host.to_ascii_lowercase(),
        port: match port {
            "" | ":" => default_port(tls),
            port => number(port.strip_prefix(':')?)?,
        },
        tls,
    })
}

fn number(port: &str) -> Option<u16> {
    let digits = port.bytes().all(|b| b.is_ascii_digit());
    let port = port.parse().ok().filter(|port| *port != 0);
    if digits { port } else { None }
}

/// The path of a URL, given what follows its host.
fn absolute(target: &str) -> String {
    if target.starts_with('/') {
        without_dots(target)
    } else {
        format!("/{target}")
    }
}

/// The path that `reference` means on a page whose path is `base`.
fn relative(base: &str, reference: &str) -> String {
    let page = base.split('?').next().unwrap_or_default();
    match reference.as_bytes().first() {
        None => base.into(),
        Some(b'/') => without_dots(reference),
        Some(b'?') => format!("{page}{reference}"),
        Some(_) => {
            let folder = page.rfind('/').map_or("/", |at| &page[..=at]);
            without_dots(&format!("{folder}{reference}"))
        }
    }
}

/// Resolves the `.` and `..` in the path of `target`, which begins with `/`; a query stays as it is.
fn without_dots(target: &str) -> String {
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    // A path that ends in a dot segment names a folder.
    if matches!(path.rsplit('/').next(), Some("." | "..")) {
        segments.push("");
    }
    format!("/{}{query}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(host: &str, port: u16, tls: bool) -> Origin {
        let host = host.into();
        Origin::Net { host, port, tls }
    }

    /// Resolves on a page of imo.im over TLS.
    fn from_page(location: &str) -> Option<(Origin, String)> {
        resolve(&net("imo.im", 443, true), "/a/b?c/d", location)
    }

    #[test]
    fn a_location_without_a_host_stays_at_its_origin() {
        for (location, path) in [
            ("/x", "/x"),
            ("x", "/a/x"),
            ("x?y:z", "/a/x?y:z"),
            ("./x/./y", "/a/x/y"),
            ("../../../x", "/x"),
            ("..", "/"),
            ("x/..", "/a/"),
            ("/x/..?../y", "/?../y"),
            ("?y", "/a/b?y"),
            ("", "/a/b?c/d"),
            ("#top", "/a/b?c/d"),
            ("/x#top", "/x"),
            ("/x//y/", "/x//y/"),
        ] {
            let expected = (net("imo.im", 443, true), path.into());
            assert_eq!(from_page(location), Some(expected), "{location}");
        }
    }

    #[test]
    fn a_location_with_a_host_leads_there() {
        for (location, origin, path) in [
            ("https://o.imo.im/x", net("o.imo.im", 443, true), "/x"),
            ("HTTP://O.Imo.IM", net("o.imo.im", 80, false), "/"),
            ("//h:8443?q", net("h", 8443, true), "/?q"),
            ("http://h:/x", net("h", 80, false), "/x"),
            ("https://[::1]/x", net("::1", 443, true), "/x"),
            ("https://[FE80::1]:444/", net("fe80::1", 444, true), "/"),
        ] {
            assert_eq!(
                from_page(location),
                Some((origin, path.into())),
                "{location}"
            );
        }
    }

    #[test]
    fn other_locations_are_refused() {
        for location in [
            "ftp://h/",
            "javascript:alert(1)",
            "https:x",
            "https:///x",
            "https://user@h/",
            "https://h:0/",
            "https://h:65536/",
            "https://h:+1/",
            "https://[::1/",
            "https://[1.2.3.4]/",
            "https://[::1]x/",
            "https://h h/",
            "https://\u{fc}/",
        ] {
            assert_eq!(from_page(location), None, "{location}");
        }
    }

    #[test]
    fn the_embedded_service_cannot_send_anyone_to_the_network() {
        let resolve = |location| resolve(&Origin::Embedded, "/", location);
        assert_eq!(resolve("imo"), Some((Origin::Embedded, "/imo".into())));
        let own = Some((Origin::Embedded, "/x".into()));
        assert_eq!(resolve("http://embedded/x"), own);
        assert_eq!(resolve("//embedded/x"), own);
        assert_eq!(resolve("http://127.0.0.1/x"), None);
        assert_eq!(resolve("http://embedded:80/x"), None);
    }

    #[test]
    fn the_host_field_names_the_port_where_it_is_not_the_usual_one() {
        for (origin, field) in [
            (Origin::Embedded, "embedded"),
            (net("h", 443, true), "h"),
            (net("h", 80, false), "h"),
            (net("h", 80, true), "h:80"),
            (net("::1", 8080, false), "[::1]:8080"),
            (net("::1", 80, false), "[::1]"),
        ] {
            assert_eq!(host_field(&origin), field);
        }
    }
}
