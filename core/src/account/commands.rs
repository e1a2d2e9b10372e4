//! What clients ask of an account, answered or passed on.
//! Never lets a command go without exactly one answer.
//!
//! See `core/docs/skype-api.md` for every command.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use super::{Account, Answer, Reach, Scene, presence};
use crate::handle::{self, canonical};
use crate::imo::link::LinkStatus;
use crate::skype::{
    ApplicationAction, ChatList, ChatStatus, Command, ErrorReply, GroupKind, Reply, Search, Status,
    UserProperty, dialog_partner, standing_answer,
};
use crate::time::Instant;

/// The highest protocol version that is spoken here.
pub(crate) const PROTOCOL_MAX: u8 = 7;

impl Account {
    /// Answers one command of a client that has waited for the answer since `since`, and that files reach by `reach`.
    pub(crate) fn command<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        command: Command<'a>,
        since: Instant,
        reach: Reach,
    ) -> Answer<'a> {
        let needs_nothing = matches!(command, Command::Name(_) | Command::Ping);
        if !self.ready && !self.stopping && !needs_nothing {
            return Answer::Wait(None);
        }
        if self.congested
            && let Some(answer) = self.put_off(&command)
        {
            return answer;
        }
        Answer::Reply(match command {
            Command::Name(_) => Reply::Ok,
            Command::Protocol(version) => {
                let version = u8::try_from(version).unwrap_or(PROTOCOL_MAX);
                Reply::Protocol(version.min(PROTOCOL_MAX))
            }
            Command::Ping => Reply::Pong,
            Command::GetUserStatus => Reply::UserStatus(self.user_status()),
            Command::SetUserStatus(status) => match self.set_status(scene, status) {
                Ok(status) => Reply::UserStatus(status),
                Err(error) => error.into(),
            },
            Command::GetConnStatus => Reply::ConnStatus(self.conn_status()),
            Command::SetConnStatus(status) => match self.set_status(scene, status) {
                Ok(status) => Reply::ConnStatusAsked(status),
                Err(error) => error.into(),
            },
            Command::GetCurrentUserHandle => Reply::CurrentUserHandle(self.handle.clone().into()),
            Command::Search(search) => return self.search(scene, search, since),
            Command::GetUser { handle, property } => {
                let value = self.user(handle, property);
                Reply::User {
                    handle: handle.into(),
                    property,
                    value,
                }
            }
            Command::SetUser { handle, change } => self.change_user(scene, handle, change),
            Command::GetProfile { property } => Reply::Profile {
                property,
                value: self.profile(property),
            },
            Command::SetProfile { property, value } => self.set_profile(scene, property, value),
            Command::GetChat { chat, property } => {
                return self.chat_asked(scene, chat, property);
            }
            Command::GetChatMember { member, property } => self.member_asked(member, property),
            Command::GetMessage {
                object,
                id,
                property,
            } => {
                return self.message_asked(scene, object, id, property);
            }
            Command::SetMessageSeen { object, id } => return self.seen(scene, object, id),
            Command::Message { to, body } => self.send_text(scene, to, body),
            Command::ChatMessage { chat, body } => match self.partner(chat) {
                Some(partner) => self.send_text(scene, &partner, body),
                None => ErrorReply::CHATMESSAGE_UNKNOWN.into(),
            },
            Command::ChatCreate { targets } => self.create_chat(targets.iter()),
            Command::AlterChat { action, .. } if action.refusal().is_some() => standing(command),
            Command::AlterChat { chat, .. } => match self.partner(chat) {
                Some(_) => ErrorReply::CHAT_FAILED.into(),
                None => ErrorReply::CHAT_UNKNOWN.into(),
            },
            Command::GetAvatar { file } => return self.own_avatar(scene, file, reach, since),
            Command::SetAvatar { file } => return self.set_avatar(scene, file, reach),
            Command::GetUserAvatar { handle, file } => {
                return self.user_avatar(scene, (handle, file), reach, since);
            }
            Command::Focus | Command::Minimize | Command::Clear(_) => command.echo(),
            Command::GetParameter(_)
            | Command::SetParameter { .. }
            | Command::SetSpeedDial { .. } => not_kept(command),
            Command::GetGroup { .. }
            | Command::SetGroupName { .. }
            | Command::CreateGroup { .. }
            | Command::DeleteGroup { .. }
            | Command::AlterGroup { .. } => not_kept(command),
            Command::CreateApplication { .. }
            | Command::DeleteApplication { .. }
            | Command::GetApplication { .. }
            | Command::AlterApplication { .. } => not_kept(command),
            Command::Call { .. }
            | Command::GetCall { .. }
            | Command::GetCallParticipant { .. }
            | Command::GetCanTransfer { .. }
            | Command::SetCallStatus { .. }
            | Command::SetCallSeen(_)
            | Command::SetCallOther { .. }
            | Command::AlterCall { .. } => return self.call_command(scene, command),
            Command::GetConstant(_)
            | Command::SetMute(_)
            | Command::ResetIdleTimer
            | Command::SetChatDescription { .. }
            | Command::ChatCreateUsingBlob(_)
            | Command::ChatFindUsingBlob(_)
            | Command::AlterChatMember { .. }
            | Command::SetMessageBody { .. }
            | Command::Voicemail(_)
            | Command::Sms(_)
            | Command::GetFileTransfer { .. }
            | Command::Open { .. }
            | Command::Button { .. }
            | Command::CreateMenuItem { .. }
            | Command::SetMenuItem { .. }
            | Command::DeleteMenuItem(_)
            | Command::CreateEvent { .. }
            | Command::DeleteEvent(_) => standing(command),
        })
    }

    pub(super) fn watch_congestion(&mut self) {
        // What waits for the store counts too: it may be the store that does not keep up.
        let (calls, bytes) = (
            self.link.calls_waiting() + self.held.len(),
            self.sending_bytes,
        );
        let limits = &self.limits;
        let (calls_max, bytes_max) = if self.congested {
            (limits.calls_waiting / 2, limits.call_bytes_waiting / 2)
        } else {
            (limits.calls_waiting, limits.call_bytes_waiting)
        };
        self.congested = calls > calls_max || bytes > bytes_max;
    }

    /// What a command that makes calls has to hear while too many of them wait; all others are answered as ever.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other commands make no calls"
    )]
    fn put_off<'a>(&self, command: &Command<'_>) -> Option<Answer<'a>> {
        let status = self.link.status();
        match command {
            // Whoever waited here could not ask to go online, behind which the calls wait.
            Command::Message { .. }
            | Command::ChatMessage { .. }
            | Command::SetUser { .. }
            | Command::SetAvatar { .. }
            | Command::Call { .. }
                if status == LinkStatus::Offline =>
            {
                Some(Answer::Reply(ErrorReply::LOGGED_OUT.into()))
            }
            Command::Message { .. }
            | Command::ChatMessage { .. }
            | Command::SetUser { .. }
            | Command::SetAvatar { .. }
            | Command::Call { .. } => Some(Answer::Wait(None)),
            Command::SetUserStatus(_) | Command::SetConnStatus(_) | Command::SetProfile { .. } => {
                (status == LinkStatus::Online).then_some(Answer::Wait(None))
            }
            _ => None,
        }
    }

    fn set_status(&mut self, scene: &mut Scene<'_>, status: Status) -> Result<Status, ErrorReply> {
        if status == Status::Unknown {
            return Err(ErrorReply::BAD_STATUS);
        }
        let status = if status == Status::LoggedOut {
            Status::Offline
        } else {
            status
        };
        self.wish = status;
        let handle = self.handle.clone().into();
        let value = presence::shown(status).into();
        scene.notice(Reply::User {
            handle,
            property: UserProperty::OnlineStatus,
            value,
        });
        scene.notice(Reply::UserStatus(status));
        match presence::primitive(status) {
            Some(_) => self.bring_up(scene),
            None => self.with_link(scene, |link, now, out| link.stop(now, out)),
        }
        Ok(status)
    }

    fn search<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        search: Search<'a>,
        since: Instant,
    ) -> Answer<'a> {
        Answer::Reply(match search {
            Search::Friends => {
                let until = since + self.limits.roster_wait;
                let coming = !self.roster.known && self.link.status() != LinkStatus::Offline;
                if coming && scene.now.mono < until {
                    return Answer::Wait(Some(until));
                }
                Reply::Users(
                    self.roster
                        .contacts
                        .keys()
                        .map(|handle| owned(handle))
                        .collect(),
                )
            }
            Search::UsersWaitingMyAuthorization => Reply::Users(
                self.roster
                    .requests
                    .keys()
                    .map(|handle| owned(handle))
                    .collect(),
            ),
            Search::Users(text) => return self.find_users(scene, text, since),
            Search::MissedMessages(object) => Reply::Messages {
                object,
                ids: self.missed(),
            },
            Search::Messages { object, with } => {
                let Some(history) = &self.history else {
                    self.fetch_history(scene);
                    return Answer::Wait(None);
                };
                let wanted = |partner: &str| with.is_none_or(|with| handle::same(with, partner));
                let found = history.iter().rev().filter(|(_, partner)| wanted(partner));
                Reply::Messages {
                    object,
                    ids: found.map(|(number, _)| *number).collect(),
                }
            }
            Search::Chats(ChatList::Bookmarked) => Reply::Chats(Vec::new()),
            Search::Chats(
                ChatList::Missed | ChatList::Active | ChatList::Recent | ChatList::All,
            ) => {
                let Some(history) = &self.history else {
                    self.fetch_history(scene);
                    return Answer::Wait(None);
                };
                let mut partners: Vec<&str> = Vec::new();
                let missed_only = search == Search::Chats(ChatList::Missed);
                for (number, partner) in history.iter().rev() {
                    let wanted = !missed_only || self.messages.is_unread(*number);
                    if wanted && !partners.contains(&partner.as_str()) {
                        partners.push(partner);
                    }
                }
                Reply::Chats(
                    partners
                        .into_iter()
                        .map(|p| self.chat_id(p).into())
                        .collect(),
                )
            }
            Search::Calls { .. } | Search::ActiveCalls | Search::MissedCalls => {
                Reply::Calls(self.find_calls(search))
            }
            Search::Nothing(_) | Search::Greeting(_) => standing(Command::Search(search)),
            Search::Groups(GroupKind::All | GroupKind::Custom | GroupKind::Hardwired) => {
                Reply::Groups(Vec::new())
            }
        })
    }

    fn create_chat<'a, 't>(&self, mut targets: impl Iterator<Item = &'t str>) -> Reply<'a> {
        let (first, second) = (targets.next(), targets.next());
        match (first, second) {
            (Some(partner), None) if !handle::same(partner, &self.handle) => Reply::Chat {
                chat: self.chat_id(&canonical(partner)).into(),
                property: crate::skype::ChatProperty::Status,
                value: ChatStatus::Dialog.into(),
            },
            _ => ErrorReply::CHAT_CREATE_MEMBERS.into(),
        }
    }

    /// The partner of a dialog of this account, by its chat id.
    pub(super) fn partner(&self, chat: &str) -> Option<String> {
        let (creator, partner) = dialog_partner(chat)?;
        let other = if handle::same(creator, &self.handle) {
            partner
        } else if handle::same(partner, &self.handle) {
            creator
        } else {
            return None;
        };
        Some(canonical(other).into_owned())
    }
}

