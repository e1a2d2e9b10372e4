//! The limits of a machine by their names: as they stand in the header of a trace, and for whoever sets one.
//! Never leaves one out: a trace is replayed with the limits that it was recorded with.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::Limits;

/// A wait in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Millis(u64);

impl From<Duration> for Millis {
    fn from(wait: Duration) -> Self {
        Self(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
    }
}

impl From<Millis> for Duration {
    fn from(wait: Millis) -> Self {
        Self::from_millis(wait.0)
    }
}

/// The form of [`Limits`]: its fields by their names, numbers as they are and waits in milliseconds. A field that an
/// older version did not know has its default; one that this version does not know is refused.
macro_rules! limits_form {
    (numbers { $($number:ident: $type:ty,)+ } waits { $($wait:ident,)+ }) => {
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(super) struct LimitsForm {
            $($number: $type,)+
            $($wait: Millis,)+
        }

        impl From<Limits> for LimitsForm {
            fn from(limits: Limits) -> Self {
                let Limits { $($number,)+ $($wait,)+ } = limits;
                Self { $($number,)+ $($wait: $wait.into(),)+ }
            }
        }

        impl From<LimitsForm> for Limits {
            fn from(form: LimitsForm) -> Self {
                let LimitsForm { $($number,)+ $($wait,)+ } = form;
                Self { $($number,)+ $($wait: $wait.into(),)+ }
            }
        }

        impl Limits {
            /// The names of all limits that are counts or sizes.
            pub const NUMBERS: &[&str] = &[$(stringify!($number),)+];
            /// The names of all limits that are waits.
            pub const WAITS: &[&str] = &[$(stringify!($wait),)+];

            /// Sets one of [`Limits::NUMBERS`]. False if there is none of that name, or it cannot be so large.
            #[must_use]
            pub fn set_number(&mut self, name: &str, value: u64) -> bool {
                match name {
                    $(stringify!($number) => value.try_into().map(|value| self.$number = value).is_ok(),)+
                    _ => false,
                }
            }

            /// One of [`Limits::NUMBERS`].
            #[must_use]
            pub fn number(&self, name: &str) -> Option<u64> {
                match name {
                    $(stringify!($number) => self.$number.try_into().ok(),)+
                    _ => None,
                }
            }

            /// One of [`Limits::WAITS`].
            pub fn wait_mut(&mut self, name: &str) -> Option<&mut Duration> {
                match name {
                    $(stringify!($wait) => Some(&mut self.$wait),)+
                    _ => None,
                }
            }
        }
    };
}

impl Default for LimitsForm {
    fn default() -> Self {
        Limits::default().into()
    }
}

limits_form! {
    numbers {
    frame_bytes_before_login: usize,
    frame_bytes: usize,
    body_bytes: usize,
    calls_waiting: usize,
    call_bytes_waiting: usize,
    unsent_bytes_soft: usize,
    unsent_bytes: usize,
    head_bytes: usize,
    response_bytes: usize,
    request_bytes: usize,
    redirects: usize,
    messages_kept: usize,
    messages_cached: usize,
    unread_messages: usize,
    session_events: usize,
    mids: usize,
    account_bytes: usize,
    contacts: usize,
    chats: usize,
    cursors: usize,
    contact_groups: usize,
    text_bytes: usize,
    groups: usize,
    group_members: usize,
    search_results: usize,
    session_requests: usize,
    request_calls: usize,
    calls: usize,
    calls_kept: usize,
    avatar_bytes: usize,
    request_changes: u64,
    avatars_cached: usize,
    fetches: usize,
    sessions: usize,
    logins: usize,
    unauthenticated: usize,
    unauthenticated_per_address: usize,
    unauthenticated_bytes: usize,
    login_failures: usize,
    lockouts: usize,
    guests: usize,
    files: usize,
    }
    waits {
    login_window,
    lockout_first,
    lockout_last,
    guest_wait,
    guest_linger,
    guess_wait,
    login_wait,
    slot_wait,
    keep_alive_every,
    notice_wait,
    roster_wait,
    client_stall,
    poll_wait,
    request_wait,
    fetch_wait,
    backoff_first,
    backoff_last,
    activity_every,
    result_wait,
    ring_wait,
    http_idle,
    drain_wait,
    }
}
