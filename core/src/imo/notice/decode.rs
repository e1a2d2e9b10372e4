//! Notices out of JSON.
//! Never takes half of a notice: a field that is missing or mistyped spoils it, one that is unknown is ignored.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde::de::IntoDeserializer;
use serde::de::value::Error;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{BadNotice, EndReason, Notice, Outcome, Refusal};
use crate::imo::{PROTO, Primitive, TypingState};

/// Longest name of a notice that is told in a fault, in characters.
const NAME_MAX: usize = 32;

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    proto: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    edata: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Alias {
    alias: String,
}

#[derive(Deserialize)]
struct Msg {
    msg: String,
}

#[derive(Deserialize)]
struct Buid {
    buid: String,
}

#[derive(Deserialize)]
struct Request {
    buid: String,
    msg: String,
}

#[derive(Deserialize)]
struct Typing {
    buid: String,
    typing_state: TypingState,
}

#[derive(Deserialize)]
struct Failed {
    method: String,
    seq: u64,
    #[serde(flatten)]
    refusal: Refusal,
}

#[derive(Deserialize)]
struct Reflected<'a> {
    #[serde(borrow)]
    r_name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Sent {
    buid: String,
    msg: String,
    timestamp: u64,
    #[serde(default)]
    mid: Option<String>,
}

#[derive(Deserialize)]
struct Status {
    primitive: Primitive,
    status: String,
}

#[derive(Deserialize)]
struct Answer {
    request_id: u64,
    #[serde(default)]
    response: Option<Outcome>,
    #[serde(default)]
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Kick {
    buid: String,
    by: String,
}

#[derive(Deserialize)]
struct Streams {
    buid: String,
    is_initiator: bool,
}

#[derive(Deserialize)]
struct Ended {
    buid: String,
    #[serde(default, deserialize_with = "known")]
    reason: Option<EndReason>,
}

#[derive(Deserialize)]
struct Preferences<'a> {
    #[serde(borrow)]
    preferences: Vec<Preference<'a>>,
}

#[derive(Deserialize)]
struct Preference<'a> {
    #[serde(borrow, default)]
    pref: Cow<'a, str>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

impl Notice {
    /// Reads the notice out of a message from `system`.
    ///
    /// # Errors
    /// If it is one we know but a field is missing or mistyped. What we do not know is [`Notice::Unknown`].
    pub fn decode(system: &str, data: &RawValue) -> Result<Self, BadNotice> {
        match system {
            "im" | "av" => event(data),
            "internal" => {
                let Answer {
                    request_id,
                    response,
                    error,
                } = parse(data, system)?;
                let result = error.map_or(Ok(response.unwrap_or_default()), Err);
                Ok(Self::Result { request_id, result })
            }
            "preference" => {
                let list: Preferences<'_> = parse(data, system)?;
                let is_away = |one: &Preference<'_>| {
                    one.pref == "auto_away" && one.value.is_some_and(|value| value.get() == "true")
                };
                let away = list.preferences.iter().any(is_away);
                Ok(if away { Self::AutoAway } else { Self::Unknown })
            }
            "reset" => Ok(Self::Reset),
            _ => Ok(Self::Unknown),
        }
    }
}

fn event(data: &RawValue) -> Result<Notice, BadNotice> {
    let event: Event<'_> = parse(data, "")?;
    if event.proto.as_deref().is_some_and(|proto| proto != PROTO) {
        return Ok(Notice::Unknown);
    }
    let name = &*event.name;
    let edata = event.edata.unwrap_or(RawValue::NULL);
    Ok(match name {
        "signed_on" => Notice::SignedOn {
            alias: parse::<Alias>(edata, name)?.alias,
        },
        "disconnect" => Notice::Disconnected {
            reason: parse::<Msg>(edata, name)?.msg,
        },
        "expired" => Notice::Expired,
        "buddy_added" => Notice::BuddyAdded(parse(edata, name)?),
        "buddy_status" => Notice::BuddyStatus(parse(edata, name)?),
        "buddy_removed" => {
            let several = parse::<Vec<Buid>>(edata, name);
            let list = several.or_else(|_| parse::<Buid>(edata, name).map(|one| [one].into()))?;
            Notice::BuddyRemoved(list.into_iter().map(|one| one.buid).collect())
        }
        "buddy_request" => {
            let Request { buid, msg } = parse(edata, name)?;
            Notice::BuddyRequest {
                buddy: buid,
                text: msg,
            }
        }
        "recv_im" => Notice::Message(parse(edata, name)?),
        "reflect" => reflect(edata, name)?,
        "typing" => {
            let Typing { buid, typing_state } = parse(edata, name)?;
            Notice::Typing {
                buddy: buid,
                state: typing_state,
            }
        }
        "buddy_icon" => Notice::Icons(parse(edata, name)?),
        "kicked" => {
            let Kick { buid, by } = parse(edata, name)?;
            Notice::Kicked { member: buid, by }
        }
        "streams_info" => {
            let Streams { buid, is_initiator } = parse(edata, name)?;
            Notice::Ringing {
                buddy: buid,
                outgoing: is_initiator,
            }
        }
        "answered" => Notice::Answered {
            buddy: parse::<Buid>(edata, name)?.buid,
        },
        "ended" => {
            let Ended { buid, reason } = parse(edata, name)?;
            Notice::CallEnded {
                buddy: buid,
                reason,
            }
        }
        "error" => {
            let Failed {
                method,
                seq,
                refusal,
            } = parse(edata, name)?;
            Notice::Refused {
                method,
                seq,
                refusal,
            }
        }
        _ => Notice::Unknown,
    })
}

/// What the same account has done in another session.
fn reflect(edata: &RawValue, name: &str) -> Result<Notice, BadNotice> {
    let Reflected { r_name } = parse(edata, name)?;
    Ok(match &*r_name {
        "send_im" => {
            let Sent {
                buid,
                msg,
                timestamp,
                mid,
            } = parse(edata, name)?;
            Notice::SentElsewhere {
                to: buid,
                body: msg,
                timestamp,
                mid,
            }
        }
        "set_status" => {
            let Status { primitive, status } = parse(edata, name)?;
            Notice::StatusElsewhere {
                primitive,
                mood: status,
            }
        }
        _ => Notice::Unknown,
    })
}

fn parse<'a, T: Deserialize<'a>>(data: &'a RawValue, name: &str) -> Result<T, BadNotice> {
    serde_json::from_str(data.get()).map_err(|_| BadNotice {
        name: name.chars().take(NAME_MAX).collect(),
    })
}

/// A name out of a few. One that we do not know tells us nothing, and spoils nothing.
pub(super) fn known<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let name = Option::<Cow<'de, str>>::deserialize(deserializer)?;
    let known =
        |name: Cow<'de, str>| T::deserialize(IntoDeserializer::<Error>::into_deserializer(name));
    Ok(name.and_then(|name| known(name).ok()))
}
