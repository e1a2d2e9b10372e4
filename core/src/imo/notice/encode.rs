//! Notices into JSON.
//! Never leaves out a field that old clients need, and never writes one that is absent as `null`.

use alloc::boxed::Box;
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Encoded, EndReason, Incoming, Notice, Outcome, Refusal};
use crate::imo::call::json;
use crate::imo::{PROTO, Primitive, TypingState};

/// An event of the system `im`.
#[derive(Serialize)]
struct Event<'a, T> {
    name: &'static str,
    proto: &'static str,
    uid: &'a str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edata: Option<T>,
}

#[derive(Serialize)]
struct Alias<'a> {
    alias: &'a str,
}

#[derive(Serialize)]
struct Msg<'a> {
    msg: &'a str,
}

#[derive(Serialize)]
struct Buid<'a> {
    buid: &'a str,
}

#[derive(Serialize)]
struct Request<'a> {
    buid: &'a str,
    msg: &'a str,
}

#[derive(Serialize)]
struct Typing<'a> {
    buid: &'a str,
    typing_state: TypingState,
}

#[derive(Serialize)]
struct Failed<'a> {
    method: &'a str,
    seq: u64,
    code: &'a str,
    msg: &'a str,
}

#[derive(Serialize)]
struct Sent<'a> {
    r_name: &'static str,
    buid: &'a str,
    msg: &'a str,
    timestamp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    mid: Option<&'a str>,
}

#[derive(Serialize)]
struct Status<'a> {
    r_name: &'static str,
    primitive: Primitive,
    status: &'a str,
}

#[derive(Serialize)]
struct Answer<'a> {
    request_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<&'a Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Refusal>,
}

#[derive(Serialize)]
struct Kick<'a> {
    buid: &'a str,
    by: &'a str,
}

#[derive(Serialize)]
struct Streams<'a> {
    buid: &'a str,
    is_initiator: bool,
}

#[derive(Serialize)]
struct Ended<'a> {
    buid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<EndReason>,
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct Preferences {
    preferences: [Preference; 1],
}

#[derive(Serialize)]
struct Preference {
    kind: &'static str,
    pref: &'static str,
    value: bool,
}

impl Notice {
    /// The JSON of this notice for the account `uid`.
    #[must_use]
    pub fn encode(&self, uid: &str) -> Encoded {
        let to = Writer { uid };
        match self {
            Self::SignedOn { alias } => to.event("signed_on", Alias { alias }),
            Self::Disconnected { reason } => to.event("disconnect", Msg { msg: reason }),
            Self::Expired => to.bare_event("expired"),
            Self::BuddyAdded(buddies) => to.event("buddy_added", buddies),
            Self::BuddyStatus(buddies) => to.event("buddy_status", buddies),
            Self::BuddyRemoved(buddies) => match buddies.as_slice() {
                // Old clients know no list of one.
                [only] => to.event("buddy_removed", Buid { buid: only }),
                several => {
                    let list: Vec<_> = several.iter().map(|buid| Buid { buid }).collect();
                    to.event("buddy_removed", list)
                }
            },
            Self::BuddyRequest { buddy, text } => to.event(
                "buddy_request",
                Request {
                    buid: buddy,
                    msg: text,
                },
            ),
            Self::Message(message) => message.encode(uid),
            Self::SentElsewhere {
                to: buddy,
                body,
                timestamp,
                mid,
            } => to.reflect(
                "conv",
                Sent {
                    r_name: "send_im",
                    buid: buddy,
                    msg: body,
                    timestamp: *timestamp,
                    mid: mid.as_deref(),
                },
            ),
            Self::StatusElsewhere { primitive, mood } => to.reflect(
                "account",
                Status {
                    r_name: "set_status",
                    primitive: *primitive,
                    status: mood,
                },
            ),
            Self::Icons(icons) => to.event("buddy_icon", icons),
            Self::Kicked { member, by } => to.event("kicked", Kick { buid: member, by }),
            Self::Ringing { buddy, outgoing } => to.call(
                "streams_info",
                Streams {
                    buid: buddy,
                    is_initiator: *outgoing,
                },
            ),
            Self::Answered { buddy } => to.call("answered", Buid { buid: buddy }),
            Self::CallEnded { buddy, reason } => to.call(
                "ended",
                Ended {
                    buid: buddy,
                    reason: *reason,
                },
            ),
            Self::Typing { buddy, state } => to.event(
                "typing",
                Typing {
                    buid: buddy,
                    typing_state: *state,
                },
            ),
            Self::Refused {
                method,
                seq,
                refusal,
            } => to.event(
                "error",
                Failed {
                    method,
                    seq: *seq,
                    code: &refusal.code,
                    msg: &refusal.msg,
                },
            ),
            Self::Result { request_id, result } => from("internal", answer(*request_id, result)),
            Self::Reset => from("reset", json(&Nothing {})),
            Self::AutoAway => {
                let preferences = [Preference {
                    kind: "impref",
                    pref: "auto_away",
                    value: true,
                }];
                from("preference", json(&Preferences { preferences }))
            }
            Self::Unknown => to.bare_event("unknown"),
        }
    }
}

impl Incoming {
    /// The JSON of the notice of this text for the account `uid`.
    #[must_use]
    pub fn encode(&self, uid: &str) -> Encoded {
        Writer { uid }.event("recv_im", self)
    }
}

fn answer(request_id: u64, result: &Result<Outcome, Refusal>) -> Box<RawValue> {
    let (response, error) = match result {
        Ok(outcome) => (Some(outcome), None),
        Err(refusal) => (None, Some(refusal)),
    };
    json(&Answer {
        request_id,
        response,
        error,
    })
}

const fn from(system: &'static str, data: Box<RawValue>) -> Encoded {
    Encoded { system, data }
}

/// Whom an event is for.
#[derive(Clone, Copy)]
struct Writer<'a> {
    uid: &'a str,
}

impl Writer<'_> {
    fn event<T: Serialize>(self, name: &'static str, edata: T) -> Encoded {
        self.write(name, None, Some(edata))
    }

    /// An event about a call: it comes from another part of the service.
    fn call<T: Serialize>(self, name: &'static str, edata: T) -> Encoded {
        let event = self.write(name, Some("call"), Some(edata));
        from("av", event.data)
    }

    fn reflect<T: Serialize>(self, kind: &'static str, edata: T) -> Encoded {
        self.write("reflect", Some(kind), Some(edata))
    }

    fn bare_event(self, name: &'static str) -> Encoded {
        self.write(name, None, None::<Nothing>)
    }

    fn write<T: Serialize>(
        self,
        name: &'static str,
        kind: Option<&'static str>,
        edata: Option<T>,
    ) -> Encoded {
        let event = Event {
            name,
            proto: PROTO,
            uid: self.uid,
            kind,
            edata,
        };
        from("im", json(&event))
    }
}
