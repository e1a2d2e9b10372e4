//! Any line that can stand in a trace, with any text and any number wherever one can stand.
//! Never one that stands for no input: a file that was read has bytes or an error, not both.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::SocketAddr;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::bytes::Bytes;
use super::super::input::Stored;
use super::super::names::{Cause, Conn, FileFault, How, Kind, Obstacle, StoreFault, UserFault};
use super::super::operator::{AccountStanding, Answered, Asked, Standing};
use super::super::output::Place;
use super::super::stored::{Asks, Change};
use super::super::{In, Line, Out};
use crate::config::Config;
use crate::io::{ConnId, Control, Origin};

fn text() -> impl Strategy<Value = String> {
    any::<String>()
}

/// Half of them text.
fn bytes() -> impl Strategy<Value = Bytes> {
    let bytes = prop_oneof![vec(any::<u8>(), 0..20), text().prop_map(String::into_bytes)];
    bytes.prop_map(Bytes)
}

fn conn() -> impl Strategy<Value = Conn> {
    prop_oneof![
        any::<u32>().prop_map(|number| Conn(ConnId::Client(number))),
        any::<u32>().prop_map(|number| Conn(ConnId::Upstream(number))),
    ]
}

fn peer() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::from("embedded")),
        any::<SocketAddr>().prop_map(|address| format!("{address}")),
    ]
}

fn stored() -> impl Strategy<Value = Stored> {
    (text(), bytes()).prop_map(|(key, value)| Stored { key, value })
}

fn loaded() -> impl Strategy<Value = In> {
    prop_oneof![
        (any::<u64>(), vec(stored(), 0..3)).prop_map(|(load, records)| In::Loaded {
            load,
            records: Some(records),
            error: None,
        }),
        (any::<u64>(), select(StoreFault::ALL)).prop_map(|(load, error)| In::Loaded {
            load,
            records: None,
            error: Some(error),
        }),
    ]
}

fn file_read() -> impl Strategy<Value = In> {
    prop_oneof![
        (any::<u64>(), bytes()).prop_map(|(job, bytes)| In::FileRead {
            job,
            bytes: Some(bytes),
            error: None,
        }),
        (any::<u64>(), select(FileFault::ALL)).prop_map(|(job, error)| In::FileRead {
            job,
            bytes: None,
            error: Some(error),
        }),
    ]
}

fn asked() -> impl Strategy<Value = Asked> {
    let named = || (any::<u64>(), text(), text());
    prop_oneof![
        Just(Asked::Drain),
        Just(Asked::Status),
        named().prop_map(|(ask, name, secret)| Asked::UserAdd { ask, name, secret }),
        named().prop_map(|(ask, name, secret)| Asked::UserPassword { ask, name, secret }),
        named().prop_map(|(ask, name, _)| Asked::UserRemove { ask, name }),
        named().prop_map(|(ask, after, _)| Asked::UserList { ask, after }),
        text().prop_map(|account| Asked::Lift { account }),
        Just(Asked::from(&Control::Reload(Config::default().into()))),
        any::<u64>().prop_map(|ask| Asked::Probe { ask }),
    ]
}

/// What the network tells.
fn told_by_network() -> impl Strategy<Value = In> {
    prop_oneof![
        (conn(), any::<u32>(), peer()).prop_map(|(conn, listener, peer)| In::Accepted {
            conn,
            listener,
            peer
        }),
        conn().prop_map(|conn| In::Connected { conn }),
        (conn(), bytes()).prop_map(|(conn, bytes)| In::Received { conn, bytes }),
        (conn(), any::<usize>()).prop_map(|(conn, count)| In::Sent { conn, count }),
        (conn(), select(Cause::ALL)).prop_map(|(conn, cause)| In::Closed { conn, cause }),
    ]
}

/// What disk, threads, clock and operator tell.
fn told_by_others() -> impl Strategy<Value = In> {
    let store_error = option::of(select(StoreFault::ALL));
    let file_error = option::of(select(FileFault::ALL));
    prop_oneof![
        Just(In::Start),
        Just(In::Tick),
        loaded(),
        (any::<u64>(), store_error).prop_map(|(op, error)| In::Stored { op, error }),
        (any::<u64>(), text()).prop_map(|(job, hash)| In::Hashed { job, hash }),
        (any::<u64>(), any::<bool>()).prop_map(|(job, ok)| In::Verified { job, ok }),
        (any::<u64>(), file_error).prop_map(|(job, error)| In::FileWritten { job, error }),
        file_read(),
        asked().prop_map(In::Control),
    ]
}

pub(super) fn input() -> impl Strategy<Value = In> {
    prop_oneof![told_by_network(), told_by_others()]
}

fn place() -> impl Strategy<Value = Place> {
    let net = (text(), any::<u16>(), any::<bool>()).prop_map(|(host, port, tls)| Origin::Net {
        host,
        port,
        tls,
    });
    prop_oneof![Just(Origin::Embedded), net].prop_map(Place)
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (text(), bytes()).prop_map(|(put, value)| Change::Put { put, value }),
        text().prop_map(|remove| Change::Remove { remove }),
        text().prop_map(|remove_all| Change::RemoveAll { remove_all }),
    ]
}

