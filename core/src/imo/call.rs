//! Calls: everything a client can ask the service, encoded by the link and decoded by the service.
//! Never decides whether a call is allowed.
//!
//! See `core/docs/imo-protocol.md`, "Calls".

use alloc::boxed::Box;
use alloc::string::String;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zeroize::Zeroize;

use super::mids::is_mid;
use super::{PROTO, Primitive, TypingState};
use crate::secret::Secret;

/// Something a client asks of the service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Call {
    /// Open a session; the own id is a random one that the answer replaces.
    OpenSession,
    /// Sign an account on.
    Login {
        /// The account's password.
        password: Secret,
    },
    /// End this session.
    SignOff,
    /// The user is there.
    Activity,
    /// Send what waits, and whatever comes.
    Unread,
    /// Asked once after login; the answer is not used.
    Alpha,
    /// Be seen so.
    SetStatus {
        /// How available.
        primitive: Primitive,
        /// The mood text.
        mood: String,
    },
    /// Send a text.
    SendMessage {
        /// Handle of whom it is for.
        to: String,
        /// The text, plain.
        body: String,
        /// The message's identity: the same at every attempt to send it. Old clients have none.
        mid: Option<String>,
    },
    /// Tell a contact what the user does at the keyboard.
    Typing {
        /// Handle of whom to tell.
        to: String,
        /// What.
        state: TypingState,
    },
    /// Ask to have somebody as a contact.
    AddBuddy {
        /// Handle of whom.
        buddy: String,
        /// What to tell them.
        text: String,
    },
    /// Remove a contact.
    RemoveBuddy {
        /// Handle of whom.
        buddy: String,
    },
    /// Hear nothing from somebody any more, or again.
    Block {
        /// Handle of whom.
        buddy: String,
        /// Whether to block.
        on: bool,
    },
    /// Give a contact a name of one's own.
    Rename {
        /// Handle of whom.
        buddy: String,
        /// The name; empty for none.
        alias: String,
    },
    /// Answer a contact request.
    Answer {
        /// Handle of who asked.
        buddy: String,
        /// The answer.
        verdict: Verdict,
    },
    /// Set a preference; taken and not used.
    Preference,
}

/// The answer to a contact request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Welcome.
    Accept,
    /// No.
    Deny,
    /// No, and never again.
    Block,
}

/// Who calls: fields that nearly every call carries.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The session.
    pub ssid: &'a str,
    /// The account's handle.
    pub uid: &'a str,
}

/// Why a call cannot be understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadCall {
    /// No method of this name goes to this system.
    UnknownMethod,
    /// A field is missing or of another type.
    BadField,
}

impl BadCall {
    /// The fault in words, for whoever sent the call.
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::UnknownMethod => "no such method",
            Self::BadField => "a field is missing or has the wrong type",
        }
    }
}

/// The `data` of a message that carries a call.
#[derive(Serialize)]
struct Body<'a, T> {
    method: &'static str,
    data: Data<'a, T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<u64>,
}

/// A call's own fields behind those that say who calls.
#[derive(Serialize)]
struct Data<'a, T> {
    ssid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proto: Option<&'static str>,
    #[serde(flatten)]
    fields: T,
}

/// Every field that any call may have; which ones it must have, [`Call::decode`] knows.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Fields {
    uid: Option<String>,
    passwd: Option<String>,
    primitive: Option<Primitive>,
    status: Option<String>,
    buid: Option<String>,
    msg: Option<String>,
    mid: Option<String>,
    alias: Option<String>,
    typing_state: Option<TypingState>,
}

/// A call as it came in.
#[derive(Debug)]
pub struct Incoming {
    /// The call.
    pub call: Call,
    /// The account it is for, where it names one.
    pub uid: Option<String>,
    /// The client's number for it, if it wants a result.
    pub request_id: Option<u64>,
    /// Its name, for error events.
    pub method: String,
}

