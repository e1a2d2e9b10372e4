//! One request of a lane: what every request carries, and what a redirect makes of it.
//! Never sends anything.

use super::{LaneError, Ticket};
use crate::http::cookies::CookieJar;
use crate::http::{Headers, Method, Request, Response, location};
use crate::io::Origin;
use crate::secret::wipe;
use crate::time::UnixTime;

/// How long names and values of the fields that each request has are, as a rule.
const COMMON_BYTES: usize = 128;

const USER_AGENT: &str = concat!("imo2sproxy/", env!("CARGO_PKG_VERSION"));

pub(super) struct Job {
    pub(super) ticket: Ticket,
    pub(super) request: Request,
    /// Where it goes to; redirects change that.
    pub(super) origin: Origin,
    pub(super) redirects: usize,
    /// It goes to no other origin.
    pub(super) stays: bool,
}

impl Job {
    /// The fields that each request has, and the cookies for this one.
    pub(super) fn common_fields(&self, now: UnixTime, jar: &CookieJar) -> Headers {
        let mut fields = Headers::with_room(4, COMMON_BYTES);
        fields.push("Host", &location::host_field(&self.origin));
        fields.push("User-Agent", USER_AGENT);
        fields.push("Accept-Encoding", "identity");
        jar.push_field(now, &self.origin, &self.request.path, &mut fields);
        fields
    }

    /// Turns the request into the one that a redirect asks for; false if `response` is none.
    pub(super) fn follow(
        &mut self,
        response: &Response,
        redirects_max: usize,
    ) -> Result<bool, LaneError> {
        let status = response.status;
        let target = match (status, response.headers.get("Location")) {
            (301 | 302 | 303 | 307 | 308, Some(target)) => target,
            (_, Some(_) | None) => return Ok(false),
        };
        if self.redirects == redirects_max {
            return Err(LaneError::TooManyRedirects);
        }
        let (origin, path) = location::resolve(&self.origin, &self.request.path, target)
            .ok_or(LaneError::BadLocation)?;
        if is_tls(&self.origin) && !is_tls(&origin) {
            return Err(LaneError::Downgrade);
        }
        if (self.stays || self.request.method == Method::Post) && origin != self.origin {
            return Err(LaneError::OtherOrigin);
        }
        let becomes_get = match self.request.method {
            Method::Post => matches!(status, 301..=303),
            Method::Get | Method::Head => false,
            Method::Other(_) => status == 303,
        };
        if becomes_get {
            self.request.method = Method::Get;
            self.request.headers.remove("Content-Type");
            wipe(core::mem::take(&mut self.request.body));
        }
        self.redirects += 1;
        self.origin = origin;
        self.request.path = path.into();
        Ok(true)
    }
}

impl Drop for Job {
    /// What was posted may hold a password.
    fn drop(&mut self) {
        wipe(core::mem::take(&mut self.request.body));
    }
}

const fn is_tls(origin: &Origin) -> bool {
    matches!(origin, Origin::Net { tls: true, .. })
}
