//! What the link tells, into state and into notices to the clients.
//! Never repeats to a client what it has been told before.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use super::records::MessageRecord;
use super::roster::{Change, Request};
use super::{Account, AccountOutput, Held, Scene, Wake};
use crate::event::EventKind;
use crate::handle::{canonical, is_handle};
use crate::imo::call::Call;
use crate::imo::link::{CallId, LinkOutput, LinkStatus};
use crate::imo::mids;
use crate::imo::notice::{Buddy, Incoming, Notice, Refusal};
use crate::skype::{
    ChatProperty, ConnStatus, MessageObject, MessageStatus, Reply, Status, UserProperty, Value,
    status_line,
};

/// How long after the sign-on the contact list is taken for complete.
const ROSTER_COMPLETE: Duration = Duration::from_secs(60);

/// What a contact request says that says nothing: one client takes no notice of an empty one.
const DEFAULT_REQUEST: &str = "Please let me add you to my contacts.";

impl Account {
    /// Acts on one thing that the link says.
    pub(super) fn link_said(&mut self, scene: &mut Scene<'_>, output: LinkOutput) {
        match output {
            LinkOutput::Connect(lane, origin) => {
                scene.out.push(AccountOutput::Connect(lane, origin));
            }
            LinkOutput::Send(lane, bytes) => scene.out.push(AccountOutput::Send(lane, bytes)),
            LinkOutput::Close(lane) => scene.out.push(AccountOutput::Close(lane)),
            LinkOutput::Done(id, result) => self.call_done(scene, id, result),
            LinkOutput::Notice(notice) => self.noticed(scene, notice),
            LinkOutput::Took(taken) => {
                let ticket = scene.journal.latest();
                self.hold(scene, ticket, Held::Took(taken));
            }
            LinkOutput::Status(status) => self.link_status(scene, status),
            LinkOutput::Down(reason) => {
                let detail = format!("no connection to the service: {reason}; trying again");
                self.event(scene, EventKind::LinkDown, detail);
            }
            LinkOutput::Refused => {
                self.refused = true;
                let detail = "the service refuses user or password; correct it and start again, or send \
                              SET USERSTATUS ONLINE to try once more";
                self.event(scene, EventKind::LoginRefused, detail.to_string());
            }
            LinkOutput::Fault(what) => self.event(scene, EventKind::UpstreamFault, what),
        }
    }

