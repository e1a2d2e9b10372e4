//! Who may come in: what a client has to give before it is heard.
//! Never says why not.

use super::{Account, Judgement};
use crate::config::Access;
use crate::secret::Secret;

impl Account {
    /// What a client must give; `None` if nothing was set for that.
    pub(crate) const fn access(&self) -> Option<&Access> {
        self.access.as_ref()
    }

    /// Whether a client that gives this password is this account's.
    pub(crate) fn judge(&self, given: &Secret) -> Judgement<'_> {
        let right = match &self.access {
            Some(Access::Hash(hash)) => return Judgement::Hashed(hash),
            Some(Access::Plain(access)) => access == given,
            None => self.link.has_password(given),
        };
        if right {
            Judgement::Right
        } else {
            Judgement::Wrong
        }
    }
}
