//! A new configuration, taken on while the daemon runs: who comes, who goes, whose passwords are others.
//! Never touches an account that the new configuration leaves as it was.
//!
//! See `core/docs/client-transports.md`, "A new configuration".

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::vec::Vec;

use super::{AccountId, Member, Proxy, knows_hashes};
use crate::account::Account;
use crate::config::{AccountConfig, Config};
use crate::io::{Output, Outputs, Reloaded};
use crate::time::Now;

/// What is to become of an account.
pub(super) enum Fate {
    /// Nothing else.
    Stays,
    /// It goes as soon as it has said goodbye.
    Leaves,
    /// It goes, and then this one comes, which has its name.
    MakesRoom(Box<AccountConfig>),
}

impl Fate {
    const fn stays(&self) -> bool {
        match self {
            Self::Stays => true,
            Self::Leaves | Self::MakesRoom(_) => false,
        }
    }
}

impl Member {
    /// False if it is about to go: nobody comes to it any more.
    pub(super) const fn stays(&self) -> bool {
        self.fate.stays()
    }

    /// True if it is about to go, and nothing holds it any more.
    pub(super) fn is_gone(&self) -> bool {
        !self.stays() && self.clients.is_empty() && self.account.is_stopped()
    }
}

impl Proxy {
    /// Is what `config` says from now on.
    pub(super) fn reload(&mut self, now: Now, mut config: Config, out: &mut Outputs) {
        let mut done = Reloaded::default();
        if self.draining {
            return out.push(Output::Reloaded(done));
        }
        // What is bounded must not be over its bound all of a sudden.
        config.limits = self.terms.limits.clone();
        let wanted = core::mem::take(&mut config.accounts);
        self.listeners = core::mem::take(&mut config.listeners);
        self.hashes = knows_hashes(&wanted);
        let guests = self.change_guests(&config).into_iter();
        let mut going: BTreeMap<_, _> = guests.map(|id| (id, Fate::Leaves)).collect();
        let before = core::mem::replace(&mut self.terms, config);
        let mut coming: BTreeMap<&str, &AccountConfig> = BTreeMap::new();
        coming.extend(wanted.iter().map(|own| (&*own.name, own)));
        for id in self.members.keys().copied().collect::<Vec<_>>() {
            self.compare(now, id, (&mut coming, &mut going), &mut done, out);
        }
        self.let_go(now, going, out);
        for own in wanted.iter().filter(|own| coming.contains_key(&*own.name)) {
            done.added += 1;
            self.add_account(own);
        }
        if before.away_when_detached != self.terms.away_when_detached {
            self.set_away_when_detached(now, out);
        }
        out.push(Output::Reloaded(done));
    }

    /// Decides what becomes of an account; one that stays takes on what is different.
    fn compare(
        &mut self,
        now: Now,
        id: AccountId,
        (coming, going): (
            &mut BTreeMap<&str, &AccountConfig>,
            &mut BTreeMap<AccountId, Fate>,
        ),
        done: &mut Reloaded,
        out: &mut Outputs,
    ) {
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let own = coming.remove(member.account.name());
        if !member.stays() {
            done.added += usize::from(own.is_some());
            member.fate = own.map_or(Fate::Leaves, |own| Fate::MakesRoom(Box::new(own.clone())));
            return;
        }
        match own {
            // Users who are let in by their own names have to make room for an account of that name only.
            None if member.guest.is_some() => {}
            Some(own) if member.guest.is_some() => {
                done.added += 1;
                going.insert(id, Fate::MakesRoom(Box::new(own.clone())));
            }
            None => {
                done.removed += 1;
                going.insert(id, Fate::Leaves);
            }
            Some(own) if !member.account.is_user(own) => {
                done.changed += 1;
                going.insert(id, Fate::MakesRoom(Box::new(own.clone())));
            }
            Some(own) => {
                let taken =
                    self.with_account(now, id, out, |account, scene| account.take_on(scene, own));
                if taken == Some(true) {
                    done.changed += 1;
                    self.door.forget(id);
                } else {
                    done.untouched += 1;
                }
            }
        }
    }

    /// Sends accounts away with all that are theirs.
    fn let_go(&mut self, now: Now, going: BTreeMap<AccountId, Fate>, out: &mut Outputs) {
        let going: BTreeSet<AccountId> = going
            .into_iter()
            .filter_map(|(id, fate)| {
                self.members.get_mut(&id)?.fate = fate;
                Some(id)
            })
            .collect();
        self.to_start.retain(|id| !going.contains(id));
        for id in &going {
            self.guest_goes(now, *id, out);
        }
        self.bar(&going);
        for conn in self.clients_who(|id, _| id.is_some_and(|id| going.contains(&id))) {
            self.dismiss_client(conn, out);
        }
        for id in going {
            self.with_account(now, id, out, Account::stop);
        }
    }

    /// An account has something to be done about it: it is a guest, or is about to go.
    pub(super) fn account_moved(&mut self, now: Now, id: AccountId, out: &mut Outputs) {
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        if member.stays() {
            return self.guest_moved(now, id, out);
        }
        if !member.is_gone() {
            return;
        }
        let fate = core::mem::replace(&mut member.fate, Fate::Leaves);
        self.remove_account(id, out);
        if let Fate::MakesRoom(own) = fate
            && !self.draining
        {
            self.add_account(&own);
        }
    }

    /// Adds an account of the configuration; it is started when it is its turn.
    fn add_account(&mut self, own: &AccountConfig) {
        let id = self.new_id();
        // One that comes again in the same life draws other numbers than before.
        let rng = self.rng.derive(&format!("{} {}", own.name, id.0));
        let account = Account::new(own, &self.terms, &self.limits, &rng);
        self.members.insert(id, Member::new(account, None));
        self.names.insert(own.name.clone(), id);
        self.to_start.push_back(id);
    }

    /// A name for one more account.
    pub(super) const fn new_id(&mut self) -> AccountId {
        let id = AccountId(self.next_account);
        self.next_account += 1;
        id
    }

    fn set_away_when_detached(&mut self, now: Now, out: &mut Outputs) {
        let away = self.terms.away_when_detached;
        let is_own = |(id, member): (&AccountId, &Member)| member.guest.is_none().then_some(*id);
        for id in self.members.iter().filter_map(is_own).collect::<Vec<_>>() {
            self.with_account(now, id, out, |account, scene| {
                account.set_away_when_detached(scene, away);
            });
        }
    }
}
