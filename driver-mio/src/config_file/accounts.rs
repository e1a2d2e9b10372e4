//! The accounts of a configuration file, the services where they are, and who may come without one.
//! Never asks a service whether there is such a user.

use imo2sproxy::hashing;
use imo2sproxy_core::config::{Access, AccountConfig, DialectKind, Passthrough, Upstream};
use imo2sproxy_core::handle;
use imo2sproxy_core::secret::Secret;

use super::is_outside;
use super::section::{Entry, Section};
use crate::failure::Failure;
use crate::settings::{name_fault, warn_of_readers};
use crate::{password, server_url};

/// The keys of an account.
const KEYS: &[&str] = &[
    "name",
    "username",
    "password",
    "password_file",
    "access",
    "server",
    "dialect",
];

/// What a service is called that nobody names.
const EMBEDDED: &str = "embedded";

/// The services that are used, each once.
pub(super) struct Servers {
    usual: (Upstream, String),
    used: Vec<(Upstream, String)>,
}

impl Servers {
    /// None is used yet; the usual one is that of the whole file.
    pub(super) fn new(top: &Section<'_>) -> Result<Self, Failure> {
        let embedded = (Upstream::embedded(), EMBEDDED.into());
        Ok(Self {
            usual: server(top, embedded)?,
            used: Vec::new(),
        })
    }

    /// The service that a table names, else the usual one.
    fn of(&mut self, section: &Section<'_>) -> Result<Upstream, Failure> {
        let (upstream, name) = server(section, self.usual.clone())?;
        let same = |own: &Upstream| own.origin == upstream.origin && own.path == upstream.path;
        if !self.used.iter().any(|(own, _)| same(own)) {
            warn_of_readers(&upstream);
            self.used.push((upstream.clone(), name));
        }
        Ok(upstream)
    }

    /// Those that are used, as they are written.
    pub(super) fn names(&self) -> Vec<String> {
        self.used.iter().map(|(_, name)| name.clone()).collect()
    }

    /// True if one of them is another process.
    pub(super) fn are_outside(&self) -> bool {
        self.used.iter().any(|(own, _)| is_outside(&own.origin))
    }
}

/// What `server` and `dialect` of a table say, over what is `usual`.
fn server(
    section: &Section<'_>,
    (mut upstream, mut name): (Upstream, String),
) -> Result<(Upstream, String), Failure> {
    if let Some(entry) = section.find("server") {
        let url = entry.text()?;
        let dialect = upstream.dialect;
        upstream = server_url::parse(url).map_err(|error| entry.wrong(error.explain()))?;
        upstream.dialect = dialect;
        name = url.into();
    }
    if let Some(entry) = section.find("dialect") {
        upstream.dialect = match entry.text()? {
            "v0" => DialectKind::V0,
            "v1" => DialectKind::V1,
            _ => return Err(entry.wrong("write \"v1\" or \"v0\"")),
        };
    }
    Ok((upstream, name))
}

/// The accounts.
pub(super) fn read(
    top: &Section<'_>,
    servers: &mut Servers,
) -> Result<Vec<AccountConfig>, Failure> {
    let mut accounts: Vec<AccountConfig> = Vec::new();
    for section in top.tables("account", KEYS)? {
        let entry = section.need("name", "\"…\"")?;
        let name = user(&entry)?;
        if accounts.iter().any(|own| handle::same(&own.name, name)) {
            return Err(entry.wrong(format!("there are two accounts '{name}'; rename one")));
        }
        let username = section.find("username");
        let username = username.map_or(Ok(name), |entry| user(&entry))?;
        accounts.push(AccountConfig {
            name: name.into(),
            username: username.into(),
            password: account_password(&section)?,
            access: access(&section)?,
            upstream: servers.of(&section)?,
        });
    }
    Ok(accounts)
}

fn user<'s>(entry: &Entry<'s>) -> Result<&'s str, Failure> {
    let name = entry.text()?;
    match name_fault(name) {
        None => Ok(name),
        Some(what) => Err(entry.wrong(format!("'{name}': {what}"))),
    }
}

fn account_password(section: &Section<'_>) -> Result<Secret, Failure> {
    match (section.find("password"), section.find("password_file")) {
        (Some(entry), None) => {
            let password = Secret::from(entry.text()?);
            entry.refuse_readers()?;
            password::checked(password, "it").map_err(|failure| entry.blame(failure))
        }
        (None, Some(entry)) => {
            password::of_file(&entry.path()?).map_err(|failure| entry.blame(failure))
        }
        (Some(entry), Some(_)) => {
            Err(entry.wrong("password_file is there too; remove one of them"))
        }
        (None, None) => Err(section.wrong(
            "password_file",
            "no password for the service; add password_file = \"…\"",
        )),
    }
}

/// What clients of an account must give: a hash, or a password.
fn access(section: &Section<'_>) -> Result<Option<Access>, Failure> {
    let Some(entry) = section.find("access") else {
        return Ok(None);
    };
    let text = entry.text()?;
    if hashing::is_hash(text) {
        return Ok(Some(Access::Hash(text.into())));
    }
    if text.starts_with('$') {
        return Err(entry.wrong("no hash that can be read; 'imo2sproxy hash-password' makes one"));
    }
    entry.refuse_readers()?;
    let password = password::checked(Secret::from(text), "it");
    password
        .map(|password| Some(Access::Plain(password)))
        .map_err(|failure| entry.blame(failure))
}

/// Who may log in without an account of the file.
pub(super) fn passthrough(
    top: &Section<'_>,
    servers: &mut Servers,
) -> Result<Option<Passthrough>, Failure> {
    let Some(section) = top.table("passthrough")? else {
        return Ok(None);
    };
    let section = section.knowing(&["enabled", "register", "server", "dialect"])?;
    let register = section.flag("register")?.unwrap_or(false);
    if !section.flag("enabled")?.unwrap_or(false) {
        return Ok(None);
    }
    let upstream = servers.of(&section)?;
    Ok(Some(Passthrough { upstream, register }))
}
