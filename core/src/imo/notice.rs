//! Notices: everything the service can tell a client, encoded by the service and decoded by the link.
//! Never acts on one.
//!
//! See `core/docs/imo-protocol.md`, "Notices".

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::call::json;
use super::{PROTO, Primitive, TypingState};

/// Something the service tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Notice {
    /// The login succeeded.
    SignedOn {
        /// The account's display name.
        alias: String,
    },
    /// The service has signed the account off.
    Disconnected {
        /// `uidpassword`: wrong user or password; other texts are for people.
        reason: String,
    },
    /// The session is over.
    Expired,
    /// The service asks to start over.
    Reset,
    /// Contacts are on the roster.
    BuddyAdded(Vec<Buddy>),
    /// Something about contacts is different.
    BuddyStatus(Vec<Buddy>),
    /// Contacts are not on the roster any more.
    BuddyRemoved(Vec<String>),
    /// Somebody wants to be a contact.
    BuddyRequest {
        /// Handle of who.
        buddy: String,
        /// What they say.
        text: String,
    },
    /// A text has come.
    Message(Incoming),
    /// The same account has sent a text in another session.
    SentElsewhere {
        /// Handle of whom it is for.
        to: String,
        /// The text.
        body: String,
        /// When, in Unix seconds.
        timestamp: u64,
        /// The message's identity.
        mid: Option<String>,
    },
    /// The same account has changed its status in another session.
    StatusElsewhere {
        /// How available.
        primitive: Primitive,
        /// The mood text.
        mood: String,
    },
    /// A contact is at the keyboard.
    Typing {
        /// Handle of who.
        buddy: String,
        /// What they do.
        state: TypingState,
    },
    /// A call that carried a request id has been done, or refused.
    Result {
        /// The number the client gave it.
        request_id: u64,
        /// When it was done, in Unix seconds, or why it was not.
        result: Result<u64, Refusal>,
    },
    /// A call without request id has been refused.
    Refused {
        /// Its name.
        method: String,
        /// Its number.
        seq: u64,
        /// Why.
        refusal: Refusal,
    },
    /// The service would set the account away by itself.
    AutoAway,
    /// Something this program has no use for.
    Unknown,
}

/// Why the service refused a call.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refusal {
    /// One of the codes of `core/docs/imo-protocol.md`, "Refusals".
    pub code: Cow<'static, str>,
    /// The reason for people.
    pub msg: Cow<'static, str>,
}

/// A text that has come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Incoming {
    /// Handle of the sender.
    pub buid: String,
    /// Display name of the sender.
    pub alias: String,
    /// The text, plain.
    pub msg: String,
    /// When it was sent, in Unix seconds.
    pub timestamp: u64,
    /// The message's identity; absent where the service or the sender knows none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mid: Option<String>,
}

/// A contact, as far as a notice tells.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Buddy {
    /// Handle.
    pub buid: String,
    /// Display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// `Skype`, `Buddies` or `Offline` for people; anything else belongs to a group chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// How available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primitive: Option<Primitive>,
    /// Mood text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Present only for group chats.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether the contact has agreed; absent means it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Auth>,
}

impl Buddy {
    /// True for people, false for a group chat and its members.
    #[must_use]
    pub fn is_person(&self) -> bool {
        let group = self.group.as_deref();
        self.kind.is_none()
            && !self.buid.contains(';')
            && group.is_none_or(|group| matches!(group, "Skype" | "Buddies" | "Offline"))
    }
}

/// Whether a contact has agreed to be one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// Not yet.
    Pending,
    /// Yes.
    Granted,
}

/// Why a notice cannot be understood: the name of what it tried to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadNotice {
    /// The name it carries, cut to 32 characters; empty if there is none.
    pub name: String,
}

/// An event of the systems `im` and `av`.
#[derive(Serialize)]
struct EventOut<'a, T> {
    name: &'static str,
    proto: &'static str,
    uid: &'a str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edata: Option<T>,
}

#[derive(Deserialize)]
struct EventIn<'a> {
    name: String,
    #[serde(default)]
    proto: Option<String>,
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(borrow, default)]
    edata: Option<&'a RawValue>,
}

