use alloc::format;
use alloc::string::{String, ToString};

use super::*;

const NOW: UnixTime = UnixTime::from_seconds(1_000_000_000);

fn net(host: &str, tls: bool) -> Origin {
    let (host, port) = (host.into(), if tls { 443 } else { 80 });
    Origin::Net { host, port, tls }
}

/// A jar in which `https://www.imo.im/a/b` has set these.
fn jar(set: &[&str]) -> CookieJar {
    let mut jar = CookieJar::new();
    for text in set {
        jar.store(NOW, &net("www.imo.im", true), "/a/b?c", text);
    }
    jar
}

fn shown(jar: &CookieJar, origin: &Origin, path: &str) -> String {
    let field = jar.field(NOW, origin, path);
    field.map_or_else(String::new, |field| field.reveal().to_string())
}

#[test]
fn a_cookie_goes_back_to_the_host_and_folder_it_came_from() {
    let jar = jar(&["a=1"]);
    for (host, path, expected) in [
        ("www.imo.im", "/a/b", "a=1"),
        ("www.imo.im", "/a", "a=1"),
        ("www.imo.im", "/a/x/y?z", "a=1"),
        ("www.imo.im", "/ab", ""),
        ("www.imo.im", "/", ""),
        ("imo.im", "/a/b", ""),
        ("x.www.imo.im", "/a/b", ""),
        ("wwwximo.im", "/a/b", ""),
    ] {
        assert_eq!(
            shown(&jar, &net(host, true), path),
            expected,
            "{host}{path}"
        );
    }
}

#[test]
fn a_domain_widens_a_cookie_to_the_hosts_below_it() {
    let jar = jar(&["a=1; Domain=.IMO.im; Path=/"]);
    for (host, expected) in [
        ("www.imo.im", "a=1"),
        ("imo.im", "a=1"),
        ("x.y.imo.im", "a=1"),
        ("ximo.im", ""),
        ("im", ""),
    ] {
        assert_eq!(shown(&jar, &net(host, true), "/"), expected, "{host}");
    }
}

#[test]
fn a_domain_that_does_not_cover_the_host_is_refused() {
    for domain in [
        "im",
        "o.imo.im",
        "mo.im",
        "x.www.imo.im",
        "example.org",
        ".",
    ] {
        let jar = jar(&[&format!("a=1; Domain={domain}")]);
        assert_eq!(jar.is_empty(), domain != ".", "{domain}");
    }
    for (host, domain, stored) in [
        ("localhost", "localhost", true),
        ("127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "0.0.1", false),
        ("::1", "1", false),
    ] {
        let mut jar = CookieJar::new();
        jar.store(NOW, &net(host, true), "/", &format!("a=1; Domain={domain}"));
        assert_eq!(!jar.is_empty(), stored, "{host} {domain}");
        assert_eq!(shown(&jar, &net(&format!("x.{host}"), true), "/"), "");
    }
}

#[test]
fn a_secure_cookie_is_set_and_shown_over_tls_only() {
    let mut jar = jar(&["a=1; Path=/; Secure; HttpOnly"]);
    let plain = net("www.imo.im", false);
    jar.store(NOW, &plain, "/", "b=2; Secure");
    jar.store(NOW, &plain, "/", "a=stolen; Path=/");
    assert_eq!(shown(&jar, &plain, "/"), "");
    assert_eq!(shown(&jar, &net("www.imo.im", true), "/"), "a=1");
}

#[test]
fn a_cookie_lives_until_it_expires() {
    for (attributes, seconds) in [
        ("Max-Age=10", Some(10)),
        ("Max-Age=10; Max-Age=no", Some(10)),
        ("Expires=Sun, 09 Sep 2001 01:46:45 GMT", Some(5)),
        (
            "Expires=Sun, 09 Sep 2001 01:46:45 GMT; Max-Age=10",
            Some(10),
        ),
        (
            "Max-Age=10; Expires=Sun, 09 Sep 2001 01:46:45 GMT",
            Some(10),
        ),
        ("Expires=soon", None),
        ("Max-Age=99999999999999999999999", None),
    ] {
        let jar = jar(&[&format!("a=1; Path=/; {attributes}")]);
        let shown_after = |seconds: u64| {
            let now = UnixTime::from_seconds(NOW.as_seconds() + seconds);
            jar.field(now, &net("www.imo.im", true), "/").is_some()
        };
        assert!(shown_after(0), "{attributes}");
        match seconds {
            Some(seconds) => {
                assert!(shown_after(seconds - 1), "{attributes}");
                assert!(!shown_after(seconds), "{attributes}");
            }
            None => assert!(shown_after(1_000_000_000), "{attributes}"),
        }
    }
}

#[test]
fn a_cookie_that_is_set_again_is_replaced_and_one_set_in_the_past_is_removed() {
    let mut jar = jar(&["a=1; Path=/", "b=2; Path=/", "a=3; Path=/"]);
    let origin = net("www.imo.im", true);
    assert_eq!(shown(&jar, &origin, "/"), "a=3; b=2");
    jar.store(NOW, &origin, "/", "a=; Path=/; Max-Age=0");
    jar.store(
        NOW,
        &origin,
        "/",
        "b=; Path=/; Expires=Thu, 01-Jan-70 00:00:00 GMT",
    );
    jar.store(NOW, &origin, "/", "c=4; Max-Age=-1");
    assert!(jar.is_empty());
}

#[test]
fn the_cookie_with_the_longer_path_comes_first() {
    let jar = jar(&[
        "a=1; Path=/",
        "b=2; Path=/a/b",
        "c=3; Path=/a",
        "d=x=y; Path=no",
    ]);
    let origin = net("www.imo.im", true);
    assert_eq!(shown(&jar, &origin, "/a/b"), "b=2; c=3; d=x=y; a=1");
}

#[test]
fn what_is_no_cookie_is_not_stored() {
    let long = format!("a={}", "x".repeat(COOKIE_BYTES_MAX - 1));
    for text in ["", "a", "=1", " =1", "a b=1", "a=\u{1}", "\u{e9}=1", &long] {
        assert!(jar(&[text]).is_empty(), "{text:?}");
    }
    assert_eq!(jar(&[&long[1..], &long[..COOKIE_BYTES_MAX]]).len(), 1);
}

#[test]
fn a_full_jar_drops_the_expired_and_then_the_oldest() {
    let mut jar = jar(&["c1=1; Path=/", "brief=1; Max-Age=5"]);
    let origin = net("www.imo.im", true);
    for n in 2..COOKIES_MAX {
        jar.store(NOW, &origin, "/", &format!("c{n}={n}"));
    }
    let later = UnixTime::from_seconds(NOW.as_seconds() + 5);
    jar.store(later, &origin, "/", "last=1");
    assert_eq!(jar.len(), COOKIES_MAX);
    assert!(shown(&jar, &origin, "/").starts_with("c1=1; "));
    jar.store(later, &origin, "/", "more=1");
    assert_eq!(jar.len(), COOKIES_MAX);
    assert!(shown(&jar, &origin, "/").starts_with("c2=2; "));
}

#[test]
fn the_embedded_service_has_cookies_of_its_own() {
    let mut jar = CookieJar::new();
    jar.store(NOW, &Origin::Embedded, "/imo", "a=1; Secure");
    assert_eq!(shown(&jar, &Origin::Embedded, "/imo"), "a=1");
    assert_eq!(shown(&jar, &net("imo.im", true), "/imo"), "");
}

#[test]
fn values_are_not_shown() {
    let text = format!("{:?}", jar(&["name=hidden"]));
    assert!(text.contains("name") && !text.contains("hidden"));
}
