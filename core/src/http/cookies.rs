//! Cookies: what servers asked us to remember, and to whom it may be shown.
//! Never shows a value in `Debug`, and never reads a clock: expiry is judged by the wall time it is given.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

use smallvec::SmallVec;

use super::Headers;
use super::date;
use super::headers::is_token;
use super::location::EMBEDDED_HOST;
use crate::io::Origin;
use crate::secret::Secret;
use crate::time::UnixTime;

/// Most cookies in a jar; one more drives out the oldest.
pub const COOKIES_MAX: usize = 50;
/// Longest `Set-Cookie` value, in bytes; a longer one is not stored.
pub const COOKIE_BYTES_MAX: usize = 4096;

/// The cookies of one account.
#[derive(Clone, Default)]
pub struct CookieJar {
    /// Oldest first.
    cookies: Vec<Cookie>,
}

#[derive(Clone)]
struct Cookie {
    name: String,
    value: Secret,
    /// The host that set it, or the domain it gave.
    domain: String,
    /// Whether hosts below `domain` are to be shown it as well.
    subdomains: bool,
    path: String,
    secure: bool,
    /// `None`: as long as the jar exists.
    expires: Option<UnixTime>,
}

/// Who sets a cookie or asks for one.
struct Place<'a> {
    host: &'a str,
    secure: bool,
    path: &'a str,
}

impl<'a> Place<'a> {
    fn new(origin: &'a Origin, path: &'a str) -> Self {
        // Nobody can listen in within the process.
        let (host, secure) = match origin {
            Origin::Embedded => (EMBEDDED_HOST, true),
            Origin::Net { host, tls, .. } => (host.as_str(), *tls),
        };
        let path = path.split('?').next().unwrap_or_default();
        Self { host, secure, path }
    }
}

impl CookieJar {
    /// An empty jar.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            cookies: Vec::new(),
        }
    }

    /// Stores what a `Set-Cookie` field of a response says, if the sender has the right to say it. `origin` and
    /// `path` are those of the request.
    pub fn store(&mut self, now: UnixTime, origin: &Origin, path: &str, set_cookie: &str) {
        let place = Place::new(origin, path);
        let Some(cookie) = Cookie::parse(now, &place, set_cookie) else {
            return;
        };
        let same = |old: &Cookie| {
            old.name == cookie.name
                && old.domain == cookie.domain
                && old.subdomains == cookie.subdomains
                && old.path == cookie.path
        };
        let old = self.cookies.iter().position(same);
        if old.is_some_and(|at| self.cookies[at].secure && !place.secure) {
            return; // Whoever can tamper with the line must not replace what came over a safe one.
        }
        match (old, cookie.is_expired(now)) {
            (Some(at), true) => drop(self.cookies.remove(at)),
            (Some(at), false) => self.cookies[at] = cookie,
            (None, true) => {}
            (None, false) => {
                self.cookies.retain(|old| !old.is_expired(now));
                if self.cookies.len() == COOKIES_MAX {
                    self.cookies.remove(0);
                }
                self.cookies.push(cookie);
            }
        }
    }

    /// Appends the `Cookie` for a request to `path` of `origin`, if there is something to show.
    pub(super) fn push_field(
        &self,
        now: UnixTime,
        origin: &Origin,
        path: &str,
        fields: &mut Headers,
    ) {
        let place = Place::new(origin, path);
        let shown = self.cookies.iter();
        let shown = shown.filter(|cookie| cookie.is_for(&place) && !cookie.is_expired(now));
        let mut shown: SmallVec<[&Cookie; 4]> = shown.collect();
        if shown.is_empty() {
            return;
        }
        // Those with the longest paths come first, of several the oldest.
        shown.sort_by_key(|cookie| core::cmp::Reverse(cookie.path.len()));
        let separators = core::iter::once("").chain(core::iter::repeat("; "));
        let pieces = separators
            .zip(&shown)
            .flat_map(|(separator, cookie)| [separator, &*cookie.name, "=", cookie.value.reveal()]);
        fields.push_pieces("Cookie", pieces);
    }

    /// The value of `Cookie` for a request to `path` of `origin`; `None` if there is nothing to show.
    #[must_use]
    pub fn field(&self, now: UnixTime, origin: &Origin, path: &str) -> Option<Secret> {
        let mut fields = Headers::new();
        self.push_field(now, origin, path, &mut fields);
        fields.get("Cookie").map(Secret::from)
    }

    /// How many cookies there are, expired ones included.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.cookies.len()
    }

    /// Panics if there are too many.
    pub(crate) fn check_invariants(&self) {
        assert!(self.cookies.len() <= COOKIES_MAX, "the oldest cookie goes");
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }
}