    /// The state of the link and of the own user, as lines.
    pub(super) fn own_status(&self) -> Vec<Reply<'static>> {
        [
            Reply::ConnStatus(self.conn_status()),
            Reply::CurrentUserHandle(self.handle.clone().into()),
            Reply::UserStatus(self.user_status()),
        ]
        .into()
    }

    pub(super) fn conn_status(&self) -> ConnStatus {
        match self.link.status() {
            LinkStatus::Offline if !self.ready && !self.stopping => ConnStatus::Connecting,
            LinkStatus::Offline => ConnStatus::Offline,
            LinkStatus::Connecting => ConnStatus::Connecting,
            LinkStatus::Online => ConnStatus::Online,
        }
    }

    /// The own status as it is: offline unless the service has the account signed on.
    pub(super) fn user_status(&self) -> Status {
        match self.link.status() {
            LinkStatus::Online => self.wish,
            LinkStatus::Offline | LinkStatus::Connecting => Status::Offline,
        }
    }

    fn link_status(&mut self, scene: &mut Scene<'_>, status: LinkStatus) {
        let was_online = self.shows_presence;
        self.shows_presence = status == LinkStatus::Online;
        match status {
            LinkStatus::Online => {
                self.event(
                    scene,
                    EventKind::LinkOnline,
                    "signed on to the service".into(),
                );
                for line in self.own_status() {
                    scene.notice(line);
                }
                self.tell_presence(scene);
                scene.out.push(AccountOutput::Wake);
            }
            LinkStatus::Offline | LinkStatus::Connecting => {
                if was_online {
                    scene.notice(Reply::ConnStatus(ConnStatus::Offline));
                    scene.notice(Reply::UserStatus(Status::Offline));
                    self.tell_presence(scene);
                }
                if !was_online || status == LinkStatus::Connecting {
                    scene.notice(Reply::ConnStatus(self.conn_status()));
                }
                scene.out.push(AccountOutput::Wake);
            }
        }
    }

    /// Tells the presence of every contact that is not offline, as it is to be seen now.
    fn tell_presence(&self, scene: &mut Scene<'_>) {
        for handle in self.roster.contacts.keys() {
            if self.roster.status(handle) != Status::Offline {
                scene.notice(self.presence_line(handle));
            }
        }
    }

    fn presence_line(&self, handle: &str) -> Reply<'static> {
        user_line(
            handle,
            UserProperty::OnlineStatus,
            self.contact_status(handle).into(),
        )
    }

    /// The status of a contact as clients see it.
    pub(super) fn contact_status(&self, handle: &str) -> Status {
        if self.shows_presence {
            self.roster.status(handle)
        } else {
            Status::Offline
        }
    }

    fn noticed(&mut self, scene: &mut Scene<'_>, notice: Notice) {
        match notice {
            Notice::SignedOn { .. } => {
                self.roster.begin();
                self.timers
                    .set(Wake::Sweep, Some(scene.now.mono + ROSTER_COMPLETE));
            }
            Notice::BuddyAdded(buddies) => {
                for buddy in buddies.iter().filter(|buddy| buddy.is_person()) {
                    self.contact_told(scene, buddy);
                }
                if !core::mem::replace(&mut self.roster.known, true) {
                    scene.out.push(AccountOutput::Wake);
                }
            }
            Notice::BuddyStatus(buddies) => {
                for buddy in buddies.iter().filter(|buddy| buddy.is_person()) {
                    if self.roster.contacts.contains_key(&*canonical(&buddy.buid)) {
                        self.contact_told(scene, buddy);
                    }
                }
            }
            Notice::BuddyRemoved(handles) => {
                for handle in handles {
                    self.contact_gone(scene, &canonical(&handle));
                }
            }
            Notice::BuddyRequest { buddy, text } => self.asked(scene, &buddy, text),
            Notice::Message(message) => self.received(scene, message),
            Notice::SentElsewhere {
                to,
                body,
                timestamp,
                mid,
            } => {
                self.sent_elsewhere(scene, &to, body, timestamp, mid);
            }
            Notice::Refused {
                method, refusal, ..
            } => {
                let detail = format!("the service refuses {method}: {}", refusal.msg);
                self.event(scene, EventKind::CallRefused, detail);
            }
            // Clients of one session set its status for themselves; what other sessions show is theirs.
            Notice::StatusElsewhere { .. } | Notice::Typing { .. } => {}
            Notice::Disconnected { .. }
            | Notice::Expired
            | Notice::Reset
            | Notice::Result { .. }
            | Notice::AutoAway
            | Notice::Unknown => {
                debug_assert!(false, "the link keeps what concerns the session to itself");
            }
        }
    }

    fn contact_told(&mut self, scene: &mut Scene<'_>, buddy: &Buddy) {
        let full = self.roster.contacts.len() >= self.limits.contacts;
        if !is_handle(&buddy.buid) || full && !self.roster.contacts.contains_key(&buddy.buid) {
            self.event(
                scene,
                EventKind::UpstreamFault,
                "a contact cannot be taken".into(),
            );
            return;
        }
        let Change {
            buddy: listed,
            presence,
            mood,
            name,
        } = self.roster.update(buddy, self.shows_presence);
        let handle = canonical(&buddy.buid);
        if listed {
            let value = self.roster.buddy_status(&handle).into();
            scene.notice(user_line(&handle, UserProperty::BuddyStatus, value));
            self.answered(scene, &handle);
        }
        if name {
            let value = self.alias(&handle).to_string().into();
            scene.notice(user_line(&handle, UserProperty::FullName, value));
        }
        if presence {
            scene.notice(self.presence_line(&handle));
        }
        if mood {
            let mood = self
                .roster
                .contacts
                .get(&*handle)
                .map(|contact| contact.mood.clone());
            let value = mood.unwrap_or_default().into();
            scene.notice(user_line(&handle, UserProperty::MoodText, value));
        }
    }

    /// A request of somebody who is a contact now needs no answer any more.
    fn answered(&mut self, scene: &mut Scene<'_>, handle: &str) {
        if self
            .roster
            .contacts
            .get(handle)
            .is_some_and(|contact| contact.agreed)
        {
            self.request_over(scene, handle);
        }
    }

    /// A contact request has been answered.
    pub(super) fn request_over(&mut self, scene: &mut Scene<'_>, handle: &str) {
        if self.roster.requests.remove(handle).is_some() {
            let property = UserProperty::ReceivedAuthRequest;
            scene.notice(user_line(handle, property, Value::EMPTY));
        }
    }

    fn contact_gone(&mut self, scene: &mut Scene<'_>, handle: &str) {
        if self.roster.contacts.remove(handle).is_some() {
            scene.notice(user_line(handle, UserProperty::BuddyStatus, 1_u32.into()));
        }
    }

    /// Contacts that the present session has not told of are none any more.
    pub(super) fn sweep(&mut self, scene: &mut Scene<'_>) {
        if self.roster.known && self.shows_presence {
            let gone: Vec<String> = self.roster.unconfirmed().cloned().collect();
            for handle in gone {
                self.contact_gone(scene, &handle);
            }
        }
        self.roster.known = true;
    }

    fn asked(&mut self, scene: &mut Scene<'_>, from: &str, text: String) {
        let handle = canonical(from);
        let full = self.roster.requests.len() >= self.limits.contacts;
        if !is_handle(&handle) || full || self.roster.requests.contains_key(&*handle) {
            return;
        }
        let text = if text.is_empty() {
            DEFAULT_REQUEST.into()
        } else {
            text
        };
        let announced = self.listeners > 0;
        if announced {
            let value = text.clone().into();
            scene.notice(user_line(&handle, UserProperty::ReceivedAuthRequest, value));
        }
        self.roster
            .requests
            .insert(handle.into_owned(), Request { text, announced });
    }

    fn received(&mut self, scene: &mut Scene<'_>, message: Incoming) {
        let Incoming {
            buid,
            msg,
            timestamp,
            mid,
            ..
        } = message;
        let partner = canonical(&buid);
        if *partner == *self.handle {
            return;
        }
        if !is_handle(&partner) {
            self.event(
                scene,
                EventKind::UpstreamFault,
                "a message from nobody".into(),
            );
            return;
        }
        if let Some(hash) = mid.as_deref().map(mids::hash) {
            if self.mids.knows(hash) {
                return;
            }
            let (slot, record) = self.mids.add(hash, self.limits.mids);
            scene.journal.put(self.keys.mids() + &slot, &record);
        }
        let here = scene.now.wall.as_seconds();
        let timestamp = if self.local_time || timestamp == 0 {
            here
        } else {
            timestamp
        };
        let record = MessageRecord {
            partner: partner.into_owned(),
            own: false,
            body: msg,
            timestamp,
            mid,
            failed: false,
        };
        let number = self.messages.add_received(record, scene.journal);
        self.reserve(scene);
        let ticket = scene.journal.latest();
        self.hold(scene, ticket, Held::Received(number));
    }

    /// The same account has sent a message in another session: clients show it as their own.
    fn sent_elsewhere(
        &mut self,
        scene: &mut Scene<'_>,
        to: &str,
        body: String,
        timestamp: u64,
        mid: Option<String>,
    ) {
        let partner = canonical(to);
        if !is_handle(&partner) {
            return;
        }
        if let Some(hash) = mid.as_deref().map(mids::hash) {
            if self.mids.knows(hash) {
                return;
            }
            let (slot, record) = self.mids.add(hash, self.limits.mids);
            scene.journal.put(self.keys.mids() + &slot, &record);
        }
        let partner = partner.into_owned();
        let record = MessageRecord {
            partner,
            own: true,
            body,
            timestamp,
            mid,
            failed: false,
        };
        let number = self.messages.add_sent(record, scene.journal);
        self.reserve(scene);
        let ticket = scene.journal.latest();
        self.hold(scene, ticket, Held::Sent(number));
    }

    fn call_done(&mut self, scene: &mut Scene<'_>, id: CallId, result: Result<u64, Refusal>) {
        scene.out.push(AccountOutput::Wake);
        if let Some((number, length)) = self.sending.remove(&id) {
            self.sending_bytes -= length;
            let failed = result.is_err();
            if let Err(refusal) = result {
                let detail = format!("message {number} was refused: {}", refusal.msg);
                self.event(scene, EventKind::CallRefused, detail);
            }
            let ticket = self.messages.settle(number, failed, scene.journal);
            let held = if failed {
                Held::Failed(number)
            } else {
                Held::Sent(number)
            };
            self.hold(scene, ticket, held);
        } else if let Some(handle) = self.asking.remove(&id)
            && let Err(refusal) = result
        {
            let detail = format!("a wish about {handle} was refused: {}", refusal.msg);
            self.event(scene, EventKind::CallRefused, detail);
            if !self.roster.contacts.contains_key(&handle) {
                // The client was told that the contact is asked; it is to take it off its list again.
                scene.notice(user_line(&handle, UserProperty::BuddyStatus, 1_u32.into()));
            }
        }
    }

    /// Makes a call that is about a contact.
    pub(super) fn ask(&mut self, scene: &mut Scene<'_>, handle: &str, call: Call) {
        let id = self.with_link(scene, |link, now, out| link.call(now, call, out));
        self.asking.insert(id, handle.into());
    }

    /// Tells the clients of a chat before its first message.
    pub(super) fn introduce_chat(&mut self, scene: &mut Scene<'_>, partner: &str) {
        if !self.chats.insert(partner.into()) {
            return;
        }
        let chat = self.chat_id(partner);
        for property in [
            ChatProperty::Name,
            ChatProperty::Status,
            ChatProperty::Type,
            ChatProperty::Members,
            ChatProperty::FriendlyName,
            ChatProperty::ActiveMembers,
            ChatProperty::Timestamp,
            ChatProperty::Topic,
        ] {
            let value = self.dialog(partner, property, scene.now);
            scene.notice(Reply::Chat {
                chat: chat.clone().into(),
                property,
                value,
            });
        }
    }

    /// The line that says how a message stands.
    pub(super) fn status_notice(number: u32, status: MessageStatus) -> Reply<'static> {
        status_line(MessageObject::ChatMessage, number.into(), status)
    }
}

/// One line about a user.
pub(super) fn user_line(
    handle: &str,
    property: UserProperty,
    value: Value<'static>,
) -> Reply<'static> {
    Reply::User {
        handle: String::from(handle).into(),
        property,
        value,
    }
}
