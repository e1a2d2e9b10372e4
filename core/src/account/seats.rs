//! The clients of an account: who is there, how each of them wants the account to be seen, and what is seen of that.
//! Never decides what a status means to the service, and never knows a connection but by its name.
//!
//! See `core/docs/skype-api.md`, "Several clients".

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Account, AccountOutput, Scene, presence};
use crate::imo::link::LinkStatus;
use crate::io::ConnId;
use crate::secret::Secret;
use crate::skype::{ConnStatus, ErrorReply, Reply, Status, UserProperty};

/// The clients of an account, with how each wants it to be seen if it has said so.
pub(super) type Seats = BTreeMap<ConnId, Option<Status>>;

/// How available somebody of this status is; the account shows the most available one that its clients want.
const fn availability(status: Status) -> u8 {
    match status {
        Status::Online | Status::SkypeMe => 5,
        Status::Away => 4,
        Status::NotAvailable => 3,
        Status::DoNotDisturb => 2,
        Status::Invisible => 1,
        Status::Offline | Status::LoggedOut | Status::Unknown => 0,
    }
}

impl Account {
    /// A client has come.
    pub(crate) fn attach(&mut self, scene: &mut Scene<'_>, client: ConnId) {
        self.seats.insert(client, None);
        self.watch_linger(scene.now);
        self.show_wanted(scene);
        if !self.refused {
            self.bring_up(scene);
        }
    }

    /// A client has left.
    pub(crate) fn detach(&mut self, scene: &mut Scene<'_>, client: ConnId) {
        self.seats.remove(&client);
        if self.seats.is_empty() {
            // Some clients go offline when they quit; the next one starts from the usual wish.
            if self.wish == Status::Offline {
                self.wish = Status::Online;
            }
            self.watch_linger(scene.now);
            self.let_copies_go(scene.journal);
        }
        self.show_wanted(scene);
    }

    /// How far those have been told who are told what is announced, once that is known: up to which message, and up to which
    /// contact request.
    pub(crate) fn told(&self) -> Option<(u32, u64)> {
        self.ready
            .then_some((self.state.announced, self.roster.asked))
    }

    /// A client that had its [`Account::greeting`] is told nothing any more; if it had [`Account::catch_up`], too, then of
    /// this key, and told so far, or no further than when it came.
    pub(crate) fn stop_listening(
        &mut self,
        scene: &mut Scene<'_>,
        told: Option<(&str, Option<(u32, u64)>)>,
    ) {
        self.listeners = self.listeners.saturating_sub(1);
        let (Some((key, told)), Some(all)) = (told, self.told()) else {
            return;
        };
        let told = told.unwrap_or_else(|| {
            let before = self.cursors.began(key);
            let message = before.message.unwrap_or(self.state.left);
            (message.min(all.0), before.request.min(all.1))
        });
        self.cursors.go(key, told, scene.now.wall, scene.journal);
        let left = self.state.left.max(told.0);
        if self.listeners == 0 && self.state.left != left {
            self.state.left = left;
            self.keep_state(scene);
        }
    }

    /// Who it is at the embedded service, if that is to trust the configuration: it is always on there.
    pub(crate) fn embedded_user(&self) -> Option<(String, Secret)> {
        let (username, password) = self.link.embedded_user()?;
        let own = (String::from(username), password.clone());
        self.always_on.then_some(own)
    }

    /// How the account is to be seen, by what its clients want.
    fn wanted(&self) -> Status {
        let usual = if self.always_on || self.wish == Status::Offline {
            Status::Online
        } else {
            self.wish
        };
        let left_alone = if self.away_when_detached {
            Status::Away
        } else {
            usual
        };
        let said = self.seats.values().flatten().copied();
        let most = said.max_by_key(|status| availability(*status));
        match most {
            Some(most) if availability(most) > 0 => most,
            Some(_) if self.seats.values().all(Option::is_some) => {
                if self.always_on {
                    left_alone
                } else {
                    Status::Offline
                }
            }
            None if self.seats.is_empty() && self.always_on => left_alone,
            Some(_) | None => usual,
        }
    }

    /// Shows the account as its clients want it, if that has changed with one that came or went.
    pub(super) fn show_wanted(&mut self, scene: &mut Scene<'_>) {
        let wanted = self.wanted();
        if wanted != self.wish {
            self.wish = wanted;
            self.tell_wish(scene, None);
            self.follow_wish(scene);
        }
    }

