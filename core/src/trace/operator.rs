//! What operators ask and are answered, as it stands in a trace.
//! Never decides anything: each question and each answer has one form.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::config::ProxyForm;
use super::names::UserFault;
use crate::io::{AccountSnapshot, AskId, Control, Snapshot, UserError, UserOp, UserPage};
use crate::secret::Secret;

/// What the operator wants (`core/docs/trace.md`, "Inputs").
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Asked {
    Drain,
    Status,
    UserAdd {
        ask: u64,
        name: String,
        secret: String,
    },
    UserPassword {
        ask: u64,
        name: String,
        secret: String,
    },
    UserRemove {
        ask: u64,
        name: String,
    },
    UserList {
        ask: u64,
        after: String,
    },
    Lift {
        account: String,
    },
    Reload {
        config: Box<ProxyForm>,
    },
    Probe {
        ask: u64,
    },
}

impl Asked {
    /// The password of the account that it is about, if there is one.
    pub(super) fn secret(&mut self) -> Option<&mut String> {
        match self {
            Self::UserAdd { secret, .. } | Self::UserPassword { secret, .. } => Some(secret),
            Self::Drain
            | Self::Status
            | Self::UserRemove { .. }
            | Self::UserList { .. }
            | Self::Lift { .. }
            | Self::Reload { .. }
            | Self::Probe { .. } => None,
        }
    }
}

impl From<&Control> for Asked {
    fn from(control: &Control) -> Self {
        let (ask, op) = match control {
            Control::Drain => return Self::Drain,
            Control::Status => return Self::Status,
            Control::Lift { account } => {
                let account = account.clone();
                return Self::Lift { account };
            }
            Control::Reload(config) => {
                let config = Box::new(ProxyForm::from(&**config));
                return Self::Reload { config };
            }
            Control::Probe { ask } => return Self::Probe { ask: ask.0 },
            Control::Users { ask, op } => (ask.0, op.clone()),
        };
        match op {
            UserOp::Add { name, password } => Self::UserAdd {
                ask,
                name,
                secret: password.reveal().into(),
            },
            UserOp::SetPassword { name, password } => Self::UserPassword {
                ask,
                name,
                secret: password.reveal().into(),
            },
            UserOp::Remove { name } => Self::UserRemove { ask, name },
            UserOp::List { after } => Self::UserList { ask, after },
        }
    }
}

impl From<Asked> for Control {
    fn from(asked: Asked) -> Self {
        let (ask, op) = match asked {
            Asked::Drain => return Self::Drain,
            Asked::Status => return Self::Status,
            Asked::Lift { account } => return Self::Lift { account },
            Asked::Reload { config } => return Self::Reload(Box::new((*config).into())),
            Asked::Probe { ask } => return Self::Probe { ask: AskId(ask) },
            Asked::UserAdd { ask, name, secret } => {
                let password = Secret::new(secret);
                (ask, UserOp::Add { name, password })
            }
            Asked::UserPassword { ask, name, secret } => {
                let password = Secret::new(secret);
                (ask, UserOp::SetPassword { name, password })
            }
            Asked::UserRemove { ask, name } => (ask, UserOp::Remove { name }),
            Asked::UserList { ask, after } => (ask, UserOp::List { after }),
        };
        let ask = AskId(ask);
        Self::Users { ask, op }
    }
}

/// How things stand in one machine (`core/docs/trace.md`, "Outputs").
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum Standing {
    Proxy {
        strangers: usize,
        accounts: Vec<AccountStanding>,
    },
    Service {
        connections: usize,
        sessions: usize,
        strangers: usize,
    },
}

/// How things stand with one account of the daemon.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AccountStanding {
    pub name: String,
    pub link: String,
    pub clients: usize,
    pub unsent: usize,
}

impl From<&Snapshot> for Standing {
    fn from(snapshot: &Snapshot) -> Self {
        match snapshot {
            Snapshot::Proxy {
                strangers,
                accounts,
            } => Self::Proxy {
                strangers: *strangers,
                accounts: accounts.iter().map(AccountStanding::from).collect(),
            },
            Snapshot::Service {
                connections,
                sessions,
                strangers,
            } => Self::Service {
                connections: *connections,
                sessions: *sessions,
                strangers: *strangers,
            },
        }
    }
}

impl From<&AccountSnapshot> for AccountStanding {
    fn from(account: &AccountSnapshot) -> Self {
        Self {
            name: account.name.clone(),
            link: account.link.into(),
            clients: account.clients,
            unsent: account.unsent,
        }
    }
}

impl From<Standing> for Snapshot {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Proxy {
                strangers,
                accounts,
            } => Self::Proxy {
                strangers,
                accounts: accounts.into_iter().map(AccountSnapshot::from).collect(),
            },
            Standing::Service {
                connections,
                sessions,
                strangers,
            } => Self::Service {
                connections,
                sessions,
                strangers,
            },
        }
    }
}

impl From<AccountStanding> for AccountSnapshot {
    fn from(standing: AccountStanding) -> Self {
        let words = ["online", "connecting", "refused"];
        let known = words.into_iter().find(|word| *word == standing.link);
        Self {
            name: standing.name,
            link: known.unwrap_or("offline"),
            clients: standing.clients,
            unsent: standing.unsent,
        }
    }
}

/// What an operator was answered about accounts (`core/docs/trace.md`, "Outputs").
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Answered {
    pub ask: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<UserFault>,
}

impl Answered {
    pub(super) fn of(ask: AskId, result: &Result<UserPage, UserError>) -> Self {
        let (page, error) = match result {
            Ok(page) => (page.clone(), None),
            Err(error) => (UserPage::default(), Some(UserFault(*error))),
        };
        Self {
            ask: ask.0,
            names: page.names,
            next: page.next,
            error,
        }
    }

    pub(super) fn into_parts(self) -> (AskId, Result<UserPage, UserError>) {
        let page = UserPage {
            names: self.names,
            next: self.next,
        };
        let result = self.error.map_or(Ok(page), |error| Err(error.0));
        (AskId(self.ask), result)
    }
}
