//! The proxies that `--proxy` or the environment names.
//! Never shows a URL, which may hold a password: what is wrong is told beside the name of the option or the variable.

use std::sync::Arc;

use imo2sproxy::via::{Credentials, Exceptions, ProxyKind, ProxyServer, Ways};
use imo2sproxy_core::secret::Secret;
use percent_encoding::percent_decode_str;

use crate::failure::{Failure, note};
use crate::server_url::{parse_host, parse_port, split_port};

/// Where the environment names the proxy for services with TLS, for those without, and for both; the first that is set and
/// not empty counts.
const SECURE_NAMES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const PLAIN_NAMES: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
const EXCEPTION_NAMES: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// What is wrong with the URL of a proxy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ProxyUrlError {
    /// It begins with none of the schemes that are spoken.
    Scheme,
    /// Its user name or password cannot be told to such a proxy.
    Credentials,
    /// Its host is none, or its port.
    Place,
    /// Something stands behind host and port.
    Path,
}

impl ProxyUrlError {
    /// The error in words, to stand behind the name of whatever holds the URL.
    const fn explain(self) -> &'static str {
        match self {
            Self::Scheme => {
                "write http://HOST:PORT or socks5://HOST:PORT, with USER:PASSWORD@ before the host if the proxy wants that"
            }
            Self::Credentials => {
                "user name and password may have 255 bytes each, with %XX for special characters; over http:// the name has \
                 no colon, over socks5:// it is not empty"
            }
            Self::Place => {
                "its host must be a name or an address, an IPv6 one in brackets, and its port a number from 1 to 65535"
            }
            Self::Path => "nothing may stand behind host and port",
        }
    }
}

/// The ways to services: through the proxy of `option`, if it is given, else through those of the environment, of which
/// `variable` gives the values.
///
/// # Errors
/// If one of the URLs is none that can be used: to go straight then would show the service's address to those from whom the
/// proxy was to hide it.
pub(crate) fn ways(
    option: Option<Secret>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Ways, Failure> {
    if let Some(url) = option {
        let (ways, secret) =
            through(&url).map_err(|why| Failure::usage(format!("--proxy: {why}")))?;
        if secret {
            note(
                "warning: others on this machine can see the proxy's password on the command line; the environment variable HTTPS_PROXY keeps it private",
            );
        }
        return Ok(ways);
    }
    let first = |names: &[&'static str]| {
        names.iter().find_map(|name| {
            let value = variable(name).filter(|value| !value.is_empty())?;
            Some((*name, Secret::new(value)))
        })
    };
    let proxy = |names: &[&'static str]| match first(names) {
        None => Ok(None),
        Some((name, url)) => match parse(url.reveal(), true) {
            Ok(proxy) => Ok(Some(Arc::new(proxy))),
            Err(error) => Err(Failure::usage(format!(
                "environment variable {name}: {}",
                error.explain()
            ))),
        },
    };
    let exceptions = first(&EXCEPTION_NAMES);
    Ok(Ways {
        secure: proxy(&SECURE_NAMES)?,
        plain: proxy(&PLAIN_NAMES)?,
        exceptions: Exceptions::of_list(exceptions.as_ref().map_or("", |(_, list)| list.reveal())),
        ..Ways::straight()
    })
}

/// The ways through one proxy, and whether its URL holds a password.
///
/// # Errors
/// If it is no URL of a proxy; in words to stand behind the name of whatever holds it.
pub(crate) fn through(url: &Secret) -> Result<(Ways, bool), &'static str> {
    let proxy = parse(url.reveal(), false).map_err(ProxyUrlError::explain)?;
    let secret = proxy.credentials.is_some();
    Ok((Ways::all_through(proxy), secret))
}

/// Reads `http://` or `socks5://` (also as `socks5h://`), perhaps `USER[:PASSWORD]@`, a host, and perhaps a port; the usual
/// ones are 80 and 1080. A `bare` one may leave out the scheme, as is common in the environment, and speaks HTTP then.
fn parse(text: &str, bare: bool) -> Result<ProxyServer, ProxyUrlError> {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None if bare => ("http".into(), text),
        None => return Err(ProxyUrlError::Scheme),
    };
    let (kind, usual_port) = match scheme.as_str() {
        "http" => (ProxyKind::Http, 80),
        "socks5" | "socks5h" => (ProxyKind::Socks5, 1080),
        _ => return Err(ProxyUrlError::Scheme),
    };
    // A password that is written as it is may hold anything but `@`, which is why the last one counts.
    let (credentials, place) = match rest.rsplit_once('@') {
        Some((credentials, place)) => (Some(credentials), place),
        None => (None, rest),
    };
    let place = place.strip_suffix('/').unwrap_or(place);
    if place.contains(['/', '?', '#']) {
        return Err(ProxyUrlError::Path);
    }
    let (host, port) = split_port(place).map_err(|_| ProxyUrlError::Place)?;
    let port = match port {
        Some(digits) => parse_port(digits).map_err(|_| ProxyUrlError::Place)?,
        None => usual_port,
    };
    Ok(ProxyServer {
        kind,
        host: parse_host(host).map_err(|_| ProxyUrlError::Place)?,
        port,
        credentials: credentials
            .map(|text| parse_credentials(kind, text))
            .transpose()?,
    })
}