impl Call {
    /// The part of the service that takes this call.
    #[must_use]
    pub const fn system(&self) -> &'static str {
        match self {
            Self::OpenSession | Self::SignOff | Self::Activity | Self::SetStatus { .. } => {
                "session"
            }
            Self::Alpha => "alpha",
            Self::Preference => "preference",
            Self::Login { .. }
            | Self::Unread
            | Self::SendMessage { .. }
            | Self::Typing { .. }
            | Self::AddBuddy { .. }
            | Self::RemoveBuddy { .. }
            | Self::Block { .. }
            | Self::Rename { .. }
            | Self::Answer { .. } => "im",
        }
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self {
            Self::OpenSession => "get_cookie_and_ssid",
            Self::Login { .. } => "account_login",
            Self::SignOff => "signoff_all",
            Self::Activity => "observed_user_activity",
            Self::Unread => "get_unread_msgs",
            Self::Alpha => "get_alpha_for_user",
            Self::SetStatus { .. } => "set_status",
            Self::SendMessage { .. } => "send_im",
            Self::Typing { .. } => "im_typing",
            Self::AddBuddy { .. } => "add_buddy",
            Self::RemoveBuddy { .. } => "del_buddy",
            Self::Block { on: true, .. } => "block_buddy",
            Self::Block { on: false, .. } => "unblock_buddy",
            Self::Rename { .. } => "change_buddy_alias",
            Self::Answer {
                verdict: Verdict::Accept,
                ..
            } => "auth_add",
            Self::Answer {
                verdict: Verdict::Deny,
                ..
            } => "auth_deny",
            Self::Answer {
                verdict: Verdict::Block,
                ..
            } => "auth_block",
            Self::Preference => "set",
        }
    }

    /// The JSON of this call for the `data` of a message.
    #[must_use]
    pub fn encode(&self, caller: Caller<'_>, request_id: Option<u64>) -> Box<RawValue> {
        #[derive(Serialize)]
        struct None {}
        #[derive(Serialize)]
        struct Open {
            kind: &'static str,
            version: &'static str,
        }
        #[derive(Serialize)]
        struct Login<'a> {
            passwd: &'a str,
            captcha: (),
        }
        #[derive(Serialize)]
        struct Status<'a> {
            ad: &'static str,
            primitive: Primitive,
            status: &'a str,
            auto_away: bool,
        }
        #[derive(Serialize)]
        struct Send<'a> {
            buid: &'a str,
            msg: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            mid: Option<&'a str>,
        }
        #[derive(Serialize)]
        struct Typing<'a> {
            buid: &'a str,
            typing_state: TypingState,
        }
        #[derive(Serialize)]
        struct Add<'a> {
            buid: &'a str,
            group: &'static str,
            msg: &'a str,
        }
        #[derive(Serialize)]
        struct Remove<'a> {
            buid: &'a str,
            group: &'static str,
        }
        #[derive(Serialize)]
        struct Rename<'a> {
            buid: &'a str,
            alias: &'a str,
        }
        #[derive(Serialize)]
        struct Buddy<'a> {
            buid: &'a str,
        }
        let with = Writer {
            call: self,
            caller,
            request_id,
        };
        match self {
            Self::OpenSession => with.session(Open {
                kind: "reui",
                version: env!("CARGO_PKG_VERSION"),
            }),
            Self::SignOff | Self::Activity => with.session(None {}),
            Self::SetStatus { primitive, mood } => with.session(Status {
                ad: "",
                primitive: *primitive,
                status: mood,
                auto_away: false,
            }),
            Self::Login { password } => with.account(Login {
                passwd: password.reveal(),
                captcha: (),
            }),
            Self::Unread | Self::Alpha => with.account(None {}),
            Self::SendMessage { to, body, mid } => with.account(Send {
                buid: to,
                msg: body,
                mid: mid.as_deref(),
            }),
            Self::Typing { to, state } => with.account(Typing {
                buid: to,
                typing_state: *state,
            }),
            Self::AddBuddy { buddy, text } => with.account(Add {
                buid: buddy,
                group: "Offline",
                msg: text,
            }),
            Self::RemoveBuddy { buddy } => with.account(Remove {
                buid: buddy,
                group: "Skype",
            }),
            Self::Rename { buddy, alias } => with.account(Rename { buid: buddy, alias }),
            Self::Block { buddy, .. } | Self::Answer { buddy, .. } => {
                with.account(Buddy { buid: buddy })
            }
            Self::Preference => with.preference(),
        }
    }

    /// Reads the call out of a message to `system`.
    ///
    /// # Errors
    /// If there is no such call, or a field that it needs is missing or mistyped. Unknown fields are ignored.
    pub fn decode(system: &str, data: &RawValue) -> Result<Incoming, BadCall> {
        #[derive(Deserialize)]
        struct Outer<'a> {
            method: String,
            #[serde(borrow)]
            data: &'a RawValue,
            #[serde(default)]
            request_id: Option<u64>,
        }
        let outer: Outer<'_> = serde_json::from_str(data.get()).map_err(|_| BadCall::BadField)?;
        let fields: Fields =
            serde_json::from_str(outer.data.get()).map_err(|_| BadCall::BadField)?;
        let uid = fields.uid.clone();
        let call = fields.into_call(system, &outer.method)?;
        Ok(Incoming {
            call,
            uid,
            request_id: outer.request_id,
            method: outer.method,
        })
    }
}

