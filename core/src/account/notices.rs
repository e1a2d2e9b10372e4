//! What the link tells, into state and into notices to the clients.
//! Never repeats to a client what it has been told before.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::time::Duration;

use super::late_refusals::Granted;
use super::{Account, AccountOutput, Held, Scene, Wake, cut};
use crate::config::Upstream;
use crate::event::EventKind;
use crate::handle::canonical;
use crate::imo::link::{CallId, LinkOutput, LinkStatus};
use crate::imo::notice::{Buddy, Notice, Outcome, Refusal};
use crate::io::AccountSnapshot;
use crate::skype::{ConnStatus, Reply, Status};

/// How long after the sign-on the contact list is taken for complete.
/// Each part of the list begins it anew: the next part may come after a poll that was given up.
const ROSTER_COMPLETE: Duration = Duration::from_secs(90);

impl Account {
    /// Acts on one thing that the link says.
    pub(super) fn link_said(&mut self, scene: &mut Scene<'_>, output: LinkOutput) {
        match output {
            LinkOutput::AsksIn => scene.out.push(AccountOutput::AsksIn),
            LinkOutput::Connect(lane, origin) => {
                scene.out.push(AccountOutput::Connect(lane, origin));
            }
            LinkOutput::Send(lane, bytes) => scene.out.push(AccountOutput::Send(lane, bytes)),
            LinkOutput::Close(lane) => scene.out.push(AccountOutput::Close(lane)),
            LinkOutput::Done(id, result) => self.call_done(scene, id, result),
            LinkOutput::TakenBack(id, method, refusal) => {
                self.taken_back(scene, id, &method, &refusal);
            }
            LinkOutput::Notice(notice) => self.noticed(scene, notice),
            LinkOutput::Fetched(id, result) => {
                self.fetched(scene, id, result);
                scene.out.push(AccountOutput::Wake);
            }
            LinkOutput::Echoed(ok) => scene.out.push(AccountOutput::ServiceAnswered(ok)),
            LinkOutput::Took(taken) => {
                if core::mem::take(&mut self.roster.coming) && self.roster.complete() {
                    scene.out.push(AccountOutput::Wake);
                }
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
            LinkOutput::Fault(what) => self.fault(scene, what),
        }
    }

    pub(super) fn conn_status(&self) -> ConnStatus {
        match self.link.status() {
            LinkStatus::Offline if !self.ready && !self.stopping => ConnStatus::Connecting,
            LinkStatus::Offline => ConnStatus::Offline,
            LinkStatus::Connecting => ConnStatus::Connecting,
            LinkStatus::Online => ConnStatus::Online,
        }
    }

    /// How it stands, with so many clients.
    pub(crate) fn snapshot(&self, clients: usize) -> AccountSnapshot {
        AccountSnapshot {
            name: self.name.clone(),
            link: match self.conn_status() {
                ConnStatus::Online => "online",
                ConnStatus::Connecting => "connecting",
                ConnStatus::Offline if self.refused => "refused",
                ConnStatus::Offline | ConnStatus::Pausing | ConnStatus::LoggedOut => "offline",
            },
            clients,
            unsent: self.messages.unsent_count(),
        }
    }

    /// Has the service answer something that changes nothing; comes back as [`AccountOutput::ServiceAnswered`].
    pub(crate) fn ask_service(&mut self, scene: &mut Scene<'_>) {
        self.with_link(scene, |link, now, out| link.ask_echo(now, out));
    }

    /// True while the service owes that answer.
    pub(crate) fn asks_service(&self) -> bool {
        self.link.awaits_echo()
    }

    /// Where its service is.
    pub(crate) const fn service(&self) -> &Upstream {
        self.link.upstream()
    }

    /// True while the service has it signed on, and nothing is known against the connections there.
    pub(crate) fn is_online(&self) -> bool {
        self.link.status() == LinkStatus::Online
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
                // What an earlier session has told may be over; what this one has told comes again by itself.
                let session = self.link.session();
                if core::mem::replace(&mut self.session, session) != session {
                    self.roster.forget_presence();
                }
                for client in self.seats.keys() {
                    for line in self.own_status(*client) {
                        scene.out.push(AccountOutput::Tell(*client, line));
                    }
                }
                self.tell_presence(scene);
                scene.out.push(AccountOutput::Wake);
            }
            LinkStatus::Offline | LinkStatus::Connecting => {
                if was_online {
                    self.drop_calls(scene);
                    self.tell_of_link(scene, &Reply::ConnStatus(ConnStatus::Offline));
                    self.tell_of_link(scene, &Reply::UserStatus(Status::Offline));
                    self.tell_presence(scene);
                } else if status == LinkStatus::Offline {
                    self.tell_of_link(scene, &Reply::UserStatus(Status::Offline));
                }
                if !was_online || status == LinkStatus::Connecting {
                    self.tell_of_link(scene, &Reply::ConnStatus(self.conn_status()));
                }
                scene.out.push(AccountOutput::Wake);
            }
        }
    }

    fn noticed(&mut self, scene: &mut Scene<'_>, notice: Notice) {
        match notice {
            Notice::SignedOn { alias } => {
                self.name_told(scene, &alias);
                self.roster.begin();
                self.faults.begin();
                self.begin_rooms();
                self.await_icons(scene.now.mono);
                self.forget_calls(scene);
                self.timers
                    .set(Wake::Sweep, Some(scene.now.mono + ROSTER_COMPLETE));
            }
            Notice::BuddyAdded(buddies) => self.listed(scene, buddies),
            Notice::BuddyStatus(buddies) => self.listed_differ(scene, buddies),
            Notice::BuddyRemoved(buids) => {
                for buid in &buids {
                    self.room_gone(scene, buid);
                }
                self.contacts_gone(scene, buids);
            }
            Notice::Kicked { member, by } => self.kicked(scene, &member, &by),
            Notice::BuddyRequest { buddy, text } => self.asked(scene, &buddy, text),
            Notice::Message(message) => self.received(scene, message),
            Notice::SentElsewhere {
                to,
                body,
                timestamp,
                mid,
            } => {
                let mid = mid.map(Into::into);
                self.sent_elsewhere(scene, &to, body, timestamp, mid);
            }
            Notice::Refused {
                method, refusal, ..
            } => {
                self.call_refused(scene, &method, &refusal);
            }
            Notice::StatusElsewhere { primitive, mood } => {
                self.status_set_elsewhere(scene, primitive, mood);
            }
            Notice::Typing { buddy, state } => self.types(scene, &buddy, state),
            Notice::Ringing { buddy, outgoing } => self.ringing(scene, &buddy, outgoing),
            Notice::Answered { buddy } => self.call_answered(scene, &buddy),
            Notice::CallEnded { buddy, reason } => self.call_ended(scene, &buddy, reason),
            Notice::Icons(icons) => {
                self.icons_told(icons);
                scene.out.push(AccountOutput::Wake);
            }
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

    /// These are on the list.
    fn listed(&mut self, scene: &mut Scene<'_>, mut buddies: Vec<Buddy>) {
        trim(&mut buddies, self.limits.text_bytes);
        self.timers
            .set(Wake::Sweep, Some(scene.now.mono + ROSTER_COMPLETE));
        for buddy in buddies.iter().filter(|buddy| buddy.is_person()) {
            self.contact_told(scene, buddy);
        }
        self.rooms_told(scene, &buddies);
        self.roster.coming = true;
    }

    /// Something is different about these.
    fn listed_differ(&mut self, scene: &mut Scene<'_>, mut buddies: Vec<Buddy>) {
        trim(&mut buddies, self.limits.text_bytes);
        for buddy in buddies.iter().filter(|buddy| buddy.is_person()) {
            if self.roster.contacts.contains_key(&*canonical(&buddy.buid)) {
                self.contact_told(scene, buddy);
            }
        }
        self.rooms_differ(scene, &buddies);
    }

    pub(super) fn call_done(
        &mut self,
        scene: &mut Scene<'_>,
        id: CallId,
        result: Result<Outcome, Refusal>,
    ) {
        scene.out.push(AccountOutput::Wake);
        self.named(scene, id);
        self.active.take_if(|active| *active == id);
        let users_max = self.limits.search_results;
        if self.directory.call_done(id, &result, users_max)
            || self.call_wish_done(scene, id, &result)
        {
            return;
        }
        if self.avatar_set(scene, id, result.as_ref().err()) {
            return;
        }
        if let Some(number) = self.sending.remove(&id) {
            let failed = result.is_err();
            match result {
                Ok(_) => self.remember_granted(id, Granted::Text(number)),
                Err(refusal) => self.text_refused(scene, number, &refusal),
            }
            let ticket = self.messages.settle(number, failed, scene.journal);
            let held = if failed {
                Held::Failed(number)
            } else {
                Held::Sent(number)
            };
            self.hold(scene, ticket, held);
        } else if self.deed_done(scene, id, &result) {
        } else if let Some((handle, added)) = self.asking.remove(&id) {
            match result {
                Ok(_) => self.remember_granted(id, Granted::Contact(handle, added)),
                Err(refusal) => self.wish_refused(scene, &handle, added, &refusal),
            }
        }
    }
}

/// Cuts what the service tells in texts: they are kept, and told on.
fn trim(buddies: &mut [Buddy], max: usize) {
    for buddy in buddies {
        let texts = [
            &mut buddy.alias,
            &mut buddy.name,
            &mut buddy.status,
            &mut buddy.display,
        ];
        for text in texts.into_iter().flatten() {
            text.truncate(cut(text, max).len());
        }
    }
}
