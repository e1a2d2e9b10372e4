//! Calls into JSON.
//! Never looks at who may make them.

use alloc::boxed::Box;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Call, Caller, json};
use crate::imo::PROTO;
use crate::imo::buid::member_buid;
use crate::imo::dialect::Dialect;

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

/// The fields of each call.
mod fields {
    use serde::Serialize;

    use crate::imo::{Primitive, TypingState};

    #[derive(Serialize)]
    pub(super) struct None {}

    #[derive(Serialize)]
    pub(super) struct Open {
        pub(super) kind: &'static str,
        pub(super) version: &'static str,
    }

    #[derive(Serialize)]
    pub(super) struct Login<'a> {
        pub(super) passwd: &'a str,
        pub(super) captcha: (),
    }

    #[derive(Serialize)]
    pub(super) struct Status<'a> {
        pub(super) ad: &'static str,
        pub(super) primitive: Primitive,
        pub(super) status: &'a str,
        pub(super) auto_away: bool,
    }

    #[derive(Serialize)]
    pub(super) struct Send<'a> {
        pub(super) buid: &'a str,
        pub(super) msg: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) mid: Option<&'a str>,
    }

    #[derive(Serialize)]
    pub(super) struct Typing<'a> {
        pub(super) buid: &'a str,
        pub(super) typing_state: TypingState,
    }

    #[derive(Serialize)]
    pub(super) struct Add<'a> {
        pub(super) buid: &'a str,
        pub(super) group: &'static str,
        pub(super) msg: &'a str,
    }

    #[derive(Serialize)]
    pub(super) struct Remove<'a> {
        pub(super) buid: &'a str,
        pub(super) group: &'static str,
    }

    #[derive(Serialize)]
    pub(super) struct Rename<'a> {
        pub(super) buid: &'a str,
        pub(super) alias: &'a str,
    }

    #[derive(Serialize)]
    pub(super) struct Buddy<'a> {
        pub(super) buid: &'a str,
    }

    #[derive(Serialize)]
    pub(super) struct Create<'a> {
        pub(super) is_native: bool,
        pub(super) name: &'a str,
    }

    #[derive(Serialize)]
    pub(super) struct Invite<'a> {
        pub(super) gid: &'a str,
        pub(super) iproto: &'static str,
        pub(super) iuid: &'a str,
        pub(super) ibuid: &'a str,
    }

    #[derive(Serialize)]
    pub(super) struct Topic<'a> {
        pub(super) gid: &'a str,
        pub(super) topic: &'a str,
    }

    #[derive(Serialize)]
    pub(super) struct Group<'a> {
        pub(super) gid: &'a str,
    }

    #[derive(Serialize)]
    pub(super) struct Name<'a> {
        pub(super) name: &'a str,
    }

    #[derive(Serialize)]
    pub(super) struct Icon<'a> {
        pub(super) image: &'a str,
    }

    #[derive(Serialize)]
    pub(super) struct Search<'a> {
        pub(super) text: &'a str,
    }
}

impl Call {
    /// The JSON of this call for the `data` of a message.
    #[must_use]
    pub fn encode(
        &self,
        dialect: &Dialect,
        caller: Caller<'_>,
        request_id: Option<u64>,
    ) -> Box<RawValue> {
        let with = Writer {
            method: self.method(dialect),
            call: self,
            caller,
            request_id,
        };
        match self {
            Self::OpenSession if dialect.open_tells_version => with.session(fields::Open {
                kind: "reui",
                version: env!("CARGO_PKG_VERSION"),
            }),
            Self::OpenSession | Self::CookieLogin | Self::SignOff | Self::Activity => {
                with.session(fields::None {})
            }
            Self::SetStatus { primitive, mood } => with.session(fields::Status {
                ad: "",
                primitive: *primitive,
                status: mood,
                auto_away: false,
            }),
            Self::Login { password } => with.account(fields::Login {
                passwd: password.reveal(),
                captcha: (),
            }),
            Self::Unread | Self::Alpha => with.account(fields::None {}),
            Self::SendMessage { to, body, mid } => with.account(fields::Send {
                buid: to,
                msg: body,
                mid: mid.as_deref(),
            }),
            Self::Typing { to, state } => with.account(fields::Typing {
                buid: to,
                typing_state: *state,
            }),
            Self::AddBuddy { buddy, text } => with.account(fields::Add {
                buid: buddy,
                group: "Offline",
                msg: text,
            }),
            Self::RemoveBuddy { buddy } => with.account(fields::Remove {
                buid: buddy,
                group: "Skype",
            }),
            Self::Rename { buddy, alias } => with.account(fields::Rename { buid: buddy, alias }),
            Self::Block { buddy, .. }
            | Self::Answer { buddy, .. }
            | Self::StartCall { buddy }
            | Self::AnswerCall { buddy }
            | Self::EndCall { buddy } => with.account(fields::Buddy { buid: buddy }),
            Self::Preference => with.preference(),
            Self::SetName { name } => with.account(fields::Name { name }),
            Self::SetIcon { image } => with.account(fields::Icon {
                image: &BASE64_STANDARD.encode(image),
            }),
            Self::SearchUsers { text } => with.account(fields::Search { text }),
            Self::CreateGroup { .. }
            | Self::Invite { .. }
            | Self::Kick { .. }
            | Self::SetTopic { .. }
            | Self::LeaveGroup { .. } => with.group(),
        }
    }
}

/// Puts a call's own fields into the form that the call's system wants.
struct Writer<'a> {
    method: &'static str,
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

    /// A call about a group chat.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "no other call is about a group chat"
    )]
    fn group(&self) -> Box<RawValue> {
        match self.call {
            Call::CreateGroup { name } => self.account(fields::Create {
                is_native: false,
                name,
            }),
            Call::Invite { group, buddy } => self.account(fields::Invite {
                gid: group,
                iproto: PROTO,
                iuid: self.caller.uid,
                ibuid: buddy,
            }),
            Call::Kick { group, member } => self.account(fields::Buddy {
                buid: &member_buid(group, member),
            }),
            Call::SetTopic { group, topic } => self.account(fields::Topic { gid: group, topic }),
            Call::LeaveGroup { group } => self.account(fields::Group { gid: group }),
            _ => self.account(fields::None {}),
        }
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
            method: self.method,
            data: SetData {
                accounts,
                preferences,
            },
        })
    }

    fn write<T: Serialize>(&self, data: Data<'_, T>) -> Box<RawValue> {
        json(&Body {
            method: self.method,
            data,
            request_id: self.request_id,
        })
    }
}
