//! What clients ask of an account, answered or passed on.
//! Never lets a command go without exactly one answer.
//!
//! See `core/docs/skype-api.md` for every command.

use alloc::borrow::{Cow, ToOwned};

use super::nods::{confirm, standing};
use super::parameters::{PUT_AWAY, SHOWN};
use super::{Account, Answer, HistoryEntry, Reach, Scene};
use crate::handle;
use crate::imo::link::LinkStatus;
use crate::io::ConnId;
use crate::skype::{Command, ErrorReply, Parameter, Reply, Search, Window};
use crate::time::Instant;

/// The highest protocol version that is spoken here.
pub(crate) const PROTOCOL_MAX: u8 = 7;

impl Account {
    /// Answers one command of a `client` that has waited for the answer since `since`, and that files reach by `reach`.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all others are looked at in the next table"
    )]
    pub(crate) fn command<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        command: Command<'a>,
        client: ConnId,
        since: Instant,
        reach: Reach,
    ) -> Answer<'a> {
        let needs_nothing = matches!(command, Command::Name(_) | Command::Ping);
        if !self.ready && !needs_nothing {
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
            Command::GetUserStatus => Reply::UserStatus(self.user_status_of(client)),
            Command::SetUserStatus(status) => match self.set_status(scene, client, status) {
                Ok(status) => Reply::UserStatus(status),
                Err(error) => error.into(),
            },
            Command::GetConnStatus => Reply::ConnStatus(self.conn_status_of(client)),
            Command::SetConnStatus(status) => match self.set_status(scene, client, status) {
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
            Command::GetChat { .. }
            | Command::GetChatMember { .. }
            | Command::GetMessage { .. }
            | Command::SetMessageSeen { .. }
            | Command::Message { .. }
            | Command::ChatMessage { .. }
            | Command::ChatCreate { .. }
            | Command::AlterChat { .. } => {
                return self.chat_command(scene, command, (client, since));
            }
            Command::GetAvatar { file } => return self.own_avatar(scene, file, reach, since),
            Command::SetAvatar { file } => return self.set_avatar(scene, file, reach),
            Command::GetUserAvatar { handle, file } => {
                return self.user_avatar(scene, (handle, file), reach, since);
            }
            Command::Call { .. }
            | Command::GetCall { .. }
            | Command::GetCallParticipant { .. }
            | Command::GetCanTransfer { .. }
            | Command::SetCallStatus { .. }
            | Command::SetCallSeen(_)
            | Command::SetCallOther { .. }
            | Command::AlterCall { .. } => return self.call_command(scene, command),
            Command::Clear(history) => return self.clear(scene, command, history),
            other => self.local_command(scene, other),
        })
    }

    /// Answers what is about chats and messages.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other commands are answered elsewhere"
    )]
    fn chat_command<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        command: Command<'a>,
        asker: (ConnId, Instant),
    ) -> Answer<'a> {
        Answer::Reply(match command {
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
            Command::ChatMessage { chat, body } => self.send_to_chat(scene, chat, body),
            Command::ChatCreate { targets } => {
                return self.create_chat(scene, targets, asker);
            }
            Command::AlterChat { chat, action } => {
                return self.alter_chat(scene, chat, action, asker);
            }
            other => self.local_command(scene, other),
        })
    }

    /// Answers what is kept here and concerns the clients alone.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other commands have the same answer always"
    )]
    fn local_command<'a>(&mut self, scene: &mut Scene<'_>, command: Command<'a>) -> Reply<'a> {
        match command {
            Command::Focus => {
                self.set_parameter(scene, Parameter::WindowState, SHOWN);
                command.echo()
            }
            Command::Minimize => {
                self.set_parameter(scene, Parameter::WindowState, PUT_AWAY);
                command.echo()
            }
            Command::ResetIdleTimer => {
                self.reset_idle_timer(scene);
                command.echo()
            }
            Command::GetParameter(parameter) => self.parameter(parameter),
            Command::SetParameter { parameter, value } => {
                self.set_parameter(scene, parameter, value);
                command.echo()
            }
            Command::SetSpeedDial { handle, number } => {
                self.set_speed_dial(scene, handle, number);
                command.echo()
            }
            Command::GetGroup { group, property } => self.group_asked(group, property),
            Command::SetGroupName { group, name } => {
                confirm(command, self.rename_group(scene, group.number(), name))
            }
            Command::CreateGroup { name } => confirm(command, self.create_group(scene, name)),
            Command::DeleteGroup { group } => {
                confirm(command, self.delete_group(scene, group.number()))
            }
            Command::AlterGroup { group, action } => {
                confirm(command, self.alter_group(scene, group.number(), action))
            }
            Command::CreateApplication { name } => confirm(command, self.create_application(name)),
            Command::DeleteApplication { name } => confirm(command, self.delete_application(name)),
            Command::GetApplication { name, property } => self.application_asked(name, property),
            Command::AlterApplication { name, action } => {
                confirm(command, self.alter_application(scene, name, action))
            }
            Command::Open {
                window: Window::Chat,
                argument,
            } => confirm(command, self.chat_window(argument)),
            Command::Open {
                window: Window::FileTransfer,
                argument,
            } => confirm(command, self.file_window(argument)),
            other => standing(other),
        }
    }

    pub(super) fn watch_congestion(&mut self) {
        // What waits for the store counts too: it may be the store that does not keep up.
        let (calls, bytes) = (
            self.link.calls_waiting() + self.held.len(),
            self.link.bytes_waiting(),
        );
        let (calls_max, bytes_max) = (self.limits.calls_waiting, self.call_bytes_max());
        let share = if self.congested { 2 } else { 1 };
        self.congested = calls > calls_max / share || bytes > bytes_max / share;
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
                self.roster.answered_early |= !self.roster.known;
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
                let wanted = |entry: &&HistoryEntry| {
                    with.is_none_or(|with| handle::same(with, &entry.partner))
                };
                let found = history.iter().rev().filter(wanted);
                Reply::Messages {
                    object,
                    ids: found.map(|entry| entry.number).collect(),
                }
            }
            Search::Chats(list) => return self.search_chats(scene, list),
            Search::Calls { .. } | Search::ActiveCalls | Search::MissedCalls => {
                Reply::Calls(self.find_calls(search))
            }
            Search::Nothing(_) | Search::Greeting(_) => standing(Command::Search(search)),
            Search::Groups(kind) => Reply::Groups(self.search_groups(kind, scene.now.mono)),
        })
    }
}

fn owned<'a>(handle: &str) -> Cow<'a, str> {
    Cow::Owned(handle.to_owned())
}
