//! The cookies of a response in a jar.
//! Never knows how one is read.

use imo2sproxy_core::http::Response;
use imo2sproxy_core::http::cookies::{COOKIE_BYTES_MAX, COOKIES_MAX, CookieJar};
use imo2sproxy_core::io::Origin;
use imo2sproxy_core::time::UnixTime;

/// A time within the years that dates in cookies name.
const NOW: UnixTime = UnixTime::from_seconds(1_341_999_000);

/// Puts all cookies of `response` into a jar, as set by a page of a host, over TLS or not.
///
/// # Panics
/// If the jar holds too much; if what it shows could end a line or depends on whether a cookie came twice;
/// if it shows anything to a foreign host, or to anybody a cookie that is too long.
pub(super) fn check(response: &Response, tls: bool) {
    let home = host("www.imo.example", tls);
    let path = "/a/b?c/d";
    let mut jar = CookieJar::new();
    for cookie in response.headers.all("Set-Cookie") {
        jar.store(NOW, &home, path, cookie);
        check_one(&home, path, cookie);
    }
    assert!(jar.len() <= COOKIES_MAX);
    let before = shown_one_by_one(&jar, &home, path);
    if jar.len() < COOKIES_MAX {
        for cookie in response.headers.all("Set-Cookie") {
            jar.store(NOW, &home, path, cookie);
        }
        let after = shown_one_by_one(&jar, &home, path);
        assert_eq!(after, before, "twice is not as once");
    }
    for foreign in ["example", "other.example", "ximo.example"] {
        assert_eq!(shown(&jar, &host(foreign, true), path), None, "{foreign}");
    }
}

/// What is said about a single cookie.
fn check_one(home: &Origin, path: &str, cookie: &str) {
    let mut jar = CookieJar::new();
    jar.store(NOW, home, path, cookie);
    let Some(field) = shown(&jar, home, path) else {
        return;
    };
    assert!(cookie.len() <= COOKIE_BYTES_MAX);
    assert!(!field.contains(char::is_control), "{field:?}");
    let (name, value) = field.split_once('=').expect("a name and a value");
    assert!(cookie.contains(name) && cookie.contains(value) && !value.contains(';'));
    let secure = |attribute: &str| attribute.trim().eq_ignore_ascii_case("secure");
    if cookie.split(';').skip(1).any(secure) {
        let plain = host("www.imo.example", false);
        assert_eq!(shown(&jar, &plain, path), None, "secure, and shown to all");
    }
}

/// What is shown, without the order: a cookie that is taken away and set again is younger than it was.
fn shown_one_by_one(jar: &CookieJar, origin: &Origin, path: &str) -> Vec<String> {
    let field = shown(jar, origin, path).unwrap_or_default();
    let mut cookies: Vec<String> = field.split("; ").map(str::to_owned).collect();
    cookies.sort();
    cookies
}

fn shown(jar: &CookieJar, origin: &Origin, path: &str) -> Option<String> {
    let field = jar.field(NOW, origin, path);
    field.map(|field| field.reveal().to_owned())
}

fn host(name: &str, tls: bool) -> Origin {
    Origin::Net {
        host: name.to_owned(),
        port: if tls { 443 } else { 80 },
        tls,
    }
}
