//! What clients of a daemon may say before they are let in: which transport each listener takes, and whom they may mean.
//! Never knows a password: it is made from a configuration, and forgets those in it.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::super::config::ProxyForm;
use super::shadow::Shadow;
use crate::config::{Access, Config, Limits};
use crate::handle::{canonical, is_handle};
use crate::secret::Secret;

/// A part of what a client has given as a password.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// What is checked against the password of somebody.
    Password(Range<usize>),
    /// What nobody knows the meaning of.
    Unknown(Range<usize>),
}

/// The listeners and the names of one configuration.
pub(super) struct Doors(Config);

impl Doors {
    pub(super) fn new(form: &ProxyForm) -> Self {
        let mut config = Config::from(form.clone());
        for account in &mut config.accounts {
            account.password = Secret::default();
            account.access = account.access.take().map(|_| Access::from(""));
        }
        Self(config)
    }

    pub(super) const fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The shadow of a client that has come to a listener; `here` says whether it runs on this machine.
    pub(super) fn shadow(&self, listener: u32, here: bool) -> Option<Shadow> {
        let place = usize::try_from(listener).ok();
        let listener = self.0.listeners.get(place?)?;
        let named = listener.account.as_deref();
        let host = named.and_then(|name| self.0.accounts.iter().find(|one| one.name == name));
        let welcome = host.is_some_and(|one| listener.welcomes(one.access.as_ref(), here));
        Some(Shadow::new(listener.kind, (!welcome, host.is_some())))
    }

    /// Whether an account is called so.
    fn has(&self, name: &str) -> bool {
        let canonical = canonical(name);
        let mut accounts = self.0.accounts.iter();
        accounts.any(|account| account.name == name || account.name == *canonical)
    }

    /// The parts of what a client has given, which the door takes apart in the same way. `host` says whether it means
    /// somebody though it names nobody.
    pub(super) fn parts(&self, name: Option<&str>, host: bool, given: &str) -> Vec<Part> {
        let whole = [Part::Password(0..given.len())].into();
        if name.is_some() {
            return whole;
        }
        let Some((name, _)) = given.split_once(':') else {
            return whole;
        };
        let rest = Part::Password(name.len() + 1..given.len());
        let may_be_guest = self.0.passthrough.is_some() && is_handle(&canonical(name));
        if self.has(name) || !host && may_be_guest {
            [rest].into()
        } else if host {
            whole
        } else {
            [Part::Unknown(0..name.len()), rest].into()
        }
    }

    /// Whether a text is a part of a name, so that it cannot be hidden wherever it appears.
    pub(super) fn is_named(&self, text: &str, guest: Option<&str>) -> bool {
        let accounts = self.0.accounts.iter();
        let names = accounts.flat_map(|account| [account.name.as_str(), &account.username]);
        names.chain(guest).any(|name| name.contains(text))
    }
}

/// What a client gave as its password, and as whom.
pub(super) struct Given {
    /// The name, on transports that ask for one, or the one before the colon.
    pub(super) name: Option<String>,
    pub(super) password: Secret,
}
