//! Calls out of JSON.
//! Never takes a call without the fields that it needs; fields that are unknown are ignored.

use alloc::string::String;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use compact_str::CompactString;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;
use serde_json::value::RawValue;

use super::{BadCall, Call, Incoming, Verdict};
use crate::imo::buid::Buid;
use crate::imo::dialect::Dialect;
use crate::imo::mids::is_mid;
use crate::imo::{Primitive, TypingState};
use crate::secret::Secret;

/// Every field that any call may have; which ones it must have, [`Call::decode`] knows.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Fields {
    uid: Option<CompactString>,
    passwd: Option<String>,
    primitive: Option<Primitive>,
    status: Option<String>,
    buid: Option<CompactString>,
    msg: Option<String>,
    mid: Option<CompactString>,
    alias: Option<String>,
    typing_state: Option<TypingState>,
    gid: Option<String>,
    name: Option<String>,
    topic: Option<String>,
    ibuid: Option<String>,
    image: Option<String>,
    text: Option<String>,
}

impl Call {
    /// Reads the call out of a message to `system`.
    ///
    /// # Errors
    /// If there is no such call, or a field that it needs is missing or mistyped. Unknown fields are ignored.
    pub fn decode(system: &str, data: &RawValue) -> Result<Incoming, BadCall> {
        #[derive(Deserialize)]
        struct Outer<'a> {
            method: CompactString,
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

/// A field without which a call means nothing.
fn need<T>(field: Option<T>) -> Result<T, BadCall> {
    field.ok_or(BadCall::BadField)
}

impl Fields {
    /// What is being typed. Clients before 2011-05 say it in `status`.
    fn typing_state(&self) -> Result<TypingState, BadCall> {
        let old = || {
            let name = IntoDeserializer::<Error>::into_deserializer(self.status.as_deref()?);
            TypingState::deserialize(name).ok()
        };
        self.typing_state.or_else(old).ok_or(BadCall::BadField)
    }

    fn into_call(self, system: &str, method: &str) -> Result<Call, BadCall> {
        let buddy = self.buid.clone();
        Ok(match (system, method) {
            _ if Dialect::opened_by(system, method).is_some() => Call::OpenSession,
            ("session", "cookie_login") => Call::CookieLogin,
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
                body: need(self.msg)?.into(),
                mid: match self.mid {
                    Some(mid) if !is_mid(&mid) => return Err(BadCall::BadField),
                    mid => mid,
                },
            },
            ("im", "im_typing") => Call::Typing {
                to: need(buddy)?.into(),
                state: self.typing_state()?,
            },
            ("im", "add_buddy") => Call::AddBuddy {
                buddy: need(buddy)?.into(),
                text: self.msg.unwrap_or_default(),
            },
            ("im", "del_buddy") => Call::RemoveBuddy {
                buddy: need(buddy)?.into(),
            },
            ("im", "block_buddy") => Call::Block {
                buddy: need(buddy)?.into(),
                on: true,
            },
            ("im", "unblock_buddy") => Call::Block {
                buddy: need(buddy)?.into(),
                on: false,
            },
            ("im", "change_buddy_alias") => Call::Rename {
                buddy: need(buddy)?.into(),
                alias: need(self.alias)?,
            },
            ("im", "auth_add") => Call::Answer {
                buddy: need(buddy)?.into(),
                verdict: Verdict::Accept,
            },
            ("im", "auth_deny") => Call::Answer {
                buddy: need(buddy)?.into(),
                verdict: Verdict::Deny,
            },
            ("im", "auth_block") => Call::Answer {
                buddy: need(buddy)?.into(),
                verdict: Verdict::Block,
            },
            ("preference", "set") => Call::Preference,
            ("im", "search_users") => Call::SearchUsers {
                text: need(self.text)?,
            },
            ("im", "set_name") => Call::SetName {
                name: need(self.name)?,
            },
            ("im", "set_icon") => Call::SetIcon {
                image: BASE64_STANDARD
                    .decode(need(self.image)?)
                    .map_err(|_| BadCall::BadField)?,
            },
            ("av", "start_audio_chat") => Call::StartCall {
                buddy: need(buddy)?.into(),
            },
            ("av", "answer_audio_chat") => Call::AnswerCall {
                buddy: need(buddy)?.into(),
            },
            ("av", "end_audio_chat") => Call::EndCall {
                buddy: need(buddy)?.into(),
            },
            ("im", method) => self.into_group_call(method)?,
            _ => return Err(BadCall::UnknownMethod),
        })
    }

    fn into_group_call(self, method: &str) -> Result<Call, BadCall> {
        Ok(match method {
            "create_shared_group" => Call::CreateGroup {
                name: need(self.name)?,
            },
            "invite_to_group" => Call::Invite {
                group: need(self.gid)?,
                buddy: need(self.ibuid)?,
            },
            "kick_member" => {
                let buid = need(self.buid)?;
                let Buid::Member { group, handle } = Buid::parse(&buid) else {
                    return Err(BadCall::BadField);
                };
                Call::Kick {
                    group: group.into(),
                    member: handle.into(),
                }
            }
            "set_group_topic" => Call::SetTopic {
                group: need(self.gid)?,
                topic: need(self.topic)?,
            },
            "leave_group" => Call::LeaveGroup {
                group: need(self.gid)?,
            },
            _ => return Err(BadCall::UnknownMethod),
        })
    }
}
