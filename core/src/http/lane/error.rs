//! Why a request of a lane has no response.
//! Never says whether it is worth another try.

use crate::http::HttpError;
use crate::io::CloseCause;

/// Why there is no response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LaneError {
    /// The server could not be reached.
    Connect(CloseCause),
    /// The connection ended before the response was whole. The server may have acted on the request.
    Lost(CloseCause),
    /// The server broke HTTP.
    Http(HttpError),
    /// The response was not there in time. The server may have acted on the request.
    TimedOut,
    /// The server sent us on more often than `Limits::redirects`.
    TooManyRedirects,
    /// The server sent us from a TLS connection to one without.
    Downgrade,
    /// The server sent us on to another origin with something that we posted, which is meant for nobody else, or
    /// that we want from nobody else.
    OtherOrigin,
    /// The server sent us where we cannot or may not go.
    BadLocation,
}

impl LaneError {
    /// What went wrong, in words that fit behind "cannot reach HOST: ".
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::Connect(cause) | Self::Lost(cause) => cause.explain(),
            Self::Http(error) => error.explain(),
            Self::TimedOut => "no answer in time",
            Self::TooManyRedirects => "the server redirects without end",
            Self::Downgrade => "the server redirects to an unencrypted page",
            Self::OtherOrigin => {
                "the server redirects to another server, which has to be configured instead"
            }
            Self::BadLocation => "the server redirects to an address that cannot be used",
        }
    }
}