impl Fields {
    fn into_call(self, system: &str, method: &str) -> Result<Call, BadCall> {
        let need = |field: Option<String>| field.ok_or(BadCall::BadField);
        let buddy = self.buid;
        Ok(match (system, method) {
            ("session", "get_cookie_and_ssid") => Call::OpenSession,
            ("im", "account_login") => Call::Login {
                password: Secret::new(need(self.passwd)?),
            },
            ("session", "signoff_all") => Call::SignOff,
            ("session", "observed_user_activity") => Call::Activity,
            ("im", "get_unread_msgs") => Call::Unread,
            ("alpha", "get_alpha_for_user") => Call::Alpha,
            ("session" | "im", "set_status") => Call::SetStatus {
                primitive: self.primitive.ok_or(BadCall::BadField)?,
                mood: self.status.unwrap_or_default(),
            },
            ("im", "send_im") => Call::SendMessage {
                to: need(buddy)?,
                body: need(self.msg)?,
                mid: match self.mid {
                    Some(mid) if !is_mid(&mid) => return Err(BadCall::BadField),
                    mid => mid,
                },
            },
            ("im", "im_typing") => Call::Typing {
                to: need(buddy)?,
                state: self.typing_state.ok_or(BadCall::BadField)?,
            },
            ("im", "add_buddy") => Call::AddBuddy {
                buddy: need(buddy)?,
                text: self.msg.unwrap_or_default(),
            },
            ("im", "del_buddy") => Call::RemoveBuddy {
                buddy: need(buddy)?,
            },
            ("im", "block_buddy") => Call::Block {
                buddy: need(buddy)?,
                on: true,
            },
            ("im", "unblock_buddy") => Call::Block {
                buddy: need(buddy)?,
                on: false,
            },
            ("im", "change_buddy_alias") => Call::Rename {
                buddy: need(buddy)?,
                alias: need(self.alias)?,
            },
            ("im", "auth_add") => Call::Answer {
                buddy: need(buddy)?,
                verdict: Verdict::Accept,
            },
            ("im", "auth_deny") => Call::Answer {
                buddy: need(buddy)?,
                verdict: Verdict::Deny,
            },
            ("im", "auth_block") => Call::Answer {
                buddy: need(buddy)?,
                verdict: Verdict::Block,
            },
            ("preference", "set") => Call::Preference,
            _ => return Err(BadCall::UnknownMethod),
        })
    }
}

/// Puts a call's own fields into the form that the call's system wants.
struct Writer<'a> {
    call: &'a Call,
    caller: Caller<'a>,
    request_id: Option<u64>,
}

