//! Calls into JSON.
//! Never looks at who may make them.

use alloc::boxed::Box;

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Call, Caller, json};
use crate::imo::{PROTO, Primitive, TypingState};

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

impl Call {
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