impl fmt::Debug for CookieJar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |cookie: &Cookie| alloc::format!("{}=*** for {}", cookie.name, cookie.domain);
        f.debug_list()
            .entries(self.cookies.iter().map(shown))
            .finish()
    }
}

impl Cookie {
    /// The cookie that `place` may set with this text.
    fn parse(now: UnixTime, place: &Place<'_>, text: &str) -> Option<Self> {
        if text.len() > COOKIE_BYTES_MAX {
            return None;
        }
        let mut parts = text.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let (name, value) = (name.trim_ascii(), value.trim_ascii());
        if !is_token(name) || value.contains(char::is_control) {
            return None;
        }
        let mut cookie = Self {
            name: name.into(),
            value: Secret::from(value),
            domain: place.host.into(),
            subdomains: false,
            path: folder(place.path).into(),
            secure: false,
            expires: None,
        };
        let mut max_age = None;
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            let (key, value) = (key.trim_ascii(), value.trim_ascii());
            // The last of several counts; those that we do not know (HttpOnly among them: there are no scripts
            // here) are skipped.
            if key.eq_ignore_ascii_case("Expires") {
                cookie.expires = date::parse(value).or(cookie.expires);
            } else if key.eq_ignore_ascii_case("Max-Age") {
                max_age = age(value).or(max_age);
            } else if key.eq_ignore_ascii_case("Domain") {
                cookie.set_domain(place.host, value)?;
            } else if key.eq_ignore_ascii_case("Path") && value.starts_with('/') {
                cookie.path = value.into();
            } else if key.eq_ignore_ascii_case("Secure") {
                cookie.secure = true;
            }
        }
        if let Some(seconds) = max_age {
            let expires = now.as_seconds().saturating_add(seconds);
            let expires = if seconds == 0 { 0 } else { expires };
            cookie.expires = Some(UnixTime::from_seconds(expires));
        }
        (place.secure || !cookie.secure).then_some(cookie)
    }

    /// Widens the cookie to a domain that covers `host`; `None` if it may not be that wide.
    fn set_domain(&mut self, host: &str, domain: &str) -> Option<()> {
        let domain = domain.strip_prefix('.').unwrap_or(domain);
        let domain = domain.to_ascii_lowercase();
        if domain.is_empty() || domain == host {
            // A host that names itself may also mean those below it, but not if it is a top-level name.
            self.subdomains = domain.contains('.') && !is_address(host);
            self.domain = host.into();
            return Some(());
        }
        // A name without a dot is a top-level one: it belongs to nobody.
        let allowed = domain.contains('.') && covers(&domain, host) && !is_address(host);
        self.subdomains = true;
        self.domain = domain;
        allowed.then_some(())
    }

    fn is_for(&self, place: &Place<'_>) -> bool {
        let host_fits =
            self.domain == place.host || (self.subdomains && covers(&self.domain, place.host));
        let path_fits = place
            .path
            .strip_prefix(self.path.as_str())
            .is_some_and(|rest| {
                rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/')
            });
        host_fits && path_fits && (place.secure || !self.secure)
    }

    fn is_expired(&self, now: UnixTime) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// Whether `host` lies below `domain`.
fn covers(domain: &str, host: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.ends_with('.'))
}

fn is_address(host: &str) -> bool {
    host.parse::<Ipv4Addr>().is_ok() || host.parse::<Ipv6Addr>().is_ok()
}

/// The path of a cookie that names none: that of the request up to its last `/`.
fn folder(path: &str) -> &str {
    match path.rfind('/') {
        Some(at) if at > 0 => &path[..at],
        Some(_) | None => "/",
    }
}

/// The seconds of a `Max-Age`; those that are negative are zero, which means at once.
fn age(value: &str) -> Option<u64> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let is_negative = digits.len() < value.len();
    // Digits can only fail to be a number by being too many.
    Some(if is_negative {
        0
    } else {
        digits.parse().unwrap_or(u64::MAX)
    })
}

#[cfg(test)]
mod tests;
