//! How the daemon is configured: two accounts, or a house of four with guests and listeners of all kinds.
//! Never another configuration for the same two bytes.

use std::time::Duration;

use imo2sproxy_core::config::{
    Access, AccountConfig, Config, DialectKind, Listener, Passthrough, Upstream, WireKind,
};
use imo2sproxy_core::io::Origin;

use super::{HOUSE, LINGERS, LOCAL_TIME, OLD_DIALECT, VERBOSE, limits};
use crate::hash_of;

/// What clients of an account have to give.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lock {
    None,
    Plain(&'static str),
    Hashed(&'static str),
}

/// The accounts: name, host of the service, password, what clients give. The last two are only in a house.
const ACCOUNTS: [(&str, &str, &str, Lock); 4] = [
    ("alice", "a.example", "CanaryPwA1", Lock::None),
    ("bertha", "b.example", "CanaryPwB2", Lock::Plain(ACCESS)),
    ("carl", "c.example", "CanaryPwC3", Lock::Hashed(HASHED)),
    ("dora", "d.example", "CanaryPwD4", Lock::None),
];
/// What clients of the second account have to give.
pub(super) const ACCESS: &str = "CanaryDoor3";
/// What clients of the third one have to give.
const HASHED: &str = "CanaryDoor5";
/// What clients of the second account have to give after a change.
const OTHER: &str = "CanaryDoor7";
/// Where guests come from, and what they have as a password there.
pub(super) const GUESTS: (&str, &str) = ("g.example", "CanaryPwG6");
/// Who may be a guest; the last of them is an account at times.
pub(super) const GUEST_NAMES: [&str; 3] = ["gustav", "greta", "carl"];
/// All that may be seen nowhere, but for the passwords upstream.
pub(super) const DOORS: [&str; 3] = [ACCESS, HASHED, OTHER];

/// Bits of the byte that says what is different in a new configuration. The first four each take an account out.
const OTHER_ACCESS: u8 = 16;
const OTHER_USER: u8 = 32;
const NO_GUESTS: u8 = 64;
const AWAY: u8 = 128;

/// The listeners behind those that there have always been: what is spoken there, and whose client nobody in particular is.
const DOORS_OF_HOUSE: [(WireKind, Option<&str>); 5] = [
    (WireKind::SkypeProxy, None),
    (WireKind::Skypenet, None),
    (WireKind::Skyped, None),
    (WireKind::Auto, Some("alice")),
    (WireKind::Auto, None),
];

/// Names and hosts of the services, in the order of the accounts, and the name and the host of that of guests.
pub(super) fn services(options: u8) -> &'static [(&'static str, &'static str, &'static str)] {
    const ALL: [(&str, &str, &str); 5] = [
        (ACCOUNTS[0].0, ACCOUNTS[0].1, ACCOUNTS[0].2),
        (ACCOUNTS[1].0, ACCOUNTS[1].1, ACCOUNTS[1].2),
        (ACCOUNTS[2].0, ACCOUNTS[2].1, ACCOUNTS[2].2),
        (ACCOUNTS[3].0, ACCOUNTS[3].1, ACCOUNTS[3].2),
        (GUEST_NAMES[0], GUESTS.0, GUESTS.1),
    ];
    if options & HOUSE == 0 {
        &ALL[..2]
    } else {
        &ALL
    }
}

fn upstream(host: &str, old: bool) -> Upstream {
    Upstream {
        origin: Origin::Net {
            host: host.into(),
            port: 443,
            tls: true,
        },
        path: "/".into(),
        dialect: if old {
            DialectKind::V0
        } else {
            DialectKind::V1
        },
    }
}

/// What the daemon is told; `change` says what is different from what it was told first. Only in a house something is.
pub(super) fn config(options: u8, change: u8) -> Config {
    let in_house = options & HOUSE != 0;
    let change = if in_house { change } else { 0 };
    let listener = |(kind, account): (WireKind, Option<&str>)| Listener {
        kind,
        account: account.map(str::to_owned),
        open: true,
    };
    let mut doors = vec![
        (WireKind::SkypeProxy, Some("alice")),
        (WireKind::SkypeProxy, Some("bertha")),
        (WireKind::Len8, Some("alice")),
    ];
    let there = if in_house { ACCOUNTS.len() } else { 2 };
    if in_house {
        doors.extend(DOORS_OF_HOUSE);
    }
    let accounts = ACCOUNTS.iter().take(there).enumerate();
    let accounts = accounts.filter(|(place, _)| change & (1 << place) == 0);
    Config {
        listeners: doors.into_iter().map(listener).collect(),
        accounts: accounts
            .map(|(_, own)| account(*own, options, change))
            .collect(),
        verbose: options & VERBOSE != 0,
        local_time: options & LOCAL_TIME != 0,
        linger: (options & LINGERS != 0).then_some(Duration::from_secs(20)),
        passthrough: (in_house && change & NO_GUESTS == 0).then(|| Passthrough {
            upstream: upstream(GUESTS.0, false),
            register: true,
        }),
        always_on: false,
        away_when_detached: change & AWAY != 0,
        limits: limits(),
    }
}

fn account(
    (name, host, password, lock): (&str, &str, &str, Lock),
    options: u8,
    change: u8,
) -> AccountConfig {
    let changes_access = change & OTHER_ACCESS != 0 && name == ACCOUNTS[1].0;
    let is_another = change & OTHER_USER != 0 && name == ACCOUNTS[3].0;
    AccountConfig {
        name: name.into(),
        username: if is_another { "another" } else { name }.into(),
        password: password.into(),
        access: match lock {
            _ if changes_access => Some(Access::Hash(hash_of(OTHER))),
            Lock::None => None,
            Lock::Plain(access) => Some(access.into()),
            Lock::Hashed(access) => Some(Access::Hash(hash_of(access))),
        },
        upstream: upstream(host, options & OLD_DIALECT != 0 && lock == Lock::None),
    }
}

/// Somebody who comes to a house by one of its own doors: the listener, what is spoken, the name, the password.
pub(super) fn newcomer(choice: u8, who: u8) -> (u32, WireKind, &'static str, &'static str) {
    const SPOKEN: [WireKind; 4] = [
        WireKind::SkypeProxy,
        WireKind::Skypenet,
        WireKind::Skyped,
        WireKind::Len8,
    ];
    const PEOPLE: [(&str, &str); 8] = [
        (ACCOUNTS[0].0, ACCOUNTS[0].2),
        (ACCOUNTS[1].0, ACCESS),
        (ACCOUNTS[1].0, OTHER),
        (ACCOUNTS[2].0, HASHED),
        (ACCOUNTS[3].0, ACCOUNTS[3].2),
        (GUEST_NAMES[0], GUESTS.1),
        (GUEST_NAMES[1], GUESTS.1),
        ("Nobody", ACCESS),
    ];
    let door = usize::from(choice) % DOORS_OF_HOUSE.len();
    let (kind, _) = DOORS_OF_HOUSE[door];
    let spoken = if kind == WireKind::Auto {
        SPOKEN[usize::from(choice) / DOORS_OF_HOUSE.len() % SPOKEN.len()]
    } else {
        kind
    };
    let (name, password) = PEOPLE[usize::from(who) % PEOPLE.len()];
    let password = if who & 0x18 == 0x18 {
        "wrong"
    } else {
        password
    };
    let door = u32::try_from(3 + door).unwrap_or(u32::MAX);
    (door, spoken, name, password)
}
