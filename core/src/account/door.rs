//! Who may come in: what a client has to give before it is heard.
//! Never says why not.

use super::Account;
use crate::config::Access;
use crate::secret::Secret;

impl Account {
    /// What a client must give, if anything.
    pub(crate) const fn access(&self) -> Option<&Access> {
        self.access.as_ref()
    }

    /// Whether a client may come in that gives this password, and this name where its transport asks for one. Such a
    /// transport asks for a password too: where no other is set, it is the account's own.
    pub(crate) fn lets_in(&self, name: Option<&str>, password: &Secret) -> bool {
        match (&self.access, name) {
            (_, Some(name)) if name != self.name => false,
            (Some(access), _) => access.plain() == Some(password),
            (None, Some(_)) => self.link.has_password(password),
            (None, None) => true,
        }
    }
}
