//! The listeners of a configuration file.
//! Never opens one.

use imo2sproxy::networks::{Network, Networks};
use imo2sproxy::tls;
use imo2sproxy_core::config::{AccountConfig, Listener};
use imo2sproxy_core::handle;

use super::section::{Entry, Section, nearest};
use crate::address;
use crate::failure::Failure;
use crate::settings::doors::{self, Door, Wrapping};

/// The keys of a listener.
const KEYS: &[&str] = &["kind", "addr", "account", "proxy_from", "tls"];

/// The listeners: what the machine is told of them, and the rest.
pub(super) fn read(
    top: &Section<'_>,
    accounts: &[AccountConfig],
) -> Result<(Vec<Listener>, Vec<Door>), Failure> {
    let mut listeners = Vec::new();
    let mut all = Vec::new();
    for section in top.tables("listen", KEYS)? {
        let door = door(&section)?;
        let account = section.find("account");
        listeners.push(Listener {
            kind: door.wire,
            account: account
                .map(|entry| account_named(&entry, accounts))
                .transpose()?,
            open: false,
        });
        all.push(door);
        if doors::doubled(&all).is_some() {
            return Err(section.wrong("addr", "another listener is there too; change one of them"));
        }
    }
    Ok((listeners, all))
}

fn door(section: &Section<'_>) -> Result<Door, Failure> {
    let kind = section.need("kind", "\"skypeproxy\"")?;
    let name = kind.text()?;
    let (wire, mut wrapping) = doors::kind_named(name).ok_or_else(|| {
        kind.wrong(format!(
            "there is no kind '{name}'; write one of {}",
            doors::kind_names()
        ))
    })?;
    let place = section.need("addr", "\"127.0.0.1:1401\"")?;
    let address = address::parse_socket(place.text()?)
        .ok_or_else(|| place.wrong("write ADDR:PORT, as in 127.0.0.1:1401 or [::]:1401"))?;
    let certificate = match section.table("tls")? {
        None => None,
        Some(table) => {
            let table = table.knowing(&["cert", "key"])?;
            let entry = table.need("cert", "\"…\"")?;
            let (cert, key) = (entry.path()?, table.need("key", "\"…\"")?.path()?);
            tls::server_config(&cert, &key).map_err(|error| entry.wrong(error))?;
            if wrapping == Wrapping::Plain {
                wrapping = Wrapping::Tls;
            }
            Some((cert, key))
        }
    };
    let mut door = Door::new(name, (wire, wrapping), address, certificate);
    if let Some(entry) = section.find("proxy_from") {
        door.heralds = networks(&entry)?;
    }
    Ok(door)
}

fn account_named(entry: &Entry<'_>, accounts: &[AccountConfig]) -> Result<String, Failure> {
    let name = entry.text()?;
    let names: Vec<&str> = accounts.iter().map(|own| own.name.as_str()).collect();
    if let Some(own) = names.iter().find(|own| handle::same(own, name)) {
        return Ok((*own).into());
    }
    Err(match nearest(name, &names) {
        Some(near) => entry.wrong(format!(
            "there is no account '{name}'; did you mean '{near}'?"
        )),
        None => entry.wrong(format!(
            "there is no account '{name}'; add a table [[account]]"
        )),
    })
}

fn networks(entry: &Entry<'_>) -> Result<Networks, Failure> {
    let texts = entry.texts()?;
    let network = |text: &str| {
        Network::read(text)
            .ok_or_else(|| entry.wrong(format!("'{text}' is no network; write it as 10.0.0.0/8")))
    };
    texts.into_iter().map(network).collect()
}
