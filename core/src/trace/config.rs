//! What a machine was told when it was made, as it stands in the header of a trace.
//! Never leaves out what the machine was told: it is made anew from this.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::limits::{LimitsForm, Millis};
use super::output::Place;
use crate::config::{
    Access, AccountConfig, Config, DialectKind, Listener, Passthrough, Registration, ServiceConfig,
    Upstream, WireKind,
};
use crate::secret::Secret;

/// The form of a [`Config`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProxyForm {
    listeners: Vec<ListenerForm>,
    accounts: Vec<AccountForm>,
    verbose: bool,
    local_time: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    linger: Option<Millis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    passthrough: Option<PassthroughForm>,
    #[serde(default, skip_serializing_if = "is_unset")]
    always_on: bool,
    #[serde(default, skip_serializing_if = "is_unset")]
    away_when_detached: bool,
    limits: LimitsForm,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PassthroughForm {
    upstream: UpstreamForm,
    register: bool,
}

/// True for a switch that an older version did not know and nobody has set.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
const fn is_unset(switch: &bool) -> bool {
    !*switch
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListenerForm {
    kind: WireForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(default, skip_serializing_if = "is_unset")]
    open: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireForm {
    SkypeProxy,
    Len8,
    Skypenet,
    Skyped,
    Auto,
}

/// The form of an [`AccountConfig`]. Its passwords are those of the trace, hidden or not.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountForm {
    name: String,
    username: String,
    password: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    access: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    access_hash: Option<String>,
    upstream: UpstreamForm,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct UpstreamForm {
    #[serde(flatten)]
    origin: Place,
    path: String,
    dialect: DialectForm,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DialectForm {
    V0,
    V1,
}

/// The form of a [`ServiceConfig`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceForm {
    registration: RegistrationForm,
    poll_hold: Millis,
    limits: LimitsForm,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RegistrationForm {
    Closed,
    Embedded,
    Open,
}

impl core::fmt::Debug for ProxyForm {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ProxyForm(***)")
    }
}

impl ProxyForm {
    /// The passwords in it, and the hashes of those that are not.
    pub(super) fn secrets(&mut self) -> impl Iterator<Item = &mut String> {
        let accounts = self.accounts.iter_mut();
        accounts.flat_map(|account| {
            [&mut account.password]
                .into_iter()
                .chain(&mut account.access)
                .chain(&mut account.access_hash)
        })
    }
}

impl From<&Config> for ProxyForm {
    fn from(config: &Config) -> Self {
        let Config {
            listeners,
            accounts,
            verbose,
            local_time,
            linger,
            passthrough,
            always_on,
            away_when_detached,
            limits,
        } = config;
        Self {
            listeners: listeners.iter().map(ListenerForm::from).collect(),
            accounts: accounts.iter().map(AccountForm::from).collect(),
            verbose: *verbose,
            local_time: *local_time,
            linger: linger.map(Millis::from),
            passthrough: passthrough.as_ref().map(PassthroughForm::from),
            always_on: *always_on,
            away_when_detached: *away_when_detached,
            limits: limits.clone().into(),
        }
    }
}

impl From<ProxyForm> for Config {
    fn from(form: ProxyForm) -> Self {
        Self {
            listeners: form.listeners.into_iter().map(Listener::from).collect(),
            accounts: form.accounts.into_iter().map(AccountConfig::from).collect(),
            verbose: form.verbose,
            local_time: form.local_time,
            linger: form.linger.map(Into::into),
            passthrough: form.passthrough.map(Passthrough::from),
            always_on: form.always_on,
            away_when_detached: form.away_when_detached,
            limits: form.limits.into(),
        }
    }
}

impl From<&Listener> for ListenerForm {
    fn from(listener: &Listener) -> Self {
        let Listener {
            kind,
            account,
            open,
        } = listener;
        let kind = match kind {
            WireKind::SkypeProxy => WireForm::SkypeProxy,
            WireKind::Len8 => WireForm::Len8,
            WireKind::Skypenet => WireForm::Skypenet,
            WireKind::Skyped => WireForm::Skyped,
            WireKind::Auto => WireForm::Auto,
        };
        Self {
            kind,
            account: account.clone(),
            open: *open,
        }
    }
}

impl From<ListenerForm> for Listener {
    fn from(form: ListenerForm) -> Self {
        let kind = match form.kind {
            WireForm::SkypeProxy => WireKind::SkypeProxy,
            WireForm::Len8 => WireKind::Len8,
            WireForm::Skypenet => WireKind::Skypenet,
            WireForm::Skyped => WireKind::Skyped,
            WireForm::Auto => WireKind::Auto,
        };
        Self {
            kind,
            account: form.account,
            open: form.open,
        }
    }
}

impl From<&AccountConfig> for AccountForm {
    fn from(account: &AccountConfig) -> Self {
        let AccountConfig {
            name,
            username,
            password,
            access,
            upstream,
        } = account;
        Self {
            name: name.clone(),
            username: username.clone(),
            password: password.reveal().into(),
            access: access
                .as_ref()
                .and_then(Access::plain)
                .map(|access| access.reveal().into()),
            access_hash: match access {
                Some(Access::Hash(hash)) => Some(hash.clone()),
                Some(Access::Plain(_)) | None => None,
            },
            upstream: upstream.into(),
        }
    }
}

impl From<AccountForm> for AccountConfig {
    fn from(form: AccountForm) -> Self {
        Self {
            name: form.name,
            username: form.username,
            password: Secret::new(form.password),
            access: match (form.access, form.access_hash) {
                (Some(password), _) => Some(Access::Plain(Secret::new(password))),
                (None, hash) => hash.map(Access::Hash),
            },
            upstream: form.upstream.into(),
        }
    }
}

impl From<&Upstream> for UpstreamForm {
    fn from(upstream: &Upstream) -> Self {
        let Upstream {
            origin,
            path,
            dialect,
        } = upstream;
        Self {
            origin: Place(origin.clone()),
            path: path.clone(),
            dialect: match dialect {
                DialectKind::V0 => DialectForm::V0,
                DialectKind::V1 => DialectForm::V1,
            },
        }
    }
}

impl From<UpstreamForm> for Upstream {
    fn from(form: UpstreamForm) -> Self {
        Self {
            origin: form.origin.0,
            path: form.path,
            dialect: match form.dialect {
                DialectForm::V0 => DialectKind::V0,
                DialectForm::V1 => DialectKind::V1,
            },
        }
    }
}

impl From<&Passthrough> for PassthroughForm {
    fn from(passthrough: &Passthrough) -> Self {
        let Passthrough { upstream, register } = passthrough;
        Self {
            upstream: upstream.into(),
            register: *register,
        }
    }
}

impl From<PassthroughForm> for Passthrough {
    fn from(form: PassthroughForm) -> Self {
        Self {
            upstream: form.upstream.into(),
            register: form.register,
        }
    }
}

impl From<&ServiceConfig> for ServiceForm {
    fn from(config: &ServiceConfig) -> Self {
        let ServiceConfig {
            registration,
            poll_hold,
            limits,
        } = config;
        Self {
            registration: match registration {
                Registration::Closed => RegistrationForm::Closed,
                Registration::Embedded => RegistrationForm::Embedded,
                Registration::Open => RegistrationForm::Open,
            },
            poll_hold: (*poll_hold).into(),
            limits: limits.clone().into(),
        }
    }
}

impl From<ServiceForm> for ServiceConfig {
    fn from(form: ServiceForm) -> Self {
        Self {
            registration: match form.registration {
                RegistrationForm::Closed => Registration::Closed,
                RegistrationForm::Embedded => Registration::Embedded,
                RegistrationForm::Open => Registration::Open,
            },
            poll_hold: form.poll_hold.into(),
            limits: form.limits.into(),
        }
    }
}
