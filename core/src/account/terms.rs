//! What the configuration says of an account: what is different in a new one, and how that is taken on.
//! Never becomes another user: for that there is a new account.

use super::{Account, Scene};
use crate::config::AccountConfig;

impl Account {
    /// Whether it would be the same user at the same service.
    pub(crate) fn is_user(&self, own: &AccountConfig) -> bool {
        self.link.is_of(&own.username, &own.upstream)
    }

    /// Takes on the passwords of a new configuration, for those who log in from now on. True if they are others.
    pub(crate) fn take_on(&mut self, scene: &mut Scene<'_>, own: &AccountConfig) -> bool {
        let opens_anew = self.access != own.access;
        if opens_anew {
            self.access = own.access.clone();
        }
        let logs_in_anew = !self.link.has_password(&own.password);
        if logs_in_anew {
            self.link.set_password(own.password.clone());
            // An attempt with the old one would be refused, and be the last.
            if self.link.is_logging_in() {
                self.with_link(scene, |link, now, out| link.stop(now, out));
            }
            self.bring_up(scene);
        }
        opens_anew || logs_in_anew
    }

    /// Says whether the account is away while it has no client.
    pub(crate) fn set_away_when_detached(&mut self, scene: &mut Scene<'_>, away: bool) {
        self.away_when_detached = away;
        self.show_wanted(scene);
    }
}