fn asks() -> impl Strategy<Value = Asks> {
    let range = (text(), option::of(text()), any::<usize>(), any::<bool>());
    prop_oneof![
        text().prop_map(|get| Asks::Get { get }),
        range.prop_map(|(range, after, limit, newest_first)| Asks::Range {
            range,
            after,
            limit,
            newest_first
        }),
        text().prop_map(|count| Asks::Count { count }),
    ]
}

fn standing() -> impl Strategy<Value = Standing> {
    let link = select(&["online", "connecting", "refused", "offline"][..]);
    let account =
        (text(), link, any::<usize>(), any::<usize>()).prop_map(|(name, link, clients, unsent)| {
            AccountStanding {
                name,
                link: link.into(),
                clients,
                unsent,
            }
        });
    prop_oneof![
        (any::<usize>(), vec(account, 0..3)).prop_map(|(strangers, accounts)| Standing::Proxy {
            strangers,
            accounts
        }),
        any::<(usize, usize, usize)>().prop_map(|(connections, sessions, strangers)| {
            Standing::Service {
                connections,
                sessions,
                strangers,
            }
        }),
    ]
}

fn answered() -> impl Strategy<Value = Answered> {
    let page = (vec(text(), 0..3), option::of(text()));
    let result = prop_oneof![
        page.prop_map(|(names, next)| (names, next, None)),
        select(UserFault::ALL).prop_map(|error| (Vec::new(), None, Some(error))),
    ];
    (any::<u64>(), result).prop_map(|(ask, (names, next, error))| Answered {
        ask,
        names,
        next,
        error,
    })
}

fn event() -> impl Strategy<Value = Out> {
    let about = prop_oneof![
        Just((None, None)),
        conn().prop_map(|conn| (Some(conn), None)),
        text().prop_map(|account| (None, Some(account))),
    ];
    (select(Kind::ALL), about, text()).prop_map(|(name, (conn, account), detail)| Out::Event {
        name,
        conn,
        account,
        detail,
    })
}

/// What is asked of the network.
fn asked_of_network() -> impl Strategy<Value = Out> {
    prop_oneof![
        (conn(), place()).prop_map(|(conn, origin)| Out::Connect { conn, origin }),
        (conn(), bytes()).prop_map(|(conn, bytes)| Out::Send { conn, bytes }),
        (conn(), any::<bool>()).prop_map(|(conn, on)| Out::Reading { conn, on }),
        (conn(), select(How::ALL)).prop_map(|(conn, how)| Out::Close { conn, how }),
    ]
}

/// What is asked of disk and threads, and told to whoever listens.
fn asked_of_others() -> impl Strategy<Value = Out> {
    let file = || (any::<u64>(), text());
    prop_oneof![
        (any::<u64>(), vec(asks(), 0..3)).prop_map(|(load, queries)| Out::Load { load, queries }),
        (any::<u64>(), vec(change(), 0..3)).prop_map(|(op, changes)| Out::Store { op, changes }),
        file().prop_map(|(job, secret)| Out::Hash { job, secret }),
        (file(), text()).prop_map(|((job, secret), hash)| Out::Verify { job, secret, hash }),
        (file(), bytes()).prop_map(|((job, name), bytes)| Out::WriteFile { job, name, bytes }),
        (file(), any::<usize>()).prop_map(|((job, name), max)| Out::ReadFile { job, name, max }),
        (text(), any::<u32>(), any::<bool>()).prop_map(|(peer, call, incoming)| {
            Out::RunCallHandler {
                peer,
                call,
                incoming,
            }
        }),
        Just(Out::Stopped),
    ]
}

/// What operators are answered.
fn told_operators() -> impl Strategy<Value = Out> {
    prop_oneof![
        standing().prop_map(Out::Status),
        answered().prop_map(Out::Users),
        any::<usize>().prop_map(|addresses| Out::Lifted { addresses }),
        any::<[usize; 4]>().prop_map(|[added, changed, removed, untouched]| Out::Reloaded {
            added,
            changed,
            removed,
            untouched,
        }),
        (any::<u64>(), option::of(select(Obstacle::ALL)))
            .prop_map(|(ask, error)| Out::Probed { ask, error }),
    ]
}

pub(super) fn output() -> impl Strategy<Value = Out> {
    prop_oneof![
        asked_of_network(),
        asked_of_others(),
        told_operators(),
        event()
    ]
}

pub(super) fn line() -> impl Strategy<Value = Line> {
    let time = any::<u64>;
    prop_oneof![
        4 => (time(), input()).prop_map(|(t, what)| Line::In(t, what)),
        4 => (time(), output()).prop_map(|(t, what)| Line::Out(t, what)),
        1 => any::<(u64, u64)>().prop_map(|(t, wall)| Line::Wall(t, wall)),
        1 => (time(), text()).prop_map(|(t, what)| Line::Blurred(t, what)),
        1 => time().prop_map(Line::End),
    ]
}