impl Writer<'_> {
    /// A call to the session: it names no account.
    fn session<T: Serialize>(&self, fields: T) -> Box<RawValue> {
        self.write(Data {
            ssid: self.caller.ssid,
            uid: None,
            proto: None,
            fields,
        })
    }

    /// A call for an account.
    fn account<T: Serialize>(&self, fields: T) -> Box<RawValue> {
        let uid = Some(self.caller.uid);
        self.write(Data {
            ssid: self.caller.ssid,
            uid,
            proto: Some(PROTO),
            fields,
        })
    }

    /// Switches automatic absence off: the only preference there is.
    fn preference(&self) -> Box<RawValue> {
        #[derive(Serialize)]
        struct Set<'a> {
            method: &'static str,
            data: SetData<'a>,
        }
        #[derive(Serialize)]
        struct SetData<'a> {
            accounts: [Account<'a>; 1],
            preferences: [Preference; 1],
        }
        #[derive(Serialize)]
        struct Account<'a> {
            uid: &'a str,
            proto: &'static str,
        }
        #[derive(Serialize)]
        struct Preference {
            kind: &'static str,
            pref: &'static str,
            value: bool,
        }
        let accounts = [Account {
            uid: self.caller.uid,
            proto: PROTO,
        }];
        let preferences = [Preference {
            kind: "impref",
            pref: "auto_away",
            value: false,
        }];
        json(&Set {
            method: self.call.method(),
            data: SetData {
                accounts,
                preferences,
            },
        })
    }

    fn write<T: Serialize>(&self, data: Data<'_, T>) -> Box<RawValue> {
        json(&Body {
            method: self.call.method(),
            data,
            request_id: self.request_id,
        })
    }
}

/// The JSON of our own plain data.
pub(super) fn json<T: Serialize>(value: &T) -> Box<RawValue> {
    serde_json::value::to_raw_value(value)
        .expect("plain structs with text keys and no maps of other keys always serialise")
}

/// Zeroes the JSON of a call: it may hold a password.
pub(super) fn wipe(data: Box<RawValue>) {
    Box::<str>::from(data).zeroize();
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn calls() -> alloc::vec::Vec<Call> {
        let buddy = || String::from("bob");
        let mut calls = vec![
            Call::OpenSession,
            Call::Login {
                password: Secret::from("p\"w"),
            },
            Call::SignOff,
            Call::Activity,
            Call::Unread,
            Call::Alpha,
            Call::SetStatus {
                primitive: Primitive::Busy,
                mood: "at \u{1F3B8}".into(),
            },
            Call::SendMessage {
                to: buddy(),
                body: "a\n\"b\" %s%n".into(),
                mid: None,
            },
            Call::SendMessage {
                to: buddy(),
                body: "x".into(),
                mid: Some("0123456789abcdef".into()),
            },
            Call::Typing {
                to: buddy(),
                state: TypingState::NotTyping,
            },
            Call::AddBuddy {
                buddy: buddy(),
                text: "please".into(),
            },
            Call::RemoveBuddy { buddy: buddy() },
            Call::Block {
                buddy: buddy(),
                on: true,
            },
            Call::Block {
                buddy: buddy(),
                on: false,
            },
            Call::Rename {
                buddy: buddy(),
                alias: "Bobby".into(),
            },
            Call::Preference,
        ];
        for verdict in [Verdict::Accept, Verdict::Deny, Verdict::Block] {
            calls.push(Call::Answer {
                buddy: buddy(),
                verdict,
            });
        }
        calls
    }

    #[test]
    fn every_call_survives_the_wire() {
        for call in calls() {
            let text = call.encode(
                Caller {
                    ssid: "S",
                    uid: "alice",
                },
                Some(7),
            );
            let incoming = Call::decode(call.system(), &text).unwrap();
            assert_eq!(incoming.call, call);
            assert_eq!(incoming.method, call.method());
        }
    }

    #[test]
    fn unknown_methods_and_mistyped_fields_are_told_apart() {
        let decode = |system: &str, text: &str| {
            let raw = RawValue::from_string(text.into()).unwrap();
            Call::decode(system, &raw).map(|incoming| incoming.call)
        };
        let fault = Err(BadCall::UnknownMethod);
        assert_eq!(decode("im", r#"{"method":"dance","data":{}}"#), fault);
        assert_eq!(decode("av", r#"{"method":"signoff_all","data":{}}"#), fault);
        let fault = Err(BadCall::BadField);
        assert_eq!(
            decode("im", r#"{"method":"send_im","data":{"buid":7,"msg":"x"}}"#),
            fault
        );
        assert_eq!(
            decode("im", r#"{"method":"send_im","data":{"buid":"bob"}}"#),
            fault
        );
        assert_eq!(decode("im", r#"{"method":"send_im"}"#), fault);
        assert_eq!(
            decode(
                "session",
                r#"{"method":"signoff_all","data":{"ssid":"x","new":[1]}}"#
            ),
            Ok(Call::SignOff)
        );
    }
}