fn owned<'a>(handle: &str) -> Cow<'a, str> {
    Cow::Owned(handle.to_owned())
}

/// The answer to a command that depends on nothing here.
fn standing(command: Command<'_>) -> Reply<'_> {
    let answer = standing_answer(&command);
    debug_assert!(answer.is_some(), "no standing answer to {command}");
    answer.unwrap_or(Reply::Error(ErrorReply::INTERNAL))
}

/// The answers about what nobody keeps: nods at changes, and what is so where nothing was ever changed.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all other commands are confirmed as if they were done"
)]
fn not_kept(command: Command<'_>) -> Reply<'_> {
    match command {
        Command::GetParameter(parameter) => Reply::Parameter {
            parameter,
            value: parameter.default_value().into(),
        },
        Command::GetGroup { .. } => ErrorReply::GROUP_ID.into(),
        Command::GetApplication { name, property } => Reply::Application {
            name: name.into(),
            property,
            value: property.neutral().into(),
        },
        Command::AlterApplication { action, .. } => match action {
            ApplicationAction::Write { .. } => ErrorReply::NO_WRITE.into(),
            ApplicationAction::Read(_) => ErrorReply::NO_READ.into(),
            ApplicationAction::Connect(_)
            | ApplicationAction::Disconnect(_)
            | ApplicationAction::Datagram { .. } => command.echo(),
        },
        _ => command.echo(),
    }
}
