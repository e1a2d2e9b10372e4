//! What clients do to chats: making them, bringing people in, throwing them out, going out, giving topics, marks.
//! Never lets a client wait for the service longer than it would.
//!
//! A command that asks something of the service is asked again until there is an answer: what it has set going
//! stands under the client and the time of the first asking.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use super::deeds::{Asker, Wish};
use super::{ChatId, News, Place};
use crate::account::records::Standing;
use crate::account::{Account, Answer, Held, Scene};
use crate::handle::{canonical, is_handle};
use crate::imo::link::LinkStatus;
use crate::skype::{ChatAction, ChatProperty, ChatStatus, ErrorReply, Reply, Targets, plain_text};
use crate::time::Instant;

/// How long a client waits for a new group chat: one gives up after ten seconds.
const CREATE_WAIT: Duration = Duration::from_secs(8);
/// How long a client waits for anything else: one gives up after two seconds.
const ALTER_WAIT: Duration = Duration::from_millis(1_500);

impl Account {
    /// Makes a chat: a dialog with one, a group chat with none or several.
    pub(in crate::account) fn create_chat<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        targets: Targets<'_>,
        asker: Asker,
    ) -> Answer<'a> {
        if let Some(progress) = self.acts.waiting.get(&asker) {
            return self.creation(scene.now.mono, asker, progress.made.clone());
        }
        let partners = self.partners(targets);
        if let ([partner], false) = (partners.as_slice(), targets.is_empty()) {
            let chat = self.chats.dialog(partner).0.to_string();
            return Answer::Reply(status(chat, ChatStatus::Dialog));
        }
        if partners.is_empty() != targets.is_empty() || partners.len() > self.limits.calls_waiting {
            return Answer::Reply(ErrorReply::CHAT_CREATE_MEMBERS.into());
        }
        if self.link.status() != LinkStatus::Online {
            return Answer::Reply(ErrorReply::CHAT_CREATE_FAILED.into());
        }
        let until = asker.1 + CREATE_WAIT;
        if self.congested {
            return if scene.now.mono < until {
                Answer::Wait(Some(until))
            } else {
                Answer::Reply(ErrorReply::CHAT_CREATE_FAILED.into())
            };
        }
        self.acts.wait(asker, scene.now.mono, until, 1);
        self.make(scene, asker, partners, None);
        Answer::Wait(Some(until))
    }

    fn creation<'a>(&mut self, now: Instant, asker: Asker, made: Option<ChatId>) -> Answer<'a> {
        let Some(progress) = self.acts.waiting.get(&asker) else {
            return Answer::Reply(ErrorReply::CHAT_CREATE_FAILED.into());
        };
        if made.is_none() && progress.refused == 0 && now < progress.until {
            return Answer::Wait(Some(progress.until));
        }
        self.acts.waiting.remove(&asker);
        let Some(chat) = made else {
            for making in self.acts.making.values_mut() {
                making.forsaken |= making.asker == asker;
            }
            return Answer::Reply(ErrorReply::CHAT_CREATE_FAILED.into());
        };
        Answer::Reply(status(chat.to_string(), ChatStatus::MultiSubscribed))
    }

    /// Whom a command names, each once and without oneself.
    fn partners(&self, targets: Targets<'_>) -> Vec<String> {
        let mut partners: Vec<String> = targets
            .iter()
            .map(|handle| canonical(handle).into_owned())
            .filter(|handle| is_handle(handle) && *handle != self.handle)
            .collect();
        partners.sort_unstable();
        partners.dedup();
        partners
    }

    /// Does something to a chat.
    pub(in crate::account) fn alter_chat<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        chat: &'a str,
        action: ChatAction<'a>,
        asker: Asker,
    ) -> Answer<'a> {
        let now = scene.now.mono;
        let confirmed = action.confirmation(chat);
        if let Some(progress) = self.acts.waiting.get(&asker) {
            let until = progress.until;
            if progress.open > 0 && now < until {
                return Answer::Wait(Some(until));
            }
            let refused = progress.refused > 0 && progress.done == 0;
            self.acts.waiting.remove(&asker);
            return Answer::Reply(if refused {
                ErrorReply::CHAT_FAILED.into()
            } else {
                confirmed
            });
        }
        let Some(place) = self.chats.find(chat) else {
            return Answer::Reply(ErrorReply::CHAT_UNKNOWN.into());
        };
        let wishes = match &place {
            Place::Dialog(partner) => self.wishes_of_dialog(scene, partner, action),
            Place::Group(id) => self.wishes_of_group(scene, id, action),
        };
        let (gid, wishes) = match wishes {
            Ok(Todo::Nothing) => return Answer::Reply(confirmed),
            Ok(Todo::Ask(gid, wishes)) => (gid, wishes),
            Ok(Todo::Widen(..)) if self.link.status() != LinkStatus::Online => {
                return Answer::Reply(ErrorReply::CHAT_FAILED.into());
            }
            Ok(Todo::Widen(partner, targets)) => {
                let until = now + ALTER_WAIT;
                self.acts.wait(asker, now, until, 1);
                self.make(scene, asker, targets, Some(partner));
                return Answer::Wait(Some(until));
            }
            Err(error) => return Answer::Reply(error.into()),
        };
        if self.link.status() == LinkStatus::Offline {
            return Answer::Reply(ErrorReply::CHAT_FAILED.into());
        }
        if self.congested {
            return Answer::Wait(None);
        }
        let until = now + ALTER_WAIT;
        self.acts.wait(asker, now, until, wishes.len());
        for wish in wishes {
            self.wish(scene, asker, &gid, wish);
        }
        Answer::Wait(Some(until))
    }

    /// What has to be asked of the service for something to be done to a dialog.
    fn wishes_of_dialog(
        &mut self,
        scene: &mut Scene<'_>,
        partner: &str,
        action: ChatAction<'_>,
    ) -> Result<Todo, ErrorReply> {
        match action {
            ChatAction::AddMembers(targets) => {
                let mut targets = self.partners(targets);
                targets.retain(|handle| handle != partner);
                if targets.is_empty() {
                    return Ok(Todo::Nothing);
                }
                if targets.len() > self.limits.calls_waiting {
                    return Err(ErrorReply::CHAT_MEMBERS);
                }
                targets.insert(0, partner.to_owned());
                Ok(Todo::Widen(partner.to_owned(), targets))
            }
            ChatAction::Bookmark(on) => {
                let now = scene.now.wall.as_seconds();
                let id = self.chats.open_dialog(partner, now, scene.journal);
                self.bookmark(scene, &id, on)
            }
            ChatAction::ClearRecentMessages | ChatAction::SetAlertString(_) => Ok(Todo::Nothing),
            ChatAction::SetTopic(_)
            | ChatAction::SetTopicXml(_)
            | ChatAction::Leave
            | ChatAction::Join
            | ChatAction::Kick(_)
            | ChatAction::KickBan(_)
            | ChatAction::AcceptAdd
            | ChatAction::Disband
            | ChatAction::SetPassword { .. }
            | ChatAction::EnterPassword(_)
            | ChatAction::SetOptions(_)
            | ChatAction::SetGuidelines(_)
            | ChatAction::SetDescription(_) => Err(ErrorReply::CHAT_FAILED),
        }
    }

    /// What has to be asked of the service for something to be done to a group chat.
    fn wishes_of_group(
        &mut self,
        scene: &mut Scene<'_>,
        id: &ChatId,
        action: ChatAction<'_>,
    ) -> Result<Todo, ErrorReply> {
        let Some(chat) = self.chats.get(id) else {
            return Err(ErrorReply::CHAT_UNKNOWN);
        };
        let Some(group) = &chat.group else {
            return Err(ErrorReply::CHAT_UNKNOWN);
        };
        let gid = group.gid.clone();
        let is_in = group.standing == Standing::In;
        let wishes: Vec<Wish> = match action {
            ChatAction::Bookmark(on) => return self.bookmark(scene, id, on),
            ChatAction::ClearRecentMessages | ChatAction::SetAlertString(_) => Vec::new(),
            ChatAction::Disband
            | ChatAction::SetPassword { .. }
            | ChatAction::EnterPassword(_)
            | ChatAction::SetOptions(_)
            | ChatAction::SetGuidelines(_)
            | ChatAction::SetDescription(_) => return Err(ErrorReply::CHAT_FAILED),
            ChatAction::Leave if !is_in => Vec::new(),
            _ if !is_in => return Err(ErrorReply::CHAT_FAILED),
            ChatAction::Join | ChatAction::AcceptAdd => Vec::new(),
            ChatAction::Leave => [Wish::Leave].into(),
            ChatAction::SetTopic(topic) => [Wish::Topic(topic.to_owned())].into(),
            ChatAction::SetTopicXml(topic) => [Wish::Topic(plain_text(topic).into_owned())].into(),
            ChatAction::AddMembers(targets) => {
                let mut targets = self.partners(targets);
                targets.retain(|handle| !chat.members.has(handle));
                let invite = |handle| Wish::Invite {
                    handle,
                    first: false,
                };
                targets.into_iter().map(invite).collect()
            }
            ChatAction::Kick(targets) | ChatAction::KickBan(targets) => {
                let mut targets = self.partners(targets);
                targets.retain(|handle| chat.members.has(handle));
                if targets.is_empty() {
                    return Err(ErrorReply::CHAT_FAILED);
                }
                targets.into_iter().map(Wish::Kick).collect()
            }
        };
        if wishes.len() > self.limits.calls_waiting {
            return Err(ErrorReply::CHAT_MEMBERS);
        }
        if wishes.is_empty() {
            return Ok(Todo::Nothing);
        }
        Ok(Todo::Ask(gid, wishes))
    }

    fn bookmark(
        &mut self,
        scene: &mut Scene<'_>,
        id: &ChatId,
        on: bool,
    ) -> Result<Todo, ErrorReply> {
        if on && !self.chats.may_pin() {
            return Err(ErrorReply::CHAT_FAILED);
        }
        let was = self
            .chats
            .change(id, |chat| core::mem::replace(&mut chat.bookmarked, on));
        if was == Some(!on) {
            let ticket = self.chats.keep(id, scene.journal);
            self.hold(scene, ticket, Held::Chat(id.clone(), News::Bookmarked));
        }
        Ok(Todo::Nothing)
    }
}

/// What is to be done for a client.
enum Todo {
    /// No more than has been done.
    Nothing,
    /// Ask these things of the service about this group.
    Ask(String, Vec<Wish>),
    /// Make the dialog with this partner a group chat of these.
    Widen(String, Vec<String>),
}

fn status<'a>(chat: String, status: ChatStatus) -> Reply<'a> {
    Reply::Chat {
        chat: chat.into(),
        property: ChatProperty::Status,
        value: status.into(),
    }
}