#[derive(Serialize, Deserialize)]
struct Alias {
    alias: String,
}

#[derive(Serialize, Deserialize)]
struct Msg {
    msg: String,
}

#[derive(Serialize, Deserialize)]
struct Buid {
    buid: String,
}

#[derive(Serialize, Deserialize)]
struct Request {
    buid: String,
    msg: String,
}

#[derive(Serialize, Deserialize)]
struct TypingData {
    buid: String,
    typing_state: TypingState,
}

#[derive(Serialize, Deserialize)]
struct ErrorData {
    method: String,
    seq: u64,
    #[serde(flatten)]
    refusal: Refusal,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "r_name", rename_all = "snake_case")]
enum Reflect {
    SendIm {
        buid: String,
        msg: String,
        timestamp: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mid: Option<String>,
    },
    SetStatus {
        primitive: Primitive,
        status: String,
    },
}

#[derive(Serialize, Deserialize)]
struct ResultData {
    request_id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    response: Option<Response>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Refusal>,
}

#[derive(Serialize, Deserialize)]
struct Response {
    #[serde(default)]
    timestamp: u64,
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct PreferencesOut {
    preferences: [PreferenceOut; 1],
}

#[derive(Serialize)]
struct PreferenceOut {
    kind: &'static str,
    pref: &'static str,
    value: bool,
}

#[derive(Deserialize)]
struct Preferences {
    preferences: Vec<Preference>,
}

#[derive(Deserialize)]
struct Preference {
    #[serde(default)]
    pref: String,
    #[serde(default)]
    value: Option<serde_json::Value>,
}

/// A notice as it goes into a message.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// The part of the service it comes from.
    pub system: &'static str,
    /// Its JSON.
    pub data: Box<RawValue>,
}

impl Notice {
    /// The JSON of this notice for the account `uid`.
    #[must_use]
    pub fn encode(&self, uid: &str) -> Encoded {
        let to = Out { uid };
        let data = match self {
            Self::SignedOn { alias } => to.event(
                "signed_on",
                None,
                Some(Alias {
                    alias: alias.clone(),
                }),
            ),
            Self::Disconnected { reason } => to.event(
                "disconnect",
                None,
                Some(Msg {
                    msg: reason.clone(),
                }),
            ),
            Self::Expired => to.event("expired", None, None::<()>),
            Self::BuddyAdded(buddies) => to.event("buddy_added", None, Some(buddies)),
            Self::BuddyStatus(buddies) => to.event("buddy_status", None, Some(buddies)),
            Self::BuddyRemoved(buddies) => match buddies.as_slice() {
                [only] => to.event("buddy_removed", None, Some(Buid { buid: only.clone() })),
                several => {
                    let list: Vec<_> = several
                        .iter()
                        .map(|buid| Buid { buid: buid.clone() })
                        .collect();
                    to.event("buddy_removed", None, Some(list))
                }
            },
            Self::BuddyRequest { buddy, text } => {
                let edata = Request {
                    buid: buddy.clone(),
                    msg: text.clone(),
                };
                to.event("buddy_request", None, Some(edata))
            }
            Self::Message(message) => to.event("recv_im", None, Some(message)),
            Self::SentElsewhere {
                to: buddy,
                body,
                timestamp,
                mid,
            } => {
                let edata = Reflect::SendIm {
                    buid: buddy.clone(),
                    msg: body.clone(),
                    timestamp: *timestamp,
                    mid: mid.clone(),
                };
                to.event("reflect", Some("conv"), Some(edata))
            }
            Self::StatusElsewhere { primitive, mood } => {
                let edata = Reflect::SetStatus {
                    primitive: *primitive,
                    status: mood.clone(),
                };
                to.event("reflect", Some("account"), Some(edata))
            }
            Self::Typing { buddy, state } => {
                let edata = TypingData {
                    buid: buddy.clone(),
                    typing_state: *state,
                };
                to.event("typing", None, Some(edata))
            }
            Self::Refused {
                method,
                seq,
                refusal,
            } => {
                let edata = ErrorData {
                    method: method.clone(),
                    seq: *seq,
                    refusal: refusal.clone(),
                };
                to.event("error", None, Some(edata))
            }
            Self::Result { request_id, result } => {
                return Encoded {
                    system: "internal",
                    data: encode_result(*request_id, result),
                };
            }
            Self::Reset => {
                return Encoded {
                    system: "reset",
                    data: json(&Nothing {}),
                };
            }
            Self::AutoAway => {
                let preferences = [PreferenceOut {
                    kind: "impref",
                    pref: "auto_away",
                    value: true,
                }];
                let data = json(&PreferencesOut { preferences });
                return Encoded {
                    system: "preference",
                    data,
                };
            }
            Self::Unknown => to.event("unknown", None, None::<()>),
        };
        Encoded { system: "im", data }
    }