    /// A client wants the account to be seen so.
    pub(super) fn set_status(
        &mut self,
        scene: &mut Scene<'_>,
        client: ConnId,
        status: Status,
    ) -> Result<Status, ErrorReply> {
        if status == Status::Unknown {
            return Err(ErrorReply::BAD_STATUS);
        }
        // Logged out is offline here, but clients wait for the word that they have said.
        let wish = if status == Status::LoggedOut {
            Status::Offline
        } else {
            status
        };
        self.seats.insert(client, Some(wish));
        let before = self.wish;
        let wanted = self.wanted();
        self.wish = wanted;
        if wanted == wish {
            self.tell_wish(scene, Some((client, status)));
        } else {
            if wanted != before {
                self.tell_wish(scene, None);
            }
            // The others are as available as they were: this one alone sees itself so.
            self.tell_alone(scene, client, status);
        }
        if wanted == wish || wanted != before {
            self.follow_wish(scene);
        }
        Ok(status)
    }

    /// Tells clients that the account is seen otherwise; one of them, perhaps, in the word that it has used.
    fn tell_wish(&self, scene: &mut Scene<'_>, by: Option<(ConnId, Status)>) {
        let word = by.map_or(self.wish, |(_, status)| status);
        scene.notice(Reply::User {
            handle: self.handle.clone().into(),
            property: UserProperty::OnlineStatus,
            value: presence::shown(word).into(),
        });
        for (client, own) in &self.seats {
            let reply = match (own, by) {
                (_, Some((setter, status))) if setter == *client => Reply::UserStatus(status),
                (None, _) => Reply::UserStatus(self.wish),
                (Some(_), _) => continue,
            };
            scene.out.push(AccountOutput::Tell(*client, reply));
        }
    }

    fn tell_alone(&self, scene: &mut Scene<'_>, client: ConnId, status: Status) {
        let mut tell = |reply| scene.out.push(AccountOutput::Tell(client, reply));
        tell(Reply::UserStatus(status));
        if presence::primitive(status).is_none() {
            tell(Reply::ConnStatus(ConnStatus::Offline));
        }
    }

    /// Lets the link do what the wish means.
    fn follow_wish(&mut self, scene: &mut Scene<'_>) {
        match presence::primitive(self.wish) {
            Some(_) => self.bring_up(scene),
            None => self.with_link(scene, |link, now, out| link.stop(now, out)),
        }
    }

    /// The state of the link and of the own user, as lines for one client.
    pub(super) fn own_status(&self, client: ConnId) -> Vec<Reply<'static>> {
        [
            Reply::ConnStatus(self.conn_status_of(client)),
            Reply::CurrentUserHandle(self.handle.clone().into()),
            Reply::UserStatus(self.user_status_of(client)),
        ]
        .into()
    }

    /// Whether that client sees the account offline, though it is not.
    fn is_offline_for(&self, client: ConnId) -> bool {
        self.seats.get(&client) == Some(&Some(Status::Offline)) && self.wish != Status::Offline
    }

    /// The state of the link, as that client sees it.
    pub(super) fn conn_status_of(&self, client: ConnId) -> ConnStatus {
        if self.is_offline_for(client) {
            ConnStatus::Offline
        } else {
            self.conn_status()
        }
    }

    /// The own status, as that client sees it: what it has asked for, while the account is signed on.
    pub(super) fn user_status_of(&self, client: ConnId) -> Status {
        match (self.link.status(), self.seats.get(&client)) {
            (LinkStatus::Online, Some(Some(own))) => *own,
            (LinkStatus::Online, Some(None) | None) => self.wish,
            (LinkStatus::Offline | LinkStatus::Connecting, _) => Status::Offline,
        }
    }

    /// Says something about the link to every client, but to those for which the account is offline anyhow.
    pub(super) fn tell_of_link(&self, scene: &mut Scene<'_>, reply: &Reply<'static>) {
        for client in self.seats.keys() {
            if !self.is_offline_for(*client) {
                scene.out.push(AccountOutput::Tell(*client, reply.clone()));
            }
        }
    }

    /// The account is seen as another of its sessions wants it: no client here insists on what it has said before.
    pub(super) fn forget_wishes(&mut self) {
        for own in self.seats.values_mut() {
            if *own != Some(Status::Offline) {
                *own = None;
            }
        }
    }
}