fn parse_credentials(kind: ProxyKind, text: &str) -> Result<Credentials, ProxyUrlError> {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    let decode = |part| {
        let decoded = percent_decode_str(part).decode_utf8();
        decoded.map_err(|_| ProxyUrlError::Credentials)
    };
    let password = Secret::new(decode(password)?.into_owned());
    Credentials::new(kind, decode(user)?.into_owned(), password).ok_or(ProxyUrlError::Credentials)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(kind: ProxyKind, host: &str, port: u16, login: Option<(&str, &str)>) -> ProxyServer {
        let credentials = login.map(|(user, password)| {
            Credentials::new(kind, user.into(), Secret::from(password)).unwrap()
        });
        ProxyServer {
            kind,
            host: host.into(),
            port,
            credentials,
        }
    }

    #[test]
    fn a_url_names_kind_place_and_user() {
        use ProxyKind::{Http, Socks5};
        for (text, expected) in [
            ("http://p", server(Http, "p", 80, None)),
            (
                "HTTP://Proxy.Example:3128/",
                server(Http, "proxy.example", 3128, None),
            ),
            ("socks5://p", server(Socks5, "p", 1080, None)),
            ("socks5h://p:9", server(Socks5, "p", 9, None)),
            (
                "socks5://[2001:DB8::1]:9",
                server(Socks5, "2001:db8::1", 9, None),
            ),
            ("http://[::1]", server(Http, "::1", 80, None)),
            (
                "http://me:open@p:1",
                server(Http, "p", 1, Some(("me", "open"))),
            ),
            ("http://me@p:1", server(Http, "p", 1, Some(("me", "")))),
            ("http://:x@p:1", server(Http, "p", 1, Some(("", "x")))),
            (
                "socks5://m%C3%A9:a%3Ab%40c:d@p:1",
                server(Socks5, "p", 1, Some(("m\u{e9}", "a:b@c:d"))),
            ),
            (
                "socks5://me:a/b?c#d@e@p:1",
                server(Socks5, "p", 1, Some(("me", "a/b?c#d@e"))),
            ),
        ] {
            assert_eq!(parse(text, false), Ok(expected), "{text}");
        }
        assert_eq!(parse("p:3128", true), Ok(server(Http, "p", 3128, None)));
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        use ProxyUrlError::{Credentials, Path, Place, Scheme};
        for (text, error) in [
            ("", Scheme),
            ("p:3128", Scheme),
            ("https://p:1", Scheme),
            ("socks4://p:1", Scheme),
            ("http://", Place),
            ("http://p:0", Place),
            ("http://p:x", Place),
            ("http://::1", Place),
            ("http://a b", Place),
            ("http://p/path", Path),
            ("http://p?query", Path),
            ("http://a%3Ab:c@p", Credentials),
            ("socks5://:c@p", Credentials),
            ("http://me:%FF@p", Credentials),
        ] {
            assert_eq!(parse(text, false), Err(error), "{text}");
        }
    }

    fn of_environment(variables: &[(&str, &str)]) -> Result<Ways, Failure> {
        ways(None, |name| {
            let set = variables.iter().find(|(own, _)| *own == name)?;
            Some(set.1.into())
        })
    }

    #[test]
    fn the_environment_names_a_proxy_for_each_kind_of_service() {
        let through = |variables: &[(&str, &str)], tls| {
            let ways = of_environment(variables).unwrap();
            let proxy = ways.to("imo.example", 1, tls)?;
            Some(proxy.host.clone())
        };
        for (variables, secure, plain) in [
            (&[][..], None, None),
            (&[("HTTPS_PROXY", "http://a")], Some("a"), None),
            (&[("HTTP_PROXY", "http://a")], None, Some("a")),
            (&[("ALL_PROXY", "socks5://a")], Some("a"), Some("a")),
            (&[("all_proxy", "a:3128")], Some("a"), Some("a")),
            (
                &[("https_proxy", "http://a"), ("HTTPS_PROXY", "http://b")],
                Some("a"),
                None,
            ),
            (
                &[("https_proxy", ""), ("HTTPS_PROXY", "http://b")],
                Some("b"),
                None,
            ),
            (
                &[("HTTPS_PROXY", "http://a"), ("ALL_PROXY", "http://b")],
                Some("a"),
                Some("b"),
            ),
            (
                &[("ALL_PROXY", "http://b"), ("NO_PROXY", "imo.example")],
                None,
                None,
            ),
            (&[("ALL_PROXY", "http://b"), ("no_proxy", "*")], None, None),
        ] {
            assert_eq!(through(variables, true).as_deref(), secure, "{variables:?}");
            assert_eq!(through(variables, false).as_deref(), plain, "{variables:?}");
        }
    }

    #[test]
    fn this_machine_is_reached_straight_unless_the_option_says_otherwise() {
        let ways_of_environment = of_environment(&[("ALL_PROXY", "http://b")]).unwrap();
        let option = Some(Secret::from("http://b"));
        let ways_of_option = ways(option, |_| Some("*".into())).unwrap();
        for host in ["localhost", "127.0.0.1", "::1"] {
            assert!(ways_of_environment.to(host, 1, true).is_none());
            assert!(ways_of_option.to(host, 1, true).is_some());
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_told_without_its_password() {
        let told = |result: Result<Ways, Failure>| match result {
            Err(Failure::Usage(line)) => line,
            other => panic!("{other:?}"),
        };
        let line = told(of_environment(&[("ALL_PROXY", "https://me:sesame@p")]));
        assert!(
            line.starts_with("environment variable ALL_PROXY: "),
            "{line}"
        );
        assert!(!line.contains("sesame"), "{line}");
        let option = Some(Secret::from("https://me:sesame@p"));
        let line = told(ways(option, |_| None));
        assert!(line.starts_with("--proxy: write http://"), "{line}");
        assert!(!line.contains("sesame"), "{line}");
    }
}
