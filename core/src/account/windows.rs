//! Windows that a client wants to be opened for a chat, or for files to people: whether there are such.
//! Never opens one: where nothing speaks against it, a nod is all that comes of it.

use super::Account;
use crate::handle::canonical;
use crate::skype::{ErrorReply, file_window_users};

impl Account {
    /// Whether there is the chat that a window is wanted for; more may stand behind its id.
    pub(super) fn chat_window(&self, argument: &str) -> Result<(), ErrorReply> {
        let chat = argument.split(' ').next().unwrap_or_default();
        let found = self.chats.find(chat);
        found.map(|_| ()).ok_or(ErrorReply::GET_CHAT_UNKNOWN)
    }

    /// Whether all are contacts to whom files are to be sent.
    pub(super) fn file_window(&self, argument: &str) -> Result<(), ErrorReply> {
        let is_contact = |handle| self.roster.contacts.contains_key(&*canonical(handle));
        if !self.roster.known || file_window_users(argument).all(is_contact) {
            Ok(())
        } else {
            Err(ErrorReply::NO_CONTACT)
        }
    }
}