    /// Reads the notice out of a message from `system`.
    ///
    /// # Errors
    /// If it is one we know but a field is missing or mistyped. What we do not know is [`Notice::Unknown`].
    pub fn decode(system: &str, data: &RawValue) -> Result<Self, BadNotice> {
        match system {
            "im" | "av" => decode_event(data),
            "internal" => {
                let result: ResultData = parse(data, "internal")?;
                let ResultData {
                    request_id,
                    response,
                    error,
                } = result;
                let result = match error {
                    Some(refusal) => Err(refusal),
                    None => Ok(response.map_or(0, |response| response.timestamp)),
                };
                Ok(Self::Result { request_id, result })
            }
            "preference" => {
                let list: Preferences = parse(data, "preference")?;
                let auto_away = list.preferences.iter().any(|preference| {
                    preference.pref == "auto_away"
                        && preference.value == Some(serde_json::Value::Bool(true))
                });
                Ok(if auto_away {
                    Self::AutoAway
                } else {
                    Self::Unknown
                })
            }
            "reset" => Ok(Self::Reset),
            _ => Ok(Self::Unknown),
        }
    }
}

fn encode_result(request_id: u64, result: &Result<u64, Refusal>) -> Box<RawValue> {
    let (response, error) = match result {
        Ok(timestamp) => (
            Some(Response {
                timestamp: *timestamp,
            }),
            None,
        ),
        Err(refusal) => (None, Some(refusal.clone())),
    };
    json(&ResultData {
        request_id,
        response,
        error,
    })
}

fn decode_event(data: &RawValue) -> Result<Notice, BadNotice> {
    let event: EventIn<'_> = parse(data, "")?;
    if event.proto.as_deref().is_some_and(|proto| proto != PROTO) {
        return Ok(Notice::Unknown);
    }
    let name = event.name.as_str();
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
        "reflect" if event.kind.is_some() => match parse(edata, name)? {
            Reflect::SendIm {
                buid,
                msg,
                timestamp,
                mid,
            } => Notice::SentElsewhere {
                to: buid,
                body: msg,
                timestamp,
                mid,
            },
            Reflect::SetStatus { primitive, status } => Notice::StatusElsewhere {
                primitive,
                mood: status,
            },
        },
        "typing" => {
            let TypingData { buid, typing_state } = parse(edata, name)?;
            Notice::Typing {
                buddy: buid,
                state: typing_state,
            }
        }
        "error" => {
            let ErrorData {
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

fn parse<'a, T: Deserialize<'a>>(data: &'a RawValue, name: &str) -> Result<T, BadNotice> {
    serde_json::from_str(data.get()).map_err(|_| BadNotice {
        name: name.chars().take(32).collect(),
    })
}

/// Whom an event is for.
struct Out<'a> {
    uid: &'a str,
}

impl Out<'_> {
    fn event<T: Serialize>(
        &self,
        name: &'static str,
        kind: Option<&'static str>,
        edata: Option<T>,
    ) -> Box<RawValue> {
        json(&EventOut {
            name,
            proto: PROTO,
            uid: self.uid,
            kind,
            edata,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn notices() -> Vec<Notice> {
        let buddy = || Buddy {
            buid: "bob".into(),
            alias: Some("Bob \u{1F600}".into()),
            group: Some("Skype".into()),
            primitive: Some(Primitive::Away),
            status: Some("so so".into()),
            kind: None,
            auth: Some(Auth::Pending),
        };
        let refusal = || Refusal {
            code: "blocked".into(),
            msg: "no".into(),
        };
        let message = |mid: Option<&str>| {
            Notice::Message(Incoming {
                buid: "bob".into(),
                alias: "Bob".into(),
                msg: "%s%n \"q\"\nnew line".into(),
                timestamp: 1_400_000_000,
                mid: mid.map(Into::into),
            })
        };
        vec![
            Notice::SignedOn {
                alias: "Alice".into(),
            },
            Notice::Disconnected {
                reason: "uidpassword".into(),
            },
            Notice::Expired,
            Notice::Reset,
            Notice::BuddyAdded(vec![buddy()]),
            Notice::BuddyStatus(vec![buddy(), buddy()]),
            Notice::BuddyRemoved(vec!["bob".into()]),
            Notice::BuddyRemoved(vec!["bob".into(), "carol".into()]),
            Notice::BuddyRequest {
                buddy: "bob".into(),
                text: String::new(),
            },
            message(None),
            message(Some("0123456789abcdef")),
            Notice::SentElsewhere {
                to: "bob".into(),
                body: "x".into(),
                timestamp: 1,
                mid: Some("m".into()),
            },
            Notice::StatusElsewhere {
                primitive: Primitive::Busy,
                mood: "m".into(),
            },
            Notice::Typing {
                buddy: "bob".into(),
                state: TypingState::Typed,
            },
            Notice::Result {
                request_id: 3,
                result: Ok(1_400_000_000),
            },
            Notice::Result {
                request_id: 3,
                result: Err(refusal()),
            },
            Notice::Refused {
                method: "add_buddy".into(),
                seq: 9,
                refusal: refusal(),
            },
            Notice::AutoAway,
        ]
    }

    #[test]
    fn every_notice_survives_the_wire() {
        for notice in notices() {
            let encoded = notice.encode("alice");
            assert_eq!(Notice::decode(encoded.system, &encoded.data), Ok(notice));
        }
    }

    fn decode(system: &str, text: &str) -> Result<Notice, BadNotice> {
        Notice::decode(system, &RawValue::from_string(text.into()).unwrap())
    }

    #[test]
    fn a_mistyped_field_names_the_notice_it_spoils() {
        let bad = |name: &str| Err(BadNotice { name: name.into() });
        assert_eq!(
            decode("im", r#"{"name":"recv_im","edata":{"buid":null}}"#),
            bad("recv_im")
        );
        assert_eq!(
            decode("im", r#"{"name":"buddy_added","edata":{}}"#),
            bad("buddy_added")
        );
        assert_eq!(decode("im", r#"{"name":"signed_on"}"#), bad("signed_on"));
        assert_eq!(decode("im", "[]"), bad(""));
        assert_eq!(decode("internal", "{}"), bad("internal"));
    }

    #[test]
    fn what_is_not_for_us_is_unknown() {
        for (system, text) in [
            (
                "im",
                r#"{"name":"recv_im","proto":"prpl-jabber","edata":7}"#,
            ),
            ("im", r#"{"name":"dance","edata":7}"#),
            ("weather", "{}"),
            (
                "preference",
                r#"{"preferences":[{"pref":"auto_away","value":false}]}"#,
            ),
        ] {
            assert_eq!(decode(system, text), Ok(Notice::Unknown));
        }
    }

    #[test]
    fn groups_and_their_members_are_not_people() {
        let buddy = |buid: &str, group: Option<&str>, kind: Option<&str>| Buddy {
            buid: buid.into(),
            group: group.map(Into::into),
            kind: kind.map(Into::into),
            ..Buddy::default()
        };
        assert!(buddy("bob", Some("Offline"), None).is_person());
        assert!(buddy("bob", None, None).is_person());
        assert!(!buddy("17;", Some("Skype"), Some("group")).is_person());
        assert!(!buddy("17;bob;prpl-skype", Some("17"), None).is_person());
    }
}
